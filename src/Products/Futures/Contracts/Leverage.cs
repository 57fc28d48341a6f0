using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>How many times its margin a position is worth, in hundredths: tiers end at leverages such as 150.01 (F-110). Zero stands for cross on
/// the wire and is no leverage here.</summary>
public readonly record struct Leverage(int Hundredths) : IComparable<Leverage>
{
    public const int Decimals = 2;

    public static Leverage Times(int whole) => new(whole * 100);

    /// <summary>The highest leverage an initial rate allows: 1 / rate, two decimals, rounded down (F-110).</summary>
    public static Leverage OfInitialRate(Rate rate) => new((int)(100 * Rate.One / rate.Raw));

    public static bool operator <(Leverage a, Leverage b) => a.Hundredths < b.Hundredths;
    public static bool operator >(Leverage a, Leverage b) => a.Hundredths > b.Hundredths;
    public static bool operator <=(Leverage a, Leverage b) => a.Hundredths <= b.Hundredths;
    public static bool operator >=(Leverage a, Leverage b) => a.Hundredths >= b.Hundredths;

    public int CompareTo(Leverage other) => Hundredths.CompareTo(other.Hundredths);

    public override string ToString() => DecimalText.Format(Hundredths, Decimals);
}
