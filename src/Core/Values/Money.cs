using System.Runtime.CompilerServices;

namespace Sluice.Core.Values;

/// <summary>An amount of one asset in 10^-12 of a unit, the only storage of money (F-001). Signed: debts and losses are negative.
/// A rule that posts in coarser units rounds to a multiple of that unit; the storage never changes.</summary>
public readonly record struct Money(Int128 Raw) : IComparable<Money>
{
    /// <summary>Decimals of the quantum.</summary>
    public const int Decimals = 12;

    public static readonly Money Zero;

    /// <summary>Whole units of an asset, for literals in rules and tests.</summary>
    public static Money Units(long units) => new((Int128)units * Fixed.PowerOfTen(Decimals));

    /// <summary>The same amount, to be stored: what a call returned comes in two registers, and the compiler would store them one by one and read them back as one, for which a
    /// processor waits until both are in the cache.</summary>
    public Money InHalves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(new Int128(unchecked((ulong)(Raw >> 64)), unchecked((ulong)Raw)));
    }

    public bool IsZero => Raw == 0;
    public bool IsNegative => Upper < 0;

    /// <summary>This amount, or zero; without a jump, for where nobody can guess which of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Money OrZero(bool keep)
    {
        var mask = unchecked(0UL - Unsafe.BitCast<bool, byte>(keep));
        return new(new Int128(unchecked((ulong)Upper) & mask, unchecked((ulong)Raw) & mask));
    }

    // In halves: the carry stands in no flag that the language knows, but the overflow does. A sum within 2^64 quanta of the least number there is, or a difference of the greatest,
    // counts as overflow too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Money operator +(Money a, Money b)
    {
        var lower = unchecked((ulong)a.Raw + (ulong)b.Raw);
        var upper = checked(a.Upper + b.Upper + (lower < unchecked((ulong)a.Raw) ? 1L : 0L));
        return new(new Int128(unchecked((ulong)upper), lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Money operator -(Money a, Money b)
    {
        var lower = unchecked((ulong)a.Raw - (ulong)b.Raw);
        var upper = checked(a.Upper - b.Upper - (lower > unchecked((ulong)a.Raw) ? 1L : 0L));
        return new(new Int128(unchecked((ulong)upper), lower));
    }

    private long Upper => unchecked((long)(Raw >> 64));

    public static Money operator -(Money a) => new(checked(-a.Raw));
    public static bool operator <(Money a, Money b) => a.Raw < b.Raw;
    public static bool operator >(Money a, Money b) => a.Raw > b.Raw;
    public static bool operator <=(Money a, Money b) => a.Raw <= b.Raw;
    public static bool operator >=(Money a, Money b) => a.Raw >= b.Raw;

    public static Money Min(Money a, Money b) => a.Raw <= b.Raw ? a : b;
    public static Money Max(Money a, Money b) => a.Raw >= b.Raw ? a : b;

    public int CompareTo(Money other) => Raw.CompareTo(other.Raw);

    /// <summary>Plain decimal text without trailing zeros: "0.001", "-3", "0".</summary>
    public override string ToString() => DecimalText.Format(Raw, Decimals);
}
