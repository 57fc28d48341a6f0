using Sluice.Core.Collections;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.State;

/// <summary>The open legs of one side of a contract by the mark at which each is to be looked at, the nearest on top. Which of two equal ones is above the
/// other is of no account: whoever asks takes all that a mark has reached and puts them in an order of their own. A place has the leg's trigger too, so that a comparison
/// reads no leg. Its places come in pages from a store that all contracts
/// share, because nobody knows beforehand which of them will be the large ones.</summary>
public sealed class TriggerHeap
{
    private const int Pages = 64;                   // of a heap at first: 16,384 legs
    private const int PlaceBits = TriggerPages.Bits;

    private readonly PositionTable positions;
    private readonly bool ofLongs;
    private TriggerPlace[][] pages = new TriggerPlace[Pages][];
    private int used;                               // of them

    public TriggerHeap(PositionTable positions, bool ofLongs)
    {
        (this.positions, this.ofLongs) = (positions, ofLongs);
        pages[used++] = TriggerPages.New();
    }

    public int Count { get; private set; }

    /// <summary>Slots of all open legs, in no order that means anything.</summary>
    /// <param name="at">Below <see cref="Count"/>.</param>
    public int this[int at] => Place(at).Leg;

    /// <summary>Whether a mark has reached any.</summary>
    public bool IsReached(long mark) => Count > 0 && IsReachedBy(Place(0).Trigger, mark);

    public void Add(int slot)
    {
        if (Count == used << PlaceBits) Extend();
        ref var position = ref positions[slot];
        Place(Count) = new TriggerPlace(position.TriggerMark, slot);
        position.IndexSlot = Count++;
        Raise(Count - 1);
    }

    public void Remove(int slot)
    {
        var at = positions[slot].IndexSlot;
        positions[slot].IndexSlot = PositionTable.None;
        var last = Place(--Count);
        if (at == Count) return;
        Put(at, last);
        if (!Raise(at)) Sink(at);
    }

    /// <summary>A leg's trigger has changed.</summary>
    public void Moved(int slot)
    {
        ref readonly var position = ref positions[slot];
        var at = position.IndexSlot;
        Place(at).Trigger = position.TriggerMark;
        if (!Raise(at)) Sink(at);
    }

    /// <summary>Asks for where the next leg would be added, one place after the other.</summary>
    /// <param name="step">0: the heap itself; 1: the list of its pages; 2: the last page.</param>
    public static void Prefetch(TriggerHeap heap, int step)
    {
        if (step == 0) Cache.Prefetch(heap, Bytes);
        else if (step == 1) Cache.Prefetch(in heap.pages[unchecked((uint)heap.Count >> PlaceBits) % (uint)heap.pages.Length]);
        else if (heap.Count < heap.used << PlaceBits) Cache.Prefetch(in heap.Place(heap.Count));
    }

    private const int Bytes = 40;

    /// <summary>All legs that a mark has reached.</summary>
    public void Reached(long mark, List<int> into)
    {
        if (IsReached(mark)) Reached(0, mark, into);
    }

    public void Clear() => Count = 0;

    private void Reached(int at, long mark, List<int> into)
    {
        into.Add(Place(at).Leg);
        for (var child = 2 * at + 1; child <= 2 * at + 2 && child < Count; child++)
        {
            if (IsReachedBy(Place(child).Trigger, mark)) Reached(child, mark, into);
        }
    }

    private bool IsReachedBy(long trigger, long mark) => ofLongs ? mark <= trigger : mark >= trigger;

    private bool Before(in TriggerPlace a, in TriggerPlace b) => ofLongs ? a.Trigger > b.Trigger : a.Trigger < b.Trigger;

    private void Put(int at, in TriggerPlace place)
    {
        Place(at) = place;
        positions[place.Leg].IndexSlot = at;
    }

    // False where it stays: then those below may be before it.
    private bool Raise(int at)
    {
        var place = Place(at);
        var from = at;
        while (at > 0)
        {
            var above = (at - 1) / 2;
            if (!Before(place, Place(above))) break;
            Put(at, Place(above));
            at = above;
        }
        if (at == from) return false;
        Put(at, place);
        return true;
    }

    private void Sink(int at)
    {
        var place = Place(at);
        var from = at;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Before(Place(child + 1), Place(child))) child++;
            if (!Before(Place(child), place)) break;
            Put(at, Place(child));
            at = child;
        }
        if (at != from) Put(at, place);
    }

    private ref TriggerPlace Place(int at) => ref pages[at >> PlaceBits][at & (TriggerPages.Length - 1)];

    private void Extend()
    {
        if (used == pages.Length) Array.Resize(ref pages, pages.Length * 2);
        pages[used++] = positions.Pages.Take();
    }
}

/// <summary>A leg in a heap, and its trigger as it was told last.</summary>
internal record struct TriggerPlace(long Trigger, int Leg);

/// <summary>Pages of heaps that were taken ahead (<see cref="PositionTable.Reserve"/>): a heap that grows allocates nothing while there are any.</summary>
public sealed class TriggerPages
{
    internal const int Bits = 8;
    internal const int Length = 1 << Bits;

    private readonly Stack<TriggerPlace[]> free = new();

    /// <summary>Enough for so many legs, however they are spread; each heap has its first page of its own.</summary>
    public void Reserve(int legs)
    {
        for (var left = legs >> Bits; left > 0; left--) free.Push(New());
    }

    internal TriggerPlace[] Take() => free.TryPop(out var page) ? page : New();

    internal static TriggerPlace[] New() => new TriggerPlace[Length];
}
