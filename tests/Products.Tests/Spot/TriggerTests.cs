using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Price-triggered orders, take-profit and stop-loss (matching section 11, spot section 9).</summary>
public class TriggerTests
{
    // Asks to trade at 104 and 105, last price 100.
    private const string Ladder = """
        sell sue 1 @ 100
        buy bob 1 @ 100
        fill sue bob 1 @ 100
        sell sue 1 @ 104
        sell sue 1 @ 105
        buy dee 5 @ 99

        """;

    [Fact]
    public void MX_18_M_102_M_100_fires_after_the_trade_that_reaches_it_before_the_next_command() => Book(Ladder + """
        T: when >= 105 tom sell 2 @ 99
        buy bob 1 @ 104
        fill sue bob 1 @ 104
        buy bob 1 @ 105
        fill sue bob 1 @ 105
        fill dee tom 2 @ 99
        fired T
        """);

    [Fact]
    public void M_004_a_trigger_fired_by_one_fill_of_a_sweep_runs_after_the_whole_sweep() => Book("""
        sell sue 1 @ 100
        buy bob 1 @ 100
        fill sue bob 1 @ 100
        sell sue 1 @ 101
        sell sue 1 @ 102
        sell sue 1 @ 103
        T: when >= 101 tom buy 1 @ 103
        buy bob 2 @ 102
        fill sue bob 1 @ 101
        fill sue bob 1 @ 102                # tom's order is not before this
        fill sue tom 1 @ 103
        fired T
        """);

    [Fact]
    public void M_102_several_on_one_trade_fire_in_ascending_id() => Book(Ladder + """
        T2: when >= 104.5 tom sell 1 @ 99
        T1: when >= 105 tim sell 1 @ 99
        T3: when >= 104.8 ted sell 1 @ 99
        buy bob 2 @ 105
        fill sue bob 1 @ 104
        fill sue bob 1 @ 105
        fill dee tom 1 @ 99
        fired T2
        fill dee tim 1 @ 99
        fired T1
        fill dee ted 1 @ 99
        fired T3
        """);

    [Fact]
    public void M_113_a_cascade_runs_to_its_end() => Book("""
        sell sue 1 @ 100
        buy bob 1 @ 100
        fill sue bob 1 @ 100
        buy dee 1 @ 99
        buy dee 1 @ 98
        buy dee 1 @ 97
        T1: when <= 99 tom sell market 1
        T2: when <= 98 tim sell market 1
        market sell sue 1
        fill dee sue 1 @ 99
        fill dee tom 1 @ 98
        fired T1
        fill dee tim 1 @ 97
        fired T2
        bids none
        last 97
        """);

    [Fact]
    public void M_101_a_condition_that_holds_already_is_refused() => Book(Ladder + """
        when >= 100 tom sell 1 @ 99
        refused TriggerPriceOnWrongSide
        when <= 100 tom sell 1 @ 99
        refused TriggerPriceOnWrongSide
        T1: when >= 100.1 tom sell 1 @ 99
        T2: when <= 99.9 tom sell 1 @ 99
        """);

    [Fact]
    public void M_103_M_104_S_102_S_024_funds_are_checked_when_it_fires() => Book(Ladder + """
        fund tom BTC 1
        T: when >= 104 tom sell 2 @ 99
        has tom BTC 1 held 0
        buy bob 1 @ 104
        fill sue bob 1 @ 104
        failed T BalanceTooLow
        has tom BTC 1 held 0
        buy bob 1 @ 105                     # M-104: not again
        fill sue bob 1 @ 105
        """);

    [Fact]
    public void M_103_a_fired_order_goes_through_the_whole_admission() => Book("""
        sell sue 1 @ 104
        T1: when >= 104 tom buy 1 @ 200
        T2: when >= 104 tim sell market 5
        buy bob 1 @ 104
        fill sue bob 1 @ 104
        failed T1 PriceOutOfBand
        failed T2 NoCounterparty
        """, terms => terms with { ReferencePrice = 1000, UpRate = Venue.Fraction("0.1") });

    [Fact]
    public void M_105_S_101_S_100_market_and_ioc_orders() => Book(Ladder + """
        T1: when >= 104 tom buy market 105  # a budget in quote
        T2: when >= 104 tim sell 9 @ 99 ioc
        buy bob 1 @ 104
        fill sue bob 1 @ 104
        fill sue tom 1 @ 105
        fired T1
        fill dee tim 5 @ 99
        end T2.order ioc left 4
        fired T2
        """);

