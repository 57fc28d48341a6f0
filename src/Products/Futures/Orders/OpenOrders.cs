using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>What every way of ending or changing a resting order has in common, and the shares of reduce-only orders in their position (M-084).</summary>
public sealed class OpenOrders(FuturesState state, Sums sums)
{
    private (long Key, long Id, int Slot)[] shares = new (long, long, int)[16];

    /// <summary>Takes an open order out of its book and ends it.</summary>
    public void End(Market market, Context context, int slot, FinishReason reason) => End(market, context, slot, ref state.Pool.Orders[slot], reason);

    /// <summary>The same for who has the order at hand.</summary>
    public void End(Market market, Context context, int slot, ref Order order, FinishReason reason) =>
        End(market, context, slot, ref order, ref state.Seats[order.Trader], reason);

    /// <summary>The same for who has its seat at hand too.</summary>
    public void End(Market market, Context context, int slot, ref Order order, ref Seat seat, FinishReason reason)
    {
        Unlink(market.Book, slot, ref order);
        Ended(market, context, ref order, ref seat, reason);
        market.Book.Free(slot, ref order);
    }

    // A frame of its own: whoever ends an order has enough to keep in mind.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Unlink(OrderBook book, int slot, ref Order order) => book.Unlink(slot, ref order);

    /// <summary>The order has left the book: what it asked is free, it is out of its seat's list, and that is said; what hung on it is settled.</summary>
    public void Ended(Market market, Context context, ref Order order, FinishReason reason) => Ended(market, context, ref order, ref state.Seats[order.Trader], reason);

