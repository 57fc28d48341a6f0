using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>kill -9 under load on a real disk: what was acknowledged is there, what the log says re-executes to the same state.</summary>
public sealed class CrashTests
{
    private const int Rounds = 4;           // issue 2 shows 20; each start costs seconds, and the rounds are alike
    private const int Writers = 8;

    [Fact]
    public async Task Every_acknowledged_order_and_cancel_survives_kill_9()
    {
        using var folder = new TemporaryFolder();
        var expected = new ConcurrentDictionary<string, bool>();        // order id → cancelled
        Credentials? trader = null;
        for (var round = 0; round < Rounds; round++)
        {
            await using var venue = await VenueProcess.ServeAsync("--data", folder.Path, "--rate-limits", "off");
            trader ??= await venue.NewUserAsync("survivor", ("USDT", "10000000"));
            using var rest = new RestClient(venue.BaseUrl, trader);
            await CheckAsync(rest, expected);
            var price = await FarBelowAsync(rest);
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(rest, price, round * 100 + writer, expected)).ToArray();
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            await venue.KillAsync();
            await Task.WhenAll(writers);
        }

        Assert.True(expected.Count > Rounds * 50, $"only {expected.Count} orders were acknowledged");
        await using (var last = await VenueProcess.ServeAsync("--data", folder.Path, "--rate-limits", "off"))
        {
            using var rest = new RestClient(last.BaseUrl, trader!);
            await CheckAsync(rest, expected);
            await last.StopAsync();
        }
        var (exit, output, _) = await VenueProcess.RunAsync("verify", folder.Path);
        Assert.True(exit == 0, output);
    }

    private static async Task<string> FarBelowAsync(RestClient rest)
    {
        var ticker = (await rest.GetAsync("/spot/tickers", ("currency_pair", "BTC_USDT"))).Require()[0];
        var last = decimal.Parse(ticker.GetProperty("last").GetString()!, CultureInfo.InvariantCulture);
        return decimal.Round(last * 0.94m, 1).ToString(CultureInfo.InvariantCulture);
    }

    // Places, and cancels every third; notes only what was answered.
    private static async Task WriteAsync(RestClient rest, string price, int writer, ConcurrentDictionary<string, bool> acknowledged)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var placed = await rest.PostAsync("/spot/orders",
                    $$"""{"text":"t-{{writer}}-{{i}}","currency_pair":"BTC_USDT","side":"buy","amount":"0.0001","price":"{{price}}"}""");
                if (placed.Label == "TOO_MANY_ORDERS") return;
                var id = placed.Require().GetProperty("id").GetString()!;
                acknowledged[id] = false;
                if (i % 3 != 2) continue;
                var cancelled = (await rest.DeleteAsync($"/spot/orders/{id}", ("currency_pair", "BTC_USDT"))).Require();
                if (cancelled.GetProperty("status").GetString() == "cancelled") acknowledged[id] = true;
            }
        }
        catch (HttpRequestException)
        {
            // The venue was killed: this request was not answered.
        }
    }

    private static async Task CheckAsync(RestClient rest, ConcurrentDictionary<string, bool> expected)
    {
        foreach (var (id, cancelled) in expected)
        {
            var order = (await rest.GetAsync($"/spot/orders/{id}", ("currency_pair", "BTC_USDT"))).Require();
            var status = order.GetProperty("status").GetString();
            if (cancelled) Assert.Equal("cancelled", status);
            else Assert.True(status is "open" or "cancelled", $"order {id} is {status}");       // an unanswered cancel may have worked
        }
    }
}
