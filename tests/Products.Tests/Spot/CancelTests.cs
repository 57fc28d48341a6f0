using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Cancel, cancel all, countdown (matching section 5).</summary>
public class CancelTests
{
    [Fact]
    public void M_049_S_014_cancel_takes_the_order_away_at_once_and_frees_what_it_held() => Book("""
        fund ann USDT 1000
        A: buy ann 5 @ 99
        has ann USDT 505 held 495
        sell bob 2 @ 99
        fill ann bob 2 @ 99
        cancel A
        end A cancelled left 3
        has ann USDT 802 held 0
        cancel A
        refused OrderNotFound
        bids none
        """);

    [Fact]
    public void M_049_an_unknown_order_and_another_users_are_answered_alike()
    {
        var venue = Book("A: buy ann 5 @ 99");
        var order = venue.Only<OrderAccepted>().OrderId;
        var (ann, bob) = (venue.Spot.Traders[0].User, venue.Rich("bob"));
        foreach (var cancel in new[]
        {
            (ann, new CancelOrder()), (ann, new CancelOrder { OrderId = -1 }), (ann, new CancelOrder { OrderId = long.MaxValue }), (bob, new CancelOrder { OrderId = order }),
            (ann, new CancelOrder { OrderId = order, Instrument = 9 }), (ann, new CancelOrder { OrderId = order, Wallet = 9 }),
        })
        {
            Assert.Equal((ushort)SpotRefusal.OrderNotFound, venue.Send(cancel.Item1, cancel.Item2).Refusal);
            Assert.Equal((ushort)SpotRefusal.OrderNotFound, venue.Send(cancel.Item1, new AmendOrder
            {
                OrderId = cancel.Item2.OrderId, Price = 980, Instrument = cancel.Item2.Instrument, Wallet = cancel.Item2.Wallet,
            }).Refusal);
        }
        venue.Accept(ann, new CancelOrder { OrderId = order, Instrument = 1, Wallet = 1 });
    }

    [Fact]
    public void M_050_cancel_all_goes_in_ascending_id_and_by_side() => Book("""
        B1: buy ann 1 @ 99
        S1: sell ann 1 @ 101
        B2: buy ann 1 @ 98
        O: buy bob 1 @ 97
        cancelall ann buy
        end B1 cancelled left 1
        end B2 cancelled left 1
        B3: buy ann 1 @ 96
        cancelall ann
        end S1 cancelled left 1
        end B3 cancelled left 1
        cancelall ann
        bids 1 @ 97
        """);

    [Fact]
    public void M_050_across_wallets_and_markets()
    {
        var venue = Venue.WithPair();
        venue.Accept(0, new ListAsset { Scale = 12 }, "ETH", "Ether");
        var eth = venue.List(terms => terms, "ETH");
        var ann = venue.Rich("ann");
        var margin = WalletId.Margin(new InstrumentId(1)).Value;
        venue.Fund(ann, Venue.Usdt, "1000", margin);
        var order = new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 1000 };
        long[] ids =
        [
            venue.Accept(ann, order with { Wallet = margin }), venue.Accept(ann, order), venue.Accept(ann, order with { Wallet = margin }), venue.Accept(ann, order),
        ];
        var other = venue.Accept(ann, order with { Instrument = eth });
        Assert.Equal(1, venue.Accept(ann, new CancelAllOrders { Instrument = eth }));
        Assert.Equal(other, venue.Only<OrderFinished>().OrderId);
        other = venue.Accept(ann, order with { Instrument = eth });
        Assert.Equal(5, venue.Accept(ann, new CancelAllOrders()));
        Assert.Equal([.. ids, other], venue.Of<OrderFinished>().Select(f => f.OrderId));
        Assert.Equal((ushort)SpotRefusal.PairNotFound, venue.Send(ann, new CancelAllOrders { Instrument = 3 }).Refusal);
        venue.Accept(ann, order with { Wallet = margin });
        venue.Accept(ann, order);
        Assert.Equal(1, venue.Accept(ann, new CancelAllOrders { Instrument = 1, Wallet = margin }));
        venue.CheckInvariants();
    }

    [Fact]
    public void M_051_the_countdown_cancels_when_it_is_over_and_each_call_replaces_it() => Book("""
        A: buy ann 1 @ 99
        T1: when >= 104 ann sell 1 @ 104
        countdown ann 10
        wait 9
        countdown ann 5
        wait 4
        B: buy ann 1 @ 98
        wait 1
        end A cancelled left 1
        end B cancelled left 1              # T1 is not touched
        C: buy ann 1 @ 97
        wait 60
        countdown ann 5
        countdown ann 0
        wait 60
        bids 1 @ 97
        """, terms => terms with { ReferencePrice = 1000 });

    [Fact]
    public void M_051_of_one_market_or_of_all_each_on_its_own() => Book("""
        A: buy ann 1 @ 99
        countdown ann 10
        countdown ann 5 here
        countdown ann 0 here
        wait 6
        countdown ann 5 here
        countdown ann 0                     # clears the other
        wait 5
        end A cancelled left 1
        """);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(-1)]
    public void M_051_less_than_five_seconds_is_refused(int seconds) => Book($"""
        countdown ann {seconds}
        refused TimeoutTooShort
        """);

    [Fact]
    public void M_051_a_countdown_survives_a_restart()
    {
        var venue = Book("""
            A: buy ann 1 @ 99
            countdown ann 5
            """).Restored();
        venue.Wait(5 * Nanos.PerSecond);
        Assert.Equal(FinishReason.Cancelled, venue.Only<OrderFinished>().Reason);
        Assert.Equal(Venue.Start + 5 * Nanos.PerSecond, venue.Of<StepStarted>().First().TimeNanos);
    }

    [Theory]
    [InlineData("untradable")]
    [InlineData("buyable")]
    [InlineData("sellable")]
    [InlineData("circuitbreaker")]
    [InlineData("delisting")]
    public void M_049_cancel_is_accepted_in_every_status(string status) => Book($"""
        A: buy ann 1 @ 99
        status {status}
        cancel A
        end A cancelled left 1
        """);

    // The gateway sends the elements of a batch one after the other: each is a command of its own, nothing of others in between.
    [Fact]
    public void M_048_M_003_M_005_commands_of_a_batch_have_consecutive_sequences()
    {
        var venue = Book("A: buy ann 1 @ 99");
        var ann = venue.Spot.Traders[0].User;
        var first = venue.Machine.Sequence;
        var ids = Enumerable.Range(0, 3).Select(i => venue.Accept(ann, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 900 + i, Size = 1000 })).ToArray();
        Assert.Equal(first + 3, venue.Machine.Sequence);
        Assert.Equal([ids[0], ids[0] + 1, ids[0] + 2], ids);    
    }
}
