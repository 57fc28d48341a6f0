using Sluice.Core.Collections;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>What is configured of one tier (F-110).</summary>
/// <param name="Limit">T: the highest position value of the tier, in the settle currency.</param>
/// <param name="MaintenanceRate">r.</param>
/// <param name="InitialRate">i.</param>
public readonly record struct TierTerms(Money Limit, Rate MaintenanceRate, Rate InitialRate);

/// <summary>One tier, with what follows from it and the ones before.</summary>
/// <param name="Deduction">D: what makes r·V − D continuous over the tiers.</param>
public readonly record struct Tier(Money Limit, Rate MaintenanceRate, Rate InitialRate, Money Deduction, Leverage LeverageMax);

/// <summary>Why a table of tiers is refused.</summary>
public enum RiskLimitFault : byte
{
    None = 0,
    Empty,

    /// <summary>A limit, rate or initial rate not above the one before it, or not positive; a rate above 1.</summary>
    NotIncreasing,

    /// <summary>i ≤ r + exit fee: a position would be liquidated as it is opened.</summary>
    InitialBelowMaintenance,

    /// <summary>A deduction that is no whole number of quanta.</summary>
    DeductionNotExact,
}

/// <summary>The ascending tiers of a contract, or of several that share them (F-110). MM(V) = max over k of (r_k·V − D_k); the function is convex, so
/// the tier that holds V gives the maximum and the formula goes on beyond the last limit.</summary>
public sealed class RiskLimitTable
{
    private readonly Tier[] tiers;

    /// <summary>Deductions and leverages are computed; what <see cref="Check"/> refuses must not be made a table of.</summary>
    public RiskLimitTable(ReadOnlySpan<TierTerms> terms)
    {
        tiers = new Tier[terms.Length];
        var deduction = Money.Zero;
        for (var k = 0; k < terms.Length; k++)
        {
            if (k > 0) deduction += new Rate(terms[k].MaintenanceRate.Raw - terms[k - 1].MaintenanceRate.Raw).Of(terms[k - 1].Limit, Rounding.HalfEven);
            tiers[k] = new Tier(terms[k].Limit, terms[k].MaintenanceRate, terms[k].InitialRate, deduction, Leverage.OfInitialRate(terms[k].InitialRate));
        }
        if (terms.IsEmpty) return;
        first = terms[0].MaintenanceRate;
        if (first.Raw <= Rate.One) firstLimit = (long)Int128.Min(tiers.Length == 1 ? long.MaxValue : terms[0].Limit.Raw, long.MaxValue);
    }

    private readonly Rate first;
    private readonly long firstLimit = -1;              // as far as it fits 64 bits

    public ReadOnlySpan<Tier> Tiers => tiers;

    /// <summary>Asks the cache for the last tier, where <see cref="TierFor"/> begins.</summary>
    public void PrefetchLast() => Cache.PrefetchLast(tiers);

    /// <summary>By index, 0 = the first tier, whose number on the wire is 1.</summary>
    public ref readonly Tier this[int k] => ref tiers[k];

    public int Count => tiers.Length;

    /// <summary>The tier that holds a position of this value: the first whose limit is not exceeded, or the last.</summary>
    public int TierOf(in Notional value)
    {
        var k = 0;
        while (k < tiers.Length - 1 && value.Exceeds(tiers[k].Limit)) k++;
        return k;
    }

    /// <summary>The highest tier a leverage may be used in; its limit is the most a position may be worth (F-113). −1 when it is too high for every tier.</summary>
    public int TierFor(Leverage leverage)
    {
        var k = tiers.Length - 1;
        while (k >= 0 && tiers[k].LeverageMax < leverage) k--;
        return k;
    }

    /// <summary>Whether a value below 2^61 quanta is of the first tier: most are.</summary>
    public bool IsInFirst(long value) => value <= firstLimit;

    /// <summary>r of the first tier.</summary>
    public Rate FirstRate => first;

    /// <summary>MM of such a value: r·V rounded up, for of the first tier nothing is deducted.</summary>
    public long InFirst(long value) => first.ShortPart(value);

    /// <summary>MM of a position value, rounded up (F-003). Deductions are whole quanta, so the rounding of r·V is the only one.</summary>
    public Money Maintenance(in Notional value)
    {
        ref readonly var tier = ref tiers[TierOf(value)];
        return value.Part(tier.MaintenanceRate) - tier.Deduction;
    }

    /// <summary>What is wrong with tiers for a contract with this exit fee.</summary>
    public static RiskLimitFault Check(ReadOnlySpan<TierTerms> terms, Rate exitFee)
    {
        if (terms.IsEmpty) return RiskLimitFault.Empty;
        TierTerms before = default;
        for (var k = 0; k < terms.Length; k++)
        {
            var tier = terms[k];
            var fault = Check(before, tier, exitFee);
            if (fault != RiskLimitFault.None) return fault;
            before = tier;
        }
        return RiskLimitFault.None;
    }

    /// <summary>The same of a table already made, for a contract that shares it.</summary>
    public RiskLimitFault Check(Rate exitFee)
    {
        var terms = new TierTerms[tiers.Length];
        for (var k = 0; k < terms.Length; k++) terms[k] = new TierTerms(tiers[k].Limit, tiers[k].MaintenanceRate, tiers[k].InitialRate);
        return Check(terms, exitFee);
    }

    private static RiskLimitFault Check(in TierTerms before, in TierTerms tier, Rate exitFee)
    {
        if (tier.Limit <= before.Limit || tier.MaintenanceRate.Raw <= before.MaintenanceRate.Raw || tier.InitialRate.Raw <= before.InitialRate.Raw
            || tier.InitialRate.Raw > Rate.One)
        {
            return RiskLimitFault.NotIncreasing;
        }
        if (tier.InitialRate.Raw < Rate.One && tier.InitialRate.Raw <= tier.MaintenanceRate.Raw + exitFee.Raw) return RiskLimitFault.InitialBelowMaintenance;
        var step = new Rate(tier.MaintenanceRate.Raw - before.MaintenanceRate.Raw);
        return step.Of(before.Limit, Rounding.Floor) == step.Of(before.Limit, Rounding.Ceiling) ? RiskLimitFault.None : RiskLimitFault.DeductionNotExact;
    }
}
