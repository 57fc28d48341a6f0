using CsCheck;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Liquidation and bankruptcy prices (futures section 7.4, 17.3), and the marks the index looks at.</summary>
public class LiquidationPriceTests
{
    private static readonly Contract FineBtc = Fine(Btc, 8);
    private static readonly Contract FineBtcUsd = Fine(BtcUsd, 6);

    private static string Liquidation(Contract contract, long size, string entry, string margin) => contract.Text(
        LiquidationPrice.Isolated(contract, contract.RiskLimits, size, contract.Value(size, contract.P(entry)), M(margin)));

    private static string Bankruptcy(Contract contract, long size, string entry, string margin) => contract.Text(
        BankruptcyPrice.Isolated(contract, size, contract.Value(size, contract.P(entry)), M(margin)));

    [Fact]
    public void FX_20_F_115_F_116_F_117_an_isolated_long()
    {
        Assert.Equal("4263", Requirements.Initial(Btc, Btc.NotionalOf(10_000, Btc.P("84000")), X(20)).ToString());
        Assert.Equal("80037.2", Liquidation(Btc, 10_000, "84000", "4263"));
        Assert.Equal("79796.9", Bankruptcy(Btc, 10_000, "84000", "4263"));
        Assert.Equal("80037.13927228", Liquidation(FineBtc, 10_000, "84000", "4263"));          // 80 037.1392722710
        Assert.Equal("79796.84763573", Bankruptcy(FineBtc, 10_000, "84000", "4263"));
    }

    [Fact]
    public void FX_21_F_115_F_116_F_117_an_isolated_short()
    {
        Assert.Equal("87933.2", Liquidation(Btc, -10_000, "84000", "4263"));
        Assert.Equal("88196.8", Bankruptcy(Btc, -10_000, "84000", "4263"));
        Assert.Equal("87933.25031133", Liquidation(FineBtc, -10_000, "84000", "4263"));
        Assert.Equal("88196.85236072", Bankruptcy(FineBtc, -10_000, "84000", "4263"));
    }

