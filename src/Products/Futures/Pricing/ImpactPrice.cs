using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Pricing;

/// <summary>One side of a book, level after level from the best: visible and hidden quantity of everybody (F-062). A book, or a test's few levels.</summary>
public interface IDepth
{
    /// <summary>The next level; false after the last.</summary>
    bool Next(out long price, out long size);
}

/// <summary>A level of a depth that lies in memory.</summary>
public readonly record struct DepthLevel(long Price, long Size);

/// <summary>Levels that lie in memory, best first.</summary>
public ref struct SpanDepth(ReadOnlySpan<DepthLevel> levels) : IDepth
{
    private readonly ReadOnlySpan<DepthLevel> levels = levels;
    private int next;

    public bool Next(out long price, out long size)
    {
        if (next == levels.Length)
        {
            price = size = 0;
            return false;
        }
        (price, size) = levels[next++];
        return true;
    }
}

/// <summary>The average price of trading a notional into one side, as an exact fraction of raw prices. It does not exist where the side has less (F-062).</summary>
public readonly record struct ImpactPrice(Int128 Numerator, Int128 Denominator)
{
    public bool Exists => Denominator != 0;

    /// <summary>Walks the levels until <paramref name="notional"/> is spent. The value of a level is F-011's: exact when linear, half-even when inverse.</summary>
    public static ImpactPrice Of<TDepth>(Contract contract, ref TDepth depth, Money notional) where TDepth : IDepth, allows ref struct
    {
        var rest = notional;
        Int128 taken = 0;                                           // raw size of whole levels
        while (depth.Next(out var price, out var size))
        {
            var value = contract.NotionalOf(size, price).ToMoney(Rounding.HalfEven);
            if (value < rest)
            {
                rest -= value;
                taken += size;
                continue;
            }
            // The last level is taken in part: rest / (value of one) of it. Size and rest are brought over one denominator before anything is divided.
            if (contract.IsInverse) return new ImpactPrice(checked(taken * contract.ValueUnit + rest.Raw * price), notional.Raw);
            var worth = checked(taken * contract.ValueUnit * price);                                // of whole levels, at the last price
            return new ImpactPrice(checked(notional.Raw * price), checked(worth + rest.Raw));
        }
        return default;
    }

    /// <summary>In 10^-<paramref name="decimals"/> of a raw price, half-even; to be shown.</summary>
    public Int128 Displayed(int decimals) => Int256.MulDiv(Numerator, Fixed.PowerOfTen(decimals), Denominator, Rounding.HalfEven);
}

/// <summary>How far the contract trades from its index (F-063).</summary>
public static class Premium
{
    /// <summary>Decimals of a sample.</summary>
    public const int Decimals = 8;

    private const long Scale = 100_000_000;

    /// <summary>[max(0, IB − index) − max(0, index − IA)] / index in 10^-8, half-even. A side without depth contributes 0. Books do not cross, so at most one of
    /// the two is not zero, and there is one rounding.</summary>
    public static long Sample(in ImpactPrice bid, in ImpactPrice ask, long index)
    {
        if (bid.Exists && Int256.Of(bid.Numerator) > Int256.Product(bid.Denominator, index)) return Over(bid, index);
        if (ask.Exists && Int256.Of(ask.Numerator) < Int256.Product(ask.Denominator, index)) return Over(ask, index);
        return 0;
    }

    // (impact − index) / index
    private static long Over(in ImpactPrice impact, long index)
    {
        var over = Int256.Of(impact.Numerator) - Int256.Product(impact.Denominator, index);
        return (long)Int256.Divide(over * Scale, Int256.Product(impact.Denominator, index), Rounding.HalfEven);
    }
}
