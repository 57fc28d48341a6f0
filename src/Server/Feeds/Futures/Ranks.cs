using Sluice.Core.Kernel;
using Sluice.Server.Api.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>How early the legs of one user are deleveraged, as they were last told.</summary>
internal sealed class RankTopic(TopicKey key, Outgoing outgoing) : Topic(key, outgoing)
{
    /// <summary>By the leg; a leg that is closed has none.</summary>
    public Dictionary<(int Instrument, Products.Futures.Positions.Leg Leg, bool IsCross), int> Told { get; } = [];

    /// <summary>When they were last looked at; 0 when they are to be told anew.</summary>
    public long LookedAtNanos { get; set; }

    /// <summary>Whoever joins is told all of them.</summary>
    public override void Add(FeedConnection connection, string holder = "", bool full = false)
    {
        base.Add(connection, holder, full);
        Told.Clear();
        LookedAtNanos = 0;
    }
}

/// <summary>Tells users how early their legs are deleveraged, when that changes (F-203): it depends on everybody's positions, so it is computed every five seconds.</summary>
internal sealed class Ranks(FuturesViews contracts, FuturesAccounts accounts)
{
    private const long EveryNanos = 5 * Nanos.PerSecond;

    /// <summary>To all members of a topic.</summary>
    public void Tell(RankTopic topic, in Turn turn)
    {
        if (topic.LookedAtNanos != 0 && turn.VenueNanos - topic.LookedAtNanos < EveryNanos) return;
        topic.LookedAtNanos = turn.VenueNanos;
        var (user, wallet) = (topic.Key.Subject, FuturesForm.Of(topic.Key).Rest);
        PositionRow[] changed = [.. contracts.PositionsOf(user, wallet).Where(row => topic.Key.Detail is 0 || topic.Key.Detail == row.Instrument).Where(row => HasChanged(topic, row))];
        if (changed.Length == 0) return;
        var json = turn.Writer.BeginUpdate(topic.Channel, turn.WallMillis);
        json.WriteStartArray();
        foreach (var row in changed)
        {
            json.WriteStartObject();
            json.WriteString("contract"u8, contracts.Of(row.Instrument).Symbol);
            json.WriteString("mode"u8, FuturesWords.Of(row.Leg));
            json.WriteNumber("rank_division"u8, topic.Told[KeyOf(row)]);
            json.WriteNumber("time_ms"u8, turn.VenueNanos / Nanos.PerMillisecond);
            json.WriteNumber("user_id"u8, user);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        topic.Send(turn.Writer.End());
    }

    private bool HasChanged(RankTopic topic, PositionRow row)
    {
        var light = accounts.LightOf(row);
        var (key, isTold) = (KeyOf(row), topic.Told.TryGetValue(KeyOf(row), out var told));
        if (isTold ? told == light : row.Size == 0) return false;
        topic.Told[key] = light;
        return true;
    }

    private static (int Instrument, Products.Futures.Positions.Leg Leg, bool IsCross) KeyOf(PositionRow row) => (row.Instrument, row.Leg, row.IsCross);
}
