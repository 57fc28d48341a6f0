namespace Sluice.Core.Kernel;

/// <summary>One thing that falls due. Ties at one instant go by row of the order of work (spec README §4), then by A, B and C ascending.</summary>
/// <param name="Row">The row of the table: 1 for expiries and countdowns, …</param>
/// <param name="Kind">Which registered timer handler runs.</param>
/// <param name="A">Instrument or currency ordinal.</param>
/// <param name="B">User id.</param>
/// <param name="C">Object id.</param>
public readonly record struct Due(long AtNanos, byte Row, ushort Kind, long A, long B, long C) : IComparable<Due>
{
    public int CompareTo(Due other)
    {
        if (AtNanos != other.AtNanos) return AtNanos.CompareTo(other.AtNanos);
        if (Row != other.Row) return Row.CompareTo(other.Row);
        if (A != other.A) return A.CompareTo(other.A);
        if (B != other.B) return B.CompareTo(other.B);
        if (C != other.C) return C.CompareTo(other.C);
        return Kind.CompareTo(other.Kind);
    }
}

/// <summary>What falls due, earliest first, in one total order that does not depend on the order of insertion. An entry is never taken out early:
/// its handler looks whether the thing it was set for still stands.</summary>
public sealed class TimerQueue : IStatePart
{
    private Due[] heap = new Due[64];

    public int Count { get; private set; }

    /// <summary>long.MaxValue when there is none.</summary>
    public long NextAtNanos { get; private set; } = long.MaxValue;

    public string Name => "timers";

    public bool Hashed => true;

    public void Add(Due due)
    {
        if (Count == heap.Length) Array.Resize(ref heap, heap.Length * 2);
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (heap[parent].CompareTo(due) <= 0) break;
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = due;
        NextAtNanos = heap[0].AtNanos;
    }

    public Due Take()
    {
        var first = heap[0];
        var last = heap[--Count];
        var at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= Count) break;
            if (child + 1 < Count && heap[child + 1].CompareTo(heap[child]) < 0) child++;
            if (last.CompareTo(heap[child]) <= 0) break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        NextAtNanos = Count == 0 ? long.MaxValue : heap[0].AtNanos;
        return first;
    }

    public void Save(StateWriter writer)
    {
        var sorted = heap.AsSpan(0, Count).ToArray();
        Array.Sort(sorted);
        writer.Int32(sorted.Length);
        foreach (var due in sorted)
        {
            writer.Int64(due.AtNanos);
            writer.Byte(due.Row);
            writer.Int32(due.Kind);
            writer.Int64(due.A);
            writer.Int64(due.B);
            writer.Int64(due.C);
        }
    }

    public void Load(ref StateReader reader)
    {
        Count = 0;
        NextAtNanos = long.MaxValue;
#if MUTANTS
        if (Mutant.Is(Mutation.ForgetTimers)) return;
#endif
        for (var left = reader.Int32(); left > 0; left--)
        {
            Add(new Due(reader.Int64(), reader.Byte(), (ushort)reader.Int32(), reader.Int64(), reader.Int64(), reader.Int64()));
        }
    }
}
