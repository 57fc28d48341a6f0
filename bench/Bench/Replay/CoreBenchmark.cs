using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;

namespace Sluice.Bench.Replay;

/// <summary>The core alone: spot orders through the state machine, balances checked, all events written, no queue, no log, no network. Every run's
/// tape and book are compared with the flow's; the plain book runs in between, so that the figure is a ratio.</summary>
internal static class CoreBenchmark
{
    private const int CommandsPerTurn = 4096;
    private const double WarmShare = 0.1;               // of the measured commands, before bytes are counted

    public static int Run(Arguments arguments, Report report)
    {
        var names = arguments.Text("profile") is { } name ? [name] : Profile.All.Select(profile => profile.Name).ToArray();
        var count = arguments.Number("count", 3_000_000, least: 1000);
        var runs = arguments.Number("runs", 3);
        arguments.NoMore();

        var table = new Table("profile", "trades", "M/s CPU", "ns", "M/s wall", "p50 ns", "p99 ns", "B/cmd", "plain M/s", "ratio", "defaults M/s", "result");
        var right = true;
        foreach (var profile in names.Select(n => Profile.Find(n) ?? throw new ArgumentsException($"There is no profile '{n}'.")))
        {
            report.Doing($"{profile.Name}: generating {Table.Count(count)} commands");
            var flow = Generator.Generate(profile, 1, count);
            var standard = StandardFlow.All.FirstOrDefault(s => s.Profile == profile.Name && s.Count == count);
            var same = standard is null || (standard.FileSha256 == flow.Sha256() && standard.Result == flow.Expected);

            List<Cost> venue = [], plain = [], defaults = [];
            for (var run = 0; run <= runs; run++)       // the first only warms the code up
            {
                report.Doing(run == 0 ? $"{profile.Name}: warming up" : $"{profile.Name}: run {run} of {runs}");
                same &= One(venue, run, flow, Venue(flow, VenueTerms.Bare)) == flow.Expected;
                same &= One(plain, run, flow, Plain(flow)) == flow.Expected;
                if (run > 0) One(defaults, run, flow, Venue(flow, VenueTerms.Defaults));
            }
            right &= same;
            var nanos = Nanos(flow);
            var (best, other, full) = (Cost.Best(venue), Cost.Best(plain), Cost.Best(defaults));
            table.Row(profile.Name, Table.Count(flow.Expected.Trades), Table.Number(best.PerCpuSecond / 1e6), Table.Number(best.NanosPerCommand, "0"),
                Table.Number(best.PerWallSecond / 1e6), Table.Number(nanos(.5), "0"), Table.Number(nanos(.99), "0"), Table.Number(best.BytesPerCommand), Table.Number(other.PerCpuSecond / 1e6),
                Table.Number(best.PerCpuSecond / other.PerCpuSecond), Table.Number(full.PerCpuSecond / 1e6), same ? "equal" : "DIFFERS");
        }
        report.Line($"core: seed 1, {Table.Count(count)} commands a run behind the prefill, best of {runs} runs, one thread, no log, no network");
        report.Line("M/s CPU: commands per second of the thread's CPU time, with encoding and the reading of every event. B/cmd: allocated behind the first tenth. p50, p99: of one command, with the clock.");
        report.Line("plain: SortedDictionary and LinkedList, no accounts, no events. defaults: groups, 10 % band, 200 open orders, fees of 0.1 %; no hash.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;
    }

    // A run of its own: reading the clock twice a command would be in the rate.
    private static Func<double, double> Nanos(OrderFlow flow)
    {
        var replay = new VenueReplay(flow, VenueTerms.Bare);
        replay.Run(0, flow.Prefill);
        var ticks = new long[flow.Measured];
        replay.RunTimed(flow.Prefill, flow.Records.Length, ticks);
        Array.Sort(ticks);
        return quantile => ticks[(int)(quantile * (ticks.Length - 1))] * (1e9 / Stopwatch.Frequency);
    }

    // As the venue's own thread does: turns of some thousand commands. One call for all of them would run in code compiled while it ran, for the
    // place it had reached, and measure that compiler instead.
    private static void InTurns(Action<int, int> replay, int from, int to)
    {
        for (; from < to; from += CommandsPerTurn) replay(from, int.Min(from + CommandsPerTurn, to));
    }

    private static FlowResult One(List<Cost> costs, int run, OrderFlow flow, (Action<int, int> Replay, Func<FlowResult> Result) engine)
    {
        InTurns(engine.Replay, 0, flow.Prefill);
        GC.Collect();
        var warm = flow.Prefill + (int)(flow.Measured * WarmShare);
        var first = Cost.Of(warm - flow.Prefill, () => InTurns(engine.Replay, flow.Prefill, warm));
        var second = Cost.Of(flow.Records.Length - warm, () => InTurns(engine.Replay, warm, flow.Records.Length));
        if (run > 0)
        {
            // Time counts from the first command, bytes from where every array has its size.
            costs.Add(new Cost(flow.Measured, first.CpuSeconds + second.CpuSeconds, first.WallSeconds + second.WallSeconds,
                (long)(second.BytesPerCommand * flow.Measured)));
        }
        return engine.Result();
    }

    private static (Action<int, int>, Func<FlowResult>) Venue(OrderFlow flow, VenueTerms terms)
    {
        var replay = new VenueReplay(flow, terms);
        return (replay.Run, replay.Result);
    }

    private static (Action<int, int>, Func<FlowResult>) Plain(OrderFlow flow)
    {
        var replay = new PlainReplay(flow);
        return (replay.Run, replay.Result);
    }
}
