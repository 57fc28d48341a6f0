using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Core.Matching;

/// <summary>One order book by price, then time (M-001, M-030). It knows prices, sizes and queues; what a fill means in money is the product's
/// <see cref="IFillSettlement"/>.</summary>
public sealed class OrderBook(InstrumentId instrument, OrderPool pool)
{
    private readonly ChangedLevels changed = pool.Changed;
    private readonly Sides sides = new(pool);
    private long announcedBid, announcedBidSize, announcedAsk, announcedAskSize;

    public InstrumentId Instrument { get; } = instrument;

    public BookSide Bids => sides[0];

    public BookSide Asks => sides[1];

    /// <summary>Grows by one for each changed level (M-006).</summary>
    public long UpdateId { get; set; }

    /// <summary>Grows with every operation that may change the book, hidden quantity too; in this process only.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Of the last trade; consecutive per market (M-006).</summary>
    public long LastTradeId { get; set; }

    /// <summary>Price of the last trade, 0 before the first (M-036).</summary>
    public long LastPrice { get; set; }

    /// <summary>What one lot at a price of one raw unit costs, in money quanta: 10^(12 − price decimals − size decimals) (S-004).</summary>
    public long ValueUnit { get; set; } = 1;

    public OrderPool Pool => pool;

    // By index: which side comes next is anybody's guess, and a jump guessed wrong costs more than all the rest of this.
    public BookSide SideOf(Side side) => sides[(int)side & 1];

    public BookSide Opposite(Side side) => sides[~(int)side & 1];

    public Money Value(long price, long size)
    {
        var product = Wide.Product(price, size);
        var low = unchecked((long)product);
        return new Money(low == product ? Wide.Product(low, ValueUnit) : checked(product * ValueUnit));
    }

    /// <summary>Best price of a side, or null.</summary>
    public long? BestPrice(Side side)
    {
        var levels = SideOf(side);
        return levels.IsEmpty ? null : levels.PriceOf(levels.BestKey);
    }

    /// <summary>Whether a taker limited to <paramref name="limit"/> would trade with the best opposite order (M-052: visible or hidden, anybody's).</summary>
    public bool Crosses(Side side, long limit)
    {
        var opposite = Opposite(side);
        return opposite.BestKey >= opposite.Key(limit);
    }

    /// <summary>A new operation begins: what is on display now pays maker fees in it (M-064).</summary>
    public void Begin()
    {
        Version = unchecked(Version + 1);
        if (changed.Next()) pool.ForgetEpochs();
    }

    /// <summary>The matching loop (M-032).</summary>
    public MatchStop Match<TSettlement>(ref Taker taker, ref TSettlement settlement) where TSettlement : struct, IFillSettlement
    {
        var opposite = Opposite(taker.Side);
        var limitKey = opposite.Key(taker.Limit);
        while (taker.ByBudget ? taker.Budget.Raw > 0 : taker.Left > 0)
        {
            if (opposite.BestKey < limitKey) return opposite.IsEmpty ? MatchStop.BookEmpty : MatchStop.Bound;
            var levelSlot = opposite.Best;
            ref var level = ref pool.Levels[levelSlot];
            var makerSlot = level.First;
            ref var maker = ref pool.Orders[makerSlot];

            // S-031: a budget that buys no lot here is an order complete; it takes nobody's order away either.
            if (taker.ByBudget && taker.Budget.Raw < (Int128)maker.Price * ValueUnit) return MatchStop.BudgetDust;
            if (taker.StpGroup != 0 && settlement.GroupOf(maker) == taker.StpGroup)
            {
                if (taker.StpAction != SelfTradeAction.CancelNewest)
                {
                    Unlink(makerSlot, ref maker);
                    settlement.MakerEnded(ref maker, FinishReason.SelfTrade);
                    Free(makerSlot, ref maker);
                }
                if (taker.StpAction != SelfTradeAction.CancelOldest) return MatchStop.SelfTrade;
                continue;
            }

            var price = maker.Price;
            var iceberg = maker.IsIceberg;
            ref var slice = ref iceberg ? ref SliceOf(makerSlot) : ref Unsafe.NullRef<Slice>();
            var size = iceberg ? slice.Visible : maker.Left;
            if (!taker.ByBudget)
            {
                if (taker.Left < size) size = taker.Left;
                taker.Left -= size;
            }
            else
            {
                var lots = taker.Budget.Raw / ((Int128)price * ValueUnit);
                if (lots < size) size = (long)lots;
                taker.Budget -= Value(price, size);
            }
            taker.Filled += size;
            var hidden = false;
            if (iceberg)
            {
                hidden = slice.Epoch == changed.Epoch;
                slice.Visible -= size;
            }
            maker.Left -= size;
            level.Visible -= size;
            changed.Touch(levelSlot, ref level);
            changed.Best = true;            // takers trade with the best level
            LastPrice = price;
            LastTradeId = unchecked(LastTradeId + 1);
            settlement.Settle(ref taker, ref maker, price, size, hidden);

            if (maker.Left == 0)
            {
                if (iceberg) Unlink(makerSlot, ref maker);
                else UnlinkFirst(levelSlot, ref level, makerSlot, ref maker);
                settlement.MakerEnded(ref maker, FinishReason.Filled);
                Free(makerSlot, ref maker);
            }
            else if (iceberg && slice.Visible == 0)
            {
                Requeue(levelSlot, makerSlot, ref maker, ref slice);
            }
        }
        return MatchStop.Filled;
    }

