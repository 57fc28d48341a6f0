using Sluice.Bench.Durable;
using Sluice.Bench.FiveScenarios;
using Sluice.Bench.Measure;
using Sluice.Bench.Replay;
using Sluice.Bench.Wire;

namespace Sluice.Bench.All;

/// <summary>Every load after the other, then one table of all figures with what they must be and should be. Written down as Markdown with plots where a folder is
/// named or the checkout has one.</summary>
internal static class AllBenchmark
{
    private const string OfCheckout = "docs/performance";

    private static readonly Part[] Parts =
    [
        new("matching", MatchingBenchmark.Run, "--count 30000 --runs 1"),
        new("core", CoreBenchmark.Run, "--count 30000 --runs 1"),
        new("latency", LatencyBenchmark.Run, "--count 30000 --runs 1"),
        new("log", LogBenchmark.Run, "--count 20000 --runs 1 --in-flight 1024 --flush-millis 50"),
        new("recovery", RecoveryBenchmark.Run, "--count 20000 --runs 1"),
        new("gateway", GatewayBenchmark.Run, "--seconds 1 --runs 1 --connections 4 --sockets 2"),
        new("feed", FeedBenchmark.Run, "--seconds 1 --runs 1 --sockets 20"),
        new("scenarios", ScenariosBenchmark.Run, "--runs 1"),
        new("memory", MemoryBenchmark.Run, "--orders 20000 --users 2000"),
    ];

    public static int Run(Arguments arguments, Report report)
    {
        var quick = arguments.Flag("quick");
        var only = arguments.Text("only")?.Split(',');
        var folder = arguments.Text("out") ?? (quick || only is not null || !Directory.Exists(OfCheckout) ? null : OfCheckout);
        arguments.NoMore();
        if (Array.Find(only ?? [], name => !Array.Exists(Parts, part => part.Name == name)) is { } unknown)
        {
            throw new ArgumentsException($"--only names loads of {string.Join(", ", Parts.Select(part => part.Name))}, not '{unknown}'.");
        }

        var done = new List<Outcome>();
        foreach (var part in Parts.Where(part => only is null || only.Contains(part.Name)))
        {
            report.Doing($"{part.Name} begins");
            var outcome = One(part, quick, report);
            done.Add(outcome);
            report.Line($"== {part.Name}");
            report.Line(outcome.Text.TrimEnd());
            report.Line();
        }
        var figures = done.SelectMany(one => one.Figures).ToArray();
        report.Line($"== all: {figures.Count(figure => figure.ReachesGoal)} of {figures.Length} figures reach the goal, {figures.Count(figure => figure.ReachesMust)} what they must be{(quick ? "; a quick run, whose figures mean nothing" : "")}");
        Figure.TableOf(figures).Print(report.Result);
        foreach (var wrong in done.Where(one => one.Wrong is not null)) report.Line($"WRONG {wrong.Name}: {wrong.Wrong}");
        if (folder is not null)
        {
            Document.Write(folder, done, quick);
            report.Line();
            report.Line($"written to {folder}");
        }
        report.End();
        return done.TrueForAll(one => one.Wrong is null) ? 0 : 1;
    }

    private static Outcome One(Part part, bool quick, Report report)
    {
        using var text = new StringWriter();
        var own = report.Part(text);
        string? wrong = null;
        try
        {
            if (part.Run(new Arguments(quick ? part.Quick.Split(' ') : []), own) != 0) wrong = "its result was not what it must be";
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The other loads still have something to say.
            wrong = $"{failure.GetType().Name}: {failure.Message}";
        }
        return new Outcome(part.Name, text.ToString(), own.Figures, own.Curves, wrong);
    }

    private sealed record Part(string Name, Func<Arguments, Report, int> Run, string Quick);
}

/// <summary>What one load said.</summary>
/// <param name="Wrong">Null when its result was right.</param>
internal sealed record Outcome(string Name, string Text, IReadOnlyList<Figure> Figures, IReadOnlyList<Curve> Curves, string? Wrong);
