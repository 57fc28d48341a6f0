using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>The warning before a liquidation (F-187): looked for on whole minutes, at a level of 1.25, at most once an hour.</summary>
public class MarginCallTests
{
    // 426.3 of margin for 8,400 at 84,000. At 80,150.0 it has 41.3 and needs 8,015 · 0.00375 = 30.05625: 1.37409. At 80,100 it has 36.3 for 30.0375: 1.20849.
    [Fact]
    public void F_187_an_isolated_leg_is_warned_of_once_an_hour()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "5000").User("S", "1000000");
        e.Leverage("L", 20);
        e.Trade("S", "L", 1_000, "84000");
        e.Mark("80150");
        Minute(e);
        Assert.Empty(e.Events<MarginCall>());
        e.Mark("80100");
        Assert.Empty(e.Events<MarginCall>());
        Minute(e);
        var call = Assert.Single(e.Events<MarginCall>());
        Assert.Equal(("36.3", "30.0375", e["L"], e.Id, Leg.Net), (call.Equity.ToString(), call.Requirement.ToString(), call.User, call.Instrument, call.Leg));

        var restored = e.Venue.Restored();
        Assert.Equal(e.Venue.Machine.StateHash(), restored.Machine.StateHash());
        for (var minute = 1; minute < 60; minute++)
        {
            Minute(e);
            Assert.Empty(e.Events<MarginCall>());
        }
        Minute(e);
        Assert.Single(e.Events<MarginCall>());
    }

    // Of a cross account all positions are one scope: 432.6 less the fee of 6.3 and a loss of 390, for 30.0375.
    [Fact]
    public void F_187_a_cross_account_is_one_scope()
    {
        var e = Exchange.With(Btc.Terms, "84000").User("L", "432.6").User("S", "1000000");
        e.Leverage("L", 100, cross: true);
        e.Trade("S", "L", 1_000, "84000");
        e.Mark("80100");
        Minute(e);
        var call = Assert.Single(e.Events<MarginCall>());
        Assert.Equal(("36.3", "30.0375"), (call.Equity.ToString(), call.Requirement.ToString()));
        Assert.Equal((e["L"], 0, e.Market.Wallet.Value), (call.User, call.Instrument, call.Wallet));
    }

    // To the next whole minute.
    private static void Minute(Exchange e)
    {
        e.Wait(60 - e.Venue.Now / Nanos.PerSecond % 60);
        var events = e.Venue.Events.ToArray();
        e.Refresh();
        e.Venue.Events.InsertRange(0, events);
    }
}
