using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>Payloads of the spot socket (websocket rules 7).</summary>
internal sealed class SpotPayload(IListings listings) : FeedPayload
{
    protected override bool NeedsNone(FeedChannel channel) => channel.Kind is ChannelKind.Balances or ChannelKind.MarginBalances;

    protected override FeedError? Read(FeedChannel channel, string[] items, Asker asker, out TopicKey[] topics)
    {
        topics = [];
        switch (channel.Kind)
        {
            case ChannelKind.Balances or ChannelKind.MarginBalances:
                topics = [new TopicKey(channel, asker.User)];
                return null;
            case ChannelKind.Candlesticks: return Candlesticks(channel, items, ref topics);
            case ChannelKind.OrderBookUpdate: return BookUpdate(channel, items, ref topics);
            case ChannelKind.OrderBook: return Book(channel, items, ref topics);
            case ChannelKind.Obu: return Obu(channel, items, "currency pair", out topics);
        }

        var keys = new TopicKey[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (channel.IsPrivate && items[i] == AllMarkets)
            {
                keys[i] = new TopicKey(channel, asker.User);
                continue;
            }
            if (IdOf(items[i]) is not (> 0 and var pair)) return Unknown(items[i]);
            keys[i] = channel.IsPrivate ? new TopicKey(channel, asker.User, pair) : new TopicKey(channel, pair);
        }
        topics = keys;
        return null;
    }

    protected override int IdOf(string symbol) => listings.TryGetPair(symbol, out var pair) ? pair.Id : 0;

    protected override FeedError Unknown(string symbol) => Bad($"unknown currency pair: {ApiErrors.Shorten(symbol)}");

    private FeedError? Candlesticks(FeedChannel channel, string[] items, ref TopicKey[] topics)
    {
        if (items.Length != 2) return Bad("invalid argument: the payload is [interval, currency pair]");
        if (Interval(items[0], out var seconds) is { } wrong) return wrong;
        if (IdOf(items[1]) is not (> 0 and var pair)) return Unknown(items[1]);
        topics = [new TopicKey(channel, pair, seconds)];
        return null;
    }

    private FeedError? BookUpdate(FeedChannel channel, string[] items, ref TopicKey[] topics)
    {
        if (items.Length != 2) return Bad("invalid argument: the payload is [currency pair, interval]");
        if (IdOf(items[0]) is not (> 0 and var pair)) return Unknown(items[0]);
        switch (items[1])
        {
            case "20ms": topics = [new TopicKey(channel, pair, 20, 20)]; return null;
            case "100ms": topics = [new TopicKey(channel, pair, 100, 100)]; return null;
            default: return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[1])}; 20ms or 100ms is expected");
        }
    }

    private FeedError? Book(FeedChannel channel, string[] items, ref TopicKey[] topics)
    {
        if (items.Length != 3) return Bad("invalid argument: the payload is [currency pair, level, interval]");
        if (IdOf(items[0]) is not (> 0 and var pair)) return Unknown(items[0]);
        var level = items[1] switch { "5" => 5, "10" => 10, "20" => 20, "50" => 50, "100" => 100, _ => 0 };
        if (level == 0) return Bad($"invalid argument: unknown level {ApiErrors.Shorten(items[1])}; 5, 10, 20, 50 or 100 is expected");
        var interval = items[2] switch { "100ms" => 100, "1000ms" => 1000, _ => 0 };
        if (interval == 0) return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[2])}; 100ms or 1000ms is expected");
        topics = [new TopicKey(channel, pair, level, interval)];
        return null;
    }
}
