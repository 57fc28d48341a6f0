using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Marks;

/// <summary>Contracts whose market sleeps: their own books move index and mark, step by step, within a band (F-240…F-243, K-200…K-206). One timer steps all
/// contracts of a pace, and only while one of them sleeps and can be moved.</summary>
public sealed class SleepHandlers(FuturesState state, MarkMaker marks)
{
    private const long EdgeNanos = 5 * 60 * Nanos.PerSecond, AnchorNanos = 3600 * Nanos.PerSecond;

    /// <summary>What a price from outside means to a contract that can sleep.</summary>
    /// <param name="raw">Replaced by what the index is to be.</param>
    /// <returns>False when there is nothing more to do.</returns>
    public bool Take(Market market, ref long raw, IndexFlags flags, Context context)
    {
        if (!market.SleepRules.Sleeps) return true;
        ref var sleep = ref market.Sleep;
        if ((flags & (IndexFlags.Closed | IndexFlags.Halted)) != 0)
        {
            Shut(market, raw, (flags & IndexFlags.Closed) != 0 ? MarketSession.Closed : MarketSession.Halted, flags, context);
            return false;
        }
        if (market.IsAsleep)
        {
            if ((flags & IndexFlags.Stale) != 0) return false;                  // no price from outside: it sleeps on
            if (market.SleepRules.RampNanos == 0) Wake(market, context);
            else
            {
                sleep.OpenedNanos = context.Stamp.TimeNanos;
                Change(market, MarketSession.Reopening, context);
                SleepTimer.Stir(state, market, context);
            }
        }
        if (sleep.Session == MarketSession.Reopening)
        {
            sleep.Outside = raw;
            raw = Led(market, context);
        }
        return true;
    }

    /// <summary>All sleeping contracts of one pace (F-241, K-203): the index is pulled by the book, the mark follows, and what they reach is looked at.</summary>
    /// <param name="due">A: the pace in seconds.</param>
    public void Step(in Due due, Context context)
    {
        var pace = due.A * Nanos.PerSecond;
        SleepTimer.NextOf(state, pace) = 0;
        var (before, moves) = (state.MarkClock, false);
        foreach (var market in state.Markets)
        {
            if (market.Sleep.Session == MarketSession.Live || market.SleepRules.StepNanos != pace || market.Status == MarketStatus.Delisted) continue;
            moves = moves || MayMove(market, context.Stamp.TimeNanos);
            Step(market, context);
        }
        marks.Run(context, ofIndex: true);
        if (moves || before != state.MarkClock) SleepTimer.Schedule(state, pace, context);
    }

    // Whether steps can lead anywhere: there are orders, or were until a while ago (F-057), or it is on its way. Else the timer rests until an order does.
    private static bool MayMove(Market market, long now) => market.Sleep.Session == MarketSession.Reopening || market.Rate != Rate.Zero
        || !market.Book.Bids.IsEmpty || !market.Book.Asks.IsEmpty || now - market.Middle.SampledNanos <= MiddleAverage.StaleNanos + market.SleepRules.StepNanos;

    private void Step(Market market, Context context)
    {
        if (market.Sleep.Session == MarketSession.Reopening) market.Index = Led(market, context);
        else
        {
            if (market.SleepRules.IsInside) Pull(market, context);
            if (market.IsStale(context.Stamp.TimeNanos)) return;                // frozen in a halt: nobody is looked at, so nothing moves (F-171)
            market.SampleMiddle(context.Stamp.TimeNanos);
            market.Sleep.IsStep = true;
        }
        marks.Add(market);
    }

    private void Shut(Market market, long raw, MarketSession session, IndexFlags flags, Context context)
    {
        ref var sleep = ref market.Sleep;
        var now = context.Stamp.TimeNanos;
        var wasOld = market.IsStale(now);
        if (session == MarketSession.Closed || market.FreshNanos == 0) market.FreshNanos = now;        // a halted one's price has stopped
        market.Flags = flags;
        market.Sources = 0;
        var slept = market.IsAsleep;
        if (slept && wasOld && !market.IsStale(now)) LookAgain(market);
        if (sleep.Session == session) return;
        if (!slept)
        {
            market.Index = raw;
            Anchor(market, raw, session == MarketSession.Halted);
            sleep.Inner = SmoothedPrice.StartingAt(raw);
            sleep.Mark = SlowMark.At(market.Mark);
            sleep.EdgeNanos = sleep.AnchoredNanos = sleep.Outside = sleep.OpenedNanos = 0;
        }
        Change(market, session, context);
        if (slept) return;
        marks.Add(market);
        SleepTimer.Stir(state, market, context);
    }

