using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Liquidation, take-over and deleveraging as the machine runs them (F-162, F-165, F-166, F-170…F-209).</summary>
public class LiquidationRoundTests
{
    [Fact]
    public void FX_50_F_165_F_173_F_185_a_partial_liquidation_steps_one_tier_down()
    {
        // The taker's own rate is the contract's; opened by a maker without a fee, so that 4,900 is left as equity.
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.5") }, "84000").User("L", "12000").User("M", "1000000").User("N", "1000000");
        e.Accept("", new SetContractFees { User = e["L"], MakerFee = 0, TakerFee = long.MinValue });
        e.Leverage("L", 120, cross: true);
        e.Leverage("M", 20, cross: true);
        e.Leverage("N", 20, cross: true);
        // Opened at 84,000.00 when the mark was there, and brought to an equity of 4,900 by taking cash away while it may go.
        e.Endow("10000000");
        e.Place("L", 143_000, "84000");
        e.Place("M", -143_000, "84000", TimeInForce.ImmediateOrCancel);
        Assert.Equal((143_000, "1201200"), (e.Of("L").Size, e.Of("L").EntryValue.ToString()));
        e.Place("N", 15_000, "83990");
        e.Place("N", 8_953, "83970.5");

        // 12,000 − 4,900 = 7,100 of loss: 7,100 / 14.3 = 496.503… below 84,000 is no multiple of a cent, so the cash is set to fit instead.
        SetCash(e, "L", "4900");
        e.Price("84000");

        var liquidated = Assert.Single(e.Events<PositionLiquidated>());
        Assert.Equal((-23_953, 0, "83720.2"), (liquidated.OrderSize, liquidated.Left, e.Market.Contract.Text(liquidated.BankruptcyPrice)));
        Assert.Equal("628.3219948075", liquidated.Surplus.ToString());
        var started = Assert.Single(e.Events<LiquidationStarted>());
        Assert.Equal(("4900", "4955.7", 0), (started.Equity.ToString(), started.Requirement.ToString(), started.Instrument));
        Assert.Single(e.Events<LiquidationEnded>());
        Assert.Equal(119_047, e.Of("L").Size);
        Assert.Equal("4079.393813705", e.Risk("L").Equity.ToString());
        Assert.Equal("3999.9779", e.Risk("L").Maintenance.ToString());
        Assert.All(e.Events<ContractFilled>(), fill => Assert.Equal(ContractFillFlags.Liquidation, fill.Flags));      // F-185
        Assert.Equal(3, e.Events<StepStarted>().Count());           // the price, the round, and the one that finds the level above 1
    }

    [Fact]
    public void FX_51_F_183_F_190_F_191_F_193_M_122_the_fund_takes_over_after_a_gap()
    {
        var e = Gap(fund: "100000", size: 100_000);
        var liquidated = Assert.Single(e.Events<PositionLiquidated>());
        Assert.Equal((100_000, "79796.9", 0), (liquidated.Left, e.Market.Contract.Text(liquidated.BankruptcyPrice), e.Of("L").Size));
        Assert.Equal(("0.52325", "0"), (liquidated.MarginToFund.ToString(), liquidated.Surplus.ToString()));
        var taken = Assert.Single(e.Events<PositionTakenOver>());
        Assert.Equal(("598.47675", 100_000), (taken.FeeReserve.ToString(), taken.Size));
        Assert.Equal("100599", e.Fund.ToString());
        Assert.Equal((100_000, "-2969"), (e.Of(0).Size, e.Market.Contract.Unrealised(e.Of(0).Size, e.Of(0).EntryValue, e.Market.Mark).ToString()));
        Assert.Equal("-42031", e.Of("L").LastCloseProfit.ToString() is var all ? (e.Of("L").LastCloseProfit + Fees(M("840000"), "0.00075")).ToString() : all);
    }

