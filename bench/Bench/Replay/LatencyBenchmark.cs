using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Replay;

/// <summary>How long one command takes in the core, spot checks and all its events included: one after the other, and at a fixed rate from the moment each was
/// due.</summary>
internal static class LatencyBenchmark
{
    private static readonly double[] Shown = [.5, .9, .99, .999, .9999, 1];

    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments, Profile.Mixed1, Profile.Mixed1000);
        var rate = arguments.Number("rate", 1_000_000, least: 1000);
        arguments.NoMore();

        var interval = (double)Stopwatch.Frequency / rate;
        var table = new Table("profile", "how", "p50", "p90", "p99", "p99.9", "p99.99", "max", "commands");
        var right = true;
        foreach (var profile in asked.Profiles)
        {
            var flow = asked.Flow(profile, report);
            List<Sample> closed = [], open = [];
            var atRate = int.Min(flow.Measured, rate);      // a second of it
            for (var run = 0; run <= asked.Runs; run++)     // the first only warms the code up
            {
                report.Doing(run == 0 ? $"{profile.Name}: warming up" : $"{profile.Name}: run {run} of {asked.Runs}");
                var alone = Sample.Of(flow, flow.Measured, (replay, from, to, ticks) => replay.RunClosed(from, to, ticks));
                var due = Sample.Of(flow, atRate, (replay, from, to, ticks) => replay.RunOpen(from, to, interval, ticks));
                right &= alone.Right && due.Right;
                if (run == 0) continue;
                closed.Add(alone);
                open.Add(due);
            }
            Row("closed loop", closed, flow.Measured);
            Row($"{Table.Count(rate)}/s", open, atRate);
            if (profile != Profile.Mixed1) continue;
            var used = Usage.Of([.. closed.Select(sample => sample.Cost)]);
            Aim("p50", .5, 300, 150);
            Aim("p99", .99, 1600, 600);
            Aim("p99.9", .999, double.PositiveInfinity, 3000);

            void Row(string how, List<Sample> samples, int commands)
            {
                table.Row([profile.Name, how, .. Shown.Select(quantile => Table.Number(Nanos(samples, quantile).Median, "N0")), Table.Count(commands)]);
                report.Add(new Curve($"{profile.Name}, {how}", [.. Curve.Quantiles.Select(quantile => (quantile, Nanos(samples, quantile).Median))]));
            }

            void Aim(string name, double quantile, double must, double goal)
            {
                var nanos = Nanos(closed, quantile);
                report.Add(new Figure($"core mixed1, one command {name}", nanos, must, goal, "ns", Better.Less, "closed loop, a reading of the clock included") { Used = used });
            }
        }
        report.Line($"latency: one spot command in the core (fees, all events written), ns, seed {asked.Seed}; of each percentile the median of {asked.Runs} runs");
        report.Line($"closed loop: the next when the one before is done. At {Table.Count(rate)}/s: from the moment a command was due, however late it began, with the reading of events.");
        report.Line(FormattableString.Invariant($"In every figure is one reading of the clock: {ClockNanos():0} ns here."));
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;
    }

    private static Spread Nanos(List<Sample> samples, double quantile) => Spread.Of(samples.Select(sample => sample.Nanos(quantile)));

    // Two readings, one right behind the other.
    private static double ClockNanos()
    {
        var ticks = new long[10_001];
        for (var i = 0; i < ticks.Length; i++)
        {
            var before = Stopwatch.GetTimestamp();
            ticks[i] = Stopwatch.GetTimestamp() - before;
        }
        Array.Sort(ticks);
        return ticks[ticks.Length / 2] * (1e9 / Stopwatch.Frequency);
    }

    /// <summary>The times of one run, in order of length.</summary>
    private sealed class Sample(long[] ticks, Cost cost, bool right)
    {
        public bool Right => right;

        public Cost Cost => cost;

        public double Nanos(double quantile) => ticks[(int)(quantile * (ticks.Length - 1))] * (1e9 / Stopwatch.Frequency);

        public static Sample Of(OrderFlow flow, int commands, Action<VenueReplay, int, int, long[]> run)
        {
            var replay = new VenueReplay(flow, VenueTerms.Fees, FlowCommands.CapacityFor(flow));
            Turns.Run(replay, 0, flow.Prefill);
            GC.Collect();
            var ticks = new long[commands];
            var cost = Cost.Of(commands, () => run(replay, flow.Prefill, flow.Prefill + commands, ticks));
            Array.Sort(ticks);
            return new Sample(ticks, cost, commands < flow.Measured || replay.Result() == flow.Expected);
        }
    }
}
