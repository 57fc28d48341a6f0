using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Pricing;

/// <summary>What a perpetual's mark is the median of, each already rounded; shown with the mark, so that it can be checked.</summary>
/// <param name="Basis">P1: the index with the funding still to come.</param>
/// <param name="Average">P2: the index with the average distance of the book's middle.</param>
public readonly record struct MarkParts(long Basis, long Average, long Last)
{
    public long Median => long.Max(long.Min(Basis, Average), long.Min(long.Max(Basis, Average), Last));
}

/// <summary>Mark prices (F-055…F-061). Rounding is monotone, so the median of rounded prices is the rounded median of exact ones: each part is
/// rounded once, half-even to mark_price_round.</summary>
public static class MarkPrice
{
    /// <summary>The parts of a perpetual's mark (F-055, F-057).</summary>
    /// <param name="index">Above zero.</param>
    /// <param name="funding">The rate of the running cycle.</param>
    /// <param name="untilFundingNanos">Until the next settlement.</param>
    /// <param name="middle">Samples of the book's middle.</param>
    /// <param name="last">Price of the last trade; 0 before the first.</param>
    /// <param name="cycle">The running cycle's terms; null = the contract's.</param>
    public static MarkParts Perpetual(Contract contract, long index, Rate funding, long untilFundingNanos, MiddleAverage middle, long last, long nowNanos,
        FundingTerms? cycle = null)
    {
        var round = contract.Terms.MarkRound;
        var basis = FundingBasis(index, funding, untilFundingNanos, (cycle ?? contract.Terms.Funding!).IntervalSeconds * Core.Kernel.Nanos.PerSecond, round);
        return new MarkParts(basis, middle.TryPrice(index, nowNanos, round, out var average) ? average : basis,
            last == 0 ? basis : ToMultiple(last, round));
    }

    /// <summary>P1 = index · (1 + F · left / interval), rounded to <paramref name="round"/>.</summary>
    public static long FundingBasis(long index, Rate funding, long untilFundingNanos, long intervalNanos, long round)
    {
        var whole = long.BigMul(Rate.One, intervalNanos);
        return Scaled(index, whole + long.BigMul(funding.Raw, untilFundingNanos), whole, round);
    }

    /// <summary>A delivery contract: index + index · rate · t / 365, t in fractional days (F-059).</summary>
    public static long Delivery(Contract contract, long index, Rate basisRate, long untilExpiryNanos) =>
        Scaled(index, BasisWhole + long.BigMul(basisRate.Raw, untilExpiryNanos), BasisWhole, contract.Terms.MarkRound);

    /// <summary>In the window of the settlement average: what is fixed of it already, and index and basis for the rest (F-060).</summary>
    public static long DeliveryInWindow(Contract contract, long index, Rate basisRate, long untilExpiryNanos, in SettlementAverage average, int samples)
    {
        // [sum + (n − done) · index · (1 + rate · t / 365)] / n
        var live = Int256.Product(long.BigMul(index, samples - average.Count), BasisWhole + long.BigMul(basisRate.Raw, untilExpiryNanos));
        var over = Int256.Product(average.Sum, BasisWhole) + live;
        var round = contract.Terms.MarkRound;
        return checked((long)Int256.Divide(over, Int256.Product(BasisWhole, long.BigMul(samples, round)), Rounding.HalfEven) * round);
    }

    /// <summary>A new annual rate of the basis, from the depth-weighted fair price: (fair/index − 1) · 365 / t, half-even to 12 decimals; the old rate when the book is
    /// too wide, (impact ask − impact bid) ≥ maintenance_rate · index, or has not enough on a side (F-059).</summary>
    /// <param name="untilExpiryNanos">Above zero.</param>
    public static Rate BasisRate(Contract contract, long index, in ImpactPrice bid, in ImpactPrice ask, long untilExpiryNanos, Rate old)
    {
        if (!bid.Exists || !ask.Exists) return old;
        // ask − bid as one fraction; the width is compared exactly (F-004).
        var under = Int256.Product(ask.Denominator, bid.Denominator);
        var askOver = Int256.Product(ask.Numerator, bid.Denominator);
        var bidOver = Int256.Product(bid.Numerator, ask.Denominator);
        var allowed = long.BigMul(contract.RiskLimits[0].MaintenanceRate.Raw, index);
        if (Int256.CompareFractions(askOver - bidOver, under, Int256.Of(allowed), Int256.Of(Rate.One)) >= 0) return old;

        // The two denominators are close to each other in size and the rate has 12 decimals: halve, subtract the index, then one division.
        var twice = askOver + bidOver - under * (2 * (Int128)index);
        var perYear = Int256.Divide(twice * YearNanos, under, Rounding.HalfEven);       // raw price · nanoseconds, doubled: 10^17 finer than a price
        return new Rate((long)Int256.MulDiv(perYear, Rate.One, 2 * long.BigMul(index, untilExpiryNanos), Rounding.HalfEven));
    }

    /// <summary>Keeps the mark within the allowed distance of the index, rounded inward (F-061).</summary>
    public static long Clamped(Contract contract, long mark, long index)
    {
        var deviation = contract.Terms.MarkMaxDeviation.Raw;
        if (deviation == 0) return mark;
        var round = contract.Terms.MarkRound;
        var low = Scaled(index, Rate.One - deviation, Rate.One, round, Rounding.Ceiling);
        var high = Scaled(index, Rate.One + deviation, Rate.One, round, Rounding.Floor);
        return long.Min(long.Max(mark, low), high);
    }

    internal static long ToMultiple(long price, long round) => Fixed.Divide(price, round, Rounding.HalfEven) * round;

    private static long Scaled(long price, Int128 over, Int128 under, long round, Rounding rounding = Rounding.HalfEven) =>
        checked((long)Int256.MulDiv(price, over, under * round, rounding) * round);

    private const long DayNanos = 86_400 * Core.Kernel.Nanos.PerSecond;
    private const long YearNanos = 365 * DayNanos;
    private static readonly Int128 BasisWhole = long.BigMul(Rate.One, YearNanos);
}
