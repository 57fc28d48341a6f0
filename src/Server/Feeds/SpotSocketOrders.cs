using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>Order entry over the spot socket.</summary>
internal sealed class SpotSocketOrders(IKeyDirectory keys, IOrderEntry entry, RateLimiter limiter, TimeProvider wall, ILogger logger)
    : SocketOrders(keys, limiter, wall, logger)
{
    /// <summary>Whether a plain request passes everything that is checked before the order itself, and who asks. False: it is refused, in words that are found where
    /// requests are read as documents.</summary>
    public bool Admits(SocketSession session, FeedConnection connection, in PlainCall call, long nowMicros, [MaybeNullWhen(false)] out KeyRecord key)
    {
        key = null;
        if (call.Time is { } sent && nowMicros / 1_000_000 - sent is > WindowSeconds or < -WindowSeconds) return false;
        return session.Key is { } name && Keys.TryGet(name, out key) && key.Admits(connection.Remote) && !key.Locked
            && (key.Scopes.Read & PermissionGroups.Spot) != 0 && (key.Scopes.Write & PermissionGroups.Spot) != 0;
    }

    /// <summary>Counts a plain placement that is going to be handed in; cancellations are not counted.</summary>
    public bool HasRoom(in PlainCall call, KeyRecord key, out RateVerdict? verdict)
    {
        Keys.Used(key);
        verdict = null;
        if (call.Cancels || !Limiter.Enabled) return true;
        var counted = Limiter.Check(RateClass.SocketSpotPlace, RateSubject.Of(key.User));
        verdict = counted;
        return counted.Allowed;
    }

    /// <summary>Answers a plain request that was handed in, whatever became of it. Never throws.</summary>
    public async Task AnswerAsync(FeedConnection connection, IPlainEntry plain, PlainRequest request)
    {
        var result = Buffers.Get();
        ApiError? error;
        try
        {
            error = await plain.WriteAsync(request, new SocketCaller { Key = request.Key, DefaultText = OrderEntry.SocketText }, result.Json);
        }
        catch (Exception failure)
        {
            error = ErrorOf(failure, request.Cancels ? "spot.order_cancel" : "spot.order_place", Convert.ToHexStringLower(request.Trace));
        }
        SocketReply.Send(connection, request, error, result.Complete().Span, WallMicros);
        Buffers.Return(result);
    }

    public override PlainCalls? PlainCallsOf(FeedConnection connection) => entry is IPlainEntry plain ? new PlainCalls(this, plain, connection) : null;

    protected override (RateClass Class, int Number)? LimitOf(string verb) => verb is "order_place" or "order_amend" ? (RateClass.SocketSpotPlace, 211) : null;

    protected override bool WantsList(SocketCall call) => call.Verb == "order_cancel_ids" || (call.Verb == "order_place" && call.Param.ValueKind == JsonValueKind.Array);

    protected override ValueTask<ApiError?> RunAsync(SocketCall call, OrderCaller caller, Utf8JsonWriter json)
    {
        if (call.Param.ValueKind == JsonValueKind.Array)
        {
            JsonElement[] items = [.. call.Param.EnumerateArray()];
            return call.Verb == "order_place" ? entry.PlaceBatchAsync(caller, items, json) : entry.CancelIdsAsync(caller, items, json);
        }

        var parameters = new Parameters(null, call.Param);
        switch (call.Verb)
        {
            case "order_place": return entry.PlaceAsync(caller, parameters, json);
            case "order_cancel_cp": return entry.CancelPairAsync(caller, parameters, json);
            case "order_list": return entry.ListAsync(caller, parameters, json);
        }
        if (SocketCall.OrderId(parameters, out var order) is { } unnamed) return new(unnamed);
        return call.Verb switch
        {
            "order_cancel" => entry.CancelAsync(caller, order, parameters, json),
            "order_amend" => entry.AmendAsync(caller, order, parameters, json),
            _ => entry.StatusAsync(caller, order, parameters, json),
        };
    }
}
