using System.Text.Json;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Api.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>What users of the sockets of contracts are told of their own: perpetuals and deliveries, each wallet for itself, sizes as numbers or as texts.</summary>
internal sealed class FuturesUsers(FuturesViews contracts, FuturesAccounts accounts) : PrivateTopics
{
    private static readonly SocketChannels Perpetual = new(FuturesChannels.PerpetualTable);
    private static readonly SocketChannels Delivery = new(FuturesChannels.DeliveryTable);

    /// <summary>Writes one entry of a list.</summary>
    private delegate void Entry<in TRow>(Utf8JsonWriter json, ContractView contract, TRow row, SizeForm form);

    private readonly Ranks ranks = new(contracts, accounts);

    public override bool IsTimed => All.Any(static topic => topic.Channel.Kind == ChannelKind.DeleveragingRanks);

    public override void Tick(Due due, in Turn turn)
    {
        if (!due.Every1000) return;
        foreach (var topic in All)
        {
            if (topic.Channel.Kind == ChannelKind.DeleveragingRanks) ranks.Tell((RankTopic)topic, turn);
        }
    }

    public void OrderChanged(ContractOrderRow order, OrderChange change, in Turn turn) =>
        Tell(channels => channels.Orders, order.User, order.Instrument, order, (json, contract, row, form) => FuturesPrivateWire.Order(json, contract, row, change, form), turn);

    public void Filled(ContractFillRow fill, in Turn turn) =>
        Tell(channels => channels.Fills, fill.User, fill.Trade.Instrument, fill, FuturesPrivateWire.Fill, turn);

    public void TriggerChanged(ContractTriggerRow trigger, in Turn turn) =>
        Tell(channels => channels.Triggers, trigger.User, trigger.Instrument, trigger, FuturesPrivateWire.Trigger, turn);

    public void TrailChanged(TrailRow trail, in Turn turn) => Tell(channels => channels.Triggers, trail.User, trail.Instrument, trail, AutoWire.Trail, turn);

    public void ChaseChanged(ChaseRow chase, in Turn turn) => Tell(channels => channels.Triggers, chase.User, chase.Instrument, chase, AutoWire.Chase, turn);

    public void PositionClosed(PositionCloseRow closed, in Turn turn) =>
        Tell(channels => channels.PositionCloses, closed.User, closed.Instrument, closed, FuturesPrivateWire.PositionClose, turn);

    public void Liquidated(LiquidationRow row, in Turn turn) =>
        Tell(channels => channels.Liquidations, row.User, row.Instrument, row, FuturesPrivateWire.Liquidation, turn);

    public void Deleveraged(DeleveragingRow row, in Turn turn) =>
        Tell(channels => channels.Deleveragings, row.User, row.Instrument, row, FuturesPrivateWire.Deleveraging, turn);

    public void PositionChanged(PositionRow row, in Turn turn)
    {
        PositionFigures? figures = null;            // once, and only when somebody is told
        Tell(channels => channels.Positions, row.User, row.Instrument, row,
            (json, contract, position, form) => FuturesPrivateWire.Position(json, contract, position, figures ??= FiguresOf(position), form), turn);
    }

    public void BalanceChanged(BalanceRow row, string symbol, string currency, in Turn turn)
    {
        foreach (var socket in (ReadOnlySpan<SocketChannels>)[Perpetual, Delivery])
        {
            foreach (var asTexts in (ReadOnlySpan<bool>)[false, true])
            {
                if (!Find(socket.Balances, row.User, 0, out var all, out _, new FuturesForm(asTexts, row.Wallet).Number)) continue;
                var json = turn.Writer.BeginUpdate(socket.Balances, turn.WallMillis);
                json.WriteStartArray();
                FuturesPrivateWire.Balance(json, row, symbol, currency);
                json.WriteEndArray();
                Send(turn.Writer, all, null);
            }
        }
    }

    /// <summary>What follows from a position; the views may have gone on since it was told, even to have no such row.</summary>
    private PositionFigures FiguresOf(PositionRow row) =>
        accounts.Of(row.User, row.Wallet, withLights: false).Positions.FirstOrDefault(figures => figures.Row.Instrument == row.Instrument && figures.Row.Leg == row.Leg
            && (row.Leg == Leg.Net || figures.Row.IsCross == row.IsCross))
        ?? new PositionFigures { Row = row, Contract = contracts.Of(row.Instrument), Required = contracts.Of(row.Instrument).Contract, Prices = ContractPrices.None };

    private void Tell<TRow>(Func<SocketChannels, FeedChannel> channelOf, int user, int instrument, TRow row, Entry<TRow> write, in Turn turn)
    {
        var contract = contracts.Of(instrument);
        var channel = channelOf(contract.IsDelivery ? Delivery : Perpetual);
        foreach (var asTexts in (ReadOnlySpan<bool>)[false, true])
        {
            if (!Find(channel, user, instrument, out var all, out var one, new FuturesForm(asTexts, contract.Wallet).Number)) continue;
            var json = turn.Writer.BeginUpdate(channel, turn.WallMillis);
            json.WriteStartArray();
            write(json, contract, row, new FuturesForm(asTexts).Sizes);
            json.WriteEndArray();
            Send(turn.Writer, all, one);
        }
    }

    /// <summary>The private channels of one kind of socket.</summary>
    private sealed class SocketChannels(ChannelTable table)
    {
        public FeedChannel Orders { get; } = table.Of(ChannelKind.Orders)[0];
        public FeedChannel Fills { get; } = table.Of(ChannelKind.UserTrades)[0];
        public FeedChannel Balances { get; } = table.Of(ChannelKind.Balances)[0];
        public FeedChannel Triggers { get; } = table.Of(ChannelKind.PriceOrders)[0];
        public FeedChannel Positions { get; } = table.Of(ChannelKind.Positions)[0];
        public FeedChannel PositionCloses { get; } = table.Of(ChannelKind.PositionCloses)[0];
        public FeedChannel Liquidations { get; } = table.Of(ChannelKind.Liquidations)[0];
        public FeedChannel Deleveragings { get; } = table.Of(ChannelKind.Deleveragings)[0];
    }
}