    [Fact]
    public void FX_22_F_115_the_highest_candidate_of_the_tiers_is_a_long_s_price()
    {
        string Price(Contract contract, RiskLimitTable tiers) => contract.Text(
            LiquidationPrice.Cross(contract, tiers, 143_000, contract.Value(143_000, contract.P("84500")), 0, Money.Zero, M("60000")).OfLong);
        Assert.Equal("80634.8", Price(Btc, Btc.RiskLimits));
        Assert.Equal("80634.76", Price(FineBtc, FineBtc.RiskLimits)[..8]);
        // Each tier's own candidate: rate, and the deduction that the tiers below would have given it.
        string[] rates = ["0.003", "0.0035", "0.004", "0.0045", "0.005"];
        string[] deductions = ["0", "250", "750", "1500", "2500"];
        var entry = FineBtc.Value(143_000, FineBtc.P("84500"));
        var candidates = rates.Zip(deductions).Select(tier => PriceBand.Everything.Narrowed(FineBtc, 143_000, 143_000,
            (M("60000") - entry + M(tier.Second)).Raw, R(tier.First).Raw + Fee.Raw, 1).Below);
        Assert.Equal(["80606.47", "80629.388", "80634.763", "80622.569", "80592.779"],
            candidates.Select(price => DecimalText.Format(Fixed.Divide(price, 100_000, Rounding.HalfEven), 3)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F_115_the_price_is_the_extreme_candidate_of_all_tiers(bool inverse)
    {
        // Prices of few digits and rates far apart, so that the roots of two tiers beside a limit are common, and a step apart.
        var tiers = Tiers(("1000000", "0.01", "0.02"), ("2000000", "0.25", "0.5"), ("4000000", "0.5", "1"));
        var terms = inverse ? BtcUsd.Terms with { PriceDecimals = 0, Tick = 2 } : Btc.Terms with { MultiplierDecimals = 0, PriceDecimals = 2, Tick = 2 };
        var contract = new Contract(terms with { RiskLimits = tiers, LeverageMax = X(50) });
        var step = contract.Terms.Tick;
        Gen.Select(Gen.Long[-40_000_000, 40_000_000].Where(s => s != 0), Gen.Long[1, 60], Gen.Long[1, 60], Gen.Int[0, 99]).Sample((size, entryPrice, near, percent) =>
        {
            // What lets the position be liquidated at about the price near.
            var entry = contract.Value(size, entryPrice);
            var exposure = Requirements.Of(contract, tiers, size, entry, X(1), near);
            var next = Requirements.Of(contract, tiers, size, entry, X(1), near + 1);
            var given = -exposure.Contribution - new Money((next.Contribution - exposure.Contribution).Raw * percent / 100);
            PriceBand All(Money cushion, long step, bool inward)
            {
                var band = PriceBand.Everything;
                foreach (var tier in contract.RiskLimits.Tiers)
                {
                    band = band.Narrowed(contract, size, long.Abs(size), (cushion - entry + tier.Deduction).Raw, tier.MaintenanceRate.Raw + Fee.Raw, step, inward);
                }
                return band;
            }
            var shown = All(given, step, true);
            Assert.Equal(size > 0 ? shown.OfLong : shown.OfShort, LiquidationPrice.Isolated(contract, contract.RiskLimits, size, entry, given));
            Assert.Equal(All(given - new Money(3), 1, false), LiquidationTrigger.Of(contract, contract.RiskLimits, size, long.Abs(size), entry, given));
        }, iter: 20_000);
    }

    [Fact]
    public void F_115_rates_finer_than_a_millionth_give_the_same_kind_of_price()
    {
        // 0.0030000001 instead of 0.003: the price is a little higher, in the same digits.
        var tiers = Tiers(("500000", "0.0030000001", "0.005"));
        var entry = FineBtc.Value(10_000, FineBtc.P("84000"));
        Assert.Equal("80037.13928031", FineBtc.Text(LiquidationPrice.Isolated(FineBtc, tiers, 10_000, entry, M("4263"))));      // 79 737 / 0.9962499999
    }

    [Fact]
    public void FX_23_F_091_F_111_F_115_F_116_two_cross_positions()
    {
        var (tiers, cash) = (Tiers(("500000", "0.003", "0.005")), M("5000"));
        var (btcEntry, ethEntry) = (Btc.Value(10_000, Btc.P("84000")), Eth.Value(-2_000, Eth.P("2600")));
        var (btcMark, ethMark) = (Btc.P("83000"), Eth.P("2650"));
        var btc = Requirements.Of(Btc, tiers, 10_000, btcEntry, X(20), btcMark);
        var eth = Requirements.Of(Eth, tiers, -2_000, ethEntry, X(20), ethMark);
        Assert.Equal(("-1000", "311.25"), (btc.Unrealised.ToString(), btc.Requirement.ToString()));
        Assert.Equal(("-1000", "198.75"), (eth.Unrealised.ToString(), eth.Requirement.ToString()));
        var account = btc + eth;
        var level = new MarginLevel(cash + account.Unrealised, account.Requirement);
        Assert.Equal(("3000", "5.88235294"), (level.Equity.ToString(), level.ToString()));

        Assert.Equal("80500.7", Btc.Text(LiquidationPrice.Cross(Btc, tiers, 10_000, btcEntry, 0, default, LiquidationPrice.Cushion(cash, account, btc)).OfLong));
        Assert.Equal("2774.03", Eth.Text(LiquidationPrice.Cross(Eth, tiers, 0, default, -2_000, ethEntry, LiquidationPrice.Cushion(cash, account, eth)).OfShort));
        Assert.Equal("81230.1", Btc.Text(BankruptcyPrice.Cross(Btc, 10_000, btcMark, level, btc.Requirement)));
        Assert.Equal("2706.42", Eth.Text(BankruptcyPrice.Cross(Eth, -2_000, ethMark, level, eth.Requirement)));

        // At prices so fine that rounding takes less than a millionth, closing both leaves nothing.
        var (fineBtc, fineEth) = (Fine(Btc, 8), Fine(Eth, 8));
        var btcPrice = BankruptcyPrice.Cross(fineBtc, 10_000, fineBtc.P("83000"), level, btc.Requirement)!.Value;
        var ethPrice = BankruptcyPrice.Cross(fineEth, -2_000, fineEth.P("2650"), level, eth.Requirement)!.Value;
        Assert.Equal("81230.0401", fineBtc.Text(btcPrice)[..10]);
        Assert.Equal("2706.42606", fineEth.Text(ethPrice)[..10]);
        var left = cash + Closed(fineBtc, 10_000, btcEntry, btcPrice) + Closed(fineEth, -2_000, ethEntry, ethPrice);
        Assert.True(!left.IsNegative && left < M("0.000001"), left.ToString());
    }

    private static Money Closed(Contract contract, long size, Money entry, long price) =>
        contract.Value(size, price) - entry - contract.ExitFee.Of(new Money(Int128.Abs(contract.Value(size, price).Raw)), Rounding.Ceiling);

    [Fact]
    public void FX_24_F_115_F_116_F_117_inverse_isolated_positions()
    {
        Assert.Equal("0.10075", Requirements.Initial(BtcUsd, BtcUsd.NotionalOf(84_000, BtcUsd.P("84000")), X(10)).ToString());
        Assert.Equal(("76750.4", "76368.9"), (Liquidation(BtcUsd, 84_000, "84000", "0.10075"), Bankruptcy(BtcUsd, 84_000, "84000", "0.10075")));
        Assert.Equal(("92874", "93341.1"), (Liquidation(BtcUsd, -84_000, "84000", "0.10075"), Bankruptcy(BtcUsd, -84_000, "84000", "0.10075")));
        Assert.Equal(("76750.397457", "76368.839428"), (Liquidation(FineBtcUsd, 84_000, "84000", "0.10075"), Bankruptcy(FineBtcUsd, 84_000, "84000", "0.10075")));
        Assert.Equal(("92874.061718", "93341.117597"), (Liquidation(FineBtcUsd, -84_000, "84000", "0.10075"), Bankruptcy(FineBtcUsd, -84_000, "84000", "0.10075")));
        // A short at 1x holds the coins it owes.
        Assert.Equal(("none", "none"), (Liquidation(BtcUsd, -84_000, "84000", "1.00075"), Bankruptcy(BtcUsd, -84_000, "84000", "1.00075")));
    }

    [Fact]
    public void FX_25_F_115_a_venue_that_takes_its_margins_at_the_entry_value()
    {
        // No fee and no rate that follows the price: the initial less the maintenance margin is what may be lost.
        string Price(long size) => FineBtcUsd.Text(Band(size) is var band && size > 0 ? band.OfLong : band.OfShort);
        PriceBand Band(long size) => PriceBand.Everything.Narrowed(FineBtcUsd, size, long.Abs(size),
            (M("0.114") - FineBtcUsd.Value(size, FineBtcUsd.P("50000"))).Raw, 0, 1);
        Assert.Equal(("45662.100457", "55248.618784"), (Price(60_000), Price(-60_000)));
    }

    [Fact]
    public void FX_26_F_115_F_117_an_inverse_cross_long_rounds_up()
    {
        var contract = new Contract(FineBtcUsd.Terms with { RiskLimits = Tiers(("100", "0.005", "0.01")) });
        var entry = contract.Value(10_000, contract.P("8000"));
        Assert.Equal("5747.142858", contract.Text(LiquidationPrice.Cross(contract, contract.RiskLimits, 10_000, entry, 0, default, M("0.5")).OfLong));
        Assert.Equal("5718.571429", contract.Text(BankruptcyPrice.Isolated(contract, 10_000, entry, M("0.5"))));
        // With the rate that gives the venue's 5 739.08: its tick of 0.5 makes 5 739.50 of it.
        Assert.Equal("5739.08", BtcUsd.Text(PriceBand.Everything.Narrowed(BtcUsd, 10_000, 10_000, M("1.75").Raw, R("0.004339").Raw, 1).Below));
        Assert.Equal("5739.5", BtcUsd.Text(PriceBand.Everything.Narrowed(BtcUsd, 10_000, 10_000, M("1.75").Raw, R("0.004339").Raw, 50).Below));
    }

    [Fact]
    public void F_117_a_long_whose_margin_covers_its_value_has_neither_price()
    {
        Assert.Equal(("none", "none"), (Liquidation(Btc, 10_000, "84000", "84000"), Bankruptcy(Btc, 10_000, "84000", "84000")));
        Assert.Null(LiquidationPrice.Isolated(Btc, Btc.RiskLimits, 0, default, default));
        Assert.Null(BankruptcyPrice.Isolated(Btc, 0, default, default));
        Assert.Null(BankruptcyPrice.Cross(Btc, 10_000, Btc.P("84000"), default, default));
        Assert.Null(BankruptcyPrice.Cross(Btc, 10_000, Btc.P("84000"), new MarginLevel(M("900000"), M("3150")), M("3150")));
    }

    [Fact]
    public void F_116_the_cross_form_of_one_isolated_position_is_the_isolated_price() =>
        Gen.Select(Gen.Long[-50_000, 50_000].Where(s => s != 0), Gen.Long[8_000_000, 9_000_000], Gen.Long[8_000_000, 9_000_000], Gen.Long[100, 5_000]).Sample((size, entry, mark, margin) =>
        {
            var w = Btc.Value(size, entry);
            var value = Btc.NotionalOf(size, mark);
            var requirement = Requirements.Maintenance(Btc, Btc.RiskLimits, value);
            var level = new MarginLevel(Money.Units(margin) + Btc.Unrealised(size, w, mark), requirement);
            Assert.Equal(BankruptcyPrice.Isolated(Btc, size, w, Money.Units(margin)), BankruptcyPrice.Cross(Btc, size, mark, level, requirement));
        }, iter: 2_000);

    [Fact]
    public void F_116_the_published_form_of_the_cross_price_agrees()
    {
        // mark · [1 − (MMR + f) · level] / (1 − f) for one long in the first tier.
        var (mark, requirement) = (FineBtc.P("84000"), M("315"));
        var price = BankruptcyPrice.Cross(FineBtc, 10_000, mark, new MarginLevel(M("630"), requirement), requirement);
        Assert.Equal("83432.57443083", FineBtc.Text(price));                                   // 84 000 · (1 − 0.0075) / 0.99925
    }

    [Fact]
    public void F_115_F_133_hedged_legs_have_a_price_on_each_side_the_requirement_reaches()
    {
        // 5 long and 4.99 short: a rise gains on 0.01 BTC and adds a requirement on 5, so the account is in danger above, and of no fall.
        var longEntry = Btc.Value(50_000, Btc.P("84000"));
        var shortEntry = Btc.Value(-49_900, Btc.P("84000"));
        var band = LiquidationPrice.Cross(Btc, Btc.RiskLimits, 50_000, longEntry, -49_900, shortEntry, M("2000"));
        Assert.Null(band.OfLong);
        var price = band.OfShort!.Value;
        Assert.True(Requirement(price) >= Equity(price) - M("1"));
        Assert.True(Requirement(price - 10) < Equity(price - 10) + M("0.000001"));

        // 5 long and 3 short fall together like 2 long.
        var wide = LiquidationPrice.Cross(Btc, Btc.RiskLimits, 50_000, longEntry, -30_000, Btc.Value(-30_000, Btc.P("84000")), M("20000"));
        Assert.Equal("74700.4", Btc.Text(wide.OfLong));                                        // (168 000 − 20 000) / (2 − 5 · 0.00375)

        Money Requirement(long mark) => Requirements.Of(Btc, Btc.RiskLimits, 50_000, longEntry, -49_900, shortEntry, X(20), mark).Requirement;
        Money Equity(long mark) => M("2000") + Requirements.Of(Btc, Btc.RiskLimits, 50_000, longEntry, -49_900, shortEntry, X(20), mark).Unrealised;
    }

    [Fact]
    public void F_115_F_170_inside_the_trigger_band_no_level_is_breached_and_outside_it_nearly_all_are_linear() => Triggers(Btc, 40_000_000);

    [Fact]
    public void F_115_F_170_inside_the_trigger_band_no_level_is_breached_and_outside_it_nearly_all_are_inverse() => Triggers(BtcUsd, 5_000_000);

    private static void Triggers(Contract contract, long sizeMax) =>
        Gen.Select(Gen.Long[-sizeMax, sizeMax].Where(s => s != 0), Gen.Long[1_000_000, 20_000_000], Gen.Int[1, 50]).Sample((size, entryPrice, leverage) =>
        {
            var entry = contract.Value(size, entryPrice);
            var margin = Requirements.Initial(contract, Notional.Of(entry), X(leverage));
            var band = LiquidationTrigger.Of(contract, contract.RiskLimits, size, long.Abs(size), entry, margin);
            bool Breached(long mark) => Requirements.IsolatedLevel(contract, contract.RiskLimits, size, entry, margin, mark).IsBreached;
            if (size > 0)
            {
                Assert.False(Breached(band.Below + 1));
                if (band.Below > 1) Assert.True(Breached(band.Below - 1));
            }
            else if (band.Above < long.MaxValue)
            {
                Assert.False(band.Above > 1 && Breached(band.Above - 1));
                Assert.True(Breached(band.Above + 1));
            }
            var price = LiquidationPrice.Isolated(contract, contract.RiskLimits, size, entry, margin);
            if (price is { } shown) Assert.True(size > 0 ? shown - band.Below is >= 0 and <= 10 : band.Above - shown is >= 0 and <= 10);
        }, iter: 3_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F_115_F_170_a_mark_is_safe_where_it_is_inside_the_band(bool inverse) =>
        Gen.Select(Gen.Long[-5_000_000, 5_000_000], Gen.Long[-5_000_000, 5_000_000], Gen.Bool, Gen.Long[6_000_000, 11_000_000], Gen.Long[-60, 60], Gen.Long[1_000_000, 20_000_000]).Sample(
            (size, other, isHedged, entryPrice, percent, mark) =>
            {
                var contract = inverse ? BtcUsd : Btc;
                var net = isHedged ? long.Abs(size) - long.Abs(other) : size;
                var larger = isHedged ? long.Max(long.Abs(size), long.Abs(other)) : long.Abs(size);
                if (larger == 0) return;
                var entry = contract.Value(net, entryPrice);
                var cushion = new Money(contract.NotionalOf(larger, entryPrice).ToMoney(Rounding.Floor).Raw * percent / 100);
                var band = LiquidationTrigger.Of(contract, contract.RiskLimits, net, larger, entry, cushion);
                foreach (var at in new[] { mark, band.Below, unchecked(band.Below + 1), band.Above - 1, band.Above })
                {
                    if (at is <= 0 or > 1_000_000_000_000) continue;
                    Assert.Equal(band.Contains(at), LiquidationTrigger.IsSafe(contract, contract.RiskLimits, net, larger, entry, cushion, at));
                    if (larger == long.Abs(net)) Assert.Equal(band.Contains(at), LiquidationTrigger.IsSafe(contract, net, entry, cushion, at));
                }
            }, iter: 5_000);

    [Fact]
    public void F_111_F_170_while_every_contract_of_an_account_stays_in_its_band_the_account_is_safe() =>
        Gen.Select(Gen.Long[-60_000, 60_000], Gen.Long[-9_000, 9_000], Gen.Long[-40_000, 40_000], Gen.Long[1, 100_000], Gen.Int[0, 1_000], Gen.Int[0, 1_000]).Sample((btcSize, ethSize, otherSize, cash, a, b) =>
        {
            (Contract Contract, long Size, long Mark)[] held = [(Btc, btcSize, 8_400_000), (Eth, ethSize, 260_000), (Btc, otherSize, 8_300_000)];
            var parts = held.Select(h => Requirements.Of(h.Contract, h.Contract.RiskLimits, h.Size, h.Contract.Value(h.Size, h.Mark * 101 / 100), X(20), h.Mark)).ToArray();
            var account = parts.Aggregate(default(Exposure), (sum, part) => sum + part);
            var excess = Money.Units(cash) + account.Contribution;
            if (account.Requirement.IsZero || excess <= Money.Zero) return;
            var after = Money.Units(cash);
            for (var i = 0; i < held.Length; i++)
            {
                var (contract, size, mark) = held[i];
                if (size == 0) continue;
                var entry = contract.Value(size, mark * 101 / 100);
                var cushion = LiquidationTrigger.Share(excess, account, parts[i]);
                if (cushion + parts[i].Contribution <= new Money(3)) return;                    // within the roundings: it is looked at right away
                var band = LiquidationTrigger.Of(contract, contract.RiskLimits, size, long.Abs(size), entry, cushion);
                // The worst mark still inside, or any other.
                var worst = size > 0 ? band.Below + 1 : long.Min(band.Above - 1, 100_000_000);
                Assert.True(band.Contains(mark));
                var moved = mark + (worst - mark) * (i == 0 ? a : i == 1 ? b : 1_000) / 1_000;
                after += Requirements.Of(contract, contract.RiskLimits, size, entry, X(20), moved).Contribution;
            }
            Assert.True(after > Money.Zero);
        }, iter: 3_000);
}
