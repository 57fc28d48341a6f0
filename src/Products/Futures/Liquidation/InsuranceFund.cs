using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>What the insurance fund may take, how it gets rid of it, and who pays when it cannot (F-190…F-197).</summary>
public static class InsuranceFund
{
    /// <summary>The part of its highest equity of eight hours below which the fund takes nothing more.</summary>
    private const int KeptPercent = 70;

    /// <summary>The part at which a warning goes out (F-207).</summary>
    private const int WarnedPercent = 80;

    /// <summary>Whether a take-over is allowed (F-193).</summary>
    /// <param name="equityAfter">Cash and positions at the mark, with the new position in it (F-192).</param>
    /// <param name="highest">Of the last eight hours.</param>
    public static bool MayTakeOver(Money equityAfter, Money floor, Money highest) => equityAfter >= floor && IsAtLeast(equityAfter, highest, KeptPercent);

    /// <summary>A draw-down of more than a fifth: deleveraging is near (F-207).</summary>
    public static bool IsAtRisk(Money equity, Money highest) => !IsAtLeast(equity, highest, WarnedPercent);

    /// <summary>How much of a position the fund offers next (F-194). The caller sends it within the normal price band.</summary>
    /// <param name="size">Of the position, without sign.</param>
    /// <param name="available">Opposite size in the book near the mid.</param>
    public static long DisposalSize(Contract contract, long size, Rate fraction, long fullDisposalSize, long available, Rate bookShare)
    {
        if (size <= fullDisposalSize) return Capped(size);
        // Up to whole lots: the last lot is offered too.
        var step = contract.Terms.SizeStep;
        return Capped(long.Min(size, (long)Fixed.Divide(long.BigMul(size, fraction.Raw), long.BigMul(Rate.One, step), Rounding.Ceiling) * step));

        long Capped(long chunk) => long.Min(chunk, contract.ToLot((long)Fixed.Divide(long.BigMul(available, bookShare.Raw), Rate.One, Rounding.Floor)));
    }

    /// <summary>The last resort: a debt nobody can pay is taken from the gains of the event, in proportion, each part rounded down and what the rounding
    /// leaves from the largest gain, the first of equals (F-197). Where that gain has no quantum left, the others give it in their order.</summary>
    /// <param name="gains">None below zero.</param>
    /// <returns>What of the debt is above all gains.</returns>
    public static Money Haircut(ReadOnlySpan<Money> gains, Money debt, Span<Money> haircuts)
    {
        var total = Money.Zero;
        var largest = 0;
        for (var i = 0; i < gains.Length; i++)
        {
            total += gains[i];
            if (gains[i] > gains[largest]) largest = i;
        }
        if (total.IsZero)
        {
            haircuts[..gains.Length].Clear();
            return debt;
        }
        var taken = Money.Min(debt, total);
        var rest = taken;
        for (var i = 0; i < gains.Length; i++)
        {
            haircuts[i] = new Money(Int256.MulDiv(gains[i].Raw, taken.Raw, total.Raw, Rounding.Floor));
            rest -= haircuts[i];
        }
        for (var i = -1; i < gains.Length && rest > Money.Zero; i++)
        {
            var giver = i < 0 ? largest : i;
            var more = Money.Min(rest, gains[giver] - haircuts[giver]);
            haircuts[giver] += more;
            rest -= more;
        }
        return debt - taken;
    }

    private static bool IsAtLeast(Money equity, Money highest, int percent) => Int256.CompareProducts(equity.Raw, 100, highest.Raw, percent) >= 0;
}
