using System.Numerics;
using System.Runtime.CompilerServices;
using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>The levels of one side. Prices are kept as keys that grow toward the best: the price itself for bids, its negation for asks. Sixteen
/// neighbouring keys make a block, which names their levels in the pool; blocks with any level stand in a sorted array, worst first, each with a
/// bit for every key that has one. A dense book is a few blocks that are found by arithmetic; a sparse one is a sorted array.</summary>
public sealed class BookSide
{
    private const long None = long.MinValue;

    // 0 or −1: (x ^ sign) − sign is x or −x without a jump; which side an order is on is anybody's guess, the branch predictor's too.
    private readonly long sign;
    private readonly OrderPool pool;
    private Slab<Block> blocks = new(64);          // 1,024 prices beside each other
    private int used;                   // of blocks

    internal BookSide(Side side, OrderPool pool)
    {
        (Side, this.pool) = (side, pool);
        sign = side == Side.Buy ? 0 : -1;
    }

    public Side Side { get; }

    /// <summary>Of levels.</summary>
    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    /// <summary>Slot of the best level; only when not empty.</summary>
    public int Best { get; private set; } = OrderPool.None;

    /// <summary>Below every key when empty: nothing crosses it.</summary>
    public long BestKey { get; private set; } = None;

    public long Key(long price) => unchecked((price ^ sign) - sign);

    public long PriceOf(long key) => Key(key);

    /// <summary>Slot of the n-th best level, 0 = best. Steps over whole blocks.</summary>
    public int FromBest(int n)
    {
        for (var at = used - 1; ; at--)
        {
            ref readonly var block = ref blocks[at];
            var here = BitOperations.PopCount(block.Levels);
            if (n >= here)
            {
                n -= here;
                continue;
            }
            var bits = block.Levels;
            for (; n > 0; n--) bits ^= 1u << BitOperations.Log2(bits);
            return pool.Blocks[block.Slots][BitOperations.Log2(bits)];
        }
    }

    /// <summary>The slot at a price, or −1.</summary>
    public int Find(long price)
    {
        var key = Key(price);
        if (!TryFind(key >> LevelBlock.Bits, out var at)) return OrderPool.None;
        ref readonly var block = ref blocks[at];
        return (block.Levels >> Offset(key) & 1) == 0 ? OrderPool.None : pool.Blocks[block.Slots][Offset(key)];
    }

    /// <summary>The slot at a price, of an empty level where there was none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrMake(long price, out bool made)
    {
        var key = Key(price);
        ref var block = ref Usual(key >> LevelBlock.Bits);
        if (Unsafe.IsNullRef(ref block)) block = ref FindOrOpen(key >> LevelBlock.Bits);
        ref var place = ref pool.Blocks[block.Slots][Offset(key)];
        made = (block.Levels >> Offset(key) & 1) == 0;
        return made ? Make(price, key, ref block, ref place) : place;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Make(long price, long key, ref Block block, ref int place)
    {
        block.Levels |= 1u << Offset(key);
        pool.TakeLevel(out var slot) = new Level { Price = price, First = OrderPool.None, Last = OrderPool.None, Side = Side };
        place = slot;               // written and not read back: nobody waits for its line
        Count++;
        if (key > BestKey) (BestKey, Best) = (key, slot);
        return slot;
    }

    /// <summary>Takes out the level that is there; its slot stays the caller's.</summary>
    public void Remove(long price)
    {
        var key = Key(price);
        TryFind(key >> LevelBlock.Bits, out var at);
        ref var block = ref blocks[at];
        block.Levels ^= 1u << Offset(key);
        Count--;
        if (block.Levels == 0) Close(at);
        if (key == BestKey) FindBest();
    }

    /// <summary>Asks for the place where the block of a price is if none is missing between it and the best one.</summary>
    public void PrefetchBlock(long price) => blocks.Prefetch(unchecked(used - 1 - (int)((BestKey >> LevelBlock.Bits) - (Key(price) >> LevelBlock.Bits))));

    /// <summary>Asks for where the levels around a price are named.</summary>
    public void PrefetchPlaces(long price)
    {
        if (TryFind(Key(price) >> LevelBlock.Bits, out var at)) pool.Blocks.Prefetch(blocks[at].Slots);
    }

    private static int Offset(long key) => unchecked((int)key) & (LevelBlock.Levels - 1);

    // The block of a number if none is missing between it and the best one, as nearly always; or nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Block Usual(long number)
    {
        unchecked               // as in TryFind
        {
            var away = (ulong)((BestKey >> LevelBlock.Bits) - number);
            if (away >= (ulong)used) return ref Unsafe.NullRef<Block>();
            ref var block = ref blocks[used - 1 - (int)away];
            return ref block.Number == number ? ref block : ref Unsafe.NullRef<Block>();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref Block FindOrOpen(long number)
    {
        if (!Search(number, out var at)) Open(at, number);
        return ref blocks[at];
    }

    // Where the block stands, or would stand. Where prices are dense no block is missing, and its distance from the best one is its place.
    private bool TryFind(long number, out int at)
    {
        unchecked               // keys are below 2^62 on either side of zero, and that of an empty side is below them all
        {
            var away = (BestKey >> LevelBlock.Bits) - number;
            if (away < 0)
            {
                at = used;
                return false;
            }
            at = used - 1 - (int)away;
            return (away < used && blocks[at].Number == number) || Search(number, out at);
        }
    }

    private bool Search(long number, out int at)
    {
        var low = 0;
        var high = used;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (blocks[middle].Number < number) low = middle + 1;
            else high = middle;
        }
        at = low;
        return low < used && blocks[low].Number == number;
    }

    private void Open(int at, long number)
    {
        if (used == blocks.Length) blocks.Grow(used * 2);
        blocks.AsSpan(at, used - at).CopyTo(blocks.AsSpan(at + 1, used - at));
        blocks[at] = new Block { Number = number, Slots = pool.TakeBlock() };
        used++;
    }

    private void Close(int at)
    {
        pool.ReturnBlock(blocks[at].Slots);
        blocks.AsSpan(at + 1, used - at - 1).CopyTo(blocks.AsSpan(at, used - at - 1));
        used--;
    }

    private void FindBest()
    {
        if (used == 0)
        {
            (BestKey, Best) = (None, OrderPool.None);
            return;
        }
        ref readonly var block = ref blocks[used - 1];
        var offset = BitOperations.Log2(block.Levels);
        (BestKey, Best) = ((block.Number << LevelBlock.Bits) | (long)offset, pool.Blocks[block.Slots][offset]);
    }

    private struct Block
    {
        public long Number;             // key / 16
        public int Slots;               // of OrderPool.Blocks: where its levels are
        public uint Levels;             // bit n: key 16 · Number + n has a level
    }
}
