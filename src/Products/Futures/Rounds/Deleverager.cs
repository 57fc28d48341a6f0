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
    private readonly Dictionary<(int Market, bool Longs), Ranking> rankings = [];
    private Stamp ranked;

    /// <summary>Closes a leg against the other side. Returns what nobody was left for, signed as <paramref name="quantity"/>.</summary>
    /// <param name="quantity">Signed trade of the liquidated leg.</param>
    public long Run(Market market, int seatSlot, Leg leg, long quantity, long price, long liquidation, long order, Context context)
    {
        var ranking = RankingOf(market, quantity > 0, context);
        for (var at = ranking.First; at < ranking.Candidates.Count && quantity != 0; at++)
        {
            var slot = ranking.Candidates[at].Position;
            if (!MayBeTaken(market, seatSlot, slot, quantity)) continue;
            var counterparty = state.Positions[slot].Seat;
            CancelOrders(market, counterparty, context);
            var size = long.Min(long.Abs(quantity), long.Abs(state.Positions[slot].Size));
            var trade = quantity > 0 ? size : -size;
            var value = market.Contract.Value(trade, price);
            legs.Apply(value, Money.Zero, market, seatSlot, leg, trade, new LegCause(PositionCause.Liquidation, order), context);
            Reduce(market, counterparty, slot, -trade, -value, price, liquidation, order, context);
            quantity -= trade;
        }
        ranking.Advance(state.Positions);
        return quantity;
    }

    // Made once a command for each side of a contract: what is left is ranked anew only for the next one (F-166 step 5).
    private Ranking RankingOf(Market market, bool longs, Context context)
    {
        if (ranked != context.Stamp)
        {
            ranked = context.Stamp;
            foreach (var old in rankings.Values) old.Candidates.Clear();
        }
        if (!rankings.TryGetValue((market.Number, longs), out var ranking)) rankings.Add((market.Number, longs), ranking = new Ranking());
        if (ranking.Candidates.Count > 0) return ranking;
        ranking.First = 0;
        var side = longs ? market.Longs : market.Shorts;
        for (var at = 0; at < side.Count; at++) ranking.Candidates.Add(CandidateOf(market, side[at]));
        for (var venue = FuturesState.FundUser; venue <= FuturesState.HouseUser; venue++)
        {
            if (!state.Seats.TryFind(venue, market.Number, out var seat) || state.Seats[seat].Net is not (>= 0 and var slot)) continue;
            ref readonly var position = ref state.Positions[slot];
            if (position.Size == 0 || position.Size > 0 != longs) continue;
            ranking.Candidates.Add(new AdlCandidate(AdlScore.None, position.OpenedNanos, venue, long.Abs(position.Size), true, slot));      // the venue's own last (F-195)
        }
        ranking.Candidates.Sort((a, b) => a.CompareTo(b) is not 0 and var order ? order : LegOf(a).CompareTo(LegOf(b)) is not 0 and var leg ? leg : IsSplit(a).CompareTo(IsSplit(b)));
        return ranking;
    }

    private AdlCandidate CandidateOf(Market market, int slot)
    {
        ref readonly var position = ref state.Positions[slot];
        var unrealised = market.Contract.Unrealised(position.Size, position.EntryValue, market.Mark);
        return new AdlCandidate(AdlScore.Of(unrealised, position.EntryValue, watch.LevelOf(ScopeOf(position))), position.OpenedNanos, state.Seats[position.Seat].User, long.Abs(position.Size), false, slot);
    }

    // F-204: legs in liquidation and legs without equity are not taken; nor the liquidated account's own.
    private bool MayBeTaken(Market market, int seatSlot, int slot, long quantity)
    {
        ref readonly var position = ref state.Positions[slot];
        if (position.Size == 0 || position.Size > 0 != quantity > 0 || state.Seats[position.Seat].User == state.Seats[seatSlot].User) return false;
        ref readonly var seat = ref state.Seats[position.Seat];
        if (FuturesState.IsVenue(seat.User)) return true;
        if (Admission.IsLocked(state.Accounts[seat.Account], seat)) return false;
        var level = watch.LevelOf(ScopeOf(position));
        return !level.IsDefined || level.Equity > Money.Zero;
    }

    private Scope ScopeOf(in Position position)
    {
        ref readonly var seat = ref state.Seats[position.Seat];
        return seat.IsCross ? new Scope(seat.Account, SeatTable.None, Leg.Net) : new Scope(seat.Account, position.Seat, position.Leg);
    }

    private Leg LegOf(in AdlCandidate candidate) => state.Positions[candidate.Position].Leg;

    private bool IsSplit(in AdlCandidate candidate) => state.Seats[state.Positions[candidate.Position].Seat].IsSplit;

    /// <summary>One side of a contract, first to be taken first.</summary>
    private sealed class Ranking
    {
        public List<AdlCandidate> Candidates { get; } = [];

        /// <summary>Those before it are closed.</summary>
        public int First { get; set; }

        public void Advance(PositionTable positions)
        {
            while (First < Candidates.Count && positions[Candidates[First].Position].Size == 0) First++;
        }
    }

    private void CancelOrders(Market market, int seatSlot, Context context)
    {
        if (state.Seats[seatSlot].OpenCount == 0) return;
        market.Book.Begin();
        orders.EndAll(market, state.Seats[seatSlot], context, FinishReason.AutoDeleveraged);
        market.Announce(context);
    }

    private void Reduce(Market market, int seatSlot, int slot, long trade, Money value, long price, long liquidation, long order, Context context)
    {
        var before = state.Positions[slot];
        legs.Apply(value, Money.Zero, market, seatSlot, before.Leg, trade, new LegCause(PositionCause.Deleveraging, order), context, out var change);
        ref readonly var seat = ref state.Seats[seatSlot];
        context.Events.Append(new PositionDeleveraged
        {
            EntryPrice = market.Contract.EntryPrice(before.Size, before.EntryValue), Profit = change.Profit, Id = liquidation, OrderId = order, Price = price, Size = trade,
            PositionLeft = state.Positions[slot].Size, User = seat.User, Instrument = market.Id.Value, Leverage = seat.LeverageOf(before.Leg).Hundredths, Leg = before.Leg,
            IsCross = seat.IsCross ? (byte)1 : (byte)0, Participant = seat.Participant ? (byte)1 : (byte)0,
        });
    }
}
