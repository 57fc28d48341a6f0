using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>What follows a command, before its own step ends: every account it touched is looked at, in ascending user (F-161 step 6), and what was reached
/// waits for its liquidation; position triggers whose position is gone end (M-108).</summary>
public sealed class Aftermath(FuturesState state, Watch watch, AutoMargins autoMargins)
{
    public const ushort LiquidateWork = 401;

    private readonly List<(MarginLevel Level, Scope Scope)> breached = new(16);
    private readonly List<int> reached = new(64);

    /// <param name="byLevel">What is breached goes in ascending level, as after a move of the mark (F-164 step 8).</param>
    public void Run(Context context, bool byLevel = false)
    {
        if (state.Touched.Count != 0) Look(context, byLevel);           // most commands touch nobody
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Look(Context context, bool byLevel)
    {
        state.LookedNanos = context.Stamp.TimeNanos;
        state.Touched.Sort();
        for (var i = 0; i < state.Touched.Count; i++)
        {
            var slot = state.Touched[i];
            ref var seat = ref state.Seats[slot];
            ref var account = ref state.Accounts[seat.Account];
            if (IsInDebt(seat, account)) CoverDebt(slot, context);
            watch.Look(slot, ref seat, ref account, breached);
            if (seat.OpenTriggers > 0) EndTriggers(slot, context);
            if (seat.OpenAutos > 0) AutoTriggers.PositionChanged(state, slot, context);
        }
        state.Touched.Clear();
        if (watch.Low.Count != 0) AddMargin(context);
        if (byLevel && breached.Count > 1) breached.Sort(Compare);
        if (breached.Count != 0) Queue(context);
    }

    /// <summary>Marks have moved: what they reached of these contracts, in ascending level, then user (F-162).</summary>
    public void Moved(ReadOnlySpan<Market> markets, Context context)
    {
        state.LookedNanos = context.Stamp.TimeNanos;
#if MUTANTS
        if (Mutant.Is(Mutation.OverlookDanger)) return;
#endif
        foreach (var market in markets)
        {
            if (market.IsStale(context.Stamp.TimeNanos)) continue;          // F-171
            market.Longs.Reached(market.Mark, reached);
            market.Shorts.Reached(market.Mark, reached);
        }
        foreach (var slot in reached) watch.Look(state.Positions[slot].Seat, breached);
        reached.Clear();
        AddMargin(context);
        if (breached.Count > 1) breached.Sort(Compare);
        Queue(context);
    }

    /// <summary>Cash left an account: its triggers may come too late now.</summary>
    public void CashChanged(int account, Context context)
    {
        watch.LookAtCross(account, ref state.Accounts[account], SeatTable.None, breached);
        Queue(context);
    }

    /// <summary>A liquidation that waited may go on.</summary>
    public void Resume(Scope scope, Context context)
    {
        breached.Add((watch.LevelOf(scope), scope));
        Queue(context);
    }

    // F-124, before any liquidation: the lowest level first, as they would be liquidated.
    private void AddMargin(Context context)
    {
        var low = watch.Low;
        if (low.Count == 0) return;
        low.Sort(Compare);
        for (int i = 0, count = low.Count; i < count; i++)
        {
            var scope = low[i].Scope;
            if (autoMargins.Add(scope, context)) watch.Look(scope.Seat, breached);
            else if (watch.LevelOf(scope) is { IsBreached: true } level) breached.Add((level, scope));
        }
        low.Clear();
    }

    private void Queue(Context context)
    {
        if (breached.Count == 0) return;
        foreach (var (_, scope) in breached) state.Liquidations.Add(scope);
        breached.Clear();
        if (state.IsLiquidating) return;
        state.IsLiquidating = true;
        context.EnqueueRisk(new Work(LiquidateWork, 0, 0));
    }

    // The order of the heaps means nothing: level, user, contract and leg decide.
    private int Compare((MarginLevel Level, Scope Scope) a, (MarginLevel Level, Scope Scope) b)
    {
        var level = a.Level.CompareTo(b.Level);
        if (level != 0) return level;
        var user = state.Accounts[a.Scope.Account].User.CompareTo(state.Accounts[b.Scope.Account].User);
        if (user != 0) return user;
        var wallet = state.Accounts[a.Scope.Account].Wallet.CompareTo(state.Accounts[b.Scope.Account].Wallet);
        if (wallet != 0) return wallet;
        var market = MarketOf(a.Scope).CompareTo(MarketOf(b.Scope));
        return market != 0 ? market : a.Scope.Leg.CompareTo(b.Scope.Leg);
    }

    private int MarketOf(in Scope scope) => scope.IsCross ? -1 : state.Seats[scope.Seat].Market;

    // Without a cross position nothing can be gained any more.
    private bool IsInDebt(in Seat seat, in MarginAccount account) =>
        (account.Cross.Requirement.IsZero & state.FreeCash(account).IsNegative) && !FuturesState.IsVenue(seat.User);      // half of the accounts are isolated, few are in debt

    // What is below zero comes out of the isolated margin of the contract that did it; what that does not have is the fund's (F-184).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CoverDebt(int seatSlot, Context context)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        ref var account = ref state.Accounts[seat.Account];
        var market = state.Markets[seat.Market];
        foreach (var slot in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
        {
            if (slot < 0 || !state.FreeCash(account).IsNegative) continue;
            ref var position = ref state.Positions[slot];
            var taken = Money.Min(position.Margin, -state.FreeCash(account));
            if (taken <= Money.Zero) continue;
            position.Margin -= taken;
            position.UpdateId++;
            account.IsolatedMargin -= taken;
            state.Ledger.Release(context, account.Ledger, taken, Reason.PositionMargin, market.Id.Value, market.Id.Value);
            Announcing?.Invoke(market, seatSlot, slot, context);
        }
        var free = state.FreeCash(account);
        if (free.IsNegative) FundPays(market, account, -free, context);
    }

    /// <summary>How a leg whose margin changed is announced.</summary>
    public Action<Market, int, int, Context>? Announcing { get; set; }

    /// <summary>The fund makes up what an account is below zero.</summary>
    public void FundPays(Market market, in MarginAccount account, Money amount, Context context)
    {
        var instrument = market.Id.Value;
        state.Ledger.Post(context, account.Ledger, amount, Money.Zero, Reason.Insurance, context.ObjectId, instrument);
        state.Ledger.Post(context, market.Fund, -amount, Money.Zero, Reason.Insurance, context.ObjectId, instrument);
        context.Events.Append(new Events.InsuranceChanged
        {
            Change = -amount, Balance = state.Ledger[market.Fund].Total, Wallet = market.Wallet.Value, Instrument = instrument, Reason = Reason.Insurance,
        });
    }

    private void EndTriggers(int seatSlot, Context context)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        var longGone = state.SizeOf(seat, Leg.Net) <= 0 && state.SizeOf(seat, Leg.Long) == 0;
        var shortGone = state.SizeOf(seat, Leg.Net) >= 0 && state.SizeOf(seat, Leg.Short) == 0;
        if (!longGone && !shortGone) return;
        foreach (var trigger in state.Triggers.Of(seatSlot))
        {
            var gone = trigger.Terms.OrderType switch
            {
                TriggerOrderType.CloseLongPosition => longGone,
                TriggerOrderType.CloseShortPosition => shortGone,
                _ => false,
            };
            if (gone && !trigger.IsFiring) state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
        }
    }
}
