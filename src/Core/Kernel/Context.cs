namespace Sluice.Core.Kernel;

/// <summary>What a handler may use beside its own state: the stamp, the caller, events, ids, timers, and the queue of internal work.</summary>
public sealed class Context
{
    private readonly Queue<Work> risk = new(64);
    private readonly Queue<Work> ordinary = new(64);
    private int waiting;                // in both

    internal Context(TimerQueue timers) => Timers = timers;

    /// <summary>Sequence of the command; time is the command's, or the due time of the timer that runs.</summary>
    public Stamp Stamp { get; internal set; }

    public UserId Actor { get; internal set; }

    public EventBuffer Events { get; internal set; } = new(0);

    public TimerQueue Timers { get; }

    /// <summary>The last id given out, over all products (M-005).</summary>
    internal long LastId { get; set; }

    /// <summary>What the command was about: the order placed, the user created.</summary>
    public long ObjectId { get; set; }

    /// <summary>Ids of orders, triggers, transfers: one counter, strictly increasing, never reused, below 2^53 (M-005).</summary>
    public long NextId() => unchecked(++LastId);

    public void Emit<T>(in T value, ReadOnlySpan<byte> tail = default) where T : unmanaged, IEvent => Events.Append(value, tail);

    /// <summary>Internal work that runs after the command, before the next one (M-004): fired triggers, re-pegs.</summary>
    public void Enqueue(Work work)
    {
        ordinary.Enqueue(work);
        waiting++;
    }

    /// <summary>Risk work: before everything else that waits (M-004).</summary>
    public void EnqueueRisk(Work work)
    {
        risk.Enqueue(work);
        waiting++;
    }

    /// <summary>Not so after nearly every command.</summary>
    internal bool HasWork => waiting != 0;

    /// <summary>The next piece; only when there is one.</summary>
    internal Work Dequeue()
    {
        waiting--;
        return risk.TryDequeue(out var work) ? work : ordinary.Dequeue();
    }
}

/// <summary>A piece of internal work: which registered handler, and two numbers for it.</summary>
public readonly record struct Work(ushort Kind, long A, long B);
