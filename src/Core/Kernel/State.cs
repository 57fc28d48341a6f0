using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Core.Kernel;

/// <summary>A piece of the state: saved into snapshots, folded into the state hash, loaded back. What it writes must depend only on what it
/// means, never on where it happens to stand in memory: two machines in equal states write equal bytes.</summary>
public interface IStatePart
{
    /// <summary>Stable name; the snapshot is read by it.</summary>
    string Name { get; }

    /// <summary>False for key material: it is in the snapshot but not in the hash (design.md, Clock).</summary>
    bool Hashed { get; }

    /// <summary>Older rules did not have it: a snapshot of theirs lacks it, and it starts empty.</summary>
    bool MayBeMissing => false;

    void Save(StateWriter writer);

    void Load(ref StateReader reader);
}

/// <summary>Collects the bytes of a state part.</summary>
public sealed class StateWriter
{
    private byte[] bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int128(Int128 value) => BinaryPrimitives.WriteInt128LittleEndian(Take(16), value);

    public void Money(Values.Money value) => Int128(value.Raw);

    public void Text(string value)
    {
        Int32(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, Take(Encoding.UTF8.GetByteCount(value)));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>A blittable value as its bytes; every padding byte must be zero.</summary>
    public void Value<T>(in T value) where T : unmanaged => MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), value);

    private Span<byte> Take(int count)
    {
        if (bytes.Length - Length < count) Array.Resize(ref bytes, int.Max(bytes.Length * 2, Length + count));
        var span = bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}

/// <summary>Reads what <see cref="StateWriter"/> wrote, in the same order.</summary>
/// <param name="rules">The version of the rules whose build wrote it: what came later is not in it, and a part starts with what stands for nothing.</param>
public ref struct StateReader(ReadOnlySpan<byte> source, uint rules = StateMachine.RulesVersion)
{
    private ReadOnlySpan<byte> rest = source;

    public readonly uint Rules { get; } = rules;

    public readonly bool IsEmpty => rest.IsEmpty;

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public byte Byte() => Take(1)[0];

    public Int128 Int128() => BinaryPrimitives.ReadInt128LittleEndian(Take(16));

    public Values.Money Money() => new(Int128());

    public string Text() => Encoding.UTF8.GetString(Take(Int32()));

    public ReadOnlySpan<byte> Bytes() => Take(Int32());

    public T Value<T>() where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    /// <summary>So many bytes as they are.</summary>
    public ReadOnlySpan<byte> Raw(int count) => Take(count);

    private ReadOnlySpan<byte> Take(int count)
    {
        var span = rest[..count];
        rest = rest[count..];
        return span;
    }
}

/// <summary>A 64-bit fold over bytes, the state hash's arithmetic: fast, the same on every machine, not meant to resist an attacker.</summary>
public static class Fold
{
    public const ulong Start = 0x9E37_79B9_7F4A_7C15;

    public static ulong Over(ulong hash, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            hash = Step(hash, (ulong)bytes.Length);
            while (bytes.Length >= 8)
            {
                hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[8..];
            }
            ulong last = 0;
            for (var i = 0; i < bytes.Length; i++) last |= (ulong)bytes[i] << (8 * i);
            return Step(hash, last);
        }
    }

    private static ulong Step(ulong hash, ulong value)
    {
        unchecked
        {
            hash ^= value;
            hash *= 0xD6E8_FEB8_6659_FD93;
            return hash ^ (hash >> 32);
        }
    }
}
