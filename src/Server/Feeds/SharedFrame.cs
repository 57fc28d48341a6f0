using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.ObjectPool;
using Sluice.Server.Gateway;

namespace Sluice.Server.Feeds;

/// <summary>A message written once and sent to many: the last one to let go of it returns it for reuse. The head of its WebSocket frame stands right before
/// the text, so that frames are only copied behind each other.</summary>
internal sealed class SharedFrame : IBufferWriter<byte>
{
    private const int KeepUpTo = 16 * 1024;
    private const int HeadRoom = 10;                // two bytes, and up to eight of length
    private const byte FinalText = 0x81;

    private static readonly ObjectPool<SharedFrame> Pool = new DefaultObjectPool<SharedFrame>(new Policy(), 4096);

    private byte[] bytes = new byte[512];
    private int end = HeadRoom;
    private int headAt = HeadRoom;
    private int references;

    private SharedFrame()
    {
    }

    /// <summary>Bytes of the text.</summary>
    public int Length => end - HeadRoom;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(HeadRoom, Length);

    /// <summary>The text with its head, as it goes over the wire uncompressed; good once it is whole.</summary>
    public ReadOnlyMemory<byte> Framed => bytes.AsMemory(headAt, end - headAt);

    /// <summary>Empty, held by the caller.</summary>
    public static SharedFrame Rent()
    {
        var frame = Pool.Get();
        frame.end = frame.headAt = HeadRoom;
        Volatile.Write(ref frame.references, 1);
        return frame;
    }

    /// <summary>The text is what was written, into the room this gave first (<see cref="GetSpan"/>) or, when that was too small, elsewhere. It is whole.</summary>
    public void Complete(ref JsonText json)
    {
        var written = json.Written;
        if (!Unsafe.AreSame(in MemoryMarshal.GetReference(written), in bytes[HeadRoom])) written.CopyTo(GetSpan(written.Length));
        Advance(written.Length);
        json.Dispose();
        Complete();
    }

    /// <summary>Writes the head: the text is whole.</summary>
    public void Complete()
    {
        var length = Length;
        headAt = HeadRoom - (length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10);
        var head = bytes.AsSpan(headAt);
        head[0] = FinalText;
        if (length < 126)
        {
            head[1] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            head[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)length);
        }
        else
        {
            head[1] = 127;
            BinaryPrimitives.WriteUInt64BigEndian(head[2..], (ulong)length);
        }
    }

    public void Hold() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0) Pool.Return(this);
    }

    public void Advance(int count) => end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsMemory(end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsSpan(end);
    }

    private void Ensure(int room)
    {
        room = int.Max(room, 256);
        if (bytes.Length - end < room) Array.Resize(ref bytes, int.Max(bytes.Length * 2, end + room));
    }

    private sealed class Policy : PooledObjectPolicy<SharedFrame>
    {
        public override SharedFrame Create() => new();

        public override bool Return(SharedFrame frame) => frame.bytes.Length <= KeepUpTo;
    }
}
