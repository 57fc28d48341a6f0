using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Products.Futures.State;

/// <summary>What a contract remembers of the market behind it while that sleeps. Prices raw; all zero while it is live.</summary>
public struct Sleep
{
    public MarketSession Session;

    /// <summary>S: the last price from outside, or where the band was put instead (F-242).</summary>
    public long Reference;
    public OffHoursBand Band;

    /// <summary>The internal index (F-241, K-203); where it was when the market opened again, while it is led to outside prices (F-243).</summary>
    public SmoothedPrice Inner;

    /// <summary>What the mark may be by now (K-204); of stocks.</summary>
    public SlowMark Mark;

    /// <summary>Since when the index is near an edge of the band; 0 = it is not (F-242).</summary>
    public long EdgeNanos;

    /// <summary>When the band was put elsewhere last; 0 = never in this phase.</summary>
    public long AnchoredNanos;

    /// <summary>The last price from outside and when the first came, while the index is led there (F-243).</summary>
    public long Outside;
    public long OpenedNanos;

    /// <summary>The running step of the timer moves the mark. False between commands.</summary>
    public bool IsStep;
}

/// <summary>How a contract is priced while its market sleeps; fixed with its listing.</summary>
/// <param name="IsStock">The rules of stocks (K-200…K-209) hold, else those of metals, indices and the like (F-241…F-244).</param>
/// <param name="IsInside">Its own book moves the index; else it stays where it was.</param>
public readonly record struct SleepRules(bool Sleeps, bool IsStock, bool IsInside, long StepNanos, Leverage LeverageMax, Rate FundingFactor, long RampNanos)
{
    private const int StockSeconds = 3, OtherSeconds = 1, WindowSeconds = 300;

    public static SleepRules Of(in ListContract terms)
    {
        var isStock = terms.OffHours == OffHoursPricing.Ewma || terms.Underlying == Underlying.Stocks;
        return new SleepRules(terms.OffHours != OffHoursPricing.None, isStock, terms.OffHours is OffHoursPricing.Ewma or OffHoursPricing.InternalEma,
            (isStock ? StockSeconds : OtherSeconds) * Nanos.PerSecond,
            new Leverage(!isStock ? terms.LeverageMax : terms.ClosedLeverageMax != 0 ? terms.ClosedLeverageMax : int.Max(terms.LeverageMax / 2, 100)),
            isStock ? new Rate(terms.ClosedFundingFactor) : new Rate(Rate.One),
            terms.OffHours == OffHoursPricing.InternalEma ? terms.ReopenRampSeconds * Nanos.PerSecond : 0);
    }

    /// <summary>Samples in the five minutes of the middle's average (F-056, F-241).</summary>
    public int Window => (int)(WindowSeconds * Nanos.PerSecond / StepNanos);
}

/// <summary>Impact prices of a book, kept until it changes. What follows from the book is no part of the state.</summary>
public struct KeptImpact
{
    public long Version;                // of the book; 0 = nothing kept
    public ImpactPrice Bid;
    public ImpactPrice Ask;

    /// <summary>Between the two, in 10^-9 of a raw price, half-even; 0 where a side has not enough (K-203).</summary>
    public Int128 Middle;
}

/// <summary>When sleeping contracts are stepped: one timer for each pace.</summary>
public static class SleepTimer
{
    public const ushort Kind = 470;

    private const byte Row = 12;

    /// <summary>There is something to step: an order rests, or a price was set.</summary>
    public static void Stir(FuturesState state, Market market, Context context)
    {
        if (market.Sleep.Session != MarketSession.Live && NextOf(state, market.SleepRules.StepNanos) == 0) Schedule(state, market.SleepRules.StepNanos, context);
    }

    public static ref long NextOf(FuturesState state, long pace) => ref pace == Nanos.PerSecond ? ref state.NextStepNanos : ref state.NextStockStepNanos;

    public static void Schedule(FuturesState state, long pace, Context context)
    {
        ref var next = ref NextOf(state, pace);
        next = (context.Stamp.TimeNanos / pace + 1) * pace;
        context.Timers.Add(new Due(next, Row, Kind, pace / Nanos.PerSecond, 0, 0));
    }
}
