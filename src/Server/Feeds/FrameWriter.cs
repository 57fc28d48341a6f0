using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;
using Sluice.Core.Values;

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
    public Utf8JsonWriter BeginUpdate(SpotChannel channel, long wallMillis)
    {
        Begin();
        Json.WriteNumber("time"u8, wallMillis / 1000);
        Json.WriteNumber("time_ms"u8, wallMillis);
        Json.WriteString("channel"u8, channel.Encoded);
        Json.WriteString("event"u8, "update"u8);
        Json.WritePropertyName("result"u8);
        return Json;
    }

    /// <summary>The whole message; the caller holds it.</summary>
    public SharedFrame End()
    {
        Json.WriteEndObject();
        Json.Flush();
        var whole = frame!;
        frame = null;
        return whole;
    }
}

/// <summary>Values as the wire wants them, without a text in between.</summary>
internal static class WireValues
{
    /// <summary>A scaled integer as a text.</summary>
    public static void WriteDecimal(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Int128 raw, int decimals)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        json.WriteString(name, text[..DecimalText.Format(raw, decimals, text)]);
    }

    public static void WriteMoney(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Money amount) => json.WriteDecimal(name, amount.Raw, Money.Decimals);

    /// <summary>A whole number as a text.</summary>
    public static void WriteWhole(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long number) => json.WriteDecimal(name, number, 0);

    public static void WriteDecimalValue(this Utf8JsonWriter json, Int128 raw, int decimals)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        json.WriteStringValue(text[..DecimalText.Format(raw, decimals, text)]);
    }

    /// <summary>Milliseconds with three decimals as a text: "1606292218213.457".</summary>
    public static void WriteFineMillis(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long nanos)
    {
        Span<byte> text = stackalloc byte[32];
        (nanos / 1_000_000).TryFormat(text, out var length);
        text[length++] = (byte)'.';
        var micros = (int)(nanos % 1_000_000 / 1000);
        text[length++] = (byte)('0' + micros / 100);
        text[length++] = (byte)('0' + micros / 10 % 10);
        text[length++] = (byte)('0' + micros % 10);
        json.WriteString(name, text[..length]);
    }
}
