using System.Text.Json;

namespace Sluice.Server.Feeds;

/// <summary>What is wrong with a request (websocket rules 5).</summary>
internal sealed record FeedError(int Code, string Message)
{
    public const int Malformed = 1;
    public const int BadArgument = 2;
    public const int NotAuthenticated = 4;
}

/// <summary>The answer to a subscribe or unsubscribe, with what it repeats of the request (websocket rules 2.2).</summary>
/// <param name="Id">JSON of any type, as sent; null when the request had none.</param>
/// <param name="Payload">JSON as sent, or null.</param>
internal sealed record FeedReply(string Channel, string Event, byte[]? Id = null, byte[]? Payload = null)
{
    /// <summary>Queues it; without an error it says success.</summary>
    public void Send(FeedConnection connection, FrameWriter writer, long wallMillis, FeedError? error = null)
    {
        var json = writer.Begin();
        var trace = Gateway.TraceId.Next();
        json.WriteNumber("time"u8, wallMillis / 1000);
        json.WriteNumber("time_ms"u8, wallMillis);
        WriteRaw(json, "id"u8, Id);
        json.WriteString("conn_id"u8, connection.Id);
        json.WriteString("trace_id"u8, trace);
        json.WriteString("channel"u8, Channel);
        json.WriteString("event"u8, Event);
        WriteRaw(json, "payload"u8, Payload);
        if (error is not null)
        {
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, error.Code);
            json.WriteString("message"u8, error.Message);
            json.WriteEndObject();
        }
        json.WriteStartObject("result"u8);
        json.WriteString("status"u8, error is null ? "success"u8 : "fail"u8);
        json.WriteEndObject();
        json.WriteString("requestId"u8, trace);
        Queue(connection, writer);
    }

    /// <summary>The same from a thread without a writer.</summary>
    public void Send(FeedConnection connection, long wallMillis, FeedError? error = null)
    {
        var writer = FrameWriter.Rent();
        Send(connection, writer, wallMillis, error);
        writer.Return();
    }

    /// <summary>The answer to an application ping.</summary>
    public static void Pong(FeedConnection connection, long wallMillis, string channel, byte[]? id)
    {
        var writer = FrameWriter.Rent();
        var json = writer.Begin();
        json.WriteNumber("time"u8, wallMillis / 1000);
        json.WriteNumber("time_ms"u8, wallMillis);
        WriteRaw(json, "id"u8, id);
        json.WriteString("channel"u8, channel);
        json.WriteString("event"u8, ""u8);
        json.WriteNull("result"u8);
        Queue(connection, writer);
        writer.Return();
    }

    /// <summary>Tells that the venue has ended a subscription.</summary>
    public static void Notice(FeedConnection connection, FrameWriter writer, long wallMillis, FeedChannel channel, FeedError error) =>
        new FeedReply(channel.Name, "unsubscribe").Send(connection, writer, wallMillis, error);

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, byte[]? value)
    {
        if (value is null) return;
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private static void Queue(FeedConnection connection, FrameWriter writer)
    {
        var frame = writer.End();
        connection.TrySend(frame);
        frame.Release();
    }
}

/// <summary>A request to be told, checked; it holds for all of its topics or for none.</summary>
/// <param name="SignedWith">The key of a private subscription, else empty.</param>
/// <param name="IsStillGood">Whether that key has kept its permission while the request waited.</param>
internal sealed record Subscription(
    FeedConnection Connection, FeedChannel Channel, TopicKey[] Keys, string SignedWith, FeedReply Reply, Func<bool>? IsStillGood = null);
