using System.Runtime.CompilerServices;
using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>One resting order in the pool, 64 bytes: one cache line. It is in one place of one queue: an iceberg shows one slice at a time (M-062).</summary>
public struct Order
{
    public long Id;
    public long Price;
    public long Size;               // original or amended, filled part included
    public long Left;               // visible and hidden
    public int Next;                // in the queue of its level
    public int Previous;
    public int Level;
    public int Trader;              // slot of (user, wallet, instrument)
    public int TraderNext;          // the trader's open orders in ascending id
    public int TraderPrevious;
    public int Rates;               // of OrderPool.Rates: frozen at acceptance (M-008)
    public Side Side;
    public TimeInForce TimeInForce;
    public OrderFlags Flags;
    private byte marks;             // 1: attached, 2: iceberg; the rest: self-trade action

    /// <summary>Take-profit or stop-loss hang on it (M-107).</summary>
    public readonly bool HasAttached => (marks & Attached) != 0;

    /// <summary>What it shows is less than what is left: its slice is in <see cref="OrderPool.Slices"/>.</summary>
    public bool IsIceberg
    {
        readonly get => (marks & Iceberg) != 0;
        internal set => marks = (byte)((marks & ~Iceberg) | (value ? Iceberg : 0));
    }

    /// <summary>Asked for when it was placed; it decides when an amend makes the order a taker again (M-070, M-092).</summary>
    public readonly SelfTradeAction StpAction => (SelfTradeAction)(marks >> ActionShift);

    /// <summary>Of a new order, which is no iceberg before it rests as one.</summary>
    public void Mark(bool attached, SelfTradeAction action) => marks = unchecked((byte)(((int)action << ActionShift) | (attached ? Attached : 0)));

    private const int Attached = 1;
    private const int Iceberg = 2;
    private const int ActionShift = 2;
}

/// <summary>What an iceberg shows (M-060, M-062). Few orders are one, so it stands beside the orders and not in them.</summary>
public struct Slice
{
    public long Displayed;          // size of a slice
    public long Visible;            // of the slice in the queue
    public int Epoch;               // the operation that queued it (M-064)
}

/// <summary>The orders resting at one price, first come first served, as links into the pool. 32 bytes: two in a cache line.</summary>
public struct Level
{
    public long Price;
    public long Visible;            // sum of visible slices; what depth shows
    public int First;
    public int Last;
    public int TouchedEpoch;        // already in the list of changed levels of this operation
    private uint rest;              // side below, icebergs in the queue above

    public Side Side
    {
        readonly get => unchecked((Side)(rest & 1));
        init => rest = (uint)value;
    }

    public int Icebergs
    {
        readonly get => unchecked((int)(rest >> 1));
        internal set => rest = unchecked((uint)value << 1) | (rest & 1);
    }
}

/// <summary>Slots of the levels at sixteen neighbouring prices: one line of cache. Which of them mean anything, the side's own list of blocks says.</summary>
[InlineArray(Levels)]
internal struct LevelBlock
{
    public const int Bits = 4;
    public const int Levels = 1 << Bits;

    private int first;
}

/// <summary>Maker and taker rate of an order, in 10^-12.</summary>
public readonly record struct RatePair(long Maker, long Taker);

/// <summary>Orders and levels of all books, in slabs that are reused: no allocation once as large as the venue has ever been.</summary>
public sealed class OrderPool
{
    public const int None = -1;

    private Slab<Order> orders = new(256);
    private Slab<Level> levels = new(256);
    private Slab<LevelBlock> blocks = new(64);
    private int firstFreeOrder = None;
    private int firstFreeLevel = None;
    private int firstFreeBlock = None;
    private const int Ahead = 4;            // so many new orders on, their line is asked for
    private int usedOrders;
    private int usedLevels;
    private int usedBlocks;

    public OrderPool() => ById = new OrderIndex(this);

    public ref Slab<Order> Orders => ref orders;

    public ref Slab<Level> Levels => ref levels;

    /// <summary>Where the levels at neighbouring prices are.</summary>
    internal ref Slab<LevelBlock> Blocks => ref blocks;

    /// <summary>What the running operation has changed, in whichever book.</summary>
    internal ChangedLevels Changed { get; } = new();

    /// <summary>The frozen rates that orders name.</summary>
    public RateTable Rates { get; } = new();

    /// <summary>Slices of the icebergs that rest, by order slot.</summary>
    internal Dictionary<int, Slice> Slices { get; } = [];

    /// <summary>Order id to slot, over all books.</summary>
    public OrderIndex ById { get; }

