using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>Warns users whose scope has come near its requirement (F-187), once a minute for all: what no command and no mark has to pay for. At most once
/// an hour and scope; seeded participants are not warned.</summary>
public sealed class MarginCalls(FuturesState state, Watch watch)
{
    /// <summary>The level at which the warning goes out.</summary>
    private static readonly Rate Bound = new(Rate.One / 4 * 5);

    private const long HourNanos = 3600 * Nanos.PerSecond;

    private readonly List<(Scope Scope, MarginLevel Level)> called = [];

    public void Minute(Context context)
    {
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            ref var account = ref state.Accounts[slot];
            if (FuturesState.IsVenue(account.User)) continue;
            Look(new Scope(slot, SeatTable.None, Leg.Net), ref account.CalledNanos, account.IsLocked || account.Cross.Requirement.IsZero, context);
            for (var at = account.FirstSeat; at != SeatTable.None; at = state.Seats[at].NextOfAccount)
            {
                ref var seat = ref state.Seats[at];
                if (seat.Participant) break;                            // so are all of its user's
                if ((seat.IsCross || !seat.IsOpen) && seat.LongCalledNanos == 0 && seat.ShortCalledNanos == 0) continue;
                var first = state.SizeOf(seat, Leg.Net) != 0 ? Leg.Net : Leg.Long;
                Look(new Scope(slot, at, first), ref seat.LongCalledNanos, seat.IsCross || state.SizeOf(seat, first) == 0 || seat.LongLiquidation != 0, context);
                Look(new Scope(slot, at, Leg.Short), ref seat.ShortCalledNanos, seat.IsCross || state.SizeOf(seat, Leg.Short) == 0 || seat.ShortLiquidation != 0, context);
            }
        }
        if (called.Count == 0) return;
        called.Sort(Compare);
        foreach (var (scope, level) in called) Announce(scope, level, context);
        called.Clear();
    }

    // Slots mean nothing: user, wallet, contract and leg decide.
    private int Compare((Scope Scope, MarginLevel Level) a, (Scope Scope, MarginLevel Level) b) => KeyOf(a.Scope).CompareTo(KeyOf(b.Scope));

    private (int, int, int, bool, Leg) KeyOf(in Scope scope)
    {
        ref readonly var account = ref state.Accounts[scope.Account];
        return scope.IsCross ? (account.User, account.Wallet, -1, false, scope.Leg)
            : (account.User, account.Wallet, state.Seats[scope.Seat].Market, state.Seats[scope.Seat].IsSplit, scope.Leg);
    }

    private void Look(in Scope scope, ref long calledNanos, bool passes, Context context)
    {
        var now = context.Stamp.TimeNanos;
        if (calledNanos != 0)
        {
            if (now - calledNanos < HourNanos) return;
            calledNanos = 0;
        }
        if (passes || IsParticipant(scope)) return;
        var level = watch.LevelOf(scope);
        if (!level.IsAtMost(Bound)) return;
        calledNanos = now;
        called.Add((scope, level));
    }

    private void Announce(in Scope scope, in MarginLevel level, Context context)
    {
        ref readonly var account = ref state.Accounts[scope.Account];
        context.Events.Append(new MarginCall
        {
            Equity = level.Equity, Requirement = level.Requirement, TimeNanos = context.Stamp.TimeNanos, User = account.User, Wallet = account.Wallet,
            Instrument = scope.IsCross ? 0 : state.Markets[state.Seats[scope.Seat].Market].Id.Value, Leg = scope.Leg,
        });
    }

    private bool IsParticipant(in Scope scope) =>
        (scope.IsCross ? state.Accounts[scope.Account].FirstSeat : scope.Seat) is >= 0 and var seat && state.Seats[seat].Participant;
}
