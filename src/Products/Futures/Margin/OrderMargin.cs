using System.Runtime.CompilerServices;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Margin;

/// <summary>The opening orders of one side of one leg, added up: what admitting the next order asks of them. Reduce-only and close orders are not in it.</summary>
public struct OrderSums
{
    /// <summary>Raw size left.</summary>
    public long Size;

    /// <summary>Σ of the margin of each order, as if none met a position.</summary>
    public Money Margin;

    public void Add(long size, Money margin)
    {
        Size = checked(Size + size);
        Margin += margin;
    }

    public void Remove(long size, Money margin) => Add(-size, -margin);
}

/// <summary>One opening order as F-106 sees it.</summary>
/// <param name="Left">Raw size.</param>
/// <param name="ValuePrice">The price of F-104, frozen at acceptance (F-105).</param>
/// <param name="LossMark">The mark of F-109, frozen likewise; 0 where no loss is asked for.</param>
public readonly record struct OpeningOrder(long Left, long ValuePrice, Rate Fee, long LossMark = 0);

/// <summary>Margin of open orders (F-104…F-106).</summary>
public static class OrderMargin
{
    /// <summary>max(contract taker, user taker), the rate of the reserve (F-042).</summary>
    public static Rate FeeOf(Contract contract, Rate userTaker) => new(long.Max(contract.ExitFee.Raw, userTaker.Raw));

    /// <summary>1/L + 2f, and f/L more on the side whose exit at bankruptcy is worth more: linear sells and inverse buys.</summary>
    public static MarginFactor Factor(Contract contract, Side side, Leverage leverage, Rate fee) =>
        MarginFactor.Of(leverage, fee, 2, feeOnMargin: side == Side.Buy == contract.IsInverse);

    /// <summary>The price an order is valued at: its own, but not below the best bid for a linear sell nor above the best ask for an inverse buy, because it
    /// would trade there. A market order comes with its protection bound (buy) or zero (sell).</summary>
    /// <param name="bestOpposite">Best price of the other side of the book; 0 when it is empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ValuePrice(Contract contract, Side side, long price, long bestOpposite)
    {
        if (bestOpposite == 0 || side == Side.Buy != contract.IsInverse) return price;
        return contract.IsInverse ? long.Min(price, bestOpposite) : long.Max(price, bestOpposite);
    }

    /// <summary>ceil(v · factor) of an opening size.</summary>
    public static Money Of(Contract contract, Side side, long size, long valuePrice, Leverage leverage, Rate fee) =>
        contract.NotionalOf(size, valuePrice).Part(Factor(contract, side, leverage, fee));

    /// <summary>The same with the loss it would open with at a mark: |q|·m·(price − mark) of a buy, mirrored of a sell, in the settle coin; rounded up (F-109).</summary>
    /// <param name="lossMark"><see cref="LossMark"/>; 0 adds nothing.</param>
    public static Money Of(Contract contract, Side side, long size, long valuePrice, Leverage leverage, Rate fee, long lossMark)
    {
        var margin = Of(contract, side, size, valuePrice, leverage, fee);
        return lossMark == 0 ? margin : margin + OpenLoss(contract, size, valuePrice, lossMark);
    }

    /// <summary>The mark itself where an order at this price would open with a loss, else 0 (F-109).</summary>
    public static long LossMark(Side side, long valuePrice, long mark) => side == Side.Buy ? valuePrice > mark ? mark : 0 : valuePrice < mark ? mark : 0;

    /// <summary>What a size is worth less at one of two prices than at the other, rounded up.</summary>
    public static Money OpenLoss(Contract contract, long size, long price, long mark)
    {
        var apart = long.Abs(price - mark);
        return contract.IsInverse ? new Money(Int256.MulDiv(long.BigMul(size, contract.ValueUnit), apart, price, mark, Rounding.Ceiling)) : contract.Value(size, apart);
    }

    /// <summary>An upper bound of a one-way contract's order margin, at once. What an account affords with it, it affords; only where it is not
    /// <paramref name="exact"/> and does not suffice, or the figure is shown, is <see cref="OneWay"/> asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Money OneWayBound(long position, in OrderSums buys, in OrderSums sells, out bool exact)
    {
        var buyMargin = buys.Size <= -position ? Money.Zero : buys.Margin;
        var sellMargin = sells.Size <= position ? Money.Zero : sells.Margin;
        // The side against the position needs less than its sum when the position takes a part of it; that matters only if it is the larger one.
        if (position < 0)
        {
            exact = buyMargin <= sellMargin;
            return exact ? sellMargin : buyMargin;
        }
        var isOfBuys = sellMargin <= buyMargin;
        exact = isOfBuys || position == 0;
        return isOfBuys ? buyMargin : sellMargin;
    }

    /// <summary>The margin of one side, exactly: the first <paramref name="consumed"/> of it meet the position and need none (F-106).</summary>
    /// <param name="orders">Best price first, then oldest.</param>
    public static Money OfSide(Contract contract, Side side, long consumed, ReadOnlySpan<OpeningOrder> orders, Leverage leverage)
    {
        var sum = Money.Zero;
        foreach (ref readonly var order in orders)
        {
            var free = long.Min(consumed, order.Left);
            consumed -= free;
            if (order.Left > free) sum += Of(contract, side, order.Left - free, order.ValuePrice, leverage, order.Fee, order.LossMark);
        }
        return sum;
    }

    /// <summary>One-way: the larger side, after the position has taken its part of the opposite one (F-106).</summary>
    public static Money OneWay(Contract contract, long position, ReadOnlySpan<OpeningOrder> buys, ReadOnlySpan<OpeningOrder> sells, Leverage leverage) =>
        Money.Max(OfSide(contract, Side.Buy, long.Max(-position, 0), buys, leverage), OfSide(contract, Side.Sell, long.Max(position, 0), sells, leverage));

    /// <summary>Hedge: the opening orders of both legs, summed (F-106).</summary>
    public static Money Hedge(in OrderSums buys, in OrderSums sells) => buys.Margin + sells.Margin;

    /// <summary>The largest size a budget opens, whole lots (F-003).</summary>
    public static long SizeFor(Contract contract, Side side, Money budget, long valuePrice, Leverage leverage, Rate fee)
    {
        if (budget <= Money.Zero) return 0;
        var factor = Factor(contract, side, leverage, fee);
        // budget = q · value of one · N / D, so q = budget · D / (value of one · N). A linear unit is worth unit · price, an inverse one unit / price.
        var size = contract.IsInverse
            ? Int256.MulDiv(budget.Raw, long.BigMul(factor.Denominator, valuePrice), factor.Numerator, contract.ValueUnit, Rounding.Floor)
            : Int256.MulDiv(budget.Raw, factor.Denominator, contract.Value(1, valuePrice).Raw, factor.Numerator, Rounding.Floor);
        return contract.ToLot((long)Int128.Min(size, ContractCheck.SizeMax));
    }
}
