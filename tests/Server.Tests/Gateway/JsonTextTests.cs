using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;

namespace Sluice.Server.Tests.Gateway;

/// <summary>What is copied together is what the writer of all other answers writes.</summary>
public sealed class JsonTextTests
{
    [Fact]
    public void Every_letter_is_written_alike()
    {
        for (var letter = 0; letter <= char.MaxValue; letter++) AssertAlike($"a{(char)letter}b");
        foreach (var text in new[] { "", "t-abc", "\ud83d\ude00", "half \ud83d", "\udc00 half", "\"\\\n\u007f\u2028<>&'+`/", new string('x', 5000), new string('€', 3000) }) AssertAlike(text);
    }

    [Fact]
    public void Every_shape_is_written_alike()
    {
        var json = new JsonText(stackalloc byte[8]);
        json.WriteStartObject();
        json.WriteNumber("n"u8, long.MinValue);
        json.WriteStartObject("o"u8);
        json.WriteBoolean("t"u8, true);
        json.WriteBoolean("f"u8, false);
        json.WriteEndObject();
        json.WriteIntegerText("i"u8, long.MaxValue);
        json.WriteDecimal("d"u8, Int128.MinValue, 12);
        json.WriteDecimal("z"u8, 0, 12);
        json.WriteMoney("m"u8, new Money(-1_500_000_000_000));
        json.WriteString("u"u8, "x"u8);
        json.WriteStartObject("e"u8);
        json.WriteEndObject();
        json.WriteRaw("r"u8, "[1,2]"u8);
        json.WriteEndObject();
        var expected = Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("n"u8, long.MinValue);
            writer.WriteStartObject("o"u8);
            writer.WriteBoolean("t"u8, true);
            writer.WriteBoolean("f"u8, false);
            writer.WriteEndObject();
            writer.WriteIntegerText("i"u8, long.MaxValue);
            writer.WriteDecimal("d"u8, Int128.MinValue, 12);
            writer.WriteDecimal("z"u8, 0, 12);
            writer.WriteMoney("m"u8, new Money(-1_500_000_000_000));
            writer.WriteString("u"u8, "x"u8);
            writer.WriteStartObject("e"u8);
            writer.WriteEndObject();
            writer.WritePropertyName("r"u8);
            writer.WriteRawValue("[1,2]"u8);
            writer.WriteEndObject();
        });
        Assert.Equal(expected, Encoding.UTF8.GetString(json.Written));
        json.Dispose();
    }

    private static void AssertAlike(string text)
    {
        var json = new JsonText(stackalloc byte[16]);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        var expected = Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        });
        Assert.Equal(expected, Encoding.UTF8.GetString(json.Written));
        json.Dispose();
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
