using Sluice.Core.Kernel;
using Sluice.Server.Markets.Calendars;

namespace Sluice.Server.Tests.Markets.Calendars;

public class SessionCalendarTests
{
    [Theory]
    // New York in winter is UTC-5: 04:00, 09:30, 16:00, 20:00.
    [InlineData("US", "2026-01-05T08:59:59Z", SessionPhase.Closed)]
    [InlineData("US", "2026-01-05T09:00:00Z", SessionPhase.Extended)]
    [InlineData("US", "2026-01-05T14:29:59Z", SessionPhase.Extended)]
    [InlineData("US", "2026-01-05T14:30:00Z", SessionPhase.Regular)]
    [InlineData("US", "2026-01-05T21:00:00Z", SessionPhase.Extended)]
    [InlineData("US", "2026-01-06T00:59:59Z", SessionPhase.Extended)]
    [InlineData("US", "2026-01-06T01:00:00Z", SessionPhase.Closed)]
    // The Monday after the change to summer time, and the one after the change back.
    [InlineData("US", "2026-03-09T08:00:00Z", SessionPhase.Extended)]
    [InlineData("US", "2026-03-06T08:30:00Z", SessionPhase.Closed)]
    [InlineData("US", "2026-11-02T08:30:00Z", SessionPhase.Closed)]
    [InlineData("US", "2026-11-02T09:00:00Z", SessionPhase.Extended)]
    // Weekend, holiday, a day that closes early: 13:00, and the late session until 17:00.
    [InlineData("US", "2026-01-10T15:00:00Z", SessionPhase.Closed)]
    [InlineData("US", "2026-11-26T15:00:00Z", SessionPhase.Closed)]
    [InlineData("US", "2026-11-27T17:59:59Z", SessionPhase.Regular)]
    [InlineData("US", "2026-11-27T18:00:00Z", SessionPhase.Extended)]
    [InlineData("US", "2026-11-27T22:00:00Z", SessionPhase.Closed)]
    // Banks are closed, exchanges are not.
    [InlineData("US", "2026-10-12T15:00:00Z", SessionPhase.Regular)]
    // Seoul, UTC+9 all year: 09:00 to 15:30; the first day of the year from 10:00; the day of the scholastic test an hour later at both ends.
    [InlineData("KR", "2026-01-05T00:00:00Z", SessionPhase.Regular)]
    [InlineData("KR", "2026-01-05T06:29:59Z", SessionPhase.Regular)]
    [InlineData("KR", "2026-01-05T06:30:00Z", SessionPhase.Closed)]
    [InlineData("KR", "2026-01-02T00:30:00Z", SessionPhase.Closed)]
    [InlineData("KR", "2026-01-02T01:00:00Z", SessionPhase.Regular)]
    [InlineData("KR", "2026-11-19T00:30:00Z", SessionPhase.Closed)]
    [InlineData("KR", "2026-11-19T07:29:59Z", SessionPhase.Regular)]
    [InlineData("KR", "2026-09-24T02:00:00Z", SessionPhase.Closed)]
    // Gold: Sunday 18:02 to Friday 16:55, a break from 16:58 to 18:02; it closes early and opens in the evening again.
    [InlineData("METAL", "2026-01-04T23:01:59Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-04T23:02:00Z", SessionPhase.Regular)]
    [InlineData("METAL", "2026-01-05T05:00:00Z", SessionPhase.Regular)]
    [InlineData("METAL", "2026-01-05T21:58:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-05T23:02:00Z", SessionPhase.Regular)]
    [InlineData("METAL", "2026-01-09T21:55:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-19T19:29:59Z", SessionPhase.Regular)]
    [InlineData("METAL", "2026-01-19T19:30:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-19T23:02:00Z", SessionPhase.Regular)]
    // The evening before Christmas stays shut, because Christmas is closed; New Year's Day opens in the evening.
    [InlineData("METAL", "2026-12-24T23:30:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-12-25T12:00:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-01T23:01:00Z", SessionPhase.Closed)]
    [InlineData("METAL", "2026-01-01T23:02:00Z", SessionPhase.Regular)]
    [InlineData("CME_EQ", "2026-01-04T23:00:00Z", SessionPhase.Regular)]
    [InlineData("CME_EQ", "2026-01-19T18:00:00Z", SessionPhase.Closed)]
    [InlineData("FX", "2026-01-04T22:05:00Z", SessionPhase.Regular)]
    // Behind the end of the holiday file a day has its ordinary hours.
    [InlineData("US", "2028-12-25T15:00:00Z", SessionPhase.Regular)]
    public void F_240_F_303_what_a_market_does_at_an_instant(string market, string instant, SessionPhase phase) =>
        Assert.Equal(phase, CalendarFile.Open(market).PhaseAt(At(instant)));

