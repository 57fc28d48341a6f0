using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sluice.Bench.Measure;

/// <summary>CPU time of the calling thread: what else ran on the core does not count, so that figures of a shared machine can be compared.</summary>
public static partial class ThreadClock
{
    /// <summary>False where the platform has no such clock here: then it is wall time.</summary>
    public static bool IsCpuTime { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    public static long Nanos
    {
        get
        {
            if (!IsCpuTime) return (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
            return GetTime(OperatingSystem.IsMacOS() ? 16 : 3, out var time) == 0
                ? time.Seconds * 1_000_000_000 + time.Nanos
                : throw new InvalidOperationException("The thread's CPU clock cannot be read.");
        }
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }

    // CLOCK_THREAD_CPUTIME_ID is 3 on Linux and 16 on macOS.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);
}
