using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Pricing;

/// <summary>What the market behind an index is doing (K-201, F-240).</summary>
public enum MarketSession : byte
{
    /// <summary>Prices come from outside.</summary>
    Live = 0,

    /// <summary>Night, weekend, holiday.</summary>
    Closed = 1,

    /// <summary>Paused or silent in its hours.</summary>
    Halted = 2,

    /// <summary>Prices come from outside again, and the index is on its way to them (F-243).</summary>
    Reopening = 3,
}

/// <summary>How far prices may go without a price from outside: the reference and one over the highest leverage of it, up and down (F-242, K-202). Raw prices, rounded
/// inward.</summary>
public readonly record struct OffHoursBand(long Low, long High)
{
    private const int HaltedShare = 10;                 // a halt allows a tenth at most

    public static OffHoursBand Of(long reference, Leverage leverageMax, bool isHalted)
    {
        var (over, under) = (100L, (long)leverageMax.Hundredths);
        if (isHalted && under < over * HaltedShare) (over, under) = (1, HaltedShare);
        return new OffHoursBand(
            long.Max((long)Fixed.Divide(long.BigMul(reference, under - over), under, Rounding.Ceiling), 1),
            long.Min((long)Fixed.Divide(long.BigMul(reference, under + over), under, Rounding.Floor), ContractCheck.PriceMax));
    }

    /// <summary>The nearest multiple of <paramref name="round"/> to a price that is one, inside the band; the band is wider than one.</summary>
    public long Clamp(long price, long round) =>
        long.Min(long.Max(price, (Low + round - 1) / round * round), High / round * round);

    /// <summary>Whether a price has used up nine tenths of the way from the reference to an edge (F-242).</summary>
    public bool IsNearEdge(long price, long reference) =>
        price >= reference ? 10 * (price - reference) >= 9 * (High - reference) : 10 * (reference - price) >= 9 * (reference - Low);
}

/// <summary>A mark that may move by half a percent of itself every three seconds, held 10^9 times finer than it is shown (K-204).</summary>
public struct SlowMark
{
    private const int Over = 5, Under = 1000;

    /// <summary>In 10^-9 of a raw price; 0 = none yet.</summary>
    public Int128 Value;

    public static SlowMark At(long price) => new() { Value = long.BigMul(price, SmoothedPrice.Finer) };

    /// <summary>In whole multiples of <paramref name="round"/>, half-even.</summary>
    public readonly long Price(long round) => new SmoothedPrice { Value = Value }.Price(round);

    /// <summary>One step of three seconds; the most it may move is rounded down.</summary>
    public void StepTowards(long target)
    {
        var wanted = long.BigMul(target, SmoothedPrice.Finer);
        var most = Value * Over / Under;
        Value = Int128.Min(Int128.Max(wanted, Value - most), Value + most);
    }
}

/// <summary>The line from the internal index to prices from outside (F-243).</summary>
public static class Ramp
{
    /// <summary>So much of the way as time has passed, half-even to <paramref name="round"/>.</summary>
    /// <param name="from">Where the internal index stood.</param>
    /// <param name="to">The last price from outside.</param>
    /// <param name="passed">At most <paramref name="whole"/>, in the same unit.</param>
    public static long At(in SmoothedPrice from, long to, long passed, long whole, long round)
    {
        var way = long.BigMul(to, SmoothedPrice.Finer) - from.Value;
        return new SmoothedPrice { Value = from.Value + Int256.MulDiv(way, passed, whole, Rounding.HalfEven) }.Price(round);
    }
}
