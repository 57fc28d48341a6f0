using System.Numerics;
using Sluice.Core.Values;

namespace Sluice.Bench.Futures.Plain;

/// <summary>The rules' formulas for the contracts of these loads (linear, one table of tiers), with integers of any size and nothing remembered. Amounts are quanta,
/// rates 10^-12.</summary>
internal static class PlainFormulas
{
    public static readonly BigInteger One = Rate.One;
    public static readonly BigInteger Fee = ContractMarkets.TakerFee.Raw;             // f_m, F-042
    public static readonly BigInteger Maker = ContractMarkets.MakerFee.Raw;
    private static readonly BigInteger Unit = BigInteger.Pow(10, Money.Decimals - 4); // of one contract at one cent
    private static readonly (BigInteger Limit, BigInteger Rate, BigInteger Deduction)[] Tiers = Deductions();

    /// <summary>w(q, p), F-011.</summary>
    public static BigInteger Value(BigInteger size, BigInteger price) => size * price * Unit;

    /// <summary>F-040: what is paid is rounded up, a rebate down.</summary>
    public static BigInteger FeeOf(BigInteger value, BigInteger rate) => Ceiling(BigInteger.Abs(value) * rate, One);

    /// <summary>F-101, F-102.</summary>
    public static BigInteger Initial(BigInteger value, int leverage) => Ceiling(BigInteger.Abs(value) * (100 * One + Fee * leverage), One * leverage);

    /// <summary>F-104.</summary>
    public static BigInteger OrderMargin(bool buys, BigInteger value, int leverage) =>
        Ceiling(value * (100 * One + 2 * Fee * leverage + (buys ? 0 : 100 * Fee)), One * leverage);

    /// <summary>R of F-110: the largest of all tiers' lines, and the fee of going out.</summary>
    public static BigInteger Requirement(BigInteger value)
    {
        var magnitude = BigInteger.Abs(value);
        return Tiers.Max(tier => Ceiling(magnitude * tier.Rate, One) - tier.Deduction) + FeeOf(value, Fee);
    }

    /// <summary>F-115: null where there is none. <paramref name="cushion"/> is X.</summary>
    public static BigInteger? LiquidationPrice(BigInteger size, BigInteger entry, BigInteger cushion)
    {
        var quantity = BigInteger.Abs(size) * Unit;
        var price = size > 0
            ? Tiers.Max(tier => Ceiling((entry - cushion - tier.Deduction) * One, quantity * (One - tier.Rate - Fee)))
            : Tiers.Min(tier => Floor((-entry + cushion + tier.Deduction) * One, quantity * (One + tier.Rate + Fee)));
        return price > 0 ? price : null;
    }

    /// <summary>F-116, of a share of equity given as a fraction; null where there is none.</summary>
    public static BigInteger? BankruptcyPrice(BigInteger size, BigInteger mark, BigInteger equityOver, BigInteger equityUnder)
    {
        var quantity = BigInteger.Abs(size) * Unit * equityUnder;
        var value = quantity * mark;
        var price = size > 0 ? Ceiling((value - equityOver) * One, quantity * (One - Fee)) : Floor((value + equityOver) * One, quantity * (One + Fee));
        return price > 0 ? price : null;
    }

    /// <summary>F-165 step 6: what of a leg one round closes.</summary>
    public static BigInteger Closing(BigInteger size, BigInteger mark, BigInteger equity)
    {
        var whole = BigInteger.Abs(size);
        var value = Value(whole, mark);
        var tier = Array.FindIndex(Tiers, t => value <= t.Limit);
        if (tier < 0) tier = Tiers.Length - 1;
        if (tier == 0 || equity <= 0) return whole;
        var kept = Floor(Tiers[tier - 1].Limit, mark * Unit);
        return kept < whole ? whole - kept : whole;
    }

    /// <summary>a·n/d, half-even (F-003, F-103).</summary>
    public static BigInteger Share(BigInteger amount, BigInteger part, BigInteger whole)
    {
        var magnitude = BigInteger.DivRem(BigInteger.Abs(amount) * part, whole, out var rest);
        var twice = 2 * rest;
        if (twice > whole || (twice == whole && !magnitude.IsEven)) magnitude++;
        return amount.Sign * magnitude;
    }

    public static BigInteger Ceiling(BigInteger a, BigInteger b) => -Floor(-a, b);

    public static BigInteger Floor(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    private static (BigInteger, BigInteger, BigInteger)[] Deductions()
    {
        var all = new List<(BigInteger Limit, BigInteger Rate, BigInteger Deduction)>();
        foreach (var (limit, maintenance, _) in ContractMarkets.Tiers)
        {
            var (top, rate) = ((BigInteger)Money.Units(limit).Raw, (BigInteger)maintenance * (Rate.One / 1_000_000));
            var deduction = all.Count == 0 ? 0 : all[^1].Deduction + all[^1].Limit * (rate - all[^1].Rate) / One;
            all.Add((top, rate, deduction));
        }
        return [.. all];
    }
}
