using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.Orders;

/// <summary>Commands, work and timers of chase orders (M-111).</summary>
public sealed class ChaseHandlers(FuturesState state, Placement placement, Changes changes, OpenOrders orders)
{
    private const int IntervalMaxSeconds = 3600;
    private const byte MoveRow = 14;                    // with what fires at an instant, after prices and everything due

    private readonly List<long> ready = [];

    public ushort Create(in CreateChaseOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        if (!market.IsTrading) return (ushort)FuturesRefusal.SideNotTradable;
        var refusal = Form(market, command);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        if (OrderText.Read(tail) is not { } text) return (ushort)FuturesRefusal.InvalidText;
        refusal = AutoOrders.Owner(state, market, command.MarginMode, context, out var slot);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        var side = command.Amount > 0 ? Side.Buy : Side.Sell;
        var best = market.ChasesOf(side).BestOf(market.Book);
        if (best == 0) return (ushort)FuturesRefusal.NothingToChase;
        var bound = BoundOf(command, side, best);
        var price = ChaseOrder.PriceAt(market, command, best);
        if (ChaseOrder.IsBeyond(side, price, bound)) return (ushort)FuturesRefusal.ChaseLimitReached;
        Span<byte> orderTail = stackalloc byte[OrderText.TailLength + sizeof(ushort)];
        var writer = new TailWriter(orderTail);
        writer.Text(text);
        writer.Text("");
        var place = new PlaceContractOrder
        {
            Instrument = command.Instrument, Price = price, Size = command.Amount, TimeInForce = TimeInForce.PostOnly, MarginMode = command.MarginMode,
            Flags = command.ReduceOnly != 0 ? ContractOrderFlags.ReduceOnly : ContractOrderFlags.None,
        };
        refusal = placement.Place(place, writer.Written, context.Actor.Value, 0, context, ContractOrderFlags.Chase);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;

        var (child, now) = (context.ObjectId, context.Stamp.TimeNanos);
        var id = context.NextId();
        context.ObjectId = id;
        var order = new ChaseOrder
        {
            Id = id, User = context.Actor.Value, Seat = slot, Market = market, Terms = command, Text = text, CreatedNanos = now, Child = child, Bound = bound, MovedNanos = now,
        };
        state.Chases.Add(context, state, order, price);

        // Less favourable reduce-only orders had the position already (M-084): it was over as it began.
        if (!state.Pool.ById.TryGet(child, out _))
        {
            state.Chases.ChildEnded(context, state, new Order { Id = child, Size = long.Abs(command.Amount), Left = long.Abs(command.Amount) }, FinishReason.ReduceOut);
        }
        return 0;
    }

    public ushort Stop(in StopChaseOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!state.Chases.All.TryGetValue(command.OrderId, out var order) || order.User != context.Actor.Value) return (ushort)FuturesRefusal.TriggerNotFound;
        context.ObjectId = order.Id;
        End(order, AutoReason.Stopped, context);
        return 0;
    }

    public ushort StopAll(in StopAllChaseOrders command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.MarginMode > 2) return (ushort)FuturesRefusal.InvalidCombination;
        var ended = 0;
        foreach (var order in AutoOrders.Of(state, context.Actor.Value, command.Instrument, command.Wallet, state.Chases.Of, order => order.Id))
        {
            if (command.MarginMode != 0 && command.MarginMode == 1 != state.Seats[order.Seat].IsCross) continue;
            End(order, AutoReason.Stopped, context);
            ended++;
        }
        context.ObjectId = ended;
        return 0;
    }

    /// <summary>The best price has moved: who has not moved for its interval follows, who has sets a timer.</summary>
    public void Follow(in Work work, Context context)
    {
        var market = state.Markets[(int)work.A];
        var side = market.ChasesOf((Side)work.B);
        side.IsQueued = false;
        if (!market.IsTrading)
        {
            side.Best = 0;
            return;
        }
        if (side.Best == 0) return;
        ready.Clear();
        ready.AddRange(side.Ready);
        foreach (var id in ready)
        {
            if (!state.Chases.All.TryGetValue(id, out var order)) continue;
            if (context.Stamp.TimeNanos - order.MovedNanos >= order.IntervalNanos)
            {
                Move(order, side.Best, context);
                continue;
            }
            order.DueNanos = order.MovedNanos + order.IntervalNanos;
            side.Ready.Remove(id);
            context.Timers.Add(new Due(order.DueNanos, MoveRow, ChaseTable.MoveTimer, market.Id.Value, order.User, id));
        }
    }

    /// <summary>Its interval is over.</summary>
    public void IntervalOver(in Due due, Context context)
    {
        if (!state.Chases.All.TryGetValue(due.C, out var order) || order.DueNanos != due.AtNanos) return;
        var side = ChaseTable.SideOf(order);
        order.DueNanos = 0;
        side.Ready.Add(order.Id);
        if (!order.Market.IsTrading) side.Best = 0;             // it looks again when the contract opens
        else if (side.Best != 0) Move(order, side.Best, context);
    }

    private void Move(ChaseOrder order, long best, Context context)
    {
        var market = order.Market;
        state.Pool.ById.TryGet(order.Child, out var slot);
        var price = ChaseOrder.PriceAt(market, order.Terms, best);
        if (ChaseOrder.IsBeyond(order.Side, price, order.Bound))
        {
            End(order, order.Terms.PriceLimit != 0 ? AutoReason.PriceLimit : AutoReason.OffsetLimit, context);
            return;
        }
        if (price == state.Pool.Orders[slot].Price) return;
        order.MovedNanos = context.Stamp.TimeNanos;

        // M-093: what is refused leaves the order where it is; the next best price is the next try.
        if (changes.Reprice(slot, price, context) != FuturesRefusal.None || !state.Chases.All.ContainsKey(order.Id)) return;
        context.Events.Append(new ChaseUpdated { OrderId = order.Id, Price = price, User = order.User, Instrument = market.Id.Value });
    }

    private void End(ChaseOrder order, AutoReason reason, Context context)
    {
        state.Pool.ById.TryGet(order.Child, out var slot);
        order.Ending = (TriggerStatus.Cancelled, reason);
        order.Market.Book.Begin();
        orders.End(order.Market, context, slot, FinishReason.Cancelled);
        order.Market.Announce(context);
    }

    private static FuturesRefusal Form(Market market, in CreateChaseOrder command)
    {
        if (command.Amount is 0 or < -ContractCheck.SizeMax or > ContractCheck.SizeMax || command.PriceLimit is < 0 or > ContractCheck.PriceMax
            || command.OffsetLimit is < 0 or > ContractCheck.PriceMax || command.Gap is < 0 or > ContractCheck.PriceMax || (command.IsPercent != 0 && command.Gap is 0 or >= Rate.One)
            || (command.PriceLimit != 0 && command.OffsetLimit != 0) || command.IntervalSeconds is < 0 or > IntervalMaxSeconds || command.MarginMode > 2)
        {
            return FuturesRefusal.InvalidCombination;
        }
        return market.Terms.IsOnTick(command.PriceLimit) ? FuturesRefusal.None : FuturesRefusal.OffTick;
    }

    private static long BoundOf(in CreateChaseOrder command, Side side, long best)
    {
        if (command.OffsetLimit == 0) return command.PriceLimit;
        return side == Side.Buy ? best + command.OffsetLimit : long.Max(best - command.OffsetLimit, 1);
    }
}
