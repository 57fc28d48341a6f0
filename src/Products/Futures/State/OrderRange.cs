using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.State;

/// <summary>What a contract's terms and its mark allow an order, worked out once for both: the band around the mark (M-053), and the prices and sizes of an ordinary order, which
/// are within every limit at once. No part of the state.</summary>
public readonly struct OrderRange
{
    // In quanta, so that a value counts as short (Contract.ShortValue).
    private const long ValueMax = (1L << 61) - 1;

    private readonly ulong prices, sizes;               // how many there are from the least one on
    private readonly long priceMin, sizeMin;
    private readonly long tick, sizeStep;

    public OrderRange(Contract contract, long mark)
    {
        (Contract, Mark) = (contract, mark);
        var terms = contract.Terms;
        var deviate = terms.OrderPriceDeviate.Raw;
        Lowest = (long)Fixed.Divide(Wide.Product(mark, Rate.One - deviate), Rate.One, Rounding.Ceiling);
        Highest = (long)Int128.Min(Fixed.Divide(Wide.Product(mark, Rate.One + deviate), Rate.One, Rounding.Floor), long.MaxValue);
        (tick, sizeStep) = (terms.Tick, terms.SizeStep);
        (priceMin, sizeMin) = (long.Max(Lowest, 1), long.Max(terms.OrderSizeMin, terms.SizeStep));
        var most = long.Min(Highest, ContractCheck.PriceMax);
        var unit = (UInt128)(ulong)contract.ValueUnit * (ulong)long.Max(most, 1);
        var sizeMax = contract.IsInverse ? 0 : long.Min(terms.OrderSizeMax, (long)((ulong)ValueMax / unit));
        prices = (ulong)long.Max(most - priceMin + 1, 0);
        sizes = (ulong)long.Max(sizeMax - sizeMin + 1, 0);
    }

    /// <summary>What it was worked out for.</summary>
    public Contract? Contract { get; }
    public long Mark { get; }

    /// <summary>The lowest price of a sell and the highest of a buy that are not too far on the side that crosses (M-053).</summary>
    public long Lowest { get; }
    public long Highest { get; }

    /// <summary>Whether a price is within the band on both sides and on the tick, and a size within its limits and whole lots (M-002, M-053, M-131 to M-133). Then the value of
    /// that size at that price, and at the mark, is below 2^61 quanta; contracts whose value is a division are never ordinary.</summary>
    public bool IsOrdinary(long price, long size)
    {
        unchecked               // what is below the least wraps around and is too large; so is the least number of all, which has no magnitude
        {
            var magnitude = size < 0 ? -size : size;
            return (ulong)(price - priceMin) < prices && (ulong)(magnitude - sizeMin) < sizes && (tick == 1 || price % tick == 0) && (sizeStep == 1 || size % sizeStep == 0);
        }
    }
}