    [Theory]
    [InlineData("US", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z")]
    [InlineData("US", "2026-01-05T15:00:00Z", "2026-01-05T21:00:00Z")]
    [InlineData("US", "2026-01-10T01:00:00Z", "2026-01-12T09:00:00Z")]
    // Midnight between two windows that touch is no change.
    [InlineData("METAL", "2026-01-05T01:00:00Z", "2026-01-05T21:58:00Z")]
    [InlineData("METAL", "2026-12-24T20:00:00Z", "2026-12-27T23:02:00Z")]
    [InlineData("KR", "2026-02-13T06:30:00Z", "2026-02-19T00:00:00Z")]
    public void F_240_the_next_change(string market, string instant, string change) => Assert.Equal(At(change), CalendarFile.Open(market).NextChange(At(instant)));

    // Open for two weeks without a break, then shut for good: windows that touch at midnight are looked through, and the search ends.
    [Fact]
    public void F_240_a_market_that_is_open_for_weeks_changes_when_it_shuts()
    {
        var monday = new DateOnly(2026, 1, 5);
        var shut = Enumerable.Range(14, 400).ToDictionary(day => monday.AddDays(day), day => new Holiday(monday.AddDays(day), HolidayKind.Closed, null, null));
        var always = new SessionCalendar("always", TimeZoneInfo.Utc, [new SessionHours(SessionPhase.Regular, Enum.GetValues<DayOfWeek>(), TimeSpan.Zero, TimeSpan.FromDays(1), null)], shut);
        Assert.Equal(At("2026-01-19T00:00:00Z"), always.NextChange(At("2026-01-05T10:00:00Z")));
        Assert.Throws<InvalidOperationException>(() => always.NextChange(At("2026-01-19T10:00:00Z")));
    }

    [Theory]
    [InlineData("US", "2026-01-10T12:00:00Z", "2026-01-10T01:00:00Z")]
    [InlineData("US", "2026-01-12T09:00:00Z", "2026-01-10T01:00:00Z")]
    [InlineData("KR", "2026-02-18T12:00:00Z", "2026-02-13T06:30:00Z")]
    public void The_last_close_before_an_instant(string market, string instant, string close) =>
        Assert.Equal(At(close), CalendarFile.Open(market).PreviousClose(At(instant)));

    // However it is asked, forwards, backwards or by leaps, an instant has one phase.
    [Fact]
    public void Answers_do_not_depend_on_the_order_of_asking()
    {
        var forwards = CalendarFile.Open("US");
        var start = At("2026-02-01T00:00:00Z");
        var phases = Enumerable.Range(0, 2000).Select(hour => forwards.PhaseAt(start + hour * 3600 * Nanos.PerSecond)).ToList();
        var backwards = CalendarFile.Open("US");
        for (var hour = 1999; hour >= 0; hour--) Assert.Equal(phases[hour], backwards.PhaseAt(start + hour * 3600 * Nanos.PerSecond));
        Assert.Contains(SessionPhase.Regular, phases);
    }

    private static long At(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeSeconds() * Nanos.PerSecond;
}