    /// <summary>How much of a resting order its queue shows: everything, or an iceberg's slice.</summary>
    public long VisibleOf(int slot)
    {
        ref readonly var order = ref Orders[slot];
        return order.IsIceberg ? Slices[slot].Visible : order.Left;
    }

    /// <summary>An iceberg's displayed size, 0 for an ordinary order (M-060).</summary>
    public long DisplayedOf(int slot) => Orders[slot].IsIceberg ? Slices[slot].Displayed : 0;

    /// <summary>What all orders of a level have left, hidden quantity included.</summary>
    public long TotalOf(in Level level)
    {
        if (level.Icebergs == 0) return level.Visible;
        long total = 0;
        for (var slot = level.First; slot != None; slot = Orders[slot].Next) total += Orders[slot].Left;
        return total;
    }

    /// <summary>More orders than a cache holds: then it pays to ask for them early.</summary>
    public bool IsLarge => usedOrders > 16 * 1024;

    /// <summary>Asks for the line of an order that will be looked up.</summary>
    public void PrefetchOrder(long id) => Orders.Prefetch(ById.Guess(id));

    /// <summary>Once that is there: asks for its level.</summary>
    public void PrefetchLevel(long id)
    {
        var slot = ById.Guess(id);
        if (slot != None) Levels.Prefetch(Orders[slot].Level);
    }

    /// <summary>No slice may seem to be of an operation that has yet to come, and no level changed by it.</summary>
    internal void ForgetEpochs()
    {
        foreach (var slot in Slices.Keys.ToArray()) Slices[slot] = Slices[slot] with { Epoch = 0 };
        for (var slot = 0; slot < usedLevels; slot++) Levels[slot].TouchedEpoch = 0;
    }

    /// <summary>Room for so many resting orders and the prices at which they rest that is taken now and not while commands run.</summary>
    /// <param name="levelCount">In whole blocks of <see cref="LevelBlock.Levels"/> neighbouring prices; those with orders are no more than orders.</param>
    public void Reserve(int orderCount, int levelCount)
    {
        orders.Reserve(orderCount);
        levels.Reserve(int.Min(orderCount, levelCount));
        blocks.Reserve(checked(levelCount + LevelBlock.Levels - 1) / LevelBlock.Levels);
        ById.Reserve(orderCount);
    }

    public int TakeOrder()
    {
        TakeOrder(out var slot);
        return slot;
    }

    /// <summary>The same with the order itself, in which is left what was there before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Order TakeOrder(out int slot)
    {
        slot = firstFreeOrder;
        if (slot == None) return ref AnotherOrder(out slot);
        ref var order = ref orders[slot];
        firstFreeOrder = order.Next;
        return ref order;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref Order AnotherOrder(out int slot)
    {
        if (usedOrders == orders.Length) orders.Extend();
        slot = usedOrders++;
        orders.Prefetch(slot + Ahead);
        return ref orders[slot];
    }

    public void ReturnOrder(int slot) => ReturnOrder(slot, ref Orders[slot]);

    /// <summary>The same for who has the order at hand.</summary>
    public void ReturnOrder(int slot, ref Order order)
    {
        if (order.IsIceberg) Slices.Remove(slot);
        order.Next = firstFreeOrder;
        order.Id = 0;
        firstFreeOrder = slot;
    }

    /// <summary>A slot for a level; the one given back last is still in the nearest cache. What stands in it is left from before.</summary>
    internal ref Level TakeLevel(out int slot)
    {
        slot = firstFreeLevel;
        if (slot == None)
        {
            if (usedLevels == Levels.Length) levels.Extend();
            slot = usedLevels++;
            return ref levels[slot];
        }
        ref var level = ref levels[slot];
        firstFreeLevel = level.First;
        return ref level;
    }

    internal void ReturnLevel(int slot, ref Level level)
    {
        level.First = firstFreeLevel;
        firstFreeLevel = slot;
    }

    /// <summary>A block for neighbouring prices; what stands in it is left from before.</summary>
    internal int TakeBlock()
    {
        if (firstFreeBlock != None)
        {
            var slot = firstFreeBlock;
            firstFreeBlock = Blocks[slot][0];
            return slot;
        }
        if (usedBlocks == Blocks.Length) blocks.Extend();
        return usedBlocks++;
    }

    internal void ReturnBlock(int slot)
    {
        Blocks[slot][0] = firstFreeBlock;
        firstFreeBlock = slot;
    }

    public void Clear()
    {
        firstFreeOrder = firstFreeLevel = firstFreeBlock = None;
        usedOrders = usedLevels = usedBlocks = 0;
        Slices.Clear();
        ById.Clear();
    }
}
