using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>The open loss in order margin (F-109), where the contract asks for it. Ten times, the exit fee 0.075 %.</summary>
public class OpenLossTests
{
    // One bitcoin at 84,420, 420 above the mark: 84,420 · 0.1015 = 8,568.63, and the 420.
    [Theory]
    [InlineData(10_000, "84420", "8568.63", "8988.63")]
    [InlineData(10_000, "83580", "8483.37", "8483.37")]             // below the mark nothing is lost
    [InlineData(10_000, "84000", "8526", "8526")]
    [InlineData(-10_000, "83580", "8489.6385", "8909.6385")]
    [InlineData(-10_000, "84420", "8574.9615", "8574.9615")]
    public void F_109_an_order_that_would_open_with_a_loss_asks_for_it_too(long size, string price, string without, string with)
    {
        foreach (var (asks, margin) in new[] { (false, without), (true, with) })
        {
            var e = Ready(asks);
            e.Place("A", size, price);
            Assert.Equal(M(margin), e.Risk("A").OrderMargin);
            Assert.Equal(with != without && asks ? 1 : 0, e.Events<OpenLossMeasured>().Count());
            Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        }
    }

    // 84,000 USD at 84,420: 1 less 84,000 / 84,420 is 0.00497512437810….
    [Fact]
    public void F_109_of_an_inverse_contract_it_is_in_the_settle_coin()
    {
        Assert.Equal("0.004975124379", OrderMargin.OpenLoss(BtcUsd, 84_000, BtcUsd.P("84420"), BtcUsd.P("84000")).ToString());
        Assert.Equal("420", OrderMargin.OpenLoss(Btc, 10_000, Btc.P("83580"), Btc.P("84000")).ToString());
        Assert.Equal((84_000L, 0L, 0L, 84_000L), (OrderMargin.LossMark(Side.Buy, 84_001, 84_000), OrderMargin.LossMark(Side.Buy, 84_000, 84_000), OrderMargin.LossMark(Side.Sell, 84_000, 84_000), OrderMargin.LossMark(Side.Sell, 83_999, 84_000)));
    }

    [Fact]
    public void F_107_F_109_who_has_not_the_loss_as_well_is_refused()
    {
        var e = Ready(true);
        e.User("C", "8988.62").User("D", "8988.63");
        e.Leverage("C", 10, cross: true);
        e.Leverage("D", 10, cross: true);
        Assert.Equal(FuturesRefusal.InsufficientAvailable, e.Refused("C", e.Order(10_000, "84420")));
        e.Place("D", 10_000, "84420");
        Assert.Equal(Money.Zero, e.Risk("D").Available);
    }

    // F-105 recomputes a reservation for what its user does, and for fees; a mark is none of that.
    [Fact]
    public void F_105_F_109_the_mark_is_that_of_acceptance_until_the_order_is_amended()
    {
        var e = Ready(true);
        var order = e.Place("A", 10_000, "84420");
        e.Mark("83000");
        Assert.Equal(M("8988.63"), e.Risk("A").OrderMargin);
        e.Accept("A", new AmendContractOrder { OrderId = order, Size = 5_000 }, "");        // smaller: it keeps its place, and its mark
        Assert.Equal(M("4494.315"), e.Risk("A").OrderMargin);
        Assert.Empty(e.Events<OpenLossMeasured>());
        e.Leverage("A", 20, cross: true);                               // 42,210 · 0.0515 and 210
        Assert.Equal(M("2383.815"), e.Risk("A").OrderMargin);
        e.Accept("A", new AmendContractOrder { OrderId = order, Price = e.P("84400") }, "");        // 42,200 · 0.0515 and half of 1,400
        Assert.Equal(e.P("83000"), e.Venue.Only<OpenLossMeasured>().Mark);
        Assert.Equal(M("2873.3"), e.Risk("A").OrderMargin);
        e.Mark("85000");
        e.Accept("A", new AmendContractOrder { OrderId = order, Price = e.P("84500") }, "");
        Assert.Equal((0, M("2175.875")), (e.Venue.Only<OpenLossMeasured>().Mark, e.Risk("A").OrderMargin));
        Assert.Empty(e.State.LossMarks);
    }

    [Fact]
    public void F_108_F_109_a_fill_drops_its_part_and_the_end_of_the_order_the_rest()
    {
        var e = Ready(true);
        var order = e.Place("A", 10_000, "84420");
        e.Place("B", -4_000, "84420");                                  // of 8,988.63 six tenths are left
        Assert.Equal(M("5393.178"), e.Risk("A").OrderMargin);
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Accept("A", new CancelContractOrder { OrderId = order });
        Assert.Equal(Money.Zero, e.Risk("A").OrderMargin);
        Assert.Empty(e.State.LossMarks);
    }

    // F-169: what rests is as it was accepted, whichever way the option goes.
    [Fact]
    public void F_109_F_169_resting_orders_keep_what_they_were_accepted_with()
    {
        var e = Ready(true);
        e.Place("A", 10_000, "84420");
        e.Configure(options: now => now with { OpenLoss = 0 });
        Assert.Equal(M("8988.63"), e.Risk("A").OrderMargin);
        e.Place("A", 10_000, "84420");
        Assert.Equal(M("17557.26"), e.Risk("A").OrderMargin);
        e.Configure(options: now => now with { OpenLoss = 1 });
        Assert.Equal(M("17557.26"), e.Risk("A").OrderMargin);
        Assert.Equal(FuturesRefusal.InvalidTerms, (FuturesRefusal)e.Configure(options: now => now with { OpenLoss = 2 }).Refusal);
    }

    private static Exchange Ready(bool asks)
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.2") }, "84000").User("A", "50000").User("B", "1000000");
        if (asks) e.Configure(options: now => now with { OpenLoss = 1 });
        e.Leverage("A", 10, cross: true);
        e.Leverage("B", 10, cross: true);
        return e;
    }
}
