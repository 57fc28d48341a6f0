using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Markets;

public class GeneratedCandlesTests
{
    private const long Listed = 1_767_262_783_500_000_000;      // 10:19:43.5, inside bars of every interval
    private const long ListedSeconds = Listed / Nanos.PerSecond;

    private static readonly HistoryTerms Btc = new("BTC_USDT", "BTC", "USDT", 1, 6, 838_590, Listed);
    private static readonly HistoryTerms Pepe = new("PEPE_USDT", "PEPE", "USDT", 10, 0, 74_215, Listed);
    private static readonly HistoryTerms EthBtc = new("ETH_BTC", "ETH", "BTC", 6, 4, 32_187, Listed);
    private static readonly HistoryTerms Usdc = new("USDC_USDT", "USDC", "USDT", 4, 2, 9_998, Listed);

    public static TheoryData<HistoryTerms> Pairs => [Btc, Pepe, EthBtc, Usdc];

    [Theory, MemberData(nameof(Pairs))]
    public void Bars_are_possible_and_joined(HistoryTerms terms)
    {
        var candles = new GeneratedCandles(new PricePath(1, MarketFile.Demo), MarketFile.Demo);
        var unit = (Int128)Fixed.PowerOfTen(Money.Decimals - terms.PriceDecimals - terms.SizeDecimals);
        foreach (var (_, seconds) in CandleIntervals.All)
        {
            var bars = Read(candles, terms, seconds, ListedSeconds - 1_000L * seconds, ListedSeconds + 1_000_000);
            Assert.Equal(long.Min(1_000, (ListedSeconds - GeneratedCandles.FirstSeconds(Listed)) / seconds), bars.Count, 2.0);
            for (var i = 0; i < bars.Count; i++)
            {
                var bar = bars[i];
                var possible = bar.StartSeconds % seconds == 0 && bar.Low > 0 && bar.BaseVolume > 0
                    && bar.Low <= bar.Open && bar.Low <= bar.Close && bar.High >= bar.Open && bar.High >= bar.Close
                    && bar.QuoteVolume.Raw >= unit * bar.Low * bar.BaseVolume && bar.QuoteVolume.Raw <= unit * bar.High * bar.BaseVolume;
                var joined = i == 0 || (bars[i - 1].StartSeconds + seconds == bar.StartSeconds && bars[i - 1].Close == bar.Open);
                if (!possible || !joined) Assert.Fail($"{terms.Symbol} {seconds} s: {bar}");
            }
            Assert.Equal(terms.ListingReference, bars[^1].Close);
            Assert.Equal(ListedSeconds - ListedSeconds % seconds, bars[^1].StartSeconds);
        }
    }

    // F-011: what an inverse contract trades is worth its size over the price, in the coin.
    [Fact]
    public void Bars_of_an_inverse_contract_are_worth_their_size_over_their_price()
    {
        var candles = new GeneratedCandles(new PricePath(1, MarketFile.Demo), MarketFile.Demo);
        var unit = (Int128)Fixed.PowerOfTen(Money.Decimals + 1);                // one dollar at a price with one decimal
        var inverse = new HistoryTerms("BTC_USD", "BTC", "USDT", 1, 0, 838_590, Listed) { IsInverse = true, ValueUnit = (long)unit, Liquidity = new PairLiquidity { Turnover = "400" } };
        foreach (var bar in Read(candles, inverse, 86_400, ListedSeconds - 30 * 86_400, ListedSeconds - 86_400))
        {
            var (most, least) = (unit * bar.BaseVolume / bar.Low, unit * bar.BaseVolume / bar.High);
            Assert.True(bar.QuoteVolume.Raw >= least - 9_000 && bar.QuoteVolume.Raw <= most, $"{bar}");
            Assert.InRange((double)bar.QuoteVolume.Raw / 1e12, 100, 1_600);
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Every_interval_is_exactly_the_sum_of_every_finer_one(HistoryTerms terms)
    {
        var candles = new GeneratedCandles(new PricePath(9, MarketFile.Demo), MarketFile.Demo);
        var chance = new Random(11);
        foreach (var (_, coarse) in CandleIntervals.All.Skip(1))
        {
            foreach (var (_, fine) in CandleIntervals.All.Where(interval => interval.Seconds < coarse && coarse % interval.Seconds == 0 && coarse / interval.Seconds <= 9_000))
            {
                for (var n = 0; n < 2; n++)
                {
                    var at = ListedSeconds - (n == 0 ? 0 : (long)(chance.NextDouble() * 369 * 86_400));
                    at -= at % coarse;
                    var whole = Assert.Single(Read(candles, terms, coarse, at, at + 1));
                    var parts = Read(candles, terms, fine, at, at + coarse);
                    Assert.Equal(whole, new Candle(at, parts[0].Open, parts.Max(bar => bar.High), parts.Min(bar => bar.Low), parts[^1].Close,
                        parts.Sum(bar => bar.BaseVolume), parts.Aggregate(Money.Zero, (sum, bar) => sum + bar.QuoteVolume)));
                }
            }
        }
    }

    [Fact]
    public void The_past_is_the_path()
    {
        var path = new PricePath(4, MarketFile.Demo);
        var bars = Read(new GeneratedCandles(path, MarketFile.Demo), Btc, 3600, 0, ListedSeconds);
        var reader = new PathReader(path);
        foreach (var bar in bars.SkipLast(1).Where((_, i) => i % 37 == 0))
        {
            var price = reader.Price(new PathAnchor("BTC", "USDT", Listed, 838_590), (bar.StartSeconds + 3600) * Nanos.PerSecond);
            Assert.InRange(bar.Close - price, -1, 1);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bars_and_another_seed_others()
    {
        var year = (ListedSeconds - 365 * 86_400, ListedSeconds);
        List<Candle> Daily(ulong seed) => Read(new GeneratedCandles(new PricePath(seed, MarketFile.Demo), MarketFile.Demo), Btc, 86_400, year.Item1, year.Item2);
        Assert.Equal(Daily(1), Daily(1));
        Assert.NotEqual(Daily(1), Daily(2));
        Assert.Equal(365, Daily(1).Count, 1.0);
    }

    [Fact]
    public async Task Many_readers_at_once_see_the_same()
    {
        var candles = new GeneratedCandles(new PricePath(1, MarketFile.Demo), MarketFile.Demo);
        var read = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Read(candles, Pepe, 14_400, ListedSeconds - 30 * 86_400, ListedSeconds))));
        Assert.All(read, bars => Assert.Equal(read[0], bars));
    }

    [Fact]
    public void Outside_the_past_there_is_nothing()
    {
        var candles = new GeneratedCandles(new PricePath(1, MarketFile.Demo), MarketFile.Demo);
        Assert.Empty(Read(candles, Btc, 60, ListedSeconds + 60, ListedSeconds + 6_000));
        Assert.Empty(Read(candles, Btc, 60, 0, 6_000));
        Assert.Empty(Read(candles, Btc, 60, ListedSeconds - 60, ListedSeconds - 600));
        Assert.NotEmpty(Read(candles, Btc, 2_592_000, long.MinValue / 2, long.MaxValue));
    }

    private static List<Candle> Read(GeneratedCandles candles, in HistoryTerms terms, int seconds, long from, long to)
    {
        var bars = new List<Candle>();
        candles.Read(terms, seconds, from, to, bars);
        return bars;
    }
}
