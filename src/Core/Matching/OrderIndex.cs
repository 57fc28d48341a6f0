using System.Runtime.CompilerServices;
using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>Order id to slot. Ids are consecutive, and most orders are gone before many more have come: a table of slots by the low bits of the id finds nearly all of them at once, and
/// the place of the next order is beside that of the last one. Whoever finds its place taken moves the older order into a map. Which id a slot has is in the order itself, which whoever
/// looks it up reads anyway. Grows, never shrinks, and allocates only when it grows.</summary>
public sealed class OrderIndex(OrderPool pool)
{
    private const int LeastBits = 9;

    private readonly LongIntMap older = new();
    private MaskedTable<int> recent = new(1 << LeastBits);          // slot + 1; 0 = free
    private int room = Room(1 << LeastBits);

    public int Count { get; private set; }

    public bool TryGet(long id, out int slot) => !Unsafe.IsNullRef(in Find(id, out slot));

    /// <summary>The order itself; a null reference when there is none.</summary>
    public ref Order Find(long id, out int slot)
    {
        slot = unchecked(recent[Low(id)] - 1);
        if (slot >= 0)
        {
            ref var order = ref pool.Orders[slot];
            if (order.Id == id) return ref order;
        }
        return ref older.TryGet(id, out slot) ? ref pool.Orders[slot] : ref Unsafe.NullRef<Order>();
    }

    /// <summary>Asks for the line in which an id is looked up.</summary>
    public void Prefetch(long id) => recent.Prefetch(Low(id));

    /// <summary>Where an id probably is, without a look at the order itself; a place that does not exist when it is nowhere.</summary>
    public int Guess(long id)
    {
        var entry = recent[Low(id)];
        return entry != 0 ? entry - 1 : older.TryGet(id, out var slot) ? slot : OrderPool.None;
    }

    /// <summary>Adds an id that is not there.</summary>
    public void Add(long id, int slot)
    {
        if (Count == room) Widen(recent.Length * 2);
        ref var place = ref recent[Low(id)];
        if (place != 0) older.Add(pool.Orders[place - 1].Id, place - 1);
        unchecked               // slots and their count are far below 2^31
        {
            place = slot + 1;
            Count++;
        }
    }

    /// <summary>Takes out an id that is there.</summary>
    public void Remove(long id, int slot)
    {
        unchecked
        {
            ref var place = ref recent[Low(id)];
            if (place == slot + 1) place = 0;
            else older.Remove(id);
            Count--;
        }
    }

    /// <summary>Room for so many without growing, if no more than an eighth of them is older than four times as many.</summary>
    public void Reserve(int orders)
    {
        var length = recent.Length;
        while (Room(length) < orders) length = checked(length * 2);
        if (length > recent.Length) Widen(length);
        older.Reserve(orders / 8);
    }

    public void Clear()
    {
        recent.Clear();
        older.Clear();
        Count = 0;
    }

    private static uint Low(long id) => unchecked((uint)id);

    // A place for each of four ids: an order is found here until four times as many have come as rest.
    private static int Room(int length) => length / 4;

    // Whoever had a place of its own has one in a table twice as long.
    private void Widen(int length)
    {
        var old = recent;
        recent = new MaskedTable<int>(length);
        room = Room(length);
        foreach (var entry in old.All)
        {
            if (entry != 0) recent[Low(pool.Orders[entry - 1].Id)] = entry;
        }
    }
}
