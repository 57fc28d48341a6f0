using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using Sluice.Core.Values;

namespace Sluice.Server.Gateway;

/// <summary>Writes JSON of a known shape by copying it together, the same bytes as the answers' <see cref="System.Text.Json.Utf8JsonWriter"/>: for orders, which are
/// written twice for each request. Names need no escaping and nothing is checked. Begins where it is given room, and takes more when it needs it.</summary>
internal ref struct JsonText(Span<byte> room)
{
    // What every text that clients may choose consists of, nearly always.
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => (char)letter).Where(letter => letter is not ('"' or '\\'))]);

    private Span<byte> bytes = room;
    private byte[]? rented;
    private int length;
    private bool comma;

    public readonly ReadOnlySpan<byte> Written => bytes[..length];

    public void WriteStartObject()
    {
        if (comma) Put(","u8);
        Put("{"u8);
        comma = false;
    }

    public void WriteStartObject(scoped ReadOnlySpan<byte> name)
    {
        Name(name, 1);
        bytes[length++] = (byte)'{';
        comma = false;
    }

    public void WriteEndObject()
    {
        Put("}"u8);
        comma = true;
    }

    public void WriteString(scoped ReadOnlySpan<byte> name, string value)
    {
        if (value.AsSpan().ContainsAnyExcept(Plain)) value = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        Name(name, 3 * value.Length + 2);
        bytes[length++] = (byte)'"';
        length += Encoding.UTF8.GetBytes(value, bytes[length..]);
        bytes[length++] = (byte)'"';
    }

    /// <param name="value">Needs no escaping.</param>
    public void WriteString(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Name(name, value.Length + 2);
        bytes[length++] = (byte)'"';
        value.CopyTo(bytes[length..]);
        length += value.Length;
        bytes[length++] = (byte)'"';
    }

    public void WriteNumber(scoped ReadOnlySpan<byte> name, long value)
    {
        Name(name, DecimalText.MaxLength);
        Number(value);
    }

    public void WriteBoolean(scoped ReadOnlySpan<byte> name, bool value) => WriteRaw(name, value ? "true"u8 : "false"u8);

    /// <summary><paramref name="raw"/> × 10^-<paramref name="decimals"/> as a text.</summary>
    public void WriteDecimal(scoped ReadOnlySpan<byte> name, Int128 raw, int decimals)
    {
        Name(name, DecimalText.MaxLength + 2);
        bytes[length++] = (byte)'"';
        if (raw == 0) bytes[length++] = (byte)'0';
        else length += DecimalText.Format(raw, decimals, bytes[length..]);
        bytes[length++] = (byte)'"';
    }

    public void WriteMoney(scoped ReadOnlySpan<byte> name, Money amount) => WriteDecimal(name, amount.Raw, Money.Decimals);

    /// <summary>A whole number as a text.</summary>
    public void WriteIntegerText(scoped ReadOnlySpan<byte> name, long value)
    {
        Name(name, DecimalText.MaxLength);
        bytes[length++] = (byte)'"';
        Number(value);
        bytes[length++] = (byte)'"';
    }

    /// <param name="value">JSON, as it stands.</param>
    public void WriteRaw(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Name(name, value.Length);
        value.CopyTo(bytes[length..]);
        length += value.Length;
    }

    /// <summary>Members as they stand, without the braces around them.</summary>
    public void WriteMembers(scoped ReadOnlySpan<byte> members)
    {
        if (comma) Put(","u8);
        Put(members);
        comma = true;
    }

    /// <summary>The name of a value that is written next.</summary>
    public void WriteName(scoped ReadOnlySpan<byte> name)
    {
        Name(name, 0);
        comma = false;
    }

    /// <param name="value">Written in hexadecimal digits, two for each byte.</param>
    public void WriteHex(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Name(name, 2 * value.Length + 2);
        bytes[length++] = (byte)'"';
        Convert.TryToHexStringLower(value, bytes[length..], out var digits);
        length += digits;
        bytes[length++] = (byte)'"';
    }

    /// <summary>Gives back what it has taken.</summary>
    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        rented = null;
        bytes = default;
        length = 0;
    }

    private void Name(scoped ReadOnlySpan<byte> name, int valueBytes)
    {
        Ensure(name.Length + 4 + valueBytes);
        if (comma) bytes[length++] = (byte)',';
        comma = true;
        bytes[length++] = (byte)'"';
        name.CopyTo(bytes[length..]);
        length += name.Length;
        bytes[length++] = (byte)'"';
        bytes[length++] = (byte)':';
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, bytes[length..], out var digits);
        length += digits;
    }

    private void Put(scoped ReadOnlySpan<byte> text)
    {
        Ensure(text.Length);
        text.CopyTo(bytes[length..]);
        length += text.Length;
    }

    private void Ensure(int more)
    {
        if (bytes.Length - length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(int.Max(bytes.Length * 2, length + more));
        bytes[..length].CopyTo(larger);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        bytes = rented = larger;
    }
}