    [Fact]
    public void M_103_expiry_and_cancel() => Book(Ladder + """
        T1: when >= 104 tom sell 1 @ 99 expires 60
        T2: when >= 104 tom sell 1 @ 99 expires 61
        T3: when >= 104 tom sell 1 @ 99
        cancel T3
        cancelled T3
        wait 59
        wait 1
        expired T1
        buy bob 1 @ 104
        fill sue bob 1 @ 104
        fill dee tom 1 @ 99
        fired T2
        wait 100
        """);

    [Fact]
    public void M_103_at_the_instant_it_expires_it_is_over_before_the_trade_of_that_instant()
    {
        var venue = Book(Ladder + "T1: when >= 104 tom sell 1 @ 99 expires 60");
        var bob = venue.Rich("robert");
        venue.Now += 60 * Nanos.PerSecond;
        venue.Accept(bob, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1040, Size = 1000 });
        Assert.Single(venue.Of<OrderFilled>());
        Assert.Equal(TriggerStatus.Expired, venue.Only<TriggerFinished>().Status);
    }

    [Fact]
    public void M_107_attached_triggers_come_alive_with_fills_and_are_one_cancels_the_other() => Book("""
        fund ann BTC 10
        fund ann USDT 1000
        A: buy ann 3 @ 100 tp 110 sl 90
        sell sue 1 @ 100
        fill ann sue 1 @ 100
        sell sue 1 @ 110
        buy dee 9 @ 105
        buy bob 1 @ 110
        fill sue bob 1 @ 110
        cancelled A.sl
        fill dee ann 1 @ 105                # the one filled so far
        fired A.tp
        sell sue 9 @ 100                    # the parent goes on without them
        fill dee sue 8 @ 105
        fill ann sue 1 @ 100
        """);

    [Fact]
    public void M_107_a_stop_loss_sells_what_was_bought() => Book("""
        fund ann BTC 10
        fund ann USDT 1000
        sell sue 2 @ 100
        A: buy ann 2 @ 100 tp 110 sl 90
        fill sue ann 2 @ 100
        buy dee 1 @ 90
        buy dee 5 @ 89
        sell sue 1 @ 90
        fill dee sue 1 @ 90
        cancelled A.tp
        fill dee ann 2 @ 89
        fired A.sl
        """);

    [Fact]
    public void M_107_a_sell_parent_has_them_the_other_way_round_and_buys_back() => Book("""
        buy bob 2 @ 100
        A: sell ann 2 @ 100 tp 90 sl 110
        fill bob ann 2 @ 100
        sell sue 9 @ 110
        buy bob 1 @ 110
        fill sue bob 1 @ 110
        cancelled A.tp
        fill sue ann 1.818 @ 110            # 200 in quote buys 1.818 at 110
        fired A.sl
        """);

    // 0.1 % of 2 is 0.002 in base: ann, who holds nothing else, has 1.998 to sell.
    [Fact]
    public void M_107_S_050_a_stop_loss_sells_what_the_fill_brought_after_its_fee() => Book("""
        fund ann USDT 1000
        rates ann 0.001 0.001
        sell sue 2 @ 100
        A: buy ann 2 @ 100 tp 110 sl 90
        fill sue ann 2 @ 100
        buy dee 1 @ 90
        buy dee 5 @ 89
        sell sue 1 @ 90
        fill dee sue 1 @ 90
        cancelled A.tp
        fill dee ann 1.998 @ 89
        fired A.sl
        has ann BTC 0 held 0
        """);

    // Three fills of 0.5 bring 0.4995 each: 1.4985 in all, 1.498 in lots, where lot by lot it would be 1.497. The first two as maker.
    [Fact]
    public void M_107_S_050_the_sum_of_the_fills_is_rounded_down_to_a_lot_once() => Book("""
        fund ann USDT 1000
        rates ann 0.001 0.001
        A: buy ann 1.5 @ 100 tp 110 sl 90
        sell sue 0.5 @ 100
        fill ann sue 0.5 @ 100
        sell sue 0.5 @ 100
        fill ann sue 0.5 @ 100
        sell sue 0.5 @ 100
        fill ann sue 0.5 @ 100
        buy dee 1 @ 90
        buy dee 5 @ 89
        sell sue 1 @ 90
        fill dee sue 1 @ 90
        cancelled A.tp
        fill dee ann 1.498 @ 89
        fired A.sl
        has ann BTC 0.0005 held 0
        """);

    // 200 less 0.1 % is 199.8 in quote: 1.816 at 110, and nobody else's money.
    [Fact]
    public void M_107_S_050_a_market_buy_back_spends_what_the_sale_brought_at_its_price_after_its_fee() => Book("""
        fund ann BTC 2
        rates ann 0.001 0.001
        buy bob 2 @ 100
        A: sell ann 2 @ 95 tp 90 sl 110
        fill bob ann 2 @ 100
        sell sue 9 @ 110
        buy bob 1 @ 110
        fill sue bob 1 @ 110
        cancelled A.tp
        fill sue ann 1.816 @ 110
        fired A.sl
        has ann USDT 0.04 held 0
        """);

    [Fact]
    public void M_107_S_053_a_fee_in_the_token_leaves_the_whole_fill_to_sell()
    {
        var venue = Venue.WithPair(terms => terms with { ReferencePrice = 1000 });
        var (ann, sue) = (venue.User("ann"), venue.Rich("sue"));
        venue.Accept(0, new ListAsset { Scale = 8 }, "TOK", "Token");
        var token = venue.List(terms => terms with { PriceDecimals = 3, SizeDecimals = 2, ReferencePrice = 1000 }, "TOK");
        venue.Accept(0, new ConfigureSpot { StpByMainAccount = 1, FeeToken = 3, FeeTokenPair = token, FeeTokenFactor = Venue.Fraction("0.9") });
        venue.Fund(sue, 3, "1");
        venue.Accept(sue, new PlaceOrder { Instrument = token, Wallet = 1, Side = Side.Sell, Price = 1000, Size = 100 });
        venue.Accept(venue.Rich("bob"), new PlaceOrder { Instrument = token, Wallet = 1, Price = 1000, Size = 100 });
        venue.Fund(ann, Venue.Usdt, "1000");
        venue.Fund(ann, 3, "10");
        venue.Accept(0, new SetTraderSettings { User = ann, MakerFee = Venue.Fraction("0.001"), TakerFee = Venue.Fraction("0.001"), UniqueText = -1, FeeToken = 1 });
        venue.Accept(sue, new PlaceOrder { Instrument = 1, Wallet = 1, Side = Side.Sell, Price = 1000, Size = 2000 });
        venue.Accept(ann, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 2000, StopLossTrigger = 900 });
        Assert.Equal(FillFlags.TakerFeeToken, venue.Only<OrderFilled>().Flags);
        Assert.Equal(2000, venue.Only<TriggerUpdated>().Size);
    }

    [Fact]
    public void M_107_M_013_a_fill_whose_fee_leaves_no_lot_has_nothing_to_sell() => Book("""
        fund ann USDT 1000
        rates ann 0.001 0.001
        sell sue 0.001 @ 100
        A: buy ann 0.001 @ 100 sl 90
        fill sue ann 0.001 @ 100
        buy dee 9 @ 90
        sell sue 1 @ 90
        fill dee sue 1 @ 90
        failed A.sl InvalidCombination
        """);

    [Fact]
    public void M_107_without_a_fill_they_are_invalid() => Book("""
        A: buy ann 3 @ 100 tp 110 sl 90
        cancel A
        end A cancelled left 3
        invalid A.tp
        invalid A.sl
        B: buy ann 3 @ 100 ioc tp 110
        end B ioc left 3
        invalid B.tp
        """);

    [Theory]
    [InlineData("buy ann 1 @ 100 tp 100")]
    [InlineData("buy ann 1 @ 100 tp 99")]
    [InlineData("buy ann 1 @ 100 sl 100")]
    [InlineData("sell ann 1 @ 100 tp 101")]
    [InlineData("sell ann 1 @ 100 sl 99")]
    [InlineData("sell ann 1 @ 100 tp -5")]
    public void M_107_geometry(string line) => Book($"""
        {line}
        refused StopPriceGeometry
        """);

    [Fact]
    public void M_109_the_number_of_triggers_is_limited() => Book("""
        T1: when >= 104 tom sell 1 @ 99
        T2: when >= 104 tom sell 1 @ 99
        when >= 104 tom sell 1 @ 99
        refused TooManyTriggers
        T4: when >= 104 tim sell 1 @ 99
        cancel T1
        cancelled T1
        T5: when >= 104 tom sell 1 @ 99
        """, terms => terms with { ReferencePrice = 1000, TriggersLimit = 2 });

    [Fact]
    public void M_100_M_007_what_can_not_be_a_trigger_is_refused_whatever_it_says()
    {
        var venue = Venue.WithPair(terms => terms with { ReferencePrice = 1000 });
        var tom = venue.Rich("tom");
        var good = new CreateTrigger
        {
            Instrument = 1, Wallet = 1, Rule = TriggerRule.AtOrAbove, TriggerPrice = 1100, Side = Side.Sell, Price = 1100, Size = 1000,
        };
        void Refused(SpotRefusal why, CreateTrigger trigger, params string[] texts) => Assert.Equal((ushort)why, venue.Send(tom, trigger, texts).Refusal);
        Refused(SpotRefusal.InvalidCombination, good with { Size = 0 });
        Refused(SpotRefusal.InvalidCombination, good with { TriggerPrice = 0 });
        Refused(SpotRefusal.InvalidCombination, good with { Price = 0 });
        Refused(SpotRefusal.InvalidCombination, good with { Price = -1 });
        Refused(SpotRefusal.InvalidCombination, good with { Rule = 0 });
        Refused(SpotRefusal.InvalidCombination, good with { ExpirationSeconds = -1 });
        Refused(SpotRefusal.InvalidCombination, good with { TimeInForce = TimeInForce.PostOnly });
        Refused(SpotRefusal.InvalidCombination, good with { Type = OrderType.Market, Price = 0 });
        Refused(SpotRefusal.BorrowingNotAvailable, good with { Flags = OrderFlags.AutoBorrow });
        Refused(SpotRefusal.MarginBorrowingNotAvailable, good with { Flags = OrderFlags.AutoBorrow, Wallet = WalletId.Margin(new InstrumentId(1)).Value });
        Refused(SpotRefusal.WalletNotSupported, good with { Wallet = 5 });
        Refused(SpotRefusal.PairNotFound, good with { Instrument = 2 });
        Refused(SpotRefusal.InvalidText, good, "t-" + new string('x', 29));
        Refused(SpotRefusal.InvalidText, good, "t-" + new string('x', 5000));
        Refused(SpotRefusal.InvalidText, good, "t-\u00e9");
        venue.Accept(tom, good, "t-" + new string('x', 28));
        venue.Accept(tom, good with { ExpirationSeconds = int.MaxValue, Size = long.MaxValue, Price = long.MaxValue });
        Assert.Equal(venue.Machine.StateHash(), venue.Restored().Machine.StateHash());
    }

    [Fact]
    public void M_050_all_triggers_of_a_user_can_be_cancelled_at_once()
    {
        var venue = Book(Ladder + """
            T1: when >= 104 tom sell 1 @ 99
            T2: when <= 90 tom sell 1 @ 99
            T3: when >= 104 tim sell 1 @ 99
            """);
        var tom = venue.Spot.Triggers.All.Values.First().User;
        Assert.Equal(0, venue.Accept(tom, new CancelAllTriggers { Instrument = 1, Wallet = 2 }));
        Assert.Equal(2, venue.Accept(tom, new CancelAllTriggers { Instrument = 1 }));
        Assert.Equal((ushort)SpotRefusal.TriggerNotFound, venue.Send(tom, new CancelTrigger { TriggerId = venue.Spot.Triggers.All.Keys.Single() }).Refusal);
    }

    [Fact]
    public void M_100_a_halted_market_stores_triggers_and_a_delisted_one_has_none() => Book("""
        status untradable
        T1: when >= 104 tom sell 1 @ 99
        status tradable
        A: buy ann 1 @ 100
        status delisted
        end A cancelled left 1
        cancelled T1
        when >= 104 tom sell 1 @ 99
        refused PairNotFound
        bids none
        """, terms => terms with { ReferencePrice = 1000 });
}
