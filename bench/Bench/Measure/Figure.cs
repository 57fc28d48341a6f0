namespace Sluice.Bench.Measure;

public enum Better { More, Less }

/// <summary>One row of the table of aims: what was measured, what it must be and what it should be.</summary>
/// <param name="Name">Load and figure: "matching mixed1, of bound". The same in every run.</param>
/// <param name="Must">Infinite where only the goal is named.</param>
/// <param name="Unit">Written behind the three values: "M/s", "ns", "×"; may be empty.</param>
/// <param name="Detail">What a reader needs beside it: the absolute figure behind a ratio, the spread.</param>
public sealed record Figure(string Name, double Value, double Must, double Goal, string Unit = "", Better Better = Better.More, string Detail = "")
{
    public bool ReachesMust => Reaches(Must);

    public bool ReachesGoal => Reaches(Goal);

    public string Reached => ReachesGoal ? "goal" : ReachesMust ? "must" : "no";

    /// <summary>How much of the goal is reached; 1 = all of it, whichever way is better.</summary>
    public double OfGoal => Better == Better.More ? Value / Goal : Value == 0 ? 1 : Goal / Value;

    public static Table TableOf(IEnumerable<Figure> figures)
    {
        var table = new Table("figure", "measured", "must", "goal", "of goal", "reached", "detail");
        foreach (var figure in figures) table.Row(figure.Cells);
        return table;
    }

    internal string[] Cells => [Name, Text(Value), Bound(Must), Bound(Goal), Table.Number(OfGoal), Reached, Detail];

    private bool Reaches(double aim) => Better == Better.More ? Value >= aim : Value <= aim;

    private string Bound(double aim) => double.IsInfinity(aim) ? "-" : (Better == Better.More ? "≥ " : "≤ ") + Text(aim);

    // Three digits that count: 0.123, 12.3, 1234.
    private string Text(double value) => Table.Number(value, double.Abs(value) switch { >= 100 or 0 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }) + (Unit.Length > 0 ? " " + Unit : "");
}

/// <summary>Latencies of one load by percentile, for the plot. Nanoseconds.</summary>
public sealed record Curve(string Name, IReadOnlyList<(double Quantile, double Nanos)> Points)
{
    /// <summary>Denser the rarer: four between a tenth and the next.</summary>
    public static IReadOnlyList<double> Quantiles { get; } = [.. Enumerable.Range(0, 25).Select(n => 1 - double.Pow(10, -n / 4.0))];
}
