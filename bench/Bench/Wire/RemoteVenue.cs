using System.Globalization;
using System.Text.Json;
using Sluice.Bench.Measure;
using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>A venue that runs elsewhere, with --rate-limits off; users are opened and funded by its control API.</summary>
internal sealed class RemoteVenue(string url, string adminToken) : TargetVenue
{
    private readonly ControlClient control = new(url, adminToken);

    public override Uri Url { get; } = new(url);

    public override string What => $"the venue at {Url}";

    public static async Task<RemoteVenue> ReachAsync(string url, string adminToken)
    {
        using var client = new RestClient(url);
        var terms = (await client.GetAsync($"/spot/currency_pairs/{Pair}")).Require();
        var ticker = (await client.GetAsync("/spot/tickers", ("currency_pair", Pair))).Require();
        var last = Decimal(ticker[0], "last");
        if (last <= 0) throw new ArgumentsException($"{Pair} has no price at {url}.");
        var (precision, sizePrecision) = (terms.GetProperty("precision").GetInt32(), terms.GetProperty("amount_precision").GetInt32());
        var least = decimal.Max(Decimal(terms, "min_quote_amount"), 1) * 2 / last;
        var size = decimal.Max(decimal.Round(least, sizePrecision, MidpointRounding.ToPositiveInfinity), Decimal(terms, "min_base_amount"));
        return new RemoteVenue(url, adminToken)
        {
            PassiveBuy = Text(decimal.Round(last * 0.97m, precision)), Last = Text(decimal.Round(last, precision)), Size = Text(size), LargeSize = Text(size * 1000),
        };
    }

    public override async Task<Credentials> OpenAsync()
    {
        var made = (await control.PostAsync("/users", $$"""{"name":"bench-{{Guid.NewGuid():N}}"}""")).Require();
        foreach (var asset in Pair.Split('_'))
        {
            (await control.PostAsync($"/users/{made.GetProperty("user_id")}/fund", $$"""{"wallet":"spot","asset":"{{asset}}","amount":"1000000000"}""")).Require();
        }
        return new Credentials(made.GetProperty("key").GetString()!, made.GetProperty("secret").GetString()!);
    }

    public override ValueTask DisposeAsync()
    {
        control.Dispose();
        return ValueTask.CompletedTask;
    }

    private static decimal Decimal(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