    /// <summary>Puts an order of the pool, its fields set, at the back of the queue at its price (M-042).</summary>
    /// <param name="displayed">Size of an iceberg's slice, 0 for an ordinary order (M-060).</param>
    public void Rest(int slot, long displayed = 0) => Rest(slot, ref pool.Orders[slot], displayed);

    /// <summary>The same for who has the order at hand.</summary>
    public void Rest(int slot, ref Order order, long displayed)
    {
        if (displayed > 0)
        {
            order.IsIceberg = true;
            pool.Slices[slot] = new Slice { Displayed = displayed, Visible = long.Min(displayed, order.Left) };
        }
        pool.ById.Add(order.Id, slot);
        Enqueue(slot, ref order);
    }

    /// <summary>Takes an order out of its queue; the slot stays readable until <see cref="Free"/>.</summary>
    public void Unlink(int slot) => Unlink(slot, ref pool.Orders[slot]);

    /// <summary>The same for who has the order at hand.</summary>
    public void Unlink(int slot, ref Order order)
    {
        Dequeue(slot, ref order);
        pool.ById.Remove(order.Id, slot);
    }

    public void Free(int slot) => pool.ReturnOrder(slot);

    /// <summary>The same for who has the order at hand.</summary>
    public void Free(int slot, ref Order order) => pool.ReturnOrder(slot, ref order);

    /// <summary>Takes size from an order in an auction, hidden part included (M-140).</summary>
    public void Fill(int slot, long size)
    {
        ref var order = ref pool.Orders[slot];
        ref var level = ref pool.Levels[order.Level];
        level.Visible -= pool.VisibleOf(slot);
        order.Left -= size;
        if (order.IsIceberg)
        {
            ref var slice = ref SliceOf(slot);
            slice.Visible = long.Min(slice.Displayed, order.Left);
        }
        level.Visible += pool.VisibleOf(slot);
        Touch(SideOf(order.Side), order.Level, ref level);
    }

    /// <summary>Same price, smaller size: the hidden part is cut first and the place is kept (M-065, M-091).</summary>
    public void Shrink(int slot, long newLeft)
    {
        ref var order = ref pool.Orders[slot];
        var visible = pool.VisibleOf(slot);
        order.Left = newLeft;
        if (visible <= newLeft) return;
        if (order.IsIceberg) SliceOf(slot).Visible = newLeft;
        ref var level = ref pool.Levels[order.Level];
        level.Visible -= visible - newLeft;
        Touch(SideOf(order.Side), order.Level, ref level);
    }

    /// <summary>New price or larger size: to the back of the (new) level (M-091).</summary>
    public void Move(int slot, long newPrice, long newLeft)
    {
        ref var order = ref pool.Orders[slot];
        Dequeue(slot, ref order);
        order.Price = newPrice;
        order.Left = newLeft;
        if (order.IsIceberg)
        {
            ref var slice = ref SliceOf(slot);
            slice.Visible = long.Min(slice.Displayed, newLeft);
        }
        Enqueue(slot, ref order);
    }

    /// <summary>How much a taker could trade down to its limit, visible and hidden (M-043); counting stops at <paramref name="wanted"/>. What
    /// self-trade prevention would take away does not count (M-075).</summary>
    public long Reachable<TSettlement>(in Taker taker, long wanted, ref TSettlement settlement) where TSettlement : struct, IFillSettlement
    {
        var opposite = Opposite(taker.Side);
        var limitKey = opposite.Key(taker.Limit);
        long reachable = 0;
        for (var n = 0; n < opposite.Count && reachable < wanted; n++)
        {
            ref readonly var level = ref pool.Levels[opposite.FromBest(n)];
            if (opposite.Key(level.Price) < limitKey) break;
            reachable += ReachableAt(level, taker, ref settlement, out var blocked);
            if (blocked) break;
        }
        return reachable;
    }

