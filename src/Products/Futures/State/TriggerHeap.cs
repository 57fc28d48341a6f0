using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.State;

/// <summary>The open legs of one side of a contract by the mark at which each is to be looked at, the nearest on top. Which of two equal ones is above the
/// other is of no account: whoever asks takes all that a mark has reached and puts them in an order of their own.</summary>
public sealed class TriggerHeap(PositionTable positions, bool ofLongs)
{
    private const int Least = 16, Most = 4096, Sides = 512;         // what is reserved is shared by the sides of some two hundred contracts

    private int[] heap = new int[int.Clamp(positions.Reserved / Sides, Least, Most)];

    public int Count { get; private set; }

    /// <summary>Slots of all open legs, in no order that means anything.</summary>
    public ReadOnlySpan<int> All => heap.AsSpan(0, Count);

    /// <summary>Whether a mark has reached any.</summary>
    public bool IsReached(long mark) => Count > 0 && IsReachedBy(heap[0], mark);

    public void Add(int slot)
    {
        if (Count == heap.Length) Array.Resize(ref heap, heap.Length * 2);
        heap[Count] = slot;
        positions[slot].IndexSlot = Count++;
        Raise(Count - 1);
    }

    public void Remove(int slot)
    {
        var at = positions[slot].IndexSlot;
        positions[slot].IndexSlot = PositionTable.None;
        var last = heap[--Count];
        if (at == Count) return;
        Put(at, last);
        Moved(last);
    }

    /// <summary>A leg's trigger has changed.</summary>
    public void Moved(int slot)
    {
        Raise(positions[slot].IndexSlot);
        Sink(positions[slot].IndexSlot);
    }

    /// <summary>All legs that a mark has reached.</summary>
    public void Reached(long mark, List<int> into)
    {
        if (IsReached(mark)) Reached(0, mark, into);
    }

    public void Clear() => Count = 0;

    private void Reached(int at, long mark, List<int> into)
    {
        into.Add(heap[at]);
        for (var child = 2 * at + 1; child <= 2 * at + 2 && child < Count; child++)
        {
            if (IsReachedBy(heap[child], mark)) Reached(child, mark, into);
        }
    }

    private bool IsReachedBy(int slot, long mark) => ofLongs ? mark <= positions[slot].TriggerMark : mark >= positions[slot].TriggerMark;

    private bool Before(int a, int b) => ofLongs ? positions[a].TriggerMark > positions[b].TriggerMark : positions[a].TriggerMark < positions[b].TriggerMark;

    private void Put(int at, int slot)
    {
        heap[at] = slot;
        positions[slot].IndexSlot = at;
    }

    private void Raise(int at)
    {
        var slot = heap[at];
        while (at > 0 && Before(slot, heap[(at - 1) / 2]))
        {
            Put(at, heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        Put(at, slot);
    }

    private void Sink(int at)
    {
        var slot = heap[at];
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Before(heap[child + 1], heap[child])) child++;
            if (!Before(heap[child], slot)) break;
            Put(at, heap[child]);
            at = child;
        }
        Put(at, slot);
    }
}
