using CsCheck;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Tiers, requirements, order margin and changes of margin (futures section 7, 17.2).</summary>
public class MarginTests
{
    [Theory]
    [InlineData("1", "0.003")]
    [InlineData("500000", "1500")]
    [InlineData("500000.01", "1500.000035")]
    [InlineData("1200000", "4050")]
    [InlineData("1500000", "5250")]
    [InlineData("2999999.99", "12499.99995")]
    public void FX_11_F_110_maintenance_margin_over_the_tiers(string value, string expected) =>
        Assert.Equal(expected, Btc.RiskLimits.Maintenance(Notional.Of(M(value))).ToString());

    [Fact]
    public void FX_12_F_110_only_what_is_above_a_limit_has_the_higher_rate()
    {
        var tiers = Tiers(("1000000", "0.004", "0.01"), ("2000000", "0.0045", "0.02"));
        Assert.Equal("4900", tiers.Maintenance(Notional.Of(M("1200000"))).ToString());
    }

    [Fact]
    public void FX_13_F_110_F_113_deductions_and_the_limit_of_a_leverage()
    {
        var tiers = Tiers(("20000", "0.004", "0.008"), ("50000", "0.0045", "0.009009"), ("100000", "0.005", "0.01"), ("200000", "0.007", "0.013333"),
            ("1000000", "0.01", "0.02"), ("2000000", "0.02", "0.04"), ("3000000", "0.05", "0.1"), ("5000000", "0.5", "0.95238"));
        Assert.Equal(["125", "111", "100", "75", "50", "25", "10", "1.05"], tiers.Tiers.ToArray().Select(t => t.LeverageMax.ToString()));
        Assert.Equal(["0", "10", "35", "235", "835", "10835", "70835", "1420835"], tiers.Tiers.ToArray().Select(t => t.Deduction.ToString()));
        Assert.Equal("100000", RiskLimit.LimitFor(tiers, X(90)).ToString());
        Assert.Equal("1000000", RiskLimit.LimitFor(tiers, X(30)).ToString());
        Assert.Equal("3000000", RiskLimit.LimitFor(tiers, X(2)).ToString());
        Assert.Equal("5000000", RiskLimit.LimitFor(tiers, X(1)).ToString());
        Assert.Equal(Money.Zero, RiskLimit.LimitFor(tiers, X(126)));
        Assert.Equal("6165", tiers.Maintenance(Notional.Of(M("700000"))).ToString());
    }

    [Theory]
    [InlineData("BTC", 14)]
    [InlineData("ETH", 11)]
    [InlineData("LARGE", 9)]
    [InlineData("MID", 8)]
    [InlineData("SMALL", 6)]
    [InlineData("METAL", 7)]
    [InlineData("INDEX", 6)]
    [InlineData("STOCK", 7)]
    [InlineData("KRSTOCK", 4)]
    [InlineData("INVERSE", 8)]
    [InlineData("DELIV", 8)]
    public void F_110_leverages_and_deductions_of_the_catalogue_follow_from_limits_and_rates(string name, int count)
    {
        var rows = TierRows(name).ToArray();
        Assert.Equal(count, rows.Length);
        Assert.Equal(RiskLimitFault.None, RiskLimitTable.Check(TierTerms(name), Fee));
        var table = Table(name);
        Assert.Equal(rows.Select(row => row[3]), table.Tiers.ToArray().Select(tier => tier.LeverageMax.ToString()));
        Assert.Equal(rows.Select(row => row[4]), table.Tiers.ToArray().Select(tier => tier.Deduction.ToString()));
    }

