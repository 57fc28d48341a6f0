using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Funding;

/// <summary>Where the money of one payment comes from: the three sum to the payment (F-077).</summary>
public readonly record struct FundingSource(Money FromMargin, Money FromAccount, Money FromFund);

/// <summary>What one position pays at a settlement (F-076…F-078).</summary>
public static class FundingPayment
{
    /// <summary>sign(S) · V · F, rounded toward +∞: above zero it is paid, below received. Payers round up and receivers down, so the sum over a contract is never
    /// below zero and what it is above goes to the insurance fund (F-078).</summary>
    public static Money Of(Contract contract, long size, long mark, Rate rate)
    {
        if (contract.IsInverse)
        {
            var over = Int256.Product(long.BigMul(size, contract.ValueUnit), rate.Raw);
            return new Money(Int256.Divide(over, Int256.Product(mark, Rate.One), Rounding.Ceiling));
        }
        return new Money(Int256.MulDiv(contract.Value(size, mark).Raw, rate.Raw, Rate.One, Rounding.Ceiling));
    }

    /// <summary>An isolated position pays from its margin, then (classic accounts only) from what its user could transfer, then the fund pays.</summary>
    /// <param name="payment">Above zero.</param>
    /// <param name="transferable">F-094; zero in unified accounts (U-121).</param>
    public static FundingSource Isolated(Money payment, Money margin, Money transferable)
    {
        var fromMargin = Money.Min(payment, margin);
        var fromAccount = Money.Min(payment - fromMargin, transferable);
        return new FundingSource(fromMargin, fromAccount, payment - fromMargin - fromAccount);
    }

    /// <summary>A cross position pays no more than the margin balance of its account.</summary>
    public static FundingSource Cross(Money payment, Money marginBalance)
    {
        var fromAccount = Money.Min(payment, Money.Max(Money.Zero, marginBalance));
        return new FundingSource(Money.Zero, fromAccount, payment - fromAccount);
    }
}
