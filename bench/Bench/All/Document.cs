using System.Text;
using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>The report as Markdown with its plots beside it.</summary>
internal static class Document
{
    public static void Write(string folder, IReadOnlyList<Outcome> loads, bool quick)
    {
        Directory.CreateDirectory(folder);
        var figures = loads.SelectMany(load => load.Figures).ToArray();
        var curves = loads.SelectMany(load => load.Curves).ToArray();
        File.WriteAllText(Path.Combine(folder, "goals.svg"), Plots.OfGoal(figures));
        File.WriteAllText(Path.Combine(folder, "latency.svg"), Plots.Percentiles(curves));
        File.WriteAllText(Path.Combine(folder, "report.md"), Text(loads, figures, curves, quick));
    }

    internal static string Text(IReadOnlyList<Outcome> loads, IReadOnlyList<Figure> figures, IReadOnlyList<Curve> curves, bool quick)
    {
        var text = new StringBuilder();
        text.Append("# Performance report\n\nWritten by `sluice bench all`; how to read it is in the [README](README.md) beside it.\n\n");
        if (quick) text.Append("**A quick run: it shows that everything runs; its figures mean nothing.**\n\n");
        text.Append($"Machine: {Machine.Describe()}.\n\n");
        text.Append("| figure | measured | must | goal | of goal | reached | detail |\n|---|---:|---:|---:|---:|---|---|\n");
        foreach (var figure in figures) text.Append($"| {string.Join(" | ", figure.Cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        text.Append("\n![share of the goal](goals.svg)\n");
        if (curves.Count > 0) text.Append("\n![latency by percentile](latency.svg)\n");
        foreach (var load in loads)
        {
            text.Append($"\n## {load.Name}\n\n");
            if (load.Wrong is not null) text.Append($"**Wrong: {load.Wrong}.**\n\n");
            text.Append($"```text\n{load.Text.Trim()}\n```\n");
        }
        return text.ToString();
    }
}
