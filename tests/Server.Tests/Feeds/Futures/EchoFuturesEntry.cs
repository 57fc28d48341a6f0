using System.Text.Json;
using Sluice.Server.Api.Futures;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>Answers every request with what it was asked.</summary>
internal sealed class EchoFuturesEntry : IFuturesOrderEntry
{
    public ValueTask<ApiError?> PlaceAsync(FuturesCall call, Parameters order, Utf8JsonWriter json) => Write(json, call, $"place {order.Text("contract")}");

    public ValueTask<ApiError?> PlaceAtLevelAsync(FuturesCall call, Parameters order, Utf8JsonWriter json) => Write(json, call, $"place at level {order.Text("contract")}");

    public ValueTask<ApiError?> PlaceBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json) => Write(json, call, $"place {orders.Count}");

    public ValueTask<ApiError?> CancelAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json) =>
        orderId == "404" ? new(new ApiError("ORDER_NOT_FOUND", "Order with ID 404 not found")) : Write(json, call, $"cancel {orderId}");

    public ValueTask<ApiError?> CancelIdsAsync(FuturesCall call, IReadOnlyList<JsonElement> ids, Utf8JsonWriter json) => Write(json, call, $"cancel {string.Join('+', ids)}");

    public ValueTask<ApiError?> CancelAllAsync(FuturesCall call, Parameters parameters, bool isContractRequired, Utf8JsonWriter json) =>
        Write(json, call, $"cancel all {parameters.Text("contract")} {isContractRequired}");

    public ValueTask<ApiError?> AmendAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json) => Write(json, call, $"amend {orderId}");

    public ValueTask<ApiError?> AmendBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json) => Write(json, call, $"amend {orders.Count}");

    public ValueTask<ApiError?> StatusAsync(FuturesCall call, string orderId, Utf8JsonWriter json) => Write(json, call, $"status {orderId}");

    public ValueTask<ApiError?> ListAsync(FuturesCall call, Parameters parameters, Utf8JsonWriter json) => Write(json, call, $"list {parameters.Text("status")}");

    private static ValueTask<ApiError?> Write(Utf8JsonWriter json, FuturesCall call, string did)
    {
        json.WriteStringValue($"{did} of {call.User} in {call.Scope.Wallet}, {call.Sizes}, {call.Caller.DefaultText}");
        return new((ApiError?)null);
    }
}
