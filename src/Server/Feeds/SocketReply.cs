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
        End(ref json, call);
    }

    /// <param name="result">JSON, as REST answers.</param>
    public static void Result(SocketCall call, ReadOnlySpan<byte> result, long nowMicros, RateVerdict? verdict)
    {
        var json = new JsonText(stackalloc byte[2 * Usual]);
        Begin(ref json, call, 200, nowMicros, verdict, isAck: false);
        json.WriteRaw("result"u8, result);
        End(ref json, call);
    }

    public static void Error(SocketCall call, ApiError error, long nowMicros, RateVerdict? verdict)
    {
        var json = new JsonText(stackalloc byte[Usual]);
        Begin(ref json, call, error.Status, nowMicros, verdict, isAck: false);
        json.WriteStartObject("errs"u8);
        json.WriteString("label"u8, error.Label);
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
        End(ref json, call);
    }

    private static void Begin(ref JsonText json, SocketCall call, int status, long nowMicros, RateVerdict? verdict, bool isAck)
    {
        var connection = call.Connection;
        json.WriteStartObject();
        json.WriteString("request_id"u8, call.RequestId);
        if (isAck) json.WriteBoolean("ack"u8, true);
        json.WriteStartObject("header"u8);
        json.WriteIntegerText("response_time"u8, nowMicros / 1000);
        json.WriteIntegerText("status"u8, status);
        json.WriteString("channel"u8, call.Channel);
        json.WriteString("event"u8, "api"u8);
        json.WriteString("client_id"u8, connection.ClientId);
        if (call.Channel == "spot.login") json.WriteString("clientId"u8, connection.ClientId);
        json.WriteNumber("x_in_time"u8, call.ReceivedMicros);
        json.WriteNumber("x_out_time"u8, nowMicros);
        json.WriteString("conn_id"u8, connection.Id);
        json.WriteString("conn_trace_id"u8, connection.TraceId);
        json.WriteString("trace_id"u8, call.TraceId);
        if (verdict is { } limit)
        {
            if (limit.Remaining > 0) json.WriteNumber("x_gate_ratelimit_requests_remain"u8, limit.Remaining);
            json.WriteNumber("x_gate_ratelimit_limit"u8, limit.Limit);
            json.WriteNumber("x_gat_ratelimit_reset_timestamp"u8, limit.ResetSeconds * 1000);
            json.WriteNumber("x_gate_ratelimit_reset_timestamp"u8, limit.ResetSeconds * 1000);
        }
        json.WriteEndObject();
        json.WriteStartObject("data"u8);
    }

    private static void End(ref JsonText json, SocketCall call)
    {
        json.WriteEndObject();
        json.WriteEndObject();
        var frame = SharedFrame.Rent();
        json.Written.CopyTo(frame.GetSpan(json.Written.Length));
        frame.Advance(json.Written.Length);
        frame.Complete();
        json.Dispose();
        call.Connection.TrySend(frame);
        frame.Release();
    }

    private static void Repeat(ref JsonText json, ReadOnlySpan<byte> written, JsonElement payload, string name)
    {
        if (!payload.TryGetProperty(name, out var value)) return;
        json.WriteRaw(written, JsonMarshal.GetRawUtf8Value(value));
    }
}
