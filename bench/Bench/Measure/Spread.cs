using System.Text.Json.Serialization;

namespace Sluice.Bench.Measure;

/// <summary>Several readings of one figure: the middle one counts, the outer ones say how far to trust it.</summary>
[method: JsonConstructor]
public readonly record struct Spread(double Median, double Low, double High)
{
    public static Spread Of(IEnumerable<double> readings)
    {
        var sorted = readings.Order().ToArray();
        if (sorted.Length == 0) return default;
        var middle = sorted.Length / 2;
        return new Spread(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>What cannot differ from run to run, or was read once.</summary>
    public static implicit operator Spread(double only) => new(only, only, only);

    public static Spread operator /(Spread spread, double by) => new(spread.Median / by, spread.Low / by, spread.High / by);

    /// <summary>"12.3 (11.9-12.6)".</summary>
    public string Text(string format = "0.00", double unit = 1) =>
        $"{Table.Number(Median / unit, format)} ({Table.Number(Low / unit, format)}-{Table.Number(High / unit, format)})";
}
