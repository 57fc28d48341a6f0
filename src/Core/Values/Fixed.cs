using System.Runtime.CompilerServices;

namespace Sluice.Core.Values;

/// <summary>Integer division and scaling with the rounding direction named at the call (F-001, F-002).</summary>
public static class Fixed
{
    /// <summary>The largest exponent <see cref="PowerOfTen"/> takes: 10^18 is the last power of ten below 2^63.</summary>
    public const int MaxPower = 18;

    private static readonly long[] Powers = BuildPowers();

    /// <summary>10^<paramref name="exponent"/>, 0 ≤ exponent ≤ 18.</summary>
    public static long PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>a / b rounded as named; <paramref name="b"/> must be positive.</summary>
    public static Int128 Divide(Int128 a, Int128 b, Rounding rounding)
    {
        var (quotient, remainder) = Int128.DivRem(a, b);
        return Adjust(quotient, remainder, b, rounding);
    }

    /// <summary>The same in 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Divide(long a, long b, Rounding rounding)
    {
        var quotient = a / b;
        var remainder = unchecked(a - quotient * b);
        if (remainder == 0) return quotient;
        var size = unchecked((ulong)(remainder < 0 ? -remainder : remainder));
        if (!Grows(unchecked((ulong)quotient), size, unchecked((ulong)b), remainder < 0, rounding)) return quotient;
        return checked(remainder < 0 ? quotient - 1 : quotient + 1);
    }

    /// <summary>The same by 64 bits: one division of the hardware where the quotient has no more.</summary>
    public static Int128 Divide(Int128 a, long b, Rounding rounding)
    {
        if (b <= 0) throw new DivideByZeroException();
        var negative = a < 0;
        var size = unchecked((UInt128)(negative ? -a : a));
        var quotient = size / (UInt128)(ulong)b;
        var remainder = unchecked((ulong)size - (ulong)quotient * (ulong)b);
        if (remainder != 0 && Grows(unchecked((ulong)quotient), remainder, (ulong)b, negative, rounding)) quotient = unchecked(quotient + 1);      // of |a| / b at most 2^127
        if (!negative) return checked((Int128)quotient);
        return unchecked(-(Int128)quotient);
    }

    /// <summary>The part/whole of an amount of 64 bits; 0 ≤ part ≤ whole, so the result has no more bits than the amount.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ShareOf(long amount, long part, long whole, Rounding rounding)
    {
        unchecked
        {
            var negative = amount < 0;
            var product = Wide.Product((ulong)(negative ? -amount : amount), (ulong)part);
            var quotient = (ulong)(product / (ulong)whole);
            var remainder = (ulong)product - quotient * (ulong)whole;
            // To the nearest goes up as often as not: no jump could be guessed. No remainder never goes up, the part that is left is then the whole.
            if (rounding == Rounding.HalfEven) quotient += NearestGrows(quotient, remainder, (ulong)whole);
            else if (remainder != 0 && Grows(quotient, remainder, (ulong)whole, negative, rounding)) quotient++;
            return negative ? -(long)quotient : (long)quotient;
        }
    }

    /// <summary>a·b/c rounded as named, without a wider intermediate: a = q·c + r gives q·b + r·b/c, and |r·b| stays below 2^126.
    /// <paramref name="c"/> must be positive; throws <see cref="OverflowException"/> when the result does not fit.</summary>
    public static Int128 MulDiv(Int128 a, long b, long c, Rounding rounding)
    {
        var (quotient, rest) = Int128.DivRem(a, c);
        var (whole, remainder) = Int128.DivRem(rest * b, c);
        return Adjust(checked(quotient * b + whole), remainder, c, rounding);
    }

    /// <summary>The multiple of <paramref name="unit"/> next to <paramref name="a"/> in the named direction; unit is positive.</summary>
    public static Int128 ToMultiple(Int128 a, long unit, Rounding rounding) => checked(Divide(a, unit, rounding) * unit);

    // 1 when a truncated magnitude goes up to the nearest, of two the even one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NearestGrows(ulong quotient, ulong remainder, ulong divisor)
    {
        var other = unchecked(divisor - remainder);
        return Unsafe.BitCast<bool, byte>((remainder > other) | ((remainder == other) & ((quotient & 1) != 0)));
    }

    /// <summary>|a|, without a jump: which sign a size has is anybody's guess.</summary>
    /// <exception cref="OverflowException">Of the least of all numbers.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Magnitude(long a)
    {
        var sign = a >> 63;
        return checked((a ^ sign) - sign);
    }

    // Whether a truncated magnitude goes up by one; the remainder is not zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Grows(ulong quotient, ulong remainder, ulong divisor, bool negative, Rounding rounding)
    {
        switch (rounding)
        {
            case Rounding.Floor: return negative;
            case Rounding.Ceiling: return !negative;
        }
        var other = unchecked(divisor - remainder);         // compares 2·remainder with the divisor without doubling
        return remainder > other || (remainder == other && (rounding != Rounding.HalfEven || (quotient & 1) != 0));
    }

    // The quotient is truncated toward zero; the remainder carries the sign of the true fraction.
    private static Int128 Adjust(Int128 quotient, Int128 remainder, Int128 divisor, Rounding rounding)
    {
        if (remainder == 0) return quotient;
        var away = remainder < 0 ? -1 : 1;
        switch (rounding)
        {
            case Rounding.Floor: return away < 0 ? checked(quotient - 1) : quotient;
            case Rounding.Ceiling: return away > 0 ? checked(quotient + 1) : quotient;
        }
        var size = remainder < 0 ? -remainder : remainder;
        var other = divisor - size;                         // compares 2·size with the divisor without doubling
        if (size > other) return checked(quotient + away);
        if (size < other) return quotient;
        var toEven = rounding == Rounding.HalfEven && Int128.IsEvenInteger(quotient);
        return toEven ? quotient : checked(quotient + away);
    }

    private static long[] BuildPowers()
    {
        var powers = new long[MaxPower + 1];
        powers[0] = 1;
        for (var i = 1; i <= MaxPower; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
