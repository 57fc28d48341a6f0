using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Runtime.Disk;

namespace Sluice.Bench.Durable;

/// <summary>A few commands in flight: how much longer than one flush of this disk an answer takes. The flush is measured in slices between, since a virtual
/// disk changes its mind.</summary>
internal static class FlushLatency
{
    private const int FrameBytes = 112;                 // what a command of this flow takes in the log on average
    private const double SlowMicros = 1000;

    public static bool Run(OrderFlow flow, Scratch scratch, int runs, TimeSpan slice, Report report)
    {
        using var loop = new FlushLoop(scratch.NewDisk("bare"));
        Window one = new(1, timedEvery: 1), sixteen = new(16, timedEvery: 1);
        using var venue = LoggedVenue.OnFiles(scratch.NewDisk("few"), new Window(16_384));
        venue.SetUp(flow);
        venue.Run(flow, 0, flow.Prefill);

        var at = flow.Prefill;
        var slicesLeft = 2 * (runs + 1);
        List<Slice> bare = [], single = [], several = [];
        for (var run = 0; run <= runs; run++)           // the first only warms the code up
        {
            report.Doing(run == 0 ? "few in flight: warming up" : $"few in flight: run {run} of {runs}");
            Slice[] three = [loop.Run(slice), Answers(one), Answers(sixteen)];
            if (run == 0) continue;
            bare.Add(three[0]);
            single.Add(three[1]);
            several.Add(three[2]);
        }
        var slow = bare.Count(each => each.P50 > SlowMicros);
        var mode = slow == 0 ? "0.1 ms mode" : slow == bare.Count ? "4 ms mode" : $"4 ms mode in {slow} of {bare.Count} runs, else in its 0.1 ms mode";
        var table = new Table("few in flight", "p50 us", "of bare", "p99 us", "of bare", "a second");
        Row("bare append and fdatasync", bare);
        Row("1 in flight", single);
        Row("16 in flight", several);
        Figures("1 in flight", single);
        Figures("16 in flight", several);
        table.Print(report.Result);
        report.Line();
        report.Line($"Answers beside a loop that appends {FrameBytes} bytes to a preallocated file and flushes it, {slice.TotalSeconds} s each in turns. The disk was in its {mode}.");
        return true;

        Slice Answers(Window window)
        {
            venue.Window = window;
            window.ForgetLatencies();
            var to = at + (flow.Records.Length - at) / slicesLeft--;       // a short flow makes short slices
            var started = Stopwatch.GetTimestamp();
            while (at < to && Stopwatch.GetElapsedTime(started) < slice) venue.Send(flow.Records[at++]);
            window.Finish();
            return new Slice(window.LatencyMicros(0.5), window.LatencyMicros(0.99), window.Timed / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        void Row(string name, List<Slice> all) => table.Row(name, Of(all, s => s.P50).Text("0"), Ratio(all, s => s.P50), Of(all, s => s.P99).Text("0"), Ratio(all, s => s.P99),
            Of(all, s => s.PerSecond).Text("0"));

        void Figures(string name, List<Slice> all)
        {
            Add("p50", s => s.P50, 1.5, 1.2);
            Add("p99", s => s.P99, 3, 2.5);

            void Add(string quantile, Func<Slice, double> what, double must, double goal) => report.Add(new Figure($"durable, {name}, {quantile} of a bare flush",
                OfBare(all, what), must, goal, "×", Better.Less,
                $"{Of(all, what).Text("0")} us, bare {Of(bare, what).Text("0")} us, {mode}"));
        }

        string Ratio(List<Slice> all, Func<Slice, double> what) => OfBare(all, what).Text();

        Spread OfBare(List<Slice> all, Func<Slice, double> what) => Spread.Of(all.Zip(bare, (own, its) => what(own) / what(its)));
    }

    private static Spread Of(List<Slice> all, Func<Slice, double> what) => Spread.Of(all.Select(what));

    private readonly record struct Slice(double P50, double P99, double PerSecond);

    private sealed class FlushLoop : IDisposable
    {
        private const int FileBytes = 16 << 20;

        private readonly IDiskFile file;
        private readonly byte[] frame = new byte[FrameBytes];
        private long offset;

        public FlushLoop(FileDisk disk)
        {
            Random.Shared.NextBytes(frame);
            file = disk.Create("appended");
            file.Preallocate(FileBytes);
            file.Sync();
        }

        public Slice Run(TimeSpan slice)
        {
            var micros = new List<double>();
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < slice)
            {
                var before = Stopwatch.GetTimestamp();
                if (offset + FrameBytes > FileBytes) offset = 0;
                file.Write(offset, frame);
                file.Sync();
                offset += FrameBytes;
                micros.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
            }
            micros.Sort();
            return new Slice(micros[micros.Count / 2], micros[(int)(0.99 * (micros.Count - 1))], micros.Count / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        public void Dispose() => file.Dispose();
    }
}
