using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Rounds;

/// <summary>Liquidations, one scope after the other, one round a step (F-165, F-189): level, lock, cancel, net, choose the leg, sell to the bankruptcy price, surplus to
/// the fund, and what nobody bought to the fund or against the other side.</summary>
public sealed class LiquidationRounds(FuturesState state, Watch watch, Legs legs, OpenOrders orders, Bounds bounds, Placement placement, FundKeeper fund,
    Deleverager deleverager, Aftermath aftermath)
{
    public const ushort CoolTimer = 451;

    private const byte RiskRow = 13;
    private const int FirstShare = 5;
    private const long CoolNanos = 30 * Nanos.PerSecond;

    public void Round(in Work work, Context context)
    {
        if (state.Liquidations.Count > 0)
        {
            if (IsOver(state.Liquidations.First, context)) state.Liquidations.RemoveFirst();
            aftermath.Run(context);
        }
        state.IsLiquidating = state.Liquidations.Count > 0;
        if (state.IsLiquidating) context.EnqueueRisk(work);
    }

    // One round; true when the scope is done, or can not go on now.
    private bool IsOver(in Scope scope, Context context)
    {
        var level = watch.LevelOf(scope);
        if (!level.IsBreached)
        {
            End(scope, context);
            return true;
        }
        var seatSlot = scope.IsCross ? LargestOf(scope) : scope.Seat;
        var market = state.Markets[state.Seats[seatSlot].Market];
        if (market.IsStale(context.Stamp.TimeNanos)) return true;                   // F-171
        if (IdOf(scope) == 0)
        {
            Start(scope, level, context);
            if (market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable) return true;      // F-188: locked until it opens
            level = watch.LevelOf(scope);
            if (!level.IsBreached)
            {
                End(scope, context);
                return true;
            }
        }
        if (market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable) return true;
        if (state.Cooling.Count != 0 && state.Cooling.TryGetValue(IdOf(scope), out var until) && until > context.Stamp.TimeNanos && !IsDeep(level)) return true;      // F-174
        if (scope.IsCross && Net(scope, context)) return false;                     // step 4; the level is looked at again
        Close(scope, seatSlot, market, level, context);
        return false;
    }

    private void Start(in Scope scope, in MarginLevel level, Context context)
    {
        var id = context.NextId();
        ref var account = ref state.Accounts[scope.Account];
        SetId(scope, id);
        var instrument = scope.IsCross ? 0 : state.Markets[state.Seats[scope.Seat].Market].Id.Value;
        context.Events.Append(new LiquidationStarted
        {
            Equity = level.Equity, Requirement = level.Requirement, Id = id, User = account.User, Wallet = account.Wallet, Instrument = instrument, Leg = scope.Leg,
        });
        // Step 3. Isolated opening orders go with a cross scope: a fill of theirs would take its cash.
        foreach (var market in state.Markets)
        {
            if (market.Wallet.Value != account.Wallet) continue;
            foreach (var slot in state.SeatsIn(account.User, market))
            {
                if (scope.IsCross || slot == scope.Seat) Cancel(market, slot, scope, context);
            }
        }
    }

    private void Cancel(Market market, int seatSlot, in Scope scope, Context context)
    {
        if (state.Seats[seatSlot].OpenCount > 0)
        {
            market.Book.Begin();
            for (var slot = state.Seats[seatSlot].First; slot != OrderPool.None;)
            {
                ref readonly var order = ref state.Pool.Orders[slot];
                var next = order.TraderNext;
                var leg = FillSettlement.LegOf(state, state.Seats[seatSlot], order.Side == Side.Buy ? 1 : -1, order.Flags);
                if (scope.IsCross || leg == scope.Leg) orders.End(market, context, slot, FinishReason.Liquidated);
                slot = next;
            }
            market.Announce(context);
        }
        AutoTriggers.EndAll(state, seatSlot, AutoReason.Liquidated, context);
        if (state.Seats[seatSlot].OpenTriggers == 0) return;
        foreach (var trigger in state.Triggers.Of(seatSlot)) state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
    }

    private void End(in Scope scope, Context context)
    {
        var id = IdOf(scope);
        if (id != 0)
        {
            SetId(scope, 0);
            if (state.Cooling.Count != 0) state.Cooling.Remove(id);
            ref readonly var account = ref state.Accounts[scope.Account];
            context.Events.Append(new LiquidationEnded
            {
                Id = id, User = account.User, Wallet = account.Wallet, Leg = scope.Leg,
                Instrument = scope.IsCross ? 0 : state.Markets[state.Seats[scope.Seat].Market].Id.Value,
            });
        }
        if (!scope.IsCross) state.Touched.Add(scope.Seat);
        else if (state.Accounts[scope.Account].FirstOpen is >= 0 and var open) state.Touched.Add(open);
    }

    // Step 4, F-134: what hedged legs have in common is closed at the mark, both with the same value and without a fee.
    private bool Net(in Scope scope, Context context)
    {
        if (state.Accounts[scope.Account].Mode == PositionMode.Single) return false;
        var netted = false;
        foreach (var market in state.Markets)
        {
            if (!state.Seats.TryFind(state.Accounts[scope.Account].User, market.Number, out var slot) || !state.Seats[slot].IsCross) continue;
            ref readonly var seat = ref state.Seats[slot];
            var (longSize, shortSize) = (state.SizeOf(seat, Leg.Long), state.SizeOf(seat, Leg.Short));
            var overlap = LiquidationStage.Overlap(longSize, shortSize);
            if (overlap <= 0 || market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable) continue;
            var value = market.Contract.Value(overlap, market.Mark);
            var cause = new LegCause(PositionCause.Netting, IdOf(scope));
            legs.Apply(-value, Money.Zero, market, slot, Leg.Long, -overlap, cause, context);
            legs.Apply(value, Money.Zero, market, slot, Leg.Short, overlap, cause, context);
            netted = true;
        }
        return netted;
    }

    // Steps 5 to 10 for one leg.
    private void Close(in Scope scope, int seatSlot, Market market, in MarginLevel level, Context context)
    {
        ref var seat = ref state.Seats[seatSlot];
        var ledger = state.Accounts[seat.Account].Ledger;
        var leg = scope.IsCross ? LegOf(seat) : scope.Leg;
        var before = state.Positions[seat.SlotOf(leg)];
        var contract = market.ContractOf(seat);
        var closing = LiquidationStage.SizeToClose(contract, contract.RiskLimits, before.Size, market.Mark, level.Equity);
        if (closing <= 0) closing = long.Abs(before.Size);
        if (!market.Options.LiquidationChunk.IsZero) closing = Throttled(scope, market, before.Size, closing, level, context);
        var found = bounds.BankruptcyPriceOf(seat, market, leg);
        var bankruptcy = found ?? Beyond(market, before.Size);
        var estimate = bounds.LiquidationPriceOf(seat, market, leg) ?? 0;
        var quantity = before.Size > 0 ? -closing : closing;
        var freeBefore = state.FreeCash(state.Accounts[seat.Account]);
        var id = IdOf(scope);

        Span<byte> text = stackalloc byte[32];
        "liq-"u8.CopyTo(text);
        id.TryFormat(text[4..], out var digits, default, null);
        var taker = new Rate(state.RatesOf(seat.User, market).Taker);
        var flags = ContractOrderFlags.Liquidation | ContractOrderFlags.ReduceOnly | (seat.Participant ? ContractOrderFlags.Participant : 0);
        var order = placement.PlaceForEngine(market, seatSlot, quantity, bankruptcy, taker, flags, text[..(4 + digits)], context, out var settled, out var filled);

        var (surplus, refund) = (Money.Zero, Money.Zero);
        if (filled > 0)
        {
            surplus = LiquidationMoney.Surplus(contract, quantity > 0 ? filled : -filled, settled.TakerValue, settled.TakerFees, bankruptcy);
            if (market.Options.Surplus == SurplusMode.RefundCappedFee)                                // F-182
            {
                refund = surplus - LiquidationMoney.ClearanceFee(surplus, settled.TakerValue, new Rate(market.Options.ClearanceRate));
            }
            fund.Receive(market, ledger, surplus - refund, Reason.Insurance, order, context);         // F-181
        }
        var left = closing - filled;
        if (left > 0) PassOn(scope, seatSlot, market, leg, quantity > 0 ? left : -left, bankruptcy, found is not null, freeBefore + refund, order, context);

        var rest = Money.Zero;
        if (!seat.IsCross)
        {
            // Step 10, F-184: an isolated leg costs its margin, no more, and no less but for what F-182 leaves.
            rest = state.FreeCash(state.Accounts[seat.Account]) - freeBefore - refund;
            fund.Receive(market, ledger, rest, Reason.Insurance, order, context);
        }
        context.Events.Append(new PositionLiquidated
        {
            EntryPrice = contract.EntryPrice(before.Size, before.EntryValue), Margin = before.Margin, Surplus = surplus, Refund = refund, MarginToFund = rest, Id = id, OrderId = order,
            FillPrice = filled == 0 ? 0 : contract.EntryPrice(quantity > 0 ? filled : -filled, settled.TakerValue),
            Size = before.Size, OrderSize = quantity, Left = left, BankruptcyPrice = bankruptcy, LiquidationPrice = estimate, Mark = market.Mark, User = seat.User,
            Instrument = market.Id.Value, Leverage = seat.LeverageOf(leg).Hundredths, Leg = leg, IsCross = seat.IsCross ? (byte)1 : (byte)0,
            Participant = seat.Participant ? (byte)1 : (byte)0,
        });
        fund.Observe(market, context);
    }

    // F-174, between steps 6 and 7: of a large leg a fifth goes first, and the rest half a minute later, at once where the level is below two thirds.
    private long Throttled(in Scope scope, Market market, long size, long closing, in MarginLevel level, Context context)
    {
        var id = IdOf(scope);
        if (state.Cooling.ContainsKey(id) || IsDeep(level) || !market.Contract.NotionalOf(size, market.Mark).Exceeds(market.Options.LiquidationChunk)) return closing;
        var first = market.Contract.ToLot(closing / FirstShare);
        if (first <= 0) return closing;
        var until = context.Stamp.TimeNanos + CoolNanos;
        state.Cooling.Add(id, until);
        context.Timers.Add(new Due(until, RiskRow, CoolTimer, market.Id.Value, state.Accounts[scope.Account].User, id));
        return first;
    }

    /// <summary>A liquidation that waited goes on, if it is not over.</summary>
    public void Cooled(in Due due, Context context)
    {
        if (!state.Cooling.ContainsKey(due.C)) return;
        foreach (var slot in state.SeatsIn((int)due.B, state.MarketOf((int)due.A)!))
        {
            var seat = state.Seats[slot];
            if (state.Accounts[seat.Account].LiquidationId == due.C)
            {
                aftermath.Resume(new Scope(seat.Account, SeatTable.None, Leg.Net), context);
                return;
            }
            if (seat.LongLiquidation == due.C) aftermath.Resume(new Scope(seat.Account, slot, state.Accounts[seat.Account].Mode == PositionMode.Single ? Leg.Net : Leg.Long), context);
            if (seat.ShortLiquidation == due.C) aftermath.Resume(new Scope(seat.Account, slot, Leg.Short), context);
        }
    }

    private static bool IsDeep(in MarginLevel level) => level.Equity.Raw * 3 < level.Requirement.Raw * 2;

    // Step 9: what nobody bought goes to the fund if it may take it, else against the other side; what is left then the fund must take. Where no price leaves
    // nothing, nobody else is asked to trade at the last one there is.
    private void PassOn(in Scope scope, int seatSlot, Market market, Leg leg, long quantity, long price, bool isBankruptcy, Money freeBefore, long order, Context context)
    {
        var contract = market.ContractOf(state.Seats[seatSlot]);
        var reserve = ReserveOf(contract, quantity, price);
        if (isBankruptcy && !fund.MayTake(market, -quantity, price, reserve, context))
        {
            quantity = deleverager.Run(market, seatSlot, leg, quantity, price, IdOf(scope), order, context);
            if (quantity == 0) return;
        }
        ref var seat = ref state.Seats[seatSlot];
        var account = state.Accounts[seat.Account].Ledger;
        var value = market.Contract.Value(quantity, price);
        legs.Apply(value, Money.Zero, market, seatSlot, leg, quantity, new LegCause(PositionCause.TakeOver, order), context);
        fund.Take(market, FuturesState.FundUser, -quantity, price, PositionCause.TakeOver, order, context);

        // F-183: the reserve for the exit fee goes with the leg, as far as the scope still has it.
        var free = state.FreeCash(state.Accounts[seat.Account]);
        var has = seat.IsCross ? watch.LevelOf(scope).Equity : free - freeBefore;
        var paid = LiquidationMoney.TakeOverReserve(contract, quantity, price, has);
        fund.Receive(market, account, paid, Reason.LiquidationFee, order, context);
        context.Events.Append(new PositionTakenOver
        {
            FeeReserve = paid, Id = IdOf(scope), Size = -quantity, Price = price, User = seat.User, Instrument = market.Id.Value,
        });
    }

    private static Money ReserveOf(Contract contract, long quantity, long price)
    {
        var value = contract.Value(quantity, price);
        return contract.ExitFee.Of(value.IsNegative ? -value : value, Rounding.Ceiling);
    }

    // Step 5: the contract with the largest requirement, of equals the lower name (decision 6 of the rules).
    private int LargestOf(in Scope scope)
    {
        var chosen = SeatTable.None;
        for (var slot = state.Accounts[scope.Account].FirstOpen; slot != SeatTable.None; slot = state.Seats[slot].NextOpen)
        {
            ref readonly var seat = ref state.Seats[slot];
            if (!seat.IsCross) continue;
            if (chosen == SeatTable.None)
            {
                chosen = slot;
                continue;
            }
            var larger = seat.Counted.Requirement.CompareTo(state.Seats[chosen].Counted.Requirement);
            if (larger > 0 || (larger == 0 && string.CompareOrdinal(state.Markets[seat.Market].Symbol, state.Markets[state.Seats[chosen].Market].Symbol) < 0)) chosen = slot;
        }
        return chosen;
    }

    private Leg LegOf(in Seat seat) => state.SizeOf(seat, Leg.Net) != 0 ? Leg.Net : state.SizeOf(seat, Leg.Long) != 0 ? Leg.Long : Leg.Short;

    // No price leaves nothing: a short that owes more than it is worth, an inverse long likewise. It goes at the last price there is.
    private static long Beyond(Market market, long size) => size < 0 ? market.Terms.Tick : ContractCheck.PriceMax - ContractCheck.PriceMax % market.Terms.Tick;

    private long IdOf(in Scope scope)
    {
        if (scope.IsCross) return state.Accounts[scope.Account].LiquidationId;
        ref readonly var seat = ref state.Seats[scope.Seat];
        return scope.Leg == Leg.Short ? seat.ShortLiquidation : seat.LongLiquidation;
    }

    private void SetId(in Scope scope, long id)
    {
        if (scope.IsCross) state.Accounts[scope.Account].LiquidationId = id;
        else if (scope.Leg == Leg.Short) state.Seats[scope.Seat].ShortLiquidation = id;
        else state.Seats[scope.Seat].LongLiquidation = id;
    }
}
