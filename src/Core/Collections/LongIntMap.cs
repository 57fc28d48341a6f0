using System.Numerics;

namespace Sluice.Core.Collections;

/// <summary>Positive 64-bit keys to 32-bit values, open addressing with linear probing and backward-shift removal; grows, never shrinks, and
/// allocates only when it grows.</summary>
public sealed class LongIntMap
{
    private MaskedTable<Entry> entries;         // key and value side by side: one cache line a look-up

    public LongIntMap(int capacity = 1024)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(capacity, 16));
        entries = new MaskedTable<Entry>(size);
    }

    public int Count { get; private set; }

    public bool TryGet(long key, out int value)
    {
        var table = entries;
        var slot = Slot(key);
        while (true)
        {
            ref readonly var found = ref table[slot];
            if (found.Key == key)
            {
                value = found.Value;
                return key != 0;            // a free slot looks like key 0, which is no key
            }
            if (found.Key == 0)
            {
                value = -1;
                return false;
            }
            slot = unchecked(slot + 1);
        }
    }

    /// <summary>Asks for the line in which a key is looked up.</summary>
    public void Prefetch(long key) => entries.Prefetch(Slot(key));

    /// <summary>Adds a key that is not there.</summary>
    public void Add(long key, int value)
    {
        if (Count * 3 >= entries.Length * 2) Grow();
        Insert(key, value);
        Count++;
    }

    public bool Remove(long key)
    {
        var slot = Slot(key);
        if (key == 0) return false;
        while (entries[slot].Key != key)
        {
            if (entries[slot].Key == 0) return false;
            slot = unchecked(slot + 1);
        }
        Count--;

        var mask = unchecked((uint)entries.Length - 1);

        // Close the gap: whoever probed past this slot moves back into it.
        var free = slot;
        while (true)
        {
            slot = unchecked(slot + 1);
            var moved = entries[slot];
            if (moved.Key == 0) break;
            var home = Slot(moved.Key);
            if ((unchecked(slot - home) & mask) < (unchecked(slot - free) & mask)) continue;
            entries[free] = moved;
            free = slot;
        }
        entries[free] = default;
        return true;
    }

    /// <summary>Room for so many keys, all of it touched; while it is empty.</summary>
    public void Reserve(int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(checked(count / 2 * 3 + 16), 16));
        if (Count != 0 || size <= entries.Length) return;
        entries = new MaskedTable<Entry>(size);
    }

    public void Clear()
    {
        entries.Clear();
        Count = 0;
    }

    // The high bits of the product depend on every bit of the key: dense keys and keys made of two halves (user, instrument) spread alike.
    private static uint Slot(long key) => unchecked((uint)((ulong)key * 0x9E37_79B9_7F4A_7C15UL >> 32));

    private void Insert(long key, int value)
    {
        var slot = Slot(key);
        while (entries[slot].Key != 0) slot = unchecked(slot + 1);
        entries[slot] = new Entry { Key = key, Value = value };
    }

    private void Grow()
    {
        var old = entries;
        entries = new MaskedTable<Entry>(old.Length * 2);
        foreach (ref readonly var entry in old.All)
        {
            if (entry.Key != 0) Insert(entry.Key, entry.Value);
        }
    }

    private struct Entry
    {
        public long Key;                // 0 = free
        public int Value;
    }
}
