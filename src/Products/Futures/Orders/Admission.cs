using System.Runtime.CompilerServices;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>Every check an order goes through, in the order of precedence (matching section 2, F-150…F-157). Nothing here changes anything.</summary>
public sealed class Admission(FuturesState state, Sums sums, Bounds bounds)
{
    private const ContractOrderFlags Allowed = ContractOrderFlags.ReduceOnly | ContractOrderFlags.ClosePosition | ContractOrderFlags.TakeProfitStopLoss;

    /// <summary>A limit order with nothing to it but price, size and time in force, well within the limits of a contract that is open: nothing of <see cref="Form"/> refuses it, it does
    /// not deviate (M-053), and its value fits in 64 bits (<see cref="OrderRange.IsOrdinary"/>).</summary>
    public static bool IsOrdinary(in PlaceContractOrder command, Market market) =>
        ((int)command.StpAction | (int)command.Flags | (int)command.AutoSize | command.MarginMode) == 0 && command.TimeInForce <= TimeInForce.PostOnly
        && (command.Iceberg | command.SlippageRate | command.TakeProfitTrigger | command.TakeProfitPrice | command.StopLossTrigger | command.StopLossPrice) == 0
        && IsOrdinary(market, command.Price, command.Size);

    /// <summary>Of price and size alone.</summary>
    public static bool IsOrdinary(Market market, long price, long size) =>
        market.Status == MarketStatus.Tradable && !market.IsAsleep && market.Range.IsOrdinary(price, size);

    /// <summary>Whether a price is as good as the best one of the other side, 0 = there is none.</summary>
    public static bool Reaches(Side side, long price, long best) => best != 0 && (side == Side.Buy ? price >= best : price <= best);

    /// <summary>M-012 to M-014: what depends on the contract and the command alone.</summary>
    public static FuturesRefusal Form(in PlaceContractOrder command, Market market)
    {
        var reduces = (command.Flags & (ContractOrderFlags.ReduceOnly | ContractOrderFlags.ClosePosition)) != 0 || command.AutoSize != AutoSize.None;
        switch (market.Status)
        {
            case MarketStatus.Tradable: break;
            case MarketStatus.Delisting:
                if (!reduces) return FuturesRefusal.ContractInDelisting;
                break;
            case MarketStatus.CircuitBreaker when command.TimeInForce == TimeInForce.PostOnly: break;
            default: return FuturesRefusal.SideNotTradable;
        }
        if (market.Mark == 0) return FuturesRefusal.SideNotTradable;         // no price yet
        var combination = Combination(command, market, reduces);
        if (combination != FuturesRefusal.None || command.Size == 0) return combination;
        var size = long.Abs(command.Size);
        var terms = market.Terms;
        if (size < long.Max(terms.OrderSizeMin, terms.SizeStep) && !reduces) return FuturesRefusal.SizeTooSmall;        // M-131, M-132
        var most = command.Price == 0 && terms.MarketOrderSizeMax != 0 ? terms.MarketOrderSizeMax : terms.OrderSizeMax;
        if (size > most || !market.Contract.IsPayable(size, command.Price == 0 ? market.Mark : command.Price)) return FuturesRefusal.SizeTooLarge;
        return FuturesRefusal.None;
    }

