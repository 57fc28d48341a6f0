using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Durable;

/// <summary>Core, sequencer and log, an answer counts when the command is durable. First many in flight, beside the same sequencer whose log keeps nothing
/// and beside the state machine alone; then 1 and 16 in flight, beside a loop that does nothing but append and flush.</summary>
internal static class LogBenchmark
{
    public static int Run(Arguments arguments, Report report)
    {
        var count = arguments.Number("count", 3_000_000, least: 1000);
        var inFlight = arguments.Number("in-flight", 65_536, least: 0);
        var runs = arguments.Number("runs", 5);
        var millis = arguments.Number("flush-millis", 1000, least: 0);
        using var scratch = new Scratch(arguments.Text("dir"));
        arguments.NoMore();
        report.Doing($"generating {Table.Count(count)} commands of mixed1");
        var flow = Generator.Generate(Profile.Mixed1, 1, count);

        report.Line($"log: mixed1, seed 1, {Table.Count(count)} commands a run, one sender, every event folded, no views, no server; {scratch.FileSystem}; median (lowest-highest) of {runs} runs taken in turns");
        report.Line();
        var right = inFlight == 0 || Throughput(flow, scratch, inFlight, runs, report);
        if (millis > 0) right &= FlushLatency.Run(flow, scratch, runs, TimeSpan.FromMilliseconds(millis), report);
        report.End();
        return right ? 0 : 1;
    }

    private static bool Throughput(OrderFlow flow, Scratch scratch, int inFlight, int runs, Report report)
    {
        List<Outcome> file = [], none = [];
        var bare = new List<Cost>();
        var right = true;
        for (var run = 0; run <= runs; run++)           // the first only warms the code up
        {
            report.Doing(run == 0 ? $"{Table.Count(inFlight)} in flight: warming up" : $"{Table.Count(inFlight)} in flight: run {run} of {runs}");
            Take(none, run, LoggedVenue.WithoutLog(new Window(inFlight)));
            var folder = $"run-{run}";
            Take(file, run, LoggedVenue.OnFiles(scratch.NewDisk(folder), new Window(inFlight)));
            scratch.Forget(folder);
            var alone = new VenueReplay(flow, VenueTerms.Bare);
            var cost = Turns.Measure(alone, flow);
            right &= alone.Result() == flow.Expected;
            if (run > 0) bare.Add(cost);
        }
        var aloneWall = Spread.Of(bare.Select(cost => cost.PerWallSecond));
        var aloneCpu = Spread.Of(bare.Select(cost => cost.PerCpuSecond));
        var table = new Table($"{Table.Count(inFlight)} in flight", "M/s wall", "of no log", "p50 ms", "p99 ms", "M/s engine CPU", "CPU us/cmd", "MB/s", "B/cmd in log", "result");
        Row("file, fdatasync", file);
        Row("no log", none);
        table.Row("state machine alone", aloneWall.Text(unit: 1e6), Ratio(bare.Select(cost => cost.PerWallSecond)), "", "", aloneCpu.Text(unit: 1e6),
            Table.Number(1e6 / aloneCpu.Median), "", "", right ? "equal" : "DIFFERS");
        table.Print(report.Result);
        report.Line();
        var used = Usage.Of([.. file.Select(one => one.Cost)]);
        report.Add(new Figure($"durable, {Table.Count(inFlight)} in flight", Of(file, one => one.Cost.PerWallSecond) / 1e6, 3, 5, "M/s",
            Detail: $"by the wall; engine {Of(file, one => one.Cost.PerCpuSecond).Text(unit: 1e6)} per CPU second") { Used = used });
        report.Add(new Figure("durable, of the sequencer without a log", Spread.Of(file.Zip(none, (own, its) => own.Cost.PerWallSecond / its.Cost.PerWallSecond)), 0.6, 0.8, "×",
            Detail: $"without {Of(none, one => one.Cost.PerWallSecond).Text(unit: 1e6)} M/s; the bare state machine {aloneWall.Text(unit: 1e6)} M/s") { Used = used });
        report.Line("of no log: the base is the same sequencer, sender and events with a log that keeps nothing. Engine: the core thread. CPU us/cmd: of the whole process, sender and reader of");
        report.Line("the events included. Latency: from submitting to the answer. B/cmd in log: frames, and zeros of segments that were filled before they were used.");
        report.Line();
        return right;

        void Take(List<Outcome> outcomes, int run, LoggedVenue venue)
        {
            using (venue)
            {
                var outcome = One(venue, flow);
                right &= outcome.Right;
                if (run > 0) outcomes.Add(outcome);
            }
        }

        string Ratio(IEnumerable<double> own) => Spread.Of(own.Zip(none, (mine, its) => mine / its.Cost.PerWallSecond)).Text();

        void Row(string name, List<Outcome> all) => table.Row(name, Of(all, one => one.Cost.PerWallSecond).Text(unit: 1e6), Ratio(all.Select(one => one.Cost.PerWallSecond)), Of(all, one => one.P50 / 1000).Text("0.0"),
            Of(all, one => one.P99 / 1000).Text("0.0"), Of(all, one => one.Cost.PerCpuSecond).Text(unit: 1e6), Of(all, one => one.Cost.ProcessCpuSeconds * 1e6 / flow.Measured).Text(),
            Table.Number(Of(all, one => one.Bytes / one.Cost.WallSeconds / 1e6).Median, "0"), Table.Number(all[0].Bytes / (double)flow.Measured, "0"), all.All(one => one.Right) ? "equal" : "DIFFERS");
    }

    private static Spread Of(List<Outcome> all, Func<Outcome, double> what) => Spread.Of(all.Select(what));

    private static Outcome One(LoggedVenue venue, OrderFlow flow)
    {
        venue.SetUp(flow);
        venue.Run(flow, 0, flow.Prefill);
        venue.Window.ForgetLatencies();
        GC.Collect();

        var bytes = venue.BytesWritten;
        var core = venue.CoreCpuSeconds();
        var (cpu, collected) = (Environment.CpuUsage.TotalTime, Collected.Now);
        var started = Stopwatch.GetTimestamp();
        venue.Run(flow, flow.Prefill, flow.Records.Length);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        collected = Collected.Now - collected;
        var cost = new Cost(flow.Measured, venue.CoreCpuSeconds() - core, seconds, collected.Bytes)
        {
            ProcessCpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, Collections = collected.Generations,
        };
        return new Outcome(cost, venue.Window.LatencyMicros(0.5), venue.Window.LatencyMicros(0.99), venue.BytesWritten - bytes,
            venue.Window.Refused == flow.Expected.Rejects && venue.Agrees(flow));
    }

    private sealed record Outcome(Cost Cost, double P50, double P99, long Bytes, bool Right);
}
