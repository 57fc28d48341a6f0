using System.Text;
using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>The report as Markdown with its plots beside it.</summary>
internal static class Document
{
    public static void Write(string folder, IReadOnlyList<Outcome> loads, bool quick)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "goals.svg"), Plots.OfGoal([.. loads.SelectMany(load => load.Figures)]));
        File.WriteAllText(Path.Combine(folder, "latency.svg"), Plots.Percentiles([.. loads.SelectMany(load => load.Curves)]));
        File.WriteAllText(Path.Combine(folder, "report.md"), Text(loads, quick));
    }

    /// <summary>All figures; a load that failed has a row of its own, whether it left figures or not.</summary>
    internal static Table TableOf(IEnumerable<Outcome> loads)
    {
        var table = new Table(Figure.Heads);
        foreach (var load in loads)
        {
            if (load.Wrong is not null) table.Row(load.Title, "", "", "FAILED", "", "no", "", load.Wrong);
            foreach (var figure in load.Figures) table.Row(figure.Cells);
        }
        return table;
    }

    internal static string Text(IReadOnlyList<Outcome> loads, bool quick)
    {
        var figures = loads.SelectMany(load => load.Figures).ToArray();
        var text = new StringBuilder();
        text.Append("# Performance report\n\nWritten by `sluice bench all`; how to read it is in the [README](README.md) beside it.\n\n");
        if (quick) text.Append("**A quick run: it shows that everything runs; its figures mean nothing.**\n\n");
        text.Append($"Machine: {Machine.Describe()}. Commit {Machine.Commit}. ");
        text.Append(InstructionCounter.Read() is null ? "Instructions are not counted: this machine does not let a process read such a counter.\n\n" : "Instructions are those outside the kernel.\n\n");
        text.Append("Each load ran in a process of its own. Measured: the median of its runs; spread: the lowest and the highest of them.\n\n");
        TableOf(loads).PrintMarkdown(text);
        if (figures.Length > 0) text.Append("\n![share of the goal](goals.svg)\n");
        if (loads.Any(load => load.Curves.Count > 0)) text.Append("\n![latency by percentile](latency.svg)\n");
        if (Usage.TableOf(figures) is { } took)
        {
            text.Append("\n## What a command took\n\nEngine: the CPU time of all threads that touch book, ledger or margin. Process: of all its threads, those that make the load, compile and collect "
                + "included. Medians of the runs; collections are of all runs together.\n\n");
            took.PrintMarkdown(text);
        }
        text.Append("\n## The machine meanwhile\n\nLoad average of the last minute, the load itself included: above the number of cores, others wanted the machine too.\n\n");
        var meanwhile = new Table("load", "seconds", "load average at its start", "at its end");
        foreach (var load in loads) meanwhile.Row(load.Title, Table.Number(load.Took.TotalSeconds, "0"), load.LoadBefore, load.LoadAfter);
        meanwhile.PrintMarkdown(text);
        foreach (var load in loads)
        {
            text.Append($"\n## {load.Title}\n\n");
            if (load.Wrong is not null) text.Append($"**Wrong: {load.Wrong}**\n\n");
            text.Append($"```text\n{load.Text.Trim()}\n```\n");
        }
        return text.ToString();
    }
}
