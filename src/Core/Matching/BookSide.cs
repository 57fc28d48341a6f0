namespace Sluice.Core.Matching;

/// <summary>The levels of one side in a sorted array, worst first and best last: nearly every change is near the touch, and the end of an array
/// is its cheap end. Prices are kept as keys that grow toward the best: the price itself for bids, its negation for asks.</summary>
public sealed class BookSide(Side side)
{
    // 0 or −1: (x ^ sign) − sign is x or −x without a jump; which side an order is on is anybody's guess, the branch predictor's too.
    private readonly long sign = side == Side.Buy ? 0 : -1;
    private long[] keys = new long[64];
    private int[] levels = new int[64];

    public Side Side { get; } = side;

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    /// <summary>Slot of the best level; only when not empty.</summary>
    public int Best => levels[Count - 1];

    public long BestKey => keys[Count - 1];

    /// <summary>Slot of the n-th best level, 0 = best.</summary>
    public int FromBest(int n) => levels[Count - 1 - n];

    public long Key(long price) => unchecked((price ^ sign) - sign);

    public long PriceOf(long key) => Key(key);

    /// <summary>The slot at a price, or −1 with the place where it would stand.</summary>
    public int Find(long price, out int place)
    {
        var key = Key(price);
        place = Count;
        if (Count == 0 || key > keys[Count - 1]) return OrderPool.None;

        // Between a key and the best there are at most as many levels as ticks: in a dense book the place is there or just above, so the
        // search strides up from there before it halves.
        var ticks = keys[Count - 1] - key;
        var low = ticks < Count ? Count - 1 - (int)ticks : 0;
        var high = Count - 1;                   // keys[high] ≥ key
        for (var stride = 1; low + stride < high; stride *= 2)
        {
            if (keys[low] >= key)
            {
                high = low;
                break;
            }
            if (keys[low + stride] >= key)
            {
                high = low + stride;
                low++;
                break;
            }
            low += stride + 1;
        }
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (keys[middle] < key) low = middle + 1;
            else high = middle;
        }
        place = low;
        return keys[low] == key ? levels[low] : OrderPool.None;
    }

    public void Insert(int place, long price, int level)
    {
        if (Count == keys.Length)
        {
            Array.Resize(ref keys, keys.Length * 2);
            Array.Resize(ref levels, levels.Length * 2);
        }
        keys.AsSpan(place, Count - place).CopyTo(keys.AsSpan(place + 1));
        levels.AsSpan(place, Count - place).CopyTo(levels.AsSpan(place + 1));
        keys[place] = Key(price);
        levels[place] = level;
        Count++;
    }

    public void Remove(long price)
    {
        Find(price, out var place);
        keys.AsSpan(place + 1, Count - place - 1).CopyTo(keys.AsSpan(place));
        levels.AsSpan(place + 1, Count - place - 1).CopyTo(levels.AsSpan(place));
        Count--;
    }

    public void Clear() => Count = 0;
}
