using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.Orders;

/// <summary>F-160: admission, then matching, then resting or ending, then a look at every account that traded.</summary>
public sealed class Placement(FuturesState state, Admission admission, OrdinaryAdmission ordinary, OpenOrders orders, Legs legs, Aftermath aftermath)
{
    /// <summary>An external command.</summary>
    public ushort Place(in PlaceContractOrder command, ReadOnlySpan<byte> tail, Context context) =>
        (ushort)Place(command, tail, context.Actor.Value, 0, context);

    /// <summary>Also the way of a fired trigger (M-103).</summary>
    /// <param name="mark">What only the engine may mark an order with.</param>
    public FuturesRefusal Place(in PlaceContractOrder command, ReadOnlySpan<byte> tail, int user, long triggerId, Context context, ContractOrderFlags mark = ContractOrderFlags.None)
    {
        if (state.MarketOf(command.Instrument) is not { } market) return FuturesRefusal.ContractNotFound;
        var isOrdinary = Admission.IsOrdinary(command, market);
        var refusal = isOrdinary ? FuturesRefusal.None : Admission.Form(command, market);
        if (refusal != FuturesRefusal.None) return refusal;
        if (!tail.IsEmpty && !OrderText.IsValid(new TailReader(tail).Bytes())) return FuturesRefusal.InvalidText;
        if (state.Users.IsLocked(user)) return FuturesRefusal.UserLocked;
        var slot = FuturesState.IsVenue(user) ? SeatTable.None : state.SeatFor(user, market, command.MarginMode);
        if (slot < 0) return FuturesRefusal.UserNotFound;
        if (!tail.IsEmpty && state.WantsUniqueText(user) && IsTextInUse(slot, tail)) return FuturesRefusal.RepeatedText;

        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        var draft = new Draft { IsOrdinary = isOrdinary };
        refusal = isOrdinary && ordinary.Takes(command.TimeInForce, account)
            ? ordinary.Admit(command, market, seat, ref account, ref draft) : Admit(command, market, slot, seat, ref account, context, ref draft);
        if (refusal != FuturesRefusal.None) return refusal;

        // Nothing below this line may refuse.
        draft.Flags |= mark;
        if (draft.Maker != SeatTable.None) state.PrefetchTrader(draft.Maker);
        var id = context.NextId();
        context.ObjectId = id;
        Accepted(context, command, tail, market, seat, draft, id, state.GroupOf(seat), triggerId);
        var attaches = (command.TakeProfitTrigger | command.StopLossTrigger) != 0;
        if (attaches) Attach(context, market, slot, command, id);

        market.Book.Begin();
        var (stop, filled) = (MatchStop.Bound, 0L);
        if (draft.Crosses) stop = Trade(market, command, draft, slot, id, context, out filled);
        if (attaches && filled > 0) state.Triggers.ParentFilled(context, id, filled);
        var left = draft.Size - filled;
        if (draft.MayRest && left > 0 && stop != MatchStop.SelfTrade) Rest(command, tail, market, slot, ref seat, ref account, draft, id, left, attaches, context);
        else
        {
            OpenOrders.Finished(context, market, seat, id, left, ReasonFor(draft, filled, stop));
            if (attaches) state.Triggers.ParentEnded(context, state, id);
        }
        orders.Share(market, slot, context);
        market.Announce(context);
        aftermath.Run(context);
        return FuturesRefusal.None;
    }

    // From M-016 on: what may refuse an order once its seat is known. A frame of its own, in which all of it is worked out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FuturesRefusal Admit(in PlaceContractOrder command, Market market, int slot, in Seat seat, ref MarginAccount account, Context context, ref Draft draft)
    {
        var refusal = admission.Owner(command, market, seat, account, ref draft);
        if (refusal != FuturesRefusal.None) return refusal;
        draft.Rates = state.RatesOf(seat.User, market);
        var best = market.Book.BestPrice(draft.Side == Side.Buy ? Side.Sell : Side.Buy) ?? 0;
        draft.Limit = command.Price;
        if (draft.IsMarket)
        {
            if (best == 0) return FuturesRefusal.NoCounterparty;
            draft.Limit = Bounds.OfMarket(market, draft.Side, command.SlippageRate, best);
        }
        draft.ValuePrice = OrderMargin.ValuePrice(market.Contract, draft.Side, long.Max(draft.Limit, 1), best);
        draft.Crosses = market.Status != MarketStatus.CircuitBreaker && Admission.Reaches(draft.Side, draft.Limit, best);
        draft.Maker = draft.Crosses && state.IsLarge ? state.PrefetchMaker(market, draft.Side) : SeatTable.None;
        refusal = admission.OwnPosition(market, seat, ref draft);
        if (refusal != FuturesRefusal.None) return refusal;
        if (command.TimeInForce == TimeInForce.PostOnly && draft.Crosses) return FuturesRefusal.PostOnlyWouldTake;
        if (command.TimeInForce == TimeInForce.FillOrKill && !IsFilledWhole(market, command, draft, slot, context)) return FuturesRefusal.FillOrKillWouldNotFill;
        return admission.Margin(market, seat, ref account, ref draft, default);
    }

