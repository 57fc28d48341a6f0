namespace Sluice.Runtime.Sequencing;

/// <summary>Where stamps come from. Only the core thread reads and moves it.</summary>
public abstract class VenueClock
{
    /// <summary>Nanoseconds since the Unix epoch. May be read from any thread.</summary>
    public abstract long NowNanos { get; }

    /// <summary>True when time moves only by <see cref="ManualClock.MoveTo"/>.</summary>
    public abstract bool IsManual { get; }
}

/// <summary>Wall time that never goes back: a clock that is set back stands until real time has caught up.</summary>
/// <param name="wall">Where wall time comes from; the system's when it is null.</param>
public sealed class RealClock(TimeProvider? wall = null) : VenueClock
{
    private readonly TimeProvider wall = wall ?? TimeProvider.System;
    private long last;

    public override bool IsManual => false;

    public override long NowNanos
    {
        get
        {
            var now = (wall.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
            while (true)
            {
                var seen = Volatile.Read(ref last);
                if (now <= seen) return seen;
                if (Interlocked.CompareExchange(ref last, now, seen) == seen) return now;
            }
        }
    }
}

/// <summary>Time that stands still until it is advanced (design.md, Clock).</summary>
public sealed class ManualClock(long startNanos) : VenueClock
{
    private long now = startNanos;

    public override bool IsManual => true;

    public override long NowNanos => Volatile.Read(ref now);

    /// <summary>Moves forward; earlier instants are ignored.</summary>
    public void MoveTo(long nanos) => Volatile.Write(ref now, long.Max(nanos, now));
}
