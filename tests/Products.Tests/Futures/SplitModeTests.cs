using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Split mode: up to four legs in a contract (F-130…F-133).</summary>
public class SplitModeTests
{
    private const byte Cross = 1, Isolated = 2;

    [Fact]
    public void F_130_F_135_an_order_says_which_of_four_legs_it_trades()
    {
        var e = Ready();
        Fill(e, 1_000, Cross);
        Fill(e, 500, Isolated);
        Fill(e, -700, Cross);
        Fill(e, -300, Isolated);
        Assert.Equal([1_000, -700, 500, -300], Sizes(e));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());

        // Without a word it is cross. What closes, closes the leg of its margin mode.
        Fill(e, 10, 0);
        Assert.Equal([1_010, -700, 500, -300], Sizes(e));
        Assert.Equal(FuturesRefusal.ReduceOnlyExceeded, e.Refused("A", e.Order(-501, "84000") with { Flags = ContractOrderFlags.ReduceOnly, MarginMode = Isolated }));
        e.Place("B", 2_000, "84000");
        e.Place("A", new PlaceContractOrder { Instrument = e.Id, AutoSize = AutoSize.CloseLong, MarginMode = Isolated, TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal([1_010, -700, 0, -300], Sizes(e));
    }

    [Fact]
    public void F_131_the_mode_changes_only_without_positions_and_orders_in_either_margin_mode()
    {
        var e = Ready();
        Assert.Equal(FuturesRefusal.ModeUnchanged, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.DualPlus }));
        var order = e.Place("A", e.Order(1, "80000") with { MarginMode = Isolated });
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual }));
        e.Accept("A", new CancelAllContractOrders { Instrument = e.Id });
        Assert.Equal(order, e.Venue.Only<ContractOrderFinished>().OrderId);
        Fill(e, 10, Isolated);
        Assert.Equal(FuturesRefusal.PositionsOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Single }));
        Fill(e, -10, Isolated, ContractOrderFlags.ReduceOnly);
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Single });
        Assert.Equal(FuturesRefusal.MarginModeMismatch, e.Refused("A", e.Order(1, "84000") with { MarginMode = Isolated }));
    }

    // Isolated legs have a leverage each, cross legs share one; each isolated leg has its own margin.
    [Fact]
    public void F_132_isolated_legs_have_their_own_leverage_and_cross_legs_share_one()
    {
        var e = Ready();
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 2_000, Leg = Leg.Long });
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 5_000, Leg = Leg.Short });
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 10_000, IsCross = 1, Leg = Leg.Short });
        Fill(e, 1_000, Isolated);
        Fill(e, -1_000, Isolated);
        Fill(e, 1_000, Cross);
        Fill(e, -1_000, Cross);
        Assert.Equal(("426.3", "174.3"), (Of(e, Leg.Long, true).Margin.ToString(), Of(e, Leg.Short, true).Margin.ToString()));     // 8,400 · (1/20 + 0.00075), 8,400 · (1/50 + 0.00075)
        Assert.Equal((X(100), X(100)), (Of(e, Leg.Long, false).Leverage, Of(e, Leg.Short, false).Leverage));
        Assert.Equal(FuturesRefusal.MarginModeMismatch, e.Refused("A", new SetMarginMode { Instrument = e.Id, IsCross = 0 }));

        // Another leverage changes the margin of its own leg only (F-119).
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 1_000, Leg = Leg.Long });
        Assert.Equal(("846.3", "174.3"), (Of(e, Leg.Long, true).Margin.ToString(), Of(e, Leg.Short, true).Margin.ToString()));
        e.Accept("A", new ChangeMargin { Instrument = e.Id, Leg = Leg.Short, Change = M("10") });
        Assert.Equal("184.3", Of(e, Leg.Short, true).Margin.ToString());
    }

    // 1,000 long and 400 short cross: 8,400 · (1/100 + 0.00075) for the larger alone; the isolated legs ask the account for nothing more than their margin.
    [Fact]
    public void F_133_F_114_cross_legs_are_charged_on_the_larger_and_isolated_ones_by_themselves()
    {
        var e = Ready();
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 10_000, IsCross = 1 });
        Fill(e, 1_000, Cross);
        Fill(e, -400, Cross);
        Assert.Equal("90.3", e.Risk("A").InitialMargin.ToString());
        Assert.Equal("31.5", e.Risk("A").Maintenance.ToString());
        Fill(e, 300, Isolated);
        Assert.Equal(("90.3", "31.5"), (e.Risk("A").InitialMargin.ToString(), e.Risk("A").Maintenance.ToString()));
    }

    [Fact]
    public void F_132_F_165_a_liquidation_of_an_isolated_leg_leaves_the_others()
    {
        var e = Ready();
        e.Endow("100000");
        e.Accept("A", new SetLeverage { Instrument = e.Id, Leverage = 5_000, Leg = Leg.Long });
        Fill(e, 1_000, Isolated);
        Fill(e, -100, Isolated);
        Fill(e, 200, Cross);
        var kept = e.Place("A", e.Order(10, "81600") with { MarginMode = Cross });
        e.Place("A", e.Order(10, "83500") with { MarginMode = Isolated });
        var guard = e.Accept("A", new CreateContractTrigger { Instrument = e.Id, TriggerPrice = e.P("80000"), Rule = TriggerRule.AtOrBelow, OrderType = TriggerOrderType.CloseLongPosition, TimeInForce = TimeInForce.ImmediateOrCancel }, "");
        e.Mark("82300");                        // 174.3 − 170 against 30.8625
        Assert.Equal([200, 0, 0, -100], Sizes(e));
        Assert.True(e.State.Pool.ById.TryGet(kept, out _));
        Assert.True(e.State.Triggers.All.ContainsKey(guard));
        Assert.Equal(FinishReason.Liquidated, Assert.Single(e.Events<ContractOrderFinished>(), finished => finished.User == e["A"] && finished.OrderId != e.Venue.Only<PositionLiquidated>().OrderId).Reason);
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
    }

    // Settings of isolated positions go over to the isolated legs; what was cross or untouched is cross.
    [Fact]
    public void F_130_what_was_set_isolated_stays_set_for_the_isolated_legs()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "20000").User("B", "1000000");
        e.Leverage("A", 20);
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.DualPlus });
        Fill(e, 1_000, Isolated);
        Fill(e, 100, Cross);
        Assert.Equal((X(20), X(10)), (Of(e, Leg.Long, true).Leverage, Of(e, Leg.Long, false).Leverage));
    }

    private static Exchange Ready()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5"), MarketOrderSlip = R("0.5"), MakerFee = Rate.Zero }, "84000").User("A", "20000").User("B", "1000000");
        e.Accept("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.DualPlus });
        return e;
    }

    private static void Fill(Exchange e, long size, byte mode, ContractOrderFlags flags = ContractOrderFlags.None)
    {
        e.Place("B", -size, "84000");
        e.Place("A", e.Order(size, "84000", TimeInForce.ImmediateOrCancel) with { MarginMode = mode, Flags = flags });
    }

    private static Position Of(Exchange e, Leg leg, bool split) =>
        e.State.Seats.TryFind(e["A"], e.Market.Number, out var seat, split) && e.State.Seats[seat].SlotOf(leg) is >= 0 and var slot ? e.State.Positions[slot] : default;

    private static long[] Sizes(Exchange e) => [Of(e, Leg.Long, false).Size, Of(e, Leg.Short, false).Size, Of(e, Leg.Long, true).Size, Of(e, Leg.Short, true).Size];
}
