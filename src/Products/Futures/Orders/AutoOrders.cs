using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>What trailing and chase orders have in common.</summary>
internal static class AutoOrders
{
    /// <summary>Whether the actor may have one more in a contract: as many as its triggers, together with them (M-109).</summary>
    /// <param name="marginMode">Of the order it will place: in split mode each has a seat of its own.</param>
    public static FuturesRefusal Owner(FuturesState state, Market market, byte marginMode, Context context, out int slot)
    {
        var user = context.Actor.Value;
        slot = SeatTable.None;
        if (state.Users.IsLocked(user)) return FuturesRefusal.UserLocked;
        if (!FuturesState.IsVenue(user)) slot = state.SeatFor(user, market, marginMode);
        if (slot < 0) return FuturesRefusal.UserNotFound;
        ref readonly var seat = ref state.Seats[slot];
        if (Admission.IsLocked(state.Accounts[seat.Account], seat)) return FuturesRefusal.PositionInLiquidation;
        var limit = market.Listed.Terms.TriggersLimit;
        return limit > 0 && seat.OpenTriggers + seat.OpenAutos >= limit ? FuturesRefusal.TooManyTriggers : FuturesRefusal.None;
    }

    /// <summary>A user's, in one contract or in all of a wallet, in ascending id.</summary>
    public static List<T> Of<T>(FuturesState state, int user, int instrument, int wallet, Func<int, T[]> of, Func<T, long> id)
    {
        var found = new List<T>();
        foreach (var market in state.Markets)
        {
            if ((instrument != 0 && market.Id.Value != instrument) || (wallet != 0 && market.Wallet.Value != wallet)) continue;
            foreach (var slot in state.SeatsIn(user, market))
            {
                if (state.Seats[slot].OpenAutos > 0) found.AddRange(of(slot));
            }
        }
        found.Sort((a, b) => id(a).CompareTo(id(b)));
        return found;
    }
}
