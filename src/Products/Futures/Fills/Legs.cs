using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Fills;

/// <summary>What a change of a leg is done for, and which object it comes from.</summary>
public readonly record struct LegCause(PositionCause Cause, long Reference);

/// <summary>One leg of a fill, of a take-over, of deleveraging, netting or settlement: the position, the three postings, the sums (F-161 steps 2 to 4).</summary>
public sealed class Legs(FuturesState state, Sums sums)
{
    /// <summary>What of a trade closes the leg it meets, without sign.</summary>
    public long Closes(in Seat seat, Leg leg, long quantity)
    {
        var size = state.SizeOf(seat, leg);
        if ((size ^ quantity) >= 0) return 0;
        return unchecked(size < 0 ? long.Min(-size, quantity) : long.Min(size, -quantity));         // a leg of no size closes nothing
    }

    /// <summary>Applies it, announces it, and has the seat looked at when the command ends.</summary>
    /// <param name="quantity">Signed: bought above zero.</param>
    /// <param name="value">w(quantity, price), rounded once for both sides.</param>
    public void Apply(Money value, Money fee, Market market, int seatSlot, Leg leg, long quantity, in LegCause cause, Context context) =>
        Apply(value, fee, market, seatSlot, leg, quantity, cause, context, out _);

    /// <summary>The same, for who asks what it did.</summary>
    public void Apply(Money value, Money fee, Market market, int seatSlot, Leg leg, long quantity, in LegCause cause, Context context, out PositionChange change)
    {
        ref var seat = ref state.Seats[seatSlot];
        ref var account = ref state.Accounts[seat.Account];
        Apply(value, fee, market, ref seat, ref account, seatSlot, leg, quantity, cause, context, out change);
        Count(ref account, ref seat, market);
    }

    /// <summary>The account's sums have the seat's legs as they are now. Sums are no event and no posting: after several fills of one seat, once is enough.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // once for makers and takers, and what a fill may have inlined is left to it
    public void Count(ref Margin.MarginAccount account, ref Seat seat, Market market)
    {
        if (seat.IsCross) sums.Recount(ref account, ref seat, market);          // an isolated leg is in no sum
        sums.RecountOrders(ref account, ref seat);
    }

