using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Tests.Views.Futures;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>A real server with the sockets of contracts, behind views that are fed with events written by hand.</summary>
internal sealed class FuturesFeedRig : IAsyncDisposable, IKeyDirectory, ICandles
{
    public const string PerpetualPath = "/fx/v4/ws/usdt";
    public const string CoinPath = "/v4/ws/btc";
    public const string DeliveryPath = "/v4/ws/delivery/usdt";

    private readonly GatewayHost host;
    private readonly FuturesRig rig = new();
    private readonly SqliteHistory history = new(null);
    private readonly List<Candle> bars = [];
    private long bookId;

    private FuturesFeedRig()
    {
        var limiter = new RateLimiter(TimeProvider.System, enabled: false);
        Sockets = new FeedSockets(this, limiter);
        var prices = new PriceCandles(history, () => rig.NowNanos);
        var statistics = new ContractStatistics(history);
        foreach (var contract in rig.Views.Futures.Contracts) statistics.ContractChanged(contract);
        var feeds = new FuturesFeeds(rig.Views, new ContractBars(this, prices), statistics, new EchoFuturesEntry(), Sockets, () => rig.NowNanos);
        rig.Views.Listeners = [prices, statistics, feeds];
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, this, [], Sockets.Map, limiter);
    }

    public FuturesRig Venue => rig;

    public FeedSockets Sockets { get; }

    public string BaseUrl => host.BaseUrl;

    public static async Task<FuturesFeedRig> StartAsync()
    {
        var feeds = new FuturesFeedRig();
        await feeds.host.StartAsync(TestContext.Current.CancellationToken);
        return feeds;
    }

    public async Task<TestSocket> ConnectAsync(string path = PerpetualPath, bool sizesAsTexts = false)
    {
        var socket = new ClientWebSocket();
        if (sizesAsTexts) socket.Options.SetRequestHeader("X-Gate-Size-Decimal", "1");
        await socket.ConnectAsync(new Uri(host.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    /// <summary>One level of a book changes, and the best price with it.</summary>
    public void Level(Side side, long price, long size, int instrument = FuturesRig.Perpetual) => rig.Step(venue =>
    {
        venue.Tell(new BookDelta { Instrument = instrument, Side = side, Price = price, Size = size, UpdateId = ++bookId });
        venue.Tell(new BestChanged { Instrument = instrument });
    });

    public void Bar(Candle candle)
    {
        lock (bars) bars.Add(candle);
    }

    public IReadOnlyList<Candle> Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds)
    {
        lock (bars) return [.. bars.Where(bar => bar.StartSeconds >= fromSeconds && bar.StartSeconds < toSeconds)];
    }

    /// <summary>Keys "alice" and "bob" may do everything, "spotonly" may not read contracts.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record)
    {
        record = key switch
        {
            "alice" => Of(key, FuturesRig.Alice, KeyScopes.Full),
            "bob" => Of(key, FuturesRig.Bob, KeyScopes.Full),
            "spotonly" => Of(key, FuturesRig.Alice, default(KeyScopes).With(PermissionGroups.Spot, false)),
            _ => null,
        };
        return record is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await Sockets.DisposeAsync();
        await host.DisposeAsync();
        history.Dispose();
    }

    public static string Result(JsonElement message) => message.GetProperty("result").GetRawText();

    private static KeyRecord Of(string key, int user, KeyScopes scopes) =>
        new() { Key = key, Secret = TestFeeds.Bytes(TestFeeds.Secret), User = new(user), Main = new(user), Scopes = scopes };
}
