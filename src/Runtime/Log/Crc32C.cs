using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

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

    private static ulong BinaryReverse(ulong word) => BinaryPrimitives.ReverseEndianness(word);
}
