using System.Numerics;

namespace Sluice.Core.Collections;

/// <summary>Positive 64-bit keys to 32-bit values, open addressing with linear probing and backward-shift removal; grows, never shrinks, and
/// allocates only when it grows.</summary>
public sealed class LongIntMap
{
    private long[] keys;                // 0 = free
    private int[] values;
    private int mask;

    public LongIntMap(int capacity = 1024)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(capacity, 16));
        keys = new long[size];
        values = new int[size];
        mask = size - 1;
    }

    public int Count { get; private set; }

    public bool TryGet(long key, out int value)
    {
        var slots = keys;
        var slot = Slot(key);
        while (true)
        {
            var found = slots[slot];
            if (found == key)
            {
                value = values[slot];
                return key != 0;            // a free slot looks like key 0, which is no key
            }
            if (found == 0)
            {
                value = -1;
                return false;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(long key, int value)
    {
        if (Count * 3 >= keys.Length * 2) Grow();
        Insert(key, value);
        Count++;
    }

    public bool Remove(long key)
    {
        var slot = Slot(key);
        if (key == 0) return false;
        while (keys[slot] != key)
        {
            if (keys[slot] == 0) return false;
            slot = (slot + 1) & mask;
        }
        Count--;

        // Close the gap: whoever probed past this slot moves back into it.
        var free = slot;
        while (true)
        {
            slot = (slot + 1) & mask;
            var moved = keys[slot];
            if (moved == 0) break;
            var home = Slot(moved);
            if (((slot - home) & mask) < ((slot - free) & mask)) continue;
            keys[free] = moved;
            values[free] = values[slot];
            free = slot;
        }
        keys[free] = 0;
        return true;
    }

    public void Clear()
    {
        Array.Clear(keys);
        Count = 0;
    }

    // The high bits of the product depend on every bit of the key: dense keys and keys made of two halves (user, instrument) spread alike.
    private int Slot(long key) => unchecked((int)((ulong)key * 0x9E37_79B9_7F4A_7C15UL >> 32)) & mask;

    private void Insert(long key, int value)
    {
        var slot = Slot(key);
        while (keys[slot] != 0) slot = (slot + 1) & mask;
        keys[slot] = key;
        values[slot] = value;
    }

    private void Grow()
    {
        var (oldKeys, oldValues) = (keys, values);
        keys = new long[oldKeys.Length * 2];
        values = new int[keys.Length];
        mask = keys.Length - 1;
        for (var i = 0; i < oldKeys.Length; i++)
        {
            if (oldKeys[i] != 0) Insert(oldKeys[i], oldValues[i]);
        }
    }
}
