using System.Text;
using Sluice.Core.Values;
using Sluice.Server.Tests.Wire;
using Sluice.Server.Venue;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Venue;

/// <summary>The whole venue with nobody in it but the test: no participants, and a clock that stands. A maker quotes BTC_USDT and ETH_USDT, and each
/// has traded once.</summary>
public sealed class QuietVenue : IAsyncLifetime, IGoldenVenue
{
    private const int LevelsPerSide = 10;

    private VenueCaller caller = null!;
    private int users;
    private Signer stranger = Signer.Nobody;

    internal VenueHost Host { get; private set; } = null!;

    internal VenueCaller Caller => caller;

    /// <summary>A key that may read everything and write nothing.</summary>
    internal Signer Reader { get; private set; } = Signer.Nobody;

    public HttpClient Client => caller.Client;

    public async ValueTask InitializeAsync()
    {
        // The wall's time: golden requests name spans before now.
        Host = await VenueHost.StartAsync(new VenueOptions
        {
            Urls = ["http://127.0.0.1:0"], ManualClock = true, Start = DateTimeOffset.UtcNow, Liquidity = false, RateLimits = false,
        });
        caller = new VenueCaller(Host);
        stranger = await NewUserAsync();
        Reader = await caller.NewReaderAsync("reader");
        var maker = await NewUserAsync();
        foreach (var (asset, amount) in new[] { ("BTC", "1000"), ("ETH", "10000"), ("USDT", "100000000") })
            await caller.ControlAsync($"users/{maker.User}/fund", $$"""{"wallet":"spot","asset":"{{asset}}","amount":"{{amount}}"}""");
        for (var level = 1; level <= LevelsPerSide; level++)
        {
            await QuoteAsync(maker, "BTC_USDT", "sell", $"{83_859 + 10 * level}", "5");
            await QuoteAsync(maker, "BTC_USDT", "buy", $"{83_859 - 10 * level}", "5");
            await QuoteAsync(maker, "ETH_USDT", "sell", $"{2_699 + level}", "50");
            await QuoteAsync(maker, "ETH_USDT", "buy", $"{2_699 - level}", "50");
        }
        var taker = await NewUserAsync();
        await QuoteAsync(taker, "BTC_USDT", "buy", "83869", "0.001");
        await QuoteAsync(taker, "ETH_USDT", "buy", "2700", "0.01");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        if (Host is not null) await Host.DisposeAsync();
    }

    public Task<Signer> NewUserAsync() => caller.NewUserAsync($"user-{Interlocked.Increment(ref users)}");

    public Task<Signer> StrangerAsync() => Task.FromResult(stranger);

    public Task<Signer> ReaderAsync() => Task.FromResult(Reader);

    /// <summary>Everything a refused request must leave alone: users, keys, balances, open orders and triggers, books.</summary>
    internal string Portrait()
    {
        var (views, text) = (Host.Views, new StringBuilder());
        foreach (var user in views.Users)
        {
            text.Append(user).Append(views.SettingsOf(user.Id)).AppendJoin(' ', views.BalancesOf(user.Id)).AppendLine();
            foreach (var key in views.KeysOf(user.Id)) text.Append(key.Key).Append(key.Permissions).AppendLine();
            foreach (var order in views.OpenOrdersOf(user.Id)) text.Append(order).AppendLine();
            foreach (var trigger in views.OpenTriggersOf(user.Id)) text.Append(trigger).AppendLine();
            foreach (var order in views.Futures.OpenOrdersOf(user.Id)) text.Append(order).AppendLine();
            foreach (var trigger in views.Futures.OpenTriggersOf(user.Id)) text.Append(trigger).AppendLine();
        }
        foreach (var pair in views.Pairs)
        {
            text.Append(pair.Symbol).Append(pair.Status);
            if (pair.Book.UpdateId == 0) continue;
            var depth = pair.Book.Depth(50);
            text.Append(depth.UpdateId).AppendJoin(' ', depth.Bids).AppendJoin(' ', depth.Asks).AppendLine();
        }
        return text.ToString();
    }

    private async Task QuoteAsync(Signer signer, string pair, string side, string price, string amount)
    {
        var said = await caller.AskAsync(signer, "POST", "/spot/orders", "",
            $$"""{"currency_pair":"{{pair}}","side":"{{side}}","amount":"{{amount}}","price":"{{price}}"}""");
        Assert.True(said.Status == 201, said.Text);
    }
}
