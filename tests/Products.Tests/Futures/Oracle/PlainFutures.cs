using System.Numerics;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Tests.Futures.Oracle;

/// <summary>The formulas of the rules as they are written there, with exact fractions: what the fast ones are held against.</summary>
internal sealed class PlainFutures(ContractTerms terms)
{
    private readonly bool inverse = terms.Kind == ContractKind.Inverse;
    private readonly Fraction f = terms.TakerFee;

    public Fraction Price(long raw) => new(raw, BigInteger.Pow(10, terms.PriceDecimals));

    public long Raw(Fraction price, long step, Rounding rounding) => (long)BigInteger.Min(price.Count(Price(step), rounding) * step, long.MaxValue);

    /// <summary>Q of the glossary: base units of a linear contract, USD of an inverse one.</summary>
    private Fraction Q(long size)
    {
        var contracts = new Fraction(BigInteger.Abs(size), BigInteger.Pow(10, terms.SizeDecimals));
        return inverse ? contracts : contracts * new Fraction(terms.Multiplier, BigInteger.Pow(10, terms.MultiplierDecimals));
    }

    // F-011
    public Fraction Value(long size, Fraction price)
    {
        var value = inverse ? -Q(size) / price : Q(size) * price;
        return size < 0 ? -value : value;
    }

    // F-110, as the sum over slices instead of the deductions.
    public Fraction Maintenance(Fraction value)
    {
        Fraction sum = 0L, lower = 0L;
        var tiers = terms.RiskLimits.Tiers;
        for (var k = 0; k < tiers.Length && value > lower; k++)
        {
            var upper = k == tiers.Length - 1 ? value : Fraction.Min(value, tiers[k].Limit);
            sum += (upper - lower) * tiers[k].MaintenanceRate;
            lower = tiers[k].Limit;
        }
        return sum;
    }

    // F-112: each part is rounded up.
    public Money Requirement(Fraction value) => Maintenance(value).ToMoney(Rounding.Ceiling) + (value * f).ToMoney(Rounding.Ceiling);

    // F-101, F-102
    public Money Initial(Fraction value, Leverage leverage) => (value / L(leverage) + value * f).ToMoney(Rounding.Ceiling);

    // F-104
    public Money OrderMargin(Side side, long size, long price, Leverage leverage, Rate fee)
    {
        var v = Value(size, Price(price)).Size;
        var common = 1L / L(leverage) + 2L * (Fraction)fee;
        var extra = side == Side.Sell != inverse ? fee / L(leverage) : 0L;
        return (v * (common + extra)).ToMoney(Rounding.Ceiling);
    }

    // F-109: what a buy is worth less at the mark than at its price, a sell more.
    public Money OpenLoss(Side side, long size, long price, long mark)
    {
        var (at, marked) = (Value(size, Price(price)), Value(size, Price(mark)));
        var loss = side == Side.Buy ? at - marked : marked - at;
        return (loss < 0L ? 0L : loss).ToMoney(Rounding.Ceiling);
    }

    // F-045
    public static Money Points(Money fee, Money value, long unit) => new((Int128)((Fraction)fee * value).Count(new Money(unit), Rounding.Ceiling) * unit);

    // F-025
    public Money Unrealised(long size, Money entry, long price) => (Value(size, Price(price)) - entry).ToMoney(Rounding.Floor);

    // F-115; null where the rules say none. The entry value stands for E·Q and Q/E.
    public long? LiquidationPrice(long size, Money entry, Money x)
    {
        var (q, w) = (Q(size), ((Fraction)entry).Size);
        Fraction? best = null;
        foreach (var tier in terms.RiskLimits.Tiers)
        {
            Fraction r = tier.MaintenanceRate, d = tier.Deduction;
            Fraction candidate;
            if (inverse)
            {
                var denominator = size > 0 ? x + w + d : w - x - d;
                if (denominator.Sign <= 0)
                {
                    if (size > 0) return null;
                    continue;
                }
                candidate = size > 0 ? q * (1L + r + f) / denominator : q * (1L - r - f) / denominator;
            }
            else candidate = size > 0 ? (w - x - d) / (q * (1L - r - f)) : (w + x + d) / (q * (1L + r + f));
            best = best is not { } known ? candidate : size > 0 ? Fraction.Max(known, candidate) : Fraction.Min(known, candidate);
        }
        return Rounded(size, best);
    }

    // F-116
    public long? BankruptcyPrice(long size, long mark, Fraction equity)
    {
        var (q, m) = (Q(size), Price(mark));
        if (!inverse) return Rounded(size, size > 0 ? (m - equity / q) / (1L - f) : (m + equity / q) / (1L + f));
        var denominator = size > 0 ? equity + q / m : q / m - equity;
        if (denominator.Sign <= 0) return null;
        return Rounded(size, q * (size > 0 ? 1L + f : 1L - f) / denominator);
    }

    // F-076
    public Money Funding(long size, long mark, Rate rate) => ((size < 0 ? -1L : 1L) * Value(size, Price(mark)).Size * rate).ToMoney(Rounding.Ceiling);

    // F-117: a long's up to the tick, a short's down; nothing at or below zero.
    private long? Rounded(long size, Fraction? price)
    {
        if (price is not { } known || known.Sign <= 0) return null;
        var raw = Raw(known, terms.Tick, size > 0 ? Rounding.Ceiling : Rounding.Floor);
        return raw > 0 && raw < long.MaxValue - terms.Tick ? raw : null;
    }

    private static Fraction L(Leverage leverage) => new(leverage.Hundredths, 100);
}
