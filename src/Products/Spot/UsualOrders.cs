using System.Runtime.CompilerServices;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Bounds within which nothing of a pair refuses a plain limit order (M-010 to M-014, M-055, M-130, M-141), worked out when terms, status or band change: most
/// orders are settled by a few comparisons with them. Whatever is beyond one is not refused for that; it is asked about rule by rule.</summary>
internal struct UsualOrders
{
    private long fromNanos;             // when both sides are open; never while the status keeps anybody out
    private long sizeLeast;
    private long sizeMost;
    private ulong productLeast;         // price × size
    private ulong productMost;
    private PriceRanges prices;

    /// <summary>Open orders of a trader below which another one may rest (S-061).</summary>
    public int OrdersBelow { get; private set; }

    /// <summary>After a change of the terms or the status.</summary>
    /// <param name="valueUnit">Money quanta in one of price × size.</param>
    /// <param name="productMax">Of what can be paid at all.</param>
    public void Set(in ListPair terms, MarketStatus status, long valueUnit, Int128 productMax)
    {
        fromNanos = status == MarketStatus.Tradable ? long.Max(terms.BuyStartNanos, terms.SellStartNanos) : long.MaxValue;
        sizeLeast = long.Max(terms.MinBase, 1);
        sizeMost = terms.MaxBase == 0 ? Pair.SizeMax : long.Min(terms.MaxBase, Pair.SizeMax);
        var least = (terms.MinQuote.Raw / valueUnit) + (terms.MinQuote.Raw % valueUnit == 0 ? 0 : 1);
        var most = terms.MaxQuote.IsZero ? productMax : Int128.Min(terms.MaxQuote.Raw / valueUnit, productMax);
        productLeast = (ulong)Int128.Min(least, ulong.MaxValue);
        productMost = least > ulong.MaxValue ? 0 : (ulong)Int128.Min(most, ulong.MaxValue);
        OrdersBelow = terms.OrdersLimit == 0 ? int.MaxValue : terms.OrdersLimit;
    }

    /// <summary>After a change of the band.</summary>
    public void SetBand(long buyBound, long sellBound)
    {
        prices[(int)Side.Buy] = new PriceRange(1, long.Min(buyBound, Pair.PriceMax));
        prices[(int)Side.Sell] = new PriceRange(long.Max(sellBound, 1), Pair.PriceMax);
    }

    /// <summary>Whether an order is a plain one within all bounds; the band is up to date.</summary>
    /// <param name="product">Its price × size then.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Admit(in PlaceOrder command, long nowNanos, out ulong product)
    {
        product = 0;
        if (!command.IsLimit || command.HasExtras || nowNanos < fromNanos) return false;
        ref readonly var range = ref prices[(int)command.Side & 1];
        if (command.Price < range.Least || command.Price > range.Most || command.Size < sizeLeast || command.Size > sizeMost) return false;
        return Wide.TryProduct(unchecked((ulong)command.Price), unchecked((ulong)command.Size), out product) && product >= productLeast && product <= productMost;
    }

    private readonly record struct PriceRange(long Least, long Most);

    [InlineArray(2)]
    private struct PriceRanges
    {
        private PriceRange buy;
    }
}
