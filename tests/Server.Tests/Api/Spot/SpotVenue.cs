using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
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
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Api.Spot;

/// <summary>Spot behind a real gateway and sequencer, with two pairs and a maker that never moves: asks from 84,000.0 and bids from 83,900.0 in
/// BTC_USDT, 10 BTC every 50 USDT, last price 83,950.0; ETH_USDT likewise around 2,700. Everything a test sees is its own doing.</summary>
public sealed class SpotVenue : IAsyncLifetime, IKeyDirectory, ICandles
{
    public const int Btc = 1;
    public const int Usdt = 2;

    private const int LevelsPerSide = 40;

    private readonly VenueProducts products = new();
    private readonly SqliteHistory stored = new(null);
    private readonly FileLog log;
    private readonly Sequencer sequencer;
    private readonly GatewayHost host;
    private readonly ConcurrentDictionary<string, KeyRecord> keys = new(StringComparer.Ordinal);
    private int users;

    public SpotVenue()
    {
        var disk = new MemoryDisk();
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        History = new LaggingHistory(stored);
        Views = new VenueViews { Listeners = [stored] };
        Views.Begin(products, History);
        sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), new RealClock(), [Views], () => long.MaxValue);
        Entry = new OrderEntry(Views, History, sequencer);
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, this,
            [new SpotEndpoints(Views, History, sequencer, this, Entry, new MarketCurrencyFacts(MarketFile.Empty))]);
    }

    public VenueViews Views { get; }

    internal LaggingHistory History { get; }

    public OrderEntry Entry { get; }

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        sequencer.Start();
        await SendAsync(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        await SendAsync(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
        await SendAsync(0, new ListAsset { Scale = 12 }, "ETH", "Ethereum");
        await SendAsync(0, new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, MinQuote = Money.Units(3), MaxBase = 100_000_000, MaxQuote = Money.Units(5_000_000),
            MarketMaxBase = 65_000_000, MarketMaxQuote = Money.Units(5_000_000), ReferencePrice = 839_500, UpRate = 80_000_000_000, DownRate = 80_000_000_000,
            SlippageRate = 30_000_000_000, MakerFee = 900_000_000, TakerFee = 1_000_000_000, OrdersLimit = 200, TriggersLimit = 50, Status = MarketStatus.Tradable,
        }, "BTC_USDT", "BTC", "USDT");
        await SendAsync(0, new ListPair
        {
            PriceDecimals = 2, SizeDecimals = 4, MinBase = 10, MinQuote = Money.Units(3), ReferencePrice = 270_000, UpRate = 80_000_000_000,
            DownRate = 80_000_000_000, SlippageRate = 30_000_000_000, MakerFee = 900_000_000, TakerFee = 1_000_000_000, OrdersLimit = 200, TriggersLimit = 50,
            Status = MarketStatus.Tradable,
        }, "ETH_USDT", "ETH", "USDT");
        var maker = await CreateUserAsync(UserFlags.Participant);
        for (var asset = 1; asset <= 3; asset++) await SendAsync(0, new Fund { User = maker, Wallet = 1, Asset = asset, Amount = Money.Units(100_000_000) });
        for (var level = 0; level < LevelsPerSide; level++)
        {
            await QuoteAsync(maker, 1, Side.Sell, 840_000 + 500 * level, 10_000_000);
            await QuoteAsync(maker, 1, Side.Buy, 839_000 - 500 * level, 10_000_000);
            await QuoteAsync(maker, 2, Side.Sell, 270_100 + 100 * level, 1_000_000);
            await QuoteAsync(maker, 2, Side.Buy, 269_900 - 100 * level, 1_000_000);
        }
        var taker = await CreateUserAsync(UserFlags.Participant);
        await SendAsync(0, new Fund { User = taker, Wallet = 1, Asset = Btc, Amount = Money.Units(100) });
        await SendAsync(0, new Fund { User = taker, Wallet = 1, Asset = Usdt, Amount = Money.Units(1_000_000) });
        await TradeAsync(taker, 1, Side.Buy, 840_000, 1_000);
        await TradeAsync(taker, 1, Side.Sell, 839_000, 1_000);
        await TradeAsync(taker, 2, Side.Buy, 270_100, 100);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Client = new HttpClient { BaseAddress = new Uri(host.BaseUrl) };
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await host.DisposeAsync();
        sequencer.Dispose();
        stored.Dispose();
        log.Dispose();
    }

    /// <summary>With 1 BTC and 100,000 USDT.</summary>
    internal async Task<Signer> NewUserAsync(KeyScopes? scopes = null)
    {
        var user = await CreateUserAsync(UserFlags.None);
        await SendAsync(0, new Fund { User = user, Wallet = 1, Asset = Btc, Amount = Money.Units(1) });
        await SendAsync(0, new Fund { User = user, Wallet = 1, Asset = Usdt, Amount = Money.Units(100_000) });
        var record = new KeyRecord { Key = $"key{user}", Secret = "secret"u8.ToArray(), User = new(user), Main = new(user), Scopes = scopes ?? KeyScopes.Full };
        keys[record.Key] = record;
        return new Signer(user, record.Key, "secret");
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record) => keys.TryGetValue(key, out record);

    /// <summary>Flat bars at the reference: what candles are made of is tested elsewhere.</summary>
    public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds)
    {
        var bars = new List<Candle>();
        for (var at = (fromSeconds + intervalSeconds - 1) / intervalSeconds * intervalSeconds; at < toSeconds; at += intervalSeconds)
            bars.Add(new Candle(at, pair.ListingReference, pair.ListingReference, pair.ListingReference, pair.ListingReference, 0, Money.Zero));
        return bars;
    }

    /// <summary>Sends a command past the gateway.</summary>
    public async Task<CommandOutcome> SendAsync<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var bytes = new byte[1024];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        var outcome = await sequencer.SubmitAsync(new UserId(user), command, writer.Written.ToArray());
        Assert.True(outcome.Result.Accepted, $"{typeof(T).Name} was refused: {outcome.Result.Refusal}");
        return outcome;
    }

    /// <summary>A signed request.</summary>
    internal async Task<Said> AskAsync(Signer signer, string method, string path, string query = "", string body = "", params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), $"/api/v4{path}{(query.Length > 0 ? "?" + query : "")}");
        if (body.Length > 0) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        message.Headers.Add("KEY", signer.Key);
        message.Headers.Add("Timestamp", timestamp);
        message.Headers.Add("SIGN", Signature.Of(Encoding.UTF8.GetBytes(signer.Secret), method, "/api/v4" + path, query, Encoding.UTF8.GetBytes(body), timestamp));
        foreach (var (name, value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        return new Said((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal Task<Said> PlaceAsync(Signer signer, string body, params (string Name, string Value)[] headers) => AskAsync(signer, "POST", "/spot/orders", "", body, headers);

    private async Task<int> CreateUserAsync(UserFlags flags) =>
        (int)(await SendAsync(0, new CreateUser { Flags = flags }, $"user{Interlocked.Increment(ref users)}", "", "")).Result.ObjectId;

    private Task QuoteAsync(int maker, int pair, Side side, long price, long size) =>
        SendAsync(maker, new PlaceOrder { Instrument = pair, Wallet = 1, Side = side, Type = OrderType.Limit, Price = price, Size = size }, "", "");

    private Task TradeAsync(int taker, int pair, Side side, long price, long size) => SendAsync(taker,
        new PlaceOrder { Instrument = pair, Wallet = 1, Side = side, Type = OrderType.Limit, TimeInForce = TimeInForce.ImmediateOrCancel, Price = price, Size = size }, "", "");
}

internal sealed record Said(int Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string this[string name] => Json.GetProperty(name).ToString();

    public string Label => Status >= 400 ? this["label"] : "";
}
