using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes what everybody may see of a contract's market: tickers, trades, bars, public liquidations, statistics.</summary>
internal static class MarketJson
{
    /// <summary>FuturesTicker, or DeliveryTicker.</summary>
    /// <param name="coin">A market that tells what a coin is worth in the settle currency, for volumes in BTC; null when there is none.</param>
    public static void WriteTicker(Utf8JsonWriter json, ContractView contract, long nowNanos, ContractView? coin)
    {
        var (prices, day, best) = (contract.Prices, contract.Ticker.Day(nowNanos), contract.Book.Best);
        var (price, size) = (contract.PriceDecimals, contract.SizeDecimals);
        var last = contract.LastPrice;
        json.WriteStartObject();
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteDecimal("last"u8, last, price);
        json.WriteDecimal("change_percentage"u8, ChangePercent(last, day.Open), 2);
        json.WriteDecimal("total_size"u8, contract.Interest.Size, size);
        json.WriteDecimal("low_24h"u8, day.Low == 0 ? last : day.Low, price);
        json.WriteDecimal("high_24h"u8, day.High == 0 ? last : day.High, price);
        WriteVolumes(json, contract, day, coin);
        json.WriteDecimal("mark_price"u8, prices.Mark, price);
        json.WriteDecimal("index_price"u8, prices.Index, price);
        json.WriteDecimal("funding_rate"u8, contract.Funding.Rate, Rate.Decimals);
        json.WriteDecimal("funding_rate_indicative"u8, contract.Funding.Rate, Rate.Decimals);
        json.WriteString("quanto_base_rate"u8, ""u8);
        WriteBest(json, "lowest_ask"u8, "lowest_size"u8, best.Ask, price, size);
        WriteBest(json, "highest_bid"u8, "highest_size"u8, best.Bid, price, size);
        if (contract.IsDelivery)
        {
            json.WriteDecimal("basis_rate"u8, contract.Delivery.BasisRate, Rate.Decimals);
            json.WriteDecimal("basis_value"u8, ContractJson.BasisOf(contract), price);
        }
        else
        {
            json.WriteDecimal("change_price"u8, ChangeOf(last, day.Open), price);
            json.WriteDecimal("change_utc0"u8, ChangePercent(last, day.OpenUtc0), 2);
            json.WriteDecimal("change_utc8"u8, ChangePercent(last, day.OpenUtc8), 2);
            json.WriteDecimal("change_utc0_price"u8, ChangeOf(last, day.OpenUtc0), price);
            json.WriteDecimal("change_utc8_price"u8, ChangeOf(last, day.OpenUtc8), price);
        }
        json.WriteEndObject();
    }

    // Base units of linear contracts are size × multiplier; an inverse contract is worth one unit of quote, and its value is in coins.
    private static void WriteVolumes(Utf8JsonWriter json, ContractView contract, in DayFigures day, ContractView? coin)
    {
        var (terms, settled) = (contract.Terms, day.QuoteVolume);
        var coins = (Int128)day.BaseVolume * terms.Multiplier;
        var coinDecimals = contract.SizeDecimals + terms.MultiplierDecimals;
        json.WriteDecimal("volume_24h"u8, day.BaseVolume, contract.SizeDecimals);
        if (contract.IsInverse)
        {
            json.WriteMoney("volume_24h_base"u8, settled);
            json.WriteDecimal("volume_24h_quote"u8, day.BaseVolume, contract.SizeDecimals);
            json.WriteMoney("volume_24h_btc"u8, settled);
            json.WriteDecimal("volume_24h_usd"u8, day.BaseVolume, contract.SizeDecimals);
        }
        else
        {
            json.WriteDecimal("volume_24h_base"u8, coins, coinDecimals);
            json.WriteMoney("volume_24h_quote"u8, settled);
            json.WriteMoney("volume_24h_btc"u8, InCoins(settled, coin));
            json.WriteMoney("volume_24h_usd"u8, settled);
        }
        json.WriteMoney("volume_24h_settle"u8, settled);
    }

