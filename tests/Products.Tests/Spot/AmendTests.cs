using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Products.Spot;
using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Amending open orders (matching section 10).</summary>
public class AmendTests
{
    private const string TwoBids = """
        A: buy ann 5 @ 99
        B: buy bob 5 @ 99

        """;

    [Fact]
    public void MX_07_M_091_a_smaller_size_keeps_the_place() => Book(TwoBids + """
        amend A size 4
        sell dan 4 @ 99 ioc
        fill ann dan 4 @ 99
        queue 99: B 5
        """);

    [Fact]
    public void MX_08_a_larger_size_goes_to_the_back() => Book(TwoBids + """
        amend A size 6
        sell dan 5 @ 99 ioc
        fill bob dan 5 @ 99
        queue 99: A 6
        """);

    [Fact]
    public void M_091_a_new_price_goes_to_the_back_of_its_level() => Book(TwoBids + """
        C: buy cat 1 @ 98
        amend A price 98
        queue 98: C 1, A 5
        queue 99: B 5
        amend A price 99
        queue 99: B 5, A 5
        """);

    [Fact]
    public void M_090_the_new_size_includes_what_is_filled() => Book(TwoBids + """
        sell dan 2 @ 99
        fill ann dan 2 @ 99
        amend A size 4
        queue 99: A 2, B 5
        amend A size 2                      # nothing would be left
        end A cancelled left 2
        queue 99: B 5
        """);

    [Fact]
    public void M_090_no_change_and_stop_attributes_are_refused() => Book(TwoBids + """
        amend A price 99 size 5
        refused NoChange
        amend A
        refused NoChange
        C: buy cat 1 @ 98 tp 110
        amend C size 2
        refused AmendWithStop
        """);

    [Fact]
    public void M_092_a_price_that_crosses_takes_and_the_rest_rests() => Book("""
        A: buy ann 5 @ 99
        S: sell dan 2 @ 101
        sell dan 1 @ 100.5
        amend A price 101
        fill dan ann 1 @ 100.5
        fill dan ann 2 @ 101
        queue 101: A 2
        has ann USDT 999999495.5 held 202       # 100.5 + 202 paid, 2 x 101 held
        """);

    [Fact]
    public void M_092_a_post_only_order_is_not_amended_into_a_taker() => Book("""
        A: buy ann 5 @ 99 poc
        B: buy bob 5 @ 99
        sell dan 2 @ 101
        amend A price 101
        refused PostOnlyWouldTake
        queue 99: A 5, B 5
        """);

    [Fact]
    public void M_093_S_023_a_refused_amend_leaves_the_order_and_its_place() => Book("""
        fund poor USDT 500
        A: buy poor 5 @ 99
        B: buy bob 5 @ 99
        amend A size 6                      # 594
        refused BalanceTooLow
        amend A price 100.1                 # 500.5
        refused BalanceTooLow
        amend A size 0.5
        refused ValueTooLittle
        amend A price 120
        refused PriceOutOfBand
        queue 99: A 5, B 5
        has poor USDT 5 held 495
        amend A price 100                   # 500, with the old 495 credited back
        has poor USDT 0 held 500
        """, terms => terms with { ReferencePrice = 1000, UpRate = Venue.Fraction("0.1"), MinQuote = Venue.Amount("50") });

    [Fact]
    public void S_021_S_023_the_reservation_follows_partial_fills_and_amends() => Book("""
        fund ann USDT 1000
        A: buy ann 5 @ 100
        sell dan 2 @ 100
        fill ann dan 2 @ 100
        has ann USDT 500 held 300
        amend A price 90
        has ann USDT 530 held 270
        amend A size 10 price 80            # 8 left
        has ann USDT 160 held 640
        amend A size 3
        has ann USDT 720 held 80
        cancel A
        end A cancelled left 1
        has ann USDT 800 held 0
        """);

    [Fact]
    public void M_008_rates_are_frozen_until_a_price_or_a_larger_size_reads_them_again() => Book("""
        fund ann BTC 100
        rates ann 0.01 0.02
        A: sell ann 4 @ 100
        rates ann 0.05 0.06
        buy dan 1 @ 100
        fill ann dan 1 @ 100
        has ann USDT 99
        amend A size 3                      # smaller: still 1 %
        buy dan 1 @ 100
        fill ann dan 1 @ 100
        has ann USDT 198
        amend A size 5
        buy dan 1 @ 100
        fill ann dan 1 @ 100
        has ann USDT 293
        """);

    [Fact]
    public void M_090_only_if_unfilled_is_refused_after_a_fill() => Book(TwoBids + """
        amend A size 6 unfilled
        sell dan 6 @ 99
        fill bob dan 5 @ 99
        fill ann dan 1 @ 99
        amend A size 7 unfilled
        refused AmendAlreadyFilledPart
        """);

    [Fact]
    public void M_090_the_text_alone_can_change()
    {
        var venue = Venue.WithPair();
        var ann = venue.Rich("ann");
        var order = venue.Accept(ann, new PlaceOrder { Instrument = 1, Wallet = 1, Price = 1000, Size = 1000 });
        venue.Accept(ann, new AmendOrder { OrderId = order, HasText = 1 }, "t-new");
        Assert.Equal(Venue.Tail("t-new"), venue.Events.Single(e => e.Event is OrderUpdated).Tail);
        Assert.Empty(venue.Of<BalanceChanged>());
        Assert.Empty(venue.Of<BookDelta>());
    }

    [Fact]
    public void M_094_price_and_size_can_change_together() => Book(TwoBids + """
        amend A price 98 size 7
        queue 98: A 7
        """);

    [Fact]
    public void M_120_an_amended_order_that_crosses_pays_as_taker() => Book("""
        fund ann BTC 1
        rates ann 0.001 0.002
        A: sell ann 1 @ 110
        buy dan 1 @ 100
        amend A price 100
        fill dan ann 1 @ 100
        has ann USDT 99.8
        """);
}
