using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Products;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>How fast a venue is back: every command of a log re-executed, and from a snapshot on. The state hash must be the one that was.</summary>
internal static class RecoveryBenchmark
{
    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments, Profile.Mixed1);
        var (profile, count, runs) = (asked.Profiles[0], asked.Count, asked.Runs);
        using var scratch = new Scratch(arguments.Text("dir"));
        arguments.NoMore();
        var flow = asked.Flow(profile, report);
        report.Doing("writing the log");
        var disk = scratch.NewDisk("log");
        var hash = Write(disk, flow);
        var last = Last(disk);

        List<Cost> direct = [], whole = [], late = [];
        var right = true;
        for (var run = 0; run <= runs; run++)           // the first only warms the code up
        {
            report.Doing(run == 0 ? "warming up" : $"run {run} of {runs}");
            var replay = new VenueReplay(flow, VenueTerms.Bare);
            var without = Turns.Measure(replay, flow);
            right &= replay.Result() == flow.Expected;
            var fromStart = Recover(disk, last, fromStart: true);
            var fromSnapshot = Recover(disk, last, fromStart: false);
            right &= fromStart.Hash == hash && fromSnapshot.Hash == hash;
            if (run == 0) continue;
            direct.Add(without);
            whole.Add(fromStart.Cost);
            late.Add(fromSnapshot.Cost);
        }
        var table = new Table("recovery", "commands", "M/s engine CPU", "M/s wall", "of direct", "result");
        Row("executed without a log", direct);
        Row("from command 1", whole);
        Row("from a snapshot", late);
        report.Line($"recovery: {profile.Name}, seed {asked.Seed}, {Table.Count(count)} commands and the set-up before them, a warm log; median (lowest-highest) of {runs} runs taken in turns");
        report.Line();
        table.Print(report.Result);
        report.Line();
        report.Line("Engine: the thread that executes and folds every event; another reads and checks the log. of direct: M/s of engine CPU. The snapshot is two thirds of the way, as after a crash;");
        report.Line(FormattableString.Invariant($"its load and the comparison of its state hash are in the figure. From command 1 the process used {Usage.Of(whole).ProcessNanos / 1000:0.00} us CPU a command."));
        var rate = Spread.Of(whole.Select(cost => cost.PerCpuSecond));
        report.Add(new Figure(profile == Profile.Mixed1 ? "recovery, from a warm log" : $"recovery of {profile.Name}, from a warm log", rate / 1e6, 5, 10, "M/s",
            Detail: $"of engine CPU; wall {Spread.Of(whole.Select(cost => cost.PerWallSecond)).Text(unit: 1e6)}; without a log {Spread.Of(direct.Select(cost => cost.PerCpuSecond)).Text(unit: 1e6)}") { Used = Usage.Of(whole) });
        report.End();
        return right ? 0 : 1;

        void Row(string name, List<Cost> costs)
        {
            var rates = Spread.Of(costs.Select(cost => cost.PerCpuSecond));
            table.Row(name, Table.Count(costs[0].Commands), rates.Text(unit: 1e6), Spread.Of(costs.Select(cost => cost.PerWallSecond)).Text(unit: 1e6),
                Spread.Of(costs.Zip(direct, (own, its) => own.PerCpuSecond / its.PerCpuSecond)).Text(), right ? "equal" : "DIFFERS");
        }
    }

    private static ulong Write(FileDisk disk, OrderFlow flow)
    {
        using var venue = LoggedVenue.OnFiles(disk, new Window(16_384), new SequencerOptions(flow.Records.Length * 2 / 3, KeepLog: true));
        venue.SetUp(flow);
        venue.Run(flow, 0, flow.Records.Length);
        return venue.StateHash();
    }

    // The last snapshot is that of the clean stop and leaves nothing to do: read models that are one command behind ask for the one before it.
    private static (Cost Cost, ulong Hash) Recover(FileDisk disk, long last, bool fromStart)
    {
        var machine = new VenueProducts().Machine;
        Recovered recovered = default;
        GC.Collect();
        var cost = Cost.Of(0, () => recovered = Recovery.Run(disk, machine, [new Folding()], projected: last - 1, fromStart: fromStart));
        return (cost with { Commands = recovered.Commands }, machine.StateHash());
    }

    private static long Last(FileDisk disk)
    {
        using var reader = new LogReader(disk);
        while (reader.Read()) { }
        return reader.LastSequence;
    }

    /// <summary>In place of the views.</summary>
    private sealed class Folding : IEventConsumer
    {
        private readonly EventFold fold = new();

        public void Consume(in EventBatch batch) => fold.Add(batch.Events);
    }
}
