using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

// Public market data: contracts, books, trades, tickers, tiers.
public abstract partial class FuturesEndpoints
{
    private const int BookLevelsMax = 300;
    private const long DaySeconds = 86_400;
    private const long TradesReachSeconds = 30 * DaySeconds;

    private void MapMarketData(EndpointTable endpoints)
    {
        Map(endpoints, "listFuturesContracts", "listDeliveryContracts", In((request, scope) => ListContracts(request, scope, withEnded: false)));
        Map(endpoints, "listFuturesContractsAll", "", In((request, scope) => ListContracts(request, scope, withEnded: true)));
        Map(endpoints, "getFuturesContract", "getDeliveryContract", Of(GetContract));
        Map(endpoints, "listFuturesOrderBook", "listDeliveryOrderBook", In(ListOrderBook));
        Map(endpoints, "listFuturesTrades", "listDeliveryTrades", In(ListTradesAsync));
        Map(endpoints, "listFuturesTickers", "listDeliveryTickers", In(ListTickers));
        Map(endpoints, "listFuturesRiskLimitTiers", "listDeliveryRiskLimitTiers", In(ListTiers));
        Map(endpoints, "getFuturesRiskLimitTable", "", In(GetTierTable));
        MapBars(endpoints);
        MapMarketRecords(endpoints);
    }

    private ValueTask<ApiResult> ListContracts(ApiRequest request, FuturesScope scope, bool withEnded)
    {
        var query = request.QueryParameters();
        var (limit, offset) = (query.Integer("limit", 1, 1000), query.Integer("offset", 0, int.MaxValue));
        if (query.Error is { } error) return error;
        ContractView[] all = [.. futures.In(scope.Wallet).Where(contract => withEnded || contract.Status != MarketStatus.Delisted)];
        var page = new PageRange(offset ?? 0, (int)(limit ?? int.MaxValue));            // without a limit all: clients load their markets so
        request.Json.WriteStartArray();
        foreach (var contract in page.Of(all)) ContractJson.Write(request.Json, contract, scope.SizesOf(request));
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> GetContract(ApiRequest request, FuturesScope scope, ContractView contract)
    {
        ContractJson.Write(request.Json, contract, scope.SizesOf(request));
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> ListTickers(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var only = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        var coin = futures.TryGet("BTC_USDT", out var found) ? found : null;
        request.Json.WriteStartArray();
        if (only is not null) MarketJson.WriteTicker(request.Json, only, door.NowNanos, coin);
        else foreach (var contract in futures.In(scope.Wallet))
        {
            if (contract.Status != MarketStatus.Delisted) MarketJson.WriteTicker(request.Json, contract, door.NowNanos, coin);
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> ListOrderBook(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var limit = Pages.Limit(query, 10, BookLevelsMax);
        var withId = query.Flag("with_id") == true;
        var interval = query.Decimal("interval");
        var contract = scope.Read(query, required: true);
        if (query.Error is { } error) return error;
        var step = 0L;
        if (interval.IsGiven && ExactText.Read(interval, contract!.PriceDecimals, out step, orZero: true) is { } wrong) return wrong;

        var depth = contract!.Book.Depth(step == 0 ? limit : int.MaxValue);
        var json = request.Json;
        json.WriteStartObject();
        if (withId) json.WriteNumber("id"u8, depth.UpdateId);
        json.WriteSeconds("current"u8, door.NowNanos);
        json.WriteSeconds("update"u8, depth.TimeNanos);
        WriteLevels(json, "asks"u8, MergedLevels.Of(depth.Asks, limit, step, up: true), contract, scope.SizesOf(request));
        WriteLevels(json, "bids"u8, MergedLevels.Of(depth.Bids, limit, step, up: false), contract, scope.SizesOf(request));
        json.WriteEndObject();
        return ApiResult.Done;
    }

    private static void WriteLevels(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<(Int128 Price, Int128 Size)> levels, ContractView contract, SizeForm form)
    {
        json.WriteStartArray(name);
        foreach (var (price, size) in levels)
        {
            json.WriteStartObject();
            json.WriteDecimal("p"u8, price, contract.PriceDecimals);
            json.WriteSize("s"u8, size, contract.SizeDecimals, form);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private async ValueTask<ApiResult> ListTradesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var lastId = query.Integer("last_id", 0);
        var contract = scope.Read(query, required: true);
        if (query.Error is { } error) return error;

        if (!await history.CaughtUpAsync(contract!, request.Aborted)) return ApiErrors.HistoryBehind;
        var oldest = NowSeconds - TradesReachSeconds;
        var (fromNanos, toNanos) = TimeWindow.Of(long.Max(from ?? oldest, oldest), to);
        // The last one a reader has: what is older follows.
        var trades = history.Trades(new TradeQuery(contract!.Id, new Window(fromNanos, toNanos, page.Skip, page.Limit), lastId, Reverse: true));
        request.Json.WriteStartArray();
        foreach (var trade in trades) MarketJson.WriteTrade(request.Json, contract, trade, scope.SizesOf(request));
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> ListTiers(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var only = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        var json = request.Json;
        json.WriteStartArray();
        // A page counts contracts: one that is named has all of its tiers.
        IReadOnlyList<ContractView> contracts = only is not null ? [only] : [.. page.Of([.. futures.In(scope.Wallet).Where(contract => contract.Status != MarketStatus.Delisted)])];
        foreach (var contract in contracts)
        {
            var tiers = contract.Terms.RiskLimits;
            for (var k = 0; k < tiers.Count; k++) ContractJson.WriteTier(json, tiers[k], k, contract.Symbol);
        }
        json.WriteEndArray();
        return ApiResult.Done;
    }

    /// <summary>A table is named by its contract, as positions name it.</summary>
    private ValueTask<ApiResult> GetTierTable(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var name = query.RequiredText("table_id", 64);
        if (query.Error is { } error) return error;
        if (scope.Find(name) is not { } contract) return ApiErrors.InvalidParam("table_id", name, "a table has the name of its contract");
        request.Json.WriteStartArray();
        var tiers = contract.Terms.RiskLimits;
        for (var k = 0; k < tiers.Count; k++) ContractJson.WriteTier(request.Json, tiers[k], k, null);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }
}
