using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>The streams of users. Used by the feed thread, but for <see cref="IsWanted"/>.</summary>
internal sealed class PrivateTopics(IListings listings)
{
    private static readonly SpotChannel[] Orders = Of(ChannelKind.Orders);
    private static readonly SpotChannel[] Fills = Of(ChannelKind.UserTrades);
    private static readonly SpotChannel Balances = Of(ChannelKind.Balances)[0];
    private static readonly SpotChannel MarginBalances = Of(ChannelKind.MarginBalances)[0];
    private static readonly SpotChannel PriceOrders = Of(ChannelKind.PriceOrders)[0];

    private readonly Dictionary<TopicKey, Topic> topics = [];
    private readonly ConcurrentDictionary<int, int> users = [];

    // Legs of a transfer, until the transfer itself tells where the money went.
    private readonly List<BalanceRow> legs = [];

    public IReadOnlyCollection<Topic> All => topics.Values;

    /// <summary>Whether somebody listens to the user. From any thread.</summary>
    public bool IsWanted(int user) => users.ContainsKey(user);

    public void Attach(Topic topic)
    {
        topics.Add(topic.Key, topic);
        users[topic.Key.Subject] = users.GetValueOrDefault(topic.Key.Subject) + 1;
    }

    public void Detach(Topic topic)
    {
        topics.Remove(topic.Key);
        if (users[topic.Key.Subject] == 1) users.TryRemove(topic.Key.Subject, out _);
        else users[topic.Key.Subject]--;
    }

    public void OrderChanged(OrderRow order, OrderChange change, FrameWriter writer, long wallMillis)
    {
        foreach (var channel in Orders)
        {
            if (!Find(channel, order.User, order.Instrument, out var all, out var one)) continue;
            var json = writer.BeginUpdate(channel, wallMillis);
            json.WriteStartArray();
            PrivateWire.Order(json, listings, order, change, channel.IsBrief);
            json.WriteEndArray();
            Send(writer, all, one);
        }
    }

    public void Filled(FillRow fill, FrameWriter writer, long wallMillis)
    {
        foreach (var channel in Fills)
        {
            if (!Find(channel, fill.User, fill.Trade.Instrument, out var all, out var one)) continue;
            var json = writer.BeginUpdate(channel, wallMillis);
            json.WriteStartArray();
            PrivateWire.Fill(json, listings, fill, channel.IsBrief);
            json.WriteEndArray();
            Send(writer, all, one);
        }
    }

    public void TriggerChanged(TriggerRow trigger, FrameWriter writer, long wallMillis)
    {
        if (!Find(PriceOrders, trigger.User, trigger.Instrument, out var all, out var one)) return;
        PrivateWire.Trigger(writer.BeginUpdate(PriceOrders, wallMillis), listings, trigger);
        Send(writer, all, one);
    }

    public void BalanceChanged(BalanceRow row, FrameWriter writer, long wallMillis)
    {
        if (row.Reason is Reason.TransferIn or Reason.TransferOut) legs.Add(row);
        else Balance(row, 0, writer, wallMillis);
    }

    public void Transferred(TransferRow transfer, FrameWriter writer, long wallMillis)
    {
        foreach (var leg in legs)
        {
            if (leg.Reference == transfer.Id) Balance(leg, leg.Reason == Reason.TransferOut ? transfer.ToWallet : transfer.FromWallet, writer, wallMillis);
        }
        legs.Clear();
    }

    private void Balance(BalanceRow row, int otherWallet, FrameWriter writer, long wallMillis)
    {
        var wallet = new WalletId(row.Wallet);
        var channel = wallet == WalletId.Spot ? Balances : MarginBalances;
        if ((wallet != WalletId.Spot && !wallet.IsMargin) || !Find(channel, row.User, 0, out var all, out _)) return;
        var json = writer.BeginUpdate(channel, wallMillis);
        json.WriteStartArray();
        if (wallet.IsMargin) PrivateWire.MarginBalance(json, listings, row);
        else PrivateWire.Balance(json, listings, row, PrivateWire.ChangeTypeOf(row.Reason, otherWallet));
        json.WriteEndArray();
        Send(writer, all, null);
    }

    private bool Find(SpotChannel channel, int user, int instrument, out Topic? all, out Topic? one)
    {
        topics.TryGetValue(new TopicKey(channel, user), out all);
        one = null;
        if (instrument != 0) topics.TryGetValue(new TopicKey(channel, user, instrument), out one);
        return all is not null || one is not null;
    }

    /// <summary>Once to each, also to who follows all pairs and this one besides.</summary>
    private static void Send(FrameWriter writer, Topic? all, Topic? one)
    {
        var frame = writer.End();
        if (all is not null && one is not null) frame.Hold();
        all?.Send(frame);
        one?.Send(frame, except: all);
    }

    private static SpotChannel[] Of(ChannelKind kind) => [.. SpotChannels.All.Where(channel => channel.Kind == kind)];
}
