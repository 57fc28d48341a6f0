using Sluice.Core.Values;

namespace Sluice.Core.Margin;

/// <summary>Equity over requirement, kept as the two amounts: what decides is compared by cross-multiplication and never as a rounded ratio (F-004,
/// F-111). Without a requirement the level is undefined; it comes after every other and is never a breach.</summary>
public readonly record struct MarginLevel(Money Equity, Money Requirement) : IComparable<MarginLevel>
{
    /// <summary>Decimals of <see cref="Displayed"/>.</summary>
    public const int Decimals = 8;

    /// <summary>What is shown where there is no requirement.</summary>
    public const int Undefined = 9999;

    private const long Scale = 100_000_000;

    public bool IsDefined => Requirement > Money.Zero;

    /// <summary>Level ≤ 1: the account, or the isolated leg, is to be liquidated (F-170).</summary>
    public bool IsBreached => IsDefined && Equity <= Requirement;

    /// <summary>In 10^-8, half-even: the worked example FX-50 shows 0.98876042 for 0.988760417…, where F-004 says down; examples come first.</summary>
    public Int128 Displayed => IsDefined ? Int256.MulDiv(Equity.Raw, Scale, Requirement.Raw, Rounding.HalfEven) : (Int128)Undefined * Scale;

    /// <summary>Whether the level is at or below <paramref name="bound"/>, exactly (warnings F-187, added margin F-124).</summary>
    public bool IsAtMost(Rate bound) => IsDefined && Int256.CompareProducts(Equity.Raw, Rate.One, Requirement.Raw, bound.Raw) <= 0;

    /// <summary>The order of liquidation: the lower level first (F-162).</summary>
    public int CompareTo(MarginLevel other)
    {
        if (!IsDefined || !other.IsDefined) return other.IsDefined.CompareTo(IsDefined);
        return Int256.CompareProducts(Equity.Raw, other.Requirement.Raw, other.Equity.Raw, Requirement.Raw);
    }

    public override string ToString() => DecimalText.Format(Displayed, Decimals);
}
