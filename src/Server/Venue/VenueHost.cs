using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Identity;
using Sluice.Server.Api.Spot;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Control;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Views;
using Sluice.Server.Web;

namespace Sluice.Server.Venue;

/// <summary>A whole venue in this process: recovered, listening, and accepting orders when <see cref="StartAsync"/> returns.</summary>
public sealed class VenueHost : IAsyncDisposable
{
    private const string HistoryFile = "history.db";
    private const int MemoryCommandsPerSnapshot = 200_000;
    private const int MemorySegmentBytes = 4 << 20;
    private static readonly TimeSpan SnapshotEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan GatewayPatience = TimeSpan.FromSeconds(2);

    private readonly VenueOptions options;
    private readonly VenueFolder folder;
    private readonly VenueProducts products;
    private readonly VenueViews views = new();
    private readonly VenueClock clock;
    private readonly MarketFile markets;
    private readonly PricePath path;
    private readonly SecretSeal seal;
    private readonly AdminToken admin;
    private readonly KeyDirectory keys;
    private readonly SqliteHistory history;
    private readonly Candles candles;
    private readonly PriceCandles prices;
    private readonly ContractStatistics statistics;
    private readonly List<string> early = [];
    private FileLog? log;
    private Sequencer? sequencer;
    private FeedSockets? sockets;
    private GatewayHost? gateway;
    private bool stopped;
    private bool isOpen;

    private VenueHost(VenueOptions options, VenueFolder folder)
    {
        this.options = options;
        this.folder = folder;
        products = new VenueProducts(options.Reserve);
        markets = options.Markets ?? MarketFile.Empty;
        clock = options.ManualClock ? new ManualClock((options.Start - DateTimeOffset.UnixEpoch).Ticks * 100) : new RealClock();
        path = new PricePath((ulong)folder.Settings.Seed, markets);
        seal = SecretSeal.Open(folder.Disk);
        admin = Identity.AdminToken.Open(folder.Disk, options.AdminToken);
        keys = new KeyDirectory(seal, () => clock.NowNanos);
        history = new SqliteHistory(folder.Path is { } kept ? Path.Combine(kept, HistoryFile) : null, report: Tell);
        candles = new Candles(history, new GeneratedCandles(path, markets, symbol => views.TryGetPair(symbol, out var pair) ? pair : null), () => clock.NowNanos);
        prices = new PriceCandles(history, () => clock.NowNanos);
        statistics = new ContractStatistics(history);
    }

    /// <summary>Scheme, host and the port in use.</summary>
    public string BaseUrl => gateway?.BaseUrl ?? throw new InvalidOperationException("The venue has not started.");

    /// <summary>Null while orders are accepted, else the sentence to tell.</summary>
    public string? Unavailable => sequencer is null ? "The venue is starting." : sequencer.Unavailable;

    public string AdminToken => admin.Text;

    /// <summary>The demo user's key; null when it is refused here.</summary>
    public DemoKey? Demo { get; private set; }

    public VenueViews Views => views;

    public EndpointTable Endpoints => gateway!.Endpoints;

