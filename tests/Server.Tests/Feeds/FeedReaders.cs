using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Sluice.Server.Tests.Feeds;

/// <summary>What one reader has seen.</summary>
internal sealed class Seen
{
    public int Frames { get; set; }
    public int Full { get; set; }
    public int Connections { get; set; }
    public int Pauses { get; set; }
    public long Last { get; set; }
}

/// <summary>Readers of public channels that check every frame against the engine's record.</summary>
internal sealed class FeedReaders(FeedVenue venue, BookRecord record)
{
    private const string Update = "spot.order_book_update", Obu = "spot.obu";
    private const int FirstPause = 60_000, LongestPause = 480_000;
    private const int TcpMaxSegment = 2;

    private readonly HttpClient http = new() { BaseAddress = new Uri(venue.BaseUrl) };
    private int updateToldAnew, obuToldAnew;

    /// <summary>The last update id, once the load has ended.</summary>
    public Task<long> End { get; set; } = null!;

    /// <summary>The number of the last trade until then.</summary>
    public long LastTrade { get; set; }

    /// <summary>How often a reader that had paused was told a book anew, by channel.</summary>
    public int ToldAnew(string channel) => channel == Obu ? Volatile.Read(ref obuToldAnew) : Volatile.Read(ref updateToldAnew);

