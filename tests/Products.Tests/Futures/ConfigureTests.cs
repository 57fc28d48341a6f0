using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Other terms for a listed contract (F-015, F-169), and whom they spare for a while.</summary>
public class ConfigureTests
{
    // Twelve times the maintenance rate of the first tier of before, and leverages to match.
    private static readonly TierTerms[] Strict = [new(M("500000"), R("0.06"), R("0.1")), new(M("1000000"), R("0.08"), R("0.2"))];

    private static readonly Func<ListContract, ListContract> Low = terms => terms with { LeverageMax = 1_000 };

    [Fact]
    public void F_169_terms_change_as_a_whole_and_are_announced()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        var result = e.Configure(
            terms => Low(terms) with { TakerFee = R("0.001").Raw, MakerFee = 0, OrderPriceDeviate = R("0.05").Raw, OrdersLimit = 7, OrderSizeMax = 500, MarketOrderSizeMax = 100, FundingRateLimit = R("0.002").Raw },
            Strict, options => options with { Surplus = SurplusMode.RefundCappedFee });
        Assert.True(result.Accepted);
        var said = e.Venue.Only<ContractConfigured>();
        Assert.Equal((e.Id, e.Venue.Now, R("0.001").Raw, SurplusMode.RefundCappedFee), (said.Instrument, said.ChangedNanos, said.Terms.TakerFee, said.Options.Surplus));
        var terms = e.Market.Terms;
        Assert.Equal((R("0.001"), Rate.Zero, X(10), 500L, 7), (terms.TakerFee, terms.MakerFee, terms.LeverageMax, terms.OrderSizeMax, terms.OrdersLimit));
        Assert.Equal(R("0.001"), e.Market.Contract.ExitFee);
        Assert.Equal("10000", e.Market.Contract.RiskLimits[1].Deduction.ToString());
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        Assert.Equal((ushort)FuturesRefusal.NoChange, e.Configure().Refusal);
    }

    [Fact]
    public void F_169_F_012_F_110_terms_that_are_wrong_as_a_whole_change_nothing()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        Refused(FuturesRefusal.InvalidTerms, tiers: [new(M("500000"), R("0.06"), R("0.1")), new(M("400000"), R("0.08"), R("0.2"))]);
        Refused(FuturesRefusal.InvalidTerms, tiers: []);
        Refused(FuturesRefusal.InvalidTerms, terms => terms with { TakerFee = R("0.01").Raw });         // 0.003 + 0.01 is above the first initial rate
        Refused(FuturesRefusal.InvalidTerms, tiers: Strict);                                            // leverage_max 200 with tiers that end at 10
        Refused(FuturesRefusal.InvalidTerms, terms => terms with { FundingIntervalSeconds = 3 * 3600 });
        Refused(FuturesRefusal.InvalidTerms, terms => terms with { MultiplierDecimals = 11 });
        Refused(FuturesRefusal.InvalidTerms, options: now => now with { ClearanceRate = -1 });
        Assert.Equal((ushort)FuturesRefusal.InvalidTerms, e.Configure(terms => terms with { OrdersLimit = 8 }, grace: -1).Refusal);
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Delisting, EndNanos = e.Venue.Now + 60 * Nanos.PerSecond });
        e.Wait(60);
        Refused(FuturesRefusal.ContractNotFound, terms => terms with { OrdersLimit = 8 });

        void Refused(FuturesRefusal expected, Func<ListContract, ListContract>? change = null, TierTerms[]? tiers = null, Func<ContractOptions, ContractOptions>? options = null) =>
            Assert.Equal((ushort)expected, e.Configure(change, tiers, options).Refusal);
    }

    [Fact]
    public void F_015_multiplier_tick_and_mark_rounding_are_fixed_once_anything_was_traded_and_the_type_always()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "10000").User("B", "10000");
        Assert.True(e.Configure(terms => terms with { Multiplier = 2, Tick = 50, MarkRound = 10 }).Accepted);
        Assert.Equal((2, 50, 10), (e.Market.Terms.Multiplier, e.Market.Terms.Tick, e.Market.Terms.MarkRound));
        e.Trade("A", "B", 1, "84000");
        foreach (var change in (Func<ListContract, ListContract>[])[t => t with { Multiplier = 1 }, t => t with { Tick = 10 }, t => t with { MarkRound = 1 },
            t => t with { ContractKind = ContractKind.Inverse }, t => t with { PriceDecimals = 3 }, t => t with { SizeDecimals = 1 }, t => t with { SizeStep = 2 }])
        {
            Assert.Equal((ushort)FuturesRefusal.TermsFixed, e.Configure(change).Refusal);
        }
    }

    // F-104 with the higher of both taker rates: 8,400 · (1/20 + 2 · 0.001) instead of 8,400 · (1/20 + 2 · 0.00075).
    [Fact]
    public void F_169_F_105_order_margins_are_recomputed()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "10000");
        e.Leverage("A", 20, cross: true);
        e.Place("A", 1_000, "84000");
        Assert.Equal("432.6", e.Risk("A").OrderMargin.ToString());
        e.Configure(terms => terms with { TakerFee = R("0.001").Raw });
        Assert.Equal("436.8", e.Risk("A").OrderMargin.ToString());
    }

    // An isolated long of 8,400 at 20 times has 426.3 and needs 8,400 · 0.003 + 6.3 = 31.5 before, 8,400 · 0.06 + 6.3 = 510.3 after.
    [Fact]
    public void F_169_F_170_whom_the_change_alone_would_liquidate_keeps_the_former_table_until_the_grace_is_over()
    {
        var e = Ready();
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        e.Configure(Low, Strict, grace: 100);
        Assert.Equal((e["L"], e.Venue.Now + 100 * Nanos.PerSecond), (e.Venue.Only<RequirementsKept>().User, e.Venue.Only<RequirementsKept>().UntilNanos));
        Assert.Empty(e.Events<LiquidationStarted>());
        e.Wait(50);
        e.Price("83990");
        Assert.Empty(e.Events<LiquidationStarted>());
        var restored = e.Venue.Restored();
        Assert.Equal(e.Venue.Machine.StateHash(), restored.Machine.StateHash());
        e.Wait(49);
        e.Price("83990");
        Assert.Equal(1_000, e.Of("L").Size);
        e.Wait(1);
        Assert.Equal(0, e.Venue.Only<RequirementsKept>().UntilNanos);
        // The rate sampled each minute puts the mark at 83,998.37: 426.3 − 0.163, and 8,399.837 · 0.06075.
        Assert.Equal(("426.137", "510.29009775"), (e.Venue.Only<LiquidationStarted>().Equity.ToString(), e.Venue.Only<LiquidationStarted>().Requirement.ToString()));
        Assert.Equal(0, e.Of("L").Size);
        Assert.Empty(e.Market.Former);
    }

    // While it lasts the former table liquidates, at its own mark: 426.3 + u = 31.5 at 80,024.5… .
    [Fact]
    public void F_169_the_former_table_still_liquidates()
    {
        var e = Ready();
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        e.Configure(Low, Strict);
        e.Price("80100");
        Assert.Equal(1_000, e.Of("L").Size);
        e.Price("80020");
        var started = Assert.Single(e.Events<LiquidationStarted>());
        Assert.Equal(("28.3", "30.0075"), (started.Equity.ToString(), started.Requirement.ToString()));
    }

    [Fact]
    public void F_169_more_exposure_ends_the_grace_and_is_refused_where_it_would_liquidate()
    {
        var e = Ready();
        e.Leverage("L", 10);
        e.Trade("S", "L", 1_000, "84000");
        e.Price("81600");                                               // 846.3 − 240 against 8,160 · 0.06 + 6.12 = 495.72: not in danger
        e.Configure(Low, Strict, grace: 100);
        Assert.Empty(e.Events<RequirementsKept>());
        e.Configure(tiers: [new(M("500000"), R("0.08"), R("0.1"))], grace: 100);
        Assert.Equal(e["L"], e.Venue.Only<RequirementsKept>().User);    // 606.3 against 658.92
        Assert.Equal(FuturesRefusal.LiquidateImmediately, e.Refused("L", e.Order(1, "81500")));
        e.Accept("L", new ChangeMargin { Instrument = e.Id, Change = M("100") });
        e.Place("S", -10, "81600");
        e.Place("L", 10, "81600");
        Assert.Equal(0, e.Venue.Only<RequirementsKept>().UntilNanos);
        Assert.Empty(e.Events<LiquidationStarted>());
        Assert.Equal(1_010, e.Of("L").Size);
    }

    [Fact]
    public void F_169_a_cross_account_loses_every_grace_where_its_exposure_grows()
    {
        var e = Ready();
        e.List(Eth.Terms);
        e.Price("3000");
        var eth = e.Id;
        var btc = e.State.Markets[0].Id.Value;
        e.Turn(btc).Leverage("L", 20, cross: true);
        Trade(e, "S", "L", btc, 5_000, "84000");
        var cash = e.Cash("L");
        e.Accept("", new Products.Wallet.Fund { User = e["L"], Wallet = 2, Asset = 2, Amount = M("2300") - cash }, "", "", "");
        Assert.True(e.Turn(btc).Configure(Low, Strict, grace: 100).Accepted);           // 2,300 against 42,000 · 0.06075
        Assert.Equal((e["L"], btc), (e.Venue.Only<RequirementsKept>().User, e.Venue.Only<RequirementsKept>().Instrument));
        Assert.Equal(FuturesRefusal.LiquidateImmediately, e.Refused("L", e.Turn(eth).Order(10, "2990")));
        e.Accept("", new Products.Wallet.Fund { User = e["L"], Wallet = 2, Asset = 2, Amount = M("5000") }, "", "", "");
        Trade(e, "S", "L", eth, 10, "3000");
        Assert.Equal((btc, 0L), (e.Venue.Only<RequirementsKept>().Instrument, e.Venue.Only<RequirementsKept>().UntilNanos));
        Assert.Empty(e.Events<LiquidationStarted>());
    }

    [Fact]
    public void F_169_F_162_without_a_grace_those_in_danger_go_at_once_lowest_level_first()
    {
        var e = Ready().User("A", "5000").User("B", "5000");
        foreach (var (user, times) in new[] { ("A", 20), ("L", 50), ("B", 20) })
        {
            e.Leverage(user, times);
            e.Trade("S", user, 1_000, "84000");
        }
        e.Configure(Low, Strict, grace: 0);
        Assert.Equal([e["L"], e["A"], e["B"]], e.Events<LiquidationStarted>().Select(started => started.User));
        Assert.Empty(e.Events<RequirementsKept>());
    }

    [Fact]
    public void F_070_another_interval_counts_from_the_next_settlement_on()
    {
        var e = Exchange.With(Btc.Terms, "84000");
        var next = e.Market.NextFundingNanos;
        e.Configure(terms => terms with { FundingIntervalSeconds = 3600 });
        Assert.Equal((next, 28_800, 3600), (e.Market.NextFundingNanos, e.Market.Cycle!.IntervalSeconds, e.Market.Terms.Funding!.IntervalSeconds));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Venue.Now = next;
        e.Venue.Accept(0, default(Tick));
        Assert.Equal((next + Hours(1), 3600), (e.Market.NextFundingNanos, e.Market.Cycle!.IntervalSeconds));
    }

    [Fact]
    public void F_056_another_window_keeps_the_newest_samples()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "10000").User("B", "10000");
        e.Place("A", 1, "83990");
        e.Place("B", -1, "84010");
        foreach (var price in new[] { "84000", "84002", "84004", "84006" })
        {
            e.Venue.Now += Nanos.PerSecond;
            e.Price(price);
        }
        e.Configure(terms => terms with { MarkWindow = 2 });
        Assert.Equal((2, -800, -1_200), (e.Market.Middle.Count, e.Market.Middle[0], e.Market.Middle[1]));
    }

    [Fact]
    public void F_113_a_leverage_above_a_lowered_maximum_opens_nothing_more_and_closes()
    {
        var e = Ready();
        e.Leverage("L", 20);
        e.Trade("S", "L", 100, "84000");
        e.Configure(terms => terms with { LeverageMax = 1_500 });
        Assert.Equal(FuturesRefusal.LeverageTooHigh, e.Refused("L", e.Order(1, "84000")));
        e.Place("L", -100, "83000");
        e.Leverage("L", 15);
        e.Place("L", 1, "84000");
    }

    // A seat nothing was done with is as one that is made later: whoever restores from before says the same.
    [Fact]
    public void F_169_an_untouched_seat_begins_with_the_leverage_of_the_new_terms()
    {
        var e = Exchange.With(Btc.Terms, "84000", terms => terms with { LeverageMax = 500 }).User("A", "10000");
        var before = e.Venue.Restored();
        Assert.Equal(FuturesRefusal.PriceTooDeviated, e.Refused("A", e.Order(1, "90000")));
        e.Configure(terms => terms with { LeverageMax = 20_000 });
        e.Place("A", 100, "84000");
        Assert.Equal("85.26", e.Risk("A").OrderMargin.ToString());      // ten times: 840 · (1/10 + 0.0015)
    }

    // FX-50 with the user's choice of surplus: of 628.3219948075 the fund has 0.2 % of the 201,163.78865 filled.
    [Fact]
    public void F_182_the_user_keeps_the_surplus_but_for_a_clearance_fee()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.5") }, "84000").User("L", "12000").User("M", "1000000").User("N", "1000000");
        e.Accept("", new SetContractFees { User = e["L"], MakerFee = 0, TakerFee = long.MinValue });
        e.Configure(options: now => now with { Surplus = SurplusMode.RefundCappedFee });
        foreach (var (user, times) in new[] { ("L", 120), ("M", 20), ("N", 20) }) e.Leverage(user, times, cross: true);
        e.Endow("10000000");
        var fund = e.Fund;
        e.Place("L", 143_000, "84000");
        e.Place("M", -143_000, "84000", TimeInForce.ImmediateOrCancel);
        e.Place("N", 15_000, "83990");
        e.Place("N", 8_953, "83970.5");
        LiquidationRoundTests.SetCash(e, "L", "4900");
        e.Price("84000");
        var liquidated = Assert.Single(e.Events<PositionLiquidated>());
        Assert.Equal(("628.3219948075", "225.9944175075"), (liquidated.Surplus.ToString(), liquidated.Refund.ToString()));
        Assert.Equal("402.3275773", (e.Fund - fund).ToString());
        Assert.Equal("4305.3882312125", e.Risk("L").Equity.ToString());
    }

    // 1,000 contracts at 20 times, bankrupt at 79,796.9 and sold at 79,900: 10.3022675 more than that, of which 7,990 · 0.0005 is the fund's. The rest of the
    // margin is lost.
    [Fact]
    public void F_182_F_184_an_isolated_leg_costs_its_margin_but_for_what_it_keeps()
    {
        var e = Ready().User("B", "100000");
        e.Configure(options: now => now with { Surplus = SurplusMode.RefundCappedFee, ClearanceRate = R("0.0005").Raw });
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        e.Place("B", 1_000, "79900");
        var cash = e.Cash("L");
        e.Mark("79990");
        var liquidated = Assert.Single(e.Events<PositionLiquidated>());
        Assert.Equal(("10.3022675", "6.3072675", 0L), (liquidated.Surplus.ToString(), liquidated.Refund.ToString(), liquidated.Left));
        Assert.Equal("419.9927325", (cash - e.Cash("L")).ToString());       // 426.3 − 6.3072675
    }

    private static Exchange Ready()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "5000").User("S", "1000000");
        e.Endow("100000");
        return e;
    }

    private static void Trade(Exchange e, string maker, string taker, int instrument, long size, string price)
    {
        var raw = e.State.MarketOf(instrument)!.Contract.P(price);
        e.Place(maker, new PlaceContractOrder { Instrument = instrument, Size = -size, Price = raw });
        e.Place(taker, new PlaceContractOrder { Instrument = instrument, Size = size, Price = raw, TimeInForce = TimeInForce.ImmediateOrCancel });
    }
}
