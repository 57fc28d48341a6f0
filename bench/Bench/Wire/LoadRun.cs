using System.Diagnostics;
using Sluice.Bench.Measure;

namespace Sluice.Bench.Wire;

/// <summary>One run of a load over the wire: what was answered in how long, and what processor time it took.</summary>
/// <param name="WallSeconds">Until the last answer.</param>
/// <param name="BehindSeconds">From then on until everything told was in the history as well.</param>
/// <param name="ProcessCpuSeconds">Of both.</param>
/// <param name="LoadCpuSeconds">Of the one thread that makes the load; the rest of the process is the server's.</param>
internal sealed record LoadRun(Latencies Latencies, double WallSeconds, double BehindSeconds, double ProcessCpuSeconds, double LoadCpuSeconds)
{
    /// <summary>Of the thread that touches book and ledger; no number where it is not known.</summary>
    public double EngineCpuSeconds { get; init; } = double.NaN;

    /// <summary>Of the process meanwhile, by all its threads.</summary>
    public Collected Collected { get; init; }

    public Cost Cost => new(int.Max(Latencies.Count, 1), EngineCpuSeconds, WallSeconds, Collected.Bytes) { ProcessCpuSeconds = ProcessCpuSeconds, Collections = Collected.Generations };

    public double PerSecond => Latencies.Count / WallSeconds;

    /// <summary>Processor time of the server, microseconds a request.</summary>
    public double ServerMicros => (ProcessCpuSeconds - LoadCpuSeconds) * 1e6 / int.Max(Latencies.Count, 1);

    public double LoadMicros => LoadCpuSeconds * 1e6 / int.Max(Latencies.Count, 1);

    /// <summary>Processor time of all threads over wall time: 2.0 is two cores all the time.</summary>
    public double Cores => ProcessCpuSeconds / (WallSeconds + BehindSeconds);

    /// <summary>Runs a load on a thread of its own.</summary>
    /// <param name="settle">Returns when nothing is left to do for what the load has done; the next run would pay for it otherwise.</param>
    public static LoadRun Of(Func<Latencies> load, Action? settle = null)
    {
        LoadRun? run = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var process = Process.GetCurrentProcess();
                var (wall, all, own) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime, ThreadClock.Nanos);
                var collected = Collected.Now;
                var latencies = load();
                own = ThreadClock.Nanos - own;
                var lasted = Stopwatch.GetElapsedTime(wall).TotalSeconds;
                settle?.Invoke();
                var behind = Stopwatch.GetElapsedTime(wall).TotalSeconds - lasted;
                process.Refresh();
                collected = Collected.Now - collected;
                run = new LoadRun(Latencies.Merge([latencies]), lasted, behind, (process.TotalProcessorTime - all).TotalSeconds, own / 1e9)
                {
                    Collected = collected,
                };
            }
            catch (Exception broken)
            {
                failure = broken;
            }
        })
        { Name = "load" };
        thread.Start();
        thread.Join();
        return run ?? throw new InvalidOperationException($"The load failed: {failure!.Message}", failure);
    }
}
