using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

// Public market data: books, tickers, trades, candles, time.
public sealed partial class SpotEndpoints
{
    private const int BookLevelsMax = 1000;
    private const int CandlesMax = 1000;
    private const int CandlesBackMax = 10_000;
    private const long DaySeconds = 86_400;
    private const long TradesReachSeconds = 30 * DaySeconds;
    private const long PagedTradesMax = 100_000;

    private ValueTask<ApiResult> GetSystemTime(ApiRequest request)
    {
        request.Json.WriteStartObject();
        request.Json.WriteNumber("server_time"u8, door.NowNanos / Nanos.PerMillisecond);
        request.Json.WriteEndObject();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> ListTickers(ApiRequest request)
    {
        var query = request.QueryParameters();
        var zone = query.Word("timezone", "utc0", "utc8", "all");
        var only = PairOf(query, "currency_pair", required: false);
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        if (only is not null) WriteTicker(json, only, zone);
        else foreach (var pair in views.Pairs) WriteTicker(json, pair, zone);
        json.WriteEndArray();
        return ApiResult.Done;
    }

    private void WriteTicker(Utf8JsonWriter json, PairView pair, int zone)
    {
        var terms = pair.Terms;
        var day = pair.Ticker.Day(door.NowNanos);
        var best = pair.Book.Best;
        json.WriteStartObject();
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteDecimal("last"u8, pair.LastPrice, terms.PriceDecimals);
        WriteBest(json, "lowest_ask"u8, "lowest_size"u8, best.Ask, terms.PriceDecimals, terms.SizeDecimals);
        WriteBest(json, "highest_bid"u8, "highest_size"u8, best.Bid, terms.PriceDecimals, terms.SizeDecimals);
        json.WriteDecimal("change_percentage"u8, ChangePercent(pair.LastPrice, day.Open), 2);
        if (zone is 0 or 2) json.WriteDecimal("change_utc0"u8, ChangePercent(pair.LastPrice, day.OpenUtc0), 2);
        if (zone is 1 or 2) json.WriteDecimal("change_utc8"u8, ChangePercent(pair.LastPrice, day.OpenUtc8), 2);
        json.WriteDecimal("base_volume"u8, day.BaseVolume, terms.SizeDecimals);
        json.WriteMoney("quote_volume"u8, day.QuoteVolume);
        json.WriteDecimal("high_24h"u8, day.High == 0 ? pair.LastPrice : day.High, terms.PriceDecimals);
        json.WriteDecimal("low_24h"u8, day.Low == 0 ? pair.LastPrice : day.Low, terms.PriceDecimals);
        json.WriteEndObject();
    }

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

    // In hundredths of a percent.
    private static long ChangePercent(long last, long open) => open <= 0 ? 0 : (long)Fixed.MulDiv((Int128)last - open, 10_000, open, Rounding.HalfEven);

    private ValueTask<ApiResult> ListOrderBook(ApiRequest request)
    {
        var query = request.QueryParameters();
        var limit = Pages.Limit(query, 10, BookLevelsMax);
        var withId = query.Flag("with_id") == true;
        var interval = query.Decimal("interval");
        var pair = PairOf(query, "currency_pair", required: true);
        if (query.Error is { } error) return error;
        var terms = pair!.Terms;
        var step = 0L;
        if (interval.IsGiven && ExactText.Read(interval, terms.PriceDecimals, out step, orZero: true) is { } wrong) return wrong;

        var depth = pair.Book.Depth(step == 0 ? limit : int.MaxValue);
        var json = request.Json;
        json.WriteStartObject();
        if (withId) json.WriteNumber("id"u8, depth.UpdateId);
        json.WriteNumber("current"u8, door.NowNanos / Nanos.PerMillisecond);
        json.WriteNumber("update"u8, depth.TimeNanos / Nanos.PerMillisecond);
        WriteLevels(json, "asks"u8, depth.Asks, limit, step, up: true, terms.PriceDecimals, terms.SizeDecimals);
        WriteLevels(json, "bids"u8, depth.Bids, limit, step, up: false, terms.PriceDecimals, terms.SizeDecimals);
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private static void WriteLevels(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, BookLevel[] levels, int limit, long step, bool up, int priceDecimals, int sizeDecimals)
    {
        json.WriteStartArray(name);
        foreach (var (price, size) in MergedLevels.Of(levels, limit, step, up))
        {
            json.WriteStartArray();
            json.WriteDecimalValue(price, priceDecimals);
            json.WriteDecimalValue(size, sizeDecimals);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private async ValueTask<ApiResult> ListTradesAsync(ApiRequest request)
    {
        var query = request.QueryParameters();
        var page = Pages.ByPage(query);
        var (from, to) = Pages.Span(query);
        var lastId = query.Integer("last_id", 0);
        var reverse = query.Flag("reverse") == true;
        var pair = PairOf(query, "currency_pair", required: true);
        if (page.Skip > PagedTradesMax) query.Refuse(ApiErrors.InvalidParam("page", (page.Skip / page.Limit + 1).ToString(null, null), $"limit × (page − 1) is at most {PagedTradesMax}"));
        if (query.Error is { } error) return error;

        if (!await history.CaughtUpAsync(pair!, request.Aborted)) return ApiErrors.HistoryBehind;
        var oldest = door.NowNanos / Nanos.PerSecond - TradesReachSeconds;
        var (fromNanos, toNanos) = TimeWindow.Of(long.Max(from ?? oldest, oldest), to);
        var trades = history.Trades(new TradeQuery(pair!.Id, new Window(fromNanos, toNanos, page.Skip, page.Limit),
            lastId is { } id ? MarketIdBeside(id, pair, reverse) : null, reverse));
        var json = request.Json;
        json.WriteStartArray();
        foreach (var trade in trades)
        {
            json.WriteStartObject();
            WriteTrade(json, trade, pair, SpotWords.Of(trade.Side));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    /// <summary>Ids of the wire count over all pairs: the market's own id that separates the same trades.</summary>
    internal static long MarketIdBeside(long globalId, PairView pair, bool reverse) =>
        (long)Fixed.Divide((Int128)globalId - pair.Id, TradeRow.IdsPerMarketId, reverse ? Rounding.Ceiling : Rounding.Floor);

    private static void WriteTrade(Utf8JsonWriter json, TradeRow trade, PairView pair, string side)
    {
        json.WriteIntegerText("id"u8, trade.GlobalId);
        json.WriteIntegerText("create_time"u8, trade.TimeNanos / Nanos.PerSecond);
        json.WriteDecimal("create_time_ms"u8, trade.TimeNanos, 6);
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteString("side"u8, side);
        json.WriteDecimal("amount"u8, trade.Size, pair.Terms.SizeDecimals);
        json.WriteDecimal("price"u8, trade.Price, pair.Terms.PriceDecimals);
        json.WriteIntegerText("sequence_id"u8, trade.MarketId);
        json.WriteMoney("deal"u8, trade.Value);
    }

    private ValueTask<ApiResult> ListCandlesticks(ApiRequest request)
    {
        var query = request.QueryParameters();
        var limit = query.Integer("limit", 1, CandlesMax);
        var (from, to) = Pages.Span(query);
        var name = query.Text("interval") is { Length: > 0 } given ? given : "30m";
        var interval = CandleIntervals.SecondsOf(name);
        if (interval == 0) query.Refuse(ApiErrors.InvalidParam("interval", name, $"one of {string.Join(", ", CandleIntervals.All.Select(known => known.Name))} is expected"));
        if (limit is not null && (from is not null || to is not null)) query.Refuse(ApiErrors.InvalidParam("limit", limit.Value.ToString(null, null), "it cannot stand beside `from` or `to`"));
        var pair = PairOf(query, "currency_pair", required: true);
        if (query.Error is { } error) return error;

        var now = door.NowNanos / Nanos.PerSecond;
        var current = now - now % interval;
        var last = long.Min(to ?? current, current);
        last -= last % interval;
        var first = from is { } start ? (start + interval - 1) / interval * interval : last - ((limit ?? 100) - 1) * interval;
        first = long.Max(first, 0);
        if ((last - first) / interval >= CandlesMax)
            return ApiErrors.InvalidParam("from", first.ToString(null, null), $"{(last - first) / interval + 1} points; at most {CandlesMax} are allowed");
        if ((current - first) / interval > CandlesBackMax) return new ApiError("INVALID_PARAM_VALUE", $"Candlestick too long ago. Maximum {CandlesBackMax} points ago are allowed");
        WriteCandles(request.Json, pair!, first > last ? [] : candles.Read(pair!, interval, first, last + interval), interval, now);
        return ApiResult.Done;
    }

    private static void WriteCandles(Utf8JsonWriter json, PairView pair, IReadOnlyList<Candle> bars, int interval, long now)
    {
        var terms = pair.Terms;
        json.WriteStartArray();
        foreach (var bar in bars)
        {
            json.WriteStartArray();
            json.WriteDecimalValue(bar.StartSeconds, 0);
            json.WriteDecimalValue(bar.QuoteVolume.Raw, Money.Decimals);
            json.WriteDecimalValue(bar.Close, terms.PriceDecimals);
            json.WriteDecimalValue(bar.High, terms.PriceDecimals);
            json.WriteDecimalValue(bar.Low, terms.PriceDecimals);
            json.WriteDecimalValue(bar.Open, terms.PriceDecimals);
            json.WriteDecimalValue(bar.BaseVolume, terms.SizeDecimals);
            json.WriteStringValue(bar.StartSeconds + interval <= now ? "true"u8 : "false"u8);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    /// <summary>No fund has paid for anybody's margin loan yet: the list is empty.</summary>
    private ValueTask<ApiResult> GetInsuranceHistory(ApiRequest request)
    {
        var query = request.QueryParameters();
        query.RequiredText("business");
        if (query.RequiredText("currency").Length > 0) AssetOf(query, "currency");
        var (from, to) = Pages.Span(query);
        if (from is null) query.Refuse(ApiErrors.MissingParam("from"));
        if (to is null) query.Refuse(ApiErrors.MissingParam("to"));
        Pages.ByPage(query, 30);
        if (query.Error is { } error) return error;
        request.Json.WriteStartArray();
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }
}
