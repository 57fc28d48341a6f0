using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Client;

namespace Sluice.Cli.Tests.Crash;

/// <summary>A writer whose market has a percentage-of-volume order that runs through all kills. Everything trades at one price: a taker takes from a maker, and
/// every few seconds, at moments the venue chooses, the order takes its share of that. So what it has taken must be the share of what had been traded
/// behind one of the taker's orders, never less than before; and every balance follows from the two volumes.</summary>
internal sealed class VolumeLane(int seed)
{
    private const string Pair = "V_W", Text = "t-volume";
    private const int RatePercent = 20;
    private const long Offered = 1_000_000_000;     // thousandths
    private const decimal Funds = 1_000_000_000, Price = 100, AfterFee = 0.999m;

    private readonly Random random = new(seed);
    private readonly Dictionary<string, (int Id, Credentials Key)> users = [];
    private readonly Dictionary<string, RestClient> clients = [];
    private readonly HashSet<long> shares = [0];
    private readonly Queue<Func<Step>> script = new();
    private VenueProcess? venue;
    private Step? pending;
    private int sent;
    private long volume, taken;
    private string? makerOrder, volumeOrder;

    /// <summary>What others have traded and what the order has taken of it, in thousandths.</summary>
    public (long Volume, long Taken) Traded => (volume, taken);

    public int Acknowledged { get; private set; }

    public void Attach(VenueProcess to)
    {
        foreach (var client in clients.Values) client.Dispose();
        clients.Clear();
        venue = to;
    }

    /// <summary>Sends until the venue is gone.</summary>
    public async Task RunAsync()
    {
        while (await StepAsync()) { }
    }

    /// <summary>Sends what is in doubt again, then looks at everything.</summary>
    public async Task CheckAsync(SqliteConnection history)
    {
        if (pending is not null) Assert.True(await StepAsync(), "a venue that is ready did not answer");
        if (volumeOrder is null) return;            // killed before it had been placed
        Assert.Equal("RUNNING", (await Of("volume").GetAsync($"/spot/pov_orders/{volumeOrder}")).Require().GetProperty("status").GetString());
        long before, now;
        (string, decimal, decimal)[] told;
        do
        {
            before = await TakenAsync();
            told = [.. await BalancesAsync("maker"), .. await BalancesAsync("taker"), .. await BalancesAsync("volume")];
            now = await TakenAsync();
        }
        while (before != now);                      // it took its share between the two
        Note(now);
        var (others, own) = (volume / 1000m, taken / 1000m);
        Assert.Equal(
        [
            ("V", 0, Offered / 1000m - others - own), ("W", (others + own) * Price * AfterFee, 0),
            ("V", others * AfterFee, 0), ("W", Funds - others * Price, 0),
            ("V", own * AfterFee, 0), ("W", Funds - own * Price, 0),
        ], told);
        (await Of("volume").GetAsync("/spot/my_trades")).Require();         // waits for the history
        CheckHistory(history);
    }

    /// <summary>Waits until the order has taken something, and ends it: a venue rebuilt from the log would go on with it.</summary>
    public async Task EndAsync()
    {
        using var socket = await SocketClient.ConnectAsync(venue!.BaseUrl);
        await socket.SubscribeAsync("spot.trades", $"[\"{Pair}\"]");
        await socket.ReceiveAsync(frame => frame.GetProperty("event").GetString() == "subscribe");
        if (await TakenAsync() == 0) await socket.ReceiveAsync(frame => frame.GetProperty("event").GetString() == "update", TestContext.Current.CancellationToken);
        var ended = await Of("volume").DeleteAsync($"/spot/pov_orders/{volumeOrder}");
        Assert.Equal("TERMINATED", ended.Require().GetProperty("status").GetString());
    }

    /// <summary>Every order and fill of it once, adding up to a share. Rows looked at.</summary>
    public long CheckHistory(SqliteConnection history)
    {
        var (orders, ordered) = Sum(history, $"SELECT count(*), ifnull(sum(filled_size), 0) FROM orders WHERE user_id = @1 AND finish <> 0 AND text = '{Text}'");
        var (fills, filled) = Sum(history, "SELECT count(*), ifnull(sum(size), 0) FROM fills WHERE user_id = @1");
        Assert.Equal((orders, ordered), (fills, filled));       // the maker has one order, and it never runs out
        Note(filled);
        return orders + fills;
    }

    // Never a share of anything but what whole orders had traded, and never less than was seen.
    private void Note(long now)
    {
        Assert.Contains(now, shares);
        Assert.True(now >= taken, $"it had taken {taken} and has taken {now}");
        taken = now;
    }

