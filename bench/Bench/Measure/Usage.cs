namespace Sluice.Bench.Measure;

/// <summary>What a command of a load took, medians of its runs; null where it is not measured.</summary>
/// <param name="EngineNanos">CPU time of all threads that touch book, ledger or margin.</param>
/// <param name="ProcessNanos">CPU time of all threads of the process: load, compiler and collector included.</param>
/// <param name="WallNanos">Time by the clock on the wall, over commands.</param>
/// <param name="Bytes">Allocated a command.</param>
/// <param name="Gen0">Collections of all runs together, by generation; a younger generation's count holds the older ones'.</param>
/// <param name="Instructions">Outside the kernel, by the engine.</param>
public sealed record Usage(int Runs, double? EngineNanos, double ProcessNanos, double WallNanos, double Bytes, int Gen0, int Gen1, int Gen2, double? Instructions)
{
    private static string[] Heads { get; } = ["load", "runs", "engine CPU ns", "process CPU ns", "wall ns", "B allocated", "gen 0/1/2", "instructions"];

    /// <param name="runs">Each of at least one command. One whose engine is not known has no number for its CPU time.</param>
    public static Usage Of(IReadOnlyCollection<Cost> runs)
    {
        var (gen0, gen1, gen2) = runs.Aggregate(default(Cost), (sum, run) => sum + run).Collections;
        return new Usage(runs.Count, Known(Median(run => run.NanosPerCommand)), Median(run => run.ProcessCpuSeconds * 1e9 / run.Commands), Median(run => run.WallSeconds * 1e9 / run.Commands),
            Median(run => run.BytesPerCommand), gen0, gen1, gen2, Known(Median(run => (double?)run.Instructions / run.Commands ?? double.NaN)));

        double Median(Func<Cost, double> what) => Spread.Of(runs.Select(what)).Median;
    }

    /// <summary>One row for each, named after the first of the figures that share it; null when there is none.</summary>
    public static Table? TableOf(IEnumerable<Figure> figures)
    {
        var rows = figures.Where(figure => figure.Used is not null).DistinctBy(figure => figure.Used).Select(figure => figure.Used!.CellsOf(figure.Name)).ToArray();
        if (rows.Length == 0) return null;
        var table = new Table(Heads);
        foreach (var row in rows) table.Row(row);
        return table;
    }

    private string[] CellsOf(string load) =>
        [load, Table.Count(Runs), Text(EngineNanos), Text(ProcessNanos), Text(WallNanos), Table.Number(Bytes), $"{Gen0}/{Gen1}/{Gen2}", Text(Instructions)];

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static string Text(double? value) => value is { } known ? Table.Number(known, "0") : "not counted";
}
