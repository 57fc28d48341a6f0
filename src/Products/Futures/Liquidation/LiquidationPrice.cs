using System.Runtime.CompilerServices;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>Where a position is liquidated if nothing but this contract's mark moves: an estimate, shown and used to check order prices; what triggers
/// is the level (F-115, F-118).</summary>
public static class LiquidationPrice
{
    /// <summary>Of an isolated leg; none when nothing can liquidate it.</summary>
    public static long? Isolated(Contract contract, RiskLimitTable tiers, long size, Money entryValue, Money margin)
    {
        if (size == 0) return null;
        var band = BandOf(contract, tiers, size, long.Abs(size), entryValue, margin, contract.Terms.Tick);
        return size > 0 ? band.OfLong : band.OfShort;
    }

    /// <summary>Of the cross legs of one contract, one or both. Two legs have a price on each side: hedged, the requirement of the larger leg may
    /// grow faster than the net position gains.</summary>
    /// <param name="cushion"><see cref="Cushion"/>.</param>
    public static PriceBand Cross(Contract contract, RiskLimitTable tiers, long longSize, Money longEntry, long shortSize, Money shortEntry, Money cushion) =>
        BandOf(contract, tiers, checked(longSize + shortSize), long.Max(longSize, -shortSize), longEntry + shortEntry, cushion, contract.Terms.Tick);

    /// <summary>X of F-115 for cross: the margin balance without this contract's profit, less what all others require.</summary>
    /// <param name="cash">CB.</param>
    /// <param name="account">All cross contracts, this one included.</param>
    /// <param name="own">This contract's part.</param>
    public static Money Cushion(Money cash, in Exposure account, in Exposure own) => cash + account.Contribution - own.Contribution;

    internal static PriceBand BandOf(Contract contract, RiskLimitTable tiers, long net, long larger, Money entryValue, Money cushion, long step, bool inward = true,
        Rate? level = null)
    {
        var band = PriceBand.Everything;
        if (larger == 0) return band;
        var isSingle = net == larger || net == -larger;
        foreach (ref readonly var tier in tiers.Tiers)
        {
            var (deduction, rate) = (tier.Deduction, tier.MaintenanceRate.Raw + contract.ExitFee.Raw);
            if (level is { } times) (deduction, rate) = (times.Of(deduction, Rounding.Floor), (long)Int256.MulDiv(rate, times.Raw, Rate.One, Rounding.Ceiling));
            band = band.Narrowed(contract, net, larger, (cushion - entryValue + deduction).Raw, rate, step, inward);

            // A single leg has one root. The first tier whose root lies within its own limit has it; most positions are in the first.
            if (isSingle && !Exceeds(contract, larger, net > 0 ? band.Below : band.Above, step, tier.Limit)) break;
        }
        return band;
    }

    // Whether the value at a root may be above a limit. The root is rounded, so the step beside it where the value is larger is asked; where there is
    // none, or no root, the next tier is looked at.
    private static bool Exceeds(Contract contract, long size, long root, long step, Money limit)
    {
        if (contract.IsInverse) return root <= step || root == long.MaxValue || contract.NotionalOf(size, root - step).Exceeds(limit);
        return root > long.MaxValue - step || contract.NotionalOf(size, root + step).Exceeds(limit);
    }
}

/// <summary>The marks at which a leg is looked at, for the index of liquidation candidates. A trigger may come early and never late: the level decides.</summary>
public static class LiquidationTrigger
{
    /// <summary>Requirement and profit are rounded to quanta, three times at most; the exact root is moved by as many.</summary>
    private const long RoundingQuanta = 3;

    private static readonly Money Roundings = new(RoundingQuanta);

    /// <summary>Marks strictly inside the band are safe: cushion + u − R stays above zero.</summary>
    /// <param name="cushion">Isolated: the margin. Cross with one contract: the cash. With several: <see cref="Share"/>.</param>
    public static PriceBand Of(Contract contract, RiskLimitTable tiers, long net, long larger, Money entryValue, Money cushion) =>
        LiquidationPrice.BandOf(contract, tiers, net, larger, entryValue, cushion - Roundings, 1, inward: false);

    /// <summary>The same of an isolated leg for another level than one: inside the band cushion + u − level · R stays above zero (F-124).</summary>
    /// <param name="level">At least one and at most two, so that roundings count twice at most.</param>
    public static PriceBand Of(Contract contract, RiskLimitTable tiers, long size, Money entryValue, Money margin, Rate level) =>
        LiquidationPrice.BandOf(contract, tiers, size, long.Abs(size), entryValue, margin - Roundings - Roundings, 1, inward: false, level);

    /// <summary>Whether a mark is inside the band, without finding the band: after most changes a leg is still safe beside its old trigger, which may then
    /// stay, and no division is made.</summary>
    public static bool IsSafe(Contract contract, RiskLimitTable tiers, long net, long larger, Money entryValue, Money cushion, long mark)
    {
        var value = contract.NotionalOf(larger, mark);
        ref readonly var tier = ref tiers[tiers.TierOf(value)];
        var rest = (cushion - Roundings - entryValue + tier.Deduction).Raw;
        var left = contract.IsInverse ? rest * mark - Wide.Product(net, contract.ValueUnit) : rest + contract.Value(net, mark).Raw;    // inverse: times the mark
        return Int256.CompareProducts(left, Rate.One, value.Numerator, tier.MaintenanceRate.Raw + contract.ExitFee.Raw) > 0;
    }

    /// <summary>The same of a leg alone, in 64 bits where its value is of the first tier and what is left of the cushion is that small: nearly every leg.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsSafe(Contract contract, long size, in Money entryValue, in Money cushion, long mark)
    {
        if (!contract.IsShort(size, mark)) return IsSafe(contract, contract.RiskLimits, size, long.Abs(size), entryValue, cushion, mark);
        var signed = contract.ShortValue(size, mark);
        var value = signed < 0 ? unchecked(-signed) : signed;
        var tiers = contract.RiskLimits;
        var left = cushion - entryValue + new Money(unchecked(signed - RoundingQuanta));
        var small = unchecked((long)left.Raw);
        if (!tiers.IsInFirst(value) || left.Raw != small) return IsSafe(contract, tiers, size, long.Abs(size), entryValue, cushion, mark);
        return small > 0 && unchecked(Wide.Product((ulong)small, (ulong)Rate.One) > Wide.Product((ulong)value, (ulong)(tiers.FirstRate.Raw + contract.ExitFee.Raw)));
    }

    /// <summary>The cushion of one contract of a cross account that has several. What equity exceeds the requirement by is divided among them in
    /// proportion to their requirements; while none has lost its share since, they have not lost the whole.</summary>
    /// <param name="excess">Cash plus the contributions of all cross contracts; above zero.</param>
    /// <param name="account">All cross contracts, at the marks of now.</param>
    /// <param name="own">This one's part of it.</param>
    public static Money Share(Money excess, in Exposure account, in Exposure own) =>
        new Money(Int256.MulDiv(excess.Raw, own.Requirement.Raw, account.Requirement.Raw, Rounding.Floor)) - own.Contribution;
}
