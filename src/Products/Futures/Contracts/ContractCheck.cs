using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>Why terms are refused at load.</summary>
public enum ContractFault : byte
{
    None = 0,

    /// <summary>Decimals outside 0…12, or values that are no whole quanta: decimals of price, multiplier and size sum to more than 12 (F-012).</summary>
    ValueNotExact,

    /// <summary>A tick, mark rounding, lot or multiplier that is not positive; an inverse contract with a multiplier of its own.</summary>
    StepNotPositive,

    /// <summary>Sizes off the lot or in the wrong order, or above <see cref="ContractCheck.SizeMax"/>.</summary>
    SizeLimits,

    /// <summary>Rates outside 0…1 (a maker rate: −1…1), or a slip above the deviation (F-305).</summary>
    Rates,

    /// <summary>Leverage below 1, minimum above maximum, or a maximum above the first tier's.</summary>
    LeverageRange,

    /// <summary>See <see cref="RiskLimitTable.Check(Rate)"/> (F-110).</summary>
    RiskLimits,

    /// <summary>Terms of funding missing, there for a delivery contract, or not as F-070 and F-073 say.</summary>
    Funding,

    /// <summary>Terms of delivery missing, there for a perpetual contract, or a window that is no whole number of intervals (F-211).</summary>
    Delivery,
}

/// <summary>What is odd but allowed (F-305); each bit is one warning.</summary>
[Flags]
public enum ContractWarnings : byte
{
    None = 0,

    /// <summary>order_price_deviate below 1 / leverage_max: orders are refused closer to the mark than a position can lose its margin.</summary>
    DeviationBelowMargin = 1,

    /// <summary>The largest order is worth more than twice the last tier's limit.</summary>
    SizeBeyondTiers = 2,
}

/// <summary>Validation at load (F-012, F-110, F-305).</summary>
public static class ContractCheck
{
    /// <summary>Raw sizes and prices stay below 2^53, so that every client can hold them.</summary>
    public const long SizeMax = 1L << 53;
    public const long PriceMax = 1L << 53;

    /// <summary>The first fault in the order of <see cref="ContractFault"/>.</summary>
    public static ContractFault Find(ContractTerms terms)
    {
        if (!IsExact(terms)) return ContractFault.ValueNotExact;
        if (terms.Tick < 1 || terms.MarkRound < 1 || terms.SizeStep < 1 || terms.Multiplier < 1
            || (terms.Kind == ContractKind.Inverse && (terms.Multiplier != 1 || terms.MultiplierDecimals != 0)))
        {
            return ContractFault.StepNotPositive;
        }
        if (!HasSizes(terms)) return ContractFault.SizeLimits;
        if (!HasRates(terms)) return ContractFault.Rates;
        if (terms.LeverageMin.Hundredths < 100 || terms.LeverageMax < terms.LeverageMin || terms.RiskLimits.Count == 0
            || terms.LeverageMax > terms.RiskLimits[0].LeverageMax)
        {
            return ContractFault.LeverageRange;
        }
        if (terms.RiskLimits.Check(terms.TakerFee) != RiskLimitFault.None) return ContractFault.RiskLimits;
        if (!HasFunding(terms)) return ContractFault.Funding;
        return HasDelivery(terms) ? ContractFault.None : ContractFault.Delivery;
    }

    /// <summary>Of terms without a fault.</summary>
    /// <param name="price">A price of the day, to value the largest order at.</param>
    public static ContractWarnings Warnings(ContractTerms terms, long price)
    {
        var warnings = ContractWarnings.None;
        // d < 1/L without the division: d · L < 1.
        if (long.BigMul(terms.OrderPriceDeviate.Raw, terms.LeverageMax.Hundredths) < (Int128)Rate.One * 100) warnings |= ContractWarnings.DeviationBelowMargin;
        var last = terms.RiskLimits[terms.RiskLimits.Count - 1].Limit;
        if (new Contract(terms).NotionalOf(terms.OrderSizeMax, price).Exceeds(last + last)) warnings |= ContractWarnings.SizeBeyondTiers;
        return warnings;
    }

    internal static long ValueUnit(ContractTerms terms) => terms.Kind == ContractKind.Inverse
        ? Fixed.PowerOfTen(Money.Decimals + terms.PriceDecimals - terms.SizeDecimals)
        : checked(terms.Multiplier * Fixed.PowerOfTen(Money.Decimals - terms.PriceDecimals - terms.SizeDecimals - terms.MultiplierDecimals));

    private static bool IsExact(ContractTerms terms)
    {
        if (terms.PriceDecimals is < 0 or > Money.Decimals || terms.SizeDecimals is < 0 or > Money.Decimals || terms.MultiplierDecimals is < 0 or > Money.Decimals)
        {
            return false;
        }
        if (terms.Kind == ContractKind.Inverse) return terms.PriceDecimals <= 6;           // 10^18 is the last power of ten in 64 bits
        var spare = Money.Decimals - terms.PriceDecimals - terms.SizeDecimals - terms.MultiplierDecimals;
        return spare >= 0 && terms.Multiplier <= long.MaxValue / Fixed.PowerOfTen(spare);
    }

    private static bool HasSizes(ContractTerms terms) =>
        terms.OrderSizeMax is > 0 and <= SizeMax && terms.OrderSizeMin >= 0 && terms.OrderSizeMin <= terms.OrderSizeMax && terms.MarketOrderSizeMax >= 0
        && terms.MarketOrderSizeMax <= terms.OrderSizeMax && terms.OrderSizeMax % terms.SizeStep == 0 && terms.OrderSizeMin % terms.SizeStep == 0
        && terms.MarketOrderSizeMax % terms.SizeStep == 0;

    private static bool HasRates(ContractTerms terms) =>
        IsFraction(terms.OrderPriceDeviate) && IsFraction(terms.MarketOrderSlip) && IsFraction(terms.TakerFee) && IsFraction(terms.MarkMaxDeviation)
        && terms.MarketOrderSlip.Raw <= terms.OrderPriceDeviate.Raw && terms.MakerFee.Raw <= Rate.One && terms.MakerFee.Raw >= -Rate.One
        && terms.MarkWindow > 0;

    private static bool IsFraction(Rate rate) => rate.Raw is >= 0 and <= Rate.One;

    private static bool HasFunding(ContractTerms terms)
    {
        if (terms.Kind == ContractKind.Delivery) return terms.Funding is null;
        if (terms.Funding is not { } funding) return false;
        return funding.IntervalSeconds is 3600 or 7200 or 14400 or 28800 && funding.OffsetSeconds >= 0 && funding.OffsetSeconds < funding.IntervalSeconds
            && funding.ImpactValue > Money.Zero && IsFraction(funding.InterestPerDay) && IsFraction(funding.RateLimit)
            && funding.RateLimit.Raw % MillionthsUnit == 0;
    }

    private static bool HasDelivery(ContractTerms terms)
    {
        if (terms.Kind != ContractKind.Delivery) return terms.Delivery is null;
        return terms.Delivery is { SettlePriceIntervalSeconds: > 0, SettlePriceDurationSeconds: > 0 } delivery && delivery.ExpiryNanos > 0
            && delivery.SettlePriceDurationSeconds % delivery.SettlePriceIntervalSeconds == 0 && IsFraction(delivery.SettleFee)
            && delivery.BasisImpactValue > Money.Zero;
    }

    // A rate of funding has six decimals; a finer cap would be rounded past.
    private const long MillionthsUnit = Rate.One / 1_000_000;
}
