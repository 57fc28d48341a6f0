using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.State;

/// <summary>Every leg that was ever touched. A row stays (F-031), so a slot is good for as long as the process lives.</summary>
public sealed class PositionTable
{
    public const int None = -1;

    private Slab<Position> positions = new(64);

    public int Count { get; private set; }

    public ref Position this[int slot] => ref positions[slot];

    /// <summary>Asks for what margin and liquidation read of a leg.</summary>
    public void Prefetch(int slot) => positions.Prefetch(slot);

    /// <summary>Asks for all of a leg that will trade.</summary>
    public void PrefetchWhole(int slot) => positions.PrefetchLines(slot, 0, Position.Lines);

    /// <summary>Where the heaps of triggers grow from.</summary>
    public TriggerPages Pages { get; } = new();

    public void Reserve(int count)
    {
        positions.Reserve(count);
        Pages.Reserve(count);
    }

    public int Add(in Position position)
    {
        if (Count == positions.Length) positions.Extend();
        positions[Count] = position;
        positions.PrefetchLines(Count + SeatTable.Ahead, 0, Position.Lines);
        return Count++;
    }

    public void Clear() => Count = 0;
}

/// <summary>The sums of each user in each wallet of contracts.</summary>
public sealed class AccountTable
{
    private readonly LongIntMap slots = new();
    private Slab<MarginAccount> accounts = new(64);

    public int Count { get; private set; }

    public ref MarginAccount this[int slot] => ref accounts[slot];

    /// <summary>Asks for what an order reads of an account.</summary>
    public void Prefetch(int slot) => accounts.PrefetchLines(slot, 0, MarginAccount.OrderLines);

    /// <summary>Asks for all of it.</summary>
    public void PrefetchWhole(int slot) => accounts.PrefetchLines(slot, 0, MarginAccount.Lines);

    /// <summary>Where an account is looked up.</summary>
    public void Prefetch(int user, WalletId wallet) => slots.Prefetch(Key(user, wallet));

    public bool TryFind(int user, WalletId wallet, out int slot) => slots.TryGet(Key(user, wallet), out slot);

    public void Reserve(int count)
    {
        accounts.Reserve(count);
        slots.Reserve(count);
    }

    public int Add(WalletId wallet, in MarginAccount account)
    {
        if (Count == accounts.Length) accounts.Extend();
        accounts[Count] = account;
        accounts.PrefetchLines(Count + SeatTable.Ahead, 0, MarginAccount.Lines);
        slots.Add(Key(account.User, wallet), Count);
        return Count++;
    }

    public void Clear()
    {
        slots.Clear();
        Count = 0;
    }

    private static long Key(int user, WalletId wallet) => ((long)user << 8) | (uint)wallet.Value;
}

/// <summary>One user in one contract: settings, legs, open orders and what they ask, and the part of the account's sums that comes from here. Five cache lines: an order that
/// comes or goes reads the first three.</summary>
public struct Seat
{
    public const int Lines = 5;

    /// <summary>Lines that every order reads.</summary>
    public const int OrderLines = 3;

    /// <summary>Opening orders of each side at the prices of F-104, as if none met a position.</summary>
    public OrderSums Buys;
    public OrderSums Sells;

    // Second line.

    /// <summary>The same at their own prices, each rounded half-even (F-113).</summary>
    public Money BuyValue;
    public Money SellValue;

    /// <summary>What the account's sums count for the orders: an upper bound of F-106.</summary>
    public Money OrderMargin;

    /// <summary>Size of the one-way leg, as its position has it.</summary>
    public long Held;

    public int Account;
    public int Market;                  // place in the list of contracts

    // Third line. Liquidations of isolated legs that are not over; 0 = none.
    public long LongLiquidation;        // of Net and Long
    public long ShortLiquidation;

    public int User;
    public int First;                   // open orders in ascending id
    public int Last;
    public int OpenCount;
    public int ReduceCount;             // of them reduce-only or closing

    /// <summary>Slot of the one-way leg, −1 before the first touch: what an order meets.</summary>
    public int Net;

    /// <summary>The change of terms whose requirements of before its positions keep (F-169 step 4); 0 = none.</summary>
    public int Kept;

    /// <summary>Self-trade group (M-073).</summary>
    public int Group;

    public Leverage Leverage;           // of isolated legs
    public Leverage CrossLimit;         // of cross legs
    public bool IsCross;
    public bool IsSplit;                // the second seat, of the isolated legs of split mode (F-130)
    public bool IsOpen;                 // in the list of those with a position
    public bool Participant;
    public bool IsInexact;              // the order margin may be less than counted
    public bool IsTouched;              // by the running command
    public bool IsLongQueued;           // an isolated leg, net or long, waits for its liquidation
    public bool IsShortQueued;

    // Fourth line.

    /// <summary>What the account's sums count for cross legs, at the mark of <see cref="MarkVersion"/>.</summary>
    public Exposure Counted;

    /// <summary>How much the cross legs may contribute less than nothing before the account is looked at.</summary>
    public Money Cushion;

    // Fifth line.
    public int MarkVersion;
    public int Long;                    // slots of the legs of hedge mode
    public int Short;
    public int NextOfAccount;           // all seats of the account, the newest first
    public int NextOpen;                // those with a position
    public int PreviousOpen;
    public int OpenTriggers;
    public int OpenAutos;               // trailing and chase orders (M-110, M-111)

    /// <summary>When the isolated leg, net or long, and the short one were warned of last, if that was within the hour (F-187).</summary>
    public long LongCalledNanos;
    public long ShortCalledNanos;

    public Leverage ShortLeverage;      // of the isolated short one in split mode, where each has its own (F-132)

