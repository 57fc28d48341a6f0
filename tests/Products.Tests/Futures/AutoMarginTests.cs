using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Wallet;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Margin that is added to an isolated position by itself (F-124). One bitcoin at 84,000 and 20 times has 4,263; it requires 0.375 % of its value.</summary>
public class AutoMarginTests
{
    // At 80,052: 315 for 300.195, a level of 1.0493. To 1.25 it is 375.24375.
    [Fact]
    public void F_124_at_a_level_of_1_05_margin_is_added_up_to_1_25()
    {
        var e = Ready();
        Choose(e, "1000");
        e.Mark("80053");                        // 316 for 300.19875: 1.0526
        Assert.Empty(e.Events<AutoMarginChanged>());
        var cash = e.Cash("L");
        e.Mark("80052");
        var added = e.Venue.Only<AutoMarginChanged>();
        Assert.Equal(("1000", "60.24375", "60.24375"), (added.Most.ToString(), added.Added.ToString(), added.Amount.ToString()));
        Assert.Equal((e["L"], e.Id, Leg.Net), (added.User, added.Instrument, added.Leg));
        var changed = e.Venue.Only<PositionChanged>();
        Assert.Equal((PositionCause.AutoMargin, M("4323.24375")), (changed.Cause, changed.Margin));
        Assert.Equal((M("4323.24375"), cash), (e.Of("L").Margin, e.Cash("L")));
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());

