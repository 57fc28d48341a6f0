using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>What a channel is about. Private ones stand together.</summary>
public enum ChannelKind : byte
{
    Ping, Tickers, Trades, Candlesticks, BookTicker, OrderBookUpdate, OrderBook, Obu, PublicLiquidations, ContractStats,
    Orders, UserTrades, Balances, MarginBalances, PriceOrders, Liquidations, Deleveragings, PositionCloses, RiskLimits, Positions, DeleveragingRanks,
    Api,

    /// <summary>The venue tells of itself: nobody subscribes to it.</summary>
    System,
}

/// <summary>One channel of a socket: a row of docs/api/websocket_channels.csv that this build answers.</summary>
/// <param name="Socket">As that table names it: "spot", "perpetual", "delivery".</param>
/// <param name="IsBrief">The _v2 form: private ones leave the fees out.</param>
public sealed record FeedChannel(string Socket, string Name, ChannelKind Kind, bool IsBrief = false)
{
    /// <summary>As the compatibility page names it.</summary>
    public string Key => $"{Socket}:{Name}";

    /// <summary>Whether a subscription needs the signature of a key.</summary>
    public bool IsPrivate => Kind is >= ChannelKind.Orders and <= ChannelKind.DeleveragingRanks;

    public bool IsSubscription => Kind is not (ChannelKind.Ping or ChannelKind.Api or ChannelKind.System);

    /// <summary>What follows the dot: "order_place".</summary>
    public string Verb { get; } = Name[(Name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>The permission of a key that it needs.</summary>
    public PermissionGroups Group { get; } = Permissions.Of(Socket switch { "perpetual" => "futures", _ => Socket });

    internal JsonEncodedText Encoded { get; } = JsonEncodedText.Encode(Name);
}

/// <summary>The channels of one socket by name.</summary>
internal sealed class ChannelTable(IReadOnlyList<FeedChannel> all)
{
    private const int LongestName = 32;

    private readonly Dictionary<string, FeedChannel> byName = all.ToDictionary(channel => channel.Name, StringComparer.Ordinal);

    public IReadOnlyList<FeedChannel> All => all;

    /// <summary>Of names as they stand in a message, in UTF-8.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out FeedChannel channel)
    {
        Span<char> letters = stackalloc char[LongestName];
        channel = null;
        return name.Length <= letters.Length && System.Text.Ascii.ToUtf16(name, letters, out var length) == System.Buffers.OperationStatus.Done
            && byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters[..length], out channel);
    }

    public bool TryFind(string name, [MaybeNullWhen(false)] out FeedChannel channel) => byName.TryGetValue(name, out channel);

    /// <summary>The channels of one kind: the full form, and where there is one the brief.</summary>
    public FeedChannel[] Of(ChannelKind kind) => [.. all.Where(channel => channel.Kind == kind)];
}
