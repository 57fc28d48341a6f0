namespace Sluice.Server.Feeds.Futures;

/// <summary>Every channel of the sockets of contracts that is built. The names are the same on both; what they carry differs a little (websocket rules 9).</summary>
public static class FuturesChannels
{
    private const string Prefix = "futures.";

    private static readonly (string Verb, ChannelKind Kind)[] Both =
    [
        ("ping", ChannelKind.Ping),
        ("tickers", ChannelKind.Tickers),
        ("trades", ChannelKind.Trades),
        ("order_book", ChannelKind.OrderBook),
        ("book_ticker", ChannelKind.BookTicker),
        ("order_book_update", ChannelKind.OrderBookUpdate),
        ("candlesticks", ChannelKind.Candlesticks),
        ("orders", ChannelKind.Orders),
        ("usertrades", ChannelKind.UserTrades),
        ("liquidates", ChannelKind.Liquidations),
        ("auto_deleverages", ChannelKind.Deleveragings),
        ("position_closes", ChannelKind.PositionCloses),
        ("balances", ChannelKind.Balances),
        ("reduce_risk_limits", ChannelKind.RiskLimits),        // without news: this venue lowers no risk limit by itself
        ("positions", ChannelKind.Positions),
        ("autoorders", ChannelKind.PriceOrders),
        ("login", ChannelKind.Api),
        ("order_place", ChannelKind.Api),
        ("order_batch_place", ChannelKind.Api),
        ("order_cancel", ChannelKind.Api),
        ("order_cancel_ids", ChannelKind.Api),
        ("order_cancel_cp", ChannelKind.Api),
        ("order_amend", ChannelKind.Api),
        ("order_list", ChannelKind.Api),
        ("order_status", ChannelKind.Api),
    ];

    private static readonly (string Verb, ChannelKind Kind)[] OfPerpetuals =
    [
        ("obu", ChannelKind.Obu),
        ("public_liquidates", ChannelKind.PublicLiquidations),
        ("contract_stats", ChannelKind.ContractStats),
        ("position_adl_rank", ChannelKind.DeleveragingRanks),
    ];

    /// <summary>Of the perpetual sockets.</summary>
    public static IReadOnlyList<FeedChannel> Perpetual { get; } = [.. Both.Concat(OfPerpetuals).Select(channel => Of("perpetual", channel))];

    /// <summary>Of the delivery sockets.</summary>
    public static IReadOnlyList<FeedChannel> Delivery { get; } = [.. Both.Select(channel => Of("delivery", channel))];

    /// <summary>What perpetual sockets hear before the venue closes them; no subscription (websocket rules 2.3).</summary>
    public static FeedChannel System { get; } = Of("perpetual", ("system", ChannelKind.System));

    internal static ChannelTable PerpetualTable { get; } = new(Perpetual);

    internal static ChannelTable DeliveryTable { get; } = new(Delivery);

    private static FeedChannel Of(string socket, (string Verb, ChannelKind Kind) channel) => new(socket, Prefix + channel.Verb, channel.Kind);
}
