using Sluice.Core.Kernel;
using Sluice.Products.Futures.Contracts;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Tests.Markets.Contracts;

public class DeliveryCalendarTests
{
    private static readonly DeliveryCycle[] All = [DeliveryCycle.Weekly, DeliveryCycle.BiWeekly, DeliveryCycle.Quarterly, DeliveryCycle.BiQuarterly];

    [Theory]
    // An ordinary week.
    [InlineData("2026-01-01T00:00:00Z", "20260102 Weekly, 20260109 BiWeekly, 20260327 Quarterly, 20260626 BiQuarterly")]
    // Up to the last second before an expiry, and from it on.
    [InlineData("2026-01-02T07:59:59Z", "20260102 Weekly, 20260109 BiWeekly, 20260327 Quarterly, 20260626 BiQuarterly")]
    [InlineData("2026-01-02T08:00:00Z", "20260109 Weekly, 20260116 BiWeekly, 20260327 Quarterly, 20260626 BiQuarterly")]
    // The second Friday is the quarter's: no bi-weekly. Then the first is: no weekly.
    [InlineData("2026-03-13T08:00:00Z", "20260320 Weekly, 20260327 Quarterly, 20260626 BiQuarterly")]
    [InlineData("2026-03-20T08:00:00Z", "20260327 Quarterly, 20260403 BiWeekly, 20260626 BiQuarterly")]
    [InlineData("2026-03-27T07:59:59Z", "20260327 Quarterly, 20260403 BiWeekly, 20260626 BiQuarterly")]
    // Right after it the old bi-quarterly is the quarterly, and September is listed.
    [InlineData("2026-03-27T08:00:00Z", "20260403 Weekly, 20260410 BiWeekly, 20260626 Quarterly, 20260925 BiQuarterly")]
    [InlineData("2026-12-24T12:00:00Z", "20261225 Quarterly, 20270101 BiWeekly, 20270326 BiQuarterly")]
    [InlineData("2026-12-25T08:00:00Z", "20270101 Weekly, 20270108 BiWeekly, 20270326 Quarterly, 20270625 BiQuarterly")]
    // A quarter whose last day is the Friday, and one whose last Friday is a week before its end.
    [InlineData("2027-09-20T00:00:00Z", "20270924 Quarterly, 20271001 BiWeekly, 20271231 BiQuarterly")]
    [InlineData("2027-12-31T08:00:00Z", "20280107 Weekly, 20280114 BiWeekly, 20280331 Quarterly, 20280630 BiQuarterly")]
    public void F_210_the_contracts_that_exist(string instant, string contracts) =>
        Assert.Equal(contracts, string.Join(", ", DeliveryCalendar.At(At(instant), All).Select(date => $"{date.SymbolOf("X")[2..]} {date.Cycle}")));

    [Theory]
    [InlineData("2026-01-16T08:00:00Z", "2026-01-02T08:00:00Z", DeliveryCycle.Weekly, DeliveryCycle.BiWeekly)]
    [InlineData("2026-01-16T08:00:00Z", "2026-01-09T08:00:00Z", DeliveryCycle.Weekly)]
    // Bi-quarterly from the end of the quarter before last; quarterly alone from the end of the last one.
    [InlineData("2026-03-27T08:00:00Z", "2025-09-26T08:00:00Z", DeliveryCycle.Quarterly, DeliveryCycle.BiQuarterly)]
    [InlineData("2026-03-27T08:00:00Z", "2025-12-26T08:00:00Z", DeliveryCycle.Weekly, DeliveryCycle.Quarterly)]
    // A week after a quarter's end: there was no bi-weekly place before it.
    [InlineData("2026-04-03T08:00:00Z", "2026-03-20T08:00:00Z", DeliveryCycle.Weekly, DeliveryCycle.BiWeekly, DeliveryCycle.Quarterly)]
    public void F_210_since_when_a_contract_exists(string expiry, string listing, params DeliveryCycle[] cycles)
    {
        var since = DeliveryCalendar.ListingOf(At(expiry), cycles);
        Assert.Equal(At(listing), since);
        Assert.Contains(DeliveryCalendar.At(since, cycles), date => date.ExpiryNanos == At(expiry));
        Assert.DoesNotContain(DeliveryCalendar.At(since - 1, cycles), date => date.ExpiryNanos == At(expiry));
    }

    [Fact]
    public void F_210_two_years_of_expiries_are_fridays_at_eight_and_every_quarter_ends_with_one()
    {
        var now = At("2026-01-01T00:00:00Z");
        var end = At("2028-01-01T00:00:00Z");
        var expiries = new List<DateTime>();
        var known = DeliveryCalendar.At(now, All).Select(date => date.Date).ToHashSet();
        while (DeliveryCalendar.NextExpiry(now, All) is var next && next < end)
        {
            var before = DeliveryCalendar.At(next - 1, All);
            Assert.Equal(next, before[0].ExpiryNanos);
            var after = DeliveryCalendar.At(next, All);
            Assert.Equal(before.Skip(1).Select(date => date.Date), after.Select(date => date.Date).Where(known.Contains));
            // What is new was not there before, one at least after each week; a contract never comes back.
            var listed = after.Where(date => !known.Contains(date.Date)).ToList();
            Assert.InRange(listed.Count, 0, 2);
            Assert.All(listed, date => Assert.True(known.Add(date.Date)));
            expiries.Add(DateTime.UnixEpoch.AddTicks(next / 100));
            now = next;
        }
        Assert.Equal(105, expiries.Count);
        Assert.All(expiries, time => Assert.Equal((DayOfWeek.Friday, 8, 0), (time.DayOfWeek, time.Hour, time.Minute)));
        Assert.Superset(new HashSet<string> { "2026-03-27", "2026-06-26", "2026-09-25", "2026-12-25", "2027-03-26", "2027-06-25", "2027-09-24", "2027-12-31" },
            expiries.Select(time => $"{time:yyyy-MM-dd}").ToHashSet());
    }

    [Fact]
    public void F_210_a_series_may_have_some_of_the_cycles()
    {
        var now = At("2026-03-24T00:00:00Z");
        Assert.Equal(["20260327"], DeliveryCalendar.At(now, [DeliveryCycle.Weekly]).Select(date => date.SymbolOf("")[1..]));
        Assert.Equal(["20260327 Quarterly"], DeliveryCalendar.At(now, [DeliveryCycle.Quarterly, DeliveryCycle.Weekly]).Select(date => $"{date.SymbolOf("")[1..]} {date.Cycle}"));
        Assert.Equal(At("2026-06-26T08:00:00Z"), DeliveryCalendar.NextExpiry(now, [DeliveryCycle.BiQuarterly]));
    }

    private static long At(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeSeconds() * Nanos.PerSecond;
}
