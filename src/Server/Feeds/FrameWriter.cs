using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Server.Feeds;

/// <summary>Writes one message after the other, each into a frame of its own. Not for two threads at once.</summary>
internal sealed class FrameWriter
{
    private static readonly ObjectPool<FrameWriter> Pool = new DefaultObjectPool<FrameWriter>(new DefaultPooledObjectPolicy<FrameWriter>(), 64);

    // A message is never part of a page, so only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private SharedFrame? frame;

    public Utf8JsonWriter Json { get; } = new(Stream.Null, Options);

    public static FrameWriter Rent() => Pool.Get();

    public void Return() => Pool.Return(this);

    /// <summary>A new message: the outer object is open.</summary>
    public Utf8JsonWriter Begin()
    {
        frame = SharedFrame.Rent();
        Json.Reset(frame);
        Json.WriteStartObject();
        return Json;
    }

    /// <summary>A push, up to its result, which the caller writes next (websocket rules 2.3).</summary>
    public Utf8JsonWriter BeginUpdate(FeedChannel channel, long wallMillis) => BeginPush(channel, "update"u8, wallMillis);

    /// <summary>The same of another event: "all".</summary>
    public Utf8JsonWriter BeginPush(FeedChannel channel, ReadOnlySpan<byte> @event, long wallMillis)
    {
        Begin();
        Json.WriteNumber("time"u8, wallMillis / 1000);
        Json.WriteNumber("time_ms"u8, wallMillis);
        Json.WriteString("channel"u8, channel.Encoded);
        Json.WriteString("event"u8, @event);
        Json.WritePropertyName("result"u8);
        return Json;
    }

    /// <summary>The whole message; the caller holds it.</summary>
    public SharedFrame End()
    {
        Json.WriteEndObject();
        Json.Flush();
        var whole = frame!;
        whole.Complete();
        frame = null;
        return whole;
    }
}
