using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Order entry over one address of contracts.</summary>
internal sealed class FuturesSocketOrders(IKeyDirectory keys, IFuturesOrderEntry entry, FuturesScope scope, RateLimiter limiter, TimeProvider wall, ILogger logger)
    : SocketOrders(keys, limiter, wall, logger)
{
    private const int LimitNumber = 311;        // by which the dialect names the limit of contracts

    protected override bool SaysItIsNoAcknowledgement => true;

    protected override (RateClass Class, int Number)? LimitOf(string verb) => verb is "order_status" or "order_list" ? null : (RateClass.SocketFutures, LimitNumber);

    protected override bool WantsList(SocketCall call) => call.Verb is "order_batch_place" or "order_cancel_ids";

    protected override ValueTask<ApiError?> RunAsync(SocketCall call, OrderCaller caller, Utf8JsonWriter json)
    {
        var asks = new FuturesCall(caller, scope, call.Connection.SizesAsTexts && !scope.IsDelivery ? SizeForm.Text : SizeForm.Integer);
        if (call.Param.ValueKind == JsonValueKind.Array)
        {
            JsonElement[] items = [.. call.Param.EnumerateArray()];
            return call.Verb == "order_batch_place" ? entry.PlaceBatchAsync(asks, items, json) : entry.CancelIdsAsync(asks, items, json);
        }

        var parameters = new Parameters(null, call.Param);
        switch (call.Verb)
        {
            case "order_place": return entry.PlaceAsync(asks, parameters, json);
            case "order_cancel_cp": return entry.CancelAllAsync(asks, parameters, isContractRequired: true, json);
            case "order_list": return entry.ListAsync(asks, parameters, json);
        }
        if (SocketCall.OrderId(parameters, out var order) is { } unnamed) return new(unnamed);
        return call.Verb switch
        {
            "order_cancel" => entry.CancelAsync(asks, order, parameters, json),
            "order_amend" => entry.AmendAsync(asks, order, parameters, json),
            _ => entry.StatusAsync(asks, order, json),
        };
    }
}