    private static Money InCoins(Money value, ContractView? coin) => coin is { LastPrice: > 0 and var price }
        ? new Money(Int256.MulDiv(value.Raw, Fixed.PowerOfTen(coin.PriceDecimals), price, Rounding.HalfEven)) : Money.Zero;

    private static void WriteBest(Utf8JsonWriter json, ReadOnlySpan<byte> priceName, ReadOnlySpan<byte> sizeName, BookLevel level, int priceDecimals, int sizeDecimals)
    {
        if (level.Size == 0)
        {
            json.WriteString(priceName, ""u8);
            json.WriteString(sizeName, ""u8);
            return;
        }
        json.WriteDecimal(priceName, level.Price, priceDecimals);
        json.WriteDecimal(sizeName, level.Size, sizeDecimals);
    }

    /// <summary>FuturesTrade: the size is below zero when the taker sold.</summary>
    public static void WriteTrade(Utf8JsonWriter json, ContractView contract, TradeRow trade, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, trade.MarketId);
        json.WriteNumber("create_time"u8, trade.TimeNanos / Nanos.PerSecond);
        json.WriteSeconds("create_time_ms"u8, trade.TimeNanos);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, trade.Side == Side.Sell ? -trade.Size : trade.Size, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, trade.Price, contract.PriceDecimals);
        json.WriteEndObject();
    }

    /// <summary>FuturesCandlestick.</summary>
    public static void WriteCandle(Utf8JsonWriter json, ContractView contract, in Candle bar, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, bar.StartSeconds);
        json.WriteSize("v"u8, bar.BaseVolume, contract.SizeDecimals, form);
        WritePrices(json, bar.Close, bar.High, bar.Low, bar.Open, contract.PriceDecimals);
        // In quote currency: an inverse contract is worth one unit of it.
        if (contract.IsDelivery) { }
        else if (contract.IsInverse) json.WriteDecimal("sum"u8, bar.BaseVolume, contract.SizeDecimals);
        else json.WriteMoney("sum"u8, bar.QuoteVolume);
        json.WriteEndObject();
    }

    /// <summary>A bar of a price nobody trades at: without volume.</summary>
    public static void WriteBar(Utf8JsonWriter json, in PriceBar bar, int decimals)
    {
        json.WriteStartObject();
        json.WriteNumber("t"u8, bar.StartSeconds);
        WritePrices(json, bar.Close, bar.High, bar.Low, bar.Open, decimals);
        json.WriteEndObject();
    }

    private static void WritePrices(Utf8JsonWriter json, long close, long high, long low, long open, int decimals)
    {
        json.WriteDecimal("c"u8, close, decimals);
        json.WriteDecimal("h"u8, high, decimals);
        json.WriteDecimal("l"u8, low, decimals);
        json.WriteDecimal("o"u8, open, decimals);
    }

    /// <summary>FuturesLiqOrder.</summary>
    public static void WriteLiquidation(Utf8JsonWriter json, ContractView contract, LiquidationRow row, SizeForm form)
    {
        var size = contract.SizeDecimals;
        json.WriteStartObject();
        json.WriteNumber("time"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, row.Size, size, form);
        json.WriteSize("order_size"u8, row.OrderSize, size, form);
        json.WriteDecimal("order_price"u8, row.BankruptcyPrice, contract.PriceDecimals);
        json.WriteDecimal("fill_price"u8, row.FillPrice, contract.Contract.EntryPriceDecimals);
        json.WriteSize("left"u8, row.Left, size, form);
        json.WriteEndObject();
    }

    // In hundredths of a percent.
    private static long ChangePercent(long last, long open) => open <= 0 ? 0 : (long)Fixed.MulDiv((Int128)last - open, 10_000, open, Rounding.HalfEven);

    private static long ChangeOf(long last, long open) => open <= 0 ? 0 : last - open;
}
