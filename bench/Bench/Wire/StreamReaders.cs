using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Bench.Wire;

/// <summary>Many readers of the trades and the book of one pair, read by one thread: it asks which sockets have something, takes it, and rests for a
/// millisecond so as to leave the processor to the venue.</summary>
internal sealed class StreamReaders : IDisposable
{
    public const int Channels = 2;

    private const int BufferBytes = 8 * 1024;
    private const int StuckWindow = 4096, StuckSegment = 536;

    private readonly Dictionary<Socket, Reader> readers = [];
    private readonly PacedTrades trades;
    private readonly Thread thread;
    private volatile bool stopping;
    private long firstTimed;

    private StreamReaders(IEnumerable<RawSocket> sockets, int timed, PacedTrades trades)
    {
        foreach (var socket in sockets) readers.Add(socket.Socket, new Reader(socket, isTimed: readers.Count < timed));
        this.trades = trades;
        firstTimed = long.MaxValue;
        thread = new Thread(Run) { Name = "readers", IsBackground = true };
        thread.Start();
    }

    /// <summary>From its order to the trade told, of the trades behind <see cref="Time"/>, to those that are timed.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>Messages that came to those that are timed.</summary>
    public long Messages => readers.Values.Sum(reader => reader.IsTimed ? Volatile.Read(ref reader.Messages) : 0);

    /// <summary>Trades that were not told, or not in their order, to anyone.</summary>
    public long Missing => readers.Values.Sum(reader => Volatile.Read(ref reader.Missing) + trades.Count - Volatile.Read(ref reader.LastTrade));

    /// <summary>What ended the thread before its time.</summary>
    public Exception? Failure { get; private set; }

    /// <param name="timed">The first so many are timed.</param>
    public static StreamReaders Start(IEnumerable<RawSocket> subscribed, int timed, PacedTrades trades) => new(subscribed, timed, trades);

    /// <summary>Connects and subscribes; what comes next is updates.</summary>
    /// <param name="toBeStuck">With buffers so small that the venue notices soon when nobody reads.</param>
    public static async Task<RawSocket> SubscribeAsync(Uri url, bool toBeStuck)
    {
        var socket = await RawSocket.ConnectAsync(url, "/ws/v4/", BufferBytes, tcp =>
        {
            if (!toBeStuck) return;
            tcp.ReceiveBufferSize = StuckWindow;
            if (OperatingSystem.IsLinux()) tcp.SetRawSocketOption((int)SocketOptionLevel.Tcp, 2, BitConverter.GetBytes(StuckSegment));     // TCP_MAXSEG: the other end's buffer goes by it
        });
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        socket.Queue(Encoding.ASCII.GetBytes($"{{\"time\":{time},\"channel\":\"spot.order_book_update\",\"event\":\"subscribe\",\"payload\":[\"{TargetVenue.Pair}\",\"100ms\"]}}"));
        socket.Queue(Encoding.ASCII.GetBytes($"{{\"time\":{time},\"channel\":\"spot.trades\",\"event\":\"subscribe\",\"payload\":[\"{TargetVenue.Pair}\"]}}"));
        await socket.FlushAsync();
        for (var answers = 0; answers < Channels;)
        {
            await socket.ReceiveAsync();
            while (answers < Channels && socket.TryRead(out var text))
            {
                if (text.IndexOf("\"error\""u8) >= 0) throw new InvalidOperationException($"Refused: {Encoding.UTF8.GetString(text)}");
                if (text.IndexOf("\"subscribe\""u8) >= 0) answers++;
            }
        }
        return socket;
    }

    /// <summary>The number of a trade; 0 when the message is not one.</summary>
    public static long TradeOf(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf("\"id_market\":"u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 12)..], out long trade, out _) ? trade : 0;
    }

    /// <summary>From the next trade on.</summary>
    public void Time() => Volatile.Write(ref firstTimed, trades.Count + 1);

    /// <summary>Until everyone has been told everything, or nothing more is to be expected.</summary>
    public async Task EndAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Missing > 0 && Failure is null && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10)) await Task.Delay(20);
    }

    public void Dispose()
    {
        stopping = true;
        thread.Join();
        foreach (var reader in readers.Values) reader.Socket.Dispose();
    }

    private void Run()
    {
        var ready = new List<Socket>(readers.Count);
        try
        {
            foreach (var reader in readers.Values) reader.Take(this, Stopwatch.GetTimestamp());     // came with the answers
            while (!stopping)
            {
                ready.Clear();
                ready.AddRange(readers.Keys);
                Socket.Select(ready, null, null, 100_000);
                foreach (var socket in ready)
                {
                    var reader = readers[socket];
                    reader.Socket.Receive();
                    reader.Take(this, Stopwatch.GetTimestamp());
                }
                Thread.Sleep(1);
            }
        }
        catch (Exception gone) when (gone is EndOfStreamException or SocketException)
        {
            Failure = gone;
        }
    }

    private sealed class Reader(RawSocket socket, bool isTimed)
    {
        public long Messages;
        public long LastTrade;
        public long Missing;

        public RawSocket Socket => socket;
        public bool IsTimed => isTimed;

        public void Take(StreamReaders all, long now)
        {
            while (socket.TryRead(out var text))
            {
                if (text.IsEmpty) continue;
                Volatile.Write(ref Messages, Messages + 1);
                if (TradeOf(text) is not (> 0 and var trade)) continue;
                if (LastTrade > 0 && trade != LastTrade + 1) Volatile.Write(ref Missing, Missing + 1);
                Volatile.Write(ref LastTrade, trade);
                if (isTimed && trade >= Volatile.Read(ref all.firstTimed)) all.Latencies.Add(all.trades.SentAt(trade), now);
            }
            socket.Flush();         // a ping is answered
        }
    }
}