    /// <summary>Starts a venue. Throws <see cref="VenueRefusedException"/> when it cannot run as asked.</summary>
    public static async Task<VenueHost> StartAsync(VenueOptions options)
    {
        foreach (var url in options.Urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp || address.AbsolutePath != "/")
            {
                throw new VenueRefusedException($"--urls {url} is no address to listen on; it takes http, a host and a port, such as http://127.0.0.1:8787.");
            }
        }
        var folder = VenueFolder.Open(options);
        VenueHost? venue = null;
        try
        {
            venue = new VenueHost(options, folder);
            venue.Recover();
            await venue.OpenAsync();
            venue.TellEarly();
            return venue;
        }
        catch (Exception error)
        {
            if (venue is not null) await venue.AbandonAsync();
            folder.Dispose();
            if (SentenceOf(error, options) is { } sentence) throw new VenueRefusedException(sentence, error);
            throw;
        }
    }

    /// <summary>Takes nothing more, writes a snapshot, and returns when everything is durable.</summary>
    public async Task StopAsync()
    {
        if (stopped) return;
        stopped = true;
        await AbandonAsync();
        folder.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Recover()
    {
        views.Listeners = [history, candles, prices, statistics, keys];
        Recovery.Run(folder.Disk, products.Machine, [views], history.Sequence, report: options.Report, progress: options.Recovering,
            begin: () => views.Begin(products, history));
        keys.Check();
        if (clock is ManualClock manual) manual.MoveTo(products.Machine.TimeNanos);
        log = FileLog.Open(folder.Disk, StateMachine.RulesVersion, LogOptionsOf(options, folder.Path), products.Machine.Sequence + 1);
        if (log.RecoveredEnd.Kind == LogEndKind.TornTail)
        {
            options.Report($"The log's tail was torn by the last end: {log.RecoveredEnd.DroppedBytes} bytes that were never acknowledged are cut.");
        }
    }

    private async Task OpenAsync()
    {
        var store = new SnapshotStore(folder.Disk);
        sequencer = new Sequencer(products.Machine, log!, store, clock, [views], history.Settle, new SequencerOptions(
            options.SnapshotEvery ?? (folder.Path is null ? MemoryCommandsPerSnapshot : VenueOptions.SnapshotEveryMax), SnapshotEvery, options.KeepLog, Tell));
        var entry = new OrderEntry(views, history, sequencer) { VenueClockIsWall = !options.ManualClock };
        var limiter = new RateLimiter(TimeProvider.System, options.RateLimits);
        var sessions = new Sessions(keys, TimeProvider.System);
        sockets = new FeedSockets(keys, limiter, sessions: sessions);
        var spotFeeds = new SpotFeeds(new ViewListings(views), candles, entry, sockets, () => clock.NowNanos);
        var contractEntry = new FuturesOrderEntry(views, history, history, sequencer) { VenueClockIsWall = !options.ManualClock };
        var futuresFeeds = new FuturesFeeds(views, new ContractBars(candles, prices), statistics, contractEntry, sockets, () => clock.NowNanos);
        views.Listeners = [history, candles, prices, statistics, keys, spotFeeds, futuresFeeds];
        var contracts = new ContractMarkets(products, markets, path, everySecond: !clock.IsManual, options.Liquidity);
        var participants = options.Liquidity ? new Participants(products, markets, path, contracts) : null;
        sequencer.Start(participants, contracts);

        var demo = new DemoUser(sequencer, views, keys, seal);
        await sequencer.ActAsync(door =>
        {
            MarketListing.List(markets, products, door);
            contracts.Bootstrap(door, clock.NowNanos);
        });
        Demo = await demo.EnsureAsync(folder.Disk, (options.DemoKey, options.DemoSecret), options.DemoOnNetwork || DemoUser.IsLocal(options.Urls));
        if (participants is not null) await sequencer.ActAsync(door => participants.Bootstrap(door, clock.NowNanos));

        var chains = new MarketChains(markets);
        var futures = new FuturesServices(views, history, history, sequencer, candles, prices, statistics, new MarketIndexFacts(markets))
        {
            VenueClockIsWall = !options.ManualClock, FundingPast = new GeneratedFunding(path),
        };
        gateway = GatewayHost.Build(new GatewayOptions
            {
                Urls = options.Urls, RateLimits = options.RateLimits, Limits = options.Limits, Logging = options.Logging,
                Hosts = new HostNames(options.Urls, options.Hosts), Sessions = sessions,
            }, keys,
            [
                new SpotEndpoints(views, history, sequencer, candles, entry, new MarketCurrencyFacts(markets)),
                new AccountEndpoints(views, keys, sequencer),
                new SubAccountEndpoints(views, keys, seal, sequencer),
                new WalletEndpoints(views, history, sequencer, chains),
                new PerpetualEndpoints(futures),
                new DeliveryEndpoints(futures),
            ],
            app =>
            {
                new ControlApi(new ControlOptions
                {
                    Token = admin, Sequencer = sequencer, Products = products, Clock = clock, Views = views, Seal = seal, Demo = demo, Chains = chains, Markets = markets,
                    Snapshots = store, Logger = app.Services.GetRequiredService<ILogger<ControlApi>>(), Gauges = Gauges(sockets),
                    Ready = [() => history.Failure], LiquidityChanged = door => participants?.Leave(door),
                    PricesChanged = door => contracts.Step(clock.NowNanos, door),
                }).Map(app);
                new SessionApi(new SessionOptions
                {
                    Sessions = sessions, Passwords = new Passwords(folder.Disk, seal, TimeProvider.System), Keys = keys, Seal = seal, Views = views, Door = sequencer, Demo = demo, DemoUserId = Demo?.User,
                    OneClickKey = DemoUser.IsLocal(options.Urls) ? Demo?.Key : null, ManualClock = options.ManualClock,
                    Logger = app.Services.GetRequiredService<ILogger<SessionApi>>(),
                }).Map(app);
                new WebFiles(options.WebFolder).Map(app);
                sockets.Map(app);
            }, limiter);
        await gateway.StartAsync();
        if (Demo is { } key) DemoUser.Publish(folder.Disk, key, gateway.BaseUrl);
    }

    private async Task AbandonAsync()
    {
        if (sockets is not null) await sockets.DisposeAsync();
        if (gateway is not null)
        {
            using var patience = new CancellationTokenSource(GatewayPatience);
            await gateway.StopAsync(patience.Token);
            await gateway.DisposeAsync();
        }
        sequencer?.Stop();
        history.Dispose();
        log?.Dispose();
    }

    // What fails before the venue is open ends in one sentence, the refusal's: what else failed for the same reason is told only if it opens.
    private void Tell(string sentence)
    {
        lock (early)
        {
            if (!isOpen)
            {
                early.Add(sentence);
                return;
            }
        }
        options.Report(sentence);
    }

    private void TellEarly()
    {
        lock (early) isOpen = true;
        foreach (var sentence in early) options.Report(sentence);
    }

    private Gauge[] Gauges(FeedSockets open) =>
    [
        new("history_sequence", "Last command the history database has.", () => history.Sequence),
        new("history_bytes", "Size of the history database.", () => history.SizeBytes),
        new("history_rows_behind", "Rows told to the history and not yet written.", () => history.Behind),
        new("log_written_bytes", "Bytes given to the disk by the log since the start, zeros that segments were filled with included.", () => log!.BytesWritten, Counter: true),
        new("socket_connections", "WebSocket connections open now.", () => open.ConnectionCount),
        new("socket_queued_bytes_most", "Bytes that wait for the WebSocket client that is furthest behind.", () => open.MostQueuedBytes),
        new("socket_topics", "WebSocket streams with a subscriber.", () => open.TopicCount),
    ];

    private static LogOptions LogOptionsOf(VenueOptions options, string? path)
    {
        var standard = path is null ? new LogOptions(MemorySegmentBytes) : LogOptions.Default;
        return standard with { SegmentBytes = options.SegmentBytes ?? standard.SegmentBytes };
    }

    private static string? SentenceOf(Exception error, VenueOptions options) => error switch
    {
        DiskFullException => $"The disk of the data folder {options.DataFolder} is full; make room on it, or choose another folder with --data.",
        LogFailedException or VenueUnavailableException => error.Message,
        RecoveryRefusedException or LogTooNewException or LogDamagedException or StateHashException or MasterKeyException or FirstStartException or HistoryRefusedException => error.Message,
        IOException when error.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException =>
            $"The address {string.Join(", ", options.Urls)} is already in use; stop what listens there, or choose another with --urls.",
        IOException or System.Net.Sockets.SocketException => $"It cannot start: {error.Message}",
        _ => null,
    };
}
