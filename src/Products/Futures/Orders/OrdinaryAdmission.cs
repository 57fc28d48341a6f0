using System.Runtime.CompilerServices;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>The way of nearly every order: an ordinary one (<see cref="Admission.IsOrdinary"/>) of one-way mode, rested or immediate. What <see cref="Admission"/> asks of any order, in
/// the same order, without what is known of these: no flags, no bound of a market order, a linear value of 64 bits. What is asked of them is in registers.</summary>
public sealed class OrdinaryAdmission(FuturesState state, Admission admission)
{
    /// <summary>Whether an ordinary order goes this way: not fill-or-kill, which asks the book first, nor with an open loss in its margin (F-109).</summary>
    public bool Takes(TimeInForce timeInForce, in MarginAccount account) =>
        account.Mode == PositionMode.Single && timeInForce != TimeInForce.FillOrKill && !state.AsksOpenLoss;

    /// <summary>M-016 to M-025.</summary>
    /// <param name="amended">An order that is amended: its seat's sums are without it meanwhile (M-093). 0 = this is a new one.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public FuturesRefusal Admit(in PlaceContractOrder command, Market market, in Seat seat, ref MarginAccount account, ref Draft draft, long amended = 0)
    {
        var (contract, limit, held) = (market.Contract, command.Price, seat.Held);
        draft.TimeInForce = command.TimeInForce;
        if (draft.MayRest && contract.Terms.OrdersLimit > 0 && seat.OpenCount >= contract.Terms.OrdersLimit && amended == 0) return FuturesRefusal.TooManyOrders;
        if (Admission.IsLocked(account, seat)) return FuturesRefusal.PositionInLiquidation;
        var side = (Side)unchecked((ulong)command.Size >> 63);
        var size = Admission.Mirrored(command.Size, side);
        var position = Admission.Mirrored(held, side);
        var reducing = long.Max(long.Min(size, -position), 0);
        var best = market.Book.BestPrice(side ^ Side.Sell) ?? 0;
        var valuePrice = limit + ((long.Max(best, limit) - limit) & -(long)side);           // F-104, of a linear contract
        var crosses = (best != 0) & (Admission.Mirrored(limit, side) >= Admission.Mirrored(best, side));
        var rates = state.RatesOf(seat.User, market);
        draft.Side = side;
        draft.Size = size;
        draft.Reducing = reducing;
        draft.Limit = limit;
        draft.ValuePrice = valuePrice;
        draft.Held = held;
        draft.Flags = seat.Participant ? ContractOrderFlags.Participant : ContractOrderFlags.None;
        draft.Rates = rates;
        draft.Crosses = crosses;
        draft.Maker = crosses && state.IsLarge ? state.PrefetchMaker(market, side) : SeatTable.None;
        // Most prices are on the other side of the mark or before the one at which the leg is looked at; which of both is anybody's guess (OwnPositionBeyond has the rule).
        if (held != 0 && (Admission.Leans(limit, market.Mark, side == Side.Buy, reducing > 0)
            & !(((reducing == 0) | !seat.IsCross) & Admission.IsBefore(limit, contract.Terms.Tick, held, state.Positions[seat.Net].TriggerMark))))
        {
            var refusal = admission.OwnPositionBeyond(market, seat, ref draft);
            if (refusal != FuturesRefusal.None) return refusal;
        }
        if (crosses && command.TimeInForce == TimeInForce.PostOnly) return FuturesRefusal.PostOnlyWouldTake;

        var value = contract.ShortValue(size, limit);
        draft.Value = new Money(value);
        if (size > reducing)
        {
            var refusal = admission.Opening(market, seat, ref account, draft, Replaced.Nothing);
            if (refusal != FuturesRefusal.None) return refusal;
        }
        var fee = OrderMargin.FeeOf(contract, new Rate(rates.Taker));
        var factor = OrderMargin.Factor(contract, side, seat.LeverageOf(side), fee);
        var margin = valuePrice == limit ? new Money(factor.ShortPart(value)) : Admission.MarginOf(contract, draft, factor);
        ref readonly var before = ref seat.OrdersOf(side);
        ref readonly var other = ref seat.OrdersOf(side ^ Side.Sell);
        draft.Own.Size = before.Size + size;
        draft.Own.Margin = before.Margin + margin;
        var bound = OrderMargin.OneWayBound(position, draft.Own, other, out var exact);
        return admission.Affords(seat, ref account, ref draft, bound, exact) ? FuturesRefusal.None : admission.Again(seat, ref account, draft, amended, fee);
    }
}
