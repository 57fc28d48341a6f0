using Sluice.Bench.Measure;

namespace Sluice.Bench.FiveScenarios;

/// <summary>The public five-scenario order-book benchmark: the whole report stream of the venue's order book against the published SHA-256 of each scenario, and
/// messages per second of processor time. Not its figure: that needs two cores of one's own and its harness.</summary>
internal static class ScenariosBenchmark
{
    private const int MessagesPerTurn = 4096;

    public static int Run(Arguments arguments, Report report)
    {
        var only = arguments.Text("scenario");
        var runs = arguments.Number("runs", 5);
        arguments.NoMore();
        var scenarios = Scenario.All.Where(scenario => only is null || scenario.Name == only).ToArray();
        if (scenarios.Length == 0) throw new ArgumentsException($"There is no scenario '{only}'; there are {string.Join(", ", Scenario.All.Select(one => one.Name))}.");

        var table = new Table("scenario", "messages", "trades", "reports", "M/s CPU", "B/msg", "result");
        var passed = 0;
        foreach (var scenario in scenarios)
        {
            report.Doing($"{scenario.Name}: drawing {Table.Count(Scenario.PublishedOrders)} orders");
            var flow = ScenarioFlow.Draw(scenario, Scenario.PublishedOrders, Scenario.PublishedSeed);
            report.Doing($"{scenario.Name}: hashing the reports");
            var replay = new ScenarioReplay(flow);
            using var lines = new CanonicalReports();
            replay.Run(0, flow.Length, lines);
            var same = lines.Sha256() == scenario.Sha256;
            if (same) passed++;
            report.Doing($"{scenario.Name}: {runs} runs");
            var costs = new List<Cost>();
            for (var run = -1; run <= runs; run++)          // the first two only warm the code up
            {
                var timed = new ScenarioReplay(flow);
                var cost = Cost.Of(flow.Length, () =>
                {
                    for (var from = 0; from < flow.Length; from += MessagesPerTurn) timed.Run(from, int.Min(from + MessagesPerTurn, flow.Length), null);
                });
                if (run > 0) costs.Add(cost);
            }
            table.Row(scenario.Name, Table.Count(flow.Length), Table.Count(replay.Trades), Table.Count(replay.Reports), Spread.Of(costs.Select(cost => cost.PerCpuSecond)).Text(unit: 1e6),
                Table.Number(Spread.Of(costs.Select(cost => cost.BytesPerCommand)).Median), same ? "PASS" : "DIFFERS");
        }
        if (only is null) report.Add(new Figure("five scenarios, report streams equal", passed, 5, 5, Detail: "SHA-256 as published, seed 23"));
        report.Line($"scenarios: the five flows of flash1-dev/matching-engine-benchmark, seed {Scenario.PublishedSeed}, {Table.Count(Scenario.PublishedOrders)} orders; PASS: the SHA-256 of all reports is the published one");
        report.Line($"M/s CPU: messages per second of the thread's time, reports and announcements folded to the last byte, median (lowest-highest) of {runs} runs; one thread, no queue to a second one.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return passed == scenarios.Length ? 0 : 1;
    }
}
