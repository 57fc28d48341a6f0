using System.Numerics;
using CsCheck;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Values;

public class Int256Tests
{
    private static readonly Int128[] Edges = [Int128.MaxValue, Int128.MinValue, Int128.MinValue + 1, ulong.MaxValue, -(Int128)ulong.MaxValue];

    // Small numbers meet signs and midpoints, others the edges of halves and limbs.
    private static readonly Gen<Int128> AnyWide = Gen.OneOf(Gen.Long[-20, 20].Select(a => (Int128)a), Gen.Long.Select(a => (Int128)a),
        Gen.Select(Gen.Long, Gen.ULong, (high, low) => new Int128(unchecked((ulong)high), low)), Gen.Int[0, 127].Select(bit => Int128.One << bit),
        Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]));
    private static readonly Gen<Int128> Positive = AnyWide.Where(a => a > 0);
    private static readonly Gen<Rounding> AnyRounding = Gen.Int[0, 3].Select(i => (Rounding)i);

    [Fact]
    public void F_002_products_are_exact() =>
        Gen.Select(AnyWide, AnyWide).Sample((a, b) => Int256.Product(a, b).ToBigInteger() == (BigInteger)a * b, iter: 20_000);

    [Fact]
    public void F_002_sums_and_differences_of_products_are_exact() =>
        Gen.Select(AnyWide, AnyWide, AnyWide, AnyWide).Sample((a, b, c, d) =>
        {
            var (left, right) = (Int256.Product(a, b), Int256.Product(c, d));
            var (x, y) = ((BigInteger)a * b, (BigInteger)c * d);
            return Same(x + y, () => left + right) && Same(x - y, () => left - right) && left.CompareTo(right) == x.CompareTo(y) && left.Sign == x.Sign
                && Int256.CompareProducts(a, b, c, d) == x.CompareTo(y) && (left == right) == (x == y) && Same(x * c, () => left * c);
        }, iter: 20_000);

    [Fact]
    public void F_002_a_quotient_is_the_exact_fraction_rounded_once() =>
        Gen.Select(AnyWide, AnyWide, Positive, Positive, AnyRounding).Sample((a, b, c, d, rounding) =>
        {
            var expected = Expected((BigInteger)a * b, (BigInteger)c * d, rounding);
            return Fits(expected, () => Int256.Divide(Int256.Product(a, b), Int256.Product(c, d), rounding))
                && Fits(expected, () => Int256.MulDiv(a, b, c, d, rounding))
                && Fits(Expected((BigInteger)a * b, c, rounding), () => Int256.MulDiv(a, b, c, rounding));
        }, iter: 20_000);

    [Fact]
    public void F_003_midpoints_of_wide_quotients_go_where_they_are_sent() =>
        Gen.Select(Gen.Long[-1000, 1000], Positive.Where(d => d < Int128.MaxValue / 2), AnyRounding).Sample((whole, half, rounding) =>
        {
            // (2·whole + 1)·half / (2·half) = whole + 1/2
            var numerator = Int256.Product(2 * whole + 1, half);
            return Int256.Divide(numerator, Int256.Of(2 * half), rounding) == (Int128)Expected((BigInteger)(2 * whole + 1) * half, 2 * (BigInteger)half, rounding);
        }, iter: 10_000);

    [Fact]
    public void F_004_fractions_are_compared_exactly() =>
        Gen.Select(AnyWide, Positive, AnyWide, Positive).Sample((a, b, c, d) =>
        {
            var (left, right) = (Int256.Product(a, b), Int256.Product(c, d));
            var (under, over) = (Int256.Product(b, d), Int256.Product(d, d));
            var expected = (left.ToBigInteger() * over.ToBigInteger()).CompareTo(right.ToBigInteger() * under.ToBigInteger());
            return Int256.CompareFractions(left, under, right, over) == expected;
        }, iter: 20_000);

    [Fact]
    public void F_004_the_closest_fractions_differ()
    {
        var top = Int256.Product(Int128.MaxValue, Int128.MaxValue);
        var one = Int256.Of(1);
        Assert.Equal(-1, Int256.CompareFractions(top - one, top, top, top));
        Assert.Equal(0, Int256.CompareFractions(top, top, one, one));
        Assert.Equal(1, Int256.CompareFractions(-(top - one), top, -one, one));
        Assert.Equal(-1, Int256.CompareFractions(-one, top, Int256.Zero, one));
    }

    [Fact]
    public void F_001_what_does_not_fit_is_an_overflow()
    {
        var top = Int256.Product(Int128.MinValue, Int128.MinValue);
        Assert.Throws<OverflowException>(() => top + top);
        Assert.Throws<OverflowException>(() => -top - top - Int256.Of(1));
        Assert.Throws<OverflowException>(() => Int256.Divide(top, Int256.Of(1), Rounding.Floor));
        Assert.Throws<DivideByZeroException>(() => Int256.Divide(top, Int256.Zero, Rounding.Floor));
        Assert.Equal(Int128.MinValue, Int256.Divide(Int256.Product(Int128.MinValue, 2), Int256.Of(2), Rounding.Floor));
    }

    private static bool Same(BigInteger expected, Func<Int256> actual)
    {
        if (expected > -(BigInteger.One << 255) && expected < BigInteger.One << 255) return actual().ToBigInteger() == expected;
        Assert.Throws<OverflowException>(() => actual());
        return true;
    }

    private static bool Fits(BigInteger expected, Func<Int128> actual)
    {
        if (expected >= (BigInteger)Int128.MinValue && expected <= (BigInteger)Int128.MaxValue) return actual() == (Int128)expected;
        Assert.Throws<OverflowException>(() => actual());
        return true;
    }

    private static BigInteger Expected(BigInteger numerator, BigInteger divisor, Rounding rounding)
    {
        var floor = BigInteger.DivRem(numerator, divisor, out var rest);
        if (rest.Sign < 0) (floor, rest) = (floor - 1, rest + divisor);
        if (rest.IsZero) return floor;
        var half = (2 * rest).CompareTo(divisor);
        return rounding switch
        {
            Rounding.Floor => floor,
            Rounding.Ceiling => floor + 1,
            _ when half != 0 => half < 0 ? floor : floor + 1,
            Rounding.HalfEven => floor.IsEven ? floor : floor + 1,
            _ => numerator.Sign < 0 ? floor : floor + 1,
        };
    }
}