    [Fact]
    public void F_110_tables_that_are_not_ascending_or_open_into_liquidation_are_refused()
    {
        static RiskLimitFault Check(params (string Limit, string Maintenance, string Initial)[] tiers) =>
            RiskLimitTable.Check([.. tiers.Select(t => new TierTerms(M(t.Limit), R(t.Maintenance), R(t.Initial)))], Fee);
        Assert.Equal(RiskLimitFault.Empty, Check());
        Assert.Equal(RiskLimitFault.NotIncreasing, Check(("0", "0.01", "0.02")));
        Assert.Equal(RiskLimitFault.NotIncreasing, Check(("100", "0.01", "0.02"), ("100", "0.02", "0.04")));
        Assert.Equal(RiskLimitFault.NotIncreasing, Check(("100", "0.01", "0.02"), ("200", "0.01", "0.04")));
        Assert.Equal(RiskLimitFault.NotIncreasing, Check(("100", "0.01", "0.02"), ("200", "0.015", "0.02")));
        Assert.Equal(RiskLimitFault.NotIncreasing, Check(("100", "0.5", "1.01")));
        Assert.Equal(RiskLimitFault.InitialBelowMaintenance, Check(("100", "0.01", "0.01075")));
        Assert.Equal(RiskLimitFault.None, Check(("100", "0.01", "0.010750000001")));
        Assert.Equal(RiskLimitFault.None, Check(("100", "0.9999", "1")));
        Assert.Equal(RiskLimitFault.DeductionNotExact, Check(("0.000000000001", "0.01", "0.02"), ("200", "0.02", "0.04")));
    }

    [Fact]
    public void F_110_the_tier_that_holds_a_value_is_the_largest_of_all_tiers() => Gen.Long[0, 2_000_000_000_000].Sample(cents =>
    {
        var value = Notional.Of(new Money((Int128)cents * 1_000_000_000));
        var largest = Btc.RiskLimits.Tiers.ToArray().Select(t => (value.Part(t.MaintenanceRate) - t.Deduction).Raw).Max();
        Assert.Equal(largest, Btc.RiskLimits.Maintenance(value).Raw);
    }, iter: 3_000);

    [Fact]
    public void FX_14_F_102_F_104_F_106_order_margin_of_both_sides_with_and_without_a_position()
    {
        OpeningOrder[] buys = [new(200, Btc.P("83000"), Fee)];
        OpeningOrder[] sells = [new(100, Btc.P("85000"), Fee)];
        Assert.Equal("85.49", OrderMargin.OfSide(Btc, Side.Buy, 0, buys, X(20)).ToString());
        Assert.Equal("43.806875", OrderMargin.OfSide(Btc, Side.Sell, 0, sells, X(20)).ToString());
        Assert.Equal("85.49", OrderMargin.OneWay(Btc, 0, buys, sells, X(20)).ToString());
        var account = new MarginAccount { OrderMargin = M("85.49") };
        Assert.Equal("914.51", account.Risk(M("1000")).Available.ToString());

        var exposure = Requirements.Of(Btc, Btc.RiskLimits, 50, Btc.Value(50, Btc.P("84000")), X(20), Btc.P("84000"));
        Assert.Equal("21.315", exposure.InitialMargin.ToString());
        Assert.Equal("21.9034375", OrderMargin.OfSide(Btc, Side.Sell, 50, sells, X(20)).ToString());
        Assert.Equal("85.49", OrderMargin.OneWay(Btc, 50, buys, sells, X(20)).ToString());
        account.Replace(default, exposure);
        Assert.Equal("893.195", account.Risk(M("1000")).Available.ToString());
    }

    [Fact]
    public void F_106_the_position_takes_the_best_opposite_orders_first()
    {
        OpeningOrder[] sells = [new(30, Btc.P("84000"), Fee), new(30, Btc.P("85000"), Fee), new(40, Btc.P("86000"), Fee)];
        var last = OrderMargin.Of(Btc, Side.Sell, 40, Btc.P("86000"), X(20), Fee);
        var middle = OrderMargin.Of(Btc, Side.Sell, 10, Btc.P("85000"), X(20), Fee);
        Assert.Equal(last + middle, OrderMargin.OfSide(Btc, Side.Sell, 50, sells, X(20)));
        Assert.Equal(Money.Zero, OrderMargin.OfSide(Btc, Side.Sell, 100, sells, X(20)));
        Assert.Equal(Money.Zero, OrderMargin.OfSide(Btc, Side.Sell, 1_000, sells, X(20)));
    }

