using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Server.Feeds;

/// <summary>Who may have the text messages of a connection before its socket does.</summary>
internal interface IMessageTaker
{
    /// <summary>False leaves the message to the socket.</summary>
    /// <param name="text">Not checked for being UTF-8; good during the call only.</param>
    bool TryTake(ReadOnlySpan<byte> text);

    /// <summary>No further message is here now, or the next one is the socket's: what was taken is to be acted on.</summary>
    void EndTurn();
}

/// <summary>The bytes a client sends, on their way to its socket: text messages that came whole are offered to somebody else first, many of them for one read.
/// What is not taken, and everything that is no whole plain text message (pings, closing, parts, compressed or very long ones), goes to the socket as it came
/// and in its place. Read by one reader at a time.</summary>
internal sealed class FrontFrames(Stream inner, IMessageTaker taker)
{
    private const int HeldBytes = 32 * 1024;
    private const byte WholeText = 0x81, Final = 0x80, OpcodeBits = 0x0F, Close = 0x8;
    private const int Masked = 0x80, LengthBits = 0x7F, MaskBytes = 4;

    private readonly byte[] held = GC.AllocateUninitializedArray<byte>(HeldBytes);
    private int from;
    private int to;
    private long passing;           // bytes of the socket's next frame that it has not read yet
    private bool inParts;           // a message of several frames is under way
    private bool closing;           // the client has sent its close frame

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            if (passing == 0) Offer();
            if (passing > 0 && to > from)
            {
                taker.EndTurn();
                return Pass(buffer.Span);
            }
            taker.EndTurn();
            if (passing > 0 && buffer.Length >= HeldBytes / 2) return Passed(await inner.ReadAsync(buffer[..(int)long.Min(buffer.Length, passing)], cancellation));
            MakeRoom();
            var read = await inner.ReadAsync(held.AsMemory(to), cancellation);
            to += read;
            if (read > 0) continue;
            passing = to - from;            // the client has gone in the middle of a frame: the socket finds the words for that
            return passing > 0 ? Pass(buffer.Span) : 0;
        }
    }

    // Goes through the frames that are here, up to one that is the socket's or not whole yet.
    private void Offer()
    {
        while (passing == 0 && TryHead(held.AsSpan(from, to - from), out var kind, out var head, out var length, out var isMasked))
        {
            var whole = head + length;
            var mayTake = kind == WholeText && isMasked && !inParts && !closing && whole <= HeldBytes;
            if (mayTake && whole > to - from) return;
            if (!mayTake || !Taken(held.AsSpan(from, (int)whole), head))
            {
                var opcode = kind & OpcodeBits;
                if (opcode == Close) closing = true;
                if (opcode < Close) inParts = (kind & Final) == 0;
                passing = whole;
            }
            else from += (int)whole;
        }
    }

    private bool Taken(Span<byte> frame, int head)
    {
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(frame[(head - MaskBytes)..]);
        var text = frame[head..];
        Mask(text, mask);
        if (taker.TryTake(text)) return true;
        Mask(text, mask);
        return false;
    }

    private int Pass(Span<byte> buffer)
    {
        var count = (int)long.Min(passing, int.Min(to - from, buffer.Length));
        held.AsSpan(from, count).CopyTo(buffer);
        from += count;
        return Passed(count);
    }

    private int Passed(int count)
    {
        passing -= count;
        return count;
    }

    private void MakeRoom()
    {
        if (from == 0) return;
        held.AsSpan(from, to - from).CopyTo(held);
        to -= from;
        from = 0;
    }

    // False while its head is not here.
    private static bool TryHead(ReadOnlySpan<byte> bytes, out byte kind, out int head, out long length, out bool isMasked)
    {
        (kind, head, length, isMasked) = (0, 0, 0, false);
        if (bytes.Length < 2) return false;
        kind = bytes[0];
        isMasked = (bytes[1] & Masked) != 0;
        length = bytes[1] & LengthBits;
        head = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (isMasked ? MaskBytes : 0);
        if (bytes.Length < head) return false;
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        else if (length == 127) length = long.Min(BinaryPrimitives.ReadInt64BigEndian(bytes[2..]) & long.MaxValue, long.MaxValue - head);
        return true;
    }

    private static void Mask(Span<byte> text, uint mask)
    {
        if (mask == 0) return;
        var wide = mask | (ulong)mask << 32;
        foreach (ref var eight in MemoryMarshal.Cast<byte, ulong>(text)) eight ^= wide;
        for (var i = text.Length & ~7; i < text.Length; i++) text[i] ^= unchecked((byte)(mask >> (8 * (i & 3))));
    }
}