    // The truth table of matching section 4, M-060, M-082.
    private static FuturesRefusal Combination(in PlaceContractOrder command, Market market, bool reduces)
    {
        var terms = market.Terms;
        if ((command.Flags & ~Allowed) != 0 || command.TimeInForce > TimeInForce.PostOnly || command.StpAction > SelfTradeAction.CancelBoth
            || command.AutoSize > AutoSize.CloseShort || command.MarginMode > 2 || command.Price is < 0 or > ContractCheck.PriceMax
            || command.Size is < -ContractCheck.SizeMax or > ContractCheck.SizeMax || command.Iceberg < 0)
        {
            return FuturesRefusal.InvalidCombination;
        }
        var closes = (command.Flags & ContractOrderFlags.ClosePosition) != 0;
        if (closes && command.AutoSize != AutoSize.None) return FuturesRefusal.InvalidCombination;
        if (command.Size == 0 && !closes && command.AutoSize == AutoSize.None) return FuturesRefusal.SizeZeroWithoutClose;
        if (command.Size != 0 && (closes || command.AutoSize != AutoSize.None)) return FuturesRefusal.InvalidCombination;
        if (command.Price == 0)
        {
            if (command.TimeInForce is not (TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill) || command.Iceberg != 0) return FuturesRefusal.InvalidCombination;   // M-040
            if (command.SlippageRate < 0 || command.SlippageRate > terms.MarketOrderSlip.Raw) return FuturesRefusal.InvalidCombination;
        }
        else if (command.SlippageRate != 0)
        {
            return FuturesRefusal.InvalidCombination;
        }
        if (command.Iceberg != 0)
        {
            var rests = command.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
            if (!rests || command.Iceberg >= long.Abs(command.Size) || command.Iceberg < terms.OrderSizeMin) return FuturesRefusal.InvalidCombination;
        }
        if (!terms.IsOnTick(command.Price) || !terms.IsWholeLots(command.Size) || !terms.IsWholeLots(command.Iceberg)) return FuturesRefusal.OffTick;
        return Geometry(command, market, reduces);
    }

    // M-107: a buy takes its profit above and its loss below, a sell the other way round. A market order is measured from the mark.
    private static FuturesRefusal Geometry(in PlaceContractOrder command, Market market, bool reduces)
    {
        if ((command.TakeProfitTrigger | command.StopLossTrigger) == 0)
        {
            return (command.TakeProfitPrice | command.StopLossPrice) == 0 ? FuturesRefusal.None : FuturesRefusal.InvalidCombination;
        }
        if (reduces) return FuturesRefusal.InvalidCombination;
        var buys = command.Size > 0;
        var up = buys ? command.TakeProfitTrigger : command.StopLossTrigger;
        var down = buys ? command.StopLossTrigger : command.TakeProfitTrigger;
        var price = command.Price == 0 ? market.Mark : command.Price;
        var wrong = up < 0 || down < 0 || command.TakeProfitPrice < 0 || command.StopLossPrice < 0 || (up != 0 && up <= price) || (down != 0 && down >= price);
        return wrong ? FuturesRefusal.StopPriceGeometry : FuturesRefusal.None;
    }

