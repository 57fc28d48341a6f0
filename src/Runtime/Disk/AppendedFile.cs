using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Sluice.Runtime.Disk;

/// <summary>A file written from front to end past the system's page cache: whole blocks go from a buffer of its own to the device, so that a flush finds nothing
/// left to write, and nobody copies or looks after pages. What is written waits in the buffer until that is full or <see cref="Sync"/> is called; a
/// process that ends before has not written it. The last block is written again with what follows in it: what it held before stays the same
/// bytes, as in the page cache.</summary>
/// <param name="plain">The same file, opened as usual: for reading, length and flushing, and for everything where the file system will not have it otherwise.</param>
/// <param name="direct">The same file, opened past the page cache.</param>
internal sealed class AppendedFile(IDiskFile plain, IDirectFile direct, ConcurrentBag<AlignedBuffer> buffers) : IDiskFile
{
    private const int InvalidArgument = 22;

    private AlignedBuffer? buffer;      // from the first write on
    private bool refused;               // by the file system: everything goes the usual way
    private long start;                 // of the buffer in the file, on a block
    private int used;
    private int written;                // of what is used

    public long Length => plain.Length;

    /// <exception cref="ArgumentException">It does not follow what was written before.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (refused)
        {
            plain.Write(offset, bytes);
            return;
        }
        if (offset != start + used) throw new ArgumentException($"{start + used} bytes are written, and {offset} does not follow them.", nameof(offset));
        while (!bytes.IsEmpty)
        {
            var room = Buffer.Bytes[used..];
            var part = bytes[..int.Min(bytes.Length, room.Length)];
            part.CopyTo(room);
            used += part.Length;
            bytes = bytes[part.Length..];
            if (used == Buffer.Bytes.Length) WriteOut();
        }
    }

    public int Read(long offset, Span<byte> into)
    {
        WriteOut();
        return plain.Read(offset, into);
    }

    /// <summary>In whole blocks: the file may become a little longer than asked. Before anything is written.</summary>
    public void Preallocate(long length)
    {
        try
        {
            var zeros = AlignedBuffer.Zeros.Bytes;
            for (var at = Length; at < length && !refused;)
            {
                var part = (int)long.Min(zeros.Length, UpToBlock(length - at));
                direct.Write(zeros[..part], at);
                at += part;
            }
        }
        catch (IOException error) when (error.HResult == InvalidArgument && start + used == 0)
        {
            refused = true;             // blocks of another size, or a file system that cannot
        }
        if (refused) plain.Preallocate(length);
    }

    /// <summary>In whole blocks, as <see cref="Preallocate"/>. The first one is written, to find out whether the file system takes them.</summary>
    public void Reserve(long length)
    {
        var from = Length;
        if (from >= length) return;
        if (refused || from + start + used > 0 || !direct.TryReserve(from, UpToBlock(length)))
        {
            Preallocate(length);
            return;
        }
        try
        {
            direct.Write(AlignedBuffer.Zeros.Bytes[..AlignedBuffer.Block], 0);
        }
        catch (IOException error) when (error.HResult == InvalidArgument)
        {
            refused = true;
        }
    }

    public void Sync()
    {
        WriteOut();
        plain.Sync();
    }

    /// <summary>What was not flushed is not written any more.</summary>
    public void Dispose()
    {
        direct.Dispose();
        plain.Dispose();
        if (buffer is not { } own) return;
        buffer = null;
        buffers.Add(own);
    }

    private AlignedBuffer Buffer => buffer ??= buffers.TryTake(out var free) ? free : new AlignedBuffer();

    private static long UpToBlock(long bytes) => (bytes + AlignedBuffer.Block - 1) & -AlignedBuffer.Block;

    // From the first block that is not written whole to the end of the last one, then only what that one holds is kept.
    private void WriteOut()
    {
        if (used == written || refused) return;
        var bytes = Buffer.Bytes;
        var (from, to) = (written & -AlignedBuffer.Block, (int)UpToBlock(used));
        bytes[used..to].Clear();
        direct.Write(bytes[from..to], start + from);
        var whole = used & -AlignedBuffer.Block;
        bytes[whole..used].CopyTo(bytes);
        start += whole;
        written = used -= whole;
    }
}

/// <summary>A file that takes whole blocks from aligned memory only.</summary>
internal interface IDirectFile : IDisposable
{
    /// <exception cref="IOException">With the error "invalid argument" where the file system has no such files.</exception>
    void Write(ReadOnlySpan<byte> blocks, long offset);

    /// <summary>Makes the file that long, with room for what is added and nothing written there. False where there is no such thing.</summary>
    bool TryReserve(long from, long to);
}

/// <summary>A piece of memory that a device can be given: it begins on a block and is some blocks long, and it never moves.</summary>
internal sealed class AlignedBuffer
{
    /// <summary>What devices and file systems want at most.</summary>
    public const int Block = 4096;

    private const int Length = 1 << 20;

    private readonly byte[] memory = GC.AllocateArray<byte>(Length + Block, pinned: true);
    private readonly int first;

    public AlignedBuffer() => first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) & (Block - 1));

    /// <summary>Never written to.</summary>
    public static AlignedBuffer Zeros { get; } = new();

    public Span<byte> Bytes => memory.AsSpan(first, Length);
}