    [Fact]
    public void F_106_the_bound_is_exact_where_it_says_so_and_never_too_low() =>
        Gen.Select(Gen.Long[-300, 300], Gen.Select(Gen.Long[1, 200], Gen.Long[8_000_000, 9_000_000]).Array[0, 3], Gen.Select(Gen.Long[1, 200], Gen.Long[8_000_000, 9_000_000]).Array[0, 3])
            .Sample((position, buyOrders, sellOrders) =>
            {
                var (buys, buySums) = Sums(Side.Buy, buyOrders);
                var (sells, sellSums) = Sums(Side.Sell, sellOrders);
                var bound = OrderMargin.OneWayBound(position, buySums, sellSums, out var exact);
                var margin = OrderMargin.OneWay(Btc, position, buys, sells, X(20));
                Assert.True(exact ? bound == margin : bound >= margin);
                if (position == 0) Assert.True(exact);
            }, iter: 3_000);

    private static (OpeningOrder[] Orders, OrderSums Sums) Sums(Side side, (long Size, long Price)[] orders)
    {
        var sums = new OrderSums();
        foreach (var (size, price) in orders) sums.Add(size, OrderMargin.Of(Btc, side, size, price, X(20), Fee));
        return ([.. orders.Select(o => new OpeningOrder(o.Size, o.Price, Fee))], sums);
    }

    [Fact]
    public void F_106_hedge_mode_pays_for_both_legs()
    {
        var sums = new OrderSums();
        sums.Add(200, M("85.49"));
        var others = new OrderSums();
        others.Add(100, M("43.806875"));
        Assert.Equal("129.296875", OrderMargin.Hedge(sums, others).ToString());
        others.Remove(100, M("43.806875"));
        Assert.Equal(default, others);
    }

    [Theory]
    [InlineData(Side.Buy, "84000", "83990", "84000")]           // a linear buy has its own price
    [InlineData(Side.Sell, "84000", "84010", "84010")]          // a sell below the best bid trades there
    [InlineData(Side.Sell, "84000", "83990", "84000")]
    [InlineData(Side.Sell, "84000", "0", "84000")]
    public void F_104_the_price_a_linear_order_is_valued_at(Side side, string price, string best, string expected) =>
        Assert.Equal(Btc.P(expected), OrderMargin.ValuePrice(Btc, side, Btc.P(price), Btc.P(best)));

    [Theory]
    [InlineData(Side.Buy, "84000", "83990", "83990")]
    [InlineData(Side.Buy, "84000", "84010", "84000")]
    [InlineData(Side.Buy, "84000", "0", "84000")]
    [InlineData(Side.Sell, "84000", "84010", "84000")]
    public void F_104_the_price_an_inverse_order_is_valued_at(Side side, string price, string best, string expected) =>
        Assert.Equal(BtcUsd.P(expected), OrderMargin.ValuePrice(BtcUsd, side, BtcUsd.P(price), BtcUsd.P(best)));

    [Fact]
    public void F_104_inverse_orders_have_the_extra_fee_on_the_buying_side()
    {
        // 84 000 USD at 84 000 is 1 BTC: 1/10 + 2 · 0.00075, and 0.000075 more for a buy.
        Assert.Equal("0.101575", OrderMargin.Of(BtcUsd, Side.Buy, 84_000, BtcUsd.P("84000"), X(10), Fee).ToString());
        Assert.Equal("0.1015", OrderMargin.Of(BtcUsd, Side.Sell, 84_000, BtcUsd.P("84000"), X(10), Fee).ToString());
        // A third of a coin at 3x rounds up once: 1/9 + 0.0005 + 0.00025/3.
        Assert.Equal("0.111694444445", OrderMargin.Of(BtcUsd, Side.Buy, 1, BtcUsd.P("3"), X(3), Fee).ToString());
    }

