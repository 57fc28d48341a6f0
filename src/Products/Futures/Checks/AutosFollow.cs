using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Checks;

/// <summary>Trailing orders have what they guard and a level not reached yet; chase orders have one post-only order, within their bound, and know the best price of
/// an open contract (M-110, M-111).</summary>
internal sealed class AutosFollow(FuturesState state) : IInvariant
{
    public string Name => "trailing and chase orders follow their prices";

    public string? Broken()
    {
        var counts = new int[state.Seats.Count];
        foreach (var order in state.Trails.All.Values)
        {
            counts[order.Seat]++;
            if (BrokenTrail(order) is { } broken) return $"trailing order {order.Id}: {broken}";
        }
        foreach (var order in state.Chases.All.Values)
        {
            counts[order.Seat]++;
            if (BrokenChase(order) is { } broken) return $"chase order {order.Id}: {broken}";
        }
        for (var slot = 0; slot < counts.Length; slot++)
        {
            if (counts[slot] != state.Seats[slot].OpenAutos) return $"user {state.Seats[slot].User}: {counts[slot]} of them, counted {state.Seats[slot].OpenAutos}";
        }
        foreach (var market in state.Markets)
        {
            foreach (var side in (ChaseSide[])[market.ChasesOf(Side.Buy), market.ChasesOf(Side.Sell)])
            {
                if (side.IsQueued) return $"{market.Symbol}: a move is left over";
                if (market.IsTrading && side.Count > 0 && side.Best != side.BestOf(market.Book)) return $"{market.Symbol}: best {side.BestOf(market.Book)}, followed {side.Best}";
            }
        }
        return null;
    }

    private string? BrokenTrail(TrailingOrder order)
    {
        if (order.IsFiring) return "fires for ever";
        if (order.IsFollowing != (order.Status == TriggerStatus.Open)) return $"follows {order.IsFollowing} with status {order.Status}";
        var related = order.Terms.PositionRelated != 0;
        return related && !AutoTriggers.HasPosition(state, state.Seats[order.Seat], order.Side) ? "guards nothing" : null;
    }

    private string? BrokenChase(ChaseOrder order)
    {
        if (!state.Pool.ById.TryGet(order.Child, out var slot)) return "has no order";
        ref readonly var child = ref state.Pool.Orders[slot];
        if (child.Trader != order.Seat || child.Side != order.Side || child.TimeInForce != TimeInForce.PostOnly || !OrderMarks.IsChased(child)) return "has another's order";
        if (ChaseOrder.IsBeyond(order.Side, child.Price, order.Bound)) return $"at {child.Price}, beyond {order.Bound}";
        return order.DueNanos == 0 == ChaseTable.SideOf(order).Ready.Contains(order.Id) ? null : "is neither ready nor waits";
    }
}
