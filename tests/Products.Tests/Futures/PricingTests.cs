using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Pricing;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Marks, impact prices and averages (futures section 5, 14, 15, and 17.4, 17.6).</summary>
public class PricingTests
{
    private static ImpactPrice Impact(Contract contract, string notional, params (string Price, long Size)[] levels)
    {
        var depth = new SpanDepth([.. levels.Select(level => new DepthLevel(contract.P(level.Price), level.Size))]);
        return ImpactPrice.Of(contract, ref depth, M(notional));
    }

    private static string Shown(Contract contract, ImpactPrice impact, int decimals) =>
        DecimalText.Format(impact.Displayed(decimals - contract.Terms.PriceDecimals), decimals);

    [Fact]
    public void FX_30_F_055_F_056_the_mark_is_the_median_of_three()
    {
        var middle = new MiddleAverage(30);
        var index = Btc.P("83802.16");
        for (var i = 0; i < 30; i++) middle.Add(index - 4_141, index - 4_121, index, i * Nanos.PerSecond);      // −41.31 from the index
        var parts = MarkPrice.Perpetual(Btc, index, R("0.000013"), Hours(3), middle, Btc.P("83758.9"), 29 * Nanos.PerSecond);
        Assert.Equal(("83802.57", "83760.85", "83758.9"), (Btc.Text(parts.Basis), Btc.Text(parts.Average), Btc.Text(parts.Last)));
        Assert.Equal("83760.85", Btc.Text(parts.Median));
        var fine = Fine(Btc, 8);
        Assert.Equal("83802.56853553", fine.Text(MarkPrice.FundingBasis(fine.P("83802.16"), R("0.000013"), Hours(3), Hours(8), 1)));
    }

    [Fact]
    public void FX_31_F_055_the_funding_basis_shrinks_with_the_time_left() =>
        Assert.Equal(1_000_000_000_000 + 93_750_000, MarkPrice.FundingBasis(1_000_000_000_000, R("0.0001"), 450 * 60 * Nanos.PerSecond, Hours(8), 1));

    [Fact]
    public void FX_32_F_055_a_small_price_with_negative_funding()
    {
        Assert.Equal(4_540, MarkPrice.FundingBasis(4_543, R("-0.002627"), Hours(1), Hours(4), 1));
        Assert.Equal(454_001_638, MarkPrice.FundingBasis(454_300_000, R("-0.002627"), Hours(1), Hours(4), 1));          // 0.0454001638 at ten decimals
    }

    [Theory]
    [InlineData(1, 2, 3, 2)]
    [InlineData(3, 2, 1, 2)]
    [InlineData(2, 1, 3, 2)]
    [InlineData(2, 3, 1, 2)]
    [InlineData(5, 5, 1, 5)]
    [InlineData(1, 5, 5, 5)]
    public void F_055_the_median_of_any_order(long a, long b, long c, long expected) => Assert.Equal(expected, new MarkParts(a, b, c).Median);

    [Fact]
    public void F_056_F_057_the_average_covers_its_window_and_lasts_a_minute()
    {
        var middle = new MiddleAverage(3);
        Assert.False(middle.TryPrice(1_000, 0, 1, out _));
        middle.Add(1_010, 1_011, 1_000, 1 * Nanos.PerSecond);
        Assert.True(middle.TryPrice(1_000, 1 * Nanos.PerSecond, 1, out var price));
        Assert.Equal(1_010, price);                                                             // 1 010.5, half-even
        middle.Add(1_010, 1_012, 1_000, 2 * Nanos.PerSecond);
        middle.Add(1_020, 1_024, 1_000, 3 * Nanos.PerSecond);
        middle.Add(990, 992, 1_000, 4 * Nanos.PerSecond);
        Assert.Equal((3, 22L, 44L, -18L), (middle.Count, middle[0], middle[1], middle[2]));
        Assert.True(middle.TryPrice(1_000, 64 * Nanos.PerSecond, 1, out price));
        Assert.Equal(1_008, price);                                                             // 1 000 + (11 + 22 − 9) / 3
        Assert.False(middle.TryPrice(1_000, 64 * Nanos.PerSecond + 1, 1, out _));
    }

    [Fact]
    public void F_057_without_a_book_or_a_trade_the_basis_stands_in()
    {
        var parts = MarkPrice.Perpetual(Btc, 8_000_000, R("0.0001"), Hours(8), new MiddleAverage(30), 0, 0);
        Assert.Equal(new MarkParts(8_000_800, 8_000_800, 8_000_800), parts);
        Assert.Equal(8_000_800, MarkPrice.Perpetual(Btc, 8_000_000, R("0.0001"), Hours(8), new MiddleAverage(30), 7_000_000, 0).Median);
    }

