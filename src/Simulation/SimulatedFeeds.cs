using System.Net;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Feeds;
using Sluice.Server.Views;

namespace Sluice.Simulation;

/// <summary>The feeds of one venue with their readers: the server's own publisher and connections, on sockets that can stick. Readers rebuild books from
/// what they are sent and hold them against the venue's.</summary>
internal sealed class SimulatedFeeds : IViewListener, ICandles
{
    private const int Window = 400;

    private readonly SteppedContext context = new();
    private readonly Publisher publisher;
    private readonly VenueViews views;
    private readonly VirtualTime time;
    private readonly SimulationCounts counts;
    private readonly List<BookReader> books = [];
    private readonly TradeReader trades;

    /// <param name="heavy">With a reader of many streams, who falls behind when it is stuck.</param>
    public SimulatedFeeds(VenueViews views, VirtualTime time, SimulationCounts counts, bool heavy)
    {
        (this.views, this.time, this.counts) = (views, time, counts);
        publisher = new Publisher(new SpotStreams(new ViewListings(views), this), time, () => time.WallNanos);
        trades = new TradeReader(this);
        books.Add(new BookReader(this, withSnapshots: false));
        if (heavy) books.Add(new BookReader(this, withSnapshots: true));
    }

    /// <summary>The reader that sticks.</summary>
    public SimulatedSocket Slow => books[^1].Socket;

