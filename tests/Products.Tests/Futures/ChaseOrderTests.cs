using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Chase orders (M-111).</summary>
public class ChaseOrderTests
{
    [Fact]
    public void M_111_one_post_only_order_follows_the_best_price_once_a_second()
    {
        var e = Ready();
        e.Place("B", 5, "84000");
        var chase = e.Accept("A", Chase(e, 10), "t-chase");
        var created = Assert.Single(e.Events<ChaseCreated>());
        var child = Assert.Single(e.Events<ContractOrderAccepted>());
        Assert.Equal((chase, child.OrderId, e.P("84000")), (created.OrderId, created.Child, created.Price));
        Assert.Equal((TimeInForce.PostOnly, 10L, e.P("84000"), ContractOrderFlags.Chase), (child.TimeInForce, child.Size, child.Price, child.Flags));

        // Within the second it waits, and then goes where the best price is by then.
        e.Place("B", 1, "84000.1");
        e.Place("B", 1, "84000.2");
        Assert.Empty(e.Events<ChaseUpdated>());
        e.Wait(1);
        Assert.Equal((chase, e.P("84000.2")), Assert.Single(e.Events<ChaseUpdated>()) is var first ? (first.OrderId, first.Price) : default);
        Assert.Equal((child.OrderId, e.P("84000.2"), UpdateReason.Amend), Assert.Single(e.Events<ContractOrderUpdated>()) is var u ? (u.OrderId, u.Price, u.Reason) : default);

        // After a quiet second it moves with the command itself, to the back of its level.
        e.Wait(5);
        e.Place("B", 3, "84000.3");
        Assert.Equal(e.P("84000.3"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Place("C", -5, "84000.3", TimeInForce.ImmediateOrCancel);
        Assert.Equal(2, e.Of("A").Size);
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());

        // Filled, it is over.
        e.Wait(1);
        e.Place("C", -50, "83000", TimeInForce.ImmediateOrCancel);
        Assert.Equal((chase, 10L, TriggerStatus.Succeeded, AutoReason.Filled, FinishReason.Filled),
            Assert.Single(e.Events<ChaseFinished>()) is var f ? (f.OrderId, f.Filled, f.Status, f.Reason, f.ChildReason) : default);
        Assert.Equal(10, e.Of("A").Size);
    }

    // It follows the others down as well; alone in the book it stays.
    [Fact]
    public void M_111_a_sell_follows_both_ways_and_never_itself()
    {
        var e = Ready();
        var far = e.Place("B", -5, "84010");
        e.Accept("A", Chase(e, -10), "");
        e.Wait(2);
        var near = e.Place("B", -5, "84005");
        Assert.Equal(e.P("84005"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Wait(2);
        e.Accept("B", new CancelContractOrder { OrderId = near });
        Assert.Equal(e.P("84010"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Wait(2);
        e.Accept("B", new CancelContractOrder { OrderId = far });
        Assert.Empty(e.Events<ChaseUpdated>());
        e.Wait(2);
        Assert.Empty(e.Events<ChaseUpdated>());
        e.Place("B", -5, "84020");
        Assert.Equal(e.P("84020"), Assert.Single(e.Events<ChaseUpdated>()).Price);
    }

    // The best bid is 84,000: three below it, 0.01 percent below it (83,991.6), and a percentage between two ticks, away from the market.
    [Theory]
    [InlineData("3", false, 1, "83997")]
    [InlineData("0.0001", true, 1, "83991.6")]
    [InlineData("0.0000123", true, 1, "83998.9")]
    [InlineData("0.0000123", true, -1, "84001.1")]
    [InlineData("0.05", false, -1, "84000.1")]
    public void M_111_a_gap_is_kept_from_the_best_price(string gap, bool percent, int side, string at)
    {
        var e = Ready();
        e.Place("B", side * 5, "84000");
        e.Accept("A", Chase(e, side * 10) with { Gap = percent ? R(gap).Raw : e.P(gap), IsPercent = percent ? (byte)1 : (byte)0 }, "");
        Assert.Equal(e.P(at), Assert.Single(e.Events<ChaseCreated>()).Price);
        e.Wait(10);
        Assert.Empty(e.Events<ChaseUpdated>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void M_111_it_never_goes_beyond_its_limit_and_ends_there(bool byPrice)
    {
        var e = Ready();
        e.Place("B", 5, "84000");
        var limited = byPrice ? Chase(e, 10) with { PriceLimit = e.P("84002") } : Chase(e, 10) with { OffsetLimit = e.P("2") };
        Assert.Equal(FuturesRefusal.ChaseLimitReached, e.Refused("A", Chase(e, 10) with { PriceLimit = e.P("83999.9") }, ""));
        var chase = e.Accept("A", limited, "");
        Assert.Equal(e.P("84002"), Assert.Single(e.Events<ChaseCreated>()).Bound);
        e.Wait(2);
        e.Place("B", 5, "84002");
        Assert.Equal(e.P("84002"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Wait(2);
        e.Place("B", 5, "84002.1");
        Assert.Equal((chase, TriggerStatus.Cancelled, byPrice ? AutoReason.PriceLimit : AutoReason.OffsetLimit),
            Assert.Single(e.Events<ChaseFinished>()) is var f ? (f.OrderId, f.Status, f.Reason) : default);
        Assert.Equal(FinishReason.Cancelled, Assert.Single(e.Events<ContractOrderFinished>()).Reason);
    }

    [Fact]
    public void M_111_what_it_may_not_be()
    {
        var e = Ready();
        Assert.Equal(FuturesRefusal.NothingToChase, e.Refused("A", Chase(e, 10), ""));
        e.Place("B", 5, "84000");
        var fine = Chase(e, 10);
        Assert.Equal(FuturesRefusal.ContractNotFound, e.Refused("A", fine with { Instrument = 7 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { Amount = 0 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { PriceLimit = e.P("84100"), OffsetLimit = e.P("5") }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { IsPercent = 1 }, ""));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", fine with { IntervalSeconds = -1 }, ""));
        Assert.Equal(FuturesRefusal.OffTick, e.Refused("A", fine with { PriceLimit = e.P("84100") + 1 }, ""));
        Assert.Equal(FuturesRefusal.ReduceOnlyNoPosition, e.Refused("A", fine with { ReduceOnly = 1 }, ""));
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("A", fine with { Amount = 500_000 }, ""));
        Assert.Equal(FuturesRefusal.InvalidText, e.Refused("A", fine, "what is this"));
        var chase = e.Accept("A", fine, "");
        Assert.Equal(FuturesRefusal.TriggerNotFound, e.Refused("B", new StopChaseOrder { OrderId = chase }));
        var child = e.State.Chases.All[chase].Child;
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("A", new AmendContractOrder { OrderId = child, Price = e.P("83000") }, ""));
        Assert.Equal(FuturesRefusal.OrdersOpen, e.Refused("A", new SetPositionMode { Wallet = 2, Mode = PositionMode.Dual }));
    }

    [Fact]
    public void M_111_stopped_alone_or_all_and_cancelled_with_its_order()
    {
        var e = Ready();
        e.Place("B", 5, "84000");
        var first = e.Accept("A", Chase(e, 10), "");
        var second = e.Accept("A", Chase(e, 1), "");
        var third = e.Accept("A", Chase(e, 2), "");
        e.Accept("A", new StopChaseOrder { OrderId = second });
        Assert.Equal((second, AutoReason.Stopped), Assert.Single(e.Events<ChaseFinished>()) is var s ? (s.OrderId, s.Reason) : default);
        e.Accept("A", new CancelContractOrder { OrderId = e.State.Chases.All[first].Child });
        Assert.Equal((first, AutoReason.ChildEnded, FinishReason.Cancelled), Assert.Single(e.Events<ChaseFinished>()) is var c ? (c.OrderId, c.Reason, c.ChildReason) : default);
        Assert.Equal(0, e.Accept("A", new StopAllChaseOrders { Wallet = 2, MarginMode = 2 }));
        Assert.Equal(1, e.Accept("A", new StopAllChaseOrders { Wallet = 2, MarginMode = 1 }));
        Assert.Equal(third, Assert.Single(e.Events<ChaseFinished>()).OrderId);
    }

    // M-093: what the account can not pay at the new price leaves the order where it is.
    [Fact]
    public void M_111_M_093_a_refused_move_leaves_the_order_and_the_next_best_price_tries_again()
    {
        var e = Ready();
        e.Place("B", 5, "84000");
        var child = e.Accept("A", Chase(e, 10), "") is var id ? e.State.Chases.All[id].Child : 0;
        e.Wait(2);
        e.Mark("60000");                                    // the band of buys now ends at 78,000
        e.Place("B", 5, "78000");
        Assert.Empty(e.Events<ChaseUpdated>());
        Assert.Empty(e.Events<ChaseFinished>());
        e.Accept("B", new CancelAllContractOrders { Instrument = e.Id });
        e.Mark("84000");
        e.Place("B", 5, "83000");
        Assert.Equal((child, e.P("83000")), Assert.Single(e.Events<ContractOrderUpdated>()) is var u ? (u.OrderId, u.Price) : default);
    }

    [Fact]
    public void M_111_M_084_reduce_only_it_shrinks_with_its_position_and_ends_with_it()
    {
        var e = Ready();
        e.Trade("B", "A", 10, "84000");
        e.Place("B", -5, "84010");
        var chase = e.Accept("A", Chase(e, -10) with { ReduceOnly = 1 }, "");
        e.Place("B", 4, "83990");
        e.Place("A", e.Order(-4, "83990", TimeInForce.ImmediateOrCancel));
        Assert.Equal(6L, Assert.Single(e.Events<ContractOrderUpdated>()).Left);
        e.Wait(2);
        e.Place("B", -5, "84009");
        Assert.Equal(e.P("84009"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Place("B", 6, "83990");
        e.Place("A", e.Order(-6, "83990", TimeInForce.ImmediateOrCancel));
        Assert.Equal((chase, AutoReason.PositionClosed, FinishReason.ReduceOnly), Assert.Single(e.Events<ChaseFinished>()) is var f ? (f.OrderId, f.Reason, f.ChildReason) : default);
    }

    [Fact]
    public void M_111_F_165_a_halt_stops_it_and_a_liquidation_ends_it()
    {
        var e = Ready();
        e.Endow("100000");
        e.Leverage("A", 20);
        e.Trade("B", "A", 1_000, "84000");
        e.Place("B", 5, "83000");
        var chase = e.Accept("A", Chase(e, 1), "");
        e.Wait(2);
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.CircuitBreaker });
        e.Place("B", e.Order(5, "83010", TimeInForce.PostOnly));
        e.Wait(2);
        Assert.Empty(e.Events<ChaseUpdated>());
        Assert.Equal(FuturesRefusal.SideNotTradable, e.Refused("A", Chase(e, 1), ""));
        e.Accept("", new SetContractStatus { Instrument = e.Id, Status = MarketStatus.Tradable });
        Assert.Equal(e.P("83010"), Assert.Single(e.Events<ChaseUpdated>()).Price);
        e.Price("79500");
        Assert.Equal((chase, AutoReason.Liquidated, FinishReason.Liquidated), Assert.Single(e.Events<ChaseFinished>()) is var f ? (f.OrderId, f.Reason, f.ChildReason) : default);
    }

    // Two that keep a distance do not follow each other down.
    [Fact]
    public void M_111_chases_do_not_chase_each_other()
    {
        var e = Ready();
        var anchor = e.Place("B", 5, "84000");
        e.Accept("A", Chase(e, 1) with { Gap = e.P("1") }, "");
        e.Accept("C", Chase(e, 1) with { Gap = e.P("2") }, "");
        e.Accept("B", new CancelContractOrder { OrderId = anchor });
        for (var i = 0; i < 5; i++)
        {
            e.Wait(1);
            Assert.Empty(e.Events<ChaseUpdated>());
        }
        e.Place("B", 5, "84010");
        Assert.Equal([e.P("84009"), e.P("84008")], e.Events<ChaseUpdated>().Select(u => u.Price));
    }

    private static CreateChaseOrder Chase(Exchange e, long amount) => new() { Instrument = e.Id, Amount = amount };

    private static Exchange Ready() => Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.3") }, "84000").User("A", "100000").User("B", "10000000").User("C", "10000000");
}
