using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Server.Markets.Calendars;

/// <summary>When the markets behind indices trade, as configuration (F-240): hours of a week in the market's own zone, and a file of holidays.</summary>
internal sealed record CalendarFile
{
    public int Version { get; set; }

    /// <summary>First local date the hours hold for.</summary>
    public DateOnly ValidFrom { get; set; }
    public IReadOnlyList<CalendarHours> Calendars { get; set; } = [];

    private static readonly Lazy<IReadOnlyDictionary<string, CalendarHours>> Hours = new(ReadHours);
    private static readonly Lazy<ILookup<string, Holiday>> Days = new(ReadHolidays);

    /// <summary>Whether there are hours of this name.</summary>
    public static bool Has(string name) => Hours.Value.ContainsKey(name);

    /// <summary>A calendar with a place of its own in time; one thread reads it. Throws when the machine has no time-zone data.</summary>
    public static SessionCalendar Open(string name)
    {
        var hours = Hours.Value[name];
        var holidays = Days.Value[hours.Holidays].ToDictionary(day => day.Date);
        return new SessionCalendar(name, Zone(hours.TimeZone), [.. hours.Sessions.Select(session => session.ToHours())], holidays);
    }

    // A machine without zone data would otherwise take every market for one in UTC, or fail in the middle of a day.
    private static TimeZoneInfo Zone(string id)
    {
        try
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            if (zone.BaseUtcOffset != TimeSpan.Zero) return zone;
        }
        catch (Exception missing) when (missing is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new InvalidOperationException($"The time zone {id} is missing; install the machine's time-zone data (package tzdata).", missing);
        }
        throw new InvalidOperationException($"The time zone {id} has no offset; the machine's time-zone data is damaged.");
    }

    private static Dictionary<string, CalendarHours> ReadHours()
    {
        using var stream = typeof(CalendarFile).Assembly.GetManifestResourceStream("Markets.sessions.json")!;
        return JsonSerializer.Deserialize(stream, CalendarJson.Default.CalendarFile)!.Calendars.ToDictionary(hours => hours.Name, StringComparer.Ordinal);
    }

    private static ILookup<string, Holiday> ReadHolidays()
    {
        using var stream = typeof(CalendarFile).Assembly.GetManifestResourceStream("Markets.holidays.csv")!;
        using var reader = new StreamReader(stream);
        var rows = new List<(string Market, Holiday Day)>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var kind = Enum.Parse<HolidayKind>(fields[3].Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
            rows.Add((fields[0], new Holiday(DateOnly.ParseExact(fields[1], "yyyy-MM-dd", CultureInfo.InvariantCulture), kind, TimeOrNull(fields[4]), TimeOrNull(fields[5]))));
        }
        return rows.ToLookup(row => row.Market, row => row.Day, StringComparer.Ordinal);
    }

    private static TimeSpan? TimeOrNull(string text) => text.Length == 0 ? null : Time(text);

    /// <summary>"HH:MM"; 24:00 is the next local midnight.</summary>
    internal static TimeSpan Time(string text) =>
        new(int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(3, 2), CultureInfo.InvariantCulture), 0);
}

internal sealed record CalendarHours
{
    public string Name { get; set; } = "";

    /// <summary>IANA name.</summary>
    public string TimeZone { get; set; } = "";

    /// <summary>Market of the holiday file.</summary>
    public string Holidays { get; set; } = "";
    public IReadOnlyList<CalendarSession> Sessions { get; set; } = [];
}

internal sealed record CalendarSession
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    public string Phase { get; set; } = "regular";
    public IReadOnlyList<string> Days { get; set; } = [];
    public string Open { get; set; } = "";
    public string Close { get; set; } = "";

    /// <summary>When the session moves instead of being cut on a day that closes early.</summary>
    public CalendarTimes? EarlyClose { get; set; }

    public SessionHours ToHours() => new(Enum.Parse<SessionPhase>(Phase, ignoreCase: true), [.. Days.Select(day => (DayOfWeek)Array.IndexOf(DayNames, day))],
        CalendarFile.Time(Open), CalendarFile.Time(Close), EarlyClose is { } early ? (CalendarFile.Time(early.Open), CalendarFile.Time(early.Close)) : null);
}

internal sealed record CalendarTimes
{
    public string Open { get; set; } = "";
    public string Close { get; set; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CalendarFile))]
internal sealed partial class CalendarJson : JsonSerializerContext;
