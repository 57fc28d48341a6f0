using Sluice.Core.Kernel;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Tests.Markets.Indexes;

public class IndexMeanTests
{
    private const long Now = 1_767_225_600 * Nanos.PerSecond;

    [Fact]
    public void FX_33_F_051_an_outlier_is_left_out()
    {
        var mean = IndexMean.Of([Quote(100.00), Quote(100.10), Quote(99.95), Quote(100.05), Quote(106.00)], Now);
        Assert.Equal((4, 0b01111), (mean.Count, mean.Sources));
        Assert.Equal(100_025, IndexService.Rounded(mean.Price, Terms(3, 1)));
    }

    [Fact]
    public void F_050_the_mean_is_weighted()
    {
        // (2·100 + 1·101 + 1·99) / 4 and (3·100 + 1·101 + 1·102) / 5
        Assert.Equal(100, IndexMean.Of([Quote(100, 2), Quote(101), Quote(99)], Now).Price, 12);
        Assert.Equal(100.6, IndexMean.Of([Quote(100, 3), Quote(101), Quote(102)], Now).Price, 12);
    }

    [Fact]
    public void F_051_a_quote_is_younger_than_ten_seconds()
    {
        var fresh = Quote(101) with { Nanos = Now - 10 * Nanos.PerSecond + 1 };
        Assert.Equal(0b11, IndexMean.Of([Quote(100), fresh], Now).Sources);
        Assert.Equal(0b01, IndexMean.Of([Quote(100), fresh with { Nanos = Now - 10 * Nanos.PerSecond }], Now).Sources);
    }

    [Fact]
    public void F_051_a_crossed_book_does_not_count()
    {
        var crossed = new ConstituentQuote(100.2, 100.1, 1, Now);
        Assert.Equal(0b001, IndexMean.Of([Quote(100), crossed, default], Now).Sources);
        Assert.Equal(1, IndexMean.Of([new ConstituentQuote(100.1, 100.1, 1, Now)], Now).Count);
    }

    [Theory]
    // 3 % of the median 100 is in, more is out.
    [InlineData(103.0, 3)]
    [InlineData(103.01, 2)]
    [InlineData(97.0, 3)]
    [InlineData(96.99, 2)]
    public void F_051_three_percent_of_the_median(double third, int used) => Assert.Equal(used, IndexMean.Of([Quote(100), Quote(100), Quote(third)], Now).Count);

    [Fact]
    public void F_051_two_candidates_within_three_percent_of_each_other_or_none()
    {
        var mean = IndexMean.Of([Quote(100, 9), Quote(103)], Now);
        Assert.Equal((2, 101.5), (mean.Count, mean.Price));             // F-052: the mean of two is plain
        Assert.Equal(0, IndexMean.Of([Quote(100), Quote(103.01)], Now).Count);
    }

    [Fact]
    public void F_052_what_is_left_decides()
    {
        Assert.Equal((1, 100.0, 0b100), (IndexMean.Of([default, default, Quote(100)], Now) is var one ? one.Count : 0, one.Price, (int)one.Sources));
        Assert.Equal(0, IndexMean.Of([default, default], Now).Count);
        Assert.Equal(0, IndexMean.Of([], Now).Count);
        // Three candidates of which one is wrong leave two: their plain mean, whatever they weigh.
        Assert.Equal(100.5, IndexMean.Of([Quote(100, 9), Quote(101), Quote(200)], Now).Price);
        // Two camps far from their common median leave nothing.
        Assert.Equal(0, IndexMean.Of([Quote(90), Quote(90), Quote(110), Quote(110)], Now).Count);
    }

    [Theory]
    // Half-even to the step: 0.5 and 2.5 steps go to the even neighbour, also where binary fractions are a little off.
    [InlineData(100.025, 2, 1, 10_002)]
    [InlineData(100.035, 2, 1, 10_004)]
    [InlineData(100.045, 2, 1, 10_004)]
    [InlineData(83_802.1649999, 2, 1, 8_380_216)]
    [InlineData(83_802.16, 2, 10, 8_380_220)]
    [InlineData(83_802.15, 2, 10, 8_380_220)]
    [InlineData(83_802.25, 2, 10, 8_380_220)]
    [InlineData(0.000012850049, 9, 1, 12_850)]
    [InlineData(double.NaN, 2, 1, 0)]
    public void F_003_an_index_is_rounded_half_even(double price, int decimals, long round, long raw) =>
        Assert.Equal(raw, IndexService.Rounded(price, Terms(decimals, round)));

    private static ConstituentQuote Quote(double price, double weight = 1) => new(price, price, weight, Now);

    private static IndexTerms Terms(int decimals, long round) => new("X", "X", null, null, decimals, round, [1], false);
}
