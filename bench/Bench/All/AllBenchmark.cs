using System.Diagnostics;
using Sluice.Bench.Measure;

namespace Sluice.Bench.All;

/// <summary>Every load that has aims after the other, each in a process of its own, then one table of all figures with what they must be and should be. Written down
/// as Markdown with plots where a folder is named or the checkout has one.</summary>
internal static class AllBenchmark
{
    private const string OfCheckout = "docs/performance";
    private const string Short = "--count 30000 --runs 1";

    private static readonly Part[] Parts =
    [
        new("matching", "matching mixed1", "--profile mixed1", Short),
        new("matching", "matching ec1", "--profile ec1", Short),
        new("matching", "matching mixed1000", "--profile mixed1000", Short),
        new("matching", "matching ec1000", "--profile ec1000", Short),
        new("core", "core mixed1", "--profile mixed1", Short),
        new("core", "core mixed1000", "--profile mixed1000", Short),
        new("core", "core ec1", "--profile ec1", Short),
        new("core", "core ec1000", "--profile ec1000", Short),
        new("latency", "latency mixed1", "--profile mixed1", Short),
        new("latency", "latency mixed1000", "--profile mixed1000", Short),
        new("log", "log, many in flight", "--flush-millis 0", "--count 20000 --runs 1"),
        new("log", "log, few in flight", "--in-flight 0", "--count 20000 --runs 1 --flush-millis 50"),
        new("recovery", "recovery", "", "--count 20000 --runs 1"),
        new("gateway", "gateway over HTTP", "--only HTTP", "--seconds 1 --runs 1 --connections 4 --sockets 2"),
        new("gateway", "gateway over WebSocket", "--only WebSocket", "--seconds 1 --runs 1 --connections 4 --sockets 2"),
        new("feed", "feed to 100 sockets", "--sockets 100", "--seconds 1 --runs 1"),
        new("feed", "feed to 1,000 sockets", "--sockets 1000", "--seconds 1 --runs 1"),
        new("scenarios", "scenarios", "", "--runs 1"),
        new("futures", "contracts mixed1", "--profile mixed1", Short + " --checked 10000"),
        new("futures", "contracts mixed1000", "--profile mixed1000", Short + " --checked 10000"),
        new("risk", "risk", "", "--accounts 2000"),
        new("memory", "memory", "", "--orders 20000 --users 2000 --runs 1"),
    ];

    public static int Run(Arguments arguments, Report report) => Run(arguments, report, Itself.With);

    /// <param name="program">How this program is started with other arguments.</param>
    internal static int Run(Arguments arguments, Report report, Func<string[], ProcessStartInfo> program)
    {
        var quick = arguments.Flag("quick");
        var only = arguments.Text("only")?.Split(',');
        var folder = arguments.Text("out") ?? (quick || only is not null || !Directory.Exists(OfCheckout) ? null : OfCheckout);
        arguments.NoMore();
        if (Array.Find(only ?? [], name => !Array.Exists(Parts, part => part.Load == name)) is { } unknown)
        {
            throw new ArgumentsException($"--only names loads of {string.Join(", ", Parts.Select(part => part.Load).Distinct())}, not '{unknown}'.");
        }

        var done = new List<Outcome>();
        var parts = Parts.Where(part => only is null || only.Contains(part.Load)).ToArray();
        foreach (var part in parts)
        {
            report.Doing($"{part.Title} begins, {done.Count + 1} of {parts.Length}");
            var outcome = Child.Run(part, part.Arguments(quick), program, report);
            done.Add(outcome);
            report.Line($"== {part.Title}");
            report.Line(outcome.Text.TrimEnd());
            if (outcome.Wrong is not null) report.Line($"WRONG: {outcome.Wrong}");
            report.Line();
        }
        var (figures, failed) = (done.SelectMany(one => one.Figures).ToArray(), done.Where(one => one.Wrong is not null).ToArray());
        report.Line($"== all: {figures.Count(figure => figure.ReachesGoal)} of {figures.Length} figures reach the goal, {figures.Count(figure => figure.ReachesMust)} what they must be"
            + $"{(failed.Length > 0 ? $"; {failed.Length} of {done.Count} loads FAILED" : "")}{(quick ? "; a quick run, whose figures mean nothing" : "")}");
        Document.TableOf(done).Print(report.Result);
        foreach (var wrong in failed) report.Line($"WRONG {wrong.Title}: {wrong.Wrong}");
        if (Usage.TableOf(figures) is { } took)
        {
            report.Line();
            took.Print(report.Result);
        }
        if (folder is not null)
        {
            Document.Write(folder, done, quick);
            report.Line();
            report.Line($"written to {folder}");
        }
        report.Line();
        report.Line($"machine: {Machine.Describe()}; commit {Machine.Commit}");
        return failed.Length == 0 ? 0 : 1;
    }
}
