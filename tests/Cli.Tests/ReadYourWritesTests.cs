using Sluice.Client;

namespace Sluice.Cli.Tests;

/// <summary>design.md, Read your writes: after an acknowledged write, a request on another connection sees it.</summary>
public sealed class ReadYourWritesTests
{
    private const int Writes = 10_000;
    private const int Users = 8;

    [Fact]
    public async Task Ten_thousand_writes_are_seen_by_ten_thousand_reads()
    {
        await using var venue = await VenueProcess.ServeAsync("--data", "memory", "--rate-limits", "off");
        var users = new List<Credentials>();
        for (var i = 0; i < Users; i++) users.Add(await venue.NewUserAsync($"writer{i}", ("USDT", "1000000")));
        var seen = await Task.WhenAll(users.Select((user, i) => WriteAndReadAsync(venue.BaseUrl, user, i, Writes / Users)));
        Assert.Equal(Writes, seen.Sum());
    }

    private static async Task<int> WriteAndReadAsync(string baseUrl, Credentials user, int index, int count)
    {
        using var writer = new RestClient(baseUrl, user);
        using var reader = new RestClient(baseUrl, user);          // connections of its own
        var seen = 0;
        string? open = null;
        for (var i = 0; i < count; i++)
        {
            switch (i % 4)
            {
                case 0:
                    open = await PlaceAsync(writer);
                    var list = (await reader.GetAsync("/spot/orders", ("currency_pair", "ETH_USDT"), ("status", "open"))).Require();
                    if (list.EnumerateArray().Any(order => order.GetProperty("id").GetString() == open)) seen++;
                    break;
                case 1:
                    (await writer.DeleteAsync($"/spot/orders/{open}", ("currency_pair", "ETH_USDT"))).Require();
                    var finished = (await reader.GetAsync("/spot/orders", ("currency_pair", "ETH_USDT"), ("status", "finished"), ("limit", "5"))).Require();
                    if (finished.EnumerateArray().Any(order => order.GetProperty("id").GetString() == open)) seen++;
                    break;
                case 2:
                    var bought = (await writer.PostAsync("/spot/orders",
                        """{"currency_pair":"BTC_USDT","type":"market","side":"buy","amount":"5","time_in_force":"ioc"}""")).Require().GetProperty("id").GetString();
                    var trades = (await reader.GetAsync("/spot/my_trades", ("currency_pair", "BTC_USDT"), ("order_id", bought!))).Require();
                    if (trades.GetArrayLength() > 0) seen++;
                    break;
                default:
                    var before = await FreeUsdtAsync(reader);
                    open = await PlaceAsync(writer);
                    var after = await FreeUsdtAsync(reader);
                    (await writer.DeleteAsync($"/spot/orders/{open}", ("currency_pair", "ETH_USDT"))).Require();
                    if (after < before && await FreeUsdtAsync(reader) == before) seen++;
                    break;
            }
        }
        return seen;

        static async Task<decimal> FreeUsdtAsync(RestClient rest) => decimal.Parse(
            (await rest.GetAsync("/spot/accounts", ("currency", "USDT"))).Require()[0].GetProperty("available").GetString()!,
            System.Globalization.CultureInfo.InvariantCulture);

        // Far below the market: it rests.
        static async Task<string?> PlaceAsync(RestClient rest) =>
            (await rest.PostAsync("/spot/orders", """{"currency_pair":"ETH_USDT","side":"buy","amount":"0.01","price":"1000"}""")).Require().GetProperty("id").GetString();
    }
}