    /// <summary>The book from a snapshot over REST and the changes behind it (websocket rules 13), equal to the engine's at every id it reaches; now and then it
    /// leaves and comes back, or does not read for a while.</summary>
    /// <param name="beside">Windows of obu that it reads on the same socket. So much waits for it soon that it is slow, and its pauses grow until it is told anew.</param>
    public async Task<Seen> FollowAsync(string interval, int window, int seed, params int[] beside)
    {
        var (random, seen, done) = (new Random(seed), new Seen(), false);
        var (pause, pausedTo, anew) = (FirstPause, 0L, 0);
        while (!done)
        {
            await using var socket = await OpenAsync(4096);
            seen.Connections++;
            await socket.SubscribeAsync(Update, $$"""["BTC_USDT","{{interval}}"]""");
            if (beside.Length > 0) await socket.SubscribeAsync(Obu, $"[{string.Join(',', beside.Select(levels => $"\"ob.BTC_USDT.{levels}\""))}]");
            var books = new Dictionary<string, LocalBook>(StringComparer.Ordinal) { ["BTC_USDT"] = await SnapshotAsync(window) };
            foreach (var levels in beside) books[$"ob.BTC_USDT.{levels}"] = new LocalBook(levels);
            var leavesAfter = random.Next(20, 150);
            for (var frames = 0; frames < leavesAfter || pausedTo > 0 || End.IsCompleted; frames++)
            {
                if (End.IsCompleted && books.Values.Min(book => book.Id) >= await End)
                {
                    done = true;
                    break;
                }
                if (pausedTo > 0 && books.Values.Min(book => book.Id) >= pausedTo)
                {
                    if (anew == 0) pause = int.Min(pause * 2, LongestPause);
                    pausedTo = 0;
                }
                if (pausedTo == 0 && !End.IsCompleted && random.Next(60) == 0)
                {
                    seen.Pauses++;
                    var until = record.Updates + (beside.Length > 0 ? pause : random.Next(1_000, 30_000));
                    await record.ReachedAsync(until);
                    if (beside.Length > 0) (pausedTo, anew) = (long.Min(until, record.Updates), 0);
                }
                var message = await socket.NextAsync(message => message.GetProperty("event").ValueEquals("update"));
                var (channel, frame) = (message.GetProperty("channel").GetString()!, message.GetProperty("result"));
                var name = frame.GetProperty("s").GetString()!;
                var book = books[name];
                seen.Frames++;
                if (frame.TryGetProperty("full", out _))
                {
                    if (book.Id > 0)
                    {
                        seen.Full++;
                        if (pausedTo > 0) anew += Anew(channel);
                    }
                    books[name] = book = new LocalBook(book.Window);
                }
                else
                {
                    if (channel == Update && frame.GetProperty("u").GetInt64() <= book.Id) continue;        // older than the snapshot
                    var first = frame.GetProperty("U").GetInt64();
                    Assert.True(channel == Obu ? first == book.Id + 1 : first <= book.Id + 1, $"{name} {interval}: the stream goes on with {first} behind {book.Id} and does not say so (seed {seed})");
                }
                book.Apply(frame, frame.GetProperty("u").GetInt64());
                Assert.True(record.At(book.Window, book.Id) == book.Hash(), $"{name} {interval}: another book than the engine's at update {book.Id} (seed {seed})");
            }
            seen.Last = books["BTC_USDT"].Id;
            if (random.Next(2) == 0) socket.Abort();
        }
        return seen;
    }

    private int Anew(string channel)
    {
        Interlocked.Increment(ref channel == Obu ? ref obuToldAnew : ref updateToldAnew);
        return 1;
    }

    /// <summary>obu: the whole first, then changes.</summary>
    public async Task<Seen> FollowObuAsync(int window)
    {
        await using var socket = await OpenAsync();
        await socket.SubscribeAsync("spot.obu", $$"""["ob.BTC_USDT.{{window}}"]""");
        var (seen, book) = (new Seen { Connections = 1 }, new LocalBook(window));
        while (!End.IsCompleted || book.Id < await End)
        {
            var frame = (await socket.NextUpdateAsync("spot.obu")).GetProperty("result");
            seen.Frames++;
            if (frame.TryGetProperty("full", out _))
            {
                book = new LocalBook(window);
                seen.Full++;
            }
            else Assert.Equal(book.Id + 1, frame.GetProperty("U").GetInt64());
            book.Apply(frame, frame.GetProperty("u").GetInt64());
            Assert.True(record.At(window, book.Id) == book.Hash(), $"ob.{window}: another book than the engine's at update {book.Id}");
        }
        seen.Last = book.Id;
        return seen;
    }

    /// <summary>order_book: each frame is the engine's window at the id it names; ids never go back.</summary>
    public async Task<Seen> LimitedAsync(int levels)
    {
        await using var socket = await OpenAsync();
        await socket.SubscribeAsync("spot.order_book", $$"""["BTC_USDT","{{levels}}","100ms"]""");
        var seen = new Seen { Connections = 1 };
        while (!End.IsCompleted || seen.Last < await End)
        {
            var frame = (await socket.NextUpdateAsync("spot.order_book")).GetProperty("result");
            var id = frame.GetProperty("lastUpdateId").GetInt64();
            Assert.True(id >= seen.Last);
            var book = new LocalBook(levels);
            book.Apply(frame, id, "bids", "asks");
            Assert.True(record.At(levels, id) == book.Hash(), $"order_book {levels}: another book than the engine's at update {id}");
            seen.Frames++;
            seen.Last = id;
        }
        return seen;
    }

    /// <summary>book_ticker: the engine's best at the id it names; ids never go back.</summary>
    public async Task<Seen> BestAsync()
    {
        await using var socket = await OpenAsync();
        await socket.SubscribeAsync("spot.book_ticker", """["BTC_USDT"]""");
        var seen = new Seen { Connections = 1 };
        while (!End.IsCompleted || seen.Last < await End)
        {
            var frame = (await socket.NextUpdateAsync("spot.book_ticker")).GetProperty("result");
            var id = frame.GetProperty("u").GetInt64();
            Assert.True(id >= seen.Last);
            Assert.True(record.At(1, id) == LocalBook.BestOf(frame).Hash(), $"book_ticker: another best than the engine's at update {id}");
            seen.Frames++;
            seen.Last = id;
        }
        return seen;
    }

    /// <summary>Every trade, once and in order, until the last.</summary>
    public async Task<Seen> TradesAsync(Task subscribed, TaskCompletionSource ready)
    {
        await using var socket = await OpenAsync();
        await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""");
        ready.SetResult();
        await subscribed;
        var seen = new Seen { Connections = 1 };
        while (!End.IsCompleted || seen.Last < LastTrade)
        {
            var trade = (await socket.NextUpdateAsync("spot.trades")).GetProperty("result").GetProperty("id_market").GetInt64();
            Assert.Equal(seen.Last + 1, trade);
            seen.Frames++;
            seen.Last = trade;
        }
        return seen;
    }

    /// <summary>A reader that has subscribed and reads nothing more.</summary>
    public async Task<TestSocket> StuckAsync(params (string Channel, string Payload)[] subscriptions)
    {
        var socket = await OpenAsync(4096);
        foreach (var (channel, payload) in subscriptions) await socket.SubscribeAsync(channel, payload);
        return socket;
    }

    private async Task<TestSocket> OpenAsync(int receiveBytes = 0)
    {
        var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (receiveBytes > 0)
                {
                    // Little fits into either end's buffers, which Linux sizes by the segments, so a reader that pauses is noticed soon.
                    tcp.ReceiveBufferSize = receiveBytes;
                    if (OperatingSystem.IsLinux()) tcp.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpMaxSegment, BitConverter.GetBytes(536));
                }
                await tcp.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(tcp, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new Uri(venue.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + "/ws/v4/"), invoker, TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    private async Task<LocalBook> SnapshotAsync(int window)
    {
        var text = await http.GetStringAsync($"/api/v4/spot/order_book?currency_pair=BTC_USDT&limit={window}&with_id=true", TestContext.Current.CancellationToken);
        var json = JsonDocument.Parse(text).RootElement;
        var book = new LocalBook(window);
        book.Apply(json, json.GetProperty("id").GetInt64(), "bids", "asks");
        Assert.True(record.At(window, book.Id) == book.Hash(), $"the snapshot of update {book.Id} is another book than the engine's");
        return book;
    }

    /// <summary>What a client holds, in raw units.</summary>
    private sealed class LocalBook(int window)
    {
        private readonly SortedList<long, long> bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
        private readonly SortedList<long, long> asks = [];

        public int Window => window;

        public long Id { get; private set; }

        public static LocalBook BestOf(JsonElement best)
        {
            var book = new LocalBook(1);
            foreach (var (side, price, size) in new[] { (book.bids, "b", "B"), (book.asks, "a", "A") })
            {
                if (best.GetProperty(price).GetString() is { Length: > 0 } text) side[Raw(text, 10)] = Raw(best.GetProperty(size).GetString()!, 1_000_000);
            }
            return book;
        }

        public void Apply(JsonElement frame, long id, string bidsName = "b", string asksName = "a")
        {
            foreach (var (side, name) in new[] { (bids, bidsName), (asks, asksName) })
            {
                foreach (var level in frame.GetProperty(name).EnumerateArray())
                {
                    var (price, size) = (Raw(level[0].GetString()!, 10), Raw(level[1].GetString()!, 1_000_000));
                    if (size == 0) side.Remove(price);
                    else side[price] = size;
                }
            }
            Id = id;
        }

        public ulong Hash()
        {
            Assert.True(bids.Count <= window && asks.Count <= window, "more levels than the window");
            return BookRecord.Hash(bids, asks, window);
        }

        private static long Raw(string text, long unit) => (long)(decimal.Parse(text, CultureInfo.InvariantCulture) * unit);
    }
}
