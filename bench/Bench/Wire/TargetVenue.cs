using System.Globalization;
using System.Text.Json;
using Sluice.Bench.Measure;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>The venue under load, and the pair that is traded on it, in the pair's own decimals.</summary>
internal sealed class TargetVenue : IDisposable
{
    public const string Pair = "BTC_USDT";

    private readonly ControlClient control;

    private TargetVenue(string url, string adminToken)
    {
        Url = new Uri(url);
        control = new ControlClient(url, adminToken);
    }

    public Uri Url { get; }

    /// <summary>A price below the market and within any band.</summary>
    public string PassiveBuy { get; private set; } = "";

    /// <summary>The last price.</summary>
    public string Last { get; private set; } = "";

    /// <summary>A size worth twice the least that may be ordered.</summary>
    public string Size { get; private set; } = "";

    /// <summary>A size for very many fills of <see cref="Size"/>.</summary>
    public string LargeSize { get; private set; } = "";

    public static async Task<TargetVenue> ReachAsync(string url, string adminToken)
    {
        var venue = new TargetVenue(url, adminToken);
        using var client = new RestClient(url);
        var terms = (await client.GetAsync($"/spot/currency_pairs/{Pair}")).Require();
        var ticker = (await client.GetAsync("/spot/tickers", ("currency_pair", Pair))).Require();
        var last = Decimal(ticker[0], "last");
        if (last <= 0) throw new ArgumentsException($"{Pair} has no price at {url}.");
        var (precision, sizePrecision) = (terms.GetProperty("precision").GetInt32(), terms.GetProperty("amount_precision").GetInt32());
        var least = decimal.Max(Decimal(terms, "min_quote_amount"), 1) * 2 / (last * 0.95m);
        var size = decimal.Max(decimal.Round(least, sizePrecision, MidpointRounding.ToPositiveInfinity), Decimal(terms, "min_base_amount"));
        venue.PassiveBuy = Text(decimal.Round(last * 0.97m, precision));
        venue.Last = Text(decimal.Round(last, precision));
        venue.Size = Text(size);
        venue.LargeSize = Text(size * 1_000);
        return venue;
    }

    /// <summary>A new user with funds for the whole run.</summary>
    public async Task<Credentials> OpenAsync(string name)
    {
        var made = (await control.PostAsync("/users", $$"""{"name":"{{name}}-{{Guid.NewGuid():N}}"}""")).Require();
        var user = made.GetProperty("user_id").ToString();
        foreach (var asset in Pair.Split('_'))
        {
            (await control.PostAsync($"/users/{user}/fund", $$"""{"wallet":"spot","asset":"{{asset}}","amount":"1000000000"}""")).Require();
        }
        return new Credentials(made.GetProperty("key").GetString()!, made.GetProperty("secret").GetString()!);
    }

    public void Dispose() => control.Dispose();

    private static decimal Decimal(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
