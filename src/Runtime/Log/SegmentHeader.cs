using System.Buffers.Binary;
using System.Globalization;

namespace Sluice.Runtime.Log;

/// <summary>The first block of a segment file (README.md beside this file).</summary>
/// <param name="RulesVersion">The rules under which every command of the segment was executed.</param>
/// <param name="FirstSequence">The sequence of the first command in it, or to come.</param>
/// <param name="Seed">The checksum of the last frame before the segment; seeds the first frame's.</param>
internal readonly record struct SegmentHeader(uint RulesVersion, long FirstSequence, uint Seed)
{
    public const int Bytes = 4096;
    public const uint Format = 1;
    public const string Extension = ".log";

    private const int FormatAt = 8, RulesAt = 12, FirstAt = 16, SeedAt = 24, CrcAt = 28;
    private static ReadOnlySpan<byte> Magic => "SLUICLOG"u8;

    public static string NameOf(long firstSequence) => firstSequence.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    public static bool TryParseName(string name, out long firstSequence)
    {
        firstSequence = 0;
        return name.Length == 20 + Extension.Length && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out firstSequence);
    }

    public void Write(Span<byte> block)
    {
        block[..Bytes].Clear();
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block[FormatAt..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(block[RulesAt..], RulesVersion);
        BinaryPrimitives.WriteInt64LittleEndian(block[FirstAt..], FirstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(block[SeedAt..], Seed);
        BinaryPrimitives.WriteUInt32LittleEndian(block[CrcAt..], Sum(block));
    }

    /// <summary>False when the block is not whole. Throws <see cref="LogTooNewException"/> when a later format wrote it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, string file, out SegmentHeader header)
    {
        header = default;
        if (block.Length < Bytes || !block.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(block[CrcAt..]) != Sum(block)) return false;
        var format = BinaryPrimitives.ReadUInt32LittleEndian(block[FormatAt..]);
        if (format != Format) throw new LogTooNewException(file, format);
        header = new SegmentHeader(BinaryPrimitives.ReadUInt32LittleEndian(block[RulesAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(block[FirstAt..]), BinaryPrimitives.ReadUInt32LittleEndian(block[SeedAt..]));
        return true;
    }

    private static uint Sum(ReadOnlySpan<byte> block) => Crc32C.Of(Crc32C.Of(0, block[..CrcAt]), block[(CrcAt + 4)..Bytes]);
}
