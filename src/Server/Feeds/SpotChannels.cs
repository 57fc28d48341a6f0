using System.Diagnostics.CodeAnalysis;

namespace Sluice.Server.Feeds;

/// <summary>Every channel of the spot socket that is built.</summary>
public static class SpotChannels
{
    private const string Socket = "spot";

    public static IReadOnlyList<FeedChannel> All { get; } =
    [
        new(Socket, "spot.ping", ChannelKind.Ping),
        new(Socket, "spot.tickers", ChannelKind.Tickers),
        new(Socket, "spot.trades", ChannelKind.Trades),
        new(Socket, "spot.trades_v2", ChannelKind.Trades, IsBrief: true),
        new(Socket, "spot.candlesticks", ChannelKind.Candlesticks),
        new(Socket, "spot.book_ticker", ChannelKind.BookTicker),
        new(Socket, "spot.order_book_update", ChannelKind.OrderBookUpdate),
        new(Socket, "spot.order_book", ChannelKind.OrderBook),
        new(Socket, "spot.obu", ChannelKind.Obu),
        new(Socket, "spot.orders", ChannelKind.Orders),
        new(Socket, "spot.orders_v2", ChannelKind.Orders, IsBrief: true),
        new(Socket, "spot.usertrades", ChannelKind.UserTrades),
        new(Socket, "spot.usertrades_v2", ChannelKind.UserTrades, IsBrief: true),
        new(Socket, "spot.balances", ChannelKind.Balances),
        new(Socket, "spot.margin_balances", ChannelKind.MarginBalances),
        new(Socket, "spot.priceorders", ChannelKind.PriceOrders),
        new(Socket, "spot.login", ChannelKind.Api),
        new(Socket, "spot.order_place", ChannelKind.Api),
        new(Socket, "spot.order_cancel", ChannelKind.Api),
        new(Socket, "spot.order_cancel_ids", ChannelKind.Api),
        new(Socket, "spot.order_cancel_cp", ChannelKind.Api),
        new(Socket, "spot.order_amend", ChannelKind.Api),
        new(Socket, "spot.order_status", ChannelKind.Api),
        new(Socket, "spot.order_list", ChannelKind.Api),
    ];

    /// <summary>Channels of the dialect that this venue refuses, and why.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["spot.funding_balances"] = "there is no lending on this venue",
        ["spot.cross_balances"] = "there is no cross margin on this venue",
        ["spot.cross_loan"] = "the channel is retired",
    };

    internal static ChannelTable Table { get; } = new(All);

    /// <summary>As the other overload, from UTF-8 as it stands in a message.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out FeedChannel channel) => Table.TryFind(name, out channel);

    public static bool TryFind(string name, [MaybeNullWhen(false)] out FeedChannel channel) => Table.TryFind(name, out channel);
}
