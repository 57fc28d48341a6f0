using System.Text.Json;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Who asks for streams, and in which form.</summary>
/// <param name="User">Of private channels, else 0.</param>
/// <param name="SizesAsTexts">What the connection asked for (<see cref="FeedConnection.SizesAsTexts"/>).</param>
/// <param name="Subscribes">False when it wants no more of them.</param>
internal readonly record struct Asker(int User, bool SizesAsTexts, bool Subscribes);

/// <summary>Turns the payload of a subscription into the topics it names (websocket rules 7).</summary>
internal abstract class FeedPayload
{
    protected const string AllMarkets = "!all";
    private const int MostItems = 2000;

    public FeedError? Read(FeedChannel channel, JsonElement root, Asker asker, out TopicKey[] topics)
    {
        topics = [];
        if (NeedsNone(channel)) return Read(channel, [], asker, out topics);
        if (!root.TryGetProperty("payload", out var payload) || payload.ValueKind != JsonValueKind.Array)
            return new FeedError(FeedError.Malformed, "invalid argument struct: the payload is a list of texts");
        var length = payload.GetArrayLength();
        if (length is 0 or > MostItems) return Bad($"invalid argument: the payload has {length} entries");
        var items = new string[length];
        for (var i = 0; i < length; i++)
        {
            if (TextOf(payload[i]) is not { } text) return new FeedError(FeedError.Malformed, "invalid argument struct: the payload is a list of texts");
            items[i] = text;
        }
        return Read(channel, items, asker, out topics);
    }

    /// <summary>Whether the channel is subscribed to without naming anything; a payload is not looked at then.</summary>
    protected abstract bool NeedsNone(FeedChannel channel);

    protected abstract FeedError? Read(FeedChannel channel, string[] items, Asker asker, out TopicKey[] topics);

    /// <summary>Id of a market of this address; 0 when there is none of that name.</summary>
    protected abstract int IdOf(string symbol);

    protected abstract FeedError Unknown(string symbol);

    /// <summary>Seconds of a candle's interval, or the error.</summary>
    protected static FeedError? Interval(string name, out int seconds)
    {
        seconds = name == "30d" ? 0 : CandleIntervals.SecondsOf(name);
        return seconds != 0 ? null : Bad($"invalid argument: unknown interval {ApiErrors.Shorten(name)}; 10s, 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d or 7d is expected");
    }

    /// <summary>Streams "ob.BTC_USDT.50".</summary>
    /// <param name="noun">What a market is called: "currency pair".</param>
    protected FeedError? Obu(FeedChannel channel, string[] items, string noun, out TopicKey[] topics)
    {
        topics = [];
        var keys = new TopicKey[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var parts = items[i].Split('.');
            if (parts is not ["ob", var symbol, "50" or "400"]) return Bad($"invalid argument: unknown stream {ApiErrors.Shorten(items[i])}; ob.<{noun}>.50 or .400 is expected");
            if (IdOf(symbol) is not (> 0 and var id)) return Unknown(symbol);
            keys[i] = parts[2] == "50" ? new TopicKey(channel, id, 50, 20) : new TopicKey(channel, id, 400, 100);
        }
        topics = keys;
        return null;
    }

    protected static FeedError Bad(string message) => new(FeedError.BadArgument, message);

    private static string? TextOf(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.Number) return item.GetRawText();
        if (item.ValueKind != JsonValueKind.String) return null;
        try
        {
            return item.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;            // half a surrogate pair
        }
    }
}