    [Fact]
    public void FX_15_F_119_another_leverage_of_an_isolated_position()
    {
        var entry = Btc.Value(10_000, Btc.P("84000"));
        MarginVerdict Set(string mark, string margin, int leverage, string transferable, out Money changed) =>
            MarginChange.SetLeverage(Btc, 10_000, entry, M(margin), X(leverage), Btc.P(mark), M(transferable), out changed);
        Assert.Equal("4263", Requirements.Initial(Btc, Notional.Of(entry), X(20)).ToString());
        Assert.Equal(MarginVerdict.Allowed, Set("84000", "4263", 50, "0", out var lower));
        Assert.Equal(("1743", "2520"), (lower.ToString(), (M("4263") - lower).ToString()));
        Assert.Equal(MarginVerdict.WouldLiquidate, Set("83000", "4263", 50, "0", out _));
        // More margin needs what is transferable, to the quantum.
        Assert.Equal(MarginVerdict.Allowed, Set("84000", "1743", 20, "2520", out var higher));
        Assert.Equal("4263", higher.ToString());
        Assert.Equal(MarginVerdict.Insufficient, Set("84000", "1743", 20, "2519.999999999999", out _));
    }

    [Fact]
    public void F_120_cross_leverage_goes_where_it_is_afforded_or_asks_for_less()
    {
        Assert.Equal(MarginVerdict.Allowed, MarginChange.SetCrossLeverage(M("10"), M("20"), Money.Zero));
        Assert.Equal(MarginVerdict.Insufficient, MarginChange.SetCrossLeverage(M("10"), M("20"), new Money(-1)));
        Assert.Equal(MarginVerdict.Allowed, MarginChange.SetCrossLeverage(M("20"), M("10"), new Money(-1)));
    }

    [Fact]
    public void FX_16_F_121_margin_that_can_be_removed()
    {
        var entry = Btc.Value(10_000, Btc.P("84000"));
        Assert.Equal("500", MarginChange.Removable(Btc, entry, M("5263"), M("-500"), X(20)).ToString());
        Assert.Equal(MarginVerdict.Allowed, MarginChange.Remove(Btc, entry, M("5263"), M("-500"), X(20), M("500")));
        Assert.Equal(MarginVerdict.RemovesTooMuch, MarginChange.Remove(Btc, entry, M("5263"), M("-500"), X(20), M("500.000000000001")));
        Assert.Equal("1000", MarginChange.Removable(Btc, entry, M("5263"), M("500"), X(20)).ToString());
        Assert.Equal(MarginVerdict.Allowed, MarginChange.Add(M("1"), M("1")));
        Assert.Equal(MarginVerdict.Insufficient, MarginChange.Add(M("1.000000000001"), M("1")));
    }

    [Fact]
    public void FX_17_F_111_F_133_hedged_legs_pay_for_the_larger_one()
    {
        var exposure = Requirements.Of(Btc, Btc.RiskLimits, 50_000, Btc.Value(50_000, Btc.P("83000")), -30_000, Btc.Value(-30_000, Btc.P("84500")), X(20), Btc.P("84000"));
        Assert.Equal(("6500", "21315", "1575"), (exposure.Unrealised.ToString(), exposure.InitialMargin.ToString(), exposure.Requirement.ToString()));
        Assert.Equal("1260", Btc.RiskLimits.Maintenance(Notional.Of(M("420000"))).ToString());
        var account = new MarginAccount { Cross = exposure };
        Assert.Equal("36500", account.Risk(M("30000")).Equity.ToString());
        Assert.Equal("23.17460317", account.Risk(M("30000")).Level.ToString());
        // Which side the larger leg is on makes no difference to what it requires.
        var other = Requirements.Of(Btc, Btc.RiskLimits, 30_000, Btc.Value(30_000, Btc.P("83000")), -50_000, Btc.Value(-50_000, Btc.P("84500")), X(20), Btc.P("84000"));
        Assert.Equal(("5500", "21315", "1575"), (other.Unrealised.ToString(), other.InitialMargin.ToString(), other.Requirement.ToString()));
    }

    [Fact]
    public void FX_18_F_102_initial_margin_of_an_inverse_position_without_the_exit_fee()
    {
        // 10 contracts of 100 USD are 1 000 of ours; Binance takes no exit fee.
        var value = BtcUsd.NotionalOf(1_000, BtcUsd.P("9800"));
        Assert.Equal("0.005102040817", value.Part(MarginFactor.Of(X(20), Rate.Zero, 1)).ToString());      // 0.0051020408163…, rounded up
    }