    /// <summary>An order of the engine: immediate, to a bound, from nobody's group, without margin (F-165.7, F-194). Announces itself and its end.</summary>
    /// <param name="text">The wire's text of such orders.</param>
    public long PlaceForEngine(Market market, int slot, long quantity, long limit, Rate takerRate, ContractOrderFlags flags, ReadOnlySpan<byte> text, Context context,
        out FillSettlement settled, out long filled)
    {
        var side = quantity > 0 ? Side.Buy : Side.Sell;
        var size = long.Abs(quantity);
        ref readonly var seat = ref state.Seats[slot];
        var draft = new Draft
        {
            Side = side, Size = size, Reducing = size, Limit = limit, ValuePrice = limit, Flags = flags, TimeInForce = TimeInForce.ImmediateOrCancel,
            Rates = new RatePair(takerRate.Raw, takerRate.Raw), Leg = FillSettlement.LegOf(state, seat, quantity, OrderMarks.Of(flags)),
        };
        var taker = new Taker
        {
            OrderId = context.NextId(), Limit = limit, Left = size, MakerRate = takerRate.Raw, TakerRate = takerRate.Raw, Trader = slot, Side = side,
            StpAction = SelfTradeAction.CancelNewest, Flags = OrderMarks.Of(flags),
        };
        var kind = (flags & ContractOrderFlags.Liquidation) != 0 ? ContractFillFlags.Liquidation : ContractFillFlags.FundDisposal;
        var settlement = new FillSettlement(state, legs, orders, market, context, takerKind: kind);
        Span<byte> tail = stackalloc byte[64];
        var writer = new TailWriter(tail);
        writer.Bytes(text);
        writer.Bytes([]);
        Accepted(context, new PlaceContractOrder { Price = limit, Size = quantity, TimeInForce = TimeInForce.ImmediateOrCancel }, writer.Written, market, seat, draft, taker.OrderId, 0, 0);
        market.Book.Begin();
        market.Book.Match(ref taker, ref settlement);
        settlement.Finish();
        var reason = taker.Left == 0 ? FinishReason.Filled
            : (flags & ContractOrderFlags.Liquidation) != 0 ? FinishReason.Liquidated : FinishReason.ImmediateOrCancel;
        OpenOrders.Finished(context, market, state.Seats[slot], taker.OrderId, taker.Left, reason);
        orders.Share(market, slot, context);
        market.Announce(context);
        settled = settlement;
        filled = taker.Filled;
        return taker.OrderId;
    }

    private Taker TakerOf(in PlaceContractOrder command, in Draft draft, int slot, long id) => new()
    {
        OrderId = id, Limit = draft.Limit, Left = draft.Most, MakerRate = draft.Rates.Maker, TakerRate = draft.Rates.Taker, Trader = slot, StpGroup = state.GroupOf(state.Seats[slot]),
        StpAction = command.StpAction == SelfTradeAction.None ? SelfTradeAction.CancelNewest : command.StpAction, Side = draft.Side, Flags = OrderMarks.Of(draft.Flags),
    };

    // A frame of its own: what it needs would be zeroed for every order that rests.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MatchStop Trade(Market market, in PlaceContractOrder command, in Draft draft, int slot, long id, Context context, out long filled)
    {
        var taker = TakerOf(command, draft, slot, id);
        var settlement = new FillSettlement(state, legs, orders, market, context, draft.Size - taker.Left);
        var stop = market.Book.Match(ref taker, ref settlement);
        settlement.Finish();
        filled = taker.Filled;
        return stop;
    }

    // M-023, on the book as it stands (M-028).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsFilledWhole(Market market, in PlaceContractOrder command, in Draft draft, int slot, Context context)
    {
        var taker = TakerOf(command, draft, slot, 0);
        var settlement = new FillSettlement(state, legs, orders, market, context);
        return taker.Left == draft.Size && market.Book.Reachable(taker, taker.Left, ref settlement) >= taker.Left;
    }

    private static void Accepted(Context context, in PlaceContractOrder command, ReadOnlySpan<byte> tail, Market market, in Seat seat, in Draft draft, long id, int group, long triggerId)
    {
        ref var accepted = ref context.Events.Append<ContractOrderAccepted>(tail);
        accepted.OrderId = id;
        accepted.Price = command.Price;
        accepted.Size = draft.Quantity;
        accepted.Iceberg = command.Iceberg;
        accepted.MakerRate = draft.Rates.Maker;
        accepted.TakerRate = draft.Rates.Taker;
        accepted.ValuePrice = draft.ValuePrice;
        accepted.SlippageRate = command.SlippageRate;
        accepted.TriggerId = triggerId;
        accepted.User = seat.User;
        accepted.Instrument = market.Id.Value;
        accepted.StpGroup = group;
        accepted.Leg = draft.Leg;
        accepted.TimeInForce = command.TimeInForce;
        accepted.StpAction = command.StpAction;
        accepted.Flags = draft.Flags;
        accepted.AutoSize = command.AutoSize;
        accepted.IsCross = seat.IsCross ? (byte)1 : (byte)0;
    }

