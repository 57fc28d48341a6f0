using Sluice.Server.Gateway;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Bars: of trades, of mark and index, of the premium; and statistics.
public abstract partial class FuturesEndpoints
{
    private const int CandlesMax = 2000;
    private const int CandlesBackMax = 10_000;
    private const int PremiumDecimals = 8;
    private const int StatsMax = 100;
    private const int Utc8Seconds = 8 * 3600;

    private static readonly (string Name, int Seconds)[] MoreIntervals = [("2h", 7200), ("6h", 21_600), ("12h", 43_200), ("1w", 604_800)];

    private void MapBars(EndpointTable endpoints)
    {
        Map(endpoints, "listFuturesCandlesticks", "listDeliveryCandlesticks", In(ListCandles));
        Map(endpoints, "listFuturesPremiumIndex", "", In(ListPremiums));
        Map(endpoints, "listContractStats", "", In(ListStats));
    }

    private ValueTask<ApiResult> ListCandles(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var (symbol, series) = SeriesOf(query.RequiredText("contract", 72));
        var contract = scope.Find(symbol);
        if (contract is null) query.Refuse(FuturesRefusals.UnknownContract(symbol));
        var shift = query.Word("timezone", "utc0", "utc8") == 1 ? Utc8Seconds : 0;
        if (ReadBarSpan(query, "5m", out var span, shift) is { } error) return error;
        var (json, form) = (request.Json, scope.SizesOf(request));
        json.WriteStartArray();
        if (series is { } wanted)
        {
            foreach (var bar in Shifted(span, shift, (interval, first, end) => services.Prices.Read(contract!, wanted, interval, first, end), bar => bar.StartSeconds, (bar, start) => bar with { StartSeconds = start }, (bar, later) => bar.Then(later)))
                MarketJson.WriteBar(json, bar, contract!.PriceDecimals);
        }
        else
        {
            foreach (var bar in Shifted(span, shift, (interval, first, end) => services.Candles.Read(contract!, interval, first, end), bar => bar.StartSeconds, (bar, start) => bar with { StartSeconds = start }, (bar, later) => bar.Then(later)))
                MarketJson.WriteCandle(json, contract!, bar, form);
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    // Days in another zone are made of thirds of a day: eight hours is where it begins.
    private static IEnumerable<T> Shifted<T>(BarSpan span, int shift, Func<int, long, long, IReadOnlyList<T>> read, Func<T, long> startOf, Func<T, long, T> at, Func<T, T, T> then)
    {
        if (shift == 0 || span.Interval < DaySeconds) return read(span.Interval, span.First, span.End);
        return read(Utc8Seconds, long.Max(span.First, 0), span.End).GroupBy(bar => CandleIntervals.Down(startOf(bar) + shift, span.Interval) - shift)
            .Select(parts => parts.Aggregate(then)).Select(bar => at(bar, CandleIntervals.Down(startOf(bar) + shift, span.Interval) - shift));
    }

    private ValueTask<ApiResult> ListPremiums(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var contract = scope.Read(query, required: true);
        if (ReadBarSpan(query, "5m", out var span) is { } error) return error;
        if (span.Interval < 60) return ApiErrors.InvalidParam("interval", "10s", "the premium is sampled once a minute");
        request.Json.WriteStartArray();
        foreach (var bar in services.Prices.Read(contract!, PriceSeries.Premium, span.Interval, span.First, span.End)) MarketJson.WriteBar(request.Json, bar, PremiumDecimals);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    // "mark_BTC_USDT" are bars of the mark, "index_BTC_USDT" those of the index.
    private static (string Symbol, PriceSeries? Series) SeriesOf(string name) =>
        name.StartsWith("mark_", StringComparison.Ordinal) ? (name["mark_".Length..], PriceSeries.Mark)
        : name.StartsWith("index_", StringComparison.Ordinal) ? (name["index_".Length..], PriceSeries.Index)
        : (name, null);

    private readonly record struct BarSpan(int Interval, long First, long End);

    // As for spot: at most so many points, at most so far back; a limit cannot stand beside a time.
    /// <param name="shift">By how many seconds days begin before those in UTC.</param>
    private ApiError? ReadBarSpan(Parameters query, string usual, out BarSpan span, int shift = 0)
    {
        span = default;
        var limit = query.Integer("limit", 1, CandlesMax);
        var (from, to) = Pages.Span(query);
        var name = query.Text("interval") is { Length: > 0 } given ? given : usual;
        var interval = IntervalOf(name);
        if (interval == 0) query.Refuse(ApiErrors.InvalidParam("interval", name, $"one of {string.Join(", ", CandleIntervals.All.Select(known => known.Name))} is expected"));
        if (limit is not null && (from is not null || to is not null)) query.Refuse(ApiErrors.InvalidParam("limit", limit.Value.ToString(null, null), "it cannot stand beside `from` or `to`"));
        if (query.Error is { } error) return error;

        if (interval < DaySeconds) shift = 0;
        var current = CandleIntervals.Down(NowSeconds + shift, interval) - shift;
        var last = CandleIntervals.Down(long.Min(to ?? current, current) + shift, interval) - shift;
        var first = from is { } start ? (start + shift + interval - 1) / interval * interval - shift : last - ((limit ?? 100) - 1) * interval;
        first = long.Max(first, 0);
        if ((last - first) / interval >= CandlesMax)
            return ApiErrors.InvalidParam("from", first.ToString(null, null), $"{(last - first) / interval + 1} points; at most {CandlesMax} are allowed");
        if ((current - first) / interval > CandlesBackMax) return new ApiError("INVALID_PARAM_VALUE", $"Candlestick too long ago. Maximum {CandlesBackMax} points ago are allowed");
        span = new BarSpan(interval, first, first > last ? first : last + interval);
        return null;
    }

    private static int IntervalOf(string name) => CandleIntervals.SecondsOf(name) is not 0 and var seconds ? seconds : MoreIntervals.FirstOrDefault(known => known.Name == name).Seconds;

    private ValueTask<ApiResult> ListStats(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var contract = scope.Read(query, required: true);
        var limit = Pages.Limit(query, 30, StatsMax);
        var from = query.Integer("from", 0, int.MaxValue);
        var name = query.Text("interval") is { Length: > 0 } given ? given : "5m";
        var interval = IntervalOf(name);
        if (interval == 0 || interval % ContractStatistics.StepSeconds != 0) query.Refuse(ApiErrors.InvalidParam("interval", name, "5m or a longer interval of candles is expected"));
        if (query.Error is { } error) return error;
        var current = CandleIntervals.Down(NowSeconds, interval);
        var first = from is { } start ? CandleIntervals.Down(start, interval) : current - (limit - 1) * interval;
        var rows = services.Statistics.Read(contract!, long.Max(first, 0), first + (long)limit * interval);
        request.Json.WriteStartArray();
        foreach (var step in rows.GroupBy(row => CandleIntervals.Down(row.StartSeconds, interval)))
        {
            StatJson.Write(request.Json, contract!, step.Key, [.. step], scope.SizesOf(request));
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }
}
