using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Server.Gateway;

namespace Sluice.Server.Api.Spot;

/// <summary>Who enters orders, and by which way. The way (REST, socket) has checked signature and permission.</summary>
public abstract class OrderCaller
{
    /// <summary>The key that signed; its user owns the orders.</summary>
    public required KeyRecord Key { get; init; }

    /// <summary>The text of orders that come without one: "apiv4" over REST, "apiv4-ws" over a socket.</summary>
    public required string DefaultText { get; init; }

    /// <summary>Milliseconds since the Unix epoch, wall clock, after which the sender no longer wants the order (x-gate-exptime); 0 = not said.</summary>
    public long ExpiresAtMillis { get; init; }

    /// <summary>The broker's tag (X-Gate-Channel-Id), or null.</summary>
    public string? ChannelTag { get; init; }

    /// <summary>Counts a placement or amendment in a market that exists. Null when there is room, else the refusal. A way that counts per user
    /// has done so before and answers null.</summary>
    /// <param name="market">The pair's symbol.</param>
    /// <param name="count">How many orders of a batch it counts for.</param>
    public abstract ApiError? CheckRate(string market, int count = 1);

    /// <summary>The sender's idempotency key for one command of this request; empty when none was given.</summary>
    /// <param name="part">Which command of the request, when it sends several.</param>
    public virtual IdempotencyKey Idempotency(int part = 0) => default;
}

/// <summary>Spot order entry, the same code behind REST and the socket. Each call writes the whole JSON result of the REST operation it is named
/// after and returns null; or it returns the refusal, and what it may have written is thrown away. Unknown parameters are ignored.
/// Throws <see cref="Runtime.VenueUnavailableException"/> when the venue takes no commands.</summary>
public interface IOrderEntry
{
    /// <summary>POST /spot/orders.</summary>
    ValueTask<ApiError?> PlaceAsync(OrderCaller caller, Parameters order, Utf8JsonWriter json);

    /// <summary>POST /spot/batch_orders. The number of entries is checked here.</summary>
    ValueTask<ApiError?> PlaceBatchAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json);

    /// <summary>DELETE /spot/orders/{order_id}.</summary>
    /// <param name="orderId">An id, or a text that begins with "t-".</param>
    ValueTask<ApiError?> CancelAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json);

    /// <summary>POST /spot/cancel_batch_orders.</summary>
    ValueTask<ApiError?> CancelIdsAsync(OrderCaller caller, IReadOnlyList<JsonElement> orders, Utf8JsonWriter json);

    /// <summary>DELETE /spot/orders.</summary>
    ValueTask<ApiError?> CancelPairAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json);

    /// <summary>PATCH /spot/orders/{order_id}.</summary>
    ValueTask<ApiError?> AmendAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json);

    /// <summary>GET /spot/orders/{order_id}.</summary>
    ValueTask<ApiError?> StatusAsync(OrderCaller caller, string orderId, Parameters parameters, Utf8JsonWriter json);

    /// <summary>GET /spot/orders.</summary>
    ValueTask<ApiError?> ListAsync(OrderCaller caller, Parameters parameters, Utf8JsonWriter json);
}
