namespace Sluice.Core.Matching;

/// <summary>One resting order in the pool, 96 bytes. It is in one place of one queue: an iceberg shows one slice at a time (M-062).</summary>
public struct Order
{
    public long Id;
    public long Price;
    public long Size;               // original or amended, filled part included
    public long Left;               // visible and hidden
    public long Visible;            // of the slice in the queue; equals Left for an ordinary order
    public long Iceberg;            // displayed size, 0 = ordinary
    public long MakerRate;          // frozen at acceptance (M-008)
    public long TakerRate;
    public int Next;                // in the queue of its level
    public int Previous;
    public int Level;
    public int Trader;              // slot of (user, wallet, instrument)
    public int TraderNext;          // the trader's open orders in ascending id
    public int TraderPrevious;
    public int SliceEpoch;          // the operation that queued the visible slice (M-064)
    public Side Side;
    public TimeInForce TimeInForce;
    public OrderFlags Flags;
    private byte marks;             // 1: attached; the rest: self-trade action

    /// <summary>Take-profit or stop-loss hang on it (M-107).</summary>
    public bool HasAttached
    {
        readonly get => (marks & 1) != 0;
        set => marks = (byte)((marks & ~1) | (value ? 1 : 0));
    }

    /// <summary>Asked for when it was placed; it decides when an amend makes the order a taker again (M-070, M-092).</summary>
    public SelfTradeAction StpAction
    {
        readonly get => (SelfTradeAction)(marks >> 1);
        set => marks = (byte)((marks & 1) | ((int)value << 1));
    }
}

/// <summary>The orders resting at one price, first come first served, as links into the pool.</summary>
public struct Level
{
    public long Price;
    public long Visible;            // sum of visible slices; what depth shows
    public long Total;              // hidden quantity included
    public int First;
    public int Last;
    public int TouchedEpoch;        // already in the list of changed levels of this operation
    public Side Side;
}

/// <summary>Orders and levels of all books, in arrays that are reused: no allocation once as large as the venue has ever been.</summary>
public sealed class OrderPool
{
    public const int None = -1;

    public Order[] Orders = new Order[256];
    public Level[] Levels = new Level[256];
    private int firstFreeOrder = None;
    private int firstFreeLevel = None;
    private int usedOrders;
    private int usedLevels;

    /// <summary>Order id to slot, over all books.</summary>
    public OrderIndex ById { get; }

    public OrderPool() => ById = new OrderIndex(this);

    public int TakeOrder()
    {
        if (firstFreeOrder != None)
        {
            var slot = firstFreeOrder;
            firstFreeOrder = Orders[slot].Next;
            return slot;
        }
        if (usedOrders == Orders.Length) Array.Resize(ref Orders, Larger(Orders.Length));
        return usedOrders++;
    }

    public void ReturnOrder(int slot)
    {
        Orders[slot].Next = firstFreeOrder;
        Orders[slot].Id = 0;
        firstFreeOrder = slot;
    }

    public int TakeLevel()
    {
        if (firstFreeLevel != None)
        {
            var slot = firstFreeLevel;
            firstFreeLevel = Levels[slot].First;
            return slot;
        }
        if (usedLevels == Levels.Length) Array.Resize(ref Levels, Larger(Levels.Length));
        return usedLevels++;
    }

    public void ReturnLevel(int slot)
    {
        Levels[slot].First = firstFreeLevel;
        firstFreeLevel = slot;
    }

    public void Clear()
    {
        firstFreeOrder = firstFreeLevel = None;
        usedOrders = usedLevels = 0;
        ById.Clear();
    }

    private static int Larger(int length) => length < 65536 ? length * 2 : length + length / 2;
}
