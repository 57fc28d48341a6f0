using System.Text.Json;
using Sluice.Client;

namespace Sluice.Cli.Tests.Futures;

/// <summary>A user of a test with money in a wallet of contracts, and what it does there.</summary>
internal sealed class Trader(string baseUrl, Credentials credentials, string path) : IDisposable
{
    private readonly RestClient rest = new(baseUrl, credentials);

    /// <summary>Made by the control API, with funds in "futures:usdt" or "delivery:usdt".</summary>
    public static async Task<Trader> NewAsync(VenueProcess venue, string name, string wallet, string amount)
    {
        var user = (await venue.Control.PostAsync("/users", $$"""{"name":"{{name}}"}""")).Require();
        var asset = wallet.EndsWith("btc", StringComparison.Ordinal) ? "BTC" : "USDT";
        (await venue.Control.PostAsync($"/users/{user.GetProperty("user_id")}/fund", $$"""{"wallet":"{{wallet}}","asset":"{{asset}}","amount":"{{amount}}"}""")).Require();
        return new Trader(venue.BaseUrl, new Credentials(user.GetProperty("key").GetString()!, user.GetProperty("secret").GetString()!), "/" + wallet.Replace(':', '/'));
    }

    public async Task<JsonElement> OrderAsync(string contract, long size, string price, string tif = "gtc") =>
        (await rest.PostAsync($"{path}/orders", $$"""{"contract":"{{contract}}","size":{{size}},"price":"{{price}}","tif":"{{tif}}"}""")).Require();

    /// <summary>Isolated at that many times; 0 is cross, up to <paramref name="limit"/>.</summary>
    public async Task LeverageAsync(string contract, int times, int limit = 0)
    {
        (string, string)[] query = times == 0 ? [("leverage", "0"), ("cross_leverage_limit", $"{limit}")] : [("leverage", $"{times}")];
        (await rest.SendAsync(HttpMethod.Post, $"{path}/positions/{contract}/leverage", query)).Require();
    }

    public Task<JsonElement> PositionAsync(string contract) => ReadAsync($"positions/{contract}");

    public Task<JsonElement> AccountAsync() => ReadAsync("accounts");

    public async Task<string> TotalAsync() => Plain((await AccountAsync()).GetProperty("total").GetString()!);

    /// <summary>The rows of a list of the user's: liquidates, auto_deleverages, position_close, settlements.</summary>
    public async Task<JsonElement[]> ListAsync(string name, params (string, string)[] query) => [.. (await ReadAsync(name, query)).EnumerateArray()];

    /// <summary>The changes of one type in the account book, newest first.</summary>
    public async Task<string[]> BookAsync(string type) => [.. (await ListAsync("account_book", ("type", type))).Select(row => Plain(row.GetProperty("change").GetString()!))];

    // Eight hours at once are many rows: while the history is behind a query is told so (503), and asks again as any client does.
    private async Task<JsonElement> ReadAsync(string what, params (string, string)[] query)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await rest.GetAsync($"{path}/{what}", query);
            if (answer.Status != 503 || tries == TriesMax) return answer.Require();
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }
    }

    private const int TriesMax = 240;

    /// <summary>A decimal as the calculator writes it.</summary>
    public static string Plain(string text) => Ratio.Of(text).ToString();

    public void Dispose() => rest.Dispose();
}
