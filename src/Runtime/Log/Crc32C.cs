using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Runtime.Log;

/// <summary>CRC-32C (Castagnoli), to be continued: <c>Of(Of(0, a), b)</c> is the sum of a followed by b.</summary>
public static class Crc32C
{
    public static uint Of(uint seed, ReadOnlySpan<byte> bytes)
    {
        var crc = ~seed;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryReverse(word));
        bytes = bytes[(words.Length * sizeof(ulong))..];
        if (bytes.Length >= sizeof(uint))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[sizeof(uint)..];
        }
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    /// <summary>Whether <see cref="After"/> is cheap here.</summary>
    internal static bool CanShift => Pclmulqdq.IsSupported && BitConverter.IsLittleEndian;

    /// <summary>Spans up to this many words of 8 bytes can be shifted over.</summary>
    internal const int WordsMax = 512;

    // x^(64·words - 65) mod P: what a register is multiplied by when 8·words - 4 bytes follow. The product lacks a factor of x^33, which summing it up brings.
    private static readonly uint[] Shifts = MakeShifts();

    /// <summary>The sum of a span that follows one with the sum <paramref name="seed"/>, given the register that the span alone leaves when it starts at zero:
    /// summing is linear, so spans can be summed side by side and put together afterwards.</summary>
    /// <param name="words">The span's bytes plus 4, in words of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint After(uint seed, uint alone, int words)
    {
        var product = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)~seed), Vector128.CreateScalar((ulong)Shifts[words]), 0);
        return ~(alone ^ BitOperations.Crc32C(0, product.ToScalar()));
    }

    private static uint[] MakeShifts()
    {
        var shifts = new uint[WordsMax + 1];
        var power = 0x8000_0000u;                       // 1; the highest bit is the lowest power
        for (var i = 0; i < 63; i++) power = power >> 1 ^ ((power & 1) != 0 ? 0x82F6_3B78u : 0);
        for (var words = 2; words <= WordsMax; words++)
        {
            shifts[words] = power;
            power = BitOperations.Crc32C(power, 0UL);   // times x^64
        }
        return shifts;
    }

    private static ulong BinaryReverse(ulong word) => BinaryPrimitives.ReverseEndianness(word);
}