    public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds) => [];

    public void Traded(PairView pair, TradeRow trade)
    {
        if (!publisher.TryGetMarket(pair.Id, out var feed) || !feed.WantsTrades) return;
        trades.Expect(trade);
        publisher.Post(new News(NewsKind.Trade, trade));
    }

    public void LevelChanged(PairView pair, Side side, long price, long size, long updateId, long timeNanos)
    {
        if (publisher.TryGetMarket(pair.Id, out var feed)) feed.LevelChanged(new LevelChange(side, price, size, updateId, timeNanos));
    }

    public void BestChanged(PairView pair, long timeNanos)
    {
        if (publisher.TryGetMarket(pair.Id, out var feed)) feed.BestChanged();
    }

    /// <summary>The feed thread's turn, then every reader that is not stuck reads what has arrived.</summary>
    public void Turn()
    {
        if (views.Pairs.Count < SimulatedMarkets.File.Pairs.Count) return;
        context.Run(() =>
        {
            foreach (var reader in books) reader.Begin();
            trades.Begin();
            publisher.Turn(time.TrueNanos / Nanos.PerMillisecond);
        });
        foreach (var reader in books) reader.Read();
        trades.Read();
    }

    /// <summary>At the end, when every reader has gone on: none lacks anything.</summary>
    public void CheckEnd()
    {
        foreach (var reader in books) reader.Compare();
        trades.CheckEnd();
    }

    /// <summary>Readers go on, wherever they were stuck.</summary>
    public void GoOn() => context.Run(Slow.GoOn);

    private FeedConnection Open(SimulatedSocket socket)
    {
        var connection = new FeedConnection(socket, IPAddress.Loopback, "simulated");
        _ = connection.RunAsync(static (_, _) => { });
        return connection;
    }

    private void Subscribe(FeedConnection connection, string channel, IEnumerable<TopicKey> keys)
    {
        _ = SpotChannels.TryFind(channel, out var found);
        publisher.Post(new News(NewsKind.Subscribe, new Subscription(connection, found!, [.. keys], "", new FeedReply(channel, "subscribe"))));
    }

    private static FeedChannel Channel(string name) => SpotChannels.TryFind(name, out var channel) ? channel : throw new InvalidOperationException(name);

    /// <summary>Rebuilds the book of every pair from changes; a change must continue the one before, or a whole book must come.</summary>
    private sealed class BookReader(SimulatedFeeds feeds, bool withSnapshots)
    {
        private const int ChangesPerComparison = 8;

        private readonly Dictionary<string, LocalBook> books = [];
        private FeedConnection? connection;
        private int changes;

        public SimulatedSocket Socket { get; private set; } = new();

        public void Begin()
        {
            if (connection is { IsClosing: false }) return;
            if (connection is not null)
            {
                // Dropped because it was too slow: it comes again, from the beginning.
                feeds.counts.FeedDrops++;
                feeds.publisher.Post(new News(NewsKind.Gone, connection));
                Socket = new SimulatedSocket();
                books.Clear();
            }
            connection = feeds.Open(Socket);
            var pairs = feeds.views.Pairs;
            feeds.Subscribe(connection, "spot.obu", pairs.Select(pair => new TopicKey(Channel("spot.obu"), pair.Id, Window, 100)));
            if (!withSnapshots) return;
            feeds.Subscribe(connection, "spot.order_book", pairs.Select(pair => new TopicKey(Channel("spot.order_book"), pair.Id, 100, 100)));
        }

        public void Read()
        {
            while (Socket.Arrived.TryDequeue(out var frame))
            {
                if (frame.AsSpan().IndexOf("\"spot.obu\""u8) < 0) continue;         // what makes it heavy is not looked at
                using var document = JsonDocument.Parse(frame);
                if (document.RootElement.GetProperty("event").GetString() == "update") Apply(document.RootElement.GetProperty("result"));
            }
        }

        /// <summary>What it has now must be what the venue has: nothing is on its way.</summary>
        public void Compare()
        {
            foreach (var pair in feeds.views.Pairs)
            {
                var name = $"ob.{pair.Symbol}.{Window}";
                if (!books.TryGetValue(name, out var book) || book.UpdateId != pair.Book.UpdateId) throw new SimulationException($"{name}: the reader has not come to the end");
                book.Compare(name, pair);
            }
        }

        private void Apply(JsonElement change)
        {
            feeds.counts.FeedFrames++;
            var name = change.GetProperty("s").GetString()!;
            var pair = feeds.views.Pairs.First(pair => name == $"ob.{pair.Symbol}.{Window}");
            var full = change.TryGetProperty("full", out var whole) && whole.GetBoolean();
            if (!books.TryGetValue(name, out var book))
            {
                if (!full) throw new SimulationException($"{name}: the first frame is no whole book");
                books.Add(name, book = new LocalBook());
            }
            else if (full)
            {
                feeds.counts.FeedResyncs++;
            }
            else if (change.GetProperty("U").GetInt64() != book.UpdateId + 1)
            {
                throw new SimulationException($"{name}: update {change.GetProperty("U").GetInt64()} follows {book.UpdateId}, and no whole book came between");
            }
            book.Apply(change, full);
            if ((full || ++changes % ChangesPerComparison == 0) && book.UpdateId == pair.Book.UpdateId) book.Compare(name, pair);
        }
    }

    private sealed class LocalBook
    {
        private readonly Dictionary<string, string> bids = [];
        private readonly Dictionary<string, string> asks = [];

        public long UpdateId { get; private set; }

        public void Apply(JsonElement change, bool full)
        {
            UpdateId = change.GetProperty("u").GetInt64();
            Apply(bids, change, "b", full);
            Apply(asks, change, "a", full);
        }

        public void Compare(string name, PairView pair)
        {
            var shown = pair.Book.Depth(Window);
            if (!Equal(bids, pair, shown.Bids) || !Equal(asks, pair, shown.Asks)) throw new SimulationException($"{name}: the book rebuilt at update {UpdateId} is another one than the venue's");
        }

        private static void Apply(Dictionary<string, string> levels, JsonElement change, string side, bool full)
        {
            if (full) levels.Clear();
            if (!change.TryGetProperty(side, out var list)) return;
            foreach (var level in list.EnumerateArray())
            {
                var (price, size) = (level[0].GetString()!, level[1].GetString()!);
                if (size == "0") levels.Remove(price);
                else levels[price] = size;
            }
        }

        private static bool Equal(Dictionary<string, string> levels, PairView pair, BookLevel[] shown)
        {
            if (levels.Count != shown.Length) return false;
            foreach (var level in shown)
            {
                if (!levels.TryGetValue(pair.PriceText(level.Price), out var size) || size != pair.SizeText(level.Size)) return false;
            }
            return true;
        }
    }

    /// <summary>Keeps up, and must get every trade once, in order.</summary>
    private sealed class TradeReader(SimulatedFeeds feeds)
    {
        private readonly Queue<long> expected = new();
        private readonly SimulatedSocket socket = new();
        private FeedConnection? connection;

        public void Expect(TradeRow trade) => expected.Enqueue(trade.GlobalId);

        public void Begin()
        {
            if (connection is not null) return;
            connection = feeds.Open(socket);
            feeds.Subscribe(connection, "spot.trades", feeds.views.Pairs.Select(pair => new TopicKey(Channel("spot.trades"), pair.Id)));
        }

        public void CheckEnd()
        {
            if (expected.Count > 0) throw new SimulationException($"{expected.Count} trades were never told");
        }

        public void Read()
        {
            while (socket.Arrived.TryDequeue(out var frame))
            {
                using var document = JsonDocument.Parse(frame);
                if (document.RootElement.GetProperty("event").GetString() != "update") continue;
                feeds.counts.FeedFrames++;
                var id = document.RootElement.GetProperty("result").GetProperty("id").GetInt64();
                if (!expected.TryDequeue(out var next) || next != id) throw new SimulationException($"the feed told trade {id} where {next} was expected");
            }
        }
    }
}
