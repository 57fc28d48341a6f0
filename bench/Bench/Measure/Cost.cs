using System.Diagnostics;

namespace Sluice.Bench.Measure;

/// <summary>What a stretch of work on one thread took.</summary>
public readonly record struct Cost(long Commands, double CpuSeconds, double WallSeconds, long AllocatedBytes)
{
    public double PerCpuSecond => Commands / CpuSeconds;

    public double PerWallSecond => Commands / WallSeconds;

    public double BytesPerCommand => (double)AllocatedBytes / Commands;

    public double NanosPerCommand => CpuSeconds * 1e9 / Commands;

    public static Cost operator +(Cost a, Cost b) =>
        new(a.Commands + b.Commands, a.CpuSeconds + b.CpuSeconds, a.WallSeconds + b.WallSeconds, a.AllocatedBytes + b.AllocatedBytes);

    public static Cost Of(long commands, Action work)
    {
        var wall = Stopwatch.GetTimestamp();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var cpu = ThreadClock.Nanos;
        work();
        var cpuTook = ThreadClock.Nanos - cpu;
        return new Cost(commands, cpuTook / 1e9, Stopwatch.GetElapsedTime(wall).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    /// <summary>The run with the least CPU time.</summary>
    public static Cost Best(IEnumerable<Cost> runs) => runs.MinBy(run => run.CpuSeconds);
}
