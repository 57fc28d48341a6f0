using System.Diagnostics;

namespace Sluice.Bench.Measure;

/// <summary>Where a benchmark speaks: the result to standard output, the way there to standard error.</summary>
public sealed class Report(TextWriter result, TextWriter progress)
{
    private readonly long started = Stopwatch.GetTimestamp();

    public TextWriter Result => result;

    /// <summary>One line of what is being done now; shown because a run takes longer than two seconds.</summary>
    public void Doing(string what) =>
        progress.WriteLine(FormattableString.Invariant($"[{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s] {what}"));

    public void Line(string text = "") => result.WriteLine(text);

    public void End()
    {
        result.WriteLine();
        result.WriteLine($"machine: {Machine.Describe()}");
    }
}
