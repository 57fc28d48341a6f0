using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Runtime.Log;

/// <summary>What a frame holds. Numbers are stable.</summary>
public enum FrameKind : byte
{
    /// <summary>A stamped command; its sequence is one more than that of the command before it.</summary>
    Command = 0,

    /// <summary>The state hash after the command whose sequence it repeats; see <see cref="StateMark"/>.</summary>
    Mark = 1,
}

/// <summary>The state hash as it was after a command, and whether the venue stopped there in order.</summary>
public readonly record struct StateMark(ulong Hash, bool CleanStop)
{
    public const int Bytes = 16;

    public static StateMark Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != Bytes) throw new InvalidDataException($"A state mark has {Bytes} bytes, not {payload.Length}.");
        return new StateMark(BinaryPrimitives.ReadUInt64LittleEndian(payload), (payload[8] & 1) != 0);
    }
}

/// <summary>The layout of one frame (README.md beside this file). Writing here leaves the checksum open: the log's writer fills it in.</summary>
public static class Frame
{
    public const int HeaderBytes = 28;
    public const int MaxPayloadBytes = 1 << 26;
    public const int MarkFrameBytes = (HeaderBytes + StateMark.Bytes + 7) & ~7;

    /// <summary>Distances from the durable sequence at or past this one are stored as this one: "too far to tell".</summary>
    internal const int DistanceMax = 0xFF_FFFF;

    private const int CrcAt = 4, SequenceAt = 8, TimeAt = 16, KindAt = 24, DistanceAt = 25;

    /// <summary>Bytes a frame takes in the log, with header and padding.</summary>
    public static int PaddedBytes(int payloadBytes) => Padded(HeaderBytes + payloadBytes);

    /// <summary>Writes everything but checksum and payload; the payload goes to <c>destination[HeaderBytes..]</c>, before or after this call.
    /// Returns the bytes the frame takes.</summary>
    public static int WriteHeader(Span<byte> destination, FrameKind kind, long sequence, long timeNanos, int payloadBytes)
    {
        if ((uint)payloadBytes > MaxPayloadBytes) throw new ArgumentOutOfRangeException(nameof(payloadBytes));
        var length = HeaderBytes + payloadBytes;
        var padded = Padded(length);
        BinaryPrimitives.WriteInt32LittleEndian(destination, length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[CrcAt..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(destination[SequenceAt..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[TimeAt..], timeNanos);
        BinaryPrimitives.WriteInt32LittleEndian(destination[KindAt..], (byte)kind);
        destination[length..padded].Clear();
        return padded;
    }

    /// <summary>Writes what is known of a frame before its stamp: all but sequence, time, checksum and payload.</summary>
    /// <param name="padded">The frame, with its padding.</param>
    internal static void Open(Span<byte> padded, FrameKind kind, int payloadBytes)
    {
        if ((uint)payloadBytes > MaxPayloadBytes) throw new ArgumentOutOfRangeException(nameof(payloadBytes));
        BinaryPrimitives.WriteInt64LittleEndian(padded[^sizeof(long)..], 0);         // the padding; a payload that ends in these bytes is written later
        BinaryPrimitives.WriteInt64LittleEndian(padded, HeaderBytes + payloadBytes);  // the checksum is zero
        BinaryPrimitives.WriteInt32LittleEndian(padded[KindAt..], (byte)kind);
    }

    /// <summary>Completes an opened frame; only the checksum is left.</summary>
    internal static void Stamp(Span<byte> frame, long sequence, long timeNanos)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame[SequenceAt..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[TimeAt..], timeNanos);
    }

    /// <summary>Writes a frame without its checksum. Returns the bytes it takes.</summary>
    public static int Write(Span<byte> destination, FrameKind kind, long sequence, long timeNanos, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(destination[HeaderBytes..]);
        return WriteHeader(destination, kind, sequence, timeNanos, payload.Length);
    }

    /// <summary>Writes a mark without its checksum. Returns <see cref="MarkFrameBytes"/>.</summary>
    public static int WriteMark(Span<byte> destination, long sequence, long timeNanos, StateMark mark)
    {
        var payload = destination.Slice(HeaderBytes, StateMark.Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(payload, mark.Hash);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], mark.CleanStop ? 1UL : 0UL);
        return WriteHeader(destination, FrameKind.Mark, sequence, timeNanos, StateMark.Bytes);
    }

    internal static int Padded(int length) => (length + 7) & ~7;

    internal static long Length(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame);
    internal static uint Crc(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[CrcAt..]);
    internal static long Sequence(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[SequenceAt..]);
    internal static long TimeNanos(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[TimeAt..]);
    internal static FrameKind Kind(ReadOnlySpan<byte> frame) => (FrameKind)frame[KindAt];

    /// <summary>How far the frame's sequence was ahead of the durable one when it was written.</summary>
    internal static int Distance(ReadOnlySpan<byte> frame) => frame[DistanceAt] | frame[DistanceAt + 1] << 8 | frame[DistanceAt + 2] << 16;

    /// <summary>Fills in the distance and the checksum of one whole padded frame; returns the checksum, which seeds the next frame's.</summary>
    internal static uint Seal(Span<byte> padded, uint seed, long durableSequence)
    {
        var distance = (int)Math.Clamp(Sequence(padded) - durableSequence, 0, DistanceMax);
        BinaryPrimitives.WriteInt32LittleEndian(padded[KindAt..], padded[KindAt] | distance << 8);
        var crc = Sum(padded, seed);
        BinaryPrimitives.WriteUInt32LittleEndian(padded[CrcAt..], crc);
        return crc;
    }

    /// <summary>The checksum over length, then everything behind the checksum field, padding included.</summary>
    internal static uint Sum(ReadOnlySpan<byte> padded, uint seed)
    {
        var words = padded.Length / sizeof(ulong);
        if (!Crc32C.CanShift || words > Crc32C.WordsMax || padded.Length % sizeof(ulong) != 0)
            return Crc32C.Of(Crc32C.Of(seed, padded[..CrcAt]), padded[SequenceAt..]);

        // From zero, so that nothing here waits for the frame before: the processor sums several frames at a time.
        ref var word = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(padded));
        var alone = BitOperations.Crc32C(0, unchecked((uint)word));
        for (var i = 1; i < words; i++) alone = BitOperations.Crc32C(alone, Unsafe.Add(ref word, i));
        return Crc32C.After(seed, alone, words);
    }

    /// <summary>The whole padded frame that starts the span, if its length is possible; whether it is right is another question.</summary>
    internal static bool TryShape(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> padded)
    {
        padded = default;
        if (bytes.Length < HeaderBytes) return false;
        var length = Length(bytes);
        if (length < HeaderBytes || length > HeaderBytes + MaxPayloadBytes || Padded((int)length) > bytes.Length) return false;
        padded = bytes[..Padded((int)length)];
        return true;
    }
}
