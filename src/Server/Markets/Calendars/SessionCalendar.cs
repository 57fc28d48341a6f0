using Sluice.Core.Kernel;

namespace Sluice.Server.Markets.Calendars;

/// <summary>What a market is doing.</summary>
public enum SessionPhase : byte
{
    Closed = 0,

    /// <summary>Before or after the main session.</summary>
    Extended = 1,
    Regular = 2,
}

/// <summary>One opening, half-open [open, close), in nanoseconds since the Unix epoch.</summary>
public readonly record struct SessionWindow(long OpenNanos, long CloseNanos, SessionPhase Phase);

/// <summary>Hours of certain weekdays, in local time of the market.</summary>
/// <param name="EarlyClose">Where the session moves on a day that closes early; without it, it is cut at the close.</param>
internal sealed record SessionHours(SessionPhase Phase, IReadOnlyList<DayOfWeek> Days, TimeSpan Open, TimeSpan Close, (TimeSpan Open, TimeSpan Close)? EarlyClose);

/// <summary>What a row of the holiday file does to its date (C-051).</summary>
internal enum HolidayKind
{
    Closed,
    EarlyClose,
    LateOpen,
    HalfDay,
    Shifted,
    NoSettlement,
}

internal sealed record Holiday(DateOnly Date, HolidayKind Kind, TimeSpan? Open, TimeSpan? Close);

/// <summary>The openings of a market, expanded from local hours and holidays to UTC instants, a week at a time, as they are asked for (F-240). Dates
/// without a row have their ordinary hours, also behind the end of the holiday file. For one thread.</summary>
public sealed class SessionCalendar
{
    private const int ChunkDays = 8;
    private const int SearchDaysMax = 60;

    private readonly TimeZoneInfo zone;
    private readonly IReadOnlyList<SessionHours> hours;
    private readonly IReadOnlyDictionary<DateOnly, Holiday> holidays;
    private readonly List<SessionWindow> windows = [];
    private long chunkFrom = long.MaxValue, chunkTo = long.MinValue;

    internal SessionCalendar(string name, TimeZoneInfo zone, IReadOnlyList<SessionHours> hours, IReadOnlyDictionary<DateOnly, Holiday> holidays)
    {
        Name = name;
        this.zone = zone;
        this.hours = hours;
        this.holidays = holidays;
    }

    public string Name { get; }

    public SessionPhase PhaseAt(long nanos)
    {
        Expand(nanos);
        foreach (var window in windows)
        {
            if (nanos < window.OpenNanos) break;
            if (nanos < window.CloseNanos) return window.Phase;
        }
        return SessionPhase.Closed;
    }

    /// <summary>The next instant behind this one at which the phase is another.</summary>
    public long NextChange(long nanos)
    {
        var phase = PhaseAt(nanos);
        for (var day = 0; day < SearchDaysMax; day++)
        {
            Expand(nanos + day * NanosPerDay);
            foreach (var window in windows)
            {
                if (window.OpenNanos > nanos && window.Phase != phase) return window.OpenNanos;
                // Windows that touch are one opening: the phase behind a close is what the calendar says there.
                if (window.CloseNanos > nanos && PhaseInChunk(window.CloseNanos) is { } after && after != phase) return window.CloseNanos;
            }
        }
        throw new InvalidOperationException($"The calendar {Name} never changes.");
    }

    /// <summary>The last close at or before an instant: where prices stopped while the market is closed.</summary>
    public long PreviousClose(long nanos)
    {
        for (var day = 0; day < SearchDaysMax; day++)
        {
            Expand(nanos - day * NanosPerDay);
            for (var i = windows.Count - 1; i >= 0; i--)
            {
                if (windows[i].CloseNanos <= nanos && windows[i].CloseNanos >= chunkFrom) return windows[i].CloseNanos;
            }
        }
        throw new InvalidOperationException($"The calendar {Name} never opens.");
    }

    private SessionPhase? PhaseInChunk(long nanos) => nanos < chunkFrom || nanos >= chunkTo ? null : PhaseAt(nanos);

    private void Expand(long nanos)
    {
        if (nanos >= chunkFrom && nanos < chunkTo) return;
        var day = nanos / NanosPerDay;
        (chunkFrom, chunkTo) = (day * NanosPerDay, (day + ChunkDays) * NanosPerDay);
        windows.Clear();
        // Two days more at each end: a local date is up to 14 hours from the UTC one, and the evening before belongs to it.
        var date = DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day - 2));
        for (var i = 0; i < ChunkDays + 4; i++) AddDay(date.AddDays(i));
        windows.Sort((a, b) => a.OpenNanos.CompareTo(b.OpenNanos));
    }

    private void AddDay(DateOnly date)
    {
        holidays.TryGetValue(date, out var holiday);
        if (holiday is { Kind: HolidayKind.Closed }) return;
        foreach (var session in hours)
        {
            if (!session.Days.Contains(date.DayOfWeek)) continue;
            if (HoursOn(date, session, holiday) is { } times && times.Open < times.Close)
            {
                windows.Add(new SessionWindow(Utc(date, times.Open), Utc(date, times.Close), session.Phase));
            }
        }
    }

    private (TimeSpan Open, TimeSpan Close)? HoursOn(DateOnly date, SessionHours session, Holiday? holiday)
    {
        var (open, close) = (session.Open, session.Close);
        switch (holiday?.Kind)
        {
            case HolidayKind.EarlyClose or HolidayKind.HalfDay:
                if (session.EarlyClose is { } moved) return moved;
                // What opens after the close is the evening of the next date, and stays unless that date is closed.
                if (open >= holiday.Close) return IsClosed(date.AddDays(1)) ? null : (open, close);
                return (open, close < holiday.Close!.Value ? close : holiday.Close.Value);
            case HolidayKind.LateOpen:
                return (open > holiday.Open!.Value ? open : holiday.Open.Value, close);
            case HolidayKind.Shifted when session.Phase == SessionPhase.Regular:
                return (holiday.Open!.Value, holiday.Close!.Value);
            default:
                return (open, close);
        }
    }

    private bool IsClosed(DateOnly date) => holidays.TryGetValue(date, out var day) && day.Kind == HolidayKind.Closed;

    private long Utc(DateOnly date, TimeSpan time)
    {
        var local = date.ToDateTime(TimeOnly.MinValue).Add(time);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);       // skipped by the change to summer time
        return (TimeZoneInfo.ConvertTimeToUtc(local, zone) - DateTime.UnixEpoch).Ticks * NanosPerTick;
    }

    private const long NanosPerDay = 86_400 * Nanos.PerSecond;
    private const long NanosPerTick = Nanos.PerSecond / TimeSpan.TicksPerSecond;
}
