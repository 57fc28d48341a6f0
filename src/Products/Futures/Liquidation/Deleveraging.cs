using Sluice.Core.Margin;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Liquidation;

/// <summary>How early a leg is deleveraged: profit over level for winners, loss times level for losers, as an exact fraction (F-202).</summary>
public readonly record struct AdlScore(Int256 Numerator, Int256 Denominator) : IComparable<AdlScore>
{
    public static readonly AdlScore None = new(Int256.Zero, Int256.Of(1));

    /// <summary>(u/|W|) / level when u is above zero, otherwise (u/|W|) · level. Zero where the level is undefined, or nothing is left of the equity: such legs
    /// are not taken (F-204).</summary>
    /// <param name="level">Of the leg when isolated, of the account when cross.</param>
    public static AdlScore Of(Money unrealised, Money entryValue, in MarginLevel level)
    {
        if (!level.IsDefined || level.Equity <= Money.Zero || entryValue.IsZero) return None;
        var entry = entryValue.IsNegative ? -entryValue : entryValue;
        var (times, over) = unrealised > Money.Zero ? (level.Requirement, level.Equity) : (level.Equity, level.Requirement);
        return new AdlScore(Int256.Product(unrealised.Raw, times.Raw), Int256.Product(entry.Raw, over.Raw));
    }

    public int CompareTo(AdlScore other) => Int256.CompareFractions(Numerator, Denominator, other.Numerator, other.Denominator);

    /// <summary>In 10^-<paramref name="decimals"/>, half-even; to be shown, never compared.</summary>
    public Int128 Displayed(int decimals) => Int256.Divide(Numerator * Fixed.PowerOfTen(decimals), Denominator, Rounding.HalfEven);
}

/// <summary>One leg in the order of deleveraging. The natural order puts the one to be taken first first (F-202).</summary>
/// <param name="Size">Raw, without sign.</param>
/// <param name="IsFund">The insurance fund comes last (F-195).</param>
/// <param name="Position">Slot of the leg.</param>
public readonly record struct AdlCandidate(AdlScore Score, long OpenedNanos, int User, long Size, bool IsFund, int Position) : IComparable<AdlCandidate>
{
    public int CompareTo(AdlCandidate other)
    {
        if (IsFund != other.IsFund) return IsFund ? 1 : -1;
        var score = other.Score.CompareTo(Score);
        if (score != 0) return score;
        return OpenedNanos != other.OpenedNanos ? OpenedNanos.CompareTo(other.OpenedNanos) : User.CompareTo(other.User);
    }
}

/// <summary>Who is deleveraged, by how much, and what is shown of it (F-166, F-203).</summary>
public static class Deleveraging
{
    /// <summary>What the wire shows of a leg that is not there.</summary>
    public const int NoLight = 6;

    /// <summary>Takes from the top of the ranking. Returns what could not be placed: there was nobody left (F-197).</summary>
    /// <param name="ranking">Sorted.</param>
    /// <param name="taken">As long: raw size taken of each.</param>
    public static long Take(ReadOnlySpan<AdlCandidate> ranking, long size, Span<long> taken)
    {
        for (var i = 0; i < ranking.Length; i++)
        {
            taken[i] = long.Min(size, ranking[i].Size);
            size -= taken[i];
        }
        return size;
    }

    /// <summary>1 for the first fifth of the ranked size, up to 5 for the last (F-203).</summary>
    /// <param name="cumulative">Size of all legs up to and including this one; at most <paramref name="total"/>.</param>
    public static int Light(Int128 cumulative, Int128 total) => (int)Fixed.Divide(cumulative * 5, total, Rounding.Ceiling);
}
