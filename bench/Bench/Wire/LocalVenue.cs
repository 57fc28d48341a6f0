using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sluice.Bench.Durable;
using Sluice.Client;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Spot;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Markets;
using Sluice.Server.Identity;
using Sluice.Server.Views;

namespace Sluice.Bench.Wire;

/// <summary>Gateway, feeds, views, history and log of a venue in this process, on a folder of its own with fdatasync; one pair, no simulated
/// markets, no rate limits.</summary>
internal sealed class LocalVenue : TargetVenue
{
    private const int Bitcoin = 2;
    private const int Dollar = 1;

    private const int MemorySegmentBytes = 4 << 20, MemoryCommandsPerSnapshot = 200_000;       // as `serve --data memory` has them

    private readonly Scratch? scratch;
    private readonly VenueProducts products = new();
    private readonly VenueViews views = new();
    private readonly RealClock clock = new();
    private readonly SqliteHistory history;
    private readonly SecretSeal seal;
    private readonly FileLog log;
    private readonly Sequencer sequencer;
    private readonly FeedSockets sockets;
    private readonly SpotFeeds feeds;
    private readonly GatewayHost gateway;
    private int opened;

    private LocalVenue(bool inMemory)
    {
        PassiveBuy = "63000";
        Last = "65000";
        Size = "0.001";
        LargeSize = "1";
        IDisk disk = new MemoryDisk();
        if (!inMemory)
        {
            scratch = new Scratch(null);
            disk = scratch.NewDisk("venue");
        }
        history = new SqliteHistory(inMemory ? null : Path.Combine(((FileDisk)disk).Folder, "history.db"));
        seal = SecretSeal.Open(disk);
        var keys = new KeyDirectory(seal, () => clock.NowNanos);
        var candles = new Candles(history, new NoPast(), () => clock.NowNanos);
        views.Listeners = [history, candles, keys];
        Recovery.Run(disk, products.Machine, [views], history.Sequence, begin: () => views.Begin(products, history));
        log = FileLog.Open(disk, StateMachine.RulesVersion, inMemory ? new LogOptions(MemorySegmentBytes) : LogOptions.Default);
        sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), clock, [views], history.Settle,
            inMemory ? new SequencerOptions(MemoryCommandsPerSnapshot) : new SequencerOptions());
        var entry = new OrderEntry(views, history, sequencer);
        var limiter = new RateLimiter(TimeProvider.System, enabled: false);
        sockets = new FeedSockets(keys, limiter);
        feeds = new SpotFeeds(new Listings(views), candles, entry, sockets, () => clock.NowNanos);
        views.Listeners = [history, candles, keys, feeds];
        gateway = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, keys,
            [new SpotEndpoints(views, history, sequencer, candles, entry, new MarketCurrencyFacts(MarketFile.Empty))], sockets.Map, limiter);
    }

    public SpotFeeds Feeds => feeds;

    public FeedSockets Sockets => sockets;

    public override Uri Url => new(gateway.BaseUrl);

    public override double EngineCpuSeconds() => sequencer.AskAsync(_ => Measure.ThreadClock.Nanos).GetAwaiter().GetResult() / 1e9;

    /// <summary>The pair that is traded.</summary>
    public PairView Traded => views.TryGetPair(Pair, out var pair) ? pair : throw new InvalidOperationException("The venue has not started.");

    /// <summary>What has gone wrong behind the answers, or null.</summary>
    public override string? Failure => history.Failure ?? sequencer.Unavailable;

    public override string What =>
        $"gateway, feeds, views, history and log ({(scratch is null ? "in memory" : $"fdatasync on {scratch.FileSystem}")}) in this process; one pair, no markets, no limits";

    public static async Task<LocalVenue> StartAsync(bool inMemory = false)
    {
        var venue = new LocalVenue(inMemory);
        venue.sequencer.Start();
        await venue.gateway.StartAsync();
        await venue.GiveAsync(new ListAsset { Scale = Money.Decimals }, "USDT", "Tether");
        await venue.GiveAsync(new ListAsset { Scale = 8 }, "BTC", "Bitcoin");
        await venue.GiveAsync(new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 10, MinQuote = Money.Units(3), ReferencePrice = 650_000, UpRate = Rate.One / 10, DownRate = Rate.One / 10,
            MakerFee = Rate.One / 1000, TakerFee = Rate.One / 1000, OrdersLimit = 200, Status = MarketStatus.Tradable,
        }, Pair, "BTC", "USDT");
        return venue;
    }

    public override void Settle()
    {
        while (history.Behind > 0 && history.Failure is null) Thread.Sleep(1);
    }

    public override async Task<Credentials> OpenAsync()
    {
        var user = (int)await GiveAsync(new CreateUser(), $"bench-{++opened}", "", "");
        foreach (var asset in new[] { Dollar, Bitcoin })
        {
            await GiveAsync(new Fund { User = user, Wallet = WalletId.Spot.Value, Asset = asset, Amount = Money.Units(1_000_000_000) }, "", "", "");
        }
        var key = seal.CreateKey();
        var tail = new byte[1024];
        var writer = new TailWriter(tail);
        writer.Text(key.Key);
        writer.Text("bench");
        writer.Bytes(seal.Seal(key.Key, Encoding.UTF8.GetBytes(key.Secret)));
        writer.Text(KeyScopes.Full.ToString());
        writer.Text("");
        await SendAsync(new CreateKey { User = user, Mode = 1 }, writer.Written.ToArray());
        return new Credentials(key.Key, key.Secret);
    }

    public override async ValueTask DisposeAsync()
    {
        await sockets.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await gateway.StopAsync(patience.Token);
        await gateway.DisposeAsync();
        sequencer.Stop();
        history.Dispose();
        log.Dispose();
        scratch?.Dispose();
    }

    private Task<long> GiveAsync<T>(T command, params string[] texts) where T : unmanaged, ICommand
    {
        var tail = new byte[256];
        var writer = new TailWriter(tail);
        foreach (var text in texts) writer.Text(text);
        return SendAsync(command, writer.Written.ToArray());
    }

    private async Task<long> SendAsync<T>(T command, byte[] tail) where T : unmanaged, ICommand
    {
        var outcome = await sequencer.SubmitAsync(UserId.Venue, command, tail);
        return outcome.Result.Accepted ? outcome.Result.ObjectId : throw new InvalidOperationException($"The set-up was refused: {typeof(T).Name} {outcome.Result.Refusal}.");
    }

    private sealed class Listings(VenueViews views) : IListings
    {
        public bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair) => views.TryGetPair(symbol, out pair);

        public PairView PairOf(int id) => views.PairOf(id);

        public string AssetCode(int id) => views.AssetOf(id).Code;
    }

    private sealed class NoPast : IGeneratedCandles
    {
        public void Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into) { }
    }
}
