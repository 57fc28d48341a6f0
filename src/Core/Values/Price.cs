namespace Sluice.Core.Values;

/// <summary>Quote units per base unit, times 10^PriceDecimals of the instrument (fine enough for tick, mark and index; M-002).</summary>
public readonly record struct Price(long Raw) : IComparable<Price>
{
    public static readonly Price Zero;

    public static bool operator <(Price a, Price b) => a.Raw < b.Raw;
    public static bool operator >(Price a, Price b) => a.Raw > b.Raw;
    public static bool operator <=(Price a, Price b) => a.Raw <= b.Raw;
    public static bool operator >=(Price a, Price b) => a.Raw >= b.Raw;

    public int CompareTo(Price other) => Raw.CompareTo(other.Raw);
}

/// <summary>Base units (or contracts), times 10^SizeDecimals of the instrument (M-002).</summary>
public readonly record struct Quantity(long Raw) : IComparable<Quantity>
{
    public static readonly Quantity Zero;

    public static Quantity operator +(Quantity a, Quantity b) => new(checked(a.Raw + b.Raw));
    public static Quantity operator -(Quantity a, Quantity b) => new(checked(a.Raw - b.Raw));
    public static bool operator <(Quantity a, Quantity b) => a.Raw < b.Raw;
    public static bool operator >(Quantity a, Quantity b) => a.Raw > b.Raw;
    public static bool operator <=(Quantity a, Quantity b) => a.Raw <= b.Raw;
    public static bool operator >=(Quantity a, Quantity b) => a.Raw >= b.Raw;

    public static Quantity Min(Quantity a, Quantity b) => a.Raw <= b.Raw ? a : b;

    public int CompareTo(Quantity other) => Raw.CompareTo(other.Raw);
}

/// <summary>A fraction in 10^-12: a fee, band, slippage, interest or margin rate.</summary>
public readonly record struct Rate(long Raw)
{
    public const int Decimals = 12;
    public const long One = 1_000_000_000_000;
    public static readonly Rate Zero;

    /// <summary>This fraction of an amount, rounded as named to the money quantum.</summary>
    public Money Of(Money amount, Rounding rounding)
    {
        // Rates are nearly always whole millionths and amounts below 2^63 quanta: then the product fits 64 bits and so does the division.
        var millionths = Raw / MillionthsUnit;
        if (millionths * MillionthsUnit == Raw && amount.Raw <= MaxFast && amount.Raw >= -MaxFast && millionths is < 1024 * 1024 and > -1024 * 1024)
        {
            return new Money(Fixed.Divide((long)amount.Raw * millionths, MillionthsUnit, rounding));
        }
        // Amounts below 2^63 quanta make a product of one instruction, and one division is left of two.
        if (amount.Raw == unchecked((long)amount.Raw)) return new Money(Fixed.Divide(Wide.Product(unchecked((long)amount.Raw), Raw), One, rounding));
        return new Money(Fixed.MulDiv(amount.Raw, Raw, One, rounding));
    }

    private const long MillionthsUnit = 1_000_000;
    private const long MaxFast = long.MaxValue >> 20;

    /// <summary>Plain decimal text: "0.001".</summary>
    public override string ToString() => DecimalText.Format(Raw, Decimals);
}
