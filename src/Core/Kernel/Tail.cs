using System.Buffers.Binary;
using System.Text;

namespace Sluice.Core.Kernel;

/// <summary>Writes the variable part of a command or event: length-prefixed texts and numbers, little endian.</summary>
public ref struct TailWriter(Span<byte> destination)
{
    private readonly Span<byte> destination = destination;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => destination[..Length];

    public void Bytes(ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination[Length..], checked((ushort)value.Length));
        value.CopyTo(destination[(Length + 2)..]);
        Length += 2 + value.Length;
    }

    public void Text(string value)
    {
        var written = Encoding.UTF8.GetBytes(value, destination[(Length + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[Length..], checked((ushort)written));
        Length += 2 + written;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination[Length..], value);
        Length += 8;
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination[Length..], value);
        Length += 4;
    }

    public void Byte(byte value) => destination[Length++] = value;
}

/// <summary>Reads what <see cref="TailWriter"/> wrote. A tail that ends early reads as empty texts and zeros, and is then at its end.</summary>
public ref struct TailReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> rest = source;

    public readonly bool IsEmpty => rest.IsEmpty;

    public ReadOnlySpan<byte> Bytes()
    {
        if (rest.Length < 2)
        {
            rest = default;
            return default;
        }
        var length = int.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest), rest.Length - 2);
        var value = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public long Int64()
    {
        if (rest.Length < 8)
        {
            rest = default;
            return 0;
        }
        var value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    public int Int32()
    {
        if (rest.Length < 4)
        {
            rest = default;
            return 0;
        }
        var value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    public byte Byte()
    {
        if (rest.Length < 1) return 0;
        var value = rest[0];
        rest = rest[1..];
        return value;
    }
}
