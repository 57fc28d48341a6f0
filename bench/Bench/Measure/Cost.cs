using System.Diagnostics;

namespace Sluice.Bench.Measure;

/// <summary>What a stretch of work on one thread took.</summary>
public readonly record struct Cost(long Commands, double CpuSeconds, double WallSeconds, long AllocatedBytes)
{
    public double PerCpuSecond => Commands / CpuSeconds;

    public double PerWallSecond => Commands / WallSeconds;

    public double BytesPerCommand => (double)AllocatedBytes / Commands;

    public double NanosPerCommand => CpuSeconds * 1e9 / Commands;

    /// <summary>Of all threads of the process meanwhile: compiler, collector and timers included.</summary>
    public double ProcessCpuSeconds { get; init; }

    /// <summary>Instructions of the thread; null where they are not counted.</summary>
    public long? Instructions { get; init; }

    /// <summary>Garbage collections of the process meanwhile, by generation.</summary>
    public (int Gen0, int Gen1, int Gen2) Collections { get; init; }

    public static Cost operator +(Cost a, Cost b) =>
        new(a.Commands + b.Commands, a.CpuSeconds + b.CpuSeconds, a.WallSeconds + b.WallSeconds, a.AllocatedBytes + b.AllocatedBytes)
        {
            ProcessCpuSeconds = a.ProcessCpuSeconds + b.ProcessCpuSeconds,
            Instructions = a.Instructions + b.Instructions,
            Collections = (a.Collections.Gen0 + b.Collections.Gen0, a.Collections.Gen1 + b.Collections.Gen1, a.Collections.Gen2 + b.Collections.Gen2),
        };

    public static Cost Of(long commands, Action work)
    {
        var collected = Collected.Now;
        var process = Environment.CpuUsage.TotalTime;
        var wall = Stopwatch.GetTimestamp();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var instructions = InstructionCounter.Read();
        var cpu = ThreadClock.Nanos;
        work();
        var cpuTook = ThreadClock.Nanos - cpu;
        var executed = InstructionCounter.Read() - instructions;
        return new Cost(commands, cpuTook / 1e9, Stopwatch.GetElapsedTime(wall).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - bytes)
        {
            ProcessCpuSeconds = (Environment.CpuUsage.TotalTime - process).TotalSeconds,
            Instructions = executed,
            Collections = (Collected.Now - collected).Generations,
        };
    }

    /// <summary>The run with the least CPU time.</summary>
    public static Cost Best(IEnumerable<Cost> runs) => runs.MinBy(run => run.CpuSeconds);
}