    [Fact]
    public void F_003_F_055_the_last_price_is_rounded_to_the_mark_s_precision()
    {
        var coarse = new Contract(Btc.Terms with { MarkRound = 100 });
        Assert.Equal(8_000_000, MarkPrice.Perpetual(coarse, 8_000_000, Rate.Zero, 0, new MiddleAverage(30), 8_000_050, 0).Last);
        Assert.Equal(8_000_200, MarkPrice.Perpetual(coarse, 8_000_000, Rate.Zero, 0, new MiddleAverage(30), 8_000_150, 0).Last);
    }

    [Fact]
    public void F_061_the_mark_stays_within_a_tenth_of_the_index()
    {
        Assert.Equal(1_101, MarkPrice.Clamped(Btc, 2_000, 1_001));
        Assert.Equal(901, MarkPrice.Clamped(Btc, 1, 1_001));
        Assert.Equal(1_000, MarkPrice.Clamped(Btc, 1_000, 1_001));
        Assert.Equal(2_000, MarkPrice.Clamped(new Contract(Btc.Terms with { MarkMaxDeviation = Rate.Zero }), 2_000, 1_001));
    }

    [Fact]
    public void F_058_a_market_without_an_index_follows_its_own_price()
    {
        var smoothed = SmoothedPrice.StartingAt(1_100);
        smoothed.StepTo(2_200);
        Assert.Equal(1_300, smoothed.Price(1));
        smoothed.StepTo(2_200);
        Assert.Equal(1_463_636_363_636, smoothed.Value);                                        // 1 300 + 2/11 · 900
    }

    [Fact]
    public void FX_34_F_062_F_063_impact_prices_and_a_premium_sample()
    {
        var bid = Impact(Btc, "30000", ("83760.0", 1_000), ("83759.5", 2_000), ("83758.0", 5_000));
        var ask = Impact(Btc, "30000", ("83900.0", 3_000), ("83905.0", 3_000));
        Assert.Equal("83759.3959899332", Shown(Btc, bid, 10));
        Assert.Equal("83900.804959752", Shown(Btc, ask, 10));
        Assert.Equal("0.00070963", DecimalText.Format(Premium.Sample(bid, ask, Btc.P("83700")), 8));
    }

    [Fact]
    public void FX_35_F_062_inverse_impact() =>
        Assert.Equal("83794.7732697", Shown(BtcUsd, Impact(BtcUsd, "0.5", ("83800", 20_000), ("83790", 40_000)), 7));

    [Fact]
    public void F_062_a_level_that_is_just_enough_is_the_price_and_a_side_that_is_not_has_none()
    {
        Assert.Equal("84000", Shown(Btc, Impact(Btc, "8400", ("84000", 1_000)), 8));
        Assert.False(Impact(Btc, "8400.000000000001", ("84000", 1_000)).Exists);
        Assert.False(Impact(Btc, "1").Exists);
        Assert.Equal("83000", Shown(Btc, Impact(Btc, "830", ("83000", 100), ("84000", 1)), 8));
    }

    [Fact]
    public void F_063_the_premium_is_negative_below_the_index_and_a_missing_side_adds_nothing()
    {
        var bid = Impact(Btc, "100", ("83000", 1_000));
        var ask = Impact(Btc, "100", ("83100", 1_000));
        Assert.Equal(0, Premium.Sample(bid, ask, Btc.P("83050")));
        Assert.Equal(-120_192, Premium.Sample(bid, ask, Btc.P("83200")));                       // −100 / 83 200
        Assert.Equal(0, Premium.Sample(bid, default, Btc.P("83200")));
        Assert.Equal(0, Premium.Sample(default, ask, Btc.P("82000")));
        Assert.Equal(0, Premium.Sample(default, default, Btc.P("82000")));
    }

    [Fact]
    public void FX_60_F_059_the_mark_of_a_delivery_contract()
    {
        var fine = new Contract(BtcDelivery.Terms with { PriceDecimals = 5, Tick = 1, MarkRound = 1 });
        Assert.Equal("10050", BtcDelivery.Text(MarkPrice.Delivery(BtcDelivery, BtcDelivery.P("10000"), R("0.060833"), Days(30))));
        Assert.Equal("10024.99986", fine.Text(MarkPrice.Delivery(fine, fine.P("10000"), R("0.060833"), Days(15))));
        var eth = new Contract(BtcDelivery.Terms with { PriceDecimals = 2, Tick = 1, MarkRound = 1, MultiplierDecimals = 2 });
        Assert.Equal("2686.18", eth.Text(MarkPrice.Delivery(eth, eth.P("2685.52"), R("0.00636"), Hours(24) * 1410 / 100)));
    }