    /// <summary>Whether a market buy's budget can be spent down to less than one lot at the last price used, or at the next one it may use (S-033).</summary>
    public bool CanSpend<TSettlement>(in Taker taker, ref TSettlement settlement) where TSettlement : struct, IFillSettlement
    {
        var budget = taker.Budget;
        var limitKey = Asks.Key(taker.Limit);
        for (var n = 0; n < Asks.Count; n++)
        {
            ref readonly var level = ref pool.Levels[Asks.FromBest(n)];
            if (Asks.Key(level.Price) < limitKey) return false;
            var lot = (Int128)level.Price * ValueUnit;
            if (budget.Raw < lot) return true;
            var reachable = ReachableAt(level, taker, ref settlement, out var blocked);
            budget -= new Money(Int128.Min(budget.Raw / lot, reachable) * lot);
            if (budget.Raw < lot) return true;
            if (blocked) return false;
        }
        return false;
    }

    /// <summary>Announces the changed levels with their final sizes, then the best prices if they changed (M-150). Ends the operation.</summary>
    public void Announce(EventBuffer events)
    {
        if (changed.None) return;
        if (changed.IsOne(out var slot)) Delta(events, ref pool.Levels[slot]);
        else AnnounceAll(events);
        if (changed.Best) AnnounceBest(events);
        changed.Clear();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AnnounceAll(EventBuffer events)
    {
        foreach (var (price, side) in changed.Gone) Delta(events, side, price, 0);
        foreach (var slot in changed.Touched) Delta(events, ref pool.Levels[slot]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Delta(EventBuffer events, ref Level level)
    {
        level.TouchedEpoch = 0;
        Delta(events, level.Side, level.Price, level.Visible);
    }

    /// <summary>Both sides as they stand, for snapshots and checks: every order in queue order, best level first.</summary>
    public IEnumerable<int> Slots(Side side)
    {
        var levels = SideOf(side);
        for (var n = 0; n < levels.Count; n++)
        {
            for (var slot = pool.Levels[levels.FromBest(n)].First; slot != OrderPool.None; slot = pool.Orders[slot].Next) yield return slot;
        }
    }

    /// <summary>Restores an order saved in queue order, its slice included; nothing is announced.</summary>
    public void Restore(int slot, long displayed, long visible)
    {
        Rest(slot, displayed);
        ref var level = ref pool.Levels[pool.Orders[slot].Level];
        if (displayed > 0)
        {
            ref var slice = ref SliceOf(slot);
            level.Visible += visible - slice.Visible;
            slice.Visible = visible;
        }
        changed.Clear();
        level.TouchedEpoch = 0;
    }

    /// <summary>After a restore: what is on display now counts as announced.</summary>
    public void Settle()
    {
        (announcedBid, announcedBidSize) = Shown(Bids);
        (announcedAsk, announcedAskSize) = Shown(Asks);
    }

    // What a level gives a taker. An own slice that stops the taker lets through only the slices queued before it: what icebergs hide comes
    // back behind it (M-062, M-075).
    private long ReachableAt<TSettlement>(in Level level, in Taker taker, ref TSettlement settlement, out bool blocked)
        where TSettlement : struct, IFillSettlement
    {
        blocked = false;
        if (taker.StpGroup == 0) return pool.TotalOf(level);
        long visible = 0, total = 0;
        for (var slot = level.First; slot != OrderPool.None; slot = pool.Orders[slot].Next)
        {
            ref readonly var maker = ref pool.Orders[slot];
            if (settlement.GroupOf(maker) != taker.StpGroup)
            {
                visible += pool.VisibleOf(slot);
                total += maker.Left;
            }
            else if (taker.StpAction != SelfTradeAction.CancelOldest)
            {
                blocked = true;
                return visible;
            }
        }
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Delta(EventBuffer events, Side side, long price, long visible)
    {
        ref var delta = ref events.AppendUnwritten<BookDelta>();
        delta.UpdateId = UpdateId = unchecked(UpdateId + 1);
        delta.Price = price;
        delta.Size = visible;
        delta.Instrument = Instrument.Value;
        delta.Side = side;
        delta.Reserved1 = 0;
        delta.Reserved2 = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AnnounceBest(EventBuffer events)
    {
        var (bid, bidSize) = Shown(Bids);
        var (ask, askSize) = Shown(Asks);
        if (bid == announcedBid && bidSize == announcedBidSize && ask == announcedAsk && askSize == announcedAskSize) return;
        (announcedBid, announcedBidSize, announcedAsk, announcedAskSize) = (bid, bidSize, ask, askSize);
        ref var best = ref events.Append<BestChanged>();
        best.UpdateId = UpdateId;
        best.Instrument = Instrument.Value;
        best.BidPrice = bid;
        best.BidSize = bidSize;
        best.AskPrice = ask;
        best.AskSize = askSize;
    }

    private (long Price, long Visible) Shown(BookSide side)
    {
        if (side.IsEmpty) return default;
        ref readonly var level = ref pool.Levels[side.Best];
        return (level.Price, level.Visible);
    }

    private void Enqueue(int slot, ref Order order)
    {
        var side = SideOf(order.Side);
        var levelSlot = side.FindOrMake(order.Price, out var made);
        if (made) changed.Appear(order.Price, order.Side);
        ref var level = ref pool.Levels[levelSlot];
        level.Visible += order.IsIceberg ? Counted(ref level, slot, 1) : order.Left;
        Append(ref level, levelSlot, slot, ref order);
        Touch(side, levelSlot, ref level);
    }

    // An iceberg comes into a queue or leaves it: how much it shows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Counted(ref Level level, int slot, int change)
    {
        level.Icebergs += change;
        return SliceOf(slot).Visible;
    }

    private void Touch(BookSide side, int levelSlot, ref Level level)
    {
        changed.Touch(levelSlot, ref level);
        if (levelSlot == side.Best) changed.Best = true;
    }

    private void Append(ref Level level, int levelSlot, int slot, ref Order order)
    {
        order.Level = levelSlot;
        order.Previous = level.Last;
        order.Next = OrderPool.None;
        if (level.Last == OrderPool.None) level.First = slot;
        else pool.Orders[level.Last].Next = slot;
        level.Last = slot;
    }

    private void Dequeue(int slot, ref Order order)
    {
        var levelSlot = order.Level;
        ref var level = ref pool.Levels[levelSlot];
        level.Visible -= order.IsIceberg ? Counted(ref level, slot, -1) : order.Left;
        Detach(ref level, ref order);
        var side = SideOf(order.Side);
        if (levelSlot == side.Best) changed.Best = true;
        if (level.First != OrderPool.None)
        {
            changed.Touch(levelSlot, ref level);
            return;
        }
        Empty(levelSlot, ref level, order.Side);
    }

    // As Unlink of the first order of a level that is said to have changed already, and of which nothing is left to be shown.
    private void UnlinkFirst(int levelSlot, ref Level level, int slot, ref Order order)
    {
        level.First = order.Next;
        if (order.Next == OrderPool.None) Empty(levelSlot, ref level, order.Side);
        else pool.Orders[order.Next].Previous = OrderPool.None;
        pool.ById.Remove(order.Id, slot);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Empty(int levelSlot, ref Level level, Side side)
    {
        changed.Vanish(levelSlot, level);
        SideOf(side).Remove(level.Price);
        pool.ReturnLevel(levelSlot, ref level);
    }

    private void Detach(ref Level level, ref Order order)
    {
        if (order.Previous == OrderPool.None) level.First = order.Next;
        else pool.Orders[order.Previous].Next = order.Next;
        if (order.Next == OrderPool.None) level.Last = order.Previous;
        else pool.Orders[order.Next].Previous = order.Previous;
    }

    // M-062: the next slice joins the back of the same level at once; M-064: whoever meets it in this operation meets hidden quantity.
    private void Requeue(int levelSlot, int slot, ref Order maker, ref Slice slice)
    {
        ref var level = ref pool.Levels[levelSlot];
        Detach(ref level, ref maker);
        slice.Visible = long.Min(slice.Displayed, maker.Left);
        slice.Epoch = changed.Epoch;
        level.Visible += slice.Visible;
        Append(ref level, levelSlot, slot, ref maker);
    }

    /// <summary>Asks for a book itself and its two sides, which were made with it.</summary>
    public static void Prefetch(OrderBook book) => Cache.Prefetch(book, Bytes);

    /// <summary>Once the book is there, asks for where an order would rest, one place after the other.</summary>
    /// <param name="step">0: where the block of the price is among those of its side; 1: where its levels are; 2: the level.</param>
    public void Prefetch(Side side, long price, int step)
    {
        var levels = SideOf(side);
        if (step == 0) levels.PrefetchBlock(price);
        else if (step == 1) levels.PrefetchPlaces(price);
        else pool.Levels.Prefetch(levels.Find(price));
    }

    /// <summary>Asks for the level a side would trade first.</summary>
    public void PrefetchBest(Side side) => pool.Levels.Prefetch(SideOf(side).Best);

    /// <summary>Once that is there: asks for the order a side would trade first.</summary>
    public void PrefetchFirst(Side side)
    {
        var level = SideOf(side).Best;
        if (level != OrderPool.None) pool.Orders.Prefetch(pool.Levels[level].First);
    }

    private const int Bytes = 304;

    [InlineArray(2)]
    private struct Sides
    {
        private BookSide bids;

        public Sides(OrderPool pool)
        {
            bids = new BookSide(Side.Buy, pool);
            this[1] = new BookSide(Side.Sell, pool);
        }
    }

    private ref Slice SliceOf(int slot) => ref CollectionsMarshal.GetValueRefOrNullRef(pool.Slices, slot);
}
