using System.Runtime.CompilerServices;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>The value of a position or order without its sign and before any rounding: <see cref="Numerator"/> / <see cref="Denominator"/> quanta.
/// Linear values are whole, so their denominator is 1; inverse ones are size over price (F-011, F-012). Requirements are rounded once, from here.</summary>
public readonly record struct Notional(Int128 Numerator, long Denominator)
{
    /// <summary>An amount that is already whole, such as the rounded value of a fill.</summary>
    public static Notional Of(Money amount) => new(amount.Raw < 0 ? checked(-amount.Raw) : amount.Raw, 1);

    /// <summary>Whether it is above a limit, exactly (F-004).</summary>
    public bool Exceeds(Money limit) => Denominator == 1 ? Numerator > limit.Raw : Int256.CompareProducts(Numerator, 1, limit.Raw, Denominator) > 0;

    /// <summary>The larger of two, exactly.</summary>
    public static Notional Max(in Notional a, in Notional b)
    {
        if (a.Denominator == b.Denominator) return a.Numerator >= b.Numerator ? a : b;
        return Int256.CompareProducts(a.Numerator, b.Denominator, b.Numerator, a.Denominator) >= 0 ? a : b;
    }

    /// <summary>This fraction of it, rounded up: every requirement is (F-003). The rate is not below zero.</summary>
    public Money Part(Rate rate) => IsShort ? new(Up(unchecked((ulong)Numerator), (ulong)rate.Raw, Rate.One))
        : new(Int256.MulDiv(Numerator, rate.Raw, Denominator, Rate.One, Rounding.Ceiling));

    /// <summary>value · numerator / denominator, rounded up.</summary>
    public Money Part(in MarginFactor factor) => IsShort ? new(Up(unchecked((ulong)Numerator), (ulong)factor.Numerator, factor.Denominator))
        : new(Int256.MulDiv(Numerator, factor.Numerator, Denominator, factor.Denominator, Rounding.Ceiling));

    // Linear, and below 2^63 quanta, some nine million units: nearly every order and position. Then the product is one instruction, and so is the division.
    private bool IsShort => unchecked(Denominator == 1 && (ulong)(Numerator >> 64) == 0 && (long)Numerator >= 0);

    // value · over / under, rounded up. Both factors are below 2^63, so adding a divisor of 64 bits does not overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Int128 Up(ulong value, ulong over, long under) => unchecked((Int128)((Wide.Product(value, over) + (ulong)(under - 1)) / (ulong)under));

    /// <summary>The amount, rounded as named.</summary>
    public Money ToMoney(Rounding rounding) => new(Denominator == 1 ? Numerator : Fixed.Divide(Numerator, Denominator, rounding));
}

/// <summary>An exact fraction of a value: 1/L plus fees has no finite decimals for most leverages, so it stays a fraction until it is applied.</summary>
public readonly record struct MarginFactor(long Numerator, long Denominator)
{
    /// <summary>1/L + times·fee, plus fee/L where <paramref name="feeOnMargin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MarginFactor Of(Leverage leverage, Rate fee, int times, bool feeOnMargin = false)
    {
        var ofMargin = 100 * fee.Raw & -(long)Unsafe.BitCast<bool, byte>(feeOnMargin);           // without a jump: it goes by the side
        return new MarginFactor(100 * Rate.One + times * fee.Raw * leverage.Hundredths + ofMargin, Rate.One * leverage.Hundredths);
    }

    /// <summary>This fraction of a value below 2^61 quanta (<see cref="Contract.IsShort"/>), rounded up. Fees and 1/L are at most 1, so it is at most four times the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]          // a call would want the factor in memory
    public long ShortPart(long value) => unchecked((long)Notional.Up((ulong)value, (ulong)Numerator, Denominator));
}

/// <summary>Rates of values that are known to be small.</summary>
public static class ShortRates
{
    /// <summary>This fraction of a value below 2^61 quanta (<see cref="Contract.IsShort"/>), rounded up; the rate is from 0 to 1.</summary>
    public static long ShortPart(this Rate rate, long value) => unchecked((long)Notional.Up((ulong)value, (ulong)rate.Raw, Rate.One));

    /// <summary>The same of a fee, whose rate is from −1 to 1: what is below zero is rounded up by cutting off (F-040).</summary>
    public static long ShortFee(this Rate rate, long value)
    {
        unchecked
        {
            var product = Wide.Product((ulong)value, (ulong)long.Abs(rate.Raw)) + (rate.Raw > 0 ? (ulong)(Rate.One - 1) : 0);
            var fee = (long)(product / (ulong)Rate.One);
            return rate.Raw < 0 ? -fee : fee;
        }
    }
}
