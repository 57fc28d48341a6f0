using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Results of the public channels of contracts (websocket rules 8.1 and 9), lists included.</summary>
internal static class FuturesPublicWire
{
    public static void Trade(Utf8JsonWriter json, ContractView contract, TradeRow trade, SizeForm form)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteSize("size"u8, trade.Side == Side.Buy ? trade.Size : -trade.Size, contract.SizeDecimals, form);
        json.WriteNumber("id"u8, trade.MarketId);
        json.WriteNumber("create_time"u8, trade.TimeNanos / Nanos.PerSecond);
        json.WriteNumber("create_time_ms"u8, trade.TimeNanos / Nanos.PerMillisecond);
        json.WriteDecimal("price"u8, trade.Price, contract.PriceDecimals);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    public static void BookTicker(Utf8JsonWriter json, ContractView contract, in BestQuote best, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, best.TimeNanos / Nanos.PerMillisecond);
        json.WriteNumber("u"u8, best.UpdateId);
        json.WriteString("s"u8, contract.Symbol);
        Price(json, "b"u8, best.Bid, contract.PriceDecimals);
        json.WriteSize("B"u8, best.Bid.Size, contract.SizeDecimals, form);
        Price(json, "a"u8, best.Ask, contract.PriceDecimals);
        json.WriteSize("A"u8, best.Ask.Size, contract.SizeDecimals, form);
        json.WriteEndObject();
    }

    public static void Candle(Utf8JsonWriter json, ContractView contract, in Candle candle, string name, bool isDelivery, SizeForm form)
    {
        var price = contract.PriceDecimals;
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteNumber("t"u8, candle.StartSeconds);
        json.WriteSize("v"u8, candle.BaseVolume, contract.SizeDecimals, form);
        json.WriteDecimal("c"u8, candle.Close, price);
        json.WriteDecimal("h"u8, candle.High, price);
        json.WriteDecimal("l"u8, candle.Low, price);
        json.WriteDecimal("o"u8, candle.Open, price);
        json.WriteString("n"u8, name);
        if (!isDelivery) json.WriteMoney("a"u8, BaseOf(contract, candle.BaseVolume, candle.QuoteVolume));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The whole window of a book, as the legacy channel has it.</summary>
    public static void Book(Utf8JsonWriter json, ContractView contract, FeedBook book, int levels, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, book.TimeNanos / Nanos.PerMillisecond);
        json.WriteNumber("id"u8, book.UpdateId);
        json.WriteString("contract"u8, contract.Symbol);
        Top(json, "asks"u8, contract, book, Side.Sell, levels, form);
        Top(json, "bids"u8, contract, book, Side.Buy, levels, form);
        json.WriteIntegerText("l"u8, levels);
        json.WriteEndObject();
    }

    /// <summary>Its changes: a list of levels of both sides, asks below zero, 0 where nothing is left.</summary>
    public static void BookChanges(Utf8JsonWriter json, ContractView contract, FeedBook book, DepthStream stream, SizeForm form)
    {
        json.WriteStartArray();
        foreach (var side in (ReadOnlySpan<Side>)[Side.Buy, Side.Sell])
        {
            foreach (var price in stream.Touched(side))
            {
                var size = book.SizeWithin(side, price, stream.Window);
                json.WriteStartObject();
                json.WriteDecimal("p"u8, price, contract.PriceDecimals);
                json.WriteSize("s"u8, side == Side.Buy ? size : -size, contract.SizeDecimals, form);
                json.WriteString("c"u8, contract.Symbol);
                json.WriteNumber("id"u8, book.UpdateId);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    /// <summary>What the window has gone through since the last frame; or, with <paramref name="full"/>, the whole window. Delivery has no word for a whole one: there
    /// its first id leaves a gap, and the client takes the book from REST.</summary>
    public static void Depth(Utf8JsonWriter json, ContractView contract, FeedBook book, DepthTopic topic, bool full, bool isDelivery, SizeForm form)
    {
        var stream = topic.Stream;
        var isObu = topic.Channel.Kind == ChannelKind.Obu;
        json.WriteStartObject();
        json.WriteNumber("t"u8, book.TimeNanos / Nanos.PerMillisecond);
        if (full && !isDelivery) json.WriteBoolean("full"u8, true);
        json.WriteString("s"u8, topic.StreamName);
        if (!full) json.WriteNumber("U"u8, stream.SentId + 1);
        else if (!isObu) json.WriteNumber("U"u8, book.UpdateId);
        json.WriteNumber("u"u8, book.UpdateId);
        if (!isObu && !isDelivery) json.WriteIntegerText("l"u8, stream.Window);
        foreach (var side in (ReadOnlySpan<Side>)[Side.Buy, Side.Sell])
        {
            var name = side == Side.Buy ? "b"u8 : "a"u8;
            if (full && isObu) Pairs(json, name, contract, book.Levels(side), stream.Window);
            else if (full) Top(json, name, contract, book, side, stream.Window, form);
            else Changes(json, name, contract, book, side, stream, isObu, form);
        }
        json.WriteEndObject();
    }

    /// <summary>What a size is in the underlying coin: of an inverse contract its value, which is in that coin; else the contracts' multiples.</summary>
    /// <param name="value">|w|, in the settle currency.</param>
    public static Money BaseOf(ContractView contract, long size, Money value)
    {
        if (contract.IsInverse) return value;
        var terms = contract.Terms;
        return new Money((Int128)size * terms.Multiplier * Fixed.PowerOfTen(Money.Decimals - terms.SizeDecimals - terms.MultiplierDecimals));
    }

    private static void Top(Utf8JsonWriter json, ReadOnlySpan<byte> name, ContractView contract, FeedBook book, Side side, int levels, SizeForm form)
    {
        json.WriteStartArray(name);
        var all = book.Levels(side);
        for (var i = all.Length - 1; i >= int.Max(0, all.Length - levels); i--) Level(json, contract, all[i].Price, all[i].Size, form);
        json.WriteEndArray();
    }

    private static void Pairs(Utf8JsonWriter json, ReadOnlySpan<byte> name, ContractView contract, ReadOnlySpan<BookLevel> all, int levels)
    {
        json.WriteStartArray(name);
        for (var i = all.Length - 1; i >= int.Max(0, all.Length - levels); i--) Pair(json, contract, all[i].Price, all[i].Size);
        json.WriteEndArray();
    }

    private static void Changes(Utf8JsonWriter json, ReadOnlySpan<byte> name, ContractView contract, FeedBook book, Side side, DepthStream stream, bool isObu, SizeForm form)
    {
        json.WriteStartArray(name);
        foreach (var price in stream.Touched(side))
        {
            var size = book.SizeWithin(side, price, stream.Window);
            if (isObu) Pair(json, contract, price, size);
            else Level(json, contract, price, size, form);
        }
        json.WriteEndArray();
    }

    private static void Level(Utf8JsonWriter json, ContractView contract, long price, long size, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteDecimal("p"u8, price, contract.PriceDecimals);
        json.WriteSize("s"u8, size, contract.SizeDecimals, form);
        json.WriteEndObject();
    }

    private static void Pair(Utf8JsonWriter json, ContractView contract, long price, long size)
    {
        json.WriteStartArray();
        json.WriteDecimalValue(price, contract.PriceDecimals);
        json.WriteDecimalValue(size, contract.SizeDecimals);
        json.WriteEndArray();
    }

    /// <summary>Empty when that side is.</summary>
    private static void Price(Utf8JsonWriter json, ReadOnlySpan<byte> name, BookLevel level, int decimals)
    {
        if (level.Size == 0) json.WriteString(name, ""u8);
        else json.WriteDecimal(name, level.Price, decimals);
    }

    public static void Liquidation(Utf8JsonWriter json, ContractView contract, LiquidationRow row, SizeForm form)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteNumber("price"u8, row.BankruptcyPrice, contract.PriceDecimals);
        json.WriteSize("size"u8, row.OrderSize, contract.SizeDecimals, form);
        json.WriteNumber("time_ms"u8, row.TimeNanos / Nanos.PerMillisecond);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