    private async Task<long> TakenAsync()
    {
        var order = (await Of("maker").GetAsync($"/spot/orders/{makerOrder}", ("currency_pair", Pair))).Require();
        return Offered - (long)(decimal.Parse(order.GetProperty("left").GetString()!, CultureInfo.InvariantCulture) * 1000) - volume;
    }

    private async Task<IEnumerable<(string, decimal, decimal)>> BalancesAsync(string user)
    {
        var told = (await Of(user).GetAsync("/spot/accounts")).Require().EnumerateArray().ToDictionary(account => account.GetProperty("currency").GetString()!,
            account => (Amount(account.GetProperty("available").GetString()!), Amount(account.GetProperty("locked").GetString()!)));
        return new[] { "V", "W" }.Select(asset => told.GetValueOrDefault(asset) is var (available, locked) ? (asset, available, locked) : default);

        static decimal Amount(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }

    private async Task<bool> StepAsync()
    {
        if (sent == 0) Open();
        var step = pending ??= script.TryDequeue(out var scripted) ? scripted() : Take();
        if (step.Key.Length == 0) step.Key = $"{Pair}-{sent++}";
        Answer answer;
        try
        {
            answer = step.Sender == Sender.Operator ? await venue!.Control.PostAsync(step.Path, step.Body!, idempotencyKey: step.Key)
                : await Of(NameOf(step.Sender)).SendAsync(step.Method, step.Path, step.Query, step.Body, [("Idempotency-Key", step.Key)]);
        }
        catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
        if (answer.Status == 503) return false;
        step.Settle(answer);
        pending = null;
        Acknowledged++;
        return true;
    }

    private void Open()
    {
        script.Enqueue(() => Operate("/instruments", $$"""{"symbol":"{{Pair}}","price_decimals":2,"size_decimals":3,"reference_price":"100","slippage":"0.5"}""", _ => { }));
        foreach (var name in new[] { "maker", "taker", "volume" })
        {
            script.Enqueue(() => Operate("/users", $$"""{"name":"{{name}}"}""", answer => users[name] = (answer.Json.GetProperty("user_id").GetInt32(),
                new Credentials(answer.Json.GetProperty("key").GetString()!, answer.Json.GetProperty("secret").GetString()!))));
            var (asset, amount) = name == "maker" ? ("V", Offered / 1000m) : ("W", Funds);
            script.Enqueue(() => Operate($"/users/{users[name].Id}/fund", $$"""{"wallet":"spot","asset":"{{asset}}","amount":"{{amount}}"}""", _ => { }));
        }
        script.Enqueue(() => Order(Sender.Maker, "sell", Offered, "gtc", answer => makerOrder = answer.GetProperty("id").GetString()));
        script.Enqueue(() => new Step("volume order", Sender.Sub, HttpMethod.Post, "/spot/pov_orders",
            $$"""{"currency_pair":"{{Pair}}","side":"buy","amount":"100000","participation_rate":{{RatePercent}},"limit_price":"{{Price}}","ttl":"1d","text":"{{Text}}"}""",
            answer => volumeOrder = answer.Require().GetProperty("id").GetString()));
    }

    private Step Take()
    {
        long size = 1 + random.Next(3000);
        return Order(Sender.Taker, "buy", size, "ioc", answer =>
        {
            Assert.Equal("closed", answer.GetProperty("status").GetString());
            volume += size;
            shares.Add(volume * RatePercent / 100);
        });
    }

    private static Step Order(Sender sender, string side, long size, string tif, Action<System.Text.Json.JsonElement> done) => new(side, sender, HttpMethod.Post, "/spot/orders",
        $$"""{"currency_pair":"{{Pair}}","side":"{{side}}","amount":"{{(size / 1000m).ToString(CultureInfo.InvariantCulture)}}","price":"{{Price}}","time_in_force":"{{tif}}"}""",
        answer => done(answer.Require()));

    private static Step Operate(string path, string body, Action<Answer> done) => new("set-up", Sender.Operator, HttpMethod.Post, path, body, answer =>
    {
        answer.Require();
        done(answer);
    });

    private RestClient Of(string user)
    {
        if (!clients.TryGetValue(user, out var client)) clients.Add(user, client = new RestClient(venue!.BaseUrl, users[user].Key));
        return client;
    }

    private static string NameOf(Sender sender) => sender switch { Sender.Maker => "maker", Sender.Taker => "taker", _ => "volume" };

    private (long Count, long Sum) Sum(SqliteConnection history, string sql)
    {
        using var command = history.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@1", users["volume"].Id);
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
