using System.Runtime.CompilerServices;
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
    public int NextOfBase;          // another one with the same base account, −1 = none
    public bool Participant;
    public bool FeeToken;
    public bool UniqueText;

    /// <summary>What an order of a side is paid from. Both are read and one is taken: nobody foresees a side, a jump on it least.</summary>
    public readonly int PaysFrom(Side side)
    {
        var (own, quote) = (BaseAccount, QuoteAccount);
        return side == Side.Buy ? quote : own;
    }
}

/// <summary>All traders, and the lists of their open orders through the pool. A trader is found by its base account, which names the first of those who
/// trade with it: whoever places an order needs the account anyway, and an index of a million traders would be one more place in memory.</summary>
public sealed class TraderTable(OrderPool pool, Ledger.Ledger ledger)
{
    private const int Few = 1 << 13;
    private const int Ahead = 4;            // so many new traders on, their line is asked for

    private Slab<Trader> traders = new(256);
    private MaskedTable<int> recent = new(Few);         // number + 1 of whoever was found last with that hash

    public int Count { get; private set; }

    public ref Trader this[int slot] => ref traders[slot];

    /// <summary>Room for so many traders that is taken now and not while commands run.</summary>
    public void Reserve(int count) => traders.Reserve(count);

    /// <summary>A shorter way while there are few: the one who was found last with the same hash, if it is the one asked for; else a null reference.</summary>
    public ref Trader Recalled(int user, int instrument, int wallet, out int slot)
    {
        slot = Count <= Few ? unchecked(recent[Hash(user, instrument)] - 1) : OrderPool.None;
        if (slot >= 0)
        {
            ref var trader = ref traders[slot];
            if (trader.User == user && trader.Instrument == instrument && trader.Wallet == wallet) return ref trader;
        }
        return ref Unsafe.NullRef<Trader>();
    }

    /// <summary>To be found by <see cref="Recalled"/>.</summary>
    public void Recall(int slot)
    {
        if (Count <= Few) recent[Hash(traders[slot].User, traders[slot].Instrument)] = slot + 1;
    }

    /// <param name="baseAccount">Of the user, in the wallet, of the instrument's base asset.</param>
    public bool TryFind(int baseAccount, int instrument, out int slot)
    {
        for (slot = First(baseAccount); slot != OrderPool.None; slot = traders[slot].NextOfBase)
        {
            if (traders[slot].Instrument == instrument) return true;
        }
        return false;
    }

    /// <summary>Asks for a trader's own line.</summary>
    public void Prefetch(int slot) => traders.Prefetch(slot);

    /// <summary>A new trader, its fields all zero but for the instrument and the base account; no order is open.</summary>
    public ref Trader Add(int baseAccount, int instrument, out int slot)
    {
        if (Count == traders.Length) traders.Extend();
        slot = Count++;
        ref var trader = ref traders[slot];
        trader = default;
        trader.Instrument = instrument;
        trader.BaseAccount = baseAccount;
        trader.First = trader.Last = OrderPool.None;
        ref var first = ref ledger.TradersOf(baseAccount);
        unchecked
        {
            trader.NextOfBase = first - 1;
            first = slot + 1;
            traders.Prefetch(slot + Ahead);
        }
        return ref trader;
    }

    public void Clear()
    {
        for (var slot = 0; slot < Count; slot++) ledger.TradersOf(traders[slot].BaseAccount) = 0;
        recent.Clear();
        Count = 0;
    }

    /// <summary>Appends an order to its trader's list; ids only grow, so the list stays in ascending id.</summary>
    public void Link(int orderSlot)
    {
        ref var order = ref pool.Orders[orderSlot];
        Link(ref traders[order.Trader], orderSlot, ref order);
    }

    /// <summary>The same for who has both at hand.</summary>
    public void Link(ref Trader trader, int orderSlot, ref Order order)
    {
        order.TraderPrevious = trader.Last;
        order.TraderNext = OrderPool.None;
        if (trader.Last == OrderPool.None) trader.First = orderSlot;
        else pool.Orders[trader.Last].TraderNext = orderSlot;
        trader.Last = orderSlot;
        unchecked               // no more than there are orders
        {
            trader.OpenCount++;
        }
    }

    public void Unlink(ref Trader trader, ref Order order)
    {
        if (order.TraderPrevious == OrderPool.None) trader.First = order.TraderNext;
        else pool.Orders[order.TraderPrevious].TraderNext = order.TraderNext;
        if (order.TraderNext == OrderPool.None) trader.Last = order.TraderPrevious;
        else pool.Orders[order.TraderNext].TraderPrevious = order.TraderPrevious;
        unchecked
        {
            trader.OpenCount--;
        }
    }

    private static uint Hash(int user, int instrument) => unchecked((uint)user + (uint)instrument * 0x9E37_79B9);

    private int First(int baseAccount) => ledger[baseAccount].Traders - 1;
}