    /// <summary>M-016 to M-020: what depends on who asks. Completes the draft: leg, side, size, and what of it meets the position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FuturesRefusal Owner(in PlaceContractOrder command, Market market, in Seat seat, in MarginAccount account, ref Draft draft)
    {
        draft.TimeInForce = command.TimeInForce;
        draft.IsMarket = command.Price == 0;
        draft.Flags = command.Flags | (seat.Participant ? ContractOrderFlags.Participant : 0);
        if (draft.MayRest && market.Terms.OrdersLimit > 0 && OpenOrdersOf(account, seat) >= market.Terms.OrdersLimit) return FuturesRefusal.TooManyOrders;
        draft.Side = command.Size > 0 ? Side.Buy : Side.Sell;
        draft.Size = long.Abs(command.Size);
        if (!draft.IsOrdinary || account.Mode != PositionMode.Single) return OwnerOfAny(command, market, seat, account, ref draft);
        if (IsLocked(account, seat)) return FuturesRefusal.PositionInLiquidation;
        Meet(seat, ref draft);                              // of no margin mode, within the band, and reduces nothing by its flags
        return FuturesRefusal.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FuturesRefusal OwnerOfAny(in PlaceContractOrder command, Market market, in Seat seat, in MarginAccount account, ref Draft draft)
    {
        if (command.AutoSize != AutoSize.None) draft.Flags |= ContractOrderFlags.ReduceOnly;
        if (command.StpAction != SelfTradeAction.None && state.Spot.Config.StpByMainAccount == 0) return FuturesRefusal.StpNotInGroup;       // M-073
        if (IsLocked(account, seat)) return FuturesRefusal.PositionInLiquidation;
        if (command.MarginMode != 0 && command.MarginMode == 1 != seat.IsCross) return FuturesRefusal.MarginModeMismatch;
        var sided = command.Size != 0;
        if (sided && !draft.IsMarket && Bounds.Deviates(market, draft.Side, command.Price)) return FuturesRefusal.PriceTooDeviated;
        var refusal = account.Mode == PositionMode.Single ? OneWay(command, seat, ref draft) : Hedged(command, seat, ref draft);
        if (refusal != FuturesRefusal.None) return refusal;
        return !sided && !draft.IsMarket && Bounds.Deviates(market, draft.Side, command.Price) ? FuturesRefusal.PriceTooDeviated : FuturesRefusal.None;
    }

    // Of the contract, both seats of split mode.
    private int OpenOrdersOf(in MarginAccount account, in Seat seat) => seat.OpenCount
        + (account.Mode == PositionMode.DualPlus && state.Seats.TryFind(seat.User, seat.Market, out var other, !seat.IsSplit) ? state.Seats[other].OpenCount : 0);

    /// <summary>F-156.</summary>
    public static bool IsLocked(in MarginAccount account, in Seat seat) => (account.LiquidationId | seat.LongLiquidation | seat.ShortLiquidation) != 0;

    private FuturesRefusal OneWay(in PlaceContractOrder command, in Seat seat, ref Draft draft)
    {
        if (command.AutoSize != AutoSize.None) return FuturesRefusal.LegMismatch;
        var position = seat.Held;
        if (draft.Reduces)
        {
            if (position == 0) return FuturesRefusal.ReduceOnlyNoPosition;
            if (command.Size == 0) (draft.Side, draft.Size) = (position > 0 ? Side.Sell : Side.Buy, long.Abs(position));        // M-082
            if (position > 0 == (draft.Side == Side.Buy)) return FuturesRefusal.ReduceOnlyDirection;                            // M-081
        }
        Meet(seat, ref draft);
        return FuturesRefusal.None;
    }

    /// <summary>What of an order meets the one-way position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Meet(in Seat seat, ref Draft draft)
    {
        draft.Leg = Leg.Net;
        draft.Held = seat.Held;
        var against = draft.Side == Side.Buy ? -draft.Held : draft.Held;
        draft.Reducing = long.Max(long.Min(draft.Size, against), 0);
    }

    // M-082, M-083.
    private FuturesRefusal Hedged(in PlaceContractOrder command, in Seat seat, ref Draft draft)
    {
        if ((command.Flags & ContractOrderFlags.ClosePosition) != 0) return FuturesRefusal.LegMismatch;
        if (!draft.Reduces)
        {
            draft.Leg = draft.Side == Side.Buy ? Leg.Long : Leg.Short;
            draft.Held = state.SizeOf(seat, draft.Leg);
            return FuturesRefusal.None;
        }
        draft.Leg = command.AutoSize switch
        {
            AutoSize.CloseLong => Leg.Long,
            AutoSize.CloseShort => Leg.Short,
            _ => draft.Side == Side.Buy ? Leg.Short : Leg.Long,
        };
        draft.Held = state.SizeOf(seat, draft.Leg);
        var size = long.Abs(draft.Held);
        if (size == 0) return FuturesRefusal.ReduceOnlyNoPosition;
        if (command.AutoSize != AutoSize.None) (draft.Side, draft.Size) = (draft.Leg == Leg.Long ? Side.Sell : Side.Buy, size);
        else if (draft.Size > size - Reducing(seat, draft.Side)) return FuturesRefusal.ReduceOnlyExceeded;
        draft.Reducing = long.Min(draft.Size, size);
        return FuturesRefusal.None;
    }

    /// <summary>M-021, F-153: not beyond the liquidation price of the leg it adds to, nor beyond the bankruptcy price of the one it reduces. A market order
    /// that reduces is bounded instead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FuturesRefusal OwnPosition(Market market, in Seat seat, ref Draft draft)
    {
        if (!draft.IsMarket)
        {
            if (draft.Held == 0 || !Leans(draft.Limit, market.Mark, draft.Side == Side.Buy, draft.Reducing > 0)) return FuturesRefusal.None;
        }
        return OwnPositionBeyond(market, seat, ref draft);
    }

    /// <summary>Whether a price may be beyond one of those two: both are on the losing side of the mark, unless the leg is bankrupt. An order that opens may not be too far to that side
    /// as its own, nor one that reduces as the other party's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Leans(long limit, long mark, bool isBuy, bool reduces) => (limit != mark) & (limit > mark == isBuy == reduces);

    /// <summary>Whether a price comes before the mark at which a leg is looked at, by more than a tick.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBefore(long limit, long tick, long held, long looked)
    {
        var side = held > 0 ? Side.Buy : Side.Sell;
        return Mirrored(limit, side) - tick > Mirrored(looked, side);
    }

    /// <summary>Of a sell all is as of a buy at prices below zero. Which side comes next is anybody's guess, so there is no jump.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Mirrored(long value, Side side) => unchecked((value ^ -(long)side) + (long)side);

    /// <summary>The same for who knows that it leans so.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public FuturesRefusal OwnPositionBeyond(Market market, in Seat seat, ref Draft draft)
    {
        var buys = draft.Side == Side.Buy;
        if (!draft.IsMarket && (draft.Reducing == 0 || !seat.IsCross))
        {
            // The mark at which the leg is looked at comes before the liquidation price, and that of an isolated leg before its bankruptcy price, because it leaves the exit fee and more;
            // what is not beyond it, to a tick, is not beyond those.
            if (IsBefore(draft.Limit, market.Terms.Tick, draft.Held, state.Positions[seat.SlotOf(draft.Leg)].TriggerMark)) return FuturesRefusal.None;
        }
        if (draft.Reducing > 0)
        {
            if (!draft.IsMarket && bounds.IsCovered(seat, market, draft.Leg, draft.Limit)) return FuturesRefusal.None;
            if (bounds.BankruptcyPriceOf(seat, market, draft.Leg) is not { } bankruptcy) return FuturesRefusal.None;
            if (draft.IsMarket) draft.Limit = buys ? long.Min(draft.Limit, bankruptcy) : long.Max(draft.Limit, bankruptcy);
            else if (buys ? draft.Limit > bankruptcy : draft.Limit < bankruptcy) return FuturesRefusal.PriceOverBankrupt;
            return FuturesRefusal.None;
        }
        if (draft.IsMarket) return FuturesRefusal.None;
        if (bounds.LiquidationPriceOf(seat, market, draft.Leg) is not { } liquidation) return FuturesRefusal.None;
        return (buys ? draft.Limit < liquidation : draft.Limit > liquidation) ? FuturesRefusal.PriceOverLiquidation : FuturesRefusal.None;
    }

    /// <summary>M-025: risk limit, immediate liquidation, margin (F-113, F-154, F-107). Reduce-only orders need none of them (F-155).</summary>
    /// <param name="replaced">What an amended order counts in its seat's sums, taken out before the new terms are put in (M-093).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FuturesRefusal Margin(Market market, in Seat seat, ref MarginAccount account, ref Draft draft, in Replaced replaced)
    {
        if (draft.Reduces) return FuturesRefusal.None;
        draft.Value = ValueOf(market, draft);
        if (draft.Size > draft.Reducing)
        {
            var refusal = Opening(market, seat, ref account, draft, replaced);
            if (refusal != FuturesRefusal.None) return refusal;
        }
        return Affords(market, seat, ref account, ref draft, replaced);
    }

    // Half-even (F-113); of an ordinary order no more than two products of 64 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Money ValueOf(Market market, in Draft draft) =>
        draft.IsOrdinary ? new Money(market.Contract.ShortValue(draft.Size, draft.Limit)) : Sums.ValueOf(market, draft.Limit, draft.Size).InHalves;

    /// <summary>What only an order that opens something is asked; its value is known.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public FuturesRefusal Opening(Market market, in Seat seat, ref MarginAccount account, in Draft draft, in Replaced replaced)
    {
        var leverage = seat.LeverageOf(draft.Leg);
        if (leverage > market.Terms.LeverageMax) return FuturesRefusal.LeverageTooHigh;         // lowered since (F-169)
        if (IsTooHighAsleep(market, leverage)) return FuturesRefusal.LeverageTooHigh;           // K-205
        if (ExceedsRiskLimit(market, seat, leverage, draft, replaced)) return FuturesRefusal.RiskLimitExceeded;

        // Only a price worse than the mark can have it liquidated at once. Who keeps former requirements loses them by it (F-169 step 4), so the present ones decide.
        var keeps = seat.Kept != 0 || (account.KeptSeats != 0 && seat.IsCross);
        if (!keeps && Mirrored(draft.Limit, draft.Side) <= Mirrored(market.Mark, draft.Side)) return FuturesRefusal.None;
        return WouldBeLiquidated(market, seat, ref account, draft, keeps) ? FuturesRefusal.LiquidateImmediately : FuturesRefusal.None;
    }

    /// <summary>closed_max_leverage: what is opened while the market of a stock sleeps has less (K-205).</summary>
    public static bool IsTooHighAsleep(Market market, Leverage leverage) => market.IsAsleep && market.SleepRules.IsStock && leverage > market.SleepRules.LeverageMax;

    // F-113: position at the mark and opening orders at their prices, of the direction of this order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ExceedsRiskLimit(Market market, in Seat seat, Leverage leverage, in Draft draft, in Replaced replaced)
    {
        var limit = RiskLimit.LimitFor(market.Contract.RiskLimits, leverage);
        var orders = seat.OrderValueOf(draft.Side) + draft.Value;
        if (replaced.OrderId != 0) orders -= replaced.Value;
        if (market.Contract.IsShort(draft.Held, market.Mark))
        {
            var signed = market.Contract.ShortValue(draft.Held, market.Mark);
            return orders + new Money(Mirrored(signed, draft.Side)) > limit;        // no limit is below zero
        }
        return ExceedsRiskLimit(market, draft, orders, limit);
    }

    // The same of any position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ExceedsRiskLimit(Market market, in Draft draft, Money orders, Money limit)
    {
        var buys = draft.Side == Side.Buy;
        if (draft.Held == 0) return orders > limit;
        var value = market.Contract.NotionalOf(draft.Held, market.Mark);
        if (draft.Held > 0 != buys)
        {
            // Against the position: what closes it is not at stake.
            orders = Money.Max(Money.Zero, orders - value.ToMoney(Rounding.Floor));
            value = new Notional(0, 1);
        }
        return RiskLimit.IsExceeded(value, orders, limit);
    }

    // F-154: all of it filled at its worst price, taker fee paid.
    private bool WouldBeLiquidated(Market market, in Seat seat, ref MarginAccount account, in Draft draft, bool keeps)
    {
        var (slot, other) = (seat.SlotOf(draft.Leg), draft.Leg switch { Leg.Long => seat.Short, Leg.Short => seat.Long, _ => PositionTable.None });
        var size = draft.Held;
        var contract = market.Contract;
        var opens = size == 0 || size > 0 == (draft.Side == Side.Buy);
        if (contract.IsInverse || (seat.IsCross ? other >= 0 && state.Positions[other].Size != 0 : !opens)) return WouldBreachByFill(market, seat, ref account, draft, slot, other, keeps);

        // Linear, one leg: what is closed brings and what is left is worth together what all of it is worth at the mark, whatever the shares.
        var value = draft.Side == Side.Buy ? draft.Value : -draft.Value;
        var marked = contract.Value(checked(size + draft.Quantity), market.Mark);
        var requirement = Requirements.Maintenance(contract, contract.RiskLimits, marked);
        var gain = marked - value - (slot < 0 ? Money.Zero : state.Positions[slot].EntryValue);
        if (!seat.IsCross) return WouldBreachIsolated(contract, seat, draft, slot, gain, requirement);
        gain -= draft.IsOrdinary ? new Money(draft.Taker.ShortFee(unchecked((long)draft.Value.Raw))) : draft.Taker.Of(draft.Value, Rounding.Ceiling);
        if (!keeps && state.Drift.TryLoss(account, state.MarkClock, out var loss))
        {
            // At the marks of before, and the worst that can have come since.
            var (profit, required) = (account.Cross.Unrealised - seat.Counted.Unrealised, account.Cross.Requirement - seat.Counted.Requirement);
            if (state.FreeCash(account) + gain + profit - loss > requirement + required) return false;
        }
        return WouldBreachCross(seat, ref account, gain, requirement, keeps);
    }

    // An isolated leg, with what the order brings into it and takes from it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WouldBreachIsolated(Contract contract, in Seat seat, in Draft draft, int slot, in Money gain, in Money requirement)
    {
        var factor = MarginFactor.Of(slot < 0 ? seat.LeverageOf(draft.Leg) : state.Positions[slot].Leverage, contract.ExitFee, 1);
        var charged = draft.IsOrdinary ? new Money(factor.ShortPart(unchecked((long)draft.Value.Raw))) : Notional.Of(draft.Value).Part(factor);
        return new MarginLevel(charged + gain + (slot < 0 ? Money.Zero : state.Positions[slot].Margin), requirement).IsBreached;
    }

    // A cross one, at the marks of now.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WouldBreachCross(in Seat seat, ref MarginAccount account, Money gain, Money requirement, bool keeps)
    {
        sums.Refresh(ref account);
        gain += account.Cross.Unrealised - seat.Counted.Unrealised;
        requirement += account.Cross.Requirement - seat.Counted.Requirement;
        if (keeps)
        {
            var lost = sums.Lost(account, seat.Market);
            (gain, requirement) = (gain + lost.Unrealised, requirement + lost.Requirement);
        }
        return new MarginLevel(state.FreeCash(account) + gain, requirement).IsBreached;
    }

    // The same by the fill itself.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WouldBreachByFill(Market market, in Seat seat, ref MarginAccount account, in Draft draft, int slot, int other, bool keeps)
    {
        var position = slot >= 0 ? state.Positions[slot] : new Position { IsCross = seat.IsCross, Leverage = seat.LeverageOf(draft.Leg) };
        var value = market.Contract.Value(draft.Quantity, draft.Limit);
        var fee = draft.Taker.Of(value.IsNegative ? -value : value, Rounding.Ceiling);
        position.Fill(market.Contract, draft.Quantity, value, fee, 0, out var change, out _);
        var tiers = market.Contract.RiskLimits;
        if (!seat.IsCross)
        {
            return Requirements.IsolatedLevel(market.Contract, tiers, position.Size, position.EntryValue, position.Margin, market.Mark).IsBreached;
        }
        sums.Refresh(ref account);
        var after = other < 0 || state.Positions[other].Size == 0
            ? Requirements.Of(market.Contract, tiers, position.Size, position.EntryValue, seat.CrossLimit, market.Mark)
            : draft.Leg == Leg.Long
                ? Requirements.Of(market.Contract, tiers, position.Size, position.EntryValue, state.Positions[other].Size, state.Positions[other].EntryValue, seat.CrossLimit, market.Mark)
                : Requirements.Of(market.Contract, tiers, state.Positions[other].Size, state.Positions[other].EntryValue, position.Size, position.EntryValue, seat.CrossLimit, market.Mark);
        var cross = account.Cross - seat.Counted + after;
        if (keeps) cross += sums.Lost(account, seat.Market);
        return new MarginLevel(state.FreeCash(account) + change.Profit - fee + cross.Unrealised, cross.Requirement).IsBreached;
    }

    // F-107, with the bound first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FuturesRefusal Affords(Market market, in Seat seat, ref MarginAccount account, ref Draft draft, in Replaced replaced)
    {
        var contract = market.Contract;
        var fee = OrderMargin.FeeOf(contract, draft.Taker);
        if (state.AsksOpenLoss && market.Options.OpenLoss != 0) draft.LossMark = OrderMargin.LossMark(draft.Side, draft.ValuePrice, market.Mark);
        var factor = OrderMargin.Factor(contract, draft.Side, seat.LeverageOf(draft.Side), fee);
        var margin = draft.IsOrdinary && draft.ValuePrice == draft.Limit && draft.LossMark == 0
            ? new Money(factor.ShortPart(unchecked((long)draft.Value.Raw)))
            : MarginOf(contract, draft, factor);
        var isBuy = draft.Side == Side.Buy;
        var own = seat.OrdersOf(draft.Side);
        own.Add(draft.Size, margin);
        if (replaced.OrderId != 0) own.Remove(replaced.Size, replaced.Margin);
        draft.Own = own;                // each where it is found: there are registers for no more
        var exact = true;
        ref readonly var other = ref seat.OrdersOf(draft.Side ^ Side.Sell);
        var bound = account.Mode == PositionMode.Single
            ? OrderMargin.OneWayBound(isBuy ? draft.Held : -draft.Held, draft.Own, other, out exact)          // of a sell its mirror image
            : OrderMargin.Hedge(draft.Own, other);
        return Affords(seat, ref account, ref draft, bound, exact) ? FuturesRefusal.None : Again(seat, ref account, draft, replaced.OrderId, fee);
    }

    /// <summary>Whether an account surely affords what its seat's orders would ask with one more, at most; what it affords with the bound, it affords. Else <see cref="Again"/> says.</summary>
    /// <param name="exact">That is no more than they ask.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Affords(in Seat seat, ref MarginAccount account, ref Draft draft, Money bound, bool exact)
    {
        draft.IsExact = exact;
        draft.IsCounted = true;
        draft.OrderMargin = bound;
        var needed = bound - seat.OrderMargin;
        draft.Needed = needed;
        if (needed <= Money.Zero && exact && !seat.IsInexact) return true;      // a bound that does not grow may hide a need that does
        return state.Drift.TryLoss(account, state.MarkClock, out var loss) && needed <= account.AvailableFor(seat.IsCross, state.Ledger[account.Ledger].Total) - loss;
    }

    // What an order asks as if it met no position (F-104, F-109).
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static Money MarginOf(Contract contract, in Draft draft, MarginFactor factor)
    {
        var isValued = draft.ValuePrice == draft.Limit && !contract.IsInverse;          // its value is known already, to the quantum
        var value = isValued ? new Notional(draft.Value.Raw, 1) : contract.NotionalOf(draft.Size, draft.ValuePrice);
        var margin = value.Part(factor);
        return draft.LossMark == 0 ? margin : margin + OrderMargin.OpenLoss(contract, draft.Size, draft.ValuePrice, draft.LossMark);
    }

    /// <summary>What it affords at the marks of now, and to the quantum where the bound does not suffice.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public FuturesRefusal Again(in Seat seat, ref MarginAccount account, in Draft draft, long amended, Rate fee)
    {
        var needed = draft.Needed;
        sums.Refresh(ref account);
        var available = account.AvailableFor(seat.IsCross, state.Ledger[account.Ledger].Total);
        if (needed <= available) return FuturesRefusal.None;
        available += sums.Excess(account);
        if (account.Mode == PositionMode.Single && (!draft.IsExact || seat.IsInexact))
        {
            var counted = seat.IsInexact ? sums.Exact(seat, default, Side.Buy, 0) : seat.OrderMargin;
            needed = sums.Exact(seat, new OpeningOrder(draft.Size, draft.ValuePrice, fee, draft.LossMark), draft.Side, draft.Limit, amended) - counted;
        }
        return needed <= Money.Zero || needed <= available ? FuturesRefusal.None : FuturesRefusal.InsufficientAvailable;
    }

    private long Reducing(in Seat seat, Side side)
    {
        long sum = 0;
        if (seat.ReduceCount == 0) return 0;
        for (var slot = seat.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].TraderNext)
        {
            ref readonly var order = ref state.Pool.Orders[slot];
            if (order.Side == side && OrderMarks.Reduces(order)) sum += order.Left;
        }
        return sum;
    }
}

/// <summary>What an order that is being amended adds to its seat's sums now; nothing for a new one.</summary>
public readonly record struct Replaced(long OrderId, long Size, Money Margin, Money Value)
{
    public static readonly Replaced Nothing = default;
}
