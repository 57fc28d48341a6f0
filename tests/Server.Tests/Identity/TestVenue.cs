using System.Globalization;
using System.Text;
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
using Sluice.Server.Gateway;
using Sluice.Server.Identity;
using Sluice.Server.Views;
using Sluice.Server.Tests.Gateway;

namespace Sluice.Server.Tests.Identity;

/// <summary>A venue small enough for a test: core, log, views and keys; with a gateway once <see cref="ServeAsync"/> says so. The disk outlives it.</summary>
internal sealed class TestVenue : IAsyncDisposable
{
    private readonly ICommandLog log;
    private GatewayHost? host;
    private HttpClient? client;

    public TestVenue(IDisk? disk = null, VenueClock? clock = null)
    {
        Disk = disk ?? new MemoryDisk();
        Clock = clock ?? new RealClock();
        Seal = SecretSeal.Open(Disk);
        Keys = new KeyDirectory(Seal, () => Clock.NowNanos);
        Views.Listeners = [Keys, History];
        Recovery.Run(Disk, Products.Machine, [Views], begin: () => Views.Begin(Products));
        log = FileLog.Open(Disk, StateMachine.RulesVersion, LogOptions.Default);
        Sequencer = new Sequencer(Products.Machine, log, Store = new SnapshotStore(Disk), Clock, [Views], () => long.MaxValue);
        Sequencer.Start();
        Demo = new DemoUser(Sequencer, Views, Keys, Seal);
    }

    public IDisk Disk { get; }
    public VenueClock Clock { get; }
    public SnapshotStore Store { get; }
    public VenueProducts Products { get; } = new();
    public VenueViews Views { get; } = new();
    public TestHistory History { get; } = new();
    public SecretSeal Seal { get; }
    public KeyDirectory Keys { get; }
    public Sequencer Sequencer { get; }
    public DemoUser Demo { get; }
    public string BaseUrl => host!.BaseUrl;

    public Task<ulong> HashAsync() => Sequencer.AskAsync(machine => machine.StateHash());

    public async Task<CommandOutcome> SendAsync<T>(T command, params string[] texts) where T : unmanaged, ICommand =>
        await Sequencer.SubmitAsync(UserId.Venue, command, TailBytes.Of(texts));

    public async Task<CommandOutcome> SendAsAsync<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand =>
        await Sequencer.SubmitAsync(new UserId(user), command, TailBytes.Of(texts));

    /// <summary>BTC, ETH, USDT and GT, and three pairs: BTC_USDT at 65000, ETH_BTC at 0.05, GT_USDT at 10.</summary>
    public async Task ListAsync()
    {
        foreach (var (code, name) in new[] { ("BTC", "Bitcoin"), ("ETH", "Ethereum"), ("USDT", "Tether"), ("GT", "GateToken") })
            await SendAsync(new ListAsset { Scale = 12 }, code, name);
        await ListPairAsync("BTC_USDT", 1, 6, 650_000);
        await ListPairAsync("ETH_BTC", 5, 4, 5_000);
        await ListPairAsync("GT_USDT", 3, 4, 10_000);
    }

    /// <summary>A user with a key of full scope.</summary>
    public async Task<TestUser> UserAsync(string name, string usdt = "0", KeyScopes? scopes = null)
    {
        var id = (int)(await SendAsync(new CreateUser(), name, "", "")).Result.ObjectId;
        if (usdt != "0") await FundAsync(id, "USDT", usdt);
        return await KeyAsync(id, scopes);
    }

    /// <summary>Another key of a user.</summary>
    public async Task<TestUser> KeyAsync(int user, KeyScopes? scopes = null)
    {
        var key = Seal.CreateKey();
        var tail = TailBytes.OfKey(key.Key, "test", Seal.Seal(key.Key, Encoding.UTF8.GetBytes(key.Secret)), (scopes ?? KeyScopes.Full).ToString(), "");
        Assert.True((await Sequencer.SubmitAsync(UserId.Venue, new CreateKey { User = user, Mode = 1 }, tail)).Result.Accepted);
        return new TestUser(this, user, key.Key, key.Secret);
    }

    public async Task FundAsync(int user, string asset, string amount, bool deposit = false)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(Encoding.ASCII.GetBytes(amount), Money.Decimals, out Int128 raw));
        Assert.True(Views.TryGetAsset(asset, out var found));
        Assert.True((await SendAsync(new Fund { User = user, Wallet = 1, Asset = found.Id, Amount = new Money(raw), Deposit = deposit ? (byte)1 : (byte)0 }, "", "", "")).Result.Accepted);
    }

    public string Balance(int user, string asset, int wallet = 1) =>
        Views.TryGetAsset(asset, out var found) ? Views.BalanceOf(user, wallet, found.Id).Total.ToString() : "unlisted";

    /// <summary>Starts a gateway with these groups.</summary>
    public async Task<TestVenue> ServeAsync(IEnumerable<IEndpointGroup> groups, Action<Microsoft.AspNetCore.Builder.WebApplication>? beside = null)
    {
        host = GatewayHost.Build(new GatewayOptions { Urls = ["http://127.0.0.1:0"], RateLimits = false }, Keys, groups, beside);
        await host.StartAsync(TestContext.Current.CancellationToken);
        client = new HttpClient { BaseAddress = new Uri(host.BaseUrl) };
        return this;
    }

    public async Task<Answer> RequestAsync(string method, string pathAndQuery, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host!.BaseUrl + pathAndQuery));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client!.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, bytes, all);
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (host is not null) await host.DisposeAsync();
        Sequencer.Stop();
        (log as IDisposable)?.Dispose();
    }

    private async Task ListPairAsync(string symbol, int priceDecimals, int sizeDecimals, long reference)
    {
        var terms = new ListPair
        {
            PriceDecimals = priceDecimals, SizeDecimals = sizeDecimals, MinBase = 1, ReferencePrice = reference, MakerFee = Rate.One / 1000,
            TakerFee = Rate.One / 500, Status = MarketStatus.Tradable,
        };
        var codes = symbol.Split('_');
        Assert.True((await SendAsync(terms, symbol, codes[0], codes[1])).Result.Accepted);
    }
}

/// <summary>A user of a <see cref="TestVenue"/>, who signs requests.</summary>
internal sealed record TestUser(TestVenue Venue, int Id, string Key, string Secret)
{
    public Task<Answer> GetAsync(string path, string query = "") => CallAsync("GET", path, query);

    public Task<Answer> DeleteAsync(string path) => CallAsync("DELETE", path);

    public Task<Answer> PostAsync(string path, string? body = null, params (string Name, string Value)[] headers) => CallAsync("POST", path, "", body, headers);

    public Task<Answer> PutAsync(string path, string body) => CallAsync("PUT", path, "", body);

    public Task<Answer> CallAsync(string method, string path, string query = "", string? body = null, params (string Name, string Value)[] headers)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var sign = Signature.Of(Encoding.UTF8.GetBytes(Secret), method, "/api/v4" + path, query, Encoding.UTF8.GetBytes(body ?? ""), timestamp);
        var target = "/api/v4" + path + (query.Length > 0 ? "?" + query : "");
        return Venue.RequestAsync(method, target, body, [("KEY", Key), ("Timestamp", timestamp), ("SIGN", sign), .. headers]);
    }
}
