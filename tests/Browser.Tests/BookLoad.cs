using System.Globalization;
using Sluice.Client;

namespace Sluice.Browser.Tests;

/// <summary>Real orders that move one pair's book, through the API: four users who each place and cancel near the best prices, and one who takes from the book.</summary>
internal sealed class BookLoad : IAsyncDisposable
{
    private const int Users = 4;
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMilliseconds(200), BetweenTrades = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource ends = new();
    private readonly List<RestClient> clients = [];
    private readonly List<Task> work = [];
    private readonly List<string> refusals = [];
    private int done;

    private BookLoad()
    {
    }

    /// <summary>Orders placed and cancelled so far.</summary>
    public int Done => Volatile.Read(ref done);

    public IReadOnlyList<string> Refusals
    {
        get { lock (refusals) return [.. refusals]; }
    }

    public static async Task<BookLoad> StartAsync(Stage stage, string pair)
    {
        var load = new BookLoad();
        var coin = pair.Split('_')[0];
        var book = (await stage.Venue.Rest.GetAsync("/spot/order_book", ("currency_pair", pair), ("limit", "1"))).Require();
        var (bid, ask) = (Price(book, "bids"), Price(book, "asks"));
        for (var i = 0; i <= Users; i++) load.clients.Add(new RestClient(stage.BaseUrl, await stage.Venue.NewUserAsync($"load-{i}", ("USDT", "1000000"), (coin, "1000"))));
        for (var i = 0; i <= Users; i++)
        {
            // One after the other: what comes together is one change to those who watch.
            await Task.Delay(BetweenOrders / Users, TestContext.Current.CancellationToken);
            var client = load.clients[i];
            var buys = i % 2 == 0;
            // Outside the best prices by up to a hundredth: within the levels that are shown, and filled by nobody soon.
            load.work.Add(i < Users ? load.QuoteAsync(client, pair, buys, (buys ? bid : ask) * (buys ? 0.999m - i * 0.0005m : 1.001m + i * 0.0005m)) : load.TakeAsync(client, pair));
        }
        return load;
    }

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await Task.WhenAll(work);
        foreach (var client in clients) client.Dispose();
        ends.Dispose();
    }

    private async Task QuoteAsync(RestClient client, string pair, bool buys, decimal price)
    {
        string? resting = null;
        await EveryAsync(BetweenOrders, async () =>
        {
            if (resting is null)
            {
                var order = string.Create(CultureInfo.InvariantCulture, $$"""{"currency_pair":"{{pair}}","side":"{{(buys ? "buy" : "sell")}}","type":"limit","amount":"0.5","price":"{{price:0.00}}","time_in_force":"gtc"}""");
                var answer = await client.PostAsync("/spot/orders", order);
                if (Good(answer)) resting = answer.Json.GetProperty("id").GetString();
            }
            else
            {
                // One that was filled meanwhile is gone, which is no refusal of the load.
                await client.DeleteAsync($"/spot/orders/{resting}", ("currency_pair", pair));
                resting = null;
            }
            Interlocked.Increment(ref done);
        });
    }

    private Task TakeAsync(RestClient client, string pair)
    {
        var buys = false;
        return EveryAsync(BetweenTrades, async () =>
        {
            buys = !buys;
            Good(await client.PostAsync("/spot/orders", $$"""{"currency_pair":"{{pair}}","side":"{{(buys ? "buy" : "sell")}}","type":"market","amount":"{{(buys ? "30" : "0.01")}}","time_in_force":"ioc"}"""));
            Interlocked.Increment(ref done);
        });
    }

    private bool Good(Answer answer)
    {
        if (answer.IsSuccess) return true;
        lock (refusals) refusals.Add(answer.Json.ToString());
        return false;
    }

    private async Task EveryAsync(TimeSpan pause, Func<Task> act)
    {
        try
        {
            using var timer = new PeriodicTimer(pause);
            while (await timer.WaitForNextTickAsync(ends.Token)) await act();
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static decimal Price(System.Text.Json.JsonElement book, string side) => decimal.Parse(book.GetProperty(side)[0][0].GetString()!, CultureInfo.InvariantCulture);
}
