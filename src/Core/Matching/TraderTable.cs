using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>One user's standing in one market with one wallet, 64 bytes: its accounts, its open orders, its rates. Orders refer to it by slot, so that
/// a fill needs no lookup.</summary>
public struct Trader
{
    public long MakerFee;           // own rate, −1 = the instrument's
    public long TakerFee;
    public int User;
    public int Instrument;
    public int Wallet;
    public int BaseAccount;         // ledger slots
    public int QuoteAccount;
    public int First;               // open orders in ascending id
    public int Last;
    public int OpenCount;
    public int StpGroup;            // main user (M-073)
    public int OpenTriggers;
    public bool Participant;
    public bool FeeToken;
    public bool UniqueText;
}

/// <summary>All traders, and the lists of their open orders through the pool.</summary>
public sealed class TraderTable(OrderPool pool)
{
    private readonly LongIntMap slots = new();
    private Slab<Trader> traders = new(256);

    public int Count { get; private set; }

    public ref Trader this[int slot] => ref traders[slot];

    /// <param name="kind">0 for the spot wallet, 1 for isolated margin.</param>
    public bool TryFind(int user, int instrument, int kind, out int slot) => slots.TryGet(Key(user, instrument, kind), out slot);

    /// <summary>Asks for the line in which a trader is looked up.</summary>
    public void Prefetch(int user, int instrument, int kind) => slots.Prefetch(Key(user, instrument, kind));

    /// <summary>Asks for a trader's own line.</summary>
    public void Prefetch(int slot) => traders.Prefetch(slot);

    public int Add(int user, int instrument, int kind, in Trader trader)
    {
        if (Count == traders.Length) traders.Grow(traders.Length * 2);
        var slot = Count++;
        traders[slot] = trader;
        slots.Add(Key(user, instrument, kind), slot);
        return slot;
    }

    public void Clear()
    {
        slots.Clear();
        Count = 0;
    }

    /// <summary>Appends an order to its trader's list; ids only grow, so the list stays in ascending id.</summary>
    public void Link(int orderSlot)
    {
        ref var order = ref pool.Orders[orderSlot];
        ref var trader = ref traders[order.Trader];
        order.TraderPrevious = trader.Last;
        order.TraderNext = OrderPool.None;
        if (trader.Last == OrderPool.None) trader.First = orderSlot;
        else pool.Orders[trader.Last].TraderNext = orderSlot;
        trader.Last = orderSlot;
        trader.OpenCount++;
    }

    public void Unlink(ref Order order)
    {
        ref var trader = ref traders[order.Trader];
        if (order.TraderPrevious == OrderPool.None) trader.First = order.TraderNext;
        else pool.Orders[order.TraderPrevious].TraderNext = order.TraderNext;
        if (order.TraderNext == OrderPool.None) trader.Last = order.TraderPrevious;
        else pool.Orders[order.TraderNext].TraderPrevious = order.TraderPrevious;
        trader.OpenCount--;
    }

    private static long Key(int user, int instrument, int kind) => ((long)user << 32) | ((long)kind << 24) | (uint)instrument;
}
