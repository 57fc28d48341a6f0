using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Orders that trade: positions, money, order margin (F-020…F-028, F-040, F-100…F-108, F-160, F-161).</summary>
public class FillTests
{
    [Fact]
    public void FX_70_the_conservation_scenario_goes_through_the_machine()
    {
        var e = Exchange.With(Eth.Terms, "2600").User("A", "1000").User("B", "1000").User("C", "500");
        e.Endow("50");
        e.Leverage("A", 100, cross: true);
        e.Leverage("B", 100, cross: true);
        e.Leverage("C", 100, cross: true);

        e.Trade("B", "A", 100, "2600");
        Assert.Equal(("0", "1.95", "-0.26"), (e.Of("A").TradeProfit.ToString(), e.Of("A").FeesPaid.ToString(), e.Of("B").FeesPaid.ToString()));
        Assert.Equal(("2600", "-2600"), (e.Of("A").EntryValue.ToString(), e.Of("B").EntryValue.ToString()));

        e.Price("2645");
        e.Trade("A", "C", 40, "2650");
        Assert.Equal(("20", "0.795"), (e.Of("A").TradeProfit.ToString(), e.Of("C").FeesPaid.ToString()));
        Assert.Equal(("1560", "-2600", "1060"), (e.Of("A").EntryValue.ToString(), e.Of("B").EntryValue.ToString(), e.Of("C").EntryValue.ToString()));
        Assert.Equal("-20", e.Clearing.ToString());
        Assert.Equal(("1018.156", "1000.26", "499.205", "2.379"), (e.Cash("A").ToString(), e.Cash("B").ToString(), e.Cash("C").ToString(), e.Fees.ToString()));

        e.Price("2520");
        e.Place("A", -60, "2500");
        e.Place("C", -40, "2500");
        e.Place("B", 100, "2500", TimeInForce.ImmediateOrCancel);
        Assert.Equal(("958.306", "1098.385", "439.305", "4.004"), (e.Cash("A").ToString(), e.Cash("B").ToString(), e.Cash("C").ToString(), e.Fees.ToString()));
        Assert.Equal("0", e.Clearing.ToString());
        Assert.Equal(0, e.Market.OpenInterest);
    }
}
