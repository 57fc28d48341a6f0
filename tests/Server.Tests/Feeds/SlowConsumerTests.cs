using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>A client that does not read: the book is told anew, events are not told at all, and nobody else notices.</summary>
public sealed class SlowConsumerTests
{
    private readonly PairView pair = TestPairs.Btc();
    private readonly Publisher publisher;
    private long now = 1_000_000;

    public SlowConsumerTests() => publisher = new Publisher(new SpotStreams(new TestPairs(pair, TestPairs.Eth()), new NoBars()), TimeProvider.System, () => 1);

    [Theory]
    [InlineData("spot.obu", 50, 20)]
    [InlineData("spot.order_book_update", 20, 20)]
    public void A_book_that_was_missed_comes_full_and_is_right_again(string channelName, int window, int interval)
    {
        SpotChannels.TryFind(channelName, out var channel);
        var key = new TopicKey(channel!, pair.Id, window, interval);
        var (slow, quick) = (new GatedSocket(), new GatedSocket());
        slow.Gate.Reset();
        foreach (var socket in (GatedSocket[])[slow, quick]) Join(socket, key);
        Turn();

        var random = new Random(3);
        for (var i = 0; i < 600; i++)
        {
            for (var j = 0; j < 5; j++) Change(random);
            Turn();
            if (i % 50 == 0) Until(() => quick.Frames.Count >= i + 2);      // the reply, and a change each turn
        }
        slow.Gate.Set();
        for (var round = 0; round < 3; round++)
        {
            Change(random);
            Until(() =>
            {
                Turn();
                return IsCurrent(slow) && IsCurrent(quick);
            });
        }
        Assert.True(slow.Frames.Count < quick.Frames.Count, "what was missed is not sent later");
        Assert.Contains(slow.Frames.Skip(2), frame => Result(frame).TryGetProperty("full", out _));
        foreach (var socket in (GatedSocket[])[slow, quick]) AssertContiguous(socket.Frames.Skip(1).Select(Result));
        Assert.DoesNotContain(quick.Frames.Skip(2), frame => Result(frame).TryGetProperty("full", out _));
    }

    [Fact]
    public void A_gap_on_the_bus_is_answered_with_a_full_book()
    {
        SpotChannels.TryFind("spot.order_book_update", out var channel);
        var socket = new GatedSocket();
        Join(socket, new TopicKey(channel!, pair.Id, 100, 100));
        var random = new Random(4);
        Change(random);
        Turn();
        pair.Book.Change(Side.Buy, 500, 7, pair.Book.UpdateId + 1, 1);      // nobody is told
        Change(random);
        Turn();
        Until(() => socket.Frames.Count >= 3);
        var full = Result(socket.Frames[^1]);
        Assert.True(full.GetProperty("full").GetBoolean());
        Assert.Equal(pair.Book.UpdateId, full.GetProperty("u").GetInt64());
        Assert.True(full.GetProperty("U").GetInt64() <= full.GetProperty("u").GetInt64());
    }

