using System.Text;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Markets;

namespace Sluice.Server.Tests.Markets;

public class MarketFileTests
{
    [Fact]
    public void The_demo_has_at_least_60_pairs_of_every_kind()
    {
        var pairs = MarketFile.Demo.Pairs.Select(pair => pair.Symbol).ToHashSet();
        Assert.True(pairs.Count >= 60, $"{pairs.Count} pairs");
        Assert.Superset(new HashSet<string> { "BTC_USDT", "ETH_USDT", "SOL_USDT", "GT_USDT", "USDC_USDT", "DAI_USDT", "PAXG_USDT", "XAUT_USDT", "ETH_BTC", "BTC_USDC" }, pairs);
        Assert.All(MarketFile.Demo.Assets, asset => Assert.NotEmpty(asset.Chains));
        Assert.All(MarketFile.Demo.Assets, asset => Assert.NotEmpty(asset.Category));
    }

    [Fact]
    public void S_001_the_reference_pairs_have_the_captured_terms()
    {
        var btc = MarketListing.TermsOf(MarketFile.Demo.PairOf("BTC_USDT")!);
        Assert.Equal((1, 6, 1L, 100_000_000L, 65_000_000L), (btc.PriceDecimals, btc.SizeDecimals, btc.MinBase, btc.MaxBase, btc.MarketMaxBase));
        Assert.Equal(("3", "5000000", "5000000"), (btc.MinQuote.ToString(), btc.MaxQuote.ToString(), btc.MarketMaxQuote.ToString()));
        Assert.Equal((80_000_000_000L, 80_000_000_000L, 30_000_000_000L), (btc.UpRate, btc.DownRate, btc.SlippageRate));
        Assert.Equal(MarketStatus.Tradable, btc.Status);
        var eth = MarketListing.TermsOf(MarketFile.Demo.PairOf("ETH_USDT")!);
        Assert.Equal((2, 4, 10L, 10_000_000L, 20_960_000L), (eth.PriceDecimals, eth.SizeDecimals, eth.MinBase, eth.MaxBase, eth.MarketMaxBase));
        var small = MarketListing.TermsOf(MarketFile.Demo.PairOf("FLOW_USDT")!);
        Assert.Equal((500_000_000_000L, 100_000_000_000L), (small.UpRate, small.SlippageRate));
    }

    [Fact]
    public void S_004_every_trade_value_of_the_demo_is_exact()
    {
        foreach (var pair in MarketFile.Demo.Pairs)
        {
            Assert.True(pair.PriceDecimals + pair.SizeDecimals <= MarketFile.Demo.AssetOf(pair.Quote)!.Scale, pair.Symbol);
        }
    }

    [Fact]
    public void Cross_references_agree_with_their_legs()
    {
        foreach (var pair in MarketFile.Demo.Pairs.Where(pair => pair.Quote != "USDT"))
        {
            var expected = Price(pair.Base + "_USDT") / Price(pair.Quote + "_USDT");
            Assert.InRange(double.Parse(pair.ReferencePrice), expected * 0.999, expected * 1.001);
        }
    }

    [Fact]
    public void What_is_printed_reads_back_the_same()
    {
        var printed = MarketFile.Demo.ToJson();
        Assert.Equal(printed, MarketFile.Parse(printed).ToJson());
        Assert.Equal("5000000", MarketFile.Parse(printed).Insurance["USDT"]);
    }

    [Theory]
    [InlineData("\"price_decimals\":1", "\"price_decimals\":8", "(S-004)")]
    [InlineData("\"reference_price\":\"84000.0\"", "\"reference_price\":\"0\"", "not a positive decimal")]
    [InlineData("\"reference_price\":\"84000.0\"", "\"reference_price\":\"-1\"", "not a positive decimal")]
    [InlineData("\"reference_price\":\"84000.0\"", "\"reference_price\":\"84000.05\"", "at most 1 decimals")]
    [InlineData("\"reference_price\":\"84000.0\"", "\"reference_price\":\"1.0\"", "below 100 ticks")]
    [InlineData("\"symbol\":\"BTC_USDT\"", "\"symbol\":\"XYZ_USDT\"", "base asset XYZ is not listed")]
    [InlineData("\"symbol\":\"BTC_USDT\"", "\"symbol\":\"BTC_XYZ\"", "quote asset XYZ is not listed")]
    [InlineData("\"symbol\":\"BTC_USDT\"", "\"symbol\":\"BTCUSDT\"", "must be BASE_QUOTE")]
    [InlineData("\"status\":\"tradable\"", "\"status\":\"open\"", "'open' is none of")]
    [InlineData("\"min_quote\":\"3\"", "\"min_quote\":\"1e3\"", "min_quote '1e3'")]
    [InlineData("\"down_rate\":\"0.08\"", "\"down_rate\":\"1\"", "down_rate must be below 1")]
    [InlineData("\"code\":\"BTC\"", "\"code\":\"btc\"", "capital letters")]
    [InlineData("\"code\":\"BTC\"", "\"code\":\"USDT\"", "listed twice")]
    [InlineData("\"depth\":\"5000\"", "\"depth\":\"NaN\"", "depth 'NaN'")]
    [InlineData("\"symbol\":\"BTC_USDT\"", "\"symbol\":null", "not in the shape")]
    [InlineData("\"pairs\":", "\"pears\":", "not in the shape")]
    public void A_wrong_entry_is_named_in_a_sentence(string right, string wrong, string said)
    {
        const string Small = """
            {"assets":[{"code":"BTC","name":"Bitcoin","scale":12},{"code":"USDT","name":"Tether","scale":12}],
             "pairs":[{"symbol":"BTC_USDT","price_decimals":1,"size_decimals":6,"reference_price":"84000.0","status":"tradable","min_quote":"3",
                       "down_rate":"0.08","liquidity":{"depth":"5000"}}]}
            """;
        Assert.Single(MarketFile.Parse(Encoding.UTF8.GetBytes(Small)).Pairs);
        var refused = Assert.Throws<MarketFileException>(() => MarketFile.Parse(Encoding.UTF8.GetBytes(Small.Replace(right, wrong))));
        Assert.Contains(refused.Errors, error => error.Contains(said));
    }

    private static double Price(string symbol) => double.Parse(MarketFile.Demo.PairOf(symbol)!.ReferencePrice);
}
