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

    [Fact]
    public void M_040_M_041_a_market_order_takes_what_its_budget_or_size_buys() => Book(ThreeAsks + """
        market buy dan 350                  # 3 and 0.5 of bob's 4
        fill ann dan 3 @ 100
        fill bob dan 0.5 @ 100
        bids none
        buy eve 2 @ 99
        market sell dan 1.5
        fill eve dan 1.5 @ 99
        """);

    [Fact]
    public void M_035_a_limit_order_that_takes_now_is_killed_with_what_is_left() => Book(ThreeAsks + """
        D: buy dan 8 @ 100 ioc
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        end D ioc left 1
        E: buy dan 8 @ 100 ioc
        end E ioc left 8
        bids none
        """);

    [Fact]
    public void M_044_a_market_order_that_empties_the_book() => Book(ThreeAsks + """
        M: market buy dan 2000              # 3 + 4 at 100, 5 at 101: 1205
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        fill cat dan 5 @ 101
        end M depthnotenough left 795
        buy eve 2 @ 99
        N: market sell dan 3
        fill eve dan 2 @ 99
        end N depthnotenough left 1
        """);

    [Fact]
    public void M_044_S_031_a_budget_spent_to_the_last_quantum_is_filled_though_the_book_is_empty() => Book("""
        sell ann 3 @ 100
        market buy dan 300
        fill ann dan 3 @ 100
        asks none
        """);

    [Fact]
    public void M_044_M_056_a_market_order_that_reaches_its_bound() => Book(ThreeAsks + """
        sell ann 1 @ 103
        M: market buy dan 2000 slip 0.01                # reference 100: up to 101
        fill ann dan 3 @ 100
        fill bob dan 4 @ 100
        fill cat dan 5 @ 101
        end M priceprotectcancelled left 795
        """, terms => terms with { ReferencePrice = 1000 });

    [Fact]
    public void S_031_what_is_left_buys_no_lot_and_comes_back() => Book(ThreeAsks + """
        fund dan USDT 100.05
        market buy dan 100.05               # a lot of 0.001 costs 0.1
        fill ann dan 1 @ 100
        has dan USDT 0.05 held 0
        M: market buy eve 0.05
        end M small left 0.05
        """);

    [Fact]
    public void S_033_M_024_a_fill_or_kill_budget_is_spent_down_to_less_than_a_lot_or_not_at_all() => Book("""
        market buy dan 100
        refused NoCounterparty
        market buy dan 100 fok
        refused FillOrKillWouldNotFill      # M-023 comes before M-024
        sell ann 1 @ 100
        market buy dan 100.1 fok            # 0.1 left would buy one more lot at 100
        refused FillOrKillWouldNotFill
        fund eve USDT 100.09
        market buy eve 100.09 fok           # 0.09 buys none
        fill ann eve 1 @ 100
        has eve USDT 0.09 held 0
        has eve BTC 1
        """);

    [Fact]
    public void S_033_the_next_price_counts_only_inside_the_bound() => Book("""
        sell ann 1 @ 100
        sell ann 1 @ 200
        market buy dan 100.15 fok slip 0.5  # 0.15 left: a lot at 100, none at 200, which is beyond the bound of 150
        refused FillOrKillWouldNotFill
        market buy dan 100.15 fok slip 1    # 200 may be used, and 0.15 buys none of it: the order is complete (S-031)
        fill ann dan 1 @ 100
        """, terms => terms with { ReferencePrice = 1000 });

    [Fact]
    public void SX_12_fok_larger_than_the_book_is_killed() => Book("""
        sell ann 0.5 @ 100
        sell bob 0.5 @ 101
        buy dan 1.2 @ 101 fok
        refused FillOrKillWouldNotFill
        asks 0.5 @ 100, 0.5 @ 101
        """);

    [Fact]
    public void M_043_fok_counts_hidden_quantity() => Book("""
        sell ann 30 @ 100 iceberg 10
        buy dan 25 @ 100 fok
        fill ann dan 10 @ 100
        fill ann dan 10 @ 100 hidden
        fill ann dan 5 @ 100 hidden
        """);

    [Fact]
    public void M_001_M_036_one_lot_at_a_time() => Book("""
        A: sell ann 0.001 @ 0.1
        buy dan 0.002 @ 0.1
        fill ann dan 0.001 @ 0.1
        bids 0.001 @ 0.1
        last 0.1
        market sell eve 0.001
        fill dan eve 0.001 @ 0.1
        bids none
        """);
}