    /// <summary>The same for who has its seat at hand.</summary>
    public void Ended(Market market, Context context, ref Order order, ref Seat seat, FinishReason reason)
    {
        ref var account = ref state.Accounts[seat.Account];
        state.Seats.Unlink(ref seat, ref order);
        if (order.Left > 0)
        {
            sums.OrderChanged(market, ref seat, order, order.Left, 0);
            sums.RecountOrders(ref account, ref seat);
        }
        if ((state.ValuePrices.Count | state.LossMarks.Count | state.UniqueTexts.Count) != 0) Forget(order.Id);
        if (reason != FinishReason.Filled) Finished(context, market, seat, order.Id, order.Left, reason);       // a fill has said so itself
        if (order.HasAttached) state.Triggers.ParentEnded(context, state, order.Id);
        if (OrderMarks.IsChased(order)) state.Chases.ChildEnded(context, state, order, reason);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget(long id)
    {
        state.ValuePrices.Remove(id);
        state.LossMarks.Remove(id);
        state.UniqueTexts.Remove(id);
    }

    /// <summary>An order's open loss is measured from a mark from now on; 0 = it has none any more (F-109).</summary>
    public static void Measured(FuturesState state, Market market, in Seat seat, in Order order, long mark, Context context)
    {
        if (mark == 0) state.LossMarks.Remove(order.Id);
        else state.LossMarks[order.Id] = mark;
        context.Events.Append(new OpenLossMeasured
        {
            OrderId = order.Id, Mark = mark, User = seat.User, Instrument = market.Id.Value, Participant = seat.Participant ? (byte)1 : (byte)0,
        });
    }

    /// <summary>Cancels what a seat has open, in ascending id (M-050).</summary>
    /// <param name="only">Null: all.</param>
    public int EndAll(Market market, in Seat seat, Context context, FinishReason reason, Side? only = null, bool exceptReducing = false)
    {
        var ended = 0;
        for (var slot = seat.First; slot != OrderPool.None;)
        {
            ref readonly var order = ref state.Pool.Orders[slot];
            var next = order.TraderNext;
            if ((only is null || order.Side == only) && !(exceptReducing && OrderMarks.Reduces(order)))
            {
                End(market, context, slot, reason);
                ended++;
            }
            slot = next;
        }
        return ended;
    }

    /// <summary>An order rests, and nobody has found yet what its seat's orders ask with it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Counted(Market market, ref Seat seat, in Order order)
    {
        sums.OrderChanged(market, ref seat, order, 0, order.Left);
        sums.RecountOrders(ref state.Accounts[seat.Account], ref seat);
    }

    /// <summary>A resting order of this seat traded: what is left asks less.</summary>
    public void Filled(Market market, ref Seat seat, ref Order order, long size)
    {
        if (OrderMarks.Reduces(order)) return;
        sums.OrderChanged(market, ref seat, order, order.Left + size, order.Left);
    }

    /// <summary>Hands a position out to the reduce-only orders of one side: best price first, then oldest, closing orders last. Who gets less than is left of it
    /// shrinks in place, who gets nothing ends (M-084). In hedge mode a leg and the orders that reduce it are the same thing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Share(Market market, int seatSlot, Context context)
    {
        if (state.Seats[seatSlot].ReduceCount != 0) ShareBoth(market, seatSlot, context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ShareBoth(Market market, int seatSlot, Context context)
    {
#if MUTANTS
        if (Mutant.Is(Mutation.KeepReduceOnly)) return;
#endif
        ref readonly var seat = ref state.Seats[seatSlot];
        var hedged = state.Accounts[seat.Account].Mode != Margin.PositionMode.Single;
        var net = state.SizeOf(seat, Leg.Net);
        Share(market, seatSlot, Side.Sell, hedged ? state.SizeOf(seat, Leg.Long) : long.Max(net, 0), context);
        Share(market, seatSlot, Side.Buy, hedged ? -state.SizeOf(seat, Leg.Short) : long.Max(-net, 0), context);
    }

    public static void Finished(Context context, Market market, in Seat seat, long order, long left, FinishReason reason)
    {
        ref var finished = ref context.Events.Append<ContractOrderFinished>();
        finished.OrderId = order;
        finished.Left = left;
        finished.User = seat.User;
        finished.Instrument = market.Id.Value;
        finished.Reason = reason;
        finished.Participant = seat.Participant ? (byte)1 : (byte)0;
    }

    public static void Updated(Context context, Market market, in Seat seat, in Order order, long price, long left, long valuePrice, UpdateReason reason, ReadOnlySpan<byte> tail)
    {
        ref var updated = ref context.Events.Append<ContractOrderUpdated>(tail);
        updated.OrderId = order.Id;
        updated.Price = price;
        updated.Size = order.Side == Side.Buy ? order.Size : -order.Size;
        updated.Left = left;
        updated.ValuePrice = valuePrice;
        updated.User = seat.User;
        updated.Instrument = market.Id.Value;
        updated.Reason = reason;
        updated.Participant = seat.Participant ? (byte)1 : (byte)0;
    }

    private void Share(Market market, int seatSlot, Side side, long available, Context context)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        var count = 0;
        long left = 0;
        for (var slot = seat.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].TraderNext)
        {
            ref readonly var order = ref state.Pool.Orders[slot];
            if (order.Side != side || order.Left == 0 || !OrderMarks.Reduces(order)) continue;
            Insert(ref count, order, slot);
            left += order.Left;
        }
        if (left <= available) return;
        for (var i = 0; i < count; i++)
        {
            var slot = shares[i].Slot;
            ref var order = ref state.Pool.Orders[slot];
            var given = long.Min(available, order.Left);
            available -= given;
            if (given == order.Left) continue;
            if (given == 0)
            {
                var closes = (OrderMarks.Of(order.Flags) & ContractOrderFlags.ClosePosition) != 0;
                var gone = side == Side.Sell ? state.SizeOf(seat, Leg.Net) <= 0 && state.SizeOf(seat, Leg.Long) <= 0
                    : state.SizeOf(seat, Leg.Net) >= 0 && state.SizeOf(seat, Leg.Short) >= 0;
                End(market, context, slot, !gone ? FinishReason.ReduceOut : closes ? FinishReason.PositionClosed : FinishReason.ReduceOnly);
                continue;
            }
            order.Size -= order.Left - given;
            market.Book.Shrink(slot, given);
            Updated(context, market, seat, order, order.Price, given, order.Price, UpdateReason.ReduceShrink, default);
        }
    }

    private void Insert(ref int count, in Order order, int slot)
    {
        if (count == shares.Length) Array.Resize(ref shares, shares.Length * 2);
        var closes = (OrderMarks.Of(order.Flags) & ContractOrderFlags.ClosePosition) != 0;
        var key = closes ? long.MaxValue : order.Side == Side.Buy ? -order.Price : order.Price;
        var at = count++;
        for (; at > 0 && (shares[at - 1].Key > key || (shares[at - 1].Key == key && shares[at - 1].Id > order.Id)); at--) shares[at] = shares[at - 1];
        shares[at] = (key, order.Id, slot);
    }
}
