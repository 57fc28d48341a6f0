using Sluice.Bench.Bound;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;

namespace Sluice.Bench.Replay;

/// <summary>The core alone: spot orders through the state machine, balances checked, fees taken, every event written and read; no queue, no log, no network.
/// Every run's tape and book are compared with the flow's. The bound and the plain book run in between, so that the figure is a ratio to both.</summary>
internal static class CoreBenchmark
{
    private static readonly Dictionary<string, (double Must, double Goal)> Aims = new() { ["mixed1"] = (0.15, 0.40), ["mixed1000"] = (0.12, 0.30) };

    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments);
        var reserve = FlowArguments.Reserve(arguments);
        var alone = arguments.Flag("alone");            // to compare builds: the bound and the core, nothing else
        arguments.NoMore();

        var table = new Table("profile", "M/s CPU", "ns", "M/s process", "M/s wall", "B/cmd", "gen 0/1/2", "instr/cmd", "bound M/s", "of bound", "flat M/s", "of flat", "plain M/s", "of plain",
            "bare M/s", "defaults M/s", "result");
        var right = true;
        foreach (var profile in asked.Profiles)
        {
            var flow = asked.Flow(profile, report);
            var capacity = reserve ?? FlowCommands.CapacityFor(flow);
            report.Line($"{profile.Name}: reserved {capacity}");
            var own = new Contender("core", f => new VenueReplay(f, VenueTerms.Fees, capacity));
            var bound = new Contender("bound", f => new BoundReplay(f));
            if (alone)
            {
                right &= own.RunAlone(flow, asked.Runs, report, bound);
                continue;
            }
            var bare = new Contender("bare", f => new VenueReplay(f, VenueTerms.Bare, capacity));
            var defaults = new Contender("defaults", f => new VenueReplay(f, VenueTerms.Defaults, capacity));     // some orders end differently: no hash to compare
            var flat = new Contender("flat", f => new FlatReplay(f));
            var plain = new Contender("plain", f => new PlainReplay(f));
            Contender.Interleave(flow, asked.Runs, report, bound, own, flat, plain, bare, defaults);
            var same = own.Right && bare.Right && bound.Right && flat.Right && plain.Right && StandardFlow.Agrees(flow);
            right &= same;
            var (gen0, gen1, gen2) = own.Collections;
            table.Row(profile.Name, own.PerCpuSecond.Text(unit: 1e6), Table.Number(1e9 / own.PerCpuSecond.Median, "0"), Table.Number(own.PerProcessSecond.Median / 1e6),
                Table.Number(own.PerWallSecond.Median / 1e6), Table.Number(own.BytesPerCommand), $"{gen0}/{gen1}/{gen2}", own.Instructions,
                Table.Number(bound.PerCpuSecond.Median / 1e6), own.Of(bound).Text("0.000"), Table.Number(flat.PerCpuSecond.Median / 1e6), own.Of(flat).Text("0.000"), Table.Number(plain.PerCpuSecond.Median / 1e6), own.Of(plain).Text(),
                Table.Number(bare.PerCpuSecond.Median / 1e6), Table.Number(defaults.PerCpuSecond.Median / 1e6), same ? "equal" : "DIFFERS");
            if (Aims.TryGetValue(profile.Name, out var aim))
            {
                report.Add(new Figure($"core {profile.Name}, of bound", own.Of(bound), aim.Must, aim.Goal,
                    Detail: $"{own.PerCpuSecond.Text(unit: 1e6)} M/s, bound {bound.PerCpuSecond.Text(unit: 1e6)}") { Used = own.Used });
                report.Add(new Figure($"core {profile.Name}, of the flat book", own.Of(flat), aim.Must, aim.Goal, Detail: $"flat {flat.PerCpuSecond.Text(unit: 1e6)}"));
            }
            report.Add(new Figure($"core {profile.Name}, allocated a command", Spread.Of(own.Runs.Select(run => run.BytesPerCommand)), 0, 0, "B", Better.Less,
                "behind the first tenth") { Used = own.Used });
            report.Add(new Figure($"core {profile.Name}, gen-0 collections", gen0, double.PositiveInfinity, 0, "", Better.Less, "all runs together") { Used = own.Used });
        }
        if (alone) return right ? 0 : 1;
        report.Line($"core: seed {asked.Seed}, {Table.Count(asked.Count)} commands behind the prefill, median (lowest-highest) of {asked.Runs} runs taken in turns, one thread, no log, no network");
        report.Line("M/s CPU: commands per second of the thread's CPU time, with encoding and the reading of every event; holds, fees of 0.1 %, ledger. M/s process: by the time of all threads.");
        report.Line("B/cmd: allocated behind the first tenth. bound: bare array books, no events but the tape. flat: the same as it is usually published. plain: SortedDictionary and LinkedList, no accounts, no events.");
        report.Line("bare: no fees. defaults: groups, 10 % band, 200 open orders, fees of 0.1 %; no hash.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;
    }
}
