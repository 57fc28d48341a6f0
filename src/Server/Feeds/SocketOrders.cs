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
internal abstract partial class SocketOrders(IKeyDirectory keys, RateLimiter limiter, TimeProvider wall, ILogger logger)
{
    protected const int WindowSeconds = 60;
    private const int LongestTag = 64;

    public static readonly ApiError TooManyWaiting = new("TOO_MANY_REQUESTS", "Too many requests of this connection wait for their turn");

    private static readonly ApiError NotLogin = new("AUTHENTICATION_FAILED", "Not login");

    protected IKeyDirectory Keys => keys;

    protected RateLimiter Limiter => limiter;

    protected ObjectPool<ResponseBuffer> Buffers { get; } = ResponseBuffer.NewPool();

    public long WallMicros => (wall.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Answers a request, once or, for a placement, twice. Never throws. Runs without waiting until the order is handed in.</summary>
    public async Task AnswerAsync(SocketSession session, SocketCall call)
    {
        var result = Buffers.Get();
        RateVerdict? verdict = null;
        ApiError? error;
        try
        {
            error = Admit(session, call, out var caller, ref verdict);
            if (error is null && caller is null) WriteLogin(result.Json, session, call);
            else if (error is null) error = await StartAsync(call, caller!, result.Json);
        }
        catch (Exception failure)
        {
            error = ErrorOf(failure, call.Channel, call.TraceId);
        }
        if (error is not null) Refuse(call, error, WallMicros, verdict);
        else SocketReply.Result(call, result.Complete().Span, WallMicros, verdict, SaysItIsNoAcknowledgement && IsPlacement(call.Verb));
        Buffers.Return(result);
        call.Dispose();
    }

    protected ApiError ErrorOf(Exception failure, string channel, string traceId)
    {
        if (failure is VenueUnavailableException unavailable) return new ApiError("TOO_BUSY", unavailable.Message);
        LogUnexpected(failure, channel, traceId);
        return new ApiError("SERVER_ERROR", $"The server failed; its log has the reason under trace id {traceId}");
    }

    /// <summary>Answers with an error.</summary>
    public static void Refuse(SocketCall call, ApiError error, long nowMicros, RateVerdict? verdict = null) => SocketReply.Error(call, error, nowMicros, verdict);

    /// <summary>Puts the plain requests of a connection on their own way; null when the order entry has none for them.</summary>
    public virtual PlainCalls? PlainCallsOf(FeedConnection connection) => null;

    /// <summary>Whether the second answer to a placement has "ack":false.</summary>
    protected virtual bool SaysItIsNoAcknowledgement => false;

    /// <summary>Whether a request places orders: it is answered twice.</summary>
    protected static bool IsPlacement(string verb) => verb is "order_place" or "order_batch_place";

    /// <summary>What a request counts for, and the number by which the refusal names that limit; null when it counts for nothing.</summary>
    protected abstract (RateClass Class, int Number)? LimitOf(string verb);

    /// <summary>Whether req_param has to be a list.</summary>
    protected abstract bool WantsList(SocketCall call);

    /// <summary>Does what is asked for, as the REST operation of the same meaning.</summary>
    protected abstract ValueTask<ApiError?> RunAsync(SocketCall call, OrderCaller caller, Utf8JsonWriter json);

    /// <summary>Everything before the order itself. No caller: it was a login.</summary>
    private ApiError? Admit(SocketSession session, SocketCall call, out SocketCaller? caller, ref RateVerdict? verdict)
    {
        caller = null;
        if (call.Known is not { Group: var group })
            return new ApiError("INVALID_REQUEST", $"Unknown channel {ApiErrors.Shorten(call.Channel)}");
        if (!call.IsReadable) return new ApiError("INVALID_REQUEST", "The payload must be an object with a text req_id");
        if (call.FrameTime is { } sent && IsStale(sent)) return Expired();

        var signature = call.TextOf("signature");
        var isLogin = call.IsLogin;
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
        if ((key.Scopes.Read & group) == 0) return new ApiError("FORBIDDEN", $"Request API key does not have {Permissions.NameOf(group)} permission");
        if (isLogin)
        {
            session.Key = key.Key;
            return null;
        }
        var isWrite = call.Verb is not ("order_status" or "order_list");
        if (isWrite && (key.Scopes.Write & group) == 0) return new ApiError("READ_ONLY", $"Request API key is read-only for {Permissions.NameOf(group)}");
        if (ReadHeaders(call, out var expires, out var tag) is { } malformed) return malformed;

        if (LimitOf(call.Verb) is var (rateClass, number))
        {
            var counted = limiter.Check(rateClass, RateSubject.Of(key.User));
            if (limiter.Enabled) verdict = counted;
            if (!counted.Allowed) return new ApiError("TOO_MANY_REQUESTS", $"Request Rate limit Exceeded ({number})");
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

    private ValueTask<ApiError?> StartAsync(SocketCall call, SocketCaller caller, Utf8JsonWriter json)
    {
        var wantsList = WantsList(call);
        if (call.Param.ValueKind != (wantsList ? JsonValueKind.Array : JsonValueKind.Object))
            return new(new ApiError("INVALID_REQUEST", wantsList ? "req_param must be an array" : "req_param must be an object"));
        if (IsPlacement(call.Verb)) SocketReply.Acknowledge(call, WallMicros);
        return RunAsync(call, caller, json);
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
    protected sealed class SocketCaller : OrderCaller
    {
        public override ApiError? CheckRate(string market, int count = 1) => null;
    }
}