    [Fact]
    public void F_184_an_isolated_user_loses_its_margin_and_nothing_more()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "60000").User("S", "1000000");
        e.Endow("100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 100_000, "84000");
        var margin = e.Of("L").Margin;
        var cash = e.Cash("L");
        e.Price("79500");
        Assert.Equal(margin, cash - e.Cash("L"));
        Assert.Equal((0, Money.Zero), (e.Of("L").Size, e.Of("L").Margin));
    }

    [Fact]
    public void FX_52_F_166_F_200_F_201_F_202_F_209_F_044_deleveraging_takes_the_highest_score_first()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5"), MakerFee = Rate.Zero }, "84000").User("L", "100000").User("X", "100000").User("Y", "100000")
            .User("Z", "100000").User("C", "1000000");
        e.Leverage("X", 10);
        e.Leverage("Y", 50);
        e.Leverage("Z", 20);
        e.Leverage("L", 20);
        e.Trade("C", "L", 3_000, "84000");              // C is short for a moment, and long of all three below
        e.Mark("90000");
        Short(e, "X", 2_000, "90000");
        e.Mark("81000");
        Short(e, "Y", 5_000, "81000");
        Short(e, "Z", 4_000, "79000");
        Assert.Equal("1278.9", e.Of("L").Margin.ToString());
        e.Mark("79500");

        var reduced = e.Events<PositionDeleveraged>().ToArray();
        Assert.Equal([(e["X"], 2_000L, "2040.62"), (e["Y"], 1_000L, "120.31")], reduced.Select(r => (r.User, r.Size, r.Profit.ToString())));
        Assert.Equal((0, -4_000, -4_000), (e.Of("X").Size, e.Of("Y").Size, e.Of("Z").Size));
        Assert.Equal("17.97", Assert.Single(e.Events<PositionLiquidated>()).MarginToFund.ToString());
        Assert.Equal("17.97", e.Fund.ToString());
        Assert.Empty(e.Events<PositionTakenOver>());
        Assert.Empty(e.Events<ContractFilled>());               // F-166.6: nothing traded
    }

    [Fact]
    public void F_166_the_orders_of_a_counterparty_are_cancelled_first()
    {
        var e = Gap(fund: "0", size: 3_000, before: x => x.Place("S", -10, "90000"));
        var cancelled = Assert.Single(e.Events<ContractOrderFinished>(), f => f.User == e["S"]);
        Assert.Equal(FinishReason.AutoDeleveraged, cancelled.Reason);
        Assert.Equal(e["S"], Assert.Single(e.Events<PositionDeleveraged>()).User);
    }

    [Fact]
    public void F_162_M_074_the_lowest_level_goes_first_and_users_of_one_level_by_id()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "5000").User("B", "5000").User("C", "5000").User("S", "1000000");
        e.Endow("100000");
        foreach (var (user, times) in new[] { ("A", 20), ("B", 50), ("C", 20) })
        {
            e.Leverage(user, times);
            e.Trade("S", user, 1_000, "84000");
        }
        e.Price("79500");
        Assert.Equal([e["B"], e["A"], e["C"]], e.Events<LiquidationStarted>().Select(s => s.User));
    }

    [Fact]
    public void F_156_F_188_F_204_a_halted_contract_keeps_its_scope_locked_until_it_opens()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "5000").User("S", "1000000");
        e.Endow("100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        var resting = e.Place("L", 10, "83000");
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.CircuitBreaker });
        e.Price("79500");
        Assert.Equal(resting, Assert.Single(e.Events<ContractOrderFinished>()).OrderId);
        Assert.Single(e.Events<LiquidationStarted>());
        Assert.Equal(1_000, e.Of("L").Size);
        Assert.Equal(FuturesRefusal.PositionInLiquidation, e.Refused("L", e.Order(10, "79000", TimeInForce.PostOnly)));
        Assert.Equal(FuturesRefusal.PositionInLiquidation, e.Refused("L", new ChangeMargin { Instrument = e.Id, Change = M("1") }));
        Assert.Equal(FuturesRefusal.PositionInLiquidation, e.Refused("L", new SetLeverage { Instrument = e.Id, Leverage = 500 }));
        Assert.Equal(210 - 6, e.Venue.Send(0, new Products.Wallet.Fund { User = e["L"], Asset = 2, Wallet = 2, Amount = M("-1") }).Refusal);

        var restored = e.Venue.Restored();
        Assert.Equal(e.Venue.Machine.StateHash(), restored.Machine.StateHash());
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });
        restored.Accept(0, new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });
        Assert.Equal(e.Venue.Machine.StateHash(), restored.Machine.StateHash());
        Assert.Single(e.Events<LiquidationEnded>());
        Assert.Equal(0, e.Of("L").Size);
    }

    [Fact]
    public void F_171_stale_prices_liquidate_nobody_until_a_fresh_one_comes()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "5000").User("S", "1000000");
        e.Endow("100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        e.Wait(61);
        e.Price("79500", IndexFlags.Stale);
        Assert.Empty(e.Events<LiquidationStarted>());
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Price("79500");
        Assert.Single(e.Events<LiquidationStarted>());
    }

    [Fact]
    public void F_134_hedged_cross_legs_are_netted_at_the_mark_before_anything_is_sold()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("H", "10000").User("S", "1000000").User("T", "1000000");
        e.Endow("100000");
        e.Accept("H", new SetPositionMode { Wallet = 2, Mode = Products.Futures.Margin.PositionMode.Dual });
        e.Leverage("H", 100, cross: true);
        e.Trade("S", "H", 60_000, "84000");
        e.Place("T", 30_000, "84000");
        e.Place("H", -30_000, "84000", TimeInForce.ImmediateOrCancel);
        Assert.Equal((60_000, -30_000), (e.Of("H", Leg.Long).Size, e.Of("H", Leg.Short).Size));
        e.Price("81400");
        var netted = e.Events<PositionChanged>().Where(p => p.Cause == PositionCause.Netting).ToArray();
        Assert.Equal([(Leg.Long, 30_000L), (Leg.Short, 0L)], netted.Select(p => (p.Leg, p.Size)));
    }

    [Fact]
    public void F_172_open_orders_alone_liquidate_nobody()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("A", "100");
        e.Leverage("A", 20);
        e.Place("A", 20, "83000");
        e.Price("40000");
        Assert.Empty(e.Events<LiquidationStarted>());
    }

    [Fact]
    public void FX_54_F_194_the_fund_offers_its_position_every_ten_seconds_until_it_is_gone()
    {
        var e = Gap(fund: "100000", size: 100_000);
        e.Place("S", 2_000_000, "79500");
        e.Wait(10);
        Assert.Equal(50_000, e.Of(0).Size);
        Assert.All(e.Events<ContractFilled>(), fill => Assert.Equal((ContractFillFlags.FundDisposal, Money.Zero), (fill.Flags, fill.TakerFee)));
        e.Refresh();
        e.Wait(10);
        e.Refresh();
        e.Wait(10);
        e.Refresh();
        for (var i = 0; i < 20 && e.Of(0).Size != 0; i++)
        {
            e.Wait(10);
            e.Refresh();
        }
        Assert.Equal(0, e.Of(0).Size);
        Assert.False(e.State.Funds[2].IsDisposing);
    }

    // Isolated long of L against S at 84,000, twenty times; then the mark falls to 79,500 with nobody to buy.
    private static Exchange Gap(string fund, long size, Action<Exchange>? before = null)
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "100000").User("S", "10000000");
        if (fund != "0") e.Endow(fund);
        e.Leverage("L", 20);
        e.Trade("S", "L", size, "84000");
        before?.Invoke(e);
        e.Price("79500");
        return e;
    }

    private static void Short(Exchange e, string user, long size, string price)
    {
        e.Place("C", size, price);
        e.Place(user, -size, price, TimeInForce.ImmediateOrCancel);
    }

    // Brings a cash balance to an amount, by the operator's hand and without the product's word: what a script of trades would have to be invented for.
    internal static void SetCash(Exchange e, string user, string amount)
    {
        var ledger = e.Venue.Products.Ledger;
        var context = (Context)typeof(StateMachine).GetField("context", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(e.Venue.Machine)!;
        ledger.TryFind(e[user], WalletId.FuturesUsdt, 2, out var slot);
        var change = M(amount) - ledger[slot].Total;
        ledger.Post(context, slot, change, Money.Zero, Core.Ledger.Reason.Fund, 0, 0);
        ledger.Post(context, ledger.Open(0, WalletId.OutsideWorld, 2), -change, Money.Zero, Core.Ledger.Reason.Fund, 0, 0);
        e.Venue.Products.Futures.CashLeft(e[user], WalletId.FuturesUsdt, context);
    }
}
