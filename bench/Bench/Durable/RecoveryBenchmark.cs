using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>How fast a venue is back: every command of a log re-executed, and from a snapshot on. The state hash must be the one that was.</summary>
internal static class RecoveryBenchmark
{
    public static int Run(Arguments arguments, Report report)
    {
        var count = arguments.Number("count", 3_000_000, least: 1000);
        var runs = arguments.Number("runs", 3);
        using var scratch = new Scratch(arguments.Text("dir"));
        arguments.NoMore();
        report.Doing($"generating {Table.Count(count)} commands of mixed1");
        var flow = Generator.Generate(Profile.Mixed1, 1, count);
        report.Doing("writing the log");
        var disk = scratch.NewDisk("log");
        var hash = Write(disk, flow);

        var table = new Table("recovery", "commands", "s", "M/s CPU", "ratio", "result");
        var direct = Direct(flow, runs, report);
        Row("executed without a log", direct, true);
        var right = true;
        foreach (var fromStart in new[] { true, false })
        {
            var costs = new List<Cost>();
            var same = true;
            for (var run = 0; run <= runs; run++)
            {
                report.Doing($"{(fromStart ? "from the start" : "from a snapshot")}: {(run == 0 ? "warming up" : $"run {run} of {runs}")}");
                var (cost, found) = Recover(disk, fromStart);
                same &= found == hash;
                if (run > 0) costs.Add(cost);
            }
            right &= same;
            Row(fromStart ? "from command 1" : "from a snapshot", Cost.Best(costs), same);
        }
        report.Line($"recovery: mixed1, seed 1, {Table.Count(count)} commands and the set-up before them; read, checked, re-executed on one thread");
        report.Line("The snapshot is two thirds of the way, as after a crash; its load and the comparison of its state hash are in the figure.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;

        void Row(string name, Cost cost, bool same) => table.Row(name, Table.Count(cost.Commands), Table.Number(cost.WallSeconds, "0.000"),
            Table.Number(cost.PerCpuSecond / 1e6), Table.Number(cost.PerCpuSecond / direct.PerCpuSecond), same ? "equal" : "DIFFERS");
    }

    private static ulong Write(FileDisk disk, OrderFlow flow)
    {
        using var venue = LoggedVenue.OnFiles(disk, new Window(16_384), new SequencerOptions(flow.Records.Length * 2 / 3, KeepLog: true));
        venue.SetUp(flow);
        venue.Run(flow, 0, flow.Records.Length);
        return venue.StateHash();
    }

    private static Cost Direct(OrderFlow flow, int runs, Report report)
    {
        var costs = new List<Cost>();
        for (var run = 0; run <= runs; run++)
        {
            report.Doing($"without a log: {(run == 0 ? "warming up" : $"run {run} of {runs}")}");
            var replay = new VenueReplay(flow, VenueTerms.Bare);
            var cost = Cost.Of(flow.Records.Length, () => replay.Run(0, flow.Records.Length));
            if (run > 0) costs.Add(cost);
        }
        return Cost.Best(costs);
    }

    // The last snapshot is that of the clean stop and leaves nothing to do: read models that are one command behind ask for the one before it.
    private static (Cost Cost, ulong Hash) Recover(FileDisk disk, bool fromStart)
    {
        var machine = new VenueProducts().Machine;
        var last = Last(disk);
        Recovered recovered = default;
        var cost = Cost.Of(0, () => recovered = Recovery.Run(disk, machine, [], projected: last - 1, fromStart: fromStart));
        return (cost with { Commands = recovered.Commands }, machine.StateHash());
    }

    private static long Last(FileDisk disk)
    {
        using var reader = new Runtime.Log.LogReader(disk);
        while (reader.Read()) { }
        return reader.LastSequence;
    }
}
