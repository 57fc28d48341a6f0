using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Marks;

/// <summary>Sets marks and says so; what they reach follows (F-162, F-163).</summary>
public sealed class MarkMaker(FuturesState state, Aftermath aftermath)
{
    private readonly List<Market> moved = new(64);

    /// <summary>A market whose index, rate or pin has changed: to be priced by <see cref="Run"/>.</summary>
    public void Add(Market market) => moved.Add(market);

    /// <summary>Computes the marks of all that were added, then looks at the accounts they reach, then at the triggers on them: liquidations come before any
    /// trigger, and no mark moves meanwhile.</summary>
    /// <param name="ofIndex">Indexes may have moved too.</param>
    public void Run(Context context, bool ofIndex)
    {
        foreach (var market in moved) Price(market, context);
        aftermath.Moved(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(moved), context);
        foreach (var market in moved)
        {
            if (market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable) continue;          // matching section 14: not evaluated
            state.Triggers.Priced(context, market, TriggerPriceType.Mark, market.Mark, state.Trails);
            if (ofIndex) state.Triggers.Priced(context, market, TriggerPriceType.Index, market.Index, state.Trails);
        }
        moved.Clear();
    }

    /// <summary>Moves a mark; sums of positions see it when they are next asked for.</summary>
    public void Move(Market market, long mark)
    {
        if (mark == market.Mark) return;
        var before = market.Mark;
        market.Mark = mark;
        market.MarkVersion++;
        state.Drift.Moved(market, before, mark, ++state.MarkClock);
    }

    private void Price(Market market, Context context)
    {
        var now = context.Stamp.TimeNanos;
        var parts = market.IsDelivery ? new MarkParts(OfDelivery(market, now), 0, 0) : OfPerpetual(market, now);
        var (mark, index) = (market.Mark, market.ToldIndex);
        if (!market.IsMarkPinned && !market.HoldsMark)
        {
            var wanted = MarkPrice.Clamped(market.Contract, market.IsDelivery ? parts.Basis : parts.Median, market.Index);
            Move(market, market.IsAsleep ? Asleep(market, wanted) : wanted);
        }
        market.ToldIndex = market.Index;
        var isStep = market.Sleep.IsStep;
        (market.Sleep.IsStep, market.HoldsMark) = (false, false);
        if (isStep && mark == market.Mark && index == market.Index) return;             // F-061
        ref var priced = ref context.Events.Append<ContractPriced>();
        priced.Index = market.Index;
        priced.Mark = market.Mark;
        priced.Basis = parts.Basis;
        priced.Average = parts.Average;
        priced.Last = parts.Last;
        priced.Instrument = market.Id.Value;
        priced.Sources = market.Sources;
        priced.Flags = market.Flags;
        priced.IsMarkPinned = market.IsMarkPinned ? (byte)1 : (byte)0;
    }

    // K-204, F-242: inside the band; that of a stock moves by steps of the timer only, and by no more than one allows.
    private static long Asleep(Market market, long wanted)
    {
        ref var sleep = ref market.Sleep;
        var round = market.Terms.MarkRound;
#if MUTANTS
        if (Mutant.Is(Mutation.LeaveBand)) return wanted;
#endif
        wanted = sleep.Band.Clamp(wanted, round);
        if (!market.SleepRules.IsStock || market.Mark == 0) return wanted;
        if (sleep.Mark.Price(round) != market.Mark) sleep.Mark = SlowMark.At(market.Mark);         // it was pinned
        if (sleep.IsStep) sleep.Mark.StepTowards(wanted);
        return sleep.Band.Clamp(sleep.Mark.Price(round), round);
    }

    private static MarkParts OfPerpetual(Market market, long now) => MarkPrice.Perpetual(market.Contract, market.Index, market.Rate,
        long.Max(market.NextFundingNanos - now, 0), market.Middle, market.Book.LastPrice, now, market.Cycle);

    // F-059, F-060.
    private static long OfDelivery(Market market, long now)
    {
        var delivery = market.Terms.Delivery!;
        var left = long.Max(delivery.ExpiryNanos - now, 0);
        return market.Average.Count == 0
            ? MarkPrice.Delivery(market.Contract, market.Index, market.BasisRate, left)
            : MarkPrice.DeliveryInWindow(market.Contract, market.Index, market.BasisRate, left, market.Average, delivery.Samples);
    }
}
