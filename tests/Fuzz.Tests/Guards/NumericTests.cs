using System.Text.Json.Nodes;
using Sluice.Core.Values;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Fuzz.Tests.Wire;
using Sluice.Tests;

namespace Sluice.Fuzz.Tests.Guards;

/// <summary>Numbers at the edge of every money type, wherever the API takes one: refused or exact, and no money out of nothing.</summary>
public sealed class NumericTests
{
    private const int Dust = 3_000;

    private static readonly (string Method, string Path, string Body)[] Places =
    [
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"buy","amount":"@","price":"80000"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"sell","amount":"0.001","price":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"buy","amount":"@","price":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"sell","amount":"@","price":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"buy","type":"market","time_in_force":"ioc","amount":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"sell","type":"market","time_in_force":"ioc","amount":"@","slippage":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","iceberg":"@"}"""),
        ("POST", "/spot/orders", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"80000","stop_profit":{"trigger_price":"@","order_price":"@"},"stop_loss":{"trigger_price":"@","order_price":"@"}}"""),
        ("POST", "/spot/price_orders", """{"market":"BTC_USDT","trigger":{"price":"@","rule":">=","expiration":60},"put":{"side":"buy","price":"@","amount":"@","account":"normal","time_in_force":"gtc"}}"""),
        ("POST", "/spot/price_orders", """{"market":"BTC_USDT","trigger":{"price":"80000","rule":"<=","expiration":60},"put":{"type":"market","side":"buy","price":"0","amount":"@","account":"normal","time_in_force":"ioc"}}"""),
        ("POST", "/spot/pov_orders", """{"currency_pair":"BTC_USDT","side":"buy","amount":"@","participation_rate":10,"ttl":"30s","limit_price":"@","trigger_price":"@"}"""),
        ("POST", "/wallet/transfers", """{"currency":"USDT","from":"spot","to":"margin","currency_pair":"BTC_USDT","amount":"@"}"""),
        ("POST", "/wallet/transfers", """{"currency":"BTC","from":"margin","to":"spot","currency_pair":"BTC_USDT","amount":"@"}"""),
        ("POST", "/wallet/sub_account_transfers", """{"sub_account":"{sub}","currency":"USDT","direction":"to","amount":"@"}"""),
        ("POST", "/wallet/sub_account_transfers", """{"sub_account":"{sub}","currency":"USDT","direction":"from","amount":"@"}"""),
        ("PATCH", "/spot/orders/{order}", """{"currency_pair":"BTC_USDT","amount":"@"}"""),
        ("PATCH", "/spot/orders/{order}", """{"currency_pair":"BTC_USDT","price":"@"}"""),
    ];

    // Around 2^31, 2^53, 2^63, 2^64 and 2^127 as whole units and as raw ones of 1, 6, 8 and 12 decimals.
    private static IEnumerable<string> Edges()
    {
        foreach (var bits in new[] { 31, 32, 53, 62, 63, 64, 65, 96, 126, 127, 128 })
        {
            foreach (var off in new[] { -1, 0, 1 })
            {
                var whole = ((System.Numerics.BigInteger.One << bits) + off).ToString();
                yield return whole;
                yield return "-" + whole;
                foreach (var decimals in new[] { 1, 6, 8, 12 })
                {
                    var padded = whole.PadLeft(decimals + 1, '0');
                    yield return $"{padded[..^decimals]}.{padded[^decimals..]}";
                }
            }
        }
        foreach (var decimals in new[] { 1, 2, 5, 6, 7, 8, 9, 11, 12, 13, 18 }) yield return $"0.{new string('0', decimals - 1)}1";
        foreach (var text in Hostile.Numbers) yield return text;
    }

    [Fact]
    public async Task Numbers_at_every_edge_are_refused_or_exact()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var user = await venue.NewUserAsync(("USDT", "100000000"), ("BTC", "1000"));
        var sub = await venue.NewSubAccountAsync(user, "edges");
        var order = await venue.DoAsync(user, "POST", "/spot/orders", "", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.01","price":"79000"}""");
        var (asked, done, wrong) = (0, 0, new List<string>());
        using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        foreach (var (turn, edge) in Edges().Index())
        {
            foreach (var (method, path, body) in Places)
            {
                foreach (var quoted in new[] { true, false })
                {
                    var value = System.Text.Json.JsonSerializer.Serialize(edge);
                    var text = body.Replace("\"@\"", quoted ? value : edge, StringComparison.Ordinal).Replace("{sub}", $"{sub.User}", StringComparison.Ordinal);
                    var request = RawRequest.To(method, path.Replace("{order}", (string)order!["id"]!, StringComparison.Ordinal), "", text).By(user);
                    await connection.SendAsync(request.ToBytes());
                    var answer = (await connection.ReadAsync())!.Value;
                    asked++;
                    if (answer.Status < 300) done++;
                    if (answer.Status >= 500 || (answer.Status >= 400 && string.IsNullOrEmpty((string?)JsonNode.Parse(answer.Text)?["label"]))) wrong.Add($"{request}: {answer.Status} {answer.Text}");
                }
            }
            if (turn % 20 == 0) await venue.CheckAsync($"edge {edge}");
        }
        await venue.CheckAsync("after all edges");
        foreach (var who in new[] { user, sub })
            foreach (var balance in venue.Host.Views.BalancesOf(who.User)) Assert.False(balance.Available.IsNegative || balance.Total.IsNegative, $"{balance}");
        Counts.Tell("Numeric attacks", $"{asked} requests, {done} done exactly");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.InRange(done, 1, asked / 2);
    }

    /// <summary>Thousands of the smallest trades and transfers there are: rounding never pays the one who repeats it.</summary>
    [Fact]
    public async Task Dust_makes_nobody_richer()
    {
        await using var venue = await FuzzVenue.StartAsync();
        var (maker, taker) = (await venue.NewUserAsync(("USDT", "1000000"), ("DOGE", "1000000")), await venue.NewUserAsync(("USDT", "1000000"), ("DOGE", "1000000")));
        var pair = venue.Host.Views.Pairs.First(known => known.Symbol == "DOGE_USDT");
        var price = pair.PriceText(pair.LastPrice + 1);
        var size = (pair.Terms.MinQuote.Raw * 100 / 99 / (pair.LastPrice * Fixed.PowerOfTen(Money.Decimals - pair.Terms.PriceDecimals - pair.Terms.SizeDecimals))) + 1;
        var amount = pair.SizeText((long)Int128.Max(size, pair.Terms.MinBase) | 1);     // an odd count of the smallest unit
        var trades = Counts.Of(Dust);
        using var connection = await RawConnection.OpenAsync(venue.BaseUrl);
        for (var i = 0; i < trades; i++)
        {
            var (first, second) = i % 2 == 0 ? ("sell", "buy") : ("buy", "sell");
            await AskAsync(connection, RawRequest.To("POST", "/spot/orders", "", $$"""{"currency_pair":"DOGE_USDT","side":"{{first}}","amount":"{{amount}}","price":"{{price}}"}""").By(maker));
            await AskAsync(connection, RawRequest.To("POST", "/spot/orders", "", $$"""{"currency_pair":"DOGE_USDT","side":"{{second}}","amount":"{{amount}}","price":"{{price}}","time_in_force":"ioc"}""").By(taker));
            await AskAsync(connection, RawRequest.To("POST", "/wallet/transfers", "", $$"""{"currency":"USDT","from":"{{(i % 2 == 0 ? "spot" : "margin")}}","to":"{{(i % 2 == 0 ? "margin" : "spot")}}","currency_pair":"DOGE_USDT","amount":"0.000001"}""").By(taker));
        }
        await venue.CheckAsync("after the dust");
        Assert.Equal(trades, (long)(await venue.ControlAsync("status"))["counts"]!["trades"]!);

        // Back where they began in the asset, and poorer by every fee in the other.
        var (dogecoin, tether) = (pair.Base.Id, pair.Quote.Id);
        Int128 Of(Signer who, int asset) => venue.Host.Views.BalancesOf(who.User).Where(balance => balance.Asset == asset).Aggregate((Int128)0, (sum, balance) => sum + balance.Total.Raw);
        var million = (Int128)1_000_000 * 1_000_000_000_000;
        Assert.True(Of(maker, dogecoin) + Of(taker, dogecoin) < 2 * million, "somebody gained DOGE");
        Assert.True(Of(maker, tether) + Of(taker, tether) < 2 * million, "somebody gained USDT");
        Counts.Tell("Dust", $"{trades} smallest trades and as many smallest transfers; {2 * million - Of(maker, tether) - Of(taker, tether)} of USDT and {2 * million - Of(maker, dogecoin) - Of(taker, dogecoin)} of DOGE went to fees, in 10^-12");
    }

    private static async Task AskAsync(RawConnection connection, RawRequest request)
    {
        await connection.SendAsync(request.ToBytes());
        var answer = (await connection.ReadAsync())!.Value;
        Assert.True(answer.Status is 200 or 201, $"{request}: {answer.Status} {answer.Text}");
    }
}
