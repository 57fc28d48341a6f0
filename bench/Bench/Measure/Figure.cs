using System.Text.Json.Serialization;

namespace Sluice.Bench.Measure;

public enum Better { More, Less }

/// <summary>One row of the table of aims: what was measured, what it must be and what it should be.</summary>
/// <param name="Name">Load and figure: "matching mixed1, of bound". The same in every run.</param>
/// <param name="Value">The median is held against the aims.</param>
/// <param name="Must">Infinite where only the goal is named.</param>
/// <param name="Unit">Written behind the values: "M/s", "ns", "×"; may be empty.</param>
/// <param name="Detail">What a reader needs beside it: the absolute figure behind a ratio.</param>
public sealed record Figure(string Name, Spread Value, double Must, double Goal, string Unit = "", Better Better = Better.More, string Detail = "")
{
    /// <summary>What a command of that load took; null where the figure is not of commands.</summary>
    public Usage? Used { get; init; }

    [JsonIgnore]
    public bool ReachesMust => Reaches(Must);

    [JsonIgnore]
    public bool ReachesGoal => Reaches(Goal);

    [JsonIgnore]
    public string Reached => ReachesGoal ? "goal" : ReachesMust ? "must" : "no";

    /// <summary>How much of the goal is reached; 1 = all of it, whichever way is better.</summary>
    [JsonIgnore]
    public double OfGoal => ShareOfGoal(Value.Median);

    internal double ShareOfGoal(double value) => Better == Better.More ? value / Goal : value == 0 ? 1 : Goal / value;

    internal static string[] Heads { get; } = ["load", "must", "goal", "measured", "spread", "reached", "of goal", "detail"];

    public static Table TableOf(IEnumerable<Figure> figures)
    {
        var table = new Table(Heads);
        foreach (var figure in figures) table.Row(figure.Cells);
        return table;
    }

    internal string[] Cells => [Name, Bound(Must), Bound(Goal), Text(Value.Median) + Behind, Range, Reached, Table.Number(OfGoal), Detail];

    private string Behind => Unit.Length > 0 ? " " + Unit : "";

    private string Range => Value.Low == Value.High ? "-" : $"{Text(Value.Low)}-{Text(Value.High)}";

    private bool Reaches(double aim) => Better == Better.More ? Value.Median >= aim : Value.Median <= aim;

    private string Bound(double aim) => double.IsInfinity(aim) ? "-" : (Better == Better.More ? "≥ " : "≤ ") + Text(aim) + Behind;

    // Three digits that count: 0.123, 12.3, 1234.
    private static string Text(double value) => Table.Number(value, double.Abs(value) switch { >= 100 or 0 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" });
}

/// <summary>Latencies of one load by percentile, for the plot. Nanoseconds.</summary>
public sealed record Curve(string Name, IReadOnlyList<(double Quantile, double Nanos)> Points)
{
    /// <summary>Denser the rarer: four between a tenth and the next.</summary>
    [JsonIgnore]
    public static IReadOnlyList<double> Quantiles { get; } = [.. Enumerable.Range(0, 25).Select(n => 1 - double.Pow(10, -n / 4.0))];
}
