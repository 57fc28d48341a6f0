using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>What users of the spot socket are told of their own.</summary>
internal sealed class SpotUsers(IListings listings) : PrivateTopics
{
    private static readonly FeedChannel[] Orders = SpotChannels.Table.Of(ChannelKind.Orders);
    private static readonly FeedChannel[] Fills = SpotChannels.Table.Of(ChannelKind.UserTrades);
    private static readonly FeedChannel Balances = SpotChannels.Table.Of(ChannelKind.Balances)[0];
    private static readonly FeedChannel MarginBalances = SpotChannels.Table.Of(ChannelKind.MarginBalances)[0];
    private static readonly FeedChannel PriceOrders = SpotChannels.Table.Of(ChannelKind.PriceOrders)[0];

    // Legs of a transfer, until the transfer itself tells where the money went.
    private readonly List<BalanceRow> legs = [];

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
}
