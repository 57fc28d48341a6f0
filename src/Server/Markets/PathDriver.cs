using System.Runtime.CompilerServices;

namespace Sluice.Server.Markets;

/// <summary>One source of movement, as a log level over time: the common factor, or what an asset does alone. A walk over days that leans back to
/// its origin, and inside each day bridges: hours, minutes, ten seconds, two seconds. Any instant can be asked alone: below the day every
/// number depends on its place only, and the walk over days is kept as it is first needed. Thread-safe.</summary>
internal sealed class PathDriver
{
    public const int HoursPerDay = 24;
    public const int MinutesPerHour = 60;
    public const int NodesPerMinute = 6;                        // a node each 10 seconds
    public const int NodesPerHour = MinutesPerHour * NodesPerMinute;
    public const int NodesPerDay = HoursPerDay * NodesPerHour;
    public const int StepsPerNode = 5;                          // a step each 2 seconds
    public const int SecondsPerDay = 86_400;

    private const long OriginDay = 20_454;                      // 2026-01-01: level 0
    private const double JumpMin = 0.8;                         // of a jump, in daily deviations
    private const double JumpMax = 2.4;
    private const double HourRegime = 0.3;

    private readonly ulong dayKey, hourKey, minuteKey, nodeKey, stepKey, jumpKey, regimeKey;
    private readonly MarketMood mood;
    private readonly double dailyDeviation, keeps, jumps;
    private readonly Lock gate = new();
    private readonly List<double> after = [0];                  // level at the start of OriginDay + i
    private readonly List<double> before = [0];                 // level at the start of OriginDay − i

    public PathDriver(ulong key, MarketMood mood, double yearlyVolatility, double reversion, double jumpsPerDay)
    {
        this.mood = mood;
        dailyDeviation = yearlyVolatility / Math.Sqrt(365);
        keeps = 1 - reversion;
        jumps = jumpsPerDay;
        (dayKey, hourKey, minuteKey, nodeKey) = (Noise.Key(key, 1), Noise.Key(key, 2), Noise.Key(key, 3), Noise.Key(key, 4));
        (stepKey, jumpKey, regimeKey) = (Noise.Key(key, 5), Noise.Key(key, 6), Noise.Key(key, 7));
    }

    public bool IsFlat => dailyDeviation == 0;

    /// <summary>A day's frame: levels at its 25 hour marks and each hour's deviation.</summary>
    public void Hours(long day, Span<double> levels, Span<double> deviations, out Jump jump)
    {
        jump = JumpOf(day);
        var (start, end) = Bounds(day);
        var deviation = dailyDeviation * mood.Of(day);
        Span<double> weights = stackalloc double[HoursPerDay];
        double total = 0;
        for (var hour = 0; hour < HoursPerDay; hour++)
        {
            var regime = 1 + HourRegime * Noise.Normal(regimeKey, day * HoursPerDay + hour);
            weights[hour] = MarketMood.HourWeight(hour) * regime * regime + 0.05;
            total += weights[hour];
        }
        double sum = 0;
        for (var hour = 0; hour < HoursPerDay; hour++)
        {
            weights[hour] /= total;
            deviations[hour] = deviation * Math.Sqrt(weights[hour]);
            levels[hour + 1] = deviations[hour] * Noise.Normal(hourKey, day * HoursPerDay + hour);
            sum += levels[hour + 1];
        }
        levels[0] = start;
        var missing = end - start - jump.Size - sum;
        for (var hour = 0; hour < HoursPerDay; hour++)
        {
            levels[hour + 1] += levels[hour] + weights[hour] * missing + (jump.Node >= 0 && jump.Node / NodesPerHour == hour ? jump.Size : 0);
        }
        levels[HoursPerDay] = end;                              // to the last bit: the next day begins there
    }

    /// <summary>Levels at the 61 minute marks of an hour.</summary>
    public void Minutes(long hour, double start, double end, double deviation, in Jump jump, Span<double> levels)
    {
        var at = jump.Node >= 0 && jump.Node / NodesPerHour == hour % HoursPerDay ? jump.Node % NodesPerHour / NodesPerMinute : -1;
        Bridge(minuteKey, hour, start, end, deviation, at, jump.Size, levels[..(MinutesPerHour + 1)]);
    }

    /// <summary>Levels at the 7 ten-second nodes of a minute.</summary>
    public void Nodes(long minute, double start, double end, double deviation, in Jump jump, Span<double> levels)
    {
        var at = jump.Node >= 0 && jump.Node / NodesPerMinute == minute % (HoursPerDay * MinutesPerHour) ? jump.Node % NodesPerMinute : -1;
        Bridge(nodeKey, minute, start, end, deviation, at, jump.Size, levels[..(NodesPerMinute + 1)]);
    }

    /// <summary>Levels at the 6 two-second steps between two nodes.</summary>
    public void Steps(long node, double start, double end, double deviation, Span<double> levels) =>
        Bridge(stepKey, node, start, end, deviation, -1, 0, levels[..(StepsPerNode + 1)]);

