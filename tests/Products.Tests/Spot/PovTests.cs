using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Products.Tests.Spot;

/// <summary>Percentage-of-volume orders: the share of what others trade.</summary>
public class PovTests
{
    [Fact]
    public void It_takes_its_share_every_five_seconds_and_ends_when_it_has_enough()
    {
        var venue = BookScript.Book("""
            A: sell ann 100 @ 101
            buy bob 10 @ 101
            fill ann bob 10 @ 101
            """, terms => terms with { ReferencePrice = 1010 });
        var eve = venue.Rich("eve");
        var bob = venue.Rich("rob");
        var pov = venue.Accept(eve, new CreatePov { Instrument = 1, Size = 4_000, RatePercent = 25, TtlSeconds = 60, LimitPrice = 1010 }, "t-pov", "60s");
        Assert.Equal(PovStatus.Running, venue.Only<PovChanged>().Status);
        venue.Wait(5 * Nanos.PerSecond);
        Assert.Empty(venue.Of<OrderFilled>());                              // nothing traded since it began
        venue.Accept(bob, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1010, Size = 8_000 });
        venue.Wait(5 * Nanos.PerSecond);
        Assert.Equal((eve, 2_000L), (venue.Only<OrderFilled>().TakerUser, venue.Only<OrderFilled>().Size));
        var restored = venue.Restored();
        Assert.Equal(venue.Machine.StateHash(), restored.Machine.StateHash());
        restored.Accept(bob, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1010, Size = 8_000 });
        restored.Wait(5 * Nanos.PerSecond);
        Assert.Equal((PovStatus.Completed, 4_000L), (restored.Only<PovChanged>().Status, restored.Only<PovChanged>().Filled));
        Assert.Equal((ushort)SpotRefusal.OrderClosed, restored.Send(eve, new CancelPov { OrderId = pov }).Refusal);
        restored.CheckInvariants();
    }

    [Fact]
    public void M_133_what_can_not_be_one_is_refused()
    {
        var venue = Venue.WithPair(terms => terms with { ReferencePrice = 1000, MinQuote = Venue.Amount("1") });
        var eve = venue.Rich("eve");
        var good = new CreatePov { Instrument = 1, Size = 4_000, RatePercent = 25, TtlSeconds = 60, LimitPrice = 1000 };
        foreach (var wrong in new[]
        {
            good with { Size = 0 }, good with { RatePercent = 0 }, good with { RatePercent = 101 }, good with { TtlSeconds = 0 }, good with { LimitPrice = -1 },
            good with { LimitPrice = long.MaxValue }, good with { Size = long.MaxValue }, good with { Size = 1 },
            good with { Size = Pair.SizeMax, LimitPrice = Pair.PriceMax }, good with { Instrument = 4 }, good with { Side = (Side)3 },
        })
        {
            var before = venue.Substance();
            Assert.False(venue.Send(eve, wrong, "t-x", "60s").Accepted);
            Assert.True(before.AsSpan().SequenceEqual(venue.Substance()));
        }
        Assert.Equal((ushort)SpotRefusal.InvalidText, venue.Send(eve, good, "t-" + new string('x', 60), "60s").Refusal);
        var id = venue.Accept(eve, good, "t-x", "60s");
        venue.Accept(eve, new CancelPov { OrderId = id });
        Assert.Equal(PovStatus.Terminated, venue.Only<PovChanged>().Status);
    }
}
