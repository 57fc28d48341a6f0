using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Rounds;

/// <summary>Auto-deleveraging: what a liquidation could not sell and the fund may not take is closed against the other side, highest score first, at the bankruptcy
/// price and without a fee (F-166, F-200…F-209).</summary>
public sealed class Deleverager(FuturesState state, Watch watch, Legs legs, OpenOrders orders)
{
    /// <summary>Closes a leg against the other side. Returns what nobody was left for, signed as <paramref name="quantity"/>.</summary>
    /// <param name="quantity">Signed trade of the liquidated leg.</param>
    public long Run(Market market, int seatSlot, Leg leg, long quantity, long price, long liquidation, long order, Context context)
    {
        var ranking = RankingOf(market, seatSlot, quantity);
        foreach (var candidate in ranking)
        {
            if (quantity == 0) break;
            var counterparty = state.Positions[candidate.Position].Seat;
            CancelOrders(market, counterparty, context);
            var size = long.Min(long.Abs(quantity), candidate.Size);
            var trade = quantity > 0 ? size : -size;
            var value = market.Contract.Value(trade, price);
            legs.Apply(market, seatSlot, leg, trade, value, Money.Zero, new LegCause(PositionCause.Liquidation, order), context);
            Reduce(market, counterparty, candidate.Position, -trade, -value, price, liquidation, order, context);
            quantity -= trade;
        }
        return quantity;
    }

    /// <summary>All opposite legs in the order they would be taken (F-202); the venue's own last (F-195).</summary>
    public List<AdlCandidate> RankingOf(Market market, int seatSlot, long quantity)
    {
        var ranking = new List<AdlCandidate>();
        foreach (var slot in (quantity > 0 ? market.Longs : market.Shorts).All) Add(market, seatSlot, slot, ranking);
        for (var venue = FuturesState.FundUser; venue <= FuturesState.HouseUser; venue++)
        {
            if (!state.Seats.TryFind(venue, market.Number, out var seat) || state.Seats[seat].Net is not (>= 0 and var slot)) continue;
            ref readonly var position = ref state.Positions[slot];
            if (position.Size != 0 && position.Size > 0 == quantity > 0)
            {
                ranking.Add(new AdlCandidate(AdlScore.None, position.OpenedNanos, venue, long.Abs(position.Size), true, slot));
            }
        }
        ranking.Sort((a, b) => a.CompareTo(b) is not 0 and var order ? order : LegOf(a).CompareTo(LegOf(b)));
        return ranking;
    }

    private Leg LegOf(in AdlCandidate candidate) => state.Positions[candidate.Position].Leg;

    // F-204: legs in liquidation and legs without equity are not taken.
    private void Add(Market market, int seatSlot, int slot, List<AdlCandidate> ranking)
    {
        ref readonly var position = ref state.Positions[slot];
        ref readonly var seat = ref state.Seats[position.Seat];
        if (position.Seat == seatSlot || Admission.IsLocked(state.Accounts[seat.Account], seat)) return;
        var scope = seat.IsCross ? new Scope(seat.Account, SeatTable.None, Leg.Net) : new Scope(seat.Account, position.Seat, position.Leg);
        var level = watch.LevelOf(scope);
        if (level.IsDefined && level.Equity <= Money.Zero) return;
        var unrealised = market.Contract.Unrealised(position.Size, position.EntryValue, market.Mark);
        ranking.Add(new AdlCandidate(AdlScore.Of(unrealised, position.EntryValue, level), position.OpenedNanos, position.User, long.Abs(position.Size), false, slot));
    }

    private void CancelOrders(Market market, int seatSlot, Context context)
    {
        if (state.Seats[seatSlot].OpenCount == 0) return;
        market.Book.Begin();
        orders.EndAll(market, state.Seats[seatSlot], context, FinishReason.AutoDeleveraged);
        market.Book.Announce(context.Events);
    }

    private void Reduce(Market market, int seatSlot, int slot, long trade, Money value, long price, long liquidation, long order, Context context)
    {
        var before = state.Positions[slot];
        var change = legs.Apply(market, seatSlot, before.Leg, trade, value, Money.Zero, new LegCause(PositionCause.Deleveraging, order), context);
        ref readonly var seat = ref state.Seats[seatSlot];
        context.Events.Append(new PositionDeleveraged
        {
            EntryPrice = market.Contract.EntryPrice(before.Size, before.EntryValue), Profit = change.Profit, Id = liquidation, OrderId = order, Price = price, Size = trade,
            PositionLeft = state.Positions[slot].Size, User = seat.User, Instrument = market.Id.Value, Leverage = seat.Effective.Hundredths, Leg = before.Leg,
            IsCross = seat.IsCross ? (byte)1 : (byte)0, Participant = seat.Participant ? (byte)1 : (byte)0,
        });
    }
}
