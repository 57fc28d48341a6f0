using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>What every way of ending or changing a resting order has in common.</summary>
internal static class Orders
{
    /// <summary>Takes an open order out of its book and ends it.</summary>
    public static void End(SpotState state, Pair pair, Context context, int slot, FinishReason reason)
    {
        ref var order = ref state.Pool.Orders[slot];
        End(state, pair, context, slot, ref order, ref state.Traders[order.Trader], reason);
    }

    /// <summary>The same for who has the order and its trader at hand.</summary>
    public static void End(SpotState state, Pair pair, Context context, int slot, ref Order order, ref Trader trader, FinishReason reason)
    {
        pair.Book.Unlink(slot, ref order);
        Ended(state, pair, context, ref order, ref trader, reason);
        pair.Book.Free(slot, ref order);
    }

    /// <summary>The order has left the book: free its reservation, take it from its trader, say so, settle what hung on it.</summary>
    public static void Ended(SpotState state, Pair pair, Context context, ref Order order, ref Trader trader, FinishReason reason)
    {
        state.Traders.Unlink(ref trader, ref order);
        if (order.Left > 0)
        {
            var account = trader.PaysFrom(order.Side);
            var reserved = pair.Reserved(order.Side, order.Price, order.Left);
#if MUTANTS
            if (!Mutant.Is(Mutation.ForgetHold))
#endif
            state.Ledger.Release(context, account, reserved, Reason.OrderRelease, order.Id, pair.Id.Value);
        }
        if (reason != FinishReason.Filled) Finished(context, pair, trader, order.Id, order.Left, Money.Zero, reason);     // a fill has said so itself
        if (state.UniqueTexts.Count > 0) state.UniqueTexts.Remove(order.Id);      // also when the user no longer asks for it
        if (order.HasAttached) state.Triggers.ParentEnded(context, order.Id);
    }

    public static void Finished(Context context, Pair pair, in Trader trader, long order, long left, Money budgetLeft, FinishReason reason)
    {
        ref var finished = ref context.Events.Append<OrderFinished>();
        finished.OrderId = order;
        finished.User = trader.User;
        finished.Instrument = pair.Id.Value;
        finished.Reason = reason;
        finished.Left = left;
        finished.BudgetLeft = budgetLeft;
        finished.Participant = trader.Participant ? (byte)1 : (byte)0;
    }
}
