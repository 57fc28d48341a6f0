using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;

namespace Sluice.Server.Api.Futures;

// The caller's records: fills, closed positions, liquidations, deleveraging, settlements, positions over time.
public abstract partial class FuturesEndpoints
{
    private static readonly string[] Roles = ["taker", "maker"];

    private void MapRecords(EndpointTable endpoints)
    {
        Map(endpoints, "getMyTrades", "getMyDeliveryTrades", In(ListMyTradesAsync));
        Map(endpoints, "getMyTradesWithTimeRange", "", In(ListMyTradesOfTimeAsync));
        Map(endpoints, "listPositionClose", "listDeliveryPositionClose", In(ListClosesAsync));
        Map(endpoints, "listLiquidates", "listDeliveryLiquidates", In(ListLiquidatesAsync));
        Map(endpoints, "listAutoDeleverages", "", In(ListDeleveragesAsync));
        Map(endpoints, "listPositionsTimerange", "", In(ListPositionsOfTimeAsync));
        Map(endpoints, "", "listDeliverySettlements", In(ListSettlementsAsync));
    }

    private async ValueTask<ApiResult> ListMyTradesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var order = query.Integer("order", 1);
        var lastId = query.Integer("last_id", 1);
        var contract = scope.Read(query, required: false);
        SetPagination(request, page, query);
        var counts = CountsTotal(query);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var asked = new ContractFillQuery(request.User.Value, scope.Wallet, new Window(0, long.MaxValue, page.Skip, page.Limit), contract?.Id, order, lastId);
        if (counts) request.SetTotal(records.CountContractFills(asked));
        var fills = records.ContractFills(asked);
        request.Json.WriteStartArray();
        foreach (var fill in fills) RecordJson.WriteFill(request.Json, futures.Of(fill.Trade.Instrument), fill, scope.SizesOf(request), isTimerange: false);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListMyTradesOfTimeAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var role = query.Word("role", Roles);
        var contract = scope.Read(query, required: false);
        SetPagination(request, page, query);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        var fills = records.ContractFills(new ContractFillQuery(request.User.Value, scope.Wallet, new Window(fromNanos, toNanos, page.Skip, page.Limit), contract?.Id,
            IsMaker: role < 0 ? null : role == 1));
        request.Json.WriteStartArray();
        foreach (var fill in fills) RecordJson.WriteFill(request.Json, futures.Of(fill.Trade.Instrument), fill, scope.SizesOf(request), isTimerange: true);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private async ValueTask<ApiResult> ListClosesAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var side = query.Word("side", "long", "short");
        var profit = query.Word("pnl", "profit", "loss");
        var contract = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        var rows = records.PositionCloses(new PositionCloseQuery(request.User.Value, scope.Wallet, new Window(fromNanos, toNanos, page.Skip, page.Limit), contract?.Id,
            side < 0 ? null : side == 0, profit switch { 0 => 1, 1 => -1, _ => 0 }));
        request.Json.WriteStartArray();
        foreach (var row in rows) RecordJson.WriteClose(request.Json, futures.Of(row.Instrument), row, scope.SizesOf(request));
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    private ValueTask<ApiResult> ListLiquidatesAsync(ApiRequest request, FuturesScope scope) => ListAsync(request, scope, query => records.Liquidations(query),
        row => RecordJson.WriteLiquidation(request.Json, futures.Of(row.Instrument), row, scope.SizesOf(request)));

    private ValueTask<ApiResult> ListDeleveragesAsync(ApiRequest request, FuturesScope scope) => ListAsync(request, scope, records.Deleveragings,
        row => RecordJson.WriteDeleveraging(request.Json, futures.Of(row.Instrument), row, scope.SizesOf(request)));

    private ValueTask<ApiResult> ListSettlementsAsync(ApiRequest request, FuturesScope scope) => ListAsync(request, scope, records.Settlements,
        row => RecordJson.WriteSettlement(request.Json, futures.Of(row.Instrument), row));

    /// <summary>Every change of the positions in a contract, newest first.</summary>
    private async ValueTask<ApiResult> ListPositionsOfTimeAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var contract = scope.Read(query, required: true);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        var rows = records.Positions(new ContractQuery(request.User.Value, scope.Wallet, new Window(fromNanos, toNanos, page.Skip, page.Limit), contract!.Id));
        request.Json.WriteStartArray();
        foreach (var row in rows) RecordJson.WritePosition(request.Json, contract, row);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    // Records of one time: `at` asks for a single second.
    private async ValueTask<ApiResult> ListAsync<T>(ApiRequest request, FuturesScope scope, Func<ContractQuery, IReadOnlyList<T>> read, Action<T> write)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        if (query.Integer("at", 0, int.MaxValue) is > 0 and var at) (from, to) = (at, at);
        var contract = scope.Read(query, required: false);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        request.Json.WriteStartArray();
        foreach (var row in read(new ContractQuery(request.User.Value, scope.Wallet, new Window(fromNanos, toNanos, page.Skip, page.Limit), contract?.Id))) write(row);
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }
}