    private bool IsTextInUse(int seat, ReadOnlySpan<byte> tail)
    {
        var text = new TailReader(tail).Text();
        if (!text.StartsWith("t-", StringComparison.Ordinal)) return false;
        foreach (var (owner, used) in state.UniqueTexts.Values)
        {
            if (state.Seats[owner].User == state.Seats[seat].User && state.Seats[owner].Market == state.Seats[seat].Market && used == text) return true;
        }
        return false;
    }

    // It may have met nobody: then its seat's orders ask what was found when it was admitted.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Rest(in PlaceContractOrder command, ReadOnlySpan<byte> tail, Market market, int seatSlot, ref Seat seat, ref MarginAccount account, in Draft draft, long id, long left,
        bool attaches, Context context)
    {
        var pool = state.Pool;
        ref var order = ref pool.TakeOrder(out var slot);
        order = default;
        order.Id = id;
        order.Price = command.Price;
        order.Size = draft.Size;
        order.Left = left;
        order.Rates = pool.Rates.NumberOf(draft.Rates.Maker, draft.Rates.Taker);
        order.Trader = seatSlot;
        order.Side = draft.Side;
        order.TimeInForce = command.TimeInForce;
        order.Flags = OrderMarks.Of(draft.Flags);
        order.Mark(attaches, command.StpAction == SelfTradeAction.None ? SelfTradeAction.CancelNewest : command.StpAction);
        Queue(market.Book, slot, ref order, command.Iceberg);
        SleepTimer.Stir(state, market, context);
        state.Seats.Link(slot, ref seat, ref order);
        if (draft.ValuePrice != command.Price) state.ValuePrices.Add(id, draft.ValuePrice);
        if (draft.LossMark != 0) OpenOrders.Measured(state, market, seat, order, draft.LossMark, context);
        if (draft.IsCounted && !draft.Crosses) Sums.OrderRested(ref account, ref seat, draft, draft.Value);
        else orders.Counted(market, ref seat, order);
        if (!tail.IsEmpty && state.WantsUniqueText(seat.User)) Note(tail, id, seatSlot);
    }

    // A frame of its own: the usual order has few things to keep in mind then.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Queue(OrderBook book, int slot, ref Order order, long displayed) => book.Rest(slot, ref order, displayed);

    // M-007.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(ReadOnlySpan<byte> tail, long id, int seatSlot)
    {
        var text = new TailReader(tail).Text();
        if (text.StartsWith("t-", StringComparison.Ordinal)) state.UniqueTexts.Add(id, (seatSlot, text));
    }

    // The truth table and M-044. What a reduce-only order could not use of its size ends with the position (M-084).
    private static FinishReason ReasonFor(in Draft draft, long filled, MatchStop stop)
    {
        if (filled == draft.Size) return FinishReason.Filled;
        if (stop == MatchStop.SelfTrade) return FinishReason.SelfTrade;
        return draft.Reduces && filled == draft.Most ? FinishReason.ReduceOnly : FinishReason.ImmediateOrCancel;
    }

    // Take-profit and stop-loss of a new order: stored inactive (M-107).
    private void Attach(Context context, Market market, int slot, in PlaceContractOrder parent, long orderId)
    {
        AttachOne(context, market, slot, parent, orderId, TriggerRole.TakeProfit, parent.TakeProfitTrigger, parent.TakeProfitPrice);
        AttachOne(context, market, slot, parent, orderId, TriggerRole.StopLoss, parent.StopLossTrigger, parent.StopLossPrice);
    }

    private void AttachOne(Context context, Market market, int slot, in PlaceContractOrder parent, long orderId, TriggerRole role, long triggerPrice, long price)
    {
        if (triggerPrice == 0) return;
        var buys = parent.Size > 0;
        state.Triggers.Add(context, state, new ContractTrigger
        {
            Id = context.NextId(), User = state.Seats[slot].User, Seat = slot, Market = market, Text = "", ParentOrder = orderId, Role = role,
            Status = TriggerStatus.Inactive,
            Terms = new CreateContractTrigger
            {
                Instrument = market.Id.Value, TriggerPrice = triggerPrice, Price = price,
                Rule = role == TriggerRole.TakeProfit == buys ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow,
                PriceType = TriggerPriceType.Last, OrderType = buys ? TriggerOrderType.CloseLongOrder : TriggerOrderType.CloseShortOrder,
                TimeInForce = price == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled, Flags = ContractOrderFlags.ReduceOnly,
                MarginMode = state.Seats[slot].IsSplit ? (byte)2 : (byte)0,
            },
        });
    }
}
