using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Funding;

/// <summary>The premium samples of a running cycle, as the two sums their averages need (F-071). State: it survives a restart.</summary>
public struct PremiumSamples
{
    /// <summary>Σ P_i and Σ i·P_i, in 10^-8.</summary>
    public Int128 Sum;
    public Int128 WeightedSum;
    public int Count;

    /// <summary>A valid sample of this minute; a minute without one is skipped, not zero (F-064).</summary>
    public void Add(long premium)
    {
        Count++;
        Sum += premium;
        WeightedSum += long.BigMul(premium, Count);
    }

    /// <summary>The average as numerator and weight; the weight is zero without samples.</summary>
    internal readonly (Int128 Over, long Under) Average(bool linearWeights) =>
        linearWeights ? (WeightedSum, (long)Count * (Count + 1) / 2) : (Sum, Count);
}

/// <summary>The rate of a settlement (F-070…F-075, F-080).</summary>
public static class FundingRate
{
    /// <summary>Six decimals (F-073).</summary>
    private const long Unit = Rate.One / 1_000_000;

    /// <summary>±0.0005: how far interest may pull the premium.</summary>
    private const long Pull = Rate.One / 2_000;

    private const long PremiumUnit = Rate.One / 100_000_000;

    /// <summary>clamp([AvgP + clamp(I − AvgP, ±0.0005)] · N/8, ±cap), half-even to six decimals; <paramref name="before"/>, the rate of the cycle before, without
    /// samples (F-075).</summary>
    public static Rate Of(FundingTerms terms, in PremiumSamples samples, Rate before)
    {
        var (over, weight) = samples.Average(terms.LinearWeights);
        if (weight == 0) return before;
        // Everything times 3 · weight, so that the average and a third of the daily interest are whole; then · N / 8.
        var scale = 3 * (Int128)weight;
        var average = over * PremiumUnit * 3;
        var interest = (Int128)terms.InterestPerDay.Raw * weight;
        var pull = Pull * scale;
        var rate = (average + Int128.Min(Int128.Max(interest - average, -pull), pull)) * terms.Hours;
        var cap = terms.RateLimit.Raw * scale * 8;
        rate = Int128.Min(Int128.Max(rate, -cap), cap);
        return new Rate(checked((long)Fixed.Divide(rate, scale * 8 * Unit, Rounding.HalfEven) * Unit));
    }

    /// <summary>A part of a rate, half-even to six decimals (K-207).</summary>
    public static Rate Scaled(Rate rate, Rate factor) => factor.Raw == Rate.One ? rate
        : new Rate(checked((long)Int256.MulDiv(rate.Raw, factor.Raw, Rate.One * (Int128)Unit, Rounding.HalfEven) * Unit));

    /// <summary>The cap where the operator gives none: 0.75 · (1/max leverage − maintenance rate), rounded down to six decimals (F-080).</summary>
    public static Rate DefaultCap(Leverage leverageMax, Rate maintenanceRate)
    {
        // 3/4 · (100/L − r) with L in hundredths, over one denominator
        var over = 3 * (100 * (Int128)Rate.One - (Int128)maintenanceRate.Raw * leverageMax.Hundredths);
        return new Rate((long)Fixed.Divide(over, 4 * (Int128)leverageMax.Hundredths * Unit, Rounding.Floor) * Unit);
    }

    /// <summary>The first settlement after an instant: multiples of the interval in UTC, plus the offset (F-070).</summary>
    public static long NextSettlementNanos(FundingTerms terms, long nowNanos)
    {
        var interval = terms.IntervalSeconds * Nanos.PerSecond;
        var offset = terms.OffsetSeconds * Nanos.PerSecond;
        return checked((Fixed.Divide(nowNanos - offset, interval, Rounding.Floor) + 1) * interval + offset);
    }
}
