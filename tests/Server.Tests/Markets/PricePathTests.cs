using Sluice.Core.Kernel;
using Sluice.Server.Markets;

namespace Sluice.Server.Tests.Markets;

public class PricePathTests
{
    private const long Listed = 1_767_225_601_234_567_890;      // not on a second
    private const long Day = 86_400 * Nanos.PerSecond;

    private static readonly PathAnchor Btc = new("BTC", "USDT", Listed, 838_590);
    private static readonly PathAnchor Eth = new("ETH", "USDT", Listed, 269_915);
    private static readonly PathAnchor EthBtc = new("ETH", "BTC", Listed, 32_187);
    private static readonly PathAnchor Usdc = new("USDC", "USDT", Listed, 9_998);

    [Fact]
    public void At_its_listing_a_pair_has_its_reference_price_exactly()
    {
        var reader = Reader(1);
        foreach (var anchor in new[] { Btc, Eth, EthBtc, Usdc }) Assert.Equal(anchor.Reference, reader.Price(anchor, Listed));
    }

    [Fact]
    public void Any_instant_can_be_asked_alone()
    {
        var chance = new Random(5);
        var instants = Enumerable.Range(0, 300).Select(_ => Listed + (long)((chance.NextDouble() - 0.4) * 500 * Day)).ToArray();
        var together = Reader(7);
        foreach (var instant in instants) Assert.Equal(Reader(7).Price(Eth, instant), together.Price(Eth, instant));
    }

    [Fact]
    public void Another_seed_is_another_path()
    {
        Assert.NotEqual(Reader(1).Price(Btc, Listed + Day), Reader(2).Price(Btc, Listed + Day));
    }

    [Fact]
    public void It_is_smooth_from_second_to_second()
    {
        var reader = Reader(1);
        var previous = reader.Price(Btc, Listed);
        for (var second = 1; second <= 6 * 3600; second++)
        {
            var price = reader.Price(Btc, Listed + second * Nanos.PerSecond);
            Assert.InRange(price / previous, 0.995, 1.005);
            previous = price;
        }
    }

    [Fact]
    public void Cross_pairs_follow_from_their_legs()
    {
        var reader = Reader(3);
        for (var hour = -2_000; hour < 2_000; hour += 7)
        {
            var at = Listed + hour * 3600 * Nanos.PerSecond;
            var implied = reader.Price(Eth, at) / Eth.Reference / (reader.Price(Btc, at) / Btc.Reference);
            Assert.Equal(1, reader.Price(EthBtc, at) / EthBtc.Reference / implied, 9);
        }
    }

    [Fact]
    public void Majors_move_together_and_days_differ_in_temper()
    {
        var reader = Reader(1);
        var btc = Enumerable.Range(-365, 365).Select(day => Math.Log(reader.Price(Btc, Listed + (day + 1) * Day) / reader.Price(Btc, Listed + day * Day))).ToArray();
        var eth = Enumerable.Range(-365, 365).Select(day => Math.Log(reader.Price(Eth, Listed + (day + 1) * Day) / reader.Price(Eth, Listed + day * Day))).ToArray();
        Assert.InRange(Correlation(btc, eth), 0.5, 0.95);
        Assert.InRange(Math.Sqrt(btc.Average(x => x * x) * 365), 0.25, 0.8);        // a year's volatility
        var hourly = Enumerable.Range(-365, 365).Select(day => Deviation(reader, day)).Order().ToArray();
        Assert.True(hourly[329] > 1.7 * hourly[36], $"{hourly[36]} … {hourly[329]}");
    }

    [Fact]
    public void Stablecoins_stay_at_one()
    {
        var reader = Reader(1);
        for (var day = -370; day < 1_000; day++) Assert.InRange(reader.Price(Usdc, Listed + day * Day), 9_970, 10_030);
    }

    [Fact]
    public void Years_later_prices_are_still_of_the_same_order()
    {
        foreach (var seed in new ulong[] { 1, 2 })
        {
            var reader = Reader(seed);
            foreach (var asset in MarketFile.Demo.Assets)
            {
                var anchor = new PathAnchor(asset.Code, "USDT", Listed, 1_000_000);
                for (var day = -370; day < 1_500; day += 61) Assert.InRange(reader.Price(anchor, Listed + day * Day), 30_000, 30_000_000);
            }
        }
    }

    private static PathReader Reader(ulong seed) => new(new PricePath(seed, MarketFile.Demo));

    private static double Deviation(PathReader reader, int day)
    {
        double sum = 0;
        for (var hour = 0; hour < 24; hour++)
        {
            var at = Listed + day * Day + hour * Day / 24;
            var change = Math.Log(reader.Price(Btc, at + Day / 24) / reader.Price(Btc, at));
            sum += change * change;
        }
        return Math.Sqrt(sum);
    }

    private static double Correlation(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var both = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return both / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
