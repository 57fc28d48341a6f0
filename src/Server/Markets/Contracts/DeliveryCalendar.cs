using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Server.Markets.Contracts;

/// <summary>One delivery contract that exists: the date it expires, at 08:00 UTC, and the cycle it stands for now. As time passes the same contract is
/// bi-quarterly, then quarterly; bi-weekly, then weekly.</summary>
public readonly record struct DeliveryDate(DateOnly Date, DeliveryCycle Cycle)
{
    public long ExpiryNanos => DeliveryCalendar.ExpiryOf(Date);

    /// <summary>"BTC_USDT_20261225" (F-010).</summary>
    public string SymbolOf(string underlying) => string.Create(CultureInfo.InvariantCulture, $"{underlying}_{Date:yyyyMMdd}");
}

/// <summary>Which delivery contracts exist (F-210): every Friday, and the last Friday of each quarter. Where the two meet the date is the quarterly's and the
/// week has no contract of its own.</summary>
public static class DeliveryCalendar
{
    private const int ExpiryHour = 8;
    private const int MonthsPerQuarter = 3;

    /// <summary>Those that exist at an instant, soonest first. A contract is gone at its expiry, and the next one of its cycle is there at the same instant.</summary>
    /// <param name="cycles">The cycles a series has.</param>
    public static IReadOnlyList<DeliveryDate> At(long nanos, IReadOnlyCollection<DeliveryCycle> cycles)
    {
        var today = DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(nanos / NanosPerTick));
        var week = today.AddDays(((int)DayOfWeek.Friday - (int)today.DayOfWeek + 7) % 7);
        if (ExpiryOf(week) <= nanos) week = week.AddDays(7);
        var quarter = QuarterEnd(week);
        var dates = new List<DeliveryDate>(4);
        Add(quarter, DeliveryCycle.Quarterly);
        Add(QuarterEnd(new DateOnly(quarter.Year, quarter.Month, 1).AddMonths(MonthsPerQuarter)), DeliveryCycle.BiQuarterly);
        Add(week, DeliveryCycle.Weekly);
        Add(week.AddDays(7), DeliveryCycle.BiWeekly);
        dates.Sort((a, b) => a.Date.CompareTo(b.Date));
        return dates;

        void Add(DateOnly date, DeliveryCycle cycle)
        {
            if (cycles.Contains(cycle) && !dates.Exists(known => known.Date == date)) dates.Add(new DeliveryDate(date, cycle));
        }
    }

    /// <summary>When a contract of a series comes into being: eight o'clock of the Friday since which it exists until its expiry.</summary>
    /// <param name="expiryNanos">Of one of its dates.</param>
    public static long ListingOf(long expiryNanos, IReadOnlyCollection<DeliveryCycle> cycles)
    {
        var listing = expiryNanos;
        while (At(listing - NanosPerWeek, cycles).Any(date => date.ExpiryNanos == expiryNanos)) listing -= NanosPerWeek;
        return listing;
    }

    /// <summary>The next instant at which contracts of these cycles expire and others are listed.</summary>
    public static long NextExpiry(long nanos, IReadOnlyCollection<DeliveryCycle> cycles) => At(nanos, cycles)[0].ExpiryNanos;

    internal static long ExpiryOf(DateOnly date) => (date.ToDateTime(new TimeOnly(ExpiryHour, 0)) - DateTime.UnixEpoch).Ticks * NanosPerTick;

    // The last Friday of the quarter a date is in.
    private static DateOnly QuarterEnd(DateOnly date)
    {
        var month = (date.Month + MonthsPerQuarter - 1) / MonthsPerQuarter * MonthsPerQuarter;
        var last = new DateOnly(date.Year, month, DateTime.DaysInMonth(date.Year, month));
        return last.AddDays(-(((int)last.DayOfWeek - (int)DayOfWeek.Friday + 7) % 7));
    }

    private const long NanosPerWeek = 7 * 86_400 * Nanos.PerSecond;
    private const long NanosPerTick = Nanos.PerSecond / TimeSpan.TicksPerSecond;
}