    [Fact]
    public void Events_are_never_skipped_so_who_cannot_take_them_is_dropped()
    {
        SpotChannels.TryFind("spot.trades", out var channel);
        var (slow, quick) = (new GatedSocket(), new GatedSocket());
        slow.Gate.Reset();
        var dropped = Join(slow, new TopicKey(channel!, pair.Id));
        Join(quick, new TopicKey(channel!, pair.Id));
        Turn();
        for (var i = 1; i <= 20_000; i++)
        {
            publisher.Post(new News(NewsKind.Trade, new TradeRow(1, i, 1, Side.Buy, 10, 10, Money.Zero)));
            if (i % 1000 != 0) continue;
            Turn();
            Until(() => quick.Frames.Count >= i + 1);
        }
        Assert.True(dropped.IsClosing);
        Assert.True(slow.IsAborted);
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => (long)i), quick.Frames.Skip(1).Select(frame => Result(frame).GetProperty("id_market").GetInt64()));
    }

    [Fact]
    public void So_many_requests_of_one_client_wait_and_one_more_is_refused()
    {
        var keys = new NoKeys();
        var orders = new SpotSocketOrders(keys, new EchoEntry(), new RateLimiter(TimeProvider.System, enabled: false), TimeProvider.System, NullLogger.Instance);
        var requests = new FeedRequests(
            new FeedSocket(SpotChannels.Table, SpotChannels.Refused, new SpotPayload(new TestPairs(pair, TestPairs.Eth())), publisher, orders), keys, TimeProvider.System);
        var (socket, other) = (new GatedSocket(), new GatedSocket());
        var (connection, another) = (Connect(socket), Connect(other));
        for (var i = 0; i < FeedConnection.MostWaiting; i++) Ask(connection, i % 2 == 0 ? "subscribe" : "unsubscribe", "BTC_USDT");
        Assert.Empty(socket.Frames);
        Ask(connection, "subscribe", "ETH_USDT");
        Until(() => socket.Frames.Count == 1);
        Assert.Equal(2, ErrorOf(socket.Frames[0]));
        Ask(another, "subscribe", "BTC_USDT");          // everyone has their own

        Turn();
        Until(() => socket.Frames.Count == FeedConnection.MostWaiting + 1 && other.Frames.Count == 1);
        Assert.All(socket.Frames.Skip(1).Concat(other.Frames), frame => Assert.Equal(0, ErrorOf(frame)));
        Assert.Equal(1, publisher.TopicCount);
        Ask(connection, "subscribe", "ETH_USDT");       // what waited has been answered, so there is room
        Turn();
        Until(() => socket.Frames.Count == FeedConnection.MostWaiting + 2);
        Assert.Equal(0, ErrorOf(socket.Frames[^1]));
        Assert.Equal(2, publisher.TopicCount);
        Assert.False(connection.IsClosing);

        void Ask(FeedConnection from, string what, string symbol) => requests.Receive(from,
            Encoding.UTF8.GetBytes($$"""{"time":{{TestFeeds.Now}},"channel":"spot.trades","event":"{{what}}","payload":["{{symbol}}"]}"""));
    }

    private static FeedConnection Connect(GatedSocket socket)
    {
        var connection = new FeedConnection(socket, IPAddress.Loopback, "0123456789abcdef");
        _ = connection.RunAsync((_, _) => { });
        return connection;
    }

    private static int ErrorOf(byte[] frame) => JsonDocument.Parse(frame).RootElement.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : 0;

    private FeedConnection Join(GatedSocket socket, TopicKey key)
    {
        var connection = Connect(socket);
        publisher.Post(new News(NewsKind.Subscribe, new Subscription(connection, key.Channel, [key], "", new FeedReply(key.Channel.Name, "subscribe"))));
        publisher.Turn(now);
        return connection;
    }

    private void Change(Random random)
    {
        var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
        var price = side == Side.Buy ? 1000 - random.Next(80) : 1001 + random.Next(80);
        var (size, id) = (random.Next(3), pair.Book.UpdateId + 1);
        pair.Book.Change(side, price, size, id, 1);
        if (publisher.TryGetMarket(pair.Id, out var feed)) feed.LevelChanged(new LevelChange(side, price, size, id, 1));
    }

    private void Turn() => publisher.Turn(now += 100);

    private bool IsCurrent(GatedSocket socket)
    {
        var frames = socket.Frames;
        return frames.Count > 1 && Result(frames[^1]).GetProperty("u").GetInt64() == pair.Book.UpdateId;
    }

    private static JsonElement Result(byte[] frame) => JsonDocument.Parse(frame).RootElement.GetProperty("result");

    private static void AssertContiguous(IEnumerable<JsonElement> frames)
    {
        long? at = null;
        foreach (var frame in frames)
        {
            var isFull = frame.TryGetProperty("full", out _);
            Assert.True(isFull || at is null || frame.GetProperty("U").GetInt64() == at + 1, $"the stream skips behind {at}");
            at = frame.GetProperty("u").GetInt64();
        }
    }

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30)), "nothing more came");

    private sealed class NoKeys : IKeyDirectory
    {
        public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record)
        {
            record = null;
            return false;
        }
    }

    private sealed class NoBars : ICandles
    {
        public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds) => [];
    }

    /// <summary>A socket that takes what is sent while its gate is open.</summary>
    private sealed class GatedSocket : WebSocket
    {
        private readonly TaskCompletionSource ended = new();
        private readonly List<byte[]> frames = [];

        public ManualResetEventSlim Gate { get; } = new(true);
        public bool IsAborted => ended.Task.IsCompleted;

        public List<byte[]> Frames
        {
            get { lock (frames) return [.. frames]; }
        }

        public override WebSocketCloseStatus? CloseStatus => null;
        public override string? CloseStatusDescription => null;
        public override WebSocketState State => IsAborted ? WebSocketState.Aborted : WebSocketState.Open;
        public override string? SubProtocol => null;

        public override void Abort()
        {
            ended.TrySetResult();
            Gate.Set();
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Dispose() => Abort();

        public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
        {
            await ended.Task;
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            if (!Gate.IsSet) return WaitAsync([.. buffer]);
            Take([.. buffer]);
            return Task.CompletedTask;
        }

        private async Task WaitAsync(byte[] frame)
        {
            await Task.Run(Gate.Wait);
            if (IsAborted) throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            Take(frame);
        }

        private void Take(byte[] frame)
        {
            lock (frames) frames.Add(frame);
        }
    }
}