    /// <summary>An open isolated leg of it has margin added by itself (F-124): then, and only then, it is in <see cref="FuturesState.AutoMargins"/>.</summary>
    public bool AddsMargin;

    /// <summary>The leverage that counts for a leg.</summary>
    public readonly Leverage LeverageOf(Leg leg) => IsSplit && leg == Leg.Short && !IsCross ? ShortLeverage : Unsafe.Add(ref Unsafe.AsRef(in Leverage), Unsafe.BitCast<bool, byte>(IsCross));

    /// <summary>The leverage of the leg that an opening order of this side adds to.</summary>
    public readonly Leverage LeverageOf(Side side) => LeverageOf(side == Side.Sell ? Leg.Short : Leg.Long);

    // By index, as are both leverages: which side comes next is anybody's guess.

    /// <summary>Its opening orders of a side.</summary>
    [UnscopedRef]
    public readonly ref readonly OrderSums OrdersOf(Side side) => ref Unsafe.Add(ref Unsafe.AsRef(in Buys), (int)side & 1);

    /// <summary>The same, to be changed.</summary>
    public static ref OrderSums OrdersOf(ref Seat seat, Side side) => ref Unsafe.Add(ref seat.Buys, (int)side & 1);

    /// <summary>What they are worth at their own prices.</summary>
    [UnscopedRef]
    public readonly ref readonly Money OrderValueOf(Side side) => ref Unsafe.Add(ref Unsafe.AsRef(in BuyValue), (int)side & 1);

    /// <summary>The same, to be changed.</summary>
    public static ref Money OrderValueOf(ref Seat seat, Side side) => ref Unsafe.Add(ref seat.BuyValue, (int)side & 1);

    public readonly int SlotOf(Leg leg) => leg switch { Leg.Long => Long, Leg.Short => Short, _ => Net };
}

/// <summary>All seats, and the lists of their open orders through the pool.</summary>
public sealed class SeatTable(OrderPool pool)
{
    public const int None = -1;

    internal const int Ahead = 2;           // so many new seats, legs or accounts on, their lines are asked for

    private readonly LongIntMap slots = new();
    private Slab<Seat> seats = new(64);

    public int Count { get; private set; }

    public ref Seat this[int slot] => ref seats[slot];

    /// <summary>Asks for what an order reads of a seat.</summary>
    public void Prefetch(int slot) => seats.PrefetchLines(slot, 0, Seat.OrderLines);

    /// <summary>Asks for the rest: what a fill reads.</summary>
    public void PrefetchRest(int slot) => seats.PrefetchLines(slot, Seat.OrderLines, Seat.Lines - Seat.OrderLines);

    /// <summary>Where a seat is looked up.</summary>
    public void Prefetch(int user, int market) => slots.Prefetch(Key(user, market, split: false));

    public bool TryFind(int user, int market, out int slot, bool split = false) => slots.TryGet(Key(user, market, split), out slot);

    public void Reserve(int count)
    {
        seats.Reserve(count);
        slots.Reserve(count);
    }

    public int Add(in Seat seat)
    {
        if (Count == seats.Length) seats.Extend();
        seats[Count] = seat;
        seats.PrefetchLines(Count + Ahead, 0, Seat.Lines);
        slots.Add(Key(seat.User, seat.Market, seat.IsSplit), Count);
        return Count++;
    }

    public void Clear()
    {
        slots.Clear();
        Count = 0;
    }

    /// <summary>Appends an order to its seat's list; ids only grow, so the list stays in ascending id.</summary>
    public void Link(int orderSlot)
    {
        ref var order = ref pool.Orders[orderSlot];
        Link(orderSlot, ref seats[order.Trader], ref order);
    }

    /// <summary>The same for who has both at hand.</summary>
    public void Link(int orderSlot, ref Seat seat, ref Order order)
    {
        var last = seat.Last;
        order.TraderPrevious = last;
        order.TraderNext = OrderPool.None;
        if (last == OrderPool.None) seat.First = orderSlot;
        else pool.Orders[last].TraderNext = orderSlot;
        seat.Last = orderSlot;
        unchecked               // at most as many as the pool holds
        {
            seat.OpenCount++;
            if (OrderMarks.Reduces(order)) seat.ReduceCount++;
        }
    }

    public void Unlink(ref Seat seat, ref Order order)
    {
        var (previous, next) = (order.TraderPrevious, order.TraderNext);
        if (previous == OrderPool.None) seat.First = next;
        else pool.Orders[previous].TraderNext = next;
        if (next == OrderPool.None) seat.Last = previous;
        else pool.Orders[next].TraderPrevious = previous;
        unchecked               // it was counted
        {
            seat.OpenCount--;
            if (OrderMarks.Reduces(order)) seat.ReduceCount--;
        }
    }

    private static long Key(int user, int market, bool split) => ((long)(user + 1) << 24) | (split ? 1L << 23 : 0) | (uint)market;
}

/// <summary>What an order of the pool carries in its flags, in the words of contracts.</summary>
public static class OrderMarks
{
    public static Commands.ContractOrderFlags Of(OrderFlags flags) => (Commands.ContractOrderFlags)(byte)flags;

    public static OrderFlags Of(Commands.ContractOrderFlags flags) => (OrderFlags)(byte)flags;

    public static bool Reduces(OrderFlags flags) => (Of(flags) & (Commands.ContractOrderFlags.ReduceOnly | Commands.ContractOrderFlags.ClosePosition)) != 0;

    public static bool Reduces(in Order order) => Reduces(order.Flags);

    public static bool IsChased(in Order order) => (Of(order.Flags) & Commands.ContractOrderFlags.Chase) != 0;
}
