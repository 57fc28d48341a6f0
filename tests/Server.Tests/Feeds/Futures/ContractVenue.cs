using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Futures;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Views.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>Sequencer, log, views, history, order entry and the sockets of contracts, on a disk of memory: two users with 10,000 USDT in their wallet of contracts, and
/// BTC_USDT at a mark of 100,000.</summary>
internal sealed class ContractVenue : IAsyncDisposable, IKeyDirectory, IGeneratedCandles
{
    private readonly VenueProducts products = new();
    private readonly FileLog log;
    private readonly Sequencer sequencer;
    private readonly SqliteHistory history = new(null);
    private readonly FeedSockets sockets;
    private readonly GatewayHost host;

    private ContractVenue()
    {
        var disk = new MemoryDisk();
        var limiter = new RateLimiter(TimeProvider.System, enabled: false);
        Recovery.Run(disk, products.Machine, [Views], begin: () => Views.Begin(products));
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), new RealClock(), [Views], history.Settle);
        var candles = new Candles(history, this, () => sequencer.NowNanos);
        var prices = new PriceCandles(history, () => sequencer.NowNanos);
        var statistics = new ContractStatistics(history);
        sockets = new FeedSockets(this, limiter);
        var entry = new FuturesOrderEntry(Views, history, history, sequencer);
        var feeds = new FuturesFeeds(Views, new ContractBars(candles, prices), statistics, entry, sockets, () => sequencer.NowNanos);
        Views.Listeners = [history, candles, prices, statistics, feeds];
        sequencer.Start();
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, this, [], sockets.Map, limiter);
    }

    public VenueViews Views { get; } = new();

    public ContractView Btc => Views.Futures.Contracts[0];

    public int Alice { get; private set; }

    public int Bob { get; private set; }

    public static async Task<ContractVenue> StartAsync()
    {
        var venue = new ContractVenue();
        await venue.Send(0, new ListAsset { Scale = 12 }, Texts("BTC", "Bitcoin"));
        await venue.Send(0, new ListAsset { Scale = 12 }, Texts("USDT", "Tether"));
        await venue.Send(0, FuturesRig.Linear, FuturesRig.TailOf("BTC_USDT", "USDT", "BTC_USDT", "", FuturesRig.LinearTiers));
        venue.Alice = await venue.NewUser("alice");
        venue.Bob = await venue.NewUser("bob");
        await venue.Price(100_000);
        await venue.host.StartAsync(TestContext.Current.CancellationToken);
        return venue;
    }

    /// <summary>The index, and with it the mark.</summary>
    public Task Price(long units)
    {
        var raw = Money.Units(units).Raw;
        return Send(0, new SetPrices { Count = 1 }, Tail((ref TailWriter tail) =>
        {
            tail.Text("BTC_USDT");
            tail.Int64((long)(raw >> 64));
            tail.Int64(unchecked((long)(ulong)raw));
            tail.Int32(6);
            tail.Byte(0);
        }));
    }

    /// <summary>An order straight to the sequencer.</summary>
    /// <param name="price">Raw; 0 = market.</param>
    public Task<long> Place(int user, long size, long price, TimeInForce timeInForce = TimeInForce.GoodTillCancelled) =>
        Send(user, new PlaceContractOrder { Instrument = Btc.Id, Size = size, Price = price, TimeInForce = timeInForce }, Texts("", ""));

    public async Task<long> Send<T>(int user, T command, byte[] tail) where T : unmanaged, ICommand
    {
        var result = (await sequencer.SubmitAsync(new UserId(user), command, tail)).Result;
        Assert.True(result.Accepted, $"{typeof(T).Name}: {result.Refusal}");
        return result.ObjectId;
    }

    public async Task<TestSocket> ConnectAsync(string path = FuturesFeedRig.PerpetualPath)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(host.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    public static async Task LoginAsync(TestSocket socket, string key)
    {
        await socket.CallAsync("futures.login", "login", signedWith: key);
        Assert.Equal("200", (await socket.AnswerAsync("login")).GetProperty("header").GetProperty("status").GetString());
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record)
    {
        record = key is "alice" or "bob"
            ? new KeyRecord { Key = key, Secret = TestFeeds.Bytes(TestFeeds.Secret), User = new(key == "alice" ? Alice : Bob), Main = new(key == "alice" ? Alice : Bob) } : null;
        return record is not null;
    }

    public void Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into) { }

    public async ValueTask DisposeAsync()
    {
        await sockets.DisposeAsync();
        await host.DisposeAsync();
        sequencer.Stop();
        history.Dispose();
        log.Dispose();
    }

    private delegate void Fill(ref TailWriter tail);

    private static byte[] Texts(params string[] texts) => Tail((ref TailWriter tail) =>
    {
        foreach (var text in texts) tail.Text(text);
    });

    private static byte[] Tail(Fill fill)
    {
        var bytes = new byte[256];
        var tail = new TailWriter(bytes);
        fill(ref tail);
        return tail.Written.ToArray();
    }

    private async Task<int> NewUser(string name)
    {
        var user = (int)await Send(0, new CreateUser(), Texts(name, "", ""));
        await Send(0, new Fund { User = user, Wallet = WalletId.FuturesUsdt.Value, Asset = 2, Amount = Money.Units(10_000) }, Texts("", "", ""));
        return user;
    }
}
