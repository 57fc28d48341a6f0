using System.Numerics;

namespace Sluice.Core.Values;

/// <summary>A signed 256-bit integer: the exact product of two amounts, for what is compared or divided before anything is rounded
/// (F-002, F-004). What does not fit throws <see cref="OverflowException"/>; products of two 128-bit numbers always fit.</summary>
public readonly struct Int256 : IEquatable<Int256>, IComparable<Int256>
{
    // Two's complement; the sign is the highest bit of the upper half.
    private readonly UInt128 upper;
    private readonly UInt128 lower;

    private Int256(UInt128 upper, UInt128 lower) => (this.upper, this.lower) = (upper, lower);

    public static readonly Int256 Zero;

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => unchecked((Int128)upper) < 0 ? -1 : upper == 0 && lower == 0 ? 0 : 1;

    /// <summary>The same number, wider.</summary>
    public static Int256 Of(Int128 value) => unchecked(new Int256(value < 0 ? UInt128.MaxValue : 0, (UInt128)value));

    /// <summary>a·b, which always fits.</summary>
    public static Int256 Product(Int128 a, Int128 b)
    {
        Multiply(Magnitude(a), Magnitude(b), out var high, out var low);
        var product = new Int256(high, low);
        return a < 0 != b < 0 ? Negated(product) : product;
    }

    public static Int256 operator +(Int256 a, Int256 b)
    {
        var sum = Added(a, b);
        var overflow = (a.upper ^ sum.upper) & (b.upper ^ sum.upper);       // the sum has a sign neither of two equal signs explains
        return unchecked((Int128)overflow) < 0 ? throw new OverflowException() : sum;
    }

    public static Int256 operator -(Int256 a) => Zero - a;

    public static Int256 operator -(Int256 a, Int256 b)
    {
        var difference = Added(a, Negated(b));
        var overflow = (a.upper ^ b.upper) & (a.upper ^ difference.upper);
        return unchecked((Int128)overflow) < 0 ? throw new OverflowException() : difference;
    }

    public static Int256 operator *(Int256 a, Int128 b)
    {
        Multiply(a.Sign < 0 ? Negated(a) : a, Of(b) is var wide && b < 0 ? Negated(wide) : wide, out var high, out var low);
        if (high.Sign != 0 || low.Sign < 0) throw new OverflowException();
        return a.Sign < 0 != b < 0 ? Negated(low) : low;
    }

    public static bool operator <(Int256 a, Int256 b) => a.CompareTo(b) < 0;
    public static bool operator >(Int256 a, Int256 b) => a.CompareTo(b) > 0;
    public static bool operator <=(Int256 a, Int256 b) => a.CompareTo(b) <= 0;
    public static bool operator >=(Int256 a, Int256 b) => a.CompareTo(b) >= 0;
    public static bool operator ==(Int256 a, Int256 b) => a.Equals(b);
    public static bool operator !=(Int256 a, Int256 b) => !a.Equals(b);

    /// <summary>a / b rounded as named; <paramref name="b"/> must be positive. Throws <see cref="OverflowException"/> when the result does not fit.</summary>
    public static Int128 Divide(Int256 a, Int256 b, Rounding rounding)
    {
        if (b.Sign <= 0) throw new DivideByZeroException();
        if (a.Narrow is { } narrow && b.Narrow is { } divisor) return Fixed.Divide(narrow, divisor, rounding);
        var negative = a.Sign < 0;
        var rest = negative ? Negated(a) : a;
        var quotient = DivRem(ref rest, b);
        if (rest.Sign != 0)
        {
            // The magnitude is truncated: what is left decides whether it grows by one.
            var half = rest.CompareTo(Added(b, Negated(rest)));             // compares 2·rest with b without doubling
            var grows = rounding switch
            {
                Rounding.Floor => negative,
                Rounding.Ceiling => !negative,
                Rounding.HalfEven => half > 0 || (half == 0 && !UInt128.IsEvenInteger(quotient)),
                _ => half >= 0,
            };
            if (grows) quotient = checked(quotient + 1);
        }
        if (!negative) return checked((Int128)quotient);
        return quotient == (UInt128)1 << 127 ? Int128.MinValue : checked(-(Int128)quotient);
    }

    /// <summary>a·b/c rounded as named once, whatever the size of a·b; <paramref name="c"/> must be positive.</summary>
    public static Int128 MulDiv(Int128 a, Int128 b, Int128 c, Rounding rounding) =>
        IsShort(a) && IsShort(b) && IsShort(c) ? Fixed.Divide(Wide.Product(unchecked((long)a), unchecked((long)b)), unchecked((long)c), rounding)
        : Fits(a, b) ? Fixed.Divide(unchecked(a * b), c, rounding) : Divide(Product(a, b), Of(c), rounding);

    /// <summary>a·b/(c·d) rounded as named once; c·d must be positive.</summary>
    public static Int128 MulDiv(Int128 a, Int128 b, Int128 c, Int128 d, Rounding rounding) =>
        Fits(a, b) && Fits(c, d) ? Fixed.Divide(unchecked(a * b), unchecked(c * d), rounding) : Divide(Product(a, b), Product(c, d), rounding);

    /// <summary>The sign of a·b − c·d, exactly (F-004).</summary>
    public static int CompareProducts(Int128 a, Int128 b, Int128 c, Int128 d) =>
        IsShort(a) && IsShort(b) && IsShort(c) && IsShort(d)
            ? Wide.Product(unchecked((long)a), unchecked((long)b)).CompareTo(Wide.Product(unchecked((long)c), unchecked((long)d)))
        : Fits(a, b) && Fits(c, d) ? unchecked(a * b).CompareTo(unchecked(c * d)) : Product(a, b).CompareTo(Product(c, d));

    // Whether the product surely stays within 2^126: nearly every amount times a rate does, and is then one multiplication of the hardware's.
    private static bool Fits(Int128 a, Int128 b) => Bits(a) + Bits(b) <= 126;

    // Nearly every amount: nine million units in quanta.
    private static bool IsShort(Int128 value) => value == unchecked((long)value);

    // |value| is at most 2^bits.
    private static int Bits(Int128 value) => unchecked(128 - (int)Int128.LeadingZeroCount(value < 0 ? ~value : value));

    /// <summary>The sign of a/b − c/d, exactly; <paramref name="b"/> and <paramref name="d"/> must be positive.</summary>
    public static int CompareFractions(Int256 a, Int256 b, Int256 c, Int256 d)
    {
        if (a.Sign != c.Sign) return a.Sign < c.Sign ? -1 : 1;
        if (a.Sign == 0) return 0;
        Multiply(a.Sign < 0 ? Negated(a) : a, d, out var leftHigh, out var leftLow);
        Multiply(c.Sign < 0 ? Negated(c) : c, b, out var rightHigh, out var rightLow);
        var larger = leftHigh.CompareUnsigned(rightHigh);
        if (larger == 0) larger = leftLow.CompareUnsigned(rightLow);
        return a.Sign < 0 ? -larger : larger;
    }

    public int CompareTo(Int256 other)
    {
        var high = unchecked((Int128)upper).CompareTo(unchecked((Int128)other.upper));
        return high != 0 ? high : lower.CompareTo(other.lower);
    }

    public bool Equals(Int256 other) => upper == other.upper && lower == other.lower;
    public override bool Equals(object? obj) => obj is Int256 other && Equals(other);
    public override int GetHashCode() => unchecked((int)(ulong)lower ^ (int)(ulong)upper);

    /// <summary>As a number of the base library, for tests and messages.</summary>
    public BigInteger ToBigInteger() => ((BigInteger)unchecked((Int128)upper) << 128) + lower;

    // The number in 128 bits, when it fits.
    private Int128? Narrow
    {
        get
        {
            var value = unchecked((Int128)lower);
            return upper == (value < 0 ? UInt128.MaxValue : 0) ? value : null;
        }
    }

    private int BitLength => upper == 0 ? 128 - (int)UInt128.LeadingZeroCount(lower) : 256 - (int)UInt128.LeadingZeroCount(upper);

    private int CompareUnsigned(Int256 other)
    {
        var high = upper.CompareTo(other.upper);
        return high != 0 ? high : lower.CompareTo(other.lower);
    }

    private static UInt128 Magnitude(Int128 value) => unchecked((UInt128)(value < 0 ? -value : value));

    private static Int256 Added(Int256 a, Int256 b) => unchecked(Carried(a.upper + b.upper, a.lower + b.lower, a.lower));

    private static Int256 Carried(UInt128 upper, UInt128 lower, UInt128 before) => unchecked(new Int256(lower < before ? upper + 1 : upper, lower));

    private static Int256 Negated(Int256 a) => unchecked(new Int256(a.lower == 0 ? ~a.upper + 1 : ~a.upper, ~a.lower + 1));

    // Long division by bits: as many steps as the quotient has. It is for the prices of liquidation and the like, a few times a second.
    private static UInt128 DivRem(ref Int256 rest, Int256 divisor)
    {
        var shift = rest.BitLength - divisor.BitLength;
        if (shift < 0) return 0;
        if (shift > 127) throw new OverflowException();
        var subtrahend = divisor.ShiftedLeft(shift);
        UInt128 quotient = 0;
        for (; shift >= 0; shift--)
        {
            quotient <<= 1;
            if (rest.CompareUnsigned(subtrahend) >= 0)
            {
                rest = Added(rest, Negated(subtrahend));
                quotient |= 1;
            }
            subtrahend = new Int256(subtrahend.upper >> 1, (subtrahend.lower >> 1) | (subtrahend.upper << 127));
        }
        return quotient;
    }

    private Int256 ShiftedLeft(int count) => count == 0 ? this : new Int256((upper << count) | (lower >> (128 - count)), lower << count);

    private static void Multiply(UInt128 a, UInt128 b, out UInt128 high, out UInt128 low)
    {
        unchecked
        {
            ulong a0 = (ulong)a, a1 = (ulong)(a >> 64), b0 = (ulong)b, b1 = (ulong)(b >> 64);
            var middle = Wide.Product(a1, b0) + (ulong)(Wide.Product(a0, b0) >> 64);            // below 2^128: (2^64−1)² + 2^64
            var cross = Wide.Product(a0, b1) + (ulong)middle;
            low = (cross << 64) | (a0 * b0);
            high = Wide.Product(a1, b1) + (ulong)(middle >> 64) + (ulong)(cross >> 64);
        }
    }

    // Two numbers without sign: the product in two halves of 256 bits.
    private static void Multiply(Int256 a, Int256 b, out Int256 high, out Int256 low)
    {
        Multiply(a.lower, b.lower, out var p1, out var p0);
        Multiply(a.lower, b.upper, out var q2, out var q1);
        Multiply(a.upper, b.lower, out var r2, out var r1);
        Multiply(a.upper, b.upper, out var s3, out var s2);
        unchecked
        {
            var first = p1 + q1;
            UInt128 carry = first < p1 ? 1u : 0u;
            var second = first + r1;
            if (second < first) carry += 1;
            low = new Int256(second, p0);
            high = Added(Added(new Int256(s3, s2), new Int256(0, q2)), Added(new Int256(0, r2), new Int256(0, carry)));
        }
    }
}
