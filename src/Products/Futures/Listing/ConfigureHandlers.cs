using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Listing;

/// <summary>Other terms for a listed contract: checked as a whole, in force at one sequence, and nobody is liquidated by them alone before the grace is over
/// (F-015, F-169).</summary>
public sealed class ConfigureHandlers(FuturesState state, Sums sums, Watch watch, Legs legs, Aftermath aftermath)
{
    public const ushort GraceTimer = 450;

    private const byte RiskRow = 13;
    private const int GraceSecondsMax = 365 * 86_400;
    private const int TailMax = 4096;

    public ushort Configure(in ConfigureContract command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        var reader = new TailReader(tail);
        var tiers = ListingHandlers.Tiers(ref reader);
        if (!command.Options.IsSound || command.GraceSeconds is < 0 or > GraceSecondsMax) return (ushort)FuturesRefusal.InvalidTerms;
        var listing = command.Terms with { Status = market.Listed.Terms.Status };
        if (TouchesFixed(market, listing)) return (ushort)FuturesRefusal.TermsFixed;
        if (ListingHandlers.Sound(listing, market.Symbol, market.Listed.Underlying, market.Asset, tiers) is not { } terms) return (ushort)FuturesRefusal.InvalidTerms;
        if (IsSame(listing, market.Listed.Terms) && command.Options.Equals(market.Options) && SameTiers(tiers, market.Contract.RiskLimits)) return (ushort)FuturesRefusal.NoChange;

        context.ObjectId = market.Id.Value;
        var until = context.Stamp.TimeNanos + command.GraceSeconds * Nanos.PerSecond;
        var former = new FormerTerms(market.Changes + 1, market.Listed.Terms, market.Contract, until);
        var seats = SeatsOf(market);
        var safe = new HashSet<int>(seats.Where(slot => state.Seats[slot].IsOpen && !FuturesState.IsVenue(state.Seats[slot].User) && !IsBreached(slot)));
        var unused = seats.Where(slot => !state.Means(state.Seats[slot])).ToArray();

        market.Changes++;
        market.ConfiguredNanos = context.Stamp.TimeNanos;
        state.AsksOpenLoss |= command.Options.OpenLoss != 0;
        market.Configure(new Contract(terms), market.Listed with { Terms = listing }, command.Options);
        state.Drift.Forget(state.MarkClock);
        Announce(market, context);
        // A seat that nothing was done with begins as one that is made from now on.
        var leverage = FuturesState.LeverageOf(market);
        foreach (var slot in unused) state.Seats[slot].Leverage = state.Seats[slot].ShortLeverage = state.Seats[slot].CrossLimit = leverage;
        foreach (var slot in seats) Recount(slot);
        var kept = false;
        foreach (var slot in seats)
        {
            if (safe.Contains(slot)) kept |= Spare(market, former, slot, command.GraceSeconds > 0, context);
        }
        if (kept)
        {
            context.Timers.Add(new Due(until, RiskRow, GraceTimer, market.Id.Value, 0, former.Change));
        }
        // A seat that means nothing is in no snapshot: its account is not looked at for its sake.
        foreach (var slot in seats)
        {
            if (state.Means(state.Seats[slot])) state.Touched.Add(slot);
        }
        aftermath.Run(context, byLevel: true);
        return 0;
    }

    /// <summary>The grace of a change is over: the present terms count for everybody.</summary>
    public void GraceOver(in Due due, Context context)
    {
        var market = state.MarketOf((int)due.A)!;
        var change = (int)due.C;
        foreach (var slot in SeatsOf(market))
        {
            ref var seat = ref state.Seats[slot];
            if (seat.Kept != change) continue;
            legs.Drop(ref state.Accounts[seat.Account], ref seat, context);
            state.Touched.Add(slot);
        }
        market.Forget(change);
        aftermath.Run(context, byLevel: true);
    }

    // F-169 step 4. Who keeps former requirements already keeps them to the end of the earlier grace, unless the new ones do no harm.
    private bool Spare(Market market, FormerTerms former, int slot, bool graceful, Context context)
    {
        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        var earlier = seat.Kept;
        if (earlier != 0)
        {
            Keep(ref account, ref seat, 0);
            if (graceful && IsBreached(slot)) Keep(ref account, ref seat, earlier);
            else context.Events.Append(new RequirementsKept { User = seat.User, Instrument = market.Id.Value });
            return false;
        }
        if (!graceful || !IsBreached(slot)) return false;
        if (market.Former.All(one => one.Change != former.Change)) market.Keep(former);
        Keep(ref account, ref seat, former.Change);
        context.Events.Append(new RequirementsKept { UntilNanos = former.UntilNanos, User = seat.User, Instrument = market.Id.Value });
        return true;
    }

