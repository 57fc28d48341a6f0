using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Market status, halts and the auction after them (matching section 14).</summary>
public class HaltTests
{
    [Theory]
    [InlineData("untradable", false, false, false)]
    [InlineData("buyable", true, false, true)]
    [InlineData("sellable", false, true, false)]
    [InlineData("tradable", true, true, true)]
    [InlineData("circuitbreaker", false, false, true)]
    [InlineData("delisting", false, false, false)]
    [InlineData("delisted", false, false, false)]
    public void S_003_M_012_which_sides_a_status_lets_in(string status, bool buy, bool sell, bool postOnlyBuy)
    {
        string Refused(bool open) => open ? "" : "refused SideNotTradable";
        Book($"""
            status {status}
            buy ann 1 @ 99
            {Refused(buy)}
            sell ann 1 @ 101
            {Refused(sell)}
            buy ann 1 @ 98 poc
            {Refused(postOnlyBuy)}
            """);
    }

    [Fact]
    public void M_140_post_only_orders_may_cross_in_a_halt_and_the_auction_uncrosses_at_one_price() => Book("""
        fund ann USDT 1000
        A: buy ann 5 @ 102
        status circuitbreaker
        buy bob 1 @ 100
        refused SideNotTradable
        S: sell sue 3 @ 100 poc
        T: sell tim 4 @ 101 poc
        bids 5 @ 102
        asks 3 @ 100, 4 @ 101
        status tradable                     # 5 trade at 101 and 102, 3 at 100; at both 2 are left over; the reference 100 is closer to 101
        fill ann sue 3 @ 101 auction
        fill ann tim 2 @ 101 auction
        asks 2 @ 101
        bids none
        has ann USDT 495 held 0
        last 101
        """, terms => terms with { ReferencePrice = 1000 });

    [Fact]
    public void M_140_both_sides_pay_the_maker_rate_and_own_orders_may_meet() => Book("""
        status circuitbreaker
        fund own BTC 10
        fund own USDT 1000
        rates own 0.001 0.002
        B: buy own 1 @ 100 poc
        S: sell own 1 @ 100 poc
        status tradable
        fill own own 1 @ 100 auction
        has own USDT 999.9 held 0
        has own BTC 9.999 held 0
        """);

    [Fact]
    public void M_140_icebergs_trade_their_hidden_part() => Book("""
        status circuitbreaker
        I: sell ice 30 @ 100 iceberg 10 poc
        B: buy ann 25 @ 100 poc
        status tradable
        fill ice ann 25 @ 100 auction
        queue 100: I 5
        """);

    // 5 trade at every price from 100 to 110. At 100 three buyers go without, at 110 four sellers; in between nobody does.
    [Theory]
    [InlineData(2000, 109)]     // of the prices in between the one closest to the reference
    [InlineData(500, 101)]
    [InlineData(1050, 105)]
    public void M_140_least_imbalance_then_closest_to_the_reference(long reference, long expected)
    {
        var venue = Book("""
            status circuitbreaker
            buy ann 5 @ 11 poc
            buy bob 3 @ 10 poc
            sell sue 5 @ 10 poc
            sell tim 4 @ 11 poc
            """);
        Assert.Equal(expected, Auction.Price(venue.Spot.Pairs[0].Book, reference / 10));
    }

    [Fact]
    public void M_140_the_most_volume_wins_and_of_equal_prices_the_lowest()
    {
        var venue = Book("""
            status circuitbreaker
            buy ann 5 @ 10 poc
            sell sue 5 @ 9 poc
            """);
        Assert.Equal(95, Auction.Price(venue.Spot.Pairs[0].Book, 95));
        Assert.Equal(100, Auction.Price(venue.Spot.Pairs[0].Book, 5000));
        Assert.Equal(90, Auction.Price(venue.Spot.Pairs[0].Book, 0));
        Assert.Null(Auction.Price(Book("buy ann 5 @ 10").Spot.Pairs[0].Book, 95));
    }

    // A change of terms may carry a status too.
    [Fact]
    public void M_140_S_001_listing_a_halted_pair_anew_uncrosses_like_any_other_way_out_of_a_halt()
    {
        var venue = Book("""
            status circuitbreaker
            S: sell sue 3 @ 100 poc
            B: buy ann 3 @ 101 poc
            """);
        venue.List(terms => terms with { OrdersLimit = 10 });
        Assert.Equal(3_000, venue.Only<OrderFilled>().Size);
        Assert.Equal(MarketStatus.Tradable, venue.Only<MarketStatusChanged>().New);
        venue.CheckInvariants();
        venue.Accept(venue.Spot.Traders[0].User, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 900, Size = 1000 });
        venue.List(terms => terms with { Status = MarketStatus.Delisted });
        Assert.Equal(FinishReason.Cancelled, venue.Only<OrderFinished>().Reason);
        Assert.Equal(venue.Machine.StateHash(), venue.Restored().Machine.StateHash());
    }

    [Fact]
    public void M_140_triggers_see_the_auction_price() => Book("""
        T: when >= 101 tom buy 1 @ 90
        status circuitbreaker
        S: sell sue 3 @ 101 poc
        B: buy ann 3 @ 101 poc
        status tradable
        fill sue ann 3 @ 101 auction
        fired T
        bids 1 @ 90
        """, terms => terms with { ReferencePrice = 1000 });

    [Fact]
    public void M_140_an_amend_in_a_halt_may_cross_too() => Book("""
        A: buy ann 1 @ 99
        S: sell sue 1 @ 101
        status circuitbreaker
        amend A price 101
        status tradable
        fill ann sue 1 @ 101 auction
        """);

    [Fact]
    public void M_140_an_order_is_not_amended_where_nothing_trades() => Book("""
        A: buy ann 1 @ 99
        status untradable
        amend A price 98
        refused SideNotTradable
        """);

    [Fact]
    public void M_141_each_side_opens_at_its_time() => Book("""
        buy ann 1 @ 99
        refused SideNotTradable
        sell ann 1 @ 101
        refused SideNotTradable
        wait 10
        buy ann 1 @ 99
        sell ann 1 @ 101
        refused SideNotTradable
        wait 10
        sell ann 1 @ 101
        """, terms => terms with { BuyStartNanos = Venue.Start + 10_000_000_000, SellStartNanos = Venue.Start + 20_000_000_000 });
}
