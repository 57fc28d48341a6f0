using static Sluice.Products.Tests.Spot.BookScript;

namespace Sluice.Products.Tests.Spot;

/// <summary>Icebergs (matching section 8).</summary>
public class IcebergTests
{
    [Fact]
    public void MX_13_M_060_the_next_slice_queues_behind_everyone() => Book("""
        I: sell ice 30 @ 100 iceberg 10
        B: sell bob 5 @ 100
        asks 15 @ 100
        buy dan 12 @ 100 ioc
        fill ice dan 10 @ 100
        fill bob dan 2 @ 100
        queue 100: B 3, I 20/10
        asks 13 @ 100
        """);

    [Fact]
    public void MX_22_M_062_M_064_slices_born_during_the_sweep_are_hidden() => Book("""
        A: sell ann 5 @ 100
        I: sell ice 30 @ 100 iceberg 10
        B: sell bob 5 @ 100
        buy dan 35 @ 100
        fill ann dan 5 @ 100
        fill ice dan 10 @ 100
        fill bob dan 5 @ 100
        fill ice dan 10 @ 100 hidden
        fill ice dan 5 @ 100 hidden
        queue 100: I 5
        asks 5 @ 100
        buy dan 1 @ 100                     # the rest of the third slice is on display now
        fill ice dan 1 @ 100
        """);

    [Fact]
    public void M_061_on_entry_the_whole_quantity_takes() => Book("""
        buy ann 25 @ 100
        I: sell ice 30 @ 100 iceberg 3
        fill ann ice 25 @ 100
        queue 100: I 5/3
        asks 3 @ 100
        """);

    [Fact]
    public void M_062_the_last_slice_is_what_is_left() => Book("""
        I: sell ice 12 @ 100 iceberg 5
        buy dan 10 @ 100
        fill ice dan 5 @ 100
        fill ice dan 5 @ 100 hidden
        queue 100: I 2
        """);

    [Fact]
    public void M_063_depth_shows_slices_only_and_fok_counts_all() => Book("""
        I: sell ice 30 @ 100 iceberg 10
        asks 10 @ 100
        buy dan 30 @ 100 fok
        fill ice dan 10 @ 100
        fill ice dan 10 @ 100 hidden
        fill ice dan 10 @ 100 hidden
        asks none
        """);

    // 0.1 % for what was shown, 0.2 % for what was hidden: of 10 x 100 the maker pays 1 and 2 in quote.
    [Fact]
    public void M_064_M_120_S_054_the_hidden_part_pays_the_owners_taker_rate() => Book("""
        fund ice BTC 30
        rates ice 0.001 0.002
        I: sell ice 20 @ 100 iceberg 10
        buy dan 20 @ 100
        fill ice dan 10 @ 100
        fill ice dan 10 @ 100 hidden
        has ice USDT 1997
        """);

    [Fact]
    public void M_065_a_smaller_size_cuts_the_hidden_part_first_and_keeps_the_place() => Book("""
        I: sell ice 30 @ 100 iceberg 10
        B: sell bob 5 @ 100
        amend I size 12
        queue 100: I 12/10, B 5
        asks 15 @ 100
        amend I size 4                      # less than the slice: it shrinks in place
        queue 100: I 4, B 5
        asks 9 @ 100
        """);

    [Fact]
    public void M_065_after_fills_too() => Book("""
        I: sell ice 30 @ 100 iceberg 10
        B: sell bob 5 @ 100
        buy dan 2 @ 100
        fill ice dan 2 @ 100
        queue 100: I 28/8, B 5
        amend I size 8                      # 6 left
        queue 100: I 6, B 5
        """);

    [Fact]
    public void M_065_a_larger_size_goes_to_the_back() => Book("""
        I: sell ice 30 @ 100 iceberg 10
        B: sell bob 5 @ 100
        amend I size 31
        queue 100: B 5, I 31/10
        """);

    [Theory]
    [InlineData("sell ice 30 @ 100 iceberg 30")]
    [InlineData("sell ice 30 @ 100 iceberg 31")]
    [InlineData("sell ice 30 @ 100 iceberg 10 ioc")]
    [InlineData("sell ice 30 @ 100 iceberg 10 fok")]
    [InlineData("sell ice 30 @ 100 iceberg 0.001")]     // below the smallest order
    [InlineData("sell ice 30 @ 100 iceberg -1")]
    public void M_060_what_is_no_iceberg_is_refused(string line) => Book($"""
        {line}
        refused InvalidCombination
        """, terms => terms with { MinBase = 10 });

    [Fact]
    public void M_060_an_iceberg_may_be_post_only() => Book("""
        I: sell ice 30 @ 100 iceberg 10 poc
        queue 100: I 30/10
        """);
}
