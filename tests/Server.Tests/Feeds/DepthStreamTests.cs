using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Server.Feeds;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>The local book of websocket rules 13, rebuilt from frames, against the book itself.</summary>
public sealed class DepthStreamTests
{
    private static readonly PairView Pair = TestPairs.Btc();

    /// <summary>What a client holds: prices and amounts as texts.</summary>
    private sealed class LocalBook
    {
        private readonly Dictionary<string, string> bids = [];
        private readonly Dictionary<string, string> asks = [];

        public long Id { get; private set; }

        public static LocalBook From(Depth snapshot)
        {
            var local = new LocalBook { Id = snapshot.UpdateId };
            foreach (var level in snapshot.Bids) local.bids[Pair.PriceText(level.Price)] = Pair.SizeText(level.Size);
            foreach (var level in snapshot.Asks) local.asks[Pair.PriceText(level.Price)] = Pair.SizeText(level.Size);
            return local;
        }

        /// <summary>False when the frame is older than what is held.</summary>
        public bool Apply(JsonElement frame)
        {
            var last = frame.GetProperty("u").GetInt64();
            if (frame.TryGetProperty("full", out _))
            {
                bids.Clear();
                asks.Clear();
            }
            else
            {
                if (last < Id + 1) return false;
                Assert.True(frame.GetProperty("U").GetInt64() <= Id + 1, "the stream skips");
            }
            Apply(bids, frame.GetProperty("b"));
            Apply(asks, frame.GetProperty("a"));
            Id = last;
            return true;
        }

        public void AssertIs(Depth depth)
        {
            Assert.Equal(depth.UpdateId, Id);
            Assert.Equal(depth.Bids.Select(level => (Pair.PriceText(level.Price), Pair.SizeText(level.Size))).Order(), bids.Select(pair => (pair.Key, pair.Value)).Order());
            Assert.Equal(depth.Asks.Select(level => (Pair.PriceText(level.Price), Pair.SizeText(level.Size))).Order(), asks.Select(pair => (pair.Key, pair.Value)).Order());
        }

        private static void Apply(Dictionary<string, string> side, JsonElement changes)
        {
            foreach (var change in changes.EnumerateArray())
            {
                if (change[1].GetString() == "0") side.Remove(change[0].GetString()!);
                else side[change[0].GetString()!] = change[1].GetString()!;
            }
        }
    }

    private static JsonElement Frame(FeedBook book, DepthTopic topic, bool full)
    {
        var writer = new FrameWriter();
        PublicWire.Depth(writer.BeginUpdate(topic.Channel, 1_700_000_000_123), Pair, book, topic, full);
        var frame = writer.End();
        var parsed = JsonDocument.Parse(frame.Written.ToArray()).RootElement.GetProperty("result");
        frame.Release();
        return parsed;
    }

    /// <summary>Windows smaller than the book make levels enter and leave all the time; a client may start from a snapshot of any moment.</summary>
    [Theory]
    [InlineData("spot.order_book_update", 1, 11)]
    [InlineData("spot.order_book_update", 3, 12)]
    [InlineData("spot.order_book_update", 20, 13)]
    [InlineData("spot.obu", 2, 14)]
    [InlineData("spot.obu", 50, 15)]
    public void A_local_book_is_the_book_after_every_frame(string channelName, int window, int seed)
    {
        SpotChannels.TryFind(channelName, out var channel);
        var random = new Random(seed);
        var view = new BookView();
        var book = new FeedBook();
        book.Load(view.Depth(int.MaxValue));
        var topic = new DepthTopic(new TopicKey(channel!, Pair.Id, window, 100), Pair.Symbol, new Outgoing());
        topic.Stream.Start(book.UpdateId);
        book.Streams.Add(topic.Stream);
        var followers = new List<LocalBook> { LocalBook.From(view.Depth(window)) };
        var waiting = new List<LocalBook>();
        var frames = 0;
        for (var step = 1; step <= 20_000; step++)
        {
            var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var price = side == Side.Buy ? 1000 - random.Next(window * 3) : 1001 + random.Next(window * 3);
            var size = random.Next(3) == 0 ? 0 : random.Next(1, 4);
            view.Change(side, price, size, step, step * 1_000_000L);
            Assert.True(book.Apply(new LevelChange(side, price, size, step, step * 1_000_000L)));
            if (random.Next(20) == 0) waiting.Add(LocalBook.From(view.Depth(window)));       // a snapshot in the middle of a frame
            if (random.Next(6) != 0) continue;

            var frame = Frame(book, topic, full: false);
            topic.Stream.Start(book.UpdateId);
            frames++;
            var now = view.Depth(window);
            foreach (var local in followers) Assert.True(local.Apply(frame));
            foreach (var local in waiting)
            {
                if (local.Id < now.UpdateId) local.Apply(frame);
            }
            followers.AddRange(waiting);
            waiting.Clear();
            foreach (var local in followers) local.AssertIs(now);
            if (followers.Count > 8) followers.RemoveRange(0, 7);
        }
        Assert.True(frames > 2_000);
    }

    [Fact]
    public void A_full_frame_replaces_whatever_is_held()
    {
        var view = new BookView();
        for (var i = 1; i <= 200; i++) view.Change(i % 2 == 0 ? Side.Buy : Side.Sell, i % 2 == 0 ? 1000 - i : 1000 + i, i, i, i);
        var book = new FeedBook();
        book.Load(view.Depth(int.MaxValue));
        SpotChannels.TryFind("spot.obu", out var channel);
        var topic = new DepthTopic(new TopicKey(channel!, Pair.Id, 50, 20), "ob.BTC_USDT.50", new Outgoing());
        topic.Stream.Start(book.UpdateId);
        var frame = Frame(book, topic, full: true);
        Assert.False(frame.TryGetProperty("U", out _));
        var local = LocalBook.From(new Depth(3, 0, [new BookLevel(5, 5)], []));
        local.Apply(frame);
        local.AssertIs(view.Depth(50));
    }

    [Fact]
    public void A_missing_change_is_noticed_and_known_ones_are_passed_over()
    {
        var book = new FeedBook();
        Assert.True(book.Apply(new LevelChange(Side.Buy, 10, 1, 1, 0)));
        Assert.True(book.Apply(new LevelChange(Side.Buy, 10, 9, 1, 0)));
        Assert.Equal(1, book.SizeWithin(Side.Buy, 10, 1));
        Assert.False(book.Apply(new LevelChange(Side.Buy, 10, 2, 3, 0)));
    }
}
