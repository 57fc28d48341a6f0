using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Settlement;

/// <summary>How one leg ends at an expiry or a delisting (F-213, F-214, F-230).</summary>
/// <param name="Value">w of the closing leg, for <see cref="Positions.Position.Fill"/>.</param>
/// <param name="Profit">w(S, settle) − W, against the contract's clearing account.</param>
/// <param name="Fee">What of the fee the account still has.</param>
/// <param name="Deficit">What the account is below zero after the profit; the insurance fund pays it, the rest is F-197's.</param>
public readonly record struct SettledLeg(Money Value, Money Profit, Money Fee, Money Deficit)
{
    /// <summary>What the account gains or loses with everything counted.</summary>
    public Money Net => Profit + Deficit - Fee;

    /// <param name="price">The settlement price.</param>
    /// <param name="backing">What the leg may lose: its margin when isolated, the account's cash outside isolated positions when cross.</param>
    /// <param name="rate">settle_fee_rate; zero for engine accounts and at a delisting.</param>
    public static SettledLeg Of(Contract contract, long size, Money entryValue, Money backing, long price, Rate rate)
    {
        var value = contract.Value(-size, price);
        var profit = -value - entryValue;
        var left = backing + profit;
        var deficit = left.IsNegative ? -left : Money.Zero;
        var fee = rate.Of(value.IsNegative ? -value : value, Rounding.Ceiling);
        return new SettledLeg(value, profit, Money.Min(fee, left + deficit), deficit);
    }
}
