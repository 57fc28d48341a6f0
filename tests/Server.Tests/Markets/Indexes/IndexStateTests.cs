using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Markets.Calendars;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Tests.Markets.Indexes;

public class IndexStateTests
{
    private static readonly long Monday = At("2026-01-05T09:00:00Z");                // US: 04:00 in New York

    [Fact]
    public void F_052_without_sources_the_index_stands_still_and_is_stale_until_they_return()
    {
        var state = new IndexState(Terms(), null, null);
        Assert.Equal((0.0, IndexFlags.Stale), (state.Price, state.Flags));
        Step(state, 100, 3, 0);
        Assert.Equal((100.0, IndexFlags.None), (state.Price, state.Flags));
        Step(state, 101, 2, 1);
        Assert.Equal((101.0, IndexFlags.None), (state.Price, state.Flags));
        Step(state, 102, 1, 2);
        Assert.Equal((102.0, IndexFlags.Single, 1), (state.Price, state.Flags, state.Sources));
        Step(state, 0, 0, 3);
        Assert.Equal((102.0, IndexFlags.Stale, 0), (state.Price, state.Flags, state.Sources));
        for (var second = 4; second < 1200; second++) Step(state, 0, 0, second);
        Assert.Equal((102.0, IndexFlags.Stale), (state.Price, state.Flags));          // 60 s and 15 min are the core's timers
        Step(state, 90, 3, 1200);
        Assert.Equal((90.0, IndexFlags.None), (state.Price, state.Flags));
    }

    [Fact]
    public void K_201_F_053_outside_its_hours_a_stock_keeps_its_last_price_and_is_closed()
    {
        var state = Stock();
        StepAt(state, 182, 3, At("2026-01-07T00:59:59Z"));
        Assert.Equal((182.0, IndexFlags.None), (state.Price, state.Flags));
        StepAt(state, 190, 3, At("2026-01-07T01:00:00Z"));
        Assert.Equal((182.0, IndexFlags.Closed, 0), (state.Price, state.Flags, state.Sources));
    }

    [Fact]
    public void K_206_a_stock_opens_at_the_third_price_without_blending()
    {
        var state = Stock();
        state.Resume(182, IndexFlags.Closed, Monday - 1);
        Step(state, 200, 3, 0);
        Assert.Equal((182.0, IndexFlags.Closed), (state.Price, state.Flags));
        Step(state, 201, 3, 1);
        Assert.Equal((182.0, IndexFlags.Closed), (state.Price, state.Flags));
        Step(state, 200.5, 3, 2);
        Assert.Equal((200.5, IndexFlags.None), (state.Price, state.Flags));
    }

    [Fact]
    public void K_206_a_lone_price_opens_after_five_seconds()
    {
        var state = Stock();
        state.Resume(182, IndexFlags.Closed, Monday - 1);
        Step(state, 200, 2, 0);
        // The same quotes again: nothing new was said.
        for (var second = 1; second < 5; second++) StepAt(state, 200, 2, Monday + second * Nanos.PerSecond, Monday);
        Assert.Equal(IndexFlags.Closed, state.Flags);
        StepAt(state, 200, 2, Monday + 5 * Nanos.PerSecond, Monday);
        Assert.Equal((200.0, IndexFlags.None), (state.Price, state.Flags));
    }

    [Fact]
    public void K_201_a_stock_that_is_silent_for_thirty_seconds_is_halted_and_reopens_by_confirmation()
    {
        var state = Live();
        for (var second = 1; second < 30; second++) Step(state, 0, 0, second);
        Assert.Equal((182.0, IndexFlags.Stale), (state.Price, state.Flags));
        Step(state, 0, 0, 30);
        Assert.Equal((182.0, IndexFlags.Halted), (state.Price, state.Flags));
        Step(state, 170, 3, 40);
        Step(state, 171, 3, 41);
        Assert.Equal((182.0, IndexFlags.Halted), (state.Price, state.Flags));
        Step(state, 170.5, 3, 42);
        Assert.Equal((170.5, IndexFlags.None), (state.Price, state.Flags));
    }

    [Fact]
    public void K_201_a_paused_underlying_halts_at_once()
    {
        var state = Live();
        state.IsPaused = true;
        Step(state, 150, 3, 1);
        Assert.Equal((182.0, IndexFlags.Halted), (state.Price, state.Flags));
        state.IsPaused = false;
        for (var second = 2; second < 5; second++) Step(state, 150, 3, second);
        Assert.Equal((150.0, IndexFlags.None), (state.Price, state.Flags));
    }

