using System.Runtime.CompilerServices;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Margin;

/// <summary>What a leverage is refused for (F-113).</summary>
public enum LeverageVerdict : byte
{
    Allowed = 0,
    TooLow,
    TooHigh,
}

/// <summary>Leverage and risk limit: each bounds the other (F-113, F-114).</summary>
public static class RiskLimit
{
    /// <summary>The most a position and its opening orders may be worth at a leverage: the limit of the highest tier that allows it. Zero when none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Money LimitFor(RiskLimitTable tiers, Leverage leverage) => tiers.TierFor(leverage) is >= 0 and var k ? tiers[k].Limit : Money.Zero;

    /// <summary>Whether a leverage may be set while this much is at stake.</summary>
    /// <param name="exposure">Position at the mark plus opening orders, of the larger direction.</param>
    public static LeverageVerdict Check(Contract contract, RiskLimitTable tiers, Leverage leverage, in Notional exposure)
    {
        if (leverage < contract.Terms.LeverageMin) return LeverageVerdict.TooLow;
        if (leverage > contract.Terms.LeverageMax || leverage > tiers[tiers.TierOf(exposure)].LeverageMax) return LeverageVerdict.TooHigh;
        return LeverageVerdict.Allowed;
    }

    /// <summary>Whether position, opening orders and one more order of one direction are above the limit (RISK_LIMIT_EXCEEDED), exactly.</summary>
    /// <param name="position">At the mark; of the legs' values the larger where they share a limit (F-114).</param>
    /// <param name="orders">Opening orders of the direction at their prices, with the new one. Rounded half-even for inverse contracts, each order once.</param>
    public static bool IsExceeded(in Notional position, Money orders, Money limit) => position.Exceeds(limit - orders);
}