        e.Mark("80000");                        // 323.24375 for 300: 1.077
        Assert.Empty(e.Events<AutoMarginChanged>());
        e.Mark("79990");                        // 313.24375 for 299.9625: 1.0443; to 374.953125
        Assert.Equal(("121.953125", "61.709375"), (e.Venue.Only<AutoMarginChanged>().Added.ToString(), e.Venue.Only<AutoMarginChanged>().Amount.ToString()));
    }

    // With 100 in all 39.75625 are left for the second time. Then 4,363 hold until 79,636 and a bit less than 0.375 %: 79,936.76.
    [Fact]
    public void F_124_no_more_is_added_than_was_chosen_and_then_it_is_liquidated()
    {
        var e = Ready();
        Choose(e, "100");
        e.Mark("80052");
        e.Mark("79990");
        Assert.Equal(("100", "39.75625"), (e.Venue.Only<AutoMarginChanged>().Added.ToString(), e.Venue.Only<AutoMarginChanged>().Amount.ToString()));
        Assert.Equal(M("4363"), e.Of("L").Margin);
        e.Mark("79937");
        Assert.Equal((10_000, 0), (e.Of("L").Size, e.Events<AutoMarginChanged>().Count()));
        e.Mark("79936");
        Assert.Equal(0, e.Of("L").Size);
        Assert.Equal(default, e.Venue.Only<AutoMarginChanged>().Most);          // over with the position
        Assert.Empty(e.State.AutoMargins);
    }

    [Fact]
    public void F_124_what_would_not_keep_it_from_its_liquidation_is_not_thrown_after_it()
    {
        var e = Ready();
        Choose(e, "100");
        var cash = e.Cash("L");
        e.Mark("79700");                        // −37 and 100 for 298.875
        Assert.DoesNotContain(e.Events<AutoMarginChanged>(), one => !one.Amount.IsZero);
        Assert.Equal((0, cash - M("4263")), (e.Of("L").Size, e.Cash("L")));
    }

    // F-094 leaves 20 of the cash: 335 for 300.195 is 1.116.
    [Fact]
    public void F_124_it_takes_no_more_than_is_available_and_asks_again_at_every_mark()
    {
        var e = Ready();
        Choose(e, "1000");
        Take(e, "20");
        e.Mark("80052");
        Assert.Equal(M("20"), e.Venue.Only<AutoMarginChanged>().Amount);
        Assert.Equal(M("0"), e.Risk("L").Transferable);
        e.Mark("80010");                        // 293 for 300.0375 is not yet to be had: nothing there, and it is liquidated
        Assert.Equal(0, e.Of("L").Size);

        e = Ready();
        Choose(e, "1000");
        Take(e, "0");
        e.Mark("80050");                        // 313 for 300.1875: 1.0427, with nothing there
        Assert.Empty(e.Events<AutoMarginChanged>());
        Assert.Equal(e.Venue.Machine.StateHash(), e.Venue.Restored().Machine.StateHash());
        e.Venue.Fund(e["L"], 2, "500", Exchange.UsdtWallet);
        e.Mark("80051");                        // 314, also while it rises; to 375.2390625
        Assert.Equal("61.2390625", e.Venue.Only<AutoMarginChanged>().Amount.ToString());
    }

    // A short one has 84,000 · (1/20 + 0.00075) too. At 87,928: 335 for 329.73, 1.016; to 412.1625.
    [Fact]
    public void F_124_a_short_leg_of_hedge_mode_has_its_own()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("A", "50000").User("B", "1000000");
        e.Accept("A", new SetPositionMode { Wallet = Exchange.UsdtWallet, Mode = PositionMode.Dual });
        e.Leverage("A", 20);
        e.Place("B", 10_000, "84000");
        e.Place("A", -10_000, "84000");
        Assert.Equal(Products.Futures.Commands.FuturesRefusal.PositionEmpty, e.Refused("A", new SetAutoMargin { Instrument = e.Id, Leg = Leg.Long, Most = M("1") }));
        e.Accept("A", new SetAutoMargin { Instrument = e.Id, Leg = Leg.Short, Most = M("500") });
        e.Mark("87928");
        var added = e.Venue.Only<AutoMarginChanged>();
        Assert.Equal((Leg.Short, "77.1625"), (added.Leg, added.Amount.ToString()));
        Assert.Equal("4340.1625", e.Of("A", Leg.Short).Margin.ToString());
    }

    [Fact]
    public void F_124_it_is_off_by_itself_and_ends_with_its_position_also_when_that_turns()
    {
        var e = Ready();
        e.Mark("80052");
        Assert.Empty(e.Events<AutoMarginChanged>());
        Assert.Equal(M("4263"), e.Of("L").Margin);
        e.Mark("84000");
        Choose(e, "100");
        e.Place("S", 20_000, "84000");
        e.Place("L", -15_000, "84000");
        Assert.Equal((-5_000, M("0")), (e.Of("L").Size, e.Venue.Only<AutoMarginChanged>().Most));
        Assert.Empty(e.State.AutoMargins);
        Choose(e, "100");
        Choose(e, "0");
        Assert.Empty(e.State.AutoMargins);
        Assert.Equal(FuturesRefusal.NoChange, e.Refused("L", new SetAutoMargin { Instrument = e.Id }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("L", new SetAutoMargin { Instrument = e.Id, Most = M("-1") }));
        Assert.Equal(FuturesRefusal.InvalidCombination, e.Refused("L", new SetAutoMargin { Instrument = e.Id, Most = new Money(Int128.MaxValue) }));
        Assert.Equal(FuturesRefusal.PositionCrossMargin, e.Refused("S", new SetAutoMargin { Instrument = e.Id, Most = M("1") }));
        Assert.Equal(FuturesRefusal.PositionEmpty, e.Refused("B", new SetAutoMargin { Instrument = e.Id, Most = M("1") }));
    }

    private static void Choose(Exchange e, string most) => e.Accept("L", new SetAutoMargin { Instrument = e.Id, Most = M(most) });

    // All that may leave but for a rest.
    private static void Take(Exchange e, string rest) => e.Venue.Accept(0,
        new Fund { User = e["L"], Wallet = Exchange.UsdtWallet, Asset = 2, Amount = M(rest) - e.Risk("L").Transferable }, "", "", "");

    private static Exchange Ready()
    {
        var e = Exchange.With(Btc.Terms with { OrderPriceDeviate = R("0.5") }, "84000").User("L", "50000").User("S", "1000000").User("B", "1000000");
        e.Endow("100000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 10_000, "84000");
        e.Place("B", 20_000, "79000");
        return e;
    }
}
