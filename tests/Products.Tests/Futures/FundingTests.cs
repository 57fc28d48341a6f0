using CsCheck;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Rates and payments of funding (futures section 6, 17.4).</summary>
public class FundingTests
{
    private static FundingTerms Terms(int hours, string interest = "0.0003", string cap = "0.003") => new(hours * 3_600, 0, R(cap), R(interest), M("30000"));

    private static PremiumSamples Samples(params string[] samples)
    {
        var sums = new PremiumSamples();
        foreach (var sample in samples) sums.Add(R(sample).Raw / 10_000);
        return sums;
    }

    [Fact]
    public void FX_36_F_071_F_073_later_samples_weigh_more()
    {
        var samples = Samples("0.0002", "0.0008", "0.0014");
        Assert.Equal("0.0005", FundingRate.Of(Terms(8), samples, default).ToString());                  // average 0.0010
        Assert.Equal("0.0003", FundingRate.Of(Terms(8) with { LinearWeights = false }, samples, default).ToString());   // 0.0008 − 0.0005
    }

    [Theory]
    [InlineData("0.0004", "0.0001", "0.00005", "0.000012")]
    [InlineData("0.0010", "0.0005", "0.00025", "0.000062")]
    [InlineData("-0.0009", "-0.0004", "-0.0002", "-0.00005")]
    [InlineData("0.0050", "0.003", "0.00225", "0.000562")]
    [InlineData("-0.0060", "-0.003", "-0.00275", "-0.000688")]
    public void FX_37_F_072_F_073_the_rate_by_average_and_interval(string average, string eight, string four, string one)
    {
        var samples = Samples(average);
        Assert.Equal([eight, four, one], new[] { 8, 4, 1 }.Select(hours => FundingRate.Of(Terms(hours), samples, default).ToString()));
    }

    [Fact]
    public void FX_37_F_072_a_stock_without_interest_stays_at_nothing() =>
        Assert.Equal("0", FundingRate.Of(Terms(8, interest: "0"), Samples("0.0003"), default).ToString());

    [Fact]
    public void F_073_interest_that_no_third_divides_is_rounded_once() =>
        // A third of 0.0001 is 0.0000333…: 0.000033 for eight hours, 0.000004 (0.00000416…) for one.
        Assert.Equal(["0.000033", "0.000004"], new[] { 8, 1 }.Select(hours => FundingRate.Of(Terms(hours, interest: "0.0001"), Samples("0"), default).ToString()));

    [Fact]
    public void F_074_F_075_without_a_sample_the_rate_of_before_stands() => Assert.Equal("0.0007", FundingRate.Of(Terms(8), default, R("0.0007")).ToString());

    [Fact]
    public void F_070_settlements_are_multiples_of_the_interval_after_the_offset()
    {
        Assert.Equal(Hours(8), FundingRate.NextSettlementNanos(Terms(8), 0));
        Assert.Equal(Hours(16), FundingRate.NextSettlementNanos(Terms(8), Hours(8)));
        Assert.Equal(Hours(16), FundingRate.NextSettlementNanos(Terms(8), Hours(16) - 1));
        Assert.Equal(Hours(1) * 3 / 2, FundingRate.NextSettlementNanos(Terms(1) with { OffsetSeconds = 1_800 }, Hours(1)));
        Assert.Equal(Hours(1) / 2, FundingRate.NextSettlementNanos(Terms(1) with { OffsetSeconds = 1_800 }, 0));
    }

    [Fact]
    public void FX_38_F_076_F_078_linear_funding()
    {
        var mark = Btc.P("83760.7");
        Money Pay(long size) => FundingPayment.Of(Btc, size, mark, R("0.000028"));
        Assert.Equal(("3.35401295796", "-2.11076964", "-1.24324331796"), (Pay(14_301).ToString(), Pay(-9_000).ToString(), Pay(-5_301).ToString()));
        Assert.Equal(Money.Zero, Pay(14_301) + Pay(-9_000) + Pay(-5_301));
    }

    [Fact]
    public void FX_39_F_076_F_078_inverse_funding_leaves_a_quantum_to_the_fund()
    {
        Money Pay(long size) => FundingPayment.Of(BtcUsd, size, BtcUsd.P("83787.19"), R("0.0001"));
        Assert.Equal(("0.000035804996", "-0.000020289497", "-0.000015515498"), (Pay(30_000).ToString(), Pay(-17_000).ToString(), Pay(-13_000).ToString()));
        Assert.Equal("0.000000000001", (Pay(30_000) + Pay(-17_000) + Pay(-13_000)).ToString());
    }

    [Fact]
    public void FX_40_F_076_F_080_one_bitcoin_and_the_historical_caps()
    {
        Assert.Equal("8.4", FundingPayment.Of(Btc, 10_000, Btc.P("84000"), R("0.0001")).ToString());
        Assert.Equal("0.003", FundingRate.DefaultCap(X(125), R("0.004")).ToString());
        Assert.Equal("0.00375", FundingRate.DefaultCap(X(100), R("0.005")).ToString());
        Assert.Equal("0.002625", FundingRate.DefaultCap(new Leverage(15_001), R("0.003166")).ToString());           // 0.00262516…, whole millionths
    }

    [Fact]
    public void F_078_F_136_payments_of_a_contract_never_sum_below_zero() =>
        Gen.Select(Gen.Long[-40_000, 40_000].Array[1, 20], Gen.Long[1_000, 20_000_000], Gen.Int[-3_000, 3_000], Gen.Bool).Sample((sizes, mark, millionths, inverse) =>
        {
            var contract = inverse ? BtcUsd : Btc;
            var rate = new Rate(millionths * 1_000_000L);
            var closing = -sizes.Sum();
            var residue = sizes.Append(closing).Aggregate(Money.Zero, (sum, size) => sum + FundingPayment.Of(contract, size, mark, rate));
            Assert.InRange((long)residue.Raw, 0, sizes.Length + 1);
            Assert.Equal(default, FundingPayment.Of(contract, 0, mark, rate));
            // Hedged legs offset each other but for the rounding.
            Assert.InRange((long)(FundingPayment.Of(contract, sizes[0], mark, rate) + FundingPayment.Of(contract, -sizes[0], mark, rate)).Raw, 0, 1);
        }, iter: 2_000);

    [Theory]
    [InlineData("5", "10", "100", "5", "0", "0")]
    [InlineData("15", "10", "100", "10", "5", "0")]
    [InlineData("15", "10", "3", "10", "3", "2")]
    [InlineData("15", "0", "0", "0", "0", "15")]
    public void F_077_an_isolated_position_pays_from_its_margin_then_its_account_then_the_fund(string payment, string margin, string transferable,
        string fromMargin, string fromAccount, string fromFund) =>
        Assert.Equal(new FundingSource(M(fromMargin), M(fromAccount), M(fromFund)), FundingPayment.Isolated(M(payment), M(margin), M(transferable)));

    [Theory]
    [InlineData("5", "10", "5", "0")]
    [InlineData("15", "10", "10", "5")]
    [InlineData("15", "-1", "0", "15")]
    public void F_077_a_cross_position_pays_no_more_than_its_margin_balance(string payment, string balance, string fromAccount, string fromFund) =>
        Assert.Equal(new FundingSource(Money.Zero, M(fromAccount), M(fromFund)), FundingPayment.Cross(M(payment), M(balance)));
}
