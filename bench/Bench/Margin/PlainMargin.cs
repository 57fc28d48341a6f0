using System.Numerics;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Bench.Margin;

/// <summary>The same margins with integers of any size, as the rules write them: what the fast ones cost less than, and must equal.</summary>
internal sealed class PlainMargin(Contract contract)
{
    private readonly BigInteger unit = contract.ValueUnit;
    private readonly BigInteger fee = contract.ExitFee.Raw;

    // The value over a denominator, in quanta.
    private (BigInteger Over, BigInteger Under) Value(long size, long price) =>
        contract.IsInverse ? (BigInteger.Abs(size) * unit, price) : (BigInteger.Abs(size) * unit * price, 1);

    public Int128 Requirement(long size, long mark)
    {
        var (over, under) = Value(size, mark);
        BigInteger? highest = null;
        foreach (var tier in contract.RiskLimits.Tiers)
        {
            var margin = Up(over * tier.MaintenanceRate.Raw, under * Rate.One) - tier.Deduction.Raw;
            if (highest is null || margin > highest) highest = margin;
        }
        return (Int128)(highest!.Value + Up(over * fee, under * Rate.One));
    }

    public Int128 Initial(long size, long mark, Leverage leverage)
    {
        var (over, under) = Value(size, mark);
        return (Int128)Up(over * (100 * (BigInteger)Rate.One + fee * leverage.Hundredths), under * Rate.One * leverage.Hundredths);
    }

    public Int128 OrderMargin(Side side, long size, long price, Leverage leverage)
    {
        var (over, under) = Value(size, price);
        var extra = side == Side.Sell != contract.IsInverse ? 100 * fee : 0;
        return (Int128)Up(over * (100 * (BigInteger)Rate.One + extra + 2 * fee * leverage.Hundredths), under * Rate.One * leverage.Hundredths);
    }

    public Int128 Funding(long size, long mark, Rate rate)
    {
        var (over, under) = Value(size, mark);
        return (Int128)Up(over * rate.Raw * (size < 0 ? -1 : 1), under * Rate.One);
    }

    /// <summary>Of a linear isolated position; 0 for none.</summary>
    public long LiquidationPrice(long size, Money entry, Money margin)
    {
        BigInteger? best = null;
        BigInteger tick = contract.Terms.Tick;
        foreach (var tier in contract.RiskLimits.Tiers)
        {
            var rate = tier.MaintenanceRate.Raw + fee;
            var over = (size > 0 ? (BigInteger)entry.Raw - margin.Raw - tier.Deduction.Raw : (BigInteger)margin.Raw + tier.Deduction.Raw - entry.Raw) * Rate.One;
            var under = BigInteger.Abs(size) * unit * (size > 0 ? Rate.One - rate : Rate.One + rate) * tick;
            var ticks = size > 0 ? Up(over, under) : over / under;
            if (best is null || (size > 0 ? ticks > best : ticks < best)) best = ticks;
        }
        return best > 0 ? (long)(best.Value * tick) : 0;
    }

    private static BigInteger Up(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var rest);
        return rest.Sign > 0 ? quotient + 1 : quotient;
    }
}
