using Sluice.Bench.Bound;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;

namespace Sluice.Bench.Replay;

/// <summary>The order books alone, set against how fast the flow can be done at all (the bound) and against the book anyone would write first.</summary>
internal static class MatchingBenchmark
{
    private static readonly Dictionary<string, (double Must, double Goal)> Aims = new()
    {
        ["mixed1"] = (0.32, 0.65), ["ec1"] = (0.30, 0.55), ["ec1000"] = (0.25, 0.55), ["mixed1000"] = (0.25, 0.55),
    };

    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments);
        var reserve = FlowArguments.Reserve(arguments);
        var alone = arguments.Flag("alone");            // to compare builds: the bound and the books, nothing else
        arguments.NoMore();

        var table = new Table("profile", "trades", "M/s CPU", "ns", "B/cmd", "instr/cmd", "bound M/s", "of bound", "flat M/s", "of flat", "plain M/s", "of plain", "result");
        var right = true;
        foreach (var profile in asked.Profiles)
        {
            var flow = asked.Flow(profile, report);
            var capacity = reserve ?? FlowCommands.CapacityFor(flow);
            report.Line($"{profile.Name}: reserved orders={capacity.Orders},levels={capacity.Levels}");
            var own = new Contender("matching", f => new BookReplay(f, capacity));
            var bound = new Contender("bound", f => new BoundReplay(f));
            if (alone)
            {
                right &= own.RunAlone(flow, asked.Runs, report, bound);
                continue;
            }
            var flat = new Contender("flat", f => new FlatReplay(f));
            var plain = new Contender("plain", f => new PlainReplay(f));
            Contender.Interleave(flow, asked.Runs, report, bound, own, flat, plain);
            var same = own.Right && bound.Right && flat.Right && plain.Right && StandardFlow.Agrees(flow);
            right &= same;
            table.Row(profile.Name, Table.Count(flow.Expected.Trades), own.PerCpuSecond.Text(unit: 1e6), Table.Number(1e9 / own.PerCpuSecond.Median, "0"),
                Table.Number(own.BytesPerCommand), own.Instructions, bound.PerCpuSecond.Text(unit: 1e6), own.Of(bound).Text(), flat.PerCpuSecond.Text(unit: 1e6), own.Of(flat).Text(), plain.PerCpuSecond.Text(unit: 1e6),
                own.Of(plain).Text(), same ? "equal" : "DIFFERS");
            var (must, goal) = Aims[profile.Name];
            report.Add(new Figure($"matching {profile.Name}, of bound", own.Of(bound), must, goal,
                Detail: $"{own.PerCpuSecond.Text(unit: 1e6)} M/s, bound {bound.PerCpuSecond.Text(unit: 1e6)}") { Used = own.Used });
            report.Add(new Figure($"matching {profile.Name}, of the flat book", own.Of(flat), must, goal, Detail: $"flat {flat.PerCpuSecond.Text(unit: 1e6)}"));
        }
        if (alone) return right ? 0 : 1;
        report.Line($"matching: seed {asked.Seed}, {Table.Count(asked.Count)} commands behind the prefill, median (lowest-highest) of {asked.Runs} runs taken in turns, one thread");
        report.Line("M/s CPU: commands per second of the thread's CPU time, every announced byte folded. bound: bare array books, no events but the tape. flat: the same as it is usually published. of bound: ratio of the medians.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;
    }
}