    private void Keep(ref Margin.MarginAccount account, ref Seat seat, int change)
    {
        if (seat.IsCross) account.KeptSeats += (change != 0 ? 1 : 0) - (seat.Kept != 0 ? 1 : 0);
        seat.Kept = change;
        sums.Recount(ref account, ref seat);
    }

    private void Recount(int slot)
    {
        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        sums.Recount(ref account, ref seat);
        sums.RecountAllOrders(ref account, ref seat);
    }

    private bool IsBreached(int slot)
    {
        ref readonly var seat = ref state.Seats[slot];
        if (seat.IsCross) return watch.LevelOf(new Scope(seat.Account, SeatTable.None, Leg.Net)).IsBreached;
        return IsBreached(slot, Leg.Net) || IsBreached(slot, Leg.Long) || IsBreached(slot, Leg.Short);
    }

    private bool IsBreached(int slot, Leg leg)
    {
        ref readonly var seat = ref state.Seats[slot];
        return state.SizeOf(seat, leg) != 0 && watch.LevelOf(new Scope(seat.Account, slot, leg)).IsBreached;
    }

    // Ascending user; the venue's come first.
    private int[] SeatsOf(Market market)
    {
        var slots = Enumerable.Range(0, state.Seats.Count).Where(slot => state.Seats[slot].Market == market.Number).ToArray();
        Array.Sort(slots, (a, b) => state.Seats[a].User != state.Seats[b].User ? state.Seats[a].User.CompareTo(state.Seats[b].User)
            : state.Seats[a].IsSplit.CompareTo(state.Seats[b].IsSplit));
        return slots;
    }

    /// <summary>Says what the terms of a contract are now.</summary>
    public static void Announce(Market market, Context context)
    {
        var tail = new TailWriter(new byte[TailMax]);
        ListingHandlers.WriteTail(ref tail, market.Listed, market.Contract.RiskLimits);
        context.Events.Append(new ContractConfigured
        {
            Terms = market.Listed.Terms, Options = market.Options, ChangedNanos = market.ConfiguredNanos, Instrument = market.Id.Value, SettleAsset = market.Asset,
        }, tail.Written);
    }

    // F-015: multiplier, tick, mark rounding and lot while something was traded or waits; what timers, decimals and sessions hang on always.
    private bool TouchesFixed(Market market, in ListContract terms)
    {
        var now = market.Listed.Terms;
        if (terms.ContractKind != now.ContractKind || terms.Underlying != now.Underlying || terms.PriceDecimals != now.PriceDecimals || terms.SizeDecimals != now.SizeDecimals
            || terms.ExpiryNanos != now.ExpiryNanos || terms.Cycle != now.Cycle || terms.SettlePriceIntervalSeconds != now.SettlePriceIntervalSeconds
            || terms.SettlePriceDurationSeconds != now.SettlePriceDurationSeconds || terms.OffHours != now.OffHours || terms.IsPreMarket != now.IsPreMarket)
        {
            return true;
        }
        if (terms.Multiplier == now.Multiplier && terms.MultiplierDecimals == now.MultiplierDecimals && terms.Tick == now.Tick && terms.MarkRound == now.MarkRound
            && terms.SizeStep == now.SizeStep)
        {
            return false;
        }
        return market.Book.LastTradeId != 0 || !market.Book.Bids.IsEmpty || !market.Book.Asks.IsEmpty || state.Triggers.All.Values.Any(trigger => trigger.Market == market);
    }

    private static bool IsSame(in ListContract a, in ListContract b) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<ListContract>(in a)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<ListContract>(in b)));

    private static bool SameTiers(TierTerms[] tiers, RiskLimitTable table)
    {
        if (tiers.Length != table.Count) return false;
        for (var k = 0; k < tiers.Length; k++)
        {
            if (tiers[k] != new TierTerms(table[k].Limit, table[k].MaintenanceRate, table[k].InitialRate)) return false;
        }
        return true;
    }
}