    // Of a frozen price that was old, so that nobody was looked at (F-171): the mark stays, and what it reached meanwhile is found.
    private void LookAgain(Market market)
    {
        (market.HoldsMark, market.Sleep.IsStep) = (true, true);
        marks.Add(market);
    }

    // K-206: no way in between; the gap is real.
    private static void Wake(Market market, Context context)
    {
        Change(market, MarketSession.Live, context);
        market.Sleep = default;
    }

    // F-243, and awake at its end.
    private static long Led(Market market, Context context)
    {
        ref readonly var sleep = ref market.Sleep;
        var (passed, whole, to) = (context.Stamp.TimeNanos - sleep.OpenedNanos, market.SleepRules.RampNanos, sleep.Outside);
        if (passed < whole) return Ramp.At(sleep.Inner, to, passed, whole, market.Terms.MarkRound);
        Wake(market, context);
        return to;
    }

    private void Pull(Market market, Context context)
    {
        ref var sleep = ref market.Sleep;
        var now = context.Stamp.TimeNanos;
        if (!market.IsTrading) return;                                          // F-064: a book at a stand says nothing
        ref readonly var impact = ref ImpactOf(market);
        if (!market.SleepRules.IsStock) sleep.Inner.StepInto(impact.Bid, impact.Ask);
        else if (impact.Middle != 0) sleep.Inner.StepTowards(impact.Middle);
        var inner = sleep.Inner.Value;
        sleep.Inner.Value = Int128.Min(Int128.Max(inner, SmoothedPrice.StartingAt(sleep.Band.Low).Value), SmoothedPrice.StartingAt(sleep.Band.High).Value);
        market.Index = sleep.Band.Clamp(sleep.Inner.Price(market.Terms.MarkRound), market.Terms.MarkRound);
        if (!market.SleepRules.IsStock) WatchEdge(market, now, context);
    }

    // F-062 for what funding is measured with; 10,000 of a stock (K-203).
    private static ref readonly KeptImpact ImpactOf(Market market)
    {
        ref var kept = ref market.Impact;
        if (kept.Version == market.Book.Version) return ref kept;
        var notional = market.SleepRules.IsStock ? StockNotional : market.Terms.Funding!.ImpactValue;
        var (bids, asks) = (new BookDepth(market.Book, Side.Buy), new BookDepth(market.Book, Side.Sell));
        kept.Bid = ImpactPrice.Of(market.Contract, ref bids, notional);
        kept.Ask = ImpactPrice.Of(market.Contract, ref asks, notional);
        kept.Middle = kept.Bid.Exists && kept.Ask.Exists ? SmoothedPrice.Between(kept.Bid, kept.Ask) : 0;
        kept.Version = market.Book.Version;
        return ref kept;
    }

    private static readonly Money StockNotional = Money.Units(10_000);

    // F-242: held at the edge for five minutes, the band follows, once an hour at most.
    private static void WatchEdge(Market market, long now, Context context)
    {
        ref var sleep = ref market.Sleep;
        if (!sleep.Band.IsNearEdge(market.Index, sleep.Reference)) sleep.EdgeNanos = 0;
        else if (sleep.EdgeNanos == 0) sleep.EdgeNanos = now;
        else if (now - sleep.EdgeNanos >= EdgeNanos && (sleep.AnchoredNanos == 0 || now - sleep.AnchoredNanos >= AnchorNanos))
        {
            Anchor(market, market.Index, sleep.Session == MarketSession.Halted);
            (sleep.EdgeNanos, sleep.AnchoredNanos) = (0, now);
            Change(market, sleep.Session, context);
        }
    }

    private static void Anchor(Market market, long reference, bool isHalted)
    {
        market.Sleep.Reference = reference;
        market.Sleep.Band = OffHoursBand.Of(reference, market.Terms.LeverageMax, isHalted);
    }

    private static void Change(Market market, MarketSession session, Context context)
    {
        ref var sleep = ref market.Sleep;
        var (old, slept) = (sleep.Session, market.IsAsleep);
        sleep.Session = session;
        if (slept != market.IsAsleep) market.FitMiddle();
        Announce(market, old, context.Events);
    }

    /// <summary>Session and band as they are now.</summary>
    public static void Announce(Market market, MarketSession old, EventBuffer events)
    {
        ref readonly var sleep = ref market.Sleep;
        var band = market.IsAsleep ? sleep.Band : default;
        events.Append(new ContractSessionChanged
        {
            Reference = market.IsAsleep ? sleep.Reference : 0, Low = band.Low, High = band.High, Instrument = market.Id.Value, Old = old, New = sleep.Session,
        });
    }
}
