using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Spot;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Sequencer, log, views, order entry, sockets and market data over REST, on a disk of memory: the test sends commands straight to the sequencer.</summary>
internal sealed class FeedVenue : IAsyncDisposable, IKeyDirectory, ICandles
{
    private readonly VenueProducts products = new();
    private readonly FileLog log;
    private readonly Sequencer sequencer;
    private readonly FeedSockets sockets;
    private readonly GatewayHost host;

    public FeedVenue(params IEventConsumer[] watchers)
    {
        var disk = new MemoryDisk();
        var limiter = new RateLimiter(TimeProvider.System, enabled: false);
        Recovery.Run(disk, products.Machine, [Views], begin: () => Views.Begin(products));
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), new RealClock(), [.. watchers, Views], () => long.MaxValue);
        var entry = new OrderEntry(Views, new NoHistory(), sequencer);
        sockets = new FeedSockets(this, limiter);
        var feeds = new SpotFeeds(new ViewListings(Views), this, entry, sockets, () => sequencer.NowNanos);
        Views.Listeners = [feeds];
        sequencer.Start();
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, this,
            [new SpotEndpoints(Views, new NoHistory(), sequencer, this, entry, new MarketCurrencyFacts(MarketFile.Empty))], sockets.Map, limiter);
    }

    public VenueViews Views { get; } = new();
    public FeedSockets Sockets => sockets;
    public string BaseUrl => host.BaseUrl;
    public int Alice { get; private set; }
    public int Bob { get; private set; }
    public PairView Btc => Views.PairOf(1);

    public static async Task<FeedVenue> StartAsync(params IEventConsumer[] watchers)
    {
        var venue = new FeedVenue(watchers);
        await venue.Send(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        await venue.Send(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
        await venue.Send(0, new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, MinQuote = Money.Units(3), ReferencePrice = 840_000, MakerFee = Rate.One / 1000,
            TakerFee = Rate.One / 1000, Status = MarketStatus.Tradable,
        }, "BTC_USDT", "BTC", "USDT");
        venue.Alice = await venue.NewUser("alice");
        venue.Bob = await venue.NewUser("bob");
        await venue.host.StartAsync(TestContext.Current.CancellationToken);
        return venue;
    }

    public async Task<long> Send<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var tail = new byte[1024];
        var writer = new TailWriter(tail);
        foreach (var text in texts) writer.Text(text);
        return (await sequencer.SubmitAsync(new UserId(user), command, tail.AsMemory(0, writer.Length))).Result.ObjectId;
    }

    /// <summary>The engine's own book: price and visible size of every level of a side, best first.</summary>
    public Task<(long Price, long Size)[]> EngineBook(Side side) => sequencer.AskAsync(_ =>
    {
        var book = products.Spot.State.Pairs[0].Book;
        var levels = side == Side.Buy ? book.Bids : book.Asks;
        return Enumerable.Range(0, levels.Count).Select(n => book.Pool.Levels[levels.FromBest(n)]).Select(level => (level.Price, level.Visible)).ToArray();
    });

    public async Task<TestSocket> ConnectAsync()
    {
        var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new Uri(host.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + "/ws/v4/"), TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record)
    {
        record = key is "alice" or "bob"
            ? new KeyRecord { Key = key, Secret = TestFeeds.Bytes(TestFeeds.Secret), User = new(key == "alice" ? Alice : Bob), Main = new(key == "alice" ? Alice : Bob) } : null;
        return record is not null;
    }

    public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds) => [];

    public async ValueTask DisposeAsync()
    {
        await sockets.DisposeAsync();
        await host.DisposeAsync();
        sequencer.Stop();
        log.Dispose();
    }

    private async Task<int> NewUser(string name)
    {
        var user = (int)await Send(0, new CreateUser(), name, "", "");
        await Send(0, new Fund { User = user, Wallet = 1, Asset = 1, Amount = Money.Units(1000) });
        await Send(0, new Fund { User = user, Wallet = 1, Asset = 2, Amount = Money.Units(100_000_000) });
        return user;
    }
}

/// <summary>Nothing older than what the views hold is asked for here.</summary>
internal sealed class NoHistory : IHistory
{
    public long Sequence => 0;

    public ValueTask<bool> CaughtUpAsync(int user, CancellationToken cancellation = default) => new(true);

    public ValueTask<bool> CaughtUpAsync(MarketView pair, CancellationToken cancellation = default) => new(true);

    public OrderRow? Order(long id) => null;

    public IReadOnlyList<OrderRow> Orders(OrderQuery query) => [];

    public IReadOnlyList<FillRow> Fills(FillQuery query) => [];

    public IReadOnlyList<TradeRow> Trades(TradeQuery query) => [];

    public IReadOnlyList<BookEntry> AccountBook(BookQuery query) => [];

    public TriggerRow? Trigger(long id) => null;

    public IReadOnlyList<TriggerRow> Triggers(TriggerQuery query) => [];

    public IReadOnlyList<TransferRow> Transfers(TransferQuery query) => [];

    public IReadOnlyList<DepositRow> Deposits(DepositQuery query) => [];

    public IReadOnlyList<OrderRow> OrdersOpenOrEndedSince(long nanos) => [];

    public IReadOnlyList<TriggerRow> OpenTriggers() => [];
}
