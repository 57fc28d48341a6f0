using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>Margin that is added to isolated legs by itself (F-124). What was chosen for a leg is over with its life, so that the amount is one in all.</summary>
public sealed class AutoMargins(FuturesState state, Sums sums, Watch watch)
{
    /// <summary>How a leg whose margin changed is announced.</summary>
    public Action<Market, int, int, Context>? Announcing { get; set; }

    /// <summary>Another amount for an open isolated leg, none of it added yet; zero ends it.</summary>
    public void Choose(Market market, ref Seat seat, int slot, Money most, Context context)
    {
        if (most.IsZero) state.AutoMargins.Remove(slot);
        else state.AutoMargins[slot] = new AutoMargin(most, Money.Zero);
        Mark(state, ref seat);
        Announce(market, seat, state.Positions[slot].Leg, new AutoMargin(most, Money.Zero), Money.Zero, context);
    }

    /// <summary>A leg's life is over, and with it what was chosen for it.</summary>
    public static void End(FuturesState state, Market market, ref Seat seat, int slot, Context context)
    {
        if (!state.AutoMargins.Remove(slot)) return;
        Mark(state, ref seat);
        Announce(market, seat, state.Positions[slot].Leg, default, Money.Zero, context);
    }

    /// <summary>Whether a seat has any is known by the seat.</summary>
    public static void Mark(FuturesState state, ref Seat seat) => seat.AddsMargin = state.AutoMargins.Count != 0
        && (state.AutoMargins.ContainsKey(seat.Net) || state.AutoMargins.ContainsKey(seat.Long) || state.AutoMargins.ContainsKey(seat.Short));

    /// <summary>Adds to a leg what F-124 allows at its level of now. Nothing while the price is stale (F-171) or anything of the account's that bears on it is in
    /// liquidation (F-156).</summary>
    public bool Add(in Scope scope, Context context)
    {
        ref var seat = ref state.Seats[scope.Seat];
        ref var account = ref state.Accounts[scope.Account];
        var market = state.Markets[seat.Market];
        var slot = seat.SlotOf(scope.Leg);
        if (!watch.AddsMargin(slot) || account.IsLocked || seat.LongLiquidation != 0 || seat.ShortLiquidation != 0 || market.IsStale(context.Stamp.TimeNanos)) return false;
        var auto = state.AutoMargins[slot];
        var added = MarginChange.AddedByItself(watch.LevelOf(scope), auto.Left, sums.ExactOf(ref account).Transferable);
        if (added.IsZero) return false;
        state.AutoMargins[slot] = auto = auto with { Added = auto.Added + added };
        ref var position = ref state.Positions[slot];
        position.Margin += added;
        position.UpdateId++;
        account.IsolatedMargin += added;
        state.Ledger.Hold(context, account.Ledger, added, Reason.PositionMargin, market.Id.Value, market.Id.Value);
        Announce(market, seat, scope.Leg, auto, added, context);
        Announcing?.Invoke(market, scope.Seat, slot, context);
        return true;
    }

    private static void Announce(Market market, in Seat seat, Leg leg, in AutoMargin auto, Money amount, Context context) => context.Events.Append(new AutoMarginChanged
    {
        Most = auto.Most, Added = auto.Added, Amount = amount, User = seat.User, Instrument = market.Id.Value, Leg = leg, Participant = seat.Participant ? (byte)1 : (byte)0,
    });
}
