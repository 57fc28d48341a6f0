using System.Runtime.CompilerServices;
using Sluice.Runtime;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>REST of group spot.</summary>
public sealed partial class SpotEndpoints(VenueViews views, IHistory history, ICommandDoor door, ICandles candles, OrderEntry entry, ICurrencyFacts facts) : IEndpointGroup
{
    public void Map(EndpointTable endpoints)
    {
        endpoints.Map("listCurrencies", ListCurrencies);
        endpoints.Map("getCurrency", GetCurrency);
        endpoints.Map("listCurrencyPairs", ListCurrencyPairs);
        endpoints.Map("getCurrencyPair", GetCurrencyPair);
        endpoints.Map("listTickers", ListTickers);
        endpoints.Map("listOrderBook", ListOrderBook);
        endpoints.Map("listTrades", ListTradesAsync);
        endpoints.Map("listCandlesticks", ListCandlesticks);
        endpoints.Map("getSystemTime", GetSystemTime);
        endpoints.Map("getSpotInsuranceHistory", GetInsuranceHistory);

        endpoints.Map("getFee", GetFee);
        endpoints.Map("getBatchSpotFee", GetBatchFee);
        endpoints.Map("listSpotAccounts", ListAccounts);
        endpoints.Map("listSpotAccountBook", ListAccountBookAsync);
        endpoints.Map("listMyTrades", ListMyTradesAsync);

        endpoints.Map("createOrder", request => Answer(entry.PlaceAsync(Caller(request), request)));
        endpoints.Map("createBatchOrders", request => OfArray(request, (caller, list) => entry.PlaceBatchAsync(caller, list, request.Json)));
        endpoints.Map("cancelOrders", request => Answer(entry.CancelPairAsync(Caller(request), request.QueryParameters(), request.Json)));
        endpoints.Map("cancelBatchOrders", request => OfArray(request, (caller, list) => entry.CancelIdsAsync(caller, list, request.Json)));
        endpoints.Map("cancelOrder", request => Answer(entry.CancelAsync(Caller(request), request.PathValue(), request.QueryParameters(), request.Json)));
        endpoints.Map("amendOrder", request => Answer(entry.AmendAsync(Caller(request), request.PathValue(), request.QueryOrBodyParameters(), request.Json)));
        endpoints.Map("amendBatchOrders", request => OfArray(request, (caller, list) => entry.AmendBatchAsync(caller, list, request.Json)));
        endpoints.Map("getOrder", request => Answer(entry.StatusAsync(Caller(request), request.PathValue(), request.QueryParameters(), request.Json)));
        endpoints.Map("listOrders", request => Answer(entry.ListAsync(Caller(request), request.QueryParameters(), request.Json)));
        endpoints.Map("listAllOpenOrders", request => Answer(new(entry.ListOpen(Caller(request), request.QueryParameters(), request.Json))));
        endpoints.Map("countdownCancelAllSpot", SetCountdownAsync);
        endpoints.Map("createCrossLiquidateOrder", LiquidateCross);

        endpoints.Map("createSpotPriceTriggeredOrder", CreatePriceOrderAsync);
        endpoints.Map("getSpotPriceTriggeredOrder", GetPriceOrderAsync);
        endpoints.Map("listSpotPriceTriggeredOrders", ListPriceOrdersAsync);
        endpoints.Map("cancelSpotPriceTriggeredOrder", CancelPriceOrderAsync);
        endpoints.Map("cancelSpotPriceTriggeredOrderList", CancelPriceOrdersAsync);

        endpoints.Map("createSpotPovOrder", CreatePovAsync);
        endpoints.Map("getSpotPovOrder", GetPov);
        endpoints.Map("listSpotPovOrders", ListPov);
        endpoints.Map("cancelSpotPovOrder", CancelPovAsync);
        endpoints.Map("cancelSpotPovOrders", CancelPovsAsync);
    }

    private static OrderCaller Caller(ApiRequest request) => new RestCaller(request);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ApiResult> Answer(ValueTask<ApiError?> answer) => await answer is { } error ? error : ApiResult.Done;

    private static ValueTask<ApiResult> OfArray(ApiRequest request, Func<OrderCaller, IReadOnlyList<System.Text.Json.JsonElement>, ValueTask<ApiError?>> answer)
    {
        var list = request.BodyArray(MostEntries, out var error);
        return error is not null ? error : Answer(answer(Caller(request), list));
    }

    private PairView? PairOf(Parameters parameters, string name, bool required)
    {
        var text = required ? parameters.RequiredText(name, 64) : parameters.Text(name, 64);
        if (string.IsNullOrEmpty(text)) return null;
        if (views.TryGetPair(text, out var pair)) return pair;
        parameters.Refuse(ApiErrors.UnknownPair(text));
        return null;
    }

    private AssetView? AssetOf(Parameters parameters, string name)
    {
        var text = parameters.Text(name, 64);
        if (string.IsNullOrEmpty(text)) return null;
        if (views.TryGetAsset(text, out var asset)) return asset;
        parameters.Refuse(UnknownCurrency(text));
        return null;
    }

    private static ApiError UnknownCurrency(string code) => new("INVALID_CURRENCY", $"Invalid currency {ApiErrors.Shorten(code)}");

    // The most any list of orders may have; each operation has its own, smaller limit.
    private const int MostEntries = 1000;
}
