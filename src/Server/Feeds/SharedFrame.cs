using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Server.Feeds;

/// <summary>A message written once and sent to many: the last one to let go of it returns it for reuse.</summary>
internal sealed class SharedFrame : IBufferWriter<byte>
{
    private const int KeepUpTo = 16 * 1024;

    private static readonly ObjectPool<SharedFrame> Pool = new DefaultObjectPool<SharedFrame>(new Policy(), 4096);

    private byte[] bytes = new byte[512];
    private int references;

    private SharedFrame()
    {
    }

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    /// <summary>Empty, held by the caller.</summary>
    public static SharedFrame Rent()
    {
        var frame = Pool.Get();
        frame.Length = 0;
        Volatile.Write(ref frame.references, 1);
        return frame;
    }

    public void Hold() => Interlocked.Increment(ref references);

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0) Pool.Return(this);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsSpan(Length);
    }

    private void Ensure(int room)
    {
        room = int.Max(room, 256);
        if (bytes.Length - Length < room) Array.Resize(ref bytes, int.Max(bytes.Length * 2, Length + room));
    }

    private sealed class Policy : PooledObjectPolicy<SharedFrame>
    {
        public override SharedFrame Create() => new();

        public override bool Return(SharedFrame frame) => frame.bytes.Length <= KeepUpTo;
    }
}
