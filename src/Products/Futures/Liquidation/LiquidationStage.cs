using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>How much of which leg one round of a liquidation closes (F-165 steps 4 to 6, F-173). A round steps one tier down; in the first tier, or with
/// no equity left, the whole leg goes.</summary>
public static class LiquidationStage
{
    /// <summary>What hedged legs have in common: it is netted at the mark before anything is sold (F-134).</summary>
    public static long Overlap(long longSize, long shortSize) => long.Min(longSize, -shortSize);

    /// <summary>The leg to go first: the largest requirement. Legs stand in order of contract name, so the first of equals is the lower name. −1 when none has any.</summary>
    public static int Choose(ReadOnlySpan<Money> requirements)
    {
        var chosen = -1;
        for (var i = 0; i < requirements.Length; i++)
        {
            if (requirements[i] > Money.Zero && (chosen < 0 || requirements[i] > requirements[chosen])) chosen = i;
        }
        return chosen;
    }

    /// <summary>Raw size to close of a leg, without sign.</summary>
    /// <param name="equity">Of the scope: M + u of an isolated leg, MB_x of cross.</param>
    public static long SizeToClose(Contract contract, RiskLimitTable tiers, long size, long mark, Money equity)
    {
        var whole = long.Abs(size);
        var tier = tiers.TierOf(contract.NotionalOf(size, mark));
        if (tier == 0 || equity <= Money.Zero) return whole;
        return whole - SizeWorth(contract, tiers[tier - 1].Limit, mark);
    }

    /// <summary>The largest whole number of lots worth no more than an amount at a price.</summary>
    public static long SizeWorth(Contract contract, Money amount, long price)
    {
        var size = contract.IsInverse ? Int256.MulDiv(amount.Raw, price, contract.ValueUnit, Rounding.Floor)
            : Fixed.Divide(amount.Raw, long.BigMul(price, contract.ValueUnit), Rounding.Floor);
        return contract.ToLot((long)Int128.Min(size, ContractCheck.SizeMax));
    }
}

/// <summary>Money of one round of a liquidation (F-180…F-184).</summary>
public static class LiquidationMoney
{
    /// <summary>What the fills brought beyond closing at the bankruptcy price, fees on both sides counted; never below zero (F-180). The released entry
    /// value is the same either way and does not appear.</summary>
    /// <param name="quantity">Signed size of the closing fills.</param>
    /// <param name="value">Σ w of them.</param>
    /// <param name="fees">Σ of their fees.</param>
    public static Money Surplus(Contract contract, long quantity, Money value, Money fees, long bankruptcyPrice)
    {
        var atBankruptcy = contract.Value(quantity, bankruptcyPrice);
        return Money.Max(Money.Zero, atBankruptcy - value - fees + contract.ExitFee.Of(Magnitude(atBankruptcy), Rounding.Ceiling));
    }

    /// <summary>What the insurance fund gets of a surplus where the user keeps it but for a fee (F-182).</summary>
    public static Money ClearanceFee(Money surplus, Money value, Rate rate) => Money.Min(surplus, rate.Of(Magnitude(value), Rounding.Ceiling));

    /// <summary>The exit-fee reserve that leaves with a leg taken over at its bankruptcy price, limited to what is left in the scope (F-183).</summary>
    public static Money TakeOverReserve(Contract contract, long size, long bankruptcyPrice, Money left) => Money.Max(Money.Zero,
        Money.Min(left, contract.ExitFee.Of(Magnitude(contract.Value(size, bankruptcyPrice)), Rounding.Ceiling)));

    private static Money Magnitude(Money value) => value.IsNegative ? -value : value;
}
