using System.Diagnostics;

namespace Sluice.Bench.Measure;

/// <summary>Where a benchmark speaks: the result to standard output, the way there to standard error. What is held against an aim is also kept as
/// data, for the table over all loads.</summary>
public sealed class Report(TextWriter result, TextWriter progress)
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly List<Figure> figures = [];
    private readonly List<Curve> curves = [];

    public TextWriter Result => result;

    public IReadOnlyList<Figure> Figures => figures;

    public IReadOnlyList<Curve> Curves => curves;

    /// <summary>One line of what is being done now; shown because a run takes longer than two seconds.</summary>
    public void Doing(string what) =>
        progress.WriteLine(FormattableString.Invariant($"[{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s] {what}"));

    public void Line(string text = "") => result.WriteLine(text);

    /// <summary>A figure with its aims; they are printed together at the end.</summary>
    public void Add(Figure figure) => figures.Add(figure);

    public void Add(Curve curve) => curves.Add(curve);

    public void End()
    {
        result.WriteLine();
        if (figures.Count > 0)
        {
            Figure.TableOf(figures).Print(result);
            result.WriteLine();
        }
        if (Usage.TableOf(figures) is { } took)
        {
            result.WriteLine("a command took (medians; collections of all runs together):");
            took.Print(result);
            result.WriteLine();
        }
        result.WriteLine($"machine: {Machine.Describe()}, load average {Machine.LoadAverage}");
    }
}
