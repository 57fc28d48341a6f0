using System.Diagnostics;
using Sluice.Core.Kernel;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>Bounds how many commands wait for their answer, and times every so many of them.</summary>
internal sealed class Window(int inFlight, int timedEvery = 16) : ICompletion
{
    private readonly AutoResetEvent room = new(false);
    private readonly List<long> latencies = new(1 << 18);
    private long sent;
    private long done;
    private long wakeAt = long.MaxValue;
    private volatile Exception? failure;

    public long Refused { get; private set; }

    /// <summary>Commands timed since the latencies were last forgotten.</summary>
    public int Timed => latencies.Count;

    /// <summary>Waits until there is room, then gives the token of the next command. The sender's thread only.</summary>
    public long Enter()
    {
        if (sent - Volatile.Read(ref done) >= inFlight) WaitFor(sent - inFlight / 2);       // half the window is free then: no wake-up per command
        return sent++ % timedEvery == 0 ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>Until everything sent is answered.</summary>
    public void Finish() => WaitFor(sent);

    public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events)
    {
        if (!result.Accepted) Refused++;
        if (token != 0) latencies.Add(Stopwatch.GetTimestamp() - token);
        Volatile.Write(ref done, done + 1);
        if (done >= Volatile.Read(ref wakeAt)) Wake();
    }

    public void Failed(long token, Exception reason)
    {
        failure ??= reason;
        room.Set();
    }

    /// <summary>Of the timed commands, in microseconds. Everything sent is answered.</summary>
    public double LatencyMicros(double quantile)
    {
        latencies.Sort();
        return latencies[(int)(quantile * (latencies.Count - 1))] * (1e6 / Stopwatch.Frequency);
    }

    public void ForgetLatencies() => latencies.Clear();

    private void Wake()
    {
        Volatile.Write(ref wakeAt, long.MaxValue);          // once is enough
        room.Set();
    }

    private void WaitFor(long count)
    {
        Volatile.Write(ref wakeAt, count);
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref done) < count)
        {
            if (failure is { } reason) throw reason;
            room.WaitOne(TimeSpan.FromSeconds(1));
        }
        Volatile.Write(ref wakeAt, long.MaxValue);
    }
}
