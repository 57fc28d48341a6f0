using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>What a command says and in which order (matching section 15, spot section 10).</summary>
public class EventTests
{
    [Fact]
    public void M_150_the_order_of_events_inside_a_command()
    {
        var venue = Book("""
            A: sell ann 1 @ 100
            B: sell bob 2 @ 101
            """);
        var dan = venue.Rich("dan");
        venue.Accept(dan, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1010, Size = 1500, TimeInForce = TimeInForce.ImmediateOrCancel });
        Assert.Equal(
        [
            "StepStarted", "OrderAccepted", "BalanceChanged",                                              // accepted, reserved
            "OrderFilled", "OrderFinished", "BalanceChanged", "BalanceChanged", "BalanceChanged", "BalanceChanged",        // ann's order is filled and over
            "OrderFilled", "BalanceChanged", "BalanceChanged", "BalanceChanged", "BalanceChanged",
            "OrderFinished", "BookDelta", "BookDelta", "BestChanged", "CommandEnded",
        ], venue.Events.Select(e => e.Event.GetType().Name));
    }

    [Fact]
    public void M_150_whats_left_is_freed_before_the_end_is_told()
    {
        var venue = Book("A: sell ann 1 @ 100");
        venue.Accept(venue.Rich("dan"), new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 1500, TimeInForce = TimeInForce.ImmediateOrCancel });
        var names = venue.Events.Select(e => e.Event).ToList();
        var release = names.FindIndex(e => e is BalanceChanged { Reason: Reason.OrderRelease });
        Assert.True(release > 0 && names[release + 1] is OrderFinished { Reason: FinishReason.ImmediateOrCancel });
    }

    [Fact]
    public void M_003_M_102_internal_work_is_a_step_of_its_own()
    {
        var venue = Book("""
            sell sue 1 @ 104
            T: when >= 104 tom buy 1 @ 99
            countdown tom 5
            """, terms => terms with { ReferencePrice = 1000 });
        var bob = venue.Rich("bob");
        venue.Now += 5 * Nanos.PerSecond;
        venue.Accept(bob, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1040, Size = 1000 });
        var steps = venue.Of<StepStarted>().ToArray();
        Assert.Equal([(0, 0), (1, (int)PlaceOrder.Kind), (2, 0)], steps.Select(s => (s.Step, (int)s.CommandKind)));      // countdown, command, fired trigger
        Assert.All(steps, step => Assert.Equal(venue.Machine.Sequence, step.Sequence));
        Assert.Equal(bob, steps[1].Actor);
    }

    [Fact]
    public void M_006_trade_ids_and_update_ids_have_no_gaps()
    {
        var venue = Book("""
            sell ann 1 @ 100
            sell ann 1 @ 101
            sell ann 1 @ 102
            """);
        Assert.Equal(3, venue.Spot.Pairs[0].Book.UpdateId);
        venue.Accept(venue.Rich("dan"), new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1020, Size = 2500 });
        Assert.Equal([1L, 2L, 3L], venue.Of<OrderFilled>().Select(f => f.TradeId));
        Assert.Equal([4L, 5L, 6L], venue.Of<BookDelta>().Select(d => d.UpdateId));
        Assert.Equal(6, venue.Only<BestChanged>().UpdateId);
    }

    [Fact]
    public void M_152_M_063_a_changed_level_is_told_once_with_its_final_visible_size()
    {
        var venue = Book("""
            A: sell ann 5 @ 100
            I: sell ice 30 @ 100 iceberg 10
            """);
        venue.Accept(venue.Rich("dan"), new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 17_000 });
        Assert.Equal((1000L, 8000L, Side.Sell), (venue.Only<BookDelta>().Price, venue.Only<BookDelta>().Size, venue.Only<BookDelta>().Side));
        Assert.Equal(8000, venue.Only<BestChanged>().AskSize);
    }

    [Fact]
    public void M_150_the_best_price_is_told_when_it_or_its_size_changes()
    {
        var venue = Book("A: buy ann 5 @ 100");
        var ann = venue.Spot.Traders[0].User;
        venue.Accept(ann, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 990, Size = 1000 });
        Assert.Empty(venue.Of<BestChanged>());
        venue.Accept(ann, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 1000 });
        Assert.Equal((1000L, 6000L, 0L, 0L), (venue.Only<BestChanged>().BidPrice, venue.Only<BestChanged>().BidSize, venue.Only<BestChanged>().AskPrice, venue.Only<BestChanged>().AskSize));
    }

    [Fact]
    public void M_003_the_same_commands_give_the_same_bytes()
    {
        static (ulong, ulong) Run(byte before)
        {
            var venue = Venue.WithPair(terms => terms with { MakerFee = Rate.One / 1000, TakerFee = Rate.One / 500 }, before: before);
            var hash = Fold.Start;
            var users = new[] { venue.Rich("a"), venue.Rich("b"), venue.Rich("c") };
            for (var i = 0; i < 2_000; i++)
            {
                venue.Now += 1_000_000;
                venue.Send(users[i % 3], new PlaceOrder
                {
                    Instrument = 1, Wallet = 1, Side = (Side)(i * 7 % 2), Price = 1000 + i * 13 % 17, Size = 1 + i * 11 % 23, Iceberg = i % 5 == 0 ? 1 : 0,
                }, "t-" + new string('x', 1 + i % 9));
                hash = Fold.Over(hash, venue.EventBytes);
                var about = venue.Machine.Sequence % 2 == 0 ? venue.Of<OrderAccepted>().Select(accepted => accepted.OrderId).FirstOrDefault() : 0;
                if (i % 3 == 0) venue.Send(users[i % 3], new CancelOrder { OrderId = about });
                else venue.Send(users[i % 3], new AmendOrder { OrderId = about, Price = 1000 + i * 5 % 17 }, "");
                hash = Fold.Over(hash, venue.EventBytes);
            }
            return (hash, venue.Machine.StateHash());
        }
        Assert.Equal(Run(before: 0x00), Run(before: 0xFF));
    }

    [Fact]
    public void M_151_the_words_for_an_end_have_stable_numbers() => Assert.Equal(
        "Open=0 Filled=1 Cancelled=2 LiquidateCancelled=3 Small=4 DepthNotEnough=5 TraderNotEnough=6 ImmediateOrCancel=7 PostOnly=8 FillOrKill=9 SelfTrade=10 "
        + "PriceProtectCancelled=11 Unknown=12", string.Join(' ', Enum.GetValues<FinishReason>().Where(r => r <= FinishReason.Unknown).Select(r => $"{r}={(int)r}")));
}
