using System.Diagnostics;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>Bounds how many commands wait for their answer, and times every so many of them.</summary>
internal sealed class Window(int inFlight, int timedEvery = 16) : ICompletion
{
    private const int CacheLine = 64;

    private readonly AutoResetEvent room = new(false);
    private readonly List<long> latencies = new(1 << 18);
    private OfSender sender;
    private OfBus bus = new() { WakeAt = long.MaxValue };
    private volatile Exception? failure;

    public long Refused { get; private set; }

    /// <summary>Commands timed since the latencies were last forgotten.</summary>
    public int Timed => latencies.Count;

    /// <summary>Waits until there is room, then gives the token of the next command. The sender's thread only.</summary>
    public long Enter()
    {
        if (sender.Sent - sender.SeenDone >= inFlight)
        {
            sender.SeenDone = Volatile.Read(ref bus.Done);
            if (sender.Sent - sender.SeenDone >= inFlight) WaitFor(sender.Sent - inFlight / 2);       // half the window is free then: no wake-up per command
        }
        return sender.Sent++ % timedEvery == 0 ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>Until everything sent is answered.</summary>
    public void Finish() => WaitFor(sender.Sent);

    public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events)
    {
        if (!result.Accepted) Refused++;
        if (token != 0) latencies.Add(Stopwatch.GetTimestamp() - token);
        Volatile.Write(ref bus.Done, bus.Done + 1);
        if (bus.Done >= Volatile.Read(ref bus.WakeAt)) Wake();
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
        Volatile.Write(ref bus.WakeAt, long.MaxValue);          // once is enough
        room.Set();
    }

    private void WaitFor(long count)
    {
        Volatile.Write(ref bus.WakeAt, count);
        Interlocked.MemoryBarrier();
        while ((sender.SeenDone = Volatile.Read(ref bus.Done)) < count)
        {
            if (failure is { } reason) throw reason;
            room.WaitOne(TimeSpan.FromSeconds(1));
        }
        Volatile.Write(ref bus.WakeAt, long.MaxValue);
    }

    // Lines of their own: what two threads write for every command must not go back and forth between their cores for it.
    [StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
    private struct OfSender
    {
        [FieldOffset(CacheLine)]
        public long Sent;

        /// <summary>How many were answered when it was last looked at.</summary>
        [FieldOffset(CacheLine + sizeof(long))]
        public long SeenDone;
    }

    [StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
    private struct OfBus
    {
        [FieldOffset(CacheLine)]
        public long Done;

        [FieldOffset(CacheLine + sizeof(long))]
        public long WakeAt;
    }
}
