using System.Text.Json;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Api.Futures;

/// <summary>Who enters orders on contracts, at which address, and in which form sizes are answered.</summary>
internal readonly record struct FuturesCall(OrderCaller Caller, FuturesScope Scope, SizeForm Sizes)
{
    public int User => Caller.Key.User.Value;
}

/// <summary>Order entry on contracts, the same code behind REST and the socket. Each call writes the whole JSON result of the REST operation it is named after and
/// returns null; or it returns the refusal, and what it may have written is thrown away. Unknown parameters are ignored. Throws
/// <see cref="Runtime.VenueUnavailableException"/> when the venue takes no commands.</summary>
internal interface IFuturesOrderEntry
{
    /// <summary>POST /futures/{settle}/orders.</summary>
    ValueTask<ApiError?> PlaceAsync(FuturesCall call, Parameters order, Utf8JsonWriter json);

    /// <summary>POST /futures/{settle}/bbo_orders: a limit order at the price of a level of the book (M-112).</summary>
    ValueTask<ApiError?> PlaceAtLevelAsync(FuturesCall call, Parameters order, Utf8JsonWriter json);

    /// <summary>POST /futures/{settle}/batch_orders: at most 10; one that is malformed refuses all (M-046).</summary>
    ValueTask<ApiError?> PlaceBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json);

    /// <summary>DELETE /futures/{settle}/orders/{order_id}.</summary>
    /// <param name="orderId">An id, or a text that begins with "t-".</param>
    ValueTask<ApiError?> CancelAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json);

    /// <summary>POST /futures/{settle}/batch_cancel_orders: at most 20 ids.</summary>
    ValueTask<ApiError?> CancelIdsAsync(FuturesCall call, IReadOnlyList<JsonElement> ids, Utf8JsonWriter json);

    /// <summary>DELETE /futures/{settle}/orders: of one contract, or of all.</summary>
    /// <param name="isContractRequired">As for delivery contracts.</param>
    ValueTask<ApiError?> CancelAllAsync(FuturesCall call, Parameters parameters, bool isContractRequired, Utf8JsonWriter json);

    /// <summary>PUT /futures/{settle}/orders/{order_id}.</summary>
    ValueTask<ApiError?> AmendAsync(FuturesCall call, string orderId, Parameters parameters, Utf8JsonWriter json);

    /// <summary>POST /futures/{settle}/batch_amend_orders: at most 10.</summary>
    ValueTask<ApiError?> AmendBatchAsync(FuturesCall call, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json);

    /// <summary>GET /futures/{settle}/orders/{order_id}.</summary>
    ValueTask<ApiError?> StatusAsync(FuturesCall call, string orderId, Utf8JsonWriter json);

    /// <summary>GET /futures/{settle}/orders.</summary>
    ValueTask<ApiError?> ListAsync(FuturesCall call, Parameters parameters, Utf8JsonWriter json);
}
