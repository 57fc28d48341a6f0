using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Sluice.Core.Values;
using Sluice.Runtime;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>Order entry over the socket: login, the checks of every request, and its answers (websocket rules 14).</summary>
internal sealed partial class SocketOrders(IKeyDirectory keys, IOrderEntry entry, RateLimiter limiter, TimeProvider wall, ILogger logger)
{
    private const int WindowSeconds = 60;
    private const int LongestTag = 64;

    public static readonly ApiError TooManyWaiting = new("TOO_MANY_REQUESTS", "Too many requests of this connection wait for their turn");

    private static readonly ApiError NotLogin = new("AUTHENTICATION_FAILED", "Not login");
    private static readonly ApiError RateExceeded = new("TOO_MANY_REQUESTS", "Request Rate limit Exceeded (211)");

    private readonly ObjectPool<ResponseBuffer> buffers = ResponseBuffer.NewPool();

    public long WallMicros => (wall.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Answers a request, once or, for a placement, twice. Never throws. Runs without waiting until the order is handed in.</summary>
    public async Task AnswerAsync(SocketSession session, SocketCall call)
    {
        var result = buffers.Get();
        RateVerdict? verdict = null;
        ApiError? error;
        try
        {
            error = Admit(session, call, out var caller, ref verdict);
            if (error is null && caller is null) WriteLogin(result.Json, session, call);
            else if (error is null) error = await RunAsync(call, caller!, result.Json);
        }
        catch (Exception failure)
        {
            error = ErrorOf(failure, call.Channel, call.TraceId);
        }
        if (error is not null) Refuse(call, error, WallMicros, verdict);
        else SocketReply.Result(call, result.Complete().Span, WallMicros, verdict);
        buffers.Return(result);
        call.Dispose();
    }

    /// <summary>Whether a plain request passes everything that is checked before the order itself, and who asks. False: it is refused, in words that are found where
    /// requests are read as documents.</summary>
    public bool Admits(SocketSession session, FeedConnection connection, in PlainCall call, long nowMicros, [MaybeNullWhen(false)] out KeyRecord key)
    {
        key = null;
        if (call.Time is { } sent && nowMicros / 1_000_000 - sent is > WindowSeconds or < -WindowSeconds) return false;
        return session.Key is { } name && keys.TryGet(name, out key) && key.Admits(connection.Remote) && !key.Locked
            && (key.Scopes.Read & PermissionGroups.Spot) != 0 && (key.Scopes.Write & PermissionGroups.Spot) != 0;
    }

    /// <summary>Counts a plain placement that is going to be handed in; cancellations are not counted.</summary>
    public bool HasRoom(in PlainCall call, KeyRecord key, out RateVerdict? verdict)
    {
        keys.Used(key);
        verdict = null;
        if (call.Cancels || !limiter.Enabled) return true;
        var counted = limiter.Check(RateClass.SocketSpotPlace, RateSubject.Of(key.User));
        verdict = counted;
        return counted.Allowed;
    }

    /// <summary>Answers a plain request that was handed in, whatever became of it. Never throws.</summary>
    public async Task AnswerAsync(FeedConnection connection, IPlainEntry plain, PlainRequest request)
    {
        var result = buffers.Get();
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
        buffers.Return(result);
    }

    private ApiError ErrorOf(Exception failure, string channel, string traceId)
    {
        if (failure is VenueUnavailableException unavailable) return new ApiError("TOO_BUSY", unavailable.Message);
        LogUnexpected(failure, channel, traceId);
        return new ApiError("SERVER_ERROR", $"The server failed; its log has the reason under trace id {traceId}");
    }

    /// <summary>Answers with an error.</summary>
    public static void Refuse(SocketCall call, ApiError error, long nowMicros, RateVerdict? verdict = null) => SocketReply.Error(call, error, nowMicros, verdict);

    /// <summary>Puts the plain requests of a connection on their own way; null when the order entry has none for them.</summary>
    public PlainCalls? PlainCallsOf(FeedConnection connection) => entry is IPlainEntry plain ? new PlainCalls(this, plain, connection) : null;

    /// <summary>Everything before the order itself. No caller: it was a login.</summary>
    private ApiError? Admit(SocketSession session, SocketCall call, out SocketCaller? caller, ref RateVerdict? verdict)
    {
        caller = null;
        if (!SpotChannels.TryFind(call.Channel, out var channel) || channel.Kind != ChannelKind.Api)
            return new ApiError("INVALID_REQUEST", $"Unknown channel {ApiErrors.Shorten(call.Channel)}");
        if (!call.IsReadable) return new ApiError("INVALID_REQUEST", "The payload must be an object with a text req_id");
        if (call.FrameTime is { } sent && IsStale(sent)) return Expired();

        var signature = call.TextOf("signature");
        var isLogin = call.Channel == "spot.login";
        if (!isLogin && session.Key is null) return NotLogin;
        var name = signature.Length > 0 || isLogin ? call.TextOf("api_key") : session.Key!;
        if (isLogin && (name.Length == 0 || signature.Length == 0)) return new ApiError("MISSING_REQUIRED_PARAM", "Missing required parameter: api_key, timestamp and signature");
        if (signature.Length > 0 && (!long.TryParse(call.TextOf("timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var stamped) || IsStale(stamped))) return Expired();
        if (!keys.TryGet(name, out var key))
        {
            if (isLogin || signature.Length > 0) return new ApiError("INVALID_KEY", "Invalid key provided");
            session.Key = null;     // it was deleted
            return NotLogin;
        }
        if (!key.Admits(call.Connection.Remote)) return new ApiError("IP_FORBIDDEN", "Request IP not in whitelist");
        if (signature.Length > 0 && !IsSigned(key, call, signature)) return new ApiError("INVALID_SIGNATURE", "Signature mismatch");
        keys.Used(key);
        if (key.Locked) return new ApiError("ACCOUNT_LOCKED", "The account of this API key is locked");
        if ((key.Scopes.Read & PermissionGroups.Spot) == 0) return new ApiError("FORBIDDEN", "Request API key does not have spot permission");
        if (isLogin)
        {
            session.Key = key.Key;
            return null;
        }
        var isWrite = call.Channel is not ("spot.order_status" or "spot.order_list");
        if (isWrite && (key.Scopes.Write & PermissionGroups.Spot) == 0) return new ApiError("READ_ONLY", "Request API key is read-only for spot");
        if (ReadHeaders(call, out var expires, out var tag) is { } malformed) return malformed;

        if (call.Channel is "spot.order_place" or "spot.order_amend")
        {
            var counted = limiter.Check(RateClass.SocketSpotPlace, RateSubject.Of(key.User));
            if (limiter.Enabled) verdict = counted;
            if (!counted.Allowed) return RateExceeded;
        }
        caller = new SocketCaller { Key = key, DefaultText = OrderEntry.SocketText, ExpiresAtMillis = expires, ChannelTag = tag };
        return null;
    }

    /// <summary>The text of req_param is signed as the message has it; some clients sign as if there were none.</summary>
    private static bool IsSigned(KeyRecord key, SocketCall call, string signature)
    {
        var head = Encoding.UTF8.GetBytes($"api\n{call.Channel}\n");
        var tail = Encoding.UTF8.GetBytes($"\n{call.TextOf("timestamp")}");
        return Signature.VerifyText(key.Hash, (byte[])[.. head, .. call.ParamText, .. tail], signature)
            || (!call.ParamText.IsEmpty && Signature.VerifyText(key.Hash, (byte[])[.. head, .. tail], signature));
    }

    private static ApiError? ReadHeaders(SocketCall call, out long expires, out string? tag)
    {
        expires = 0;
        tag = call.Header("X-Gate-Channel-Id");
        if (tag is { Length: > LongestTag }) return ApiErrors.InvalidParam("X-Gate-Channel-Id", tag, $"at most {LongestTag} characters");
        if (tag is { Length: 0 }) tag = null;
        if (call.Header("x-gate-exptime") is not { Length: > 0 } text) return null;
        var ascii = Encoding.UTF8.GetBytes(text);
        if (DecimalText.TryParse(ascii, 0, out expires) != DecimalParse.Ok || expires is <= 0 or > long.MaxValue / 1_000_000)
            return ApiErrors.InvalidParam("x-gate-exptime", text, "Unix time in milliseconds");
        return call.ReceivedMicros > expires * 1000 ? new ApiError("REQUEST_EXPIRED", $"The request came after its x-gate-exptime of {expires}") : null;
    }

    private ValueTask<ApiError?> RunAsync(SocketCall call, SocketCaller caller, Utf8JsonWriter json)
    {
        var wantsList = call.Channel == "spot.order_cancel_ids" || (call.Channel == "spot.order_place" && call.Param.ValueKind == JsonValueKind.Array);
        if (call.Param.ValueKind != (wantsList ? JsonValueKind.Array : JsonValueKind.Object))
            return new(new ApiError("INVALID_REQUEST", wantsList ? "req_param must be an array" : "req_param must be an object"));
        if (call.Channel == "spot.order_place") SocketReply.Acknowledge(call, WallMicros);
        if (wantsList)
        {
            JsonElement[] items = [.. call.Param.EnumerateArray()];
            return call.Channel == "spot.order_place" ? entry.PlaceBatchAsync(caller, items, json) : entry.CancelIdsAsync(caller, items, json);
        }

        var parameters = new Parameters(null, call.Param);
        switch (call.Channel)
        {
            case "spot.order_place": return entry.PlaceAsync(caller, parameters, json);
            case "spot.order_cancel_cp": return entry.CancelPairAsync(caller, parameters, json);
            case "spot.order_list": return entry.ListAsync(caller, parameters, json);
        }
        var order = SocketCall.OrderId(parameters);
        if (parameters.Error is { } malformed) return new(malformed);
        if (order.Length == 0) return new(ApiErrors.MissingParam("order_id"));
        return call.Channel switch
        {
            "spot.order_cancel" => entry.CancelAsync(caller, order, parameters, json),
            "spot.order_amend" => entry.AmendAsync(caller, order, parameters, json),
            _ => entry.StatusAsync(caller, order, parameters, json),
        };
    }

    private void WriteLogin(Utf8JsonWriter json, SocketSession session, SocketCall call)
    {
        json.WriteStartObject();
        json.WriteString("api_key"u8, session.Key);
        json.WriteString("uid"u8, keys.TryGet(session.Key ?? call.TextOf("api_key"), out var key) ? key.User.ToString() : "");
        json.WriteEndObject();
    }

    private bool IsStale(long seconds) => WallMicros / 1_000_000 - seconds is > WindowSeconds or < -WindowSeconds;

    private ApiError Expired() =>
        new("REQUEST_EXPIRED", $"gap between request timestamp and server time exceeds {WindowSeconds}; server time is {WallMicros / 1_000_000}");

    [LoggerMessage(Level = LogLevel.Error, Message = "{Channel} failed, trace id {TraceId}")]
    private partial void LogUnexpected(Exception exception, string channel, string traceId);

    /// <summary>The socket counts per user before the order is read, so nothing is left to count.</summary>
    private sealed class SocketCaller : OrderCaller
    {
        public override ApiError? CheckRate(string market, int count = 1) => null;
    }
}
