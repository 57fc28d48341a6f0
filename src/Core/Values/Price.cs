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
        // Rates are nearly always whole millionths and amounts below 2^43 quanta: then the product fits 64 bits and so does the division.
        var units = unchecked((long)amount.Raw);
        if (amount.Raw == units)
        {
            var millionths = Raw / MillionthsUnit;
            if (unchecked(millionths * MillionthsUnit) == Raw && IsWithin(units, MaxFast) && IsWithin(millionths, MaxMillionths))
            {
                return new Money(Fixed.Divide(unchecked(units * millionths), MillionthsUnit, rounding));
            }

            // Amounts below 2^63 quanta make a product of one instruction, and one division is left of two.
            return new Money(Fixed.Divide(Wide.Product(units, Raw), One, rounding));
        }
        return new Money(Fixed.MulDiv(amount.Raw, Raw, One, rounding));
    }

    private const long MillionthsUnit = 1_000_000;
    private const int MillionthsBits = 20;
    private const long MaxMillionths = (1 << MillionthsBits) - 1;
    private const long MaxFast = long.MaxValue >> MillionthsBits;

    // From −most to most, in one comparison.
    private static bool IsWithin(long number, long most) => unchecked((ulong)(number + most)) <= (ulong)(2 * most);

    /// <summary>Plain decimal text: "0.001".</summary>
    public override string ToString() => DecimalText.Format(Raw, Decimals);
}