    /// <summary>The same, for who has seat and account at hand, and has the sums counted (<see cref="Count"/>) before anyone asks for them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // inlined into whoever matches it leaves no registers to either
    public void Apply(in Money value, in Money fee, Market market, ref Seat seat, ref Margin.MarginAccount account, int seatSlot, Leg leg, long quantity, in LegCause cause,
        Context context, out PositionChange change)
    {
        var slot = seat.SlotOf(leg);
        if (slot == PositionTable.None) slot = state.PositionOf(seatSlot, leg);
        ref var position = ref state.Positions[slot];
        var before = position.Size;
        position.Fill(market.Contract, quantity, value, fee, context.Stamp.TimeNanos, out change, out var ended);
        Place(market, ref account, seatSlot, ref seat, slot, ref position, before);

        if ((seat.Kept | account.KeptSeats) != 0) LoseKept(ref account, ref seat, seatSlot, change, context);

        var held = Money.Zero;
        if (!seat.IsCross)
        {
            held = change.MarginCharged - change.MarginReleased;
            account.IsolatedMargin += held;
        }
        if (!change.Profit.IsZero || !held.IsZero) PostProfit(change.Profit, held, market, account.Ledger, cause, context);
        if (!fee.IsZero) PostFee(fee, market, account.Ledger, cause, context);
        state.Touched.Add(seatSlot, ref seat);
        if (change.Ended) Ended(market, seatSlot, ref seat, slot, position, ended, cause, context);
        Announce(market, seat, position, cause, context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Ended(Market market, int seatSlot, ref Seat seat, int slot, in Position position, in ClosedPosition ended, in LegCause cause, Context context)
    {
        AnnounceClosed(market, seat, position, ended, cause, context);
        if (seat.AddsMargin) AutoMargins.End(state, market, ref seat, slot, context);
        if (state.Points.Legs.Count != 0) PointFees.End(state, market, seatSlot, slot, context);
    }

    /// <summary>A split of a leg; the result is what was settled of it, signed as the leg was (K-209).</summary>
    public Money Split(Market market, int slot, int n, int m, in LegCause cause, Context context)
    {
        ref var position = ref state.Positions[slot];
        var seatSlot = position.Seat;
        ref var seat = ref state.Seats[seatSlot];
        ref var account = ref state.Accounts[seat.Account];
        var before = position.Size;
        var change = position.Split(market.Contract, n, m, market.Mark, out var fraction, out var ended);
        Place(market, ref account, seatSlot, ref seat, slot, ref position, before);
        account.IsolatedMargin -= change.MarginReleased;
        PostProfit(change.Profit, -change.MarginReleased, market, account.Ledger, cause, context);
        sums.Recount(ref account, ref seat);
        sums.RecountOrders(ref account, ref seat);
        state.Touched.Add(seatSlot);
        if (change.Ended) Ended(market, seatSlot, ref seat, slot, position, ended, cause, context);
        Announce(market, seat, position, cause, context);
        return fraction;
    }

    /// <summary>All of a leg, as a reader keeps it (F-031). The fund's legs are not announced: its balance is.</summary>
    public static void Announce(Market market, in Seat seat, in Position position, in LegCause cause, Context context)
    {
        if (FuturesState.IsVenue(seat.User)) return;
        ref var changed = ref context.Events.AppendUnwritten<PositionChanged>();        // every field is below
        changed.EntryValue = position.EntryValue;
        changed.Margin = position.Margin;
        changed.TradeProfit = position.TradeProfit;
        changed.FeesPaid = position.FeesPaid;
        changed.FundingPaid = position.FundingPaid;
        changed.HistoryProfit = position.HistoryProfit;
        changed.LastCloseProfit = position.LastCloseProfit;
        changed.Size = position.Size;
        changed.UpdateId = position.UpdateId;
        changed.OpenedNanos = position.OpenedNanos;
        changed.SizeMax = position.SizeMax;
        changed.ClosedSize = position.ClosedSize;
        changed.Reference = cause.Reference;
        changed.User = seat.User;
        changed.Instrument = market.Id.Value;
        changed.Leverage = seat.LeverageOf(position.Leg).Hundredths;
        changed.Leg = position.Leg;
        changed.IsCross = seat.IsCross ? (byte)1 : (byte)0;
        changed.Participant = seat.Participant ? (byte)1 : (byte)0;
        changed.Cause = cause.Cause;
    }

    private static void AnnounceClosed(Market market, in Seat seat, in Position position, in ClosedPosition ended, in LegCause cause, Context context)
    {
        if (FuturesState.IsVenue(seat.User)) return;
        ref var closed = ref context.Events.Append<PositionClosed>();
        closed.LongPrice = ended.LongPrice;
        closed.ShortPrice = ended.ShortPrice;
        closed.Realised = ended.Realised;
        closed.TradeProfit = ended.TradeProfit;
        closed.FeesPaid = ended.FeesPaid;
        closed.FundingPaid = ended.FundingPaid;
        closed.SizeMax = ended.SizeMax;
        closed.ClosedSize = ended.ClosedSize;
        closed.OpenedNanos = ended.OpenedNanos;
        closed.User = seat.User;
        closed.Instrument = market.Id.Value;
        closed.Leg = position.Leg;
        closed.WasLong = ended.WasLong ? (byte)1 : (byte)0;
        closed.IsCross = seat.IsCross ? (byte)1 : (byte)0;
        closed.Participant = seat.Participant ? (byte)1 : (byte)0;
        closed.Cause = cause.Cause;
        closed.Leverage = seat.LeverageOf(position.Leg).Hundredths;
    }

    // Puts a leg where its size says. Heap and list know its side only.
    private void Place(Market market, ref Margin.MarginAccount account, int seatSlot, ref Seat seat, int slot, ref Position position, long before)
    {
        var after = position.Size;
        if (position.Leg == Leg.Net) seat.Held = after;
        market.OpenInterest += unchecked(long.Max(after, 0) - long.Max(before, 0));         // neither is negative
        if ((before ^ after) < 0 || before == 0 || after == 0) PlaceSide(market, ref account, seatSlot, ref seat, slot, ref position, before);
    }

    // Into the heap of its side, and its seat among those with a position.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PlaceSide(Market market, ref Margin.MarginAccount account, int seatSlot, ref Seat seat, int slot, ref Position position, long before)
    {
        var after = position.Size;
        if (!FuturesState.IsVenue(seat.User) && long.Sign(before) != long.Sign(after))
        {
            if (before != 0) market.HeapOf(before).Remove(slot);
            if (after != 0)
            {
                position.TriggerMark = after > 0 ? 0 : long.MaxValue;       // until it is looked at, when the command ends
                market.HeapOf(after).Add(slot);
            }
        }
        var isOpen = state.SizeOf(seat, Leg.Net) != 0 || state.SizeOf(seat, Leg.Long) != 0 || state.SizeOf(seat, Leg.Short) != 0;
        if (isOpen == seat.IsOpen) return;
        if (isOpen) Open(ref account, seatSlot, ref seat);
        else Close(ref account, ref seat);
    }

    // F-169 step 4: former requirements end with the position, and with more exposure: of a cross account all of them, wherever it grows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LoseKept(ref Margin.MarginAccount account, ref Seat seat, int seatSlot, in PositionChange change, Context context)
    {
        if (change.Opened == 0 && seat.IsOpen) return;
        if (seat.Kept != 0) Drop(ref account, ref seat, context);
        if (change.Opened == 0 || !seat.IsCross || account.KeptSeats == 0) return;
        for (var at = account.FirstOpen; at != SeatTable.None; at = state.Seats[at].NextOpen)
        {
            ref var other = ref state.Seats[at];
            if (at == seatSlot || !other.IsCross || other.Kept == 0) continue;
            Drop(ref account, ref other, context);
            state.Touched.Add(at);
        }
    }

    /// <summary>A seat keeps no former requirements any more.</summary>
    public void Drop(ref Margin.MarginAccount account, ref Seat seat, Context context)
    {
        seat.Kept = 0;
        if (seat.IsCross) account.KeptSeats--;
        sums.Recount(ref account, ref seat);
        context.Events.Append(new RequirementsKept { User = seat.User, Instrument = state.Markets[seat.Market].Id.Value });
    }

    /// <summary>A leg of a snapshot takes its place without a word.</summary>
    public void Restore(Market market, int seatSlot, int slot)
    {
        ref var seat = ref state.Seats[seatSlot];
        Place(market, ref state.Accounts[seat.Account], seatSlot, ref seat, slot, ref state.Positions[slot], 0);
    }

    private void Open(ref Margin.MarginAccount account, int seatSlot, ref Seat seat)
    {
        seat.IsOpen = true;
        seat.NextOpen = account.FirstOpen;
        seat.PreviousOpen = SeatTable.None;
        if (account.FirstOpen != SeatTable.None) state.Seats[account.FirstOpen].PreviousOpen = seatSlot;
        account.FirstOpen = seatSlot;
    }

    private void Close(ref Margin.MarginAccount account, ref Seat seat)
    {
        seat.IsOpen = false;
        if (seat.PreviousOpen == SeatTable.None) account.FirstOpen = seat.NextOpen;
        else state.Seats[seat.PreviousOpen].NextOpen = seat.NextOpen;
        if (seat.NextOpen != SeatTable.None) state.Seats[seat.NextOpen].PreviousOpen = seat.PreviousOpen;
        account.Cushions -= seat.Cushion;
        seat.Cushion = Money.Zero;
    }

    // Profit against the clearing account of the contract, the change of isolated margin as a hold.
    private void PostProfit(Money profit, Money held, Market market, int cash, in LegCause cause, Context context)
    {
        var (reference, instrument) = (cause.Reference, market.Id.Value);
        if (profit.IsZero)
        {
            if (!held.IsZero) state.Ledger.Post(context, cash, Money.Zero, held, Reason.PositionMargin, reference, instrument);
            return;
        }
        state.Ledger.Post(context, cash, profit, held, ReasonOf(cause.Cause), reference, instrument);
#if MUTANTS
        if (!Mutant.Is(Mutation.LoseContra))
#endif
        state.Ledger.Post(context, market.Clearing, -profit, Reason.Profit, reference, instrument);
        if (cash == market.Fund) AnnounceFund(market, profit, Reason.Profit, context);
    }

    // Fee against the venue's fees.
    private void PostFee(Money fee, Market market, int cash, in LegCause cause, Context context)
    {
        var (reference, instrument) = (cause.Reference, market.Id.Value);
        var ledger = state.Ledger;
        var reason = cause.Cause == PositionCause.Settlement ? Reason.SettleFee : fee.IsNegative ? Reason.Rebate : Reason.Fee;
        ledger.Post(context, cash, -fee, reason, reference, instrument);
        ledger.Post(context, market.Fees, fee, reason, reference, instrument);
    }

    /// <summary>The fund's balance after a change (F-191).</summary>
    public void AnnounceFund(Market market, Money change, Reason reason, Context context)
    {
        ref var changed = ref context.Events.Append<InsuranceChanged>();
        changed.Change = change;
        changed.Balance = state.Ledger[market.Fund].Total;
        changed.Wallet = market.Wallet.Value;
        changed.Instrument = market.Id.Value;
        changed.Reason = reason;
    }

    private static Reason ReasonOf(PositionCause cause) => cause switch
    {
        PositionCause.Deleveraging => Reason.Deleverage,
        PositionCause.CloseOut => Reason.CloseOut,
        _ => Reason.Profit,
    };
}
