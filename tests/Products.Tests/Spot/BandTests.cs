using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Price bands and the protection of market orders (matching section 6).</summary>
public class BandTests
{
    // 8 % around 83 781.7: 90 484.236 and 77 079.164.
    [Fact]
    public void SX_07_M_055_M_019_prices_up_to_the_edge_of_the_band() => Book("""
        buy ann 0.001 @ 90484.3
        refused PriceOutOfBand
        buy ann 0.001 @ 90484.2
        cancelall ann
        end ann cancelled left 0.001
        sell bob 0.001 @ 77079.1
        refused PriceOutOfBand
        sell bob 0.001 @ 77079.2
        buy cat 0.001 @ 0.1                 # the passive direction is free
        sell cat 0.001 @ 9999999
        """, terms => terms with { ReferencePrice = 837_817, UpRate = Venue.Fraction("0.08"), DownRate = Venue.Fraction("0.08") });

    [Theory]
    [InlineData(Side.Buy, 862_951)]     // floor of 86 295.151
    [InlineData(Side.Sell, 812_683)]    // ceiling of 81 268.249
    public void SX_06_M_054_M_056_the_bound_is_rounded_inward(Side side, long expected) => Assert.Equal(expected, Pair.Bound(side, 837_817, Venue.Fraction("0.03")));

    [Fact]
    public void MX_21_a_market_buy_stops_at_its_bound() => Book("""
        buy zoe 0.001 @ 100.1
        sell zed 0.001 @ 100.1
        fill zoe zed 0.001 @ 100.1          # last 100.1; with 0.1 % up to 100.2001
        sell ann 1 @ 100.1
        sell bob 1 @ 100.2
        sell cat 1 @ 100.3
        M: market buy dan 300.6 slip 0.001
        fill ann dan 1 @ 100.1
        fill bob dan 1 @ 100.2
        end M priceprotectcancelled left 100.3
        asks 1 @ 100.3
        """);

    [Fact]
    public void M_056_the_pairs_slippage_holds_for_those_who_name_none_and_is_the_most_one_can_name() => Book("""
        buy ann 1 @ 99
        buy bob 1 @ 98
        M: market sell dan 2                # down to 99
        fill ann dan 1 @ 99
        end M priceprotectcancelled left 1
        market sell dan 1 slip 0.02
        refused SlippageOutOfRange
        N: market sell dan 1 slip 0.005     # reference 99 now: down to 98.505, rounded inward to 98.6
        end N priceprotectcancelled left 1
        O: market sell dan 1                # 98.01, rounded inward to 98.1
        end O priceprotectcancelled left 1
        bids 1 @ 98
        """, terms => terms with { ReferencePrice = 1000, SlippageRate = Venue.Fraction("0.01") });

    [Fact]
    public void M_056_a_slippage_of_any_size_is_answered()
    {
        var venue = Book("sell ann 1 @ 100");
        var dan = venue.Rich("dan");
        var order = new PlaceOrder { Instrument = 1, Wallet = 1, Type = OrderType.Market, TimeInForce = TimeInForce.ImmediateOrCancel, Budget = Venue.Amount("10") };
        foreach (var rate in new[] { -1, Venue.Fraction("1.1"), long.MaxValue })
        {
            Assert.Equal((ushort)SpotRefusal.SlippageOutOfRange, venue.Send(dan, order with { SlippageRate = rate }).Refusal);
        }
        venue.Accept(dan, order with { SlippageRate = Venue.Fraction("1") });
    }

    [Fact]
    public void M_057_the_band_does_not_move_during_a_sweep() => Book("""
        sell ann 1 @ 108
        buy dan 1 @ 109
        fill ann dan 1 @ 108                # last 108: now up to 118.8
        sell ann 1 @ 118
        sell bob 1 @ 118.8
        buy dan 2 @ 118.9
        refused PriceOutOfBand
        buy dan 2 @ 118.8
        fill ann dan 1 @ 118
        fill bob dan 1 @ 118.8
        """, terms => terms with { ReferencePrice = 1000, UpRate = Venue.Fraction("0.1") });

    [Fact]
    public void M_055_changed_terms_hold_at_once()
    {
        var venue = Book("buy ann 1 @ 110", terms => terms with { ReferencePrice = 1000, UpRate = Venue.Fraction("0.1") });
        venue.List(terms => terms with { ReferencePrice = 1000, UpRate = Venue.Fraction("0.05") });
        var order = new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1051, Size = 1 };
        var ann = venue.Spot.Traders[0].User;
        Assert.Equal((ushort)SpotRefusal.PriceOutOfBand, venue.Send(ann, order).Refusal);
        venue.Accept(ann, order with { Price = 1050 });
    }
}
