using System.Diagnostics;
using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>A load in a process of its own: what ran earlier in a process changes how the runtime compiles what runs later, and with it every figure.</summary>
internal static class Child
{
    private const int KeptLines = 12;

    /// <param name="program">This program with other arguments.</param>
    public static Outcome Run(Part part, string[] arguments, Func<string[], ProcessStartInfo> program, Report report)
    {
        var sheet = Path.Combine(Path.GetTempPath(), $"sluice-sheet-{Environment.ProcessId}-{Stopwatch.GetTimestamp()}.json");
        try
        {
            var start = program(["bench", part.Load, .. arguments, "--sheet", sheet]);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            var (load, began) = (Machine.LoadAverage, Stopwatch.GetTimestamp());
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
            try
            {
                var said = new Queue<string>();
                process.ErrorDataReceived += (_, line) => Forward(line.Data, said);
                process.BeginErrorReadLine();
                var text = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                var outcome = new Outcome(part.Title, text, [], [], null) { LoadBefore = load, LoadAfter = Machine.LoadAverage, Took = Stopwatch.GetElapsedTime(began) };
                return Read(outcome, sheet, $"it ended with exit code {process.ExitCode} and left no figures: {string.Join(" / ", said)}");
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            File.Delete(sheet);
        }

        // What it is doing now is shown as it comes; the last lines are kept, since they say why it failed.
        void Forward(string? line, Queue<string> said)
        {
            if (string.IsNullOrWhiteSpace(line)) return;
            report.Doing($"{part.Title}: {line.Trim()}");
            if (said.Count == KeptLines) said.Dequeue();
            said.Enqueue(line.Trim());
        }
    }

    private static Outcome Read(Outcome outcome, string sheet, string otherwise)
    {
        try
        {
            var read = Sheet.Read(sheet);
            return outcome with { Figures = read.Figures, Curves = read.Curves, Wrong = !read.Right ? "its result was not what it must be" : read.Figures.Count + read.Curves.Count == 0 ? otherwise : null };
        }
        catch (InvalidDataException)
        {
            return outcome with { Wrong = otherwise };
        }
    }
}

/// <summary>A load of the report: which, told what, and what for a look that shows only that it runs.</summary>
internal sealed record Part(string Load, string Title, string Usual, string Quick)
{
    public string[] Arguments(bool quick) => $"{Usual} {(quick ? Quick : "")}".Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What one load said.</summary>
/// <param name="Wrong">Null when its result was right.</param>
internal sealed record Outcome(string Title, string Text, IReadOnlyList<Figure> Figures, IReadOnlyList<Curve> Curves, string? Wrong)
{
    public string LoadBefore { get; init; } = "unknown";
    public string LoadAfter { get; init; } = "unknown";
    public TimeSpan Took { get; init; }
}
