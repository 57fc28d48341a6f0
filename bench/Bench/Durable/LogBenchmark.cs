using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Runtime.Disk;

namespace Sluice.Bench.Durable;

/// <summary>Core, sequencer and log: one sender, many commands in flight, an answer counts when the command is durable. The same on a disk of
/// memory shows what the real one costs.</summary>
internal static class LogBenchmark
{
    public static int Run(Arguments arguments, Report report)
    {
        var count = arguments.Number("count", 3_000_000, least: 1000);
        var inFlight = arguments.Number("in-flight", 16_384);
        var runs = arguments.Number("runs", 3);
        using var scratch = new Scratch(arguments.Text("dir"));
        arguments.NoMore();
        report.Doing($"generating {Table.Count(count)} commands of mixed1");
        var flow = Generator.Generate(Profile.Mixed1, 1, count);

        List<Outcome> file = [], memory = [];
        for (var run = 0; run <= runs; run++)           // the first only warms the code up
        {
            report.Doing(run == 0 ? "warming up" : $"run {run} of {runs}: file");
            var onFile = One(scratch.NewDisk($"run-{run}"), flow, inFlight);
            if (run > 0) report.Doing($"run {run} of {runs}: memory");
            var onMemory = One(new MemoryDisk(), flow, inFlight);
            if (run == 0) continue;
            file.Add(onFile);
            memory.Add(onMemory);
        }
        var right = file.Concat(memory).All(one => one.Right);
        var (best, other) = (file.MaxBy(one => one.PerSecond)!, memory.MaxBy(one => one.PerSecond)!);
        var table = new Table("log on", "M/s wall", "p50 ms", "p99 ms", "CPU us/cmd", "MB/s", "B/cmd in log", "ratio", "result");
        Row("file, fdatasync", best);
        Row("memory", other);
        report.Line($"log: mixed1, seed 1, {Table.Count(count)} commands, {Table.Count(inFlight)} in flight, one sender, best of {runs} runs; no views, no server");
        report.Line($"file system: {scratch.FileSystem}. Latency: from submitting to the answer, durable. CPU: of the whole process, the sender included.");
        report.Line();
        table.Print(report.Result);
        report.End();
        return right ? 0 : 1;

        void Row(string name, Outcome one) => table.Row(name, Table.Number(one.PerSecond / 1e6), Table.Number(one.P50 / 1000), Table.Number(one.P99 / 1000), Table.Number(one.CpuSeconds * 1e6 / count),
            Table.Number(one.Bytes / one.Seconds / 1e6, "0"), Table.Number((double)one.Bytes / count, "0"), Table.Number(one.PerSecond / other.PerSecond),
            one.Right ? "equal" : "DIFFERS");
    }

    private static Outcome One(IDisk disk, OrderFlow flow, int inFlight)
    {
        using var venue = new LoggedVenue(disk, inFlight);
        var idsBefore = FlowCommands.SetUp(flow, VenueTerms.Bare, venue);
        foreach (ref readonly var record in flow.Records.AsSpan(0, flow.Prefill)) FlowCommands.Send(record, idsBefore, venue);
        venue.Window.Finish();
        venue.Window.ForgetLatencies();
        GC.Collect();

        var bytes = venue.BytesWritten;
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        foreach (ref readonly var record in flow.Records.AsSpan(flow.Prefill)) FlowCommands.Send(record, idsBefore, venue);
        venue.Window.Finish();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Outcome(flow.Measured / seconds, seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, venue.Window.LatencyMicros(0.5), venue.Window.LatencyMicros(0.99), venue.BytesWritten - bytes,
            venue.Window.Refused == flow.Expected.Rejects);
    }

    private sealed record Outcome(double PerSecond, double Seconds, double CpuSeconds, double P50, double P99, long Bytes, bool Right);
}