    [Fact]
    public void F_059_the_basis_rate_follows_the_fair_price_when_the_book_is_tight()
    {
        // Fair price 10 050 with 30 days to go: 0.5 % · 365 / 30.
        var bid = Impact(BtcDelivery, "1000", ("10040", 5_000));
        var ask = Impact(BtcDelivery, "1000", ("10060", 5_000));
        var (index, old) = (BtcDelivery.P("10000"), R("0.01"));
        Assert.Equal("0.060833333333", MarkPrice.BasisRate(BtcDelivery, index, bid, ask, Days(30), old).ToString());
        // 0.005 · 10 000 = 50 is too wide already; one tick less is not.
        Assert.Equal(old, MarkPrice.BasisRate(BtcDelivery, index, bid, Impact(BtcDelivery, "1000", ("10090", 5_000)), Days(30), old));
        Assert.NotEqual(old, MarkPrice.BasisRate(BtcDelivery, index, bid, Impact(BtcDelivery, "1000", ("10089.9", 5_000)), Days(30), old));
        Assert.Equal(old, MarkPrice.BasisRate(BtcDelivery, index, bid, default, Days(30), old));
        // Below the index the rate is negative.
        Assert.Equal("-0.060833333333", MarkPrice.BasisRate(BtcDelivery, BtcDelivery.P("10000"), Impact(BtcDelivery, "1000", ("9940", 5_000)),
            Impact(BtcDelivery, "1000", ("9960", 5_000)), Days(30), old).ToString());
    }

    [Fact]
    public void F_060_in_the_window_the_fixed_part_of_the_average_counts()
    {
        var average = new SettlementAverage();
        for (var i = 0; i < 10; i++) average.Add(BtcDelivery.P("9000"), valid: true);
        // 10 of 30 at 9 000 and 20 at the index, whose basis is nothing any more.
        Assert.Equal("9666.7", BtcDelivery.Text(MarkPrice.DeliveryInWindow(BtcDelivery, BtcDelivery.P("10000"), R("0.06"), 0, average, 30)));
        Assert.Equal(MarkPrice.Delivery(BtcDelivery, BtcDelivery.P("10000"), R("0.06"), Days(1)),
            MarkPrice.DeliveryInWindow(BtcDelivery, BtcDelivery.P("10000"), R("0.06"), Days(1), default, 30));
    }

    [Fact]
    public void F_211_samples_fall_due_to_the_expiry_and_a_stale_index_asks_for_a_word()
    {
        var terms = BtcDelivery.Terms.Delivery!;
        Assert.Equal(30, terms.Samples);
        Assert.Equal(terms.ExpiryNanos - 1_740 * Nanos.PerSecond, SettlementAverage.DueNanos(terms, 1));
        Assert.Equal(terms.ExpiryNanos, SettlementAverage.DueNanos(terms, 30));
        var average = new SettlementAverage();
        for (var i = 0; i < 30; i++) average.Add(100, valid: i >= 16);
        Assert.True(average.NeedsConfirmation);
        average.Add(100, valid: true);
        Assert.False(average.NeedsConfirmation);
    }

    [Fact]
    public void FX_42_F_241_the_internal_index_is_pulled_by_the_book()
    {
        var index = SmoothedPrice.StartingAt(10_000);
        var bid = new ImpactPrice(10_100, 1);
        index.StepInto(bid, new ImpactPrice(10_200, 1));
        Assert.Equal("100.000277739", DecimalText.Format(index.Value, 11));
        for (var second = 2; second <= 3_600; second++) index.StepInto(bid, new ImpactPrice(10_200, 1));
        Assert.Equal("100.63212", DecimalText.Format(Fixed.Divide(index.Value, 100_000, Rounding.HalfEven), 6));

        var falling = SmoothedPrice.StartingAt(10_000);
        falling.StepInto(new ImpactPrice(9_800, 1), new ImpactPrice(9_900, 1));
        Assert.Equal("99.999722261", DecimalText.Format(falling.Value, 11));
        var still = SmoothedPrice.StartingAt(10_000);
        still.StepInto(new ImpactPrice(9_900, 1), new ImpactPrice(10_100, 1));
        still.StepInto(default, default);
        Assert.Equal(SmoothedPrice.StartingAt(10_000).Value, still.Value);
    }
}
