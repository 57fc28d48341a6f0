using Sluice.Core.Kernel;

namespace Sluice.Simulation;

/// <summary>Time of a simulated world. True time passes only when the simulation moves it; the wall clock that the venue reads can jump and freeze.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private const long StartNanos = 1_767_225_600 * Nanos.PerSecond;      // 2026-01-01T00:00:00Z

    private long offset;
    private long? frozenAt;

    /// <summary>True nanoseconds since the simulation began.</summary>
    public long TrueNanos { get; private set; }

    /// <summary>What the wall clock shows, nanoseconds since the Unix epoch.</summary>
    public long WallNanos => frozenAt ?? StartNanos + TrueNanos + offset;

    /// <summary>How often it did not just go on.</summary>
    public int Jumps { get; private set; }

    public bool IsFrozen => frozenAt is not null;

    public void MoveTo(long nanos) => TrueNanos = long.Max(TrueNanos, nanos);

    /// <summary>The wall clock is set, forward or back.</summary>
    public void Jump(long nanos)
    {
        offset += nanos;
        Jumps++;
    }

    /// <summary>The wall clock stands still until <see cref="Thaw"/>, and then goes on from where true time is.</summary>
    public void Freeze() => frozenAt ??= WallNanos;

    public void Thaw()
    {
        frozenAt = null;
        Jumps++;                            // to where true time, and what was set meanwhile, have brought it
    }

    public override DateTimeOffset GetUtcNow() => new(DateTime.UnixEpoch.Ticks + WallNanos / 100, TimeSpan.Zero);
}

/// <summary>What is going to happen, in order of time and, at one instant, of planning.</summary>
internal sealed class Agenda(VirtualTime time)
{
    private readonly PriorityQueue<Action, (long Nanos, long Number)> entries = new();
    private long planned;

    public int Count => entries.Count;

    public void In(long nanos, Action what) => entries.Enqueue(what, (time.TrueNanos + nanos, planned++));

    /// <summary>Moves time to the next entry and does it. False when nothing is planned.</summary>
    public bool Next()
    {
        if (!entries.TryDequeue(out var what, out var at)) return false;
        time.MoveTo(at.Nanos);
        what();
        return true;
    }
}
