using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Pricing;

/// <summary>The mean of index samples that a delivery contract, or a perpetual that is delisted, settles at (F-211, F-230).</summary>
public struct SettlementAverage
{
    /// <summary>Fewer valid samples than this need an operator's word.</summary>
    public const int ValidMin = 15;

    public Int128 Sum;
    public int Count;
    public int Valid;

    /// <summary>One sample; a stale index contributes its last valid value and says so.</summary>
    public void Add(long index, bool valid)
    {
        Sum += index;
        Count++;
        if (valid) Valid++;
    }

    public readonly bool NeedsConfirmation => Valid < ValidMin;

    /// <summary>Half-even to mark_price_round; there is at least one sample.</summary>
    public readonly long Price(long round) => checked((long)Fixed.Divide(Sum, long.BigMul(Count, round), Rounding.HalfEven) * round);

    /// <summary>When the i-th sample is due, i from 1; the last one at the expiry (F-211).</summary>
    public static long DueNanos(DeliveryTerms terms, int i) =>
        terms.ExpiryNanos - (terms.SettlePriceDurationSeconds - (long)i * terms.SettlePriceIntervalSeconds) * Core.Kernel.Nanos.PerSecond;
}

/// <summary>An exponential average of prices, one step a second. What it holds is 10^9 times finer than a raw price, half-even at each step: the steps are far
/// apart from the last digit that is shown.</summary>
public struct SmoothedPrice
{
    internal const long Finer = 1_000_000_000;

    /// <summary>α = 2/11, the contract price of a pre-market without an index (F-058).</summary>
    private const int PreMarketOver = 2, PreMarketUnder = 11;

    /// <summary>α = 1 − e^(−1/3600) with nine decimals, the internal index off hours (F-241).</summary>
    private const int OffHoursOver = 277_739;

    /// <summary>α = 1 − e^(−3/3600) with twelve decimals, the index of a stock while its market sleeps (K-203).</summary>
    private const long StockOver = 832_986_208, StockUnder = 1_000_000_000_000;

    /// <summary>In 10^-9 of a raw price.</summary>
    public Int128 Value;

    public static SmoothedPrice StartingAt(long price) => new() { Value = long.BigMul(price, Finer) };

    /// <summary>In whole multiples of <paramref name="round"/>, half-even.</summary>
    public readonly long Price(long round) => checked((long)Fixed.Divide(Value, long.BigMul(Finer, round), Rounding.HalfEven) * round);

    /// <summary>One second of a market without an index (F-058).</summary>
    public void StepTo(long contractPrice) =>
        Value += Fixed.Divide((long.BigMul(contractPrice, Finer) - Value) * PreMarketOver, PreMarketUnder, Rounding.HalfEven);

    /// <summary>One second off hours: S += α · [max(IB − S, 0) − max(S − IA, 0)] (F-241). A side without depth does not pull.</summary>
    public void StepInto(in ImpactPrice bid, in ImpactPrice ask)
    {
        if (bid.Exists && IsAbove(bid)) Value += Pull(bid);
        else if (ask.Exists && IsBelow(ask)) Value += Pull(ask);
    }

    /// <summary>Three seconds off hours of a stock: I += α · (middle − I), α = 0.000832986208 (K-203).</summary>
    /// <param name="middle">Of the two impact prices, in 10^-9 of a raw price.</param>
    public void StepTowards(Int128 middle) => Value += Fixed.Divide((middle - Value) * StockOver, StockUnder, Rounding.HalfEven);

    /// <summary>Half way between two impact prices, in 10^-9 of a raw price, half-even.</summary>
    public static Int128 Between(in ImpactPrice bid, in ImpactPrice ask) => Int256.Divide(
        (Int256.Product(bid.Numerator, ask.Denominator) + Int256.Product(ask.Numerator, bid.Denominator)) * Finer,
        Int256.Product(bid.Denominator, ask.Denominator) * 2, Rounding.HalfEven);

    private readonly bool IsAbove(in ImpactPrice impact) => Int256.Product(impact.Numerator, Finer) > Int256.Product(Value, impact.Denominator);
    private readonly bool IsBelow(in ImpactPrice impact) => Int256.Product(impact.Numerator, Finer) < Int256.Product(Value, impact.Denominator);

    private readonly Int128 Pull(in ImpactPrice impact)
    {
        var distance = Int256.Product(impact.Numerator, Finer) - Int256.Product(Value, impact.Denominator);
        return Int256.Divide(distance * OffHoursOver, Int256.Product(impact.Denominator, Finer), Rounding.HalfEven);
    }
}
