using System.Text.Json;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Turns the payload of a subscription into the topics it names (websocket rules 7).</summary>
internal static class FeedPayload
{
    private const string AllPairs = "!all";
    private const int MostItems = 2000;

    /// <param name="user">Of private channels.</param>
    public static FeedError? Read(SpotChannel channel, JsonElement root, IListings listings, int user, out TopicKey[] topics)
    {
        topics = [];
        if (channel.Kind is ChannelKind.Balances or ChannelKind.MarginBalances)
        {
            topics = [new TopicKey(channel, user)];
            return null;
        }
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
        switch (channel.Kind)
        {
            case ChannelKind.Candlesticks: return Candlesticks(channel, items, listings, ref topics);
            case ChannelKind.OrderBookUpdate: return BookUpdate(channel, items, listings, ref topics);
            case ChannelKind.OrderBook: return Book(channel, items, listings, ref topics);
            case ChannelKind.Obu: return Obu(channel, items, listings, ref topics);
        }

        var keys = new TopicKey[length];
        for (var i = 0; i < length; i++)
        {
            if (channel.IsPrivate && items[i] == AllPairs)
            {
                keys[i] = new TopicKey(channel, user);
                continue;
            }
            if (!listings.TryGetPair(items[i], out var pair)) return Unknown(items[i]);
            keys[i] = channel.IsPrivate ? new TopicKey(channel, user, pair.Id) : new TopicKey(channel, pair.Id);
        }
        topics = keys;
        return null;
    }

    private static FeedError? Candlesticks(SpotChannel channel, string[] items, IListings listings, ref TopicKey[] topics)
    {
        if (items.Length != 2) return Bad("invalid argument: the payload is [interval, currency pair]");
        var seconds = items[0] == "30d" ? 0 : CandleIntervals.SecondsOf(items[0]);
        if (seconds == 0) return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[0])}; 10s, 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d or 7d is expected");
        if (!listings.TryGetPair(items[1], out var pair)) return Unknown(items[1]);
        topics = [new TopicKey(channel, pair.Id, seconds)];
        return null;
    }

    private static FeedError? BookUpdate(SpotChannel channel, string[] items, IListings listings, ref TopicKey[] topics)
    {
        if (items.Length != 2) return Bad("invalid argument: the payload is [currency pair, interval]");
        if (!listings.TryGetPair(items[0], out var pair)) return Unknown(items[0]);
        switch (items[1])
        {
            case "20ms": topics = [new TopicKey(channel, pair.Id, 20, 20)]; return null;
            case "100ms": topics = [new TopicKey(channel, pair.Id, 100, 100)]; return null;
            default: return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[1])}; 20ms or 100ms is expected");
        }
    }

    private static FeedError? Book(SpotChannel channel, string[] items, IListings listings, ref TopicKey[] topics)
    {
        if (items.Length != 3) return Bad("invalid argument: the payload is [currency pair, level, interval]");
        if (!listings.TryGetPair(items[0], out var pair)) return Unknown(items[0]);
        var level = items[1] switch { "5" => 5, "10" => 10, "20" => 20, "50" => 50, "100" => 100, _ => 0 };
        if (level == 0) return Bad($"invalid argument: unknown level {ApiErrors.Shorten(items[1])}; 5, 10, 20, 50 or 100 is expected");
        var interval = items[2] switch { "100ms" => 100, "1000ms" => 1000, _ => 0 };
        if (interval == 0) return Bad($"invalid argument: unknown interval {ApiErrors.Shorten(items[2])}; 100ms or 1000ms is expected");
        topics = [new TopicKey(channel, pair.Id, level, interval)];
        return null;
    }

    private static FeedError? Obu(SpotChannel channel, string[] items, IListings listings, ref TopicKey[] topics)
    {
        var keys = new TopicKey[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var parts = items[i].Split('.');
            if (parts is not ["ob", var symbol, "50" or "400"]) return Bad($"invalid argument: unknown stream {ApiErrors.Shorten(items[i])}; ob.<currency pair>.50 or .400 is expected");
            if (!listings.TryGetPair(symbol, out var pair)) return Unknown(symbol);
            keys[i] = parts[2] == "50" ? new TopicKey(channel, pair.Id, 50, 20) : new TopicKey(channel, pair.Id, 400, 100);
        }
        topics = keys;
        return null;
    }

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

    private static FeedError Unknown(string symbol) => Bad($"unknown currency pair: {ApiErrors.Shorten(symbol)}");

    private static FeedError Bad(string message) => new(FeedError.BadArgument, message);
}