    // A year of days is generated at once and cold: waiting for the second tier of the compiler would cost more than it gains.
    /// <summary>Adds a whole day, times <paramref name="weight"/>, to its 8,641 nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddDay(long day, double weight, Span<double> nodes)
    {
        if (IsFlat || weight == 0) return;
        Span<double> hours = stackalloc double[HoursPerDay + 1];
        Span<double> deviations = stackalloc double[HoursPerDay];
        Span<double> minutes = stackalloc double[MinutesPerHour + 1];
        Span<double> inside = stackalloc double[NodesPerMinute + 1];
        Hours(day, hours, deviations, out var jump);
        var at = 0;
        for (var hour = 0; hour < HoursPerDay; hour++)
        {
            var deviation = deviations[hour] / Math.Sqrt(MinutesPerHour);
            Minutes(day * HoursPerDay + hour, hours[hour], hours[hour + 1], deviations[hour], jump, minutes);
            for (var minute = 0; minute < MinutesPerHour; minute++)
            {
                Nodes((day * HoursPerDay + hour) * MinutesPerHour + minute, minutes[minute], minutes[minute + 1], deviation, jump, inside);
                for (var node = 0; node < NodesPerMinute; node++) nodes[at++] += weight * inside[node];
            }
        }
        nodes[at] += weight * hours[HoursPerDay];
    }

    // Equal parts between two known ends; a jump inside is a step of one part, not a drift over all of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Bridge(ulong key, long index, double start, double end, double deviation, int jumpAt, double jumpSize, Span<double> levels)
    {
        var parts = levels.Length - 1;
        var one = deviation * InverseRoot(parts);
        double sum = 0;
        for (var i = 0; i < parts; i++)
        {
            var step = one * Noise.Normal(key, index * parts + i);
            levels[i + 1] = step;
            sum += step;
        }
        var missing = (end - start - (jumpAt >= 0 ? jumpSize : 0) - sum) / parts;
        levels[0] = start;
        for (var i = 0; i < parts; i++) levels[i + 1] += levels[i] + missing + (i == jumpAt ? jumpSize : 0);
        levels[parts] = end;
    }

    private static double InverseRoot(int parts) => parts switch
    {
        StepsPerNode => 0.44721359549995794,
        NodesPerMinute => 0.40824829046386302,
        MinutesPerHour => 0.12909944487358055,
        _ => 1 / Math.Sqrt(parts),
    };

    private Jump JumpOf(long day)
    {
        var bits = Noise.Bits(jumpKey, day);
        if (Noise.Uniform(bits) >= jumps) return Jump.None;
        var size = dailyDeviation * (JumpMin + (JumpMax - JumpMin) * Noise.Uniform(jumpKey, ~day));
        return new Jump((int)(Noise.Bits(jumpKey ^ bits, day) % NodesPerDay), (bits & 1) == 0 ? size : -size);
    }

    // Levels at the start and the end of a day. Both walks leave OriginDay and lean back to it, so history does not drift away either.
    private (double Start, double End) Bounds(long day)
    {
        lock (gate)
        {
            if (day >= OriginDay)
            {
                var place = checked((int)(day - OriginDay));
                while (after.Count <= place + 1) after.Add(keeps * after[^1] + Change(OriginDay + after.Count - 1));
                return (after[place], after[place + 1]);
            }
            var back = checked((int)(OriginDay - day));
            while (before.Count <= back) before.Add(keeps * before[^1] - Change(OriginDay - before.Count));
            return (before[back], before[back - 1]);
        }
    }

    private double Change(long day) => dailyDeviation * mood.Of(day) * Noise.Normal(dayKey, day) + JumpOf(day).Size;
}

/// <summary>A sudden move of one day: it happens within the ten seconds that start at a node.</summary>
internal readonly record struct Jump(int Node, double Size)
{
    public static readonly Jump None = new(-1, 0);
}

/// <summary>How stormy a day is, for all assets alike, and how a day's movement spreads over its hours.</summary>
internal sealed class MarketMood(ulong seed)
{
    private const double StormShare = 0.04;

    private readonly ulong seasonKey = Noise.Key(seed, 101);
    private readonly ulong weekKey = Noise.Key(seed, 102);
    private readonly ulong stormKey = Noise.Key(seed, 103);

    /// <summary>Factor of a day's deviation, around 1.</summary>
    public double Of(long day)
    {
        var slow = Between(seasonKey, day, 24) * 0.38 + Between(weekKey, day, 5) * 0.3;
        var storm = Noise.Uniform(stormKey, day) < StormShare ? 0.6 : 0;
        return Math.Exp(slow + storm - 0.12);
    }

    /// <summary>Quiet before dawn, busy while America trades.</summary>
    public static double HourWeight(int hour) => hour is >= 13 and <= 20 ? 1.5 : hour is >= 2 and <= 6 ? 0.7 : 1;

    private static double Between(ulong key, long day, int spacing)
    {
        var knot = Math.DivRem(day, spacing, out var rest);
        var share = (double)rest / spacing;
        return Noise.Normal(key, knot) * (1 - share) + Noise.Normal(key, knot + 1) * share;
    }
}
