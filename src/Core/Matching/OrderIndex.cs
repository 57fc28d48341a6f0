using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>Order id to slot, open addressing: eight bytes an entry, half of the id beside the slot. The other half is in the order itself, which
/// whoever looks it up reads anyway. Grows, never shrinks, and allocates only when it grows.</summary>
public sealed class OrderIndex(OrderPool pool)
{
    private Slab<ulong> entries = new(1024);        // slot + 1 above, the id's low half below; 0 = free
    private int shift = 64 - 8;

    public int Count { get; private set; }

    public bool TryGet(long id, out int slot)
    {
        var table = entries;
        for (var at = Home(unchecked((uint)id)); ; at = Next(at, table.Length))
        {
            var entry = table[at];
            if (entry == 0) break;
            if (unchecked((uint)entry) != unchecked((uint)id)) continue;
            slot = SlotOf(entry);
            if (pool.Orders[slot].Id == id) return true;
        }
        slot = OrderPool.None;
        return false;
    }

    /// <summary>Asks for the line in which an id is looked up.</summary>
    public void Prefetch(long id) => entries.Prefetch(Home(unchecked((uint)id)));

    /// <summary>Where an id probably is, without a look at the order itself; a place that does not exist when it is nowhere.</summary>
    public int Guess(long id)
    {
        var table = entries;
        for (var at = Home(unchecked((uint)id)); ; at = Next(at, table.Length))
        {
            var entry = table[at];
            if (entry == 0 || unchecked((uint)entry) == unchecked((uint)id)) return SlotOf(entry);
        }
    }

    /// <summary>Adds an id that is not there.</summary>
    public void Add(long id, int slot)
    {
        if (Count * 2 >= entries.Length) Resize(entries.Length * 2);            // half full at most: short runs are cheap to search and to close
        Insert(Entry(id, slot));
        Count++;
    }

    /// <summary>Takes out an id that is there.</summary>
    public void Remove(long id, int slot)
    {
        var table = entries;
        var entry = Entry(id, slot);
        var free = Home(unchecked((uint)id));
        while (table[free] != entry) free = Next(free, table.Length);
        Count--;

        // Close the gap: whoever probed past this place moves back into it.
        for (var at = Next(free, table.Length); table[at] != 0; at = Next(at, table.Length))
        {
            var home = Home(unchecked((uint)table[at]));
            if (((at - home) & (table.Length - 1)) < ((at - free) & (table.Length - 1))) continue;
            table[free] = table[at];
            free = at;
        }
        table[free] = 0;
    }

    /// <summary>Room for so many without growing.</summary>
    public void Reserve(int orders)
    {
        var length = entries.Length;
        while (length <= orders * 2L) length = checked(length * 2);
        if (length > entries.Length) Resize(length);
    }

    public void Clear()
    {
        entries.Clear();
        Count = 0;
    }

    private static ulong Entry(long id, int slot) => unchecked(((ulong)(slot + 1) << 32) | (uint)id);

    // None for a free entry.
    private static int SlotOf(ulong entry) => unchecked((int)(entry >> 32) - 1);

    private static int Next(int at, int length) => unchecked(at + 1) & unchecked(length - 1);

    // Ids are consecutive: multiplied by the golden ratio they spread evenly, where any run of them would make one long cluster. Four at a time
    // stay together: they fill half a cache line, so that a new order mostly finds its entry where the one before has just been.
    private int Home(uint low) => unchecked(((int)((low >> 2) * 0x9E37_79B9_7F4A_7C15UL >> shift) << 2) | (int)(low & 3));

    private void Insert(ulong entry)
    {
        var at = Home(unchecked((uint)entry));
        while (entries[at] != 0) at = Next(at, entries.Length);
        entries[at] = entry;
    }

    private void Resize(int length)
    {
        var old = entries;
        entries = new Slab<ulong>(length);
        entries.Clear();                                    // touched now, not by whoever adds
        shift = 64 + 2 - int.Log2(length);                  // a home is a group of four
        foreach (var entry in old.AsSpan(0, old.Length))
        {
            if (entry != 0) Insert(entry);
        }
    }
}
