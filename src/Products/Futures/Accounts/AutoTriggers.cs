using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>Trailing orders and the positions they are bound to (M-110).</summary>
internal static class AutoTriggers
{
    /// <summary>What an order of this side would close: a sell the long, a buy the short; without sign.</summary>
    public static long SizeOfGuarded(FuturesState state, in Seat seat, Side side)
    {
        var net = state.SizeOf(seat, Leg.Net);
        return side == Side.Sell ? long.Max(net, 0) + state.SizeOf(seat, Leg.Long) : long.Max(-net, 0) - state.SizeOf(seat, Leg.Short);
    }

    public static bool HasPosition(FuturesState state, in Seat seat, Side side) => SizeOfGuarded(state, seat, side) != 0;

    /// <summary>A position changed: what was bound to one that is gone ends with it, unless it is what closes it.</summary>
    public static void PositionChanged(FuturesState state, int seatSlot, Context context)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        var (hasLong, hasShort) = (HasPosition(state, seat, Side.Sell), HasPosition(state, seat, Side.Buy));
        if (hasLong && hasShort) return;
        foreach (var order in state.Trails.Of(seatSlot))
        {
            if (order.Terms.PositionRelated == 0 || order.IsFiring || (order.Side == Side.Sell ? hasLong : hasShort)) continue;
            state.Trails.End(context, state, order, TriggerStatus.Cancelled, AutoReason.PositionClosed);
        }
    }

    /// <summary>All trailing orders of a user in a contract end.</summary>
    public static void EndAll(FuturesState state, int seatSlot, AutoReason reason, Context context)
    {
        if (state.Seats[seatSlot].OpenAutos == 0) return;
        foreach (var order in state.Trails.Of(seatSlot)) state.Trails.End(context, state, order, TriggerStatus.Cancelled, reason);
    }
}
