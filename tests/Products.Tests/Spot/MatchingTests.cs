using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Price-time priority and the truth table (matching sections 3 and 4).</summary>
public class MatchingTests
{
    // MX-01 to MX-06 share this book.
    private const string ThreeAsks = """
        A: sell ann 3 @ 100
        B: sell bob 4 @ 100
        C: sell cat 5 @ 101

        """;

    [Fact]
    public void M_030_S_014_best_price_first_then_oldest_first() => Book("""
        sell alice 2 @ 101.0
        sell bob   2 @ 100.0
        sell carol 2 @ 100.0
        buy  dave  3 @ 101.0      # bob is first at the best price; alice's price is never reached
        fill bob   dave 2 @ 100.0
        fill carol dave 1 @ 100.0
        last 100.0
        """);

    [Fact]
    public void MX_01_M_031_M_032_M_033_one_trade_per_maker_at_the_makers_price() => Book(ThreeAsks + """
        buy dan 8 @ 101
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        fill cat dan 1 @ 101
        asks 4 @ 101
        bids none
        """);

    [Fact]
    public void MX_02_M_042_the_rest_of_a_gtc_order_rests() => Book(ThreeAsks + """
        D: buy dan 20 @ 101
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        fill cat dan 5 @ 101
        bids 8 @ 101
        asks none
        """);

    [Fact]
    public void MX_03_M_023_fok_that_can_not_be_filled_trades_nothing() => Book(ThreeAsks + """
        buy dan 13 @ 101 fok
        refused FillOrKillWouldNotFill
        asks 7 @ 100, 5 @ 101
        """);

    [Fact]
    public void MX_04_fok_that_can_be_filled_fills() => Book(ThreeAsks + """
        buy dan 12 @ 101 fok
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        fill cat dan 5 @ 101
        asks none
        """);

    [Fact]
    public void MX_05_M_022_M_052_post_only_that_would_take_is_refused() => Book(ThreeAsks + """
        buy dan 5 @ 100 poc
        refused PostOnlyWouldTake
        asks 7 @ 100, 5 @ 101
        bids none
        """);

    [Fact]
    public void MX_06_post_only_below_rests() => Book(ThreeAsks + """
        buy dan 5 @ 99 poc
        bids 5 @ 99
        """);
}
