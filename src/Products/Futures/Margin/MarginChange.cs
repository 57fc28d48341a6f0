using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Margin;

/// <summary>How a wish to change leverage or margin ends; the first that applies.</summary>
public enum MarginVerdict : byte
{
    Allowed = 0,

    /// <summary>INSUFFICIENT_AVAILABLE.</summary>
    Insufficient,

    /// <summary>LIQUIDATE_IMMEDIATELY.</summary>
    WouldLiquidate,

    /// <summary>REMOVE_TOO_MUCH.</summary>
    RemovesTooMuch,
}

/// <summary>Leverage and margin of positions that are open (F-119…F-121, F-124).</summary>
public static class MarginChange
{
    /// <summary>An isolated position's margin at another leverage: ceil(|W|/L' + |W|·f_m). Margin added by hand is absorbed (F-119).</summary>
    /// <param name="transferable">F-094.</param>
    public static MarginVerdict SetLeverage(Contract contract, long size, Money entryValue, Money margin, Leverage leverage, long mark, Money transferable,
        out Money newMargin)
    {
        newMargin = Requirements.Initial(contract, Notional.Of(entryValue), leverage);
        if (newMargin >= margin) return newMargin - margin <= transferable ? MarginVerdict.Allowed : MarginVerdict.Insufficient;
        // Amounts are whole quanta, so comparing with the rounded-up requirement is comparing with the exact one.
        var needed = Requirements.Initial(contract, contract.NotionalOf(size, mark), leverage);
        return newMargin + contract.Unrealised(size, entryValue, mark) >= needed ? MarginVerdict.Allowed : MarginVerdict.WouldLiquidate;
    }

    /// <summary>A cross leverage may go where the account still affords it, or where it asks for less (F-120).</summary>
    /// <param name="availableAfter">F-093 with both margins at the new leverage.</param>
    public static MarginVerdict SetCrossLeverage(Money initialBefore, Money initialAfter, Money availableAfter) =>
        !availableAfter.IsNegative || initialAfter < initialBefore ? MarginVerdict.Allowed : MarginVerdict.Insufficient;

    /// <summary>Adding isolated margin; the amount is positive (F-121).</summary>
    public static MarginVerdict Add(Money amount, Money transferable) => amount <= transferable ? MarginVerdict.Allowed : MarginVerdict.Insufficient;

    /// <summary>At or below this level margin is added by itself.</summary>
    public static readonly Rate AutoBound = new(Rate.One / 20 * 21);

    /// <summary>To this level it is brought: that of the warning (F-187), so that neither the next tick adds again nor its user is warned.</summary>
    public static readonly Rate AutoAim = new(Rate.One / 4 * 5);

    /// <summary>What is added by itself: as much as the aim needs, rounded up to the quantum, at most what is left of the amount chosen and what is available.
    /// Nothing where that would not keep the leg from its liquidation, which takes all of its margin (F-124, F-184).</summary>
    /// <param name="transferable">F-094.</param>
    public static Money AddedByItself(in Core.Margin.MarginLevel level, Money left, Money transferable)
    {
        if (!level.IsAtMost(AutoBound)) return Money.Zero;
        var added = Money.Min(AutoAim.Of(level.Requirement, Rounding.Ceiling) - level.Equity, Money.Min(left, transferable));
        return added > Money.Zero && level.Equity + added > level.Requirement ? added : Money.Zero;
    }

    /// <summary>The most that may be taken out of an isolated position; at or below zero: nothing (F-121).</summary>
    public static Money Removable(Contract contract, Money entryValue, Money margin, Money unrealised, Leverage leverage) =>
        margin + Money.Min(Money.Zero, unrealised) - Requirements.Initial(contract, Notional.Of(entryValue), leverage);

    /// <summary>Removing isolated margin; the amount is positive.</summary>
    public static MarginVerdict Remove(Contract contract, Money entryValue, Money margin, Money unrealised, Leverage leverage, Money amount) =>
        amount <= Removable(contract, entryValue, margin, unrealised, leverage) ? MarginVerdict.Allowed : MarginVerdict.RemovesTooMuch;
}
