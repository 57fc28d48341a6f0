using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Spot;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Markets;
using Sluice.Server.Tests.Api.Spot;
using Sluice.Server.Tests.History;
using Sluice.Server.Tests.Views.Futures;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>Contracts behind a real gateway and sequencer: BTC_USDT, BTC_USD and a delivery contract on one index at 83,950, with a maker that never moves: asks from
/// 84,000.0 and bids from 83,900.0. Everything else a test sees is its own doing.</summary>
public sealed class FuturesVenue : IAsyncLifetime, IKeyDirectory, IGoldenVenue, IIndexFacts
{
    public const int Btc = 1;
    public const int Usdt = 2;
    public const string Delivery = "BTC_USDT_20271231";

    private const int LevelsPerSide = 20;

    private readonly VenueProducts products = new();
    private readonly SqliteHistory stored = new(null);
    private readonly FileLog log;
    private readonly Sequencer sequencer;
    private readonly GatewayHost host;
    private readonly ConcurrentDictionary<string, KeyRecord> keys = new(StringComparer.Ordinal);
    private int users;
    private Signer? stranger;
    private Signer? reader;

    public FuturesVenue()
    {
        var (disk, clock) = (new MemoryDisk(), new RealClock());
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        var candles = new Candles(stored, new NoPast(), () => clock.NowNanos);
        var (prices, statistics) = (new PriceCandles(stored, () => clock.NowNanos), new ContractStatistics(stored));
        Views = new VenueViews { Listeners = [stored, candles, prices, statistics] };
        Views.Begin(products, stored);
        sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), clock, [Views], () => long.MaxValue);
        var services = new FuturesServices(Views, stored, stored, sequencer, candles, prices, statistics, this);
        var entry = new OrderEntry(Views, stored, sequencer);
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, this,
        [
            new PerpetualEndpoints(services), new DeliveryEndpoints(services), new SpotEndpoints(Views, stored, sequencer, candles, entry, new MarketCurrencyFacts(MarketFile.Empty)),
            new WalletEndpoints(Views, stored, sequencer, new MarketChains(MarketFile.Empty)),
        ]);
    }

    public VenueViews Views { get; }

    public VenueProducts Products => products;

    public SqliteHistory Stored => stored;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        TellRecords();
        sequencer.Start();
        await SendAsync(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        await SendAsync(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
        await SendAsync(0, new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, MinQuote = Money.Units(3), ReferencePrice = 839_500, UpRate = 80_000_000_000, DownRate = 80_000_000_000,
            SlippageRate = 30_000_000_000, MakerFee = 900_000_000, TakerFee = 1_000_000_000, OrdersLimit = 200, TriggersLimit = 50, Status = MarketStatus.Tradable,
        }, "BTC_USDT", "BTC", "USDT");
        await ListAsync(FuturesRig.Linear, FuturesRig.TailOf("BTC_USDT", "USDT", "BTC_USDT", "", FuturesRig.LinearTiers));
        await ListAsync(FuturesRig.Inverse, FuturesRig.TailOf("BTC_USD", "BTC", "BTC_USDT", "", FuturesRig.InverseTiers));
        await ListAsync(FuturesRig.Linear with
        {
            ContractKind = ContractKind.Delivery, Cycle = DeliveryCycle.Quarterly, ExpiryNanos = new DateTimeOffset(2027, 12, 31, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() * Nanos.PerSecond,
            BasisImpactValue = Money.Units(60_000), SettleFee = 15 * Rate.One / 100_000, SettlePriceIntervalSeconds = 60, SettlePriceDurationSeconds = 1800,
            FundingIntervalSeconds = 0, FundingRateLimit = 0, InterestPerDay = 0, FundingImpactValue = default,
        }, FuturesRig.TailOf(Delivery, "USDT", "BTC_USDT", "BTC_USDT", FuturesRig.LinearTiers));
        await SetPriceAsync(83_950);
        await QuoteAsync();
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

    /// <summary>With 1 BTC and 100,000 USDT in spot.</summary>
    public async Task<Signer> NewUserAsync() => await NewUserAsync(KeyScopes.Full);

    public async Task<Signer> StrangerAsync() => stranger ??= await NewUserAsync();

    public async Task<Signer> ReaderAsync() => reader ??= await NewUserAsync(new KeyScopes(PermissionGroups.All, PermissionGroups.None));

    public bool TryGet(string key, [MaybeNullWhen(false)] out KeyRecord record) => keys.TryGetValue(key, out record);

    public IReadOnlyList<string>? ConstituentsOf(string index) => index == "BTC_USDT" ? ["one", "two"] : null;

    /// <summary>The index of all contracts, in whole units.</summary>
    internal async Task SetPriceAsync(int price)
    {
        var bytes = new byte[128];
        var writer = new TailWriter(bytes);
        writer.Text("BTC_USDT");
        var raw = (Int128)price * Rate.One;
        writer.Int64((long)(raw >> 64));
        writer.Int64(unchecked((long)(ulong)raw));
        writer.Int32(6);
        writer.Byte(0);
        await SendAsync(0, new SetPrices { Count = 1 }, writer.Written.ToArray());
    }

    /// <summary>Sends a command past the gateway.</summary>
    internal async Task<CommandOutcome> SendAsync<T>(int user, T command, byte[] tail) where T : unmanaged, ICommand
    {
        var outcome = await sequencer.SubmitAsync(new UserId(user), command, tail);
        Assert.True(outcome.Result.Accepted, $"{typeof(T).Name} was refused: {outcome.Result.Refusal}");
        return outcome;
    }

    internal Task<CommandOutcome> SendAsync<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var bytes = new byte[1024];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return SendAsync(user, command, writer.Written.ToArray());
    }

    /// <summary>A signed request.</summary>
    internal async Task<Said> AskAsync(Signer signer, string method, string path, string query = "", string body = "", params (string Name, string Value)[] headers)
    {
        using var message = GoldenRun.Signed(signer, method, path, query, body);
        foreach (var (name, value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        return new Said((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A user with 10,000 USDT in futures, 10,000 in delivery and half a coin in futures:btc.</summary>
    internal async Task<Signer> NewTraderAsync()
    {
        var signer = await NewUserAsync();
        await SendAsync(0, new Fund { User = signer.User, Wallet = WalletId.FuturesUsdt.Value, Asset = Usdt, Amount = Money.Units(10_000) }, "", "", "");
        await SendAsync(0, new Fund { User = signer.User, Wallet = WalletId.DeliveryUsdt.Value, Asset = Usdt, Amount = Money.Units(10_000) }, "", "", "");
        await SendAsync(0, new Fund { User = signer.User, Wallet = WalletId.FuturesBtc.Value, Asset = Btc, Amount = new Money(Rate.One / 2) }, "", "", "");
        return signer;
    }

    private async Task<Signer> NewUserAsync(KeyScopes scopes)
    {
        var user = await CreateUserAsync(UserFlags.None);
        await SendAsync(0, new Fund { User = user, Wallet = 1, Asset = Btc, Amount = Money.Units(1) }, "", "", "");
        await SendAsync(0, new Fund { User = user, Wallet = 1, Asset = Usdt, Amount = Money.Units(100_000) }, "", "", "");
        var record = new KeyRecord { Key = $"key{user}", Secret = "secret"u8.ToArray(), User = new(user), Main = new(user), Scopes = scopes };
        keys[record.Key] = record;
        return new Signer(user, record.Key, "secret");
    }

    private async Task<int> CreateUserAsync(UserFlags flags) =>
        (int)(await SendAsync(0, new CreateUser { Flags = flags }, $"user{Interlocked.Increment(ref users)}", "", "")).Result.ObjectId;

    private Task ListAsync(ListContract terms, byte[] tail) => SendAsync(0, terms, tail);

    private async Task QuoteAsync()
    {
        var maker = await CreateUserAsync(UserFlags.Participant);
        var taker = await CreateUserAsync(UserFlags.Participant);
        foreach (var user in new[] { maker, taker })
        {
            await SendAsync(0, new Fund { User = user, Wallet = WalletId.FuturesUsdt.Value, Asset = Usdt, Amount = Money.Units(100_000_000) }, "", "", "");
            await SendAsync(0, new Fund { User = user, Wallet = WalletId.DeliveryUsdt.Value, Asset = Usdt, Amount = Money.Units(100_000_000) }, "", "", "");
            await SendAsync(0, new Fund { User = user, Wallet = WalletId.FuturesBtc.Value, Asset = Btc, Amount = Money.Units(10_000) }, "", "", "");
        }
        foreach (var contract in Views.Futures.Contracts)
        {
            for (var level = 0; level < LevelsPerSide; level++)
            {
                await PlaceAsync(maker, contract.Id, -10_000, 840_000 + 500 * level);
                await PlaceAsync(maker, contract.Id, 10_000, 839_000 - 500 * level);
            }
            await PlaceAsync(taker, contract.Id, 5, 840_000);
            await PlaceAsync(taker, contract.Id, -3, 839_000);
        }
    }

    private Task PlaceAsync(int user, int instrument, long size, long price) =>
        SendAsync(user, new PlaceContractOrder { Instrument = instrument, Size = size, Price = price }, "", "");

    // What comes only with time: told to the history before anything else is.
    private void TellRecords()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() * Nanos.PerSecond;
        stored.FundingSettled(new FundingRow(FuturesRig.Perpetual, now - 3600 * Nanos.PerSecond, now, Rate.One / 10_000, 839_500, false));
        foreach (var (wallet, instrument) in new[] { (WalletId.FuturesUsdt.Value, FuturesRig.Perpetual), (WalletId.DeliveryUsdt.Value, FuturesRig.Perpetual + 2) })
        {
            stored.InsuranceChanged(new InsuranceRow(0, now, wallet, Money.Units(5), Money.Units(1_000_005)));
            stored.Liquidated(new LiquidationRow(0, now, 1, 999, instrument, wallet, default, true, 1000, 20, default, 840_000_0000000, 830_000_0000000, 831_000, 830_000, 830_500, 77, -20, 0, true));
        }
        stored.Delivered(0, now);
    }
}
