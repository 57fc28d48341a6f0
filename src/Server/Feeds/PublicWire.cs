using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Results of the public channels (websocket rules 7.1).</summary>
internal static class PublicWire
{
    public static void Ticker(Utf8JsonWriter json, PairView pair, in DayFigures day, in BestQuote best)
    {
        var (price, size) = (pair.Terms.PriceDecimals, pair.Terms.SizeDecimals);
        json.WriteStartObject();
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteDecimal("last"u8, pair.LastPrice, price);
        Price(json, "lowest_ask"u8, best.Ask, price);
        Price(json, "highest_bid"u8, best.Bid, price);
        json.WriteDecimal("change_percentage"u8, ChangePercent(pair.LastPrice, day.Open), 2);
        json.WriteDecimal("base_volume"u8, day.BaseVolume, size);
        json.WriteMoney("quote_volume"u8, day.QuoteVolume);
        json.WriteDecimal("high_24h"u8, day.High == 0 ? pair.LastPrice : day.High, price);
        json.WriteDecimal("low_24h"u8, day.Low == 0 ? pair.LastPrice : day.Low, price);
        json.WriteEndObject();
    }

    public static void Trade(Utf8JsonWriter json, PairView pair, TradeRow trade)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, trade.GlobalId);
        json.WriteNumber("id_market"u8, trade.MarketId);
        json.WriteNumber("create_time"u8, trade.TimeNanos / 1_000_000_000);
        json.WriteDecimal("create_time_ms"u8, trade.TimeNanos, 6);
        json.WriteString("side"u8, SpotWords.Of(trade.Side));
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteDecimal("amount"u8, trade.Size, pair.Terms.SizeDecimals);
        json.WriteDecimal("price"u8, trade.Price, pair.Terms.PriceDecimals);
        Span<byte> range = stackalloc byte[48];
        trade.MarketId.TryFormat(range, out var length);
        range[length++] = (byte)'-';
        trade.MarketId.TryFormat(range[length..], out var second);
        json.WriteString("range"u8, range[..(length + second)]);
        json.WriteEndObject();
    }

    public static void Candle(Utf8JsonWriter json, PairView pair, in Candle candle, string name, bool closed)
    {
        var price = pair.Terms.PriceDecimals;
        json.WriteStartObject();
        json.WriteIntegerText("t"u8, candle.StartSeconds);
        json.WriteMoney("v"u8, candle.QuoteVolume);
        json.WriteDecimal("c"u8, candle.Close, price);
        json.WriteDecimal("h"u8, candle.High, price);
        json.WriteDecimal("l"u8, candle.Low, price);
        json.WriteDecimal("o"u8, candle.Open, price);
        json.WriteString("n"u8, name);
        json.WriteDecimal("a"u8, candle.BaseVolume, pair.Terms.SizeDecimals);
        json.WriteBoolean("w"u8, closed);
        json.WriteEndObject();
    }

    public static void BookTicker(Utf8JsonWriter json, PairView pair, in BestQuote best)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, best.TimeNanos / 1_000_000);
        json.WriteNumber("u"u8, best.UpdateId);
        json.WriteString("s"u8, pair.Symbol);
        Price(json, "b"u8, best.Bid, pair.Terms.PriceDecimals);
        json.WriteDecimal("B"u8, best.Bid.Size, pair.Terms.SizeDecimals);
        Price(json, "a"u8, best.Ask, pair.Terms.PriceDecimals);
        json.WriteDecimal("A"u8, best.Ask.Size, pair.Terms.SizeDecimals);
        json.WriteEndObject();
    }

    public static void Snapshot(Utf8JsonWriter json, PairView pair, FeedBook book, int levels)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, book.TimeNanos / 1_000_000);
        json.WriteNumber("lastUpdateId"u8, book.UpdateId);
        json.WriteString("s"u8, pair.Symbol);
        json.WriteIntegerText("l"u8, levels);
        Top(json, "bids"u8, pair, book, Side.Buy, levels);
        Top(json, "asks"u8, pair, book, Side.Sell, levels);
        json.WriteEndObject();
    }

    /// <summary>What the window has gone through since the last frame; or, with <paramref name="full"/>, the whole window.</summary>
    public static void Depth(Utf8JsonWriter json, PairView pair, FeedBook book, DepthTopic topic, bool full)
    {
        var stream = topic.Stream;
        var isObu = topic.Channel.Kind == ChannelKind.Obu;
        json.WriteStartObject();
        json.WriteNumber("t"u8, book.TimeNanos / 1_000_000);
        if (full) json.WriteBoolean("full"u8, true);
        if (!isObu)
        {
            json.WriteIntegerText("l"u8, stream.Window);
            json.WriteString("e"u8, "depthUpdate"u8);
            json.WriteNumber("E"u8, book.TimeNanos / 1_000_000_000);
        }
        json.WriteString("s"u8, topic.StreamName);
        if (!full) json.WriteNumber("U"u8, stream.SentId + 1);
        else if (!isObu) json.WriteNumber("U"u8, book.UpdateId);
        json.WriteNumber("u"u8, book.UpdateId);
        if (full)
        {
            Top(json, "b"u8, pair, book, Side.Buy, stream.Window);
            Top(json, "a"u8, pair, book, Side.Sell, stream.Window);
        }
        else
        {
            Changes(json, "b"u8, pair, book, Side.Buy, stream);
            Changes(json, "a"u8, pair, book, Side.Sell, stream);
        }
        json.WriteEndObject();
    }

    private static void Top(Utf8JsonWriter json, ReadOnlySpan<byte> name, PairView pair, FeedBook book, Side side, int levels)
    {
        json.WriteStartArray(name);
        var all = book.Levels(side);
        for (var i = all.Length - 1; i >= int.Max(0, all.Length - levels); i--) Level(json, pair, all[i].Price, all[i].Size);
        json.WriteEndArray();
    }

    private static void Changes(Utf8JsonWriter json, ReadOnlySpan<byte> name, PairView pair, FeedBook book, Side side, DepthStream stream)
    {
        json.WriteStartArray(name);
        foreach (var price in stream.Touched(side)) Level(json, pair, price, book.SizeWithin(side, price, stream.Window));
        json.WriteEndArray();
    }

    private static void Level(Utf8JsonWriter json, PairView pair, long price, long size)
    {
        json.WriteStartArray();
        json.WriteDecimalValue(price, pair.Terms.PriceDecimals);
        json.WriteDecimalValue(size, pair.Terms.SizeDecimals);
        json.WriteEndArray();
    }

    /// <summary>Empty when that side is.</summary>
    private static void Price(Utf8JsonWriter json, ReadOnlySpan<byte> name, BookLevel level, int decimals)
    {
        if (level.Size == 0) json.WriteString(name, ""u8);
        else json.WriteDecimal(name, level.Price, decimals);
    }

    /// <summary>Hundredths of a percent.</summary>
    private static Int128 ChangePercent(long last, long open) => open <= 0 ? 0 : Fixed.MulDiv((Int128)last - open, 10_000, open, Rounding.HalfEven);
}
