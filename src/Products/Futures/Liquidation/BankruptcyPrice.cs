using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>The price at which closing a leg, exit fee included, leaves nothing of the equity given to it; rounded to the tick against the leg (F-116,
/// F-117). None where the leg is covered at any price, or is worth less than it owes at any price.</summary>
public static class BankruptcyPrice
{
    /// <summary>Of an isolated leg. Its equity is M + u, so the mark cancels out and the price is exact.</summary>
    public static long? Isolated(Contract contract, long size, Money entryValue, Money margin)
    {
        if (size == 0) return null;
        var band = PriceBand.Everything.Narrowed(contract, size, long.Abs(size), (margin - entryValue).Raw, contract.ExitFee.Raw, contract.Terms.Tick);
        return size > 0 ? band.OfLong : band.OfShort;
    }

    /// <summary>Whether a linear leg closed a tick beyond this price would still bring what it must, exit fee paid: one comparison instead of a division.</summary>
    /// <param name="bound">A long must bring at least this, a short may cost at most this.</param>
    internal static bool IsCovered(Contract contract, long size, long price, Money bound)
    {
        var (isLong, tick, fee) = (size > 0, contract.Terms.Tick, contract.ExitFee.Raw);
        if (price <= tick || price > ContractCheck.PriceMax) return false;
        var brought = contract.Value(long.Abs(size), isLong ? price - tick : price + tick);
        var compared = Int256.CompareProducts(brought.Raw, isLong ? Rate.One - fee : Rate.One + fee, bound.Raw, Rate.One);
        return isLong ? compared >= 0 : compared <= 0;
    }

    /// <summary>Of a cross leg, which is given equity in proportion to its part of the requirement: MB · R / ΣR. Closing every leg at its price leaves the
    /// account at zero.</summary>
    /// <param name="account">MB_x and ΣR.</param>
    /// <param name="requirement">R of this leg.</param>
    public static long? Cross(Contract contract, long size, long mark, in MarginLevel account, Money requirement)
    {
        if (size == 0 || !account.IsDefined) return null;
        var isLong = size > 0;
        var kept = isLong == contract.IsInverse ? Rate.One + contract.ExitFee.Raw : Rate.One - contract.ExitFee.Raw;    // of the value, after the fee
        var fee = isLong ? Rate.One - contract.ExitFee.Raw : Rate.One + contract.ExitFee.Raw;
        var equity = Int256.Product(account.Equity.Raw, requirement.Raw);                           // times ΣR, as everything below
        var total = account.Requirement.Raw;
        Int256 over, under;
        if (contract.IsInverse)
        {
            // Q(1 ± f) / (±e + Q/mark), over and under times mark · ΣR
            var size1 = long.BigMul(long.Abs(size), contract.ValueUnit);
            over = Int256.Product(size1, total) * long.BigMul(kept, mark);
            var gain = equity * mark;
            under = (Int256.Product(size1, total) + (isLong ? gain : -gain)) * long.BigMul(Rate.One, contract.Terms.Tick);
        }
        else
        {
            // (V ∓ e) / (Q(1 ∓ f))
            var value = Int256.Product(contract.NotionalOf(size, mark).Numerator, total);
            over = (isLong ? value - equity : value + equity) * Rate.One;
            under = Int256.Product(long.BigMul(long.Abs(size), contract.ValueUnit), total) * long.BigMul(fee, contract.Terms.Tick);
        }
        if (over.Sign <= 0 || under.Sign <= 0) return null;
        var ticks = Int256.Divide(over, under, isLong ? Rounding.Ceiling : Rounding.Floor);
        return ticks > 0 && ticks <= long.MaxValue / contract.Terms.Tick ? (long)ticks * contract.Terms.Tick : null;
    }
}