    [Fact]
    public void K_201_a_halt_that_lasts_until_the_close_is_closed()
    {
        var state = Live();
        state.IsPaused = true;
        Step(state, 150, 3, 1);
        StepAt(state, 150, 3, At("2026-01-06T01:00:00Z"));
        Assert.Equal((182.0, IndexFlags.Closed), (state.Price, state.Flags));
    }

    [Fact]
    public void F_243_a_metal_opens_at_its_first_price()
    {
        var state = new IndexState(Terms() with { Calendar = "METAL" }, CalendarFile.Open("METAL"), null);
        state.Resume(4080, IndexFlags.Closed, At("2026-01-04T20:00:00Z"));
        StepAt(state, 4200, 3, At("2026-01-04T23:01:59Z"));
        Assert.Equal((4080.0, IndexFlags.Closed), (state.Price, state.Flags));
        StepAt(state, 4200, 3, At("2026-01-04T23:02:00Z"));
        Assert.Equal((4200.0, IndexFlags.None), (state.Price, state.Flags));
        // Silence in its hours is staleness, not a halt.
        StepAt(state, 0, 0, At("2026-01-04T23:10:00Z"));
        Assert.Equal((4200.0, IndexFlags.Stale), (state.Price, state.Flags));
    }

    [Fact]
    public void F_302_a_korean_index_is_the_home_price_by_the_rate()
    {
        var rate = new IndexState(Terms() with { Name = "fx:USDKRW" }, null, null);
        var state = new IndexState(Terms() with { Currency = "KRW" }, null, rate);
        Step(rate, 1_470, 3, 0);
        Step(state, 571_000, 3, 0);
        Assert.Equal("388.435374", $"{state.Price:F6}");
        Step(rate, 1_400, 3, 1);
        Step(state, 571_000, 3, 1);
        Assert.Equal("407.857143", $"{state.Price:F6}");
        // A stale rate freezes the index, whatever home says; a fresh one frees it.
        Step(rate, 0, 0, 2);
        Step(state, 600_000, 3, 2);
        Assert.Equal(("407.857143", IndexFlags.Stale), ($"{state.Price:F6}", state.Flags));
        Step(rate, 1_500, 3, 3);
        Step(state, 600_000, 3, 3);
        Assert.Equal((400.0, IndexFlags.None), (state.Price, state.Flags));
        // A home price that is stale does the same.
        Step(rate, 1_600, 3, 4);
        Step(state, 0, 0, 4);
        Assert.Equal((400.0, IndexFlags.Stale), (state.Price, state.Flags));
    }

    [Fact]
    public void A_pin_stands_for_a_live_price_and_its_release_is_no_reopening()
    {
        var state = Live();
        StepAt(state, 182, 3, At("2026-01-06T01:00:00Z"));
        state.Pin(150, At("2026-01-06T01:00:01Z"));
        Assert.Equal((150.0, IndexFlags.Pinned), (state.Price, state.Flags));
        StepAt(state, 182, 3, At("2026-01-06T01:00:02Z"));
        Assert.Equal((150.0, IndexFlags.Closed), (state.Price, state.Flags));
        var open = Live();
        open.Pin(150, Monday + Nanos.PerSecond);
        Step(open, 182, 3, 2);
        Assert.Equal((182.0, IndexFlags.None), (open.Price, open.Flags));
    }

    private static IndexState Stock() => new(Terms() with { Calendar = "US", IsStock = true }, CalendarFile.Open("US"), null);

    private static IndexState Live()
    {
        var state = Stock();
        Step(state, 182, 3, 0);
        Assert.Equal((182.0, IndexFlags.None), (state.Price, state.Flags));
        return state;
    }

    private static IndexTerms Terms() => new("X", "X", null, null, 2, 1, [1, 1, 1], false);

    private static void Step(IndexState state, double price, int count, long second) => StepAt(state, price, count, Monday + second * Nanos.PerSecond);

    private static void StepAt(IndexState state, double price, int count, long nanos, long? quoted = null) =>
        state.Step(new IndexMean(price, (ushort)((1 << count) - 1), count, quoted ?? nanos), nanos);

    private static long At(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeSeconds() * Nanos.PerSecond;
}
