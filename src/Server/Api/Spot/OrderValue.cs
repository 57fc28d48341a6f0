using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>What a size of a pair is worth, and how large prices and sizes may be at all.</summary>
internal static class OrderValue
{
    /// <summary>M-133: no price and no size is larger, in raw units.</summary>
    public const long Largest = 1L << 62;

    /// <summary>Far above any balance, far below where sums of money could overflow.</summary>
    public static readonly Int128 LargestMoney = Int128.One << 110;

    /// <summary>Price × size in the quote asset, exact (S-004); false when it is beyond everything the venue can hold.</summary>
    public static bool TryOf(PairView pair, long price, long size, out Money value)
    {
        var terms = pair.Terms;
        var unit = Fixed.PowerOfTen(Money.Decimals - terms.PriceDecimals - terms.SizeDecimals);
        var lots = (Int128)price * size;
        var fits = lots >= 0 && lots <= LargestMoney / unit;
        value = fits ? new Money(lots * unit) : Money.Zero;
        return fits;
    }

    public static Money BaseOf(PairView pair, long size) => new((Int128)size * Fixed.PowerOfTen(Money.Decimals - pair.Terms.SizeDecimals));
}
