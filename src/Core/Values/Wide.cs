using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Core.Values;

/// <summary>Products of two 64-bit numbers in registers: the framework's store the lower half on the stack and read it back, which costs more than a second multiplication.</summary>
public static class Wide
{
    /// <summary>a·b, which always fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 Product(ulong a, ulong b) => unchecked(new UInt128(Upper(a, b), a * b));

    /// <summary>a·b, if 64 bits hold it; else their lower half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryProduct(ulong a, ulong b, out ulong product)
    {
        product = unchecked(a * b);
        return Upper(a, b) == 0;
    }

    /// <summary>a·b with its sign, which always fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int128 Product(long a, long b)
    {
        unchecked
        {
            // A negative factor counts 2^64 too much of the other one.
            var upper = Upper((ulong)a, (ulong)b) - (ulong)((a >> 63) & b) - (ulong)((b >> 63) & a);
            return new Int128(upper, (ulong)a * (ulong)b);
        }
    }

    /// <summary>a·b·c of three numbers that are not negative.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int128 Product(ulong a, ulong b, ulong c)
    {
        var product = Product(a, b);
        return unchecked((Int128)(Upper(a, b) == 0 ? Product((ulong)product, c) : Large(product, c)));
    }

    private static UInt128 Large(UInt128 a, ulong b)
    {
        var product = checked(a * b);
        return product <= (UInt128)Int128.MaxValue ? product : throw new OverflowException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Upper(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : unchecked((ulong)(ulong.BigMul(a, b) >> 64));
}