    [Fact]
    public void F_003_F_102_requirements_of_inverse_values_are_rounded_once_from_the_exact_value() =>
        Gen.Select(Gen.Long[1, 40_000_000], Gen.Long[100, 20_000_000], Gen.Int[1, 100]).Sample((size, price, leverage) =>
        {
            // ceil(Q/p · (1/L + f)) over one denominator, by hand.
            var over = (System.Numerics.BigInteger)size * BtcUsd.ValueUnit * (1_000_000 + 750 * leverage);
            var under = (System.Numerics.BigInteger)price * 1_000_000 * leverage;
            Assert.Equal((Int128)((over + under - 1) / under), Requirements.Initial(BtcUsd, BtcUsd.NotionalOf(size, price), X(leverage)).Raw);
        }, iter: 5_000);

    [Fact]
    public void F_113_a_leverage_is_bound_by_the_tier_of_what_is_at_stake()
    {
        LeverageVerdict Check(Leverage leverage, string exposure) => RiskLimit.Check(Btc, Btc.RiskLimits, leverage, Notional.Of(M(exposure)));
        Assert.Equal(LeverageVerdict.Allowed, Check(X(200), "500000"));
        Assert.Equal(LeverageVerdict.TooHigh, Check(X(200), "500000.01"));
        Assert.Equal(LeverageVerdict.Allowed, Check(new Leverage(15_001), "1000000"));
        Assert.Equal(LeverageVerdict.TooHigh, Check(X(201), "0"));
        Assert.Equal(LeverageVerdict.TooLow, Check(new Leverage(99), "0"));
    }

    [Fact]
    public void F_113_F_114_the_limit_counts_position_and_orders_and_may_be_reached()
    {
        var limit = RiskLimit.LimitFor(Btc.RiskLimits, X(150));
        Assert.Equal("1000000", limit.ToString());
        Assert.False(RiskLimit.IsExceeded(Notional.Of(M("600000")), M("400000"), limit));
        Assert.True(RiskLimit.IsExceeded(Notional.Of(M("600000")), M("400000.000000000001"), limit));
        Assert.True(RiskLimit.IsExceeded(Notional.Max(Notional.Of(M("1")), Notional.Of(M("600000"))), M("500000"), limit));
    }

    [Fact]
    public void F_032_the_average_maintenance_rate()
    {
        Assert.Equal("0.003375", Requirements.AverageRate(Btc.RiskLimits, Notional.Of(M("1200000"))).ToString());
        Assert.Equal(Rate.Zero, Requirements.AverageRate(Btc.RiskLimits, default));
        // A margin of so few quanta is rounded up by more than the last digit of the rate.
        Assert.Equal("0.005000000005", Requirements.AverageRate(BtcUsd.RiskLimits, BtcUsd.NotionalOf(1, BtcUsd.P("7"))).ToString());
    }

    [Fact]
    public void F_111_the_level_of_an_isolated_leg()
    {
        var entry = Btc.Value(10_000, Btc.P("84000"));
        var level = Requirements.IsolatedLevel(Btc, Btc.RiskLimits, 10_000, entry, M("4263"), Btc.P("83000"));
        Assert.Equal(new MarginLevel(M("3263"), M("311.25")), level);
        Assert.False(Requirements.IsolatedLevel(Btc, Btc.RiskLimits, 0, default, default, Btc.P("83000")).IsDefined);
    }

    [Fact]
    public void F_090_F_091_F_092_an_account_keeps_sums_and_replaces_its_parts()
    {
        var account = new MarginAccount { IsolatedMargin = M("100"), OrderMargin = M("12") };
        var btc = new Exposure(M("-30"), M("40"), M("3"));
        var eth = new Exposure(M("12"), M("8"), M("2"));
        account.Replace(default, btc);
        account.Replace(default, eth);
        Assert.Equal(new Risk(M("900"), M("-18"), M("48"), M("12"), M("5")), account.Risk(M("1000")));
        var moved = btc with { Unrealised = M("-10") };
        account.Replace(btc, moved);
        Assert.Equal("2", account.Cross.Unrealised.ToString());
        account.Replace(moved, default);
        account.Replace(eth, default);
        Assert.Equal(default, account.Cross);
    }
}
