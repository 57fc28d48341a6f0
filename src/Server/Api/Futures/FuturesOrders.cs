using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;

namespace Sluice.Server.Api.Futures;

// Orders over REST: what the socket shares is behind IFuturesOrderEntry.
public abstract partial class FuturesEndpoints
{
    // The most any list of orders may have; each operation has its own, smaller limit.
    private const int MostEntries = 1000;

    private readonly FuturesOrderEntry entry = new(services.Views, services.History, services.Records, services.Door) { VenueClockIsWall = services.VenueClockIsWall };

    private void MapOrders(EndpointTable endpoints)
    {
        Map(endpoints, "createFuturesOrder", "createDeliveryOrder", In((request, scope) => Answer(entry.PlaceAsync(Call(request, scope), request.BodyParameters(), request.Json))));
        Map(endpoints, "createFuturesBBOOrder", "", In((request, scope) => Answer(entry.PlaceAtLevelAsync(Call(request, scope), request.BodyParameters(), request.Json))));
        Map(endpoints, "createBatchFuturesOrder", "", In((request, scope) => OfArray(request, list => entry.PlaceBatchAsync(Call(request, scope), list, request.Json))));
        Map(endpoints, "cancelFuturesOrders", "cancelDeliveryOrders",
            In((request, scope) => Answer(entry.CancelAllAsync(Call(request, scope), request.QueryParameters(), IsDelivery, request.Json))));
        Map(endpoints, "cancelFuturesOrder", "cancelDeliveryOrder",
            In((request, scope) => Answer(entry.CancelAsync(Call(request, scope), request.PathValue(1), request.QueryParameters(), request.Json))));
        Map(endpoints, "cancelBatchFutureOrders", "", In((request, scope) => OfArray(request, list => entry.CancelIdsAsync(Call(request, scope), list, request.Json))));
        Map(endpoints, "amendFuturesOrder", "",
            In((request, scope) => Answer(entry.AmendAsync(Call(request, scope), request.PathValue(1), request.QueryOrBodyParameters(), request.Json))));
        Map(endpoints, "amendBatchFutureOrders", "", In((request, scope) => OfArray(request, list => entry.AmendBatchAsync(Call(request, scope), list, request.Json))));
        Map(endpoints, "getFuturesOrder", "getDeliveryOrder", In((request, scope) => Answer(entry.StatusAsync(Call(request, scope), request.PathValue(1), request.Json))));
        Map(endpoints, "listFuturesOrders", "listDeliveryOrders", In(ListOrders));
        Map(endpoints, "getOrdersWithTimeRange", "", In(ListOrdersOfTimeAsync));
    }

    private ValueTask<ApiResult> ListOrders(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        SetPagination(request, Pages.ByOffset(query), query);
        var counts = CountsTotal(query);
        return query.Error is { } error ? error : Answer(entry.ListAsync(Call(request, scope), query, request.Json, counts ? request.SetTotal : null));
    }

    /// <summary>Ended orders by the time they ended.</summary>
    private async ValueTask<ApiResult> ListOrdersOfTimeAsync(ApiRequest request, FuturesScope scope)
    {
        var query = request.QueryParameters();
        var page = Pages.ByOffset(query);
        var (from, to) = Pages.Span(query);
        var contract = scope.Read(query, required: false);
        SetPagination(request, page, query);
        if (query.Error is { } error) return error;
        if (!await history.CaughtUpAsync(request.User.Value, request.Aborted)) return ApiErrors.HistoryBehind;
        var (fromNanos, toNanos) = TimeWindow.Of(from, to);
        var rows = records.ContractOrders(new ContractOrderQuery(request.User.Value, scope.Wallet, new Window(fromNanos, toNanos, page.Skip, page.Limit), false, contract?.Id));
        request.Json.WriteStartArray();
        foreach (var row in rows)
        {
            // New with this operation: its sizes are texts whatever the header says.
            FuturesOrderJson.Write(request.Json, row, futures.Of(row.Instrument), SizeForm.Text, ActionMode.Full, ContractOrderForm.Timerange);
        }
        request.Json.WriteEndArray();
        return ApiResult.Done;
    }

    // Lists of delivery contracts can be asked how many entries there are in all.
    private bool CountsTotal(Parameters query) => IsDelivery && query.Integer("count_total", 0, 1) == 1;

    private static void SetPagination(ApiRequest request, PageRange page, Parameters query)
    {
        if (query.Error is null) request.SetPagination(page.Limit, page.Skip);
    }

    private static FuturesCall Call(ApiRequest request, FuturesScope scope) => new(new RestCaller(request), scope, scope.SizesOf(request));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ApiResult> Answer(ValueTask<ApiError?> answer) => await answer is { } error ? error : ApiResult.Done;

    private static ValueTask<ApiResult> OfArray(ApiRequest request, Func<IReadOnlyList<JsonElement>, ValueTask<ApiError?>> answer)
    {
        var list = request.BodyArray(MostEntries, out var error);
        return error is not null ? error : Answer(answer(list));
    }
}
