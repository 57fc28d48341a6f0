using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Margin;

/// <summary>Initial and maintenance margin (F-100…F-112, F-133). Requirements are rounded up once, from exact values; profit is rounded down.</summary>
public static class Requirements
{
    /// <summary>ceil(V/L + V·f_m): of a cross position at the mark (F-102), or of an opening fill at its value (F-101).</summary>
    public static Money Initial(Contract contract, in Notional value, Leverage leverage) => value.Part(MarginFactor.Of(leverage, contract.ExitFee, 1));

    /// <summary>R = MM(V) + V·f_m.</summary>
    public static Money Maintenance(Contract contract, RiskLimitTable tiers, in Notional value) =>
        tiers.Maintenance(value) + value.Part(contract.ExitFee);

    /// <summary>The same of a linear value, whose sign does not matter; in 64 bits where it is that small and of the first tier.</summary>
    public static Money Maintenance(Contract contract, RiskLimitTable tiers, Money value)
    {
        if (value < Money.Zero) value = -value;
        var small = unchecked((long)value.Raw);
        if (value.Raw >= ShortMax || !tiers.IsInFirst(small)) return Maintenance(contract, tiers, Notional.Of(value));
        return new Money(unchecked(tiers.InFirst(small) + contract.ExitFee.ShortPart(small)));
    }

    private const long ShortMax = 1L << 61;             // ShortRates

    /// <summary>MM(V) / V with twelve decimals, rounded up: the wire's average_maintenance_rate (F-032). Zero without value.</summary>
    public static Rate AverageRate(RiskLimitTable tiers, in Notional value)
    {
        if (value.Numerator == 0) return Rate.Zero;
        var numerator = Int256.Product(Int256.MulDiv(tiers.Maintenance(value).Raw, Rate.One, 1, Rounding.Floor), value.Denominator);
        return new Rate((long)Int256.Divide(numerator, Int256.Of(value.Numerator), Rounding.Ceiling));
    }

    /// <summary>One position; of an isolated one only <see cref="Exposure.Unrealised"/> and <see cref="Exposure.Requirement"/> are asked.</summary>
    public static Exposure Of(Contract contract, RiskLimitTable tiers, long size, Money entryValue, Leverage leverage, long mark)
    {
        if (size == 0) return default;
        if (!contract.IsInverse)
        {
            // The value is exact, so profit and requirement have it from one multiplication.
            var signed = contract.Value(size, mark);
            var exact = Notional.Of(signed);
            return new Exposure(signed - entryValue, Initial(contract, exact, leverage), Maintenance(contract, tiers, exact));
        }
        var value = contract.NotionalOf(size, mark);
        return new Exposure(contract.Unrealised(size, entryValue, mark), Initial(contract, value, leverage), Maintenance(contract, tiers, value));
    }

    /// <summary>Both cross legs of one contract: margins on the larger leg only, profit of both (F-133).</summary>
    public static Exposure Of(Contract contract, RiskLimitTable tiers, long longSize, Money longEntry, long shortSize, Money shortEntry, Leverage leverage, long mark)
    {
        var value = contract.NotionalOf(long.Max(longSize, -shortSize), mark);
        if (value.Numerator == 0) return default;
        return new Exposure(contract.Unrealised(longSize, longEntry, mark) + contract.Unrealised(shortSize, shortEntry, mark),
            Initial(contract, value, leverage), Maintenance(contract, tiers, value));
    }

    /// <summary>The level of an isolated leg: (M + u) / R (F-111).</summary>
    public static MarginLevel IsolatedLevel(Contract contract, RiskLimitTable tiers, long size, Money entryValue, Money margin, long mark)
    {
        if (size == 0) return default;
        return new MarginLevel(margin + contract.Unrealised(size, entryValue, mark), Maintenance(contract, tiers, contract.NotionalOf(size, mark)));
    }

    /// <summary>u over initial margin with six decimals, half-even (F-029); zero without margin.</summary>
    public static Int128 ReturnOnEquity(Money unrealised, Money initialMargin) =>
        initialMargin.IsZero ? 0 : Int256.MulDiv(unrealised.Raw, 1_000_000, initialMargin.Raw, Rounding.HalfEven);
}
