using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sluice.Server.Feeds;

/// <summary>What a channel of the spot socket is about.</summary>
public enum ChannelKind : byte
{
    Ping, Tickers, Trades, Candlesticks, BookTicker, OrderBookUpdate, OrderBook, Obu, Orders, UserTrades, Balances, MarginBalances, PriceOrders, Api,
}

/// <summary>One channel of the spot socket: a row of docs/api/websocket_channels.csv that this build answers.</summary>
/// <param name="IsBrief">The _v2 form: private ones leave the fees out.</param>
public sealed record SpotChannel(string Name, ChannelKind Kind, bool IsBrief = false)
{
    /// <summary>As the compatibility page names it.</summary>
    public string Key => $"spot:{Name}";

    /// <summary>Whether a subscription needs the signature of a key.</summary>
    public bool IsPrivate => Kind is >= ChannelKind.Orders and <= ChannelKind.PriceOrders;

    public bool IsSubscription => Kind is not (ChannelKind.Ping or ChannelKind.Api);

    internal JsonEncodedText Encoded { get; } = JsonEncodedText.Encode(Name);
}

/// <summary>Every channel of the spot socket that is built.</summary>
public static class SpotChannels
{
    public static IReadOnlyList<SpotChannel> All { get; } =
    [
        new("spot.ping", ChannelKind.Ping),
        new("spot.tickers", ChannelKind.Tickers),
        new("spot.trades", ChannelKind.Trades),
        new("spot.trades_v2", ChannelKind.Trades, IsBrief: true),
        new("spot.candlesticks", ChannelKind.Candlesticks),
        new("spot.book_ticker", ChannelKind.BookTicker),
        new("spot.order_book_update", ChannelKind.OrderBookUpdate),
        new("spot.order_book", ChannelKind.OrderBook),
        new("spot.obu", ChannelKind.Obu),
        new("spot.orders", ChannelKind.Orders),
        new("spot.orders_v2", ChannelKind.Orders, IsBrief: true),
        new("spot.usertrades", ChannelKind.UserTrades),
        new("spot.usertrades_v2", ChannelKind.UserTrades, IsBrief: true),
        new("spot.balances", ChannelKind.Balances),
        new("spot.margin_balances", ChannelKind.MarginBalances),
        new("spot.priceorders", ChannelKind.PriceOrders),
        new("spot.login", ChannelKind.Api),
        new("spot.order_place", ChannelKind.Api),
        new("spot.order_cancel", ChannelKind.Api),
        new("spot.order_cancel_ids", ChannelKind.Api),
        new("spot.order_cancel_cp", ChannelKind.Api),
        new("spot.order_amend", ChannelKind.Api),
        new("spot.order_status", ChannelKind.Api),
        new("spot.order_list", ChannelKind.Api),
    ];

    /// <summary>Channels of the dialect that this venue refuses, and why.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["spot.funding_balances"] = "there is no lending on this venue",
        ["spot.cross_balances"] = "there is no cross margin on this venue",
        ["spot.cross_loan"] = "the channel is retired",
    };

    private static readonly Dictionary<string, SpotChannel> ByName = All.ToDictionary(channel => channel.Name, StringComparer.Ordinal);

    /// <summary>As the other overload, from UTF-8 as it stands in a message.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out SpotChannel channel)
    {
        Span<char> letters = stackalloc char[32];
        channel = null;
        return name.Length <= letters.Length && System.Text.Ascii.ToUtf16(name, letters, out var length) == System.Buffers.OperationStatus.Done
            && ByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters[..length], out channel);
    }

    public static bool TryFind(string name, [MaybeNullWhen(false)] out SpotChannel channel) => ByName.TryGetValue(name, out channel);
}
