using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Self-trade prevention (matching section 7). A main account and its sub-accounts are one group.</summary>
public class SelfTradeTests
{
    private const string OwnFirst = """
        A: sell own 2 @ 100
        X: sell xan 3 @ 100

        """;

    [Fact]
    public void MX_09_M_071_cancel_newest_kills_the_taker() => Book(OwnFirst + """
        T: buy own 5 @ 100 stp cn
        end T stp left 5
        asks 5 @ 100
        bids none
        """);

    [Fact]
    public void MX_10_cancel_oldest_takes_the_own_order_away_and_goes_on() => Book(OwnFirst + """
        T: buy own 5 @ 100 stp co
        end A stp left 2
        fill xan own 3 @ 100
        bids 2 @ 100
        asks none
        """);

    [Fact]
    public void MX_11_cancel_both() => Book(OwnFirst + """
        T: buy own 5 @ 100 stp cb
        end A stp left 2
        end T stp left 5
        asks 3 @ 100
        bids none
        """);

    [Fact]
    public void MX_12_M_072_fills_before_the_own_order_stand() => Book("""
        X: sell xan 3 @ 100
        A: sell own 2 @ 100
        T: buy own 4 @ 100 stp cn
        fill xan own 3 @ 100
        end T stp left 1
        queue 100: A 2
        """);

    [Fact]
    public void M_073_without_an_action_the_newest_is_cancelled_and_sub_accounts_belong_to_the_group() => Book("""
        A: sell own 2 @ 100
        sub child of own
        T: buy child 1 @ 100
        end T stp left 1
        queue 100: A 2
        """);

    [Fact]
    public void M_070_the_takers_action_decides_not_the_makers() => Book("""
        A: sell own 2 @ 100 stp co
        T: buy own 1 @ 100 stp cn
        end T stp left 1
        queue 100: A 2
        """);

    [Fact]
    public void M_075_fok_behind_an_own_order_is_infeasible_for_cn_and_cb_and_nothing_changes() => Book(OwnFirst + """
        buy own 3 @ 100 fok stp cn
        refused FillOrKillWouldNotFill
        buy own 3 @ 100 fok stp cb
        refused FillOrKillWouldNotFill
        queue 100: A 2, X 3
        buy own 4 @ 100 fok stp co          # only 3 are not its own
        refused FillOrKillWouldNotFill
        queue 100: A 2, X 3
        buy own 3 @ 100 fok stp co
        end A stp left 2
        fill xan own 3 @ 100
        asks none
        """);

    [Theory]
    [InlineData(3_000, FinishReason.SelfTrade)]         // feasible but for its own order
    [InlineData(6_000, FinishReason.FillOrKill)]        // not feasible at all
    public void M_075_the_finished_record_says_what_stood_in_the_way(long size, FinishReason expected)
    {
        var venue = Book(OwnFirst);
        var own = venue.Spot.Traders[0].User;
        venue.Send(own, new PlaceOrder
        {
            Instrument = 1, Wallet = 1, Side = Side.Buy, Price = 1000, Size = size, TimeInForce = TimeInForce.FillOrKill, StpAction = SelfTradeAction.CancelNewest,
        });
        Assert.Equal(expected, venue.Only<OrderFinished>().Reason);
    }

    // What the iceberg hides comes back behind the own order, so a taker that may not pass it gets 10, not 30.
    [Fact]
    public void M_075_hidden_quantity_ahead_of_an_own_order_counts_only_as_shown() => Book("""
        I: sell xan 30 @ 100 iceberg 10
        A: sell own 2 @ 100
        buy own 11 @ 100 fok stp cn
        refused FillOrKillWouldNotFill
        buy own 10 @ 100 fok stp cn
        fill xan own 10 @ 100
        """);

    [Fact]
    public void M_076_post_only_is_judged_first() => Book(OwnFirst + """
        buy own 1 @ 100 poc stp co
        refused PostOnlyWouldTake
        queue 100: A 2, X 3
        """);

    [Fact]
    public void M_077_cancel_oldest_takes_an_iceberg_with_its_hidden_part() => Book("""
        A: sell own 30 @ 100 iceberg 10
        X: sell xan 3 @ 100
        T: buy own 2 @ 100 stp co
        end A stp left 30
        fill xan own 2 @ 100
        asks 1 @ 100
        """);

    [Fact]
    public void M_070_M_092_an_order_that_an_amend_makes_a_taker_keeps_the_action_it_was_placed_with() => Book("""
        B: buy own 5 @ 98 stp co
        A: sell own 2 @ 100
        X: sell xan 3 @ 100
        amend B price 100
        end A stp left 2
        fill xan own 3 @ 100
        queue 100: B 2
        """);

    // Found by the oracle: the fill-or-kill was taken for feasible, then killed by prevention.
    [Fact]
    public void S_031_S_033_a_budget_that_buys_no_lot_is_complete_before_its_own_order_is_asked() => Book("""
        A: sell own 1 @ 100
        M: market buy own 0.05 stp cb
        end M small left 0.05
        N: market buy own 0.05 fok
        end N small left 0.05
        market buy own 0.5 fok
        refused FillOrKillWouldNotFill
        queue 100: A 1
        """);

    [Fact]
    public void M_073_groups_can_be_switched_off_and_then_an_action_is_refused()
    {
        var venue = Venue.WithPair();
        venue.Accept(0, new ConfigureSpot { StpByMainAccount = 0 });
        var own = venue.Rich("own");
        var order = new PlaceOrder { Instrument = 1, Wallet = 1, Side = Side.Sell, Price = 1000, Size = 2000 };
        venue.Accept(own, order);
        Assert.Equal((ushort)SpotRefusal.StpNotInGroup, venue.Send(own, order with { Side = Side.Buy, StpAction = SelfTradeAction.CancelOldest }).Refusal);
        venue.Accept(own, order with { Side = Side.Buy });
        Assert.Equal(own, venue.Only<OrderFilled>().MakerUser);
        venue.CheckInvariants();
    }
}
