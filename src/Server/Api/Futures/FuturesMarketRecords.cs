using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Public records: funding, the insurance fund, liquidations, indices, the risk of deleveraging.
public abstract partial class FuturesEndpoints
{
    private const long FundingReachSeconds = 180 * DaySeconds;
    private const long FundingSpanSeconds = 30 * DaySeconds;
    private const int FundingContractsMax = 50;
    private const int FundingRatesEach = 100;

    private void MapMarketRecords(EndpointTable endpoints)
    {
        Map(endpoints, "listFuturesFundingRateHistory", "", In(ListFundingAsync));
        Map(endpoints, "listBatchFuturesFundingRates", "", In(ListFundingOfManyAsync));
        Map(endpoints, "listFuturesInsuranceLedger", "listDeliveryInsuranceLedger", In(ListInsuranceAsync));
        Map(endpoints, "listLiquidatedOrders", "", In(ListLiquidatedAsync));
        Map(endpoints, "getIndexConstituents", "", In(GetConstituents));
        Map(endpoints, "listFuturesADLRiskStates", "", In(ListRiskStates));
    }

    private async ValueTask<ApiResult> ListFundingAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var limit = Pages.Limit(query);
        var (from, to) = Pages.Span(query);
        var contract = scope.Read(query, required: true);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(0, request.Aborted)) return ApiErrors.HistoryBehind;
        // One bound alone reaches 30 days from it; all goes back 180 days.
        var begin = long.Max(from ?? (to is { } end ? end - FundingSpanSeconds : 0), NowSeconds - FundingReachSeconds);
        var (fromNanos, toNanos) = TimeWindow.Of(long.Max(begin, 0), to ?? (from is { } start ? start + FundingSpanSeconds : null));
        WriteFunding(request.Json, FundingOf(contract!, new Window(fromNanos, toNanos, 0, limit)));
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListFundingOfManyAsync(ApiRequest request, FuturesScope scope)
    {
        var body = request.BodyParameters();
        var names = body.List("contracts", FundingContractsMax);
        if (names.Count == 0) body.Refuse(ApiErrors.MissingParam("contracts"));
        if (body.Error is { } error) return error;
        foreach (var name in names)
        {
            if (scope.Find(name) is null) return FuturesRefusals.UnknownContract(name);
        }
        if (!await history.CaughtUpAsync(0, request.Aborted)) return ApiErrors.HistoryBehind;
        var json = request.Json;
        json.WriteStartArray();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("contract"u8, name);
            json.WritePropertyName("data"u8);
            WriteFunding(json, FundingOf(scope.Find(name)!, new Window(0, long.MaxValue, 0, FundingRatesEach)));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    // What happened here, then what is told of the time before.
    private IReadOnlyList<FundingRow> FundingOf(ContractView contract, Window window)
    {
        var rows = records.Funding(contract.Id, window);
        if (rows.Count >= window.Limit || services.FundingPast is not { } past) return rows;
        return [.. rows, .. past.Before(contract, window.FromNanos, window.ToNanos).Take(window.Limit - rows.Count)];
    }

    private static void WriteFunding(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<FundingRow> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteNumber("t"u8, row.DueNanos / Nanos.PerSecond);
            json.WriteDecimal("r"u8, row.Rate, Rate.Decimals);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private async ValueTask<ApiResult> ListInsuranceAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var limit = Pages.Limit(query);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(0, request.Aborted)) return ApiErrors.HistoryBehind;
        request.Json.WriteStartArray();
        foreach (var row in records.Insurance(scope.Wallet, limit))
        {
            request.Json.WriteStartObject();
            request.Json.WriteNumber("t"u8, row.TimeNanos / Nanos.PerSecond);
            request.Json.WriteMoney("b"u8, row.Balance);
            request.Json.WriteEndObject();
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListLiquidatedAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var limit = Pages.Limit(query);
        var (from, to) = Pages.Span(query);
        var only = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(0, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        request.Json.WriteStartArray();
        foreach (var row in records.Liquidations(new PublicQuery(scope.Wallet, new Window(fromNanos, toNanos, 0, limit), only?.Id)))
        {
            MarketJson.WriteLiquidation(request.Json, futures.Of(row.Instrument), row, scope.SizesOf(request));
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetConstituents(ApiRequest request, FuturesScope scope)
    {
        var name = request.PathValue(1);
        if (services.Indexes.ConstituentsOf(name) is not { } constituents) return ApiErrors.InvalidParam("index", name, "there is no such index");
        var json = request.Json;
        json.WriteStartObject();
        json.WriteString("index"u8, name);
        json.WriteStartArray("constituents"u8);
        foreach (var constituent in constituents)
        {
            json.WriteStartObject();
            json.WriteString("exchange"u8, constituent);
            json.WriteStartArray("symbols"u8);
            json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return ApiResult.Done;
    }

    /// <summary>The fund is one of a settle currency, so all of its contracts have the same state.</summary>
    private ValueTask<ApiResult> ListRiskStates(ApiRequest request, FuturesScope scope)
    {
        var (json, risk) = (request.Json, futures.RiskOf(scope.Wallet));
        json.WriteStartObject();
        json.WriteString("settle"u8, scope.Settle);
        json.WriteStartObject("states"u8);
        foreach (var contract in futures.In(scope.Wallet).Where(contract => contract.Status != MarketStatus.Delisted))
        {
            json.WriteStartObject(contract.Symbol);
            json.WriteString("state"u8, risk?.Level switch { 1 => "warning", 2 => "adl_risk", _ => "normal" });
            json.WriteNumber("calculated_at_ms"u8, (risk?.TimeNanos ?? views.Shown.TimeNanos) / Nanos.PerMillisecond);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        return ApiResult.Done;
    }
}
