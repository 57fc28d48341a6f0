using System.Buffers.Binary;
using System.Net.Sockets;

namespace Sluice.Bench.Wire;

/// <summary>Many sockets read by one thread into one buffer. Frames are counted by their heads; the text is not looked at, since finding what to count must not
/// cost more than sending it.</summary>
internal sealed class FanReaders : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Dictionary<Socket, Reader> readers;
    private readonly Thread thread;
    private volatile bool stopping;
    private long messages, bytes;

    /// <param name="sockets">Subscribed: what comes from now on is updates.</param>
    public FanReaders(IEnumerable<RawSocket> sockets)
    {
        readers = sockets.ToDictionary(socket => socket.Socket, socket => new Reader(socket));
        thread = new Thread(Run) { Name = "readers", IsBackground = true };
        thread.Start();
    }

    /// <summary>Text messages that have come, all sockets together.</summary>
    public long Messages => Volatile.Read(ref messages);

    /// <summary>Their bytes, heads included.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>Messages of the socket that got fewest, and most.</summary>
    public (long Least, long Most) Range => (readers.Values.Min(reader => reader.Messages), readers.Values.Max(reader => reader.Messages));

    /// <summary>Processor time of the reading thread so far, nanoseconds.</summary>
    public long CpuNanos { get; private set; }

    public Exception? Failure { get; private set; }

    public void Dispose()
    {
        stopping = true;
        thread.Join();
        foreach (var reader in readers.Values) reader.Socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[BufferBytes];
        var ready = new List<Socket>(readers.Count);
        try
        {
            while (!stopping)
            {
                ready.Clear();
                ready.AddRange(readers.Keys);
                Socket.Select(ready, null, null, 20_000);
                long counted = 0, read = 0;
                foreach (var socket in ready)
                {
                    var got = socket.Receive(buffer);
                    if (got == 0) throw new EndOfStreamException("The server closed the socket.");
                    counted += readers[socket].Take(buffer.AsSpan(0, got));
                    read += got;
                }
                Volatile.Write(ref bytes, bytes + read);
                Volatile.Write(ref messages, messages + counted);
                CpuNanos = Measure.ThreadClock.Nanos;
            }
        }
        catch (Exception gone) when (gone is EndOfStreamException or SocketException)
        {
            Failure = gone;
        }
    }

    private sealed class Reader(RawSocket socket)
    {
        private readonly byte[] head = new byte[10];
        private int headBytes;
        private long textLeft;

        public RawSocket Socket => socket;

        public long Messages { get; private set; }

        /// <summary>Messages that are whole with these bytes.</summary>
        public int Take(ReadOnlySpan<byte> got)
        {
            var whole = 0;
            while (!got.IsEmpty)
            {
                if (textLeft > 0)
                {
                    var part = (int)long.Min(textLeft, got.Length);
                    got = got[part..];
                    textLeft -= part;
                    if (textLeft == 0) whole += IsText ? 1 : 0;
                    continue;
                }
                if (headBytes == HeadLength) headBytes = 0;         // the last frame's
                head[headBytes++] = got[0];
                got = got[1..];
                if (headBytes == HeadLength) textLeft = TextLength;
                if (headBytes == HeadLength && (head[0] & 0xF) == 9) Pong();
            }
            Messages += whole;
            return whole;
        }

        private bool IsText => (head[0] & 0xF) == 1;

        private int HeadLength => headBytes < 2 ? 2 : (head[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };

        private long TextLength => (head[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)), 127 => BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(2)), var length => length,
        };

        private void Pong() => socket.Socket.Send((ReadOnlySpan<byte>)[0x8A, 0x80, 0, 0, 0, 0]);
    }
}
