using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>Answers of the socket's order entry (websocket rules 14.3).</summary>
internal static class SocketReply
{
    private const int Usual = 1024;         // bytes of an answer without its result

    /// <summary>The first answer to a placement: it came in. It repeats the request.</summary>
    public static void Acknowledge(SocketCall call, long nowMicros)
    {
        var json = new JsonText(stackalloc byte[Usual]);
        Begin(ref json, call, 200, nowMicros, null, isAck: true);
        json.WriteStartObject("result"u8);
        json.WriteString("req_id"u8, call.RequestId);
        Repeat(ref json, "req_header"u8, call.Payload, "req_header");
        Repeat(ref json, "req_param"u8, call.Payload, "req_param");
        json.WriteString("api_key"u8, call.TextOf("api_key"));
        json.WriteString("timestamp"u8, call.TextOf("timestamp"));
        json.WriteString("signature"u8, call.TextOf("signature"));
        json.WriteEndObject();
        End(ref json, call.Connection);
    }

    /// <param name="result">JSON, as REST answers.</param>
    /// <param name="saysNoAck">Whether it has "ack":false.</param>
    public static void Result(SocketCall call, ReadOnlySpan<byte> result, long nowMicros, RateVerdict? verdict, bool saysNoAck)
    {
        var json = new JsonText(stackalloc byte[2 * Usual]);
        Begin(ref json, call, 200, nowMicros, verdict, isAck: saysNoAck ? false : null);
        json.WriteRaw("result"u8, result);
        End(ref json, call.Connection);
    }

    public static void Error(SocketCall call, ApiError error, long nowMicros, RateVerdict? verdict)
    {
        var json = new JsonText(stackalloc byte[Usual]);
        Begin(ref json, call, error.Status, nowMicros, verdict, isAck: null);
        WriteError(ref json, error);
        End(ref json, call.Connection);
    }

    /// <summary>The answer to a plain request: the result, or an error.</summary>
    public static void Send(FeedConnection connection, PlainRequest request, ApiError? error, ReadOnlySpan<byte> result, long nowMicros)
    {
        var json = new JsonText(stackalloc byte[2 * Usual]);
        Begin(ref json, connection, request, error?.Status ?? 200, nowMicros, isAck: false);
        if (error is null) json.WriteRaw("result"u8, result);
        else WriteError(ref json, error);
        End(ref json, connection);
    }

    /// <summary>The first answer to a plain placement; the caller's.</summary>
    public static SharedFrame Acknowledge(FeedConnection connection, ReadOnlySpan<byte> param, PlainRequest request, long nowMicros)
    {
        var frame = SharedFrame.Rent();
        var json = new JsonText(frame.GetSpan(Usual));
        Begin(ref json, connection, request, 200, nowMicros, isAck: true);
        json.WriteStartObject("result"u8);
        json.WriteString("req_id"u8, request.Id);
        json.WriteRaw("req_param"u8, param);
        json.WriteMembers("\"api_key\":\"\",\"timestamp\":\"\",\"signature\":\"\""u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        frame.Complete(ref json);
        return frame;
    }

    /// <summary>The answer to a plain request, into a frame, if there is one at once.</summary>
    public static bool TryResult(SharedFrame frame, FeedConnection connection, PlainRequest request, IPlainEntry entry, long nowMicros)
    {
        var json = new JsonText(frame.GetSpan(2 * Usual));
        Begin(ref json, connection, request, 200, nowMicros, isAck: false);
        json.WriteName("result"u8);
        var written = entry.TryWrite(request, ref json);
        json.WriteEndObject();
        json.WriteEndObject();
        if (written) frame.Complete(ref json);
        else json.Dispose();
        return written;
    }

    private static void Begin(ref JsonText json, SocketCall call, int status, long nowMicros, RateVerdict? verdict, bool? isAck)
    {
        json.WriteStartObject();
        json.WriteString("request_id"u8, call.RequestId);
        if (isAck is { } ack) json.WriteBoolean("ack"u8, ack);
        json.WriteStartObject("header"u8);
        json.WriteIntegerText("response_time"u8, nowMicros / 1000);
        json.WriteIntegerText("status"u8, status);
        json.WriteString("channel"u8, call.Channel);
        json.WriteMembers(call.Connection.ReplyFrom);
        if (call.IsLogin) json.WriteString("clientId"u8, call.Connection.ClientId);
        json.WriteNumber("x_in_time"u8, call.ReceivedMicros);
        json.WriteNumber("x_out_time"u8, nowMicros);
        json.WriteMembers(call.Connection.ReplyIds);
        json.WriteString("trace_id"u8, call.TraceId);
        Limit(ref json, verdict);
        json.WriteEndObject();
        json.WriteStartObject("data"u8);
    }

    // The same for a plain request.
    private static void Begin(ref JsonText json, FeedConnection connection, PlainRequest request, int status, long nowMicros, bool isAck)
    {
        json.WriteStartObject();
        json.WriteString("request_id"u8, request.Id);
        if (isAck) json.WriteBoolean("ack"u8, true);
        json.WriteStartObject("header"u8);
        json.WriteIntegerText("response_time"u8, nowMicros / 1000);
        json.WriteIntegerText("status"u8, status);
        json.WriteString("channel"u8, request.Cancels ? "spot.order_cancel"u8 : "spot.order_place"u8);
        json.WriteMembers(connection.ReplyFrom);
        json.WriteNumber("x_in_time"u8, request.ReceivedMicros);
        json.WriteNumber("x_out_time"u8, nowMicros);
        json.WriteMembers(connection.ReplyIds);
        json.WriteHex("trace_id"u8, request.Trace);
        if (!isAck) Limit(ref json, request.Verdict);
        json.WriteEndObject();
        json.WriteStartObject("data"u8);
    }

    private static void WriteError(ref JsonText json, ApiError error)
    {
        json.WriteStartObject("errs"u8);
        json.WriteString("label"u8, error.Label);
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }

    private static void Limit(ref JsonText json, RateVerdict? verdict)
    {
        if (verdict is not { } limit) return;
        if (limit.Remaining > 0) json.WriteNumber("x_gate_ratelimit_requests_remain"u8, limit.Remaining);
        json.WriteNumber("x_gate_ratelimit_limit"u8, limit.Limit);
        json.WriteNumber("x_gat_ratelimit_reset_timestamp"u8, limit.ResetSeconds * 1000);
        json.WriteNumber("x_gate_ratelimit_reset_timestamp"u8, limit.ResetSeconds * 1000);
    }

    private static void End(ref JsonText json, FeedConnection connection)
    {
        json.WriteEndObject();
        json.WriteEndObject();
        var frame = SharedFrame.Rent();
        json.Written.CopyTo(frame.GetSpan(json.Written.Length));
        frame.Advance(json.Written.Length);
        frame.Complete();
        json.Dispose();
        connection.TrySend(frame);
        frame.Release();
    }

    private static void Repeat(ref JsonText json, ReadOnlySpan<byte> written, JsonElement payload, string name)
    {
        if (!payload.TryGetProperty(name, out var value)) return;
        json.WriteRaw(written, JsonMarshal.GetRawUtf8Value(value));
    }
}
