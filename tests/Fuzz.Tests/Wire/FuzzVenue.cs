using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Server.Gateway;
using Sluice.Server.Markets;
using Sluice.Server.Venue;
using Sluice.Server.Views;

namespace Sluice.Fuzz.Tests.Wire;

/// <summary>The whole venue in this process, nothing kept, a clock that stands, nobody in it but the tests; reached over loopback only.</summary>
internal sealed class FuzzVenue : IAsyncDisposable
{
    private const int PairsListed = 12;

    // The dearest with its delivery series, others of several kinds, and one settled in coins.
    private static readonly string[] ContractsListed = ["BTC_USDT", "ETH_USDT", "DOGE_USDT", "XAUT_USDT", "BTC_USD"];

    private readonly Dictionary<string, Int128> funded = new(StringComparer.Ordinal);
    private readonly HttpClient operatorClient;
    private int users;

    private FuzzVenue(VenueHost host)
    {
        Host = host;
        operatorClient = new HttpClient { BaseAddress = new Uri(host.BaseUrl) };
        operatorClient.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.AdminToken);
    }

    public VenueHost Host { get; }

    public string BaseUrl => Host.BaseUrl;

    public static async Task<FuzzVenue> StartAsync(bool rateLimits = false, Func<VenueOptions, VenueOptions>? change = null)
    {
        // The first pairs of the demo markets: answers about everything stay small, so that more requests fit into the time.
        var demo = MarketFile.Demo;
        var pairs = demo.Pairs.Take(PairsListed).Where(pair => demo.AssetOf(pair.Base) is not null).ToList();
        if (demo.FeeToken is { } token && !pairs.Exists(pair => pair.Symbol == token.Pair)) pairs.Add(demo.PairOf(token.Pair)!);
        var assets = demo.Assets.Where(asset => pairs.Exists(pair => pair.Base == asset.Code || pair.Quote == asset.Code)).ToList();
        var options = new VenueOptions
        {
            Hosts = ["venue"], Urls = ["http://127.0.0.1:0"], ManualClock = true, Start = DateTimeOffset.UtcNow, Liquidity = false, RateLimits = rateLimits,
            Markets = demo with { Pairs = pairs, Assets = assets, Contracts = [.. demo.Contracts.Where(contract => ContractsListed.Contains(contract.Name))] },
        };
        var venue = new FuzzVenue(await VenueHost.StartAsync(change?.Invoke(options) ?? options));
        foreach (var (asset, amount) in await venue.HeldAsync()) venue.funded[asset] = amount;     // the demo user's start
        return venue;
    }

    public async ValueTask DisposeAsync()
    {
        operatorClient.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>A call of the control API, whatever it answers.</summary>
    public async Task<(int Status, string Text)> OperateAsync(string method, string path, byte[]? body = null)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), $"/sluice/v1/{path}");
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await operatorClient.SendAsync(message, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A call that must succeed.</summary>
    public async Task<JsonNode> ControlAsync(string path, string? body = null)
    {
        var (status, text) = await OperateAsync(body is null ? "GET" : "POST", path, body is null ? null : Encoding.UTF8.GetBytes(body));
        Assert.True(status == 200, $"{path}: {status} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>A request on a connection of its own.</summary>
    public async Task<(int Status, string Text)> AskAsync(RawRequest request)
    {
        using var connection = await RawConnection.OpenAsync(BaseUrl);
        await connection.SendAsync(request.ToBytes());
        return await connection.ReadAsync() is { } answer ? (answer.Status, answer.Text) : (0, "");
    }

    public Task<(int Status, string Text)> AskAsync(Signer signer, string method, string path, string query = "", string body = "") =>
        AskAsync(RawRequest.To(method, path, query, body).By(signer));

    /// <summary>As <see cref="AskAsync(RawRequest)"/>, and it must succeed.</summary>
    public async Task<JsonNode?> DoAsync(Signer signer, string method, string path, string query = "", string body = "")
    {
        var (status, text) = await AskAsync(signer, method, path, query, body);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task<Signer> NewUserAsync(params IEnumerable<(string Asset, string Amount)> funds)
    {
        var made = await ControlAsync("users", $$"""{"name":"fuzz-{{Interlocked.Increment(ref users)}}"}""");
        var user = new Signer((int)made["user_id"]!, (string)made["key"]!, (string)made["secret"]!);
        foreach (var (asset, amount) in funds) await FundAsync(user.User, asset, amount);
        return user;
    }

    public async Task FundAsync(int user, string asset, string amount, string wallet = "spot")
    {
        await ControlAsync($"users/{user}/fund", $$"""{"wallet":"{{wallet}}","asset":"{{asset}}","amount":"{{amount}}"}""");
        NoteFunding(asset, amount);
    }

    /// <summary>What came in from outside, for <see cref="CheckAsync"/>; for funding that was asked for elsewhere.</summary>
    public void NoteFunding(string asset, string amount)
    {
        lock (funded) funded[asset] = funded.GetValueOrDefault(asset) + Units(amount);
    }

    public async Task<Signer> NewSubAccountAsync(Signer main, string name)
    {
        var sub = await DoAsync(main, "POST", "/sub_accounts", "", $$"""{"login_name":"{{name}}"}""");
        return await NewKeyAsync(main, (int)sub!["user_id"]!, PermissionsOfAll(readOnly: false));
    }

    public async Task<Signer> NewKeyAsync(Signer main, int sub, string perms, string addresses = "")
    {
        var key = await DoAsync(main, "POST", $"/sub_accounts/{sub}/keys", "", $$"""{"mode":1,"name":"k","perms":[{{perms}}]{{(addresses.Length > 0 ? $",\"ip_whitelist\":[\"{addresses}\"]" : "")}}}""");
        return new Signer(sub, (string)key!["key"]!, (string)key["secret"]!);
    }

    /// <summary>Every group a sub-account's key can have, as the body of a key names them.</summary>
    public static string PermissionsOfAll(bool readOnly, string except = "") => string.Join(',', Permissions.Known
        .Where(known => known.Group != PermissionGroups.SubAccounts && known.Group != PermissionGroups.Crossex && !except.Split(',').Contains(known.Name))
        .Select(known => $$"""{"name":"{{known.Name}}","read_only":{{(readOnly ? "true" : "false")}}}"""));

    /// <summary>The venue's own invariants hold, and of each asset there is what came in: with users, in the venue's accounts, and nowhere else.</summary>
    public async Task CheckAsync(string when)
    {
        var invariants = await ControlAsync("invariants");
        Assert.True((bool)invariants["ok"]!, $"{when}: {invariants["checks"]}");
        var held = await HeldAsync();
        lock (funded)
        {
            foreach (var asset in held.Keys.Union(funded.Keys))
                Assert.True(held.GetValueOrDefault(asset) == funded.GetValueOrDefault(asset), $"{when}: {held.GetValueOrDefault(asset)} of {asset} are held, {funded.GetValueOrDefault(asset)} came in, in 10^-12");
        }
    }

    /// <summary>Everything of these users that a refused request must leave alone: settings, keys, balances, open orders and triggers.</summary>
    public string Portrait(params ReadOnlySpan<int> users)
    {
        var (views, text) = (Host.Views, new StringBuilder());
        foreach (var id in users)
        {
            if (views.UserOf(id) is not { } user) continue;
            text.Append(user).Append(views.SettingsOf(user.Id)).AppendJoin(' ', views.BalancesOf(user.Id)).AppendLine();
            foreach (var key in views.KeysOf(user.Id)) text.Append(key).AppendLine();
            foreach (var order in views.OpenOrdersOf(user.Id)) text.Append(order).AppendLine();
            foreach (var trigger in views.OpenTriggersOf(user.Id)) text.Append(trigger).AppendLine();
            foreach (var order in views.Pov.Of(user.Id, open: true)) text.Append(order).AppendLine();
        }
        return text.ToString();
    }

    /// <summary>By asset: what users have, and the venue's accounts without the outside world.</summary>
    private async Task<SortedDictionary<string, Int128>> HeldAsync()
    {
        var held = new SortedDictionary<string, Int128>(StringComparer.Ordinal);
        foreach (var user in Host.Views.Users)
        {
            foreach (var balance in Host.Views.BalancesOf(user.Id)) Add(Host.Views.AssetOf(balance.Asset).Code, balance.Total.Raw);
        }
        foreach (var fund in (JsonArray)(await ControlAsync("funds"))["funds"]!)
        {
            if ((string)fund!["account"]! != "outside_world") Add((string)fund["asset"]!, Units((string)fund["amount"]!));
        }
        return held;

        void Add(string asset, Int128 amount) => held[asset] = held.GetValueOrDefault(asset) + amount;
    }

    private static Int128 Units(string amount)
    {
        var (whole, fraction) = amount.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? (amount[..dot], amount[(dot + 1)..]) : (amount, "");
        return Int128.Parse(whole + fraction.TrimEnd('0').PadRight(12, '0'), CultureInfo.InvariantCulture);
    }
}
