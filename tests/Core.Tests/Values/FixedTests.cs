using System.Numerics;
using CsCheck;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Values;

public class FixedTests
{
    private static readonly Gen<Rounding> AnyRounding = Gen.Int[0, 3].Select(i => (Rounding)i);

    // Small numbers meet midpoints and signs, large ones the edges of the types.
    private static readonly Gen<long> AnyLong = Gen.OneOf(Gen.Long[-20, 20], Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Long);
    private static readonly Gen<long> AnyDivisor = Gen.OneOf(Gen.Long[1, 20], Gen.Long[1, 2_000_000_000_000], Gen.Long[1, long.MaxValue]);
    private static readonly Gen<Int128> AnyWide = Gen.OneOf(AnyLong.Select(a => (Int128)a), Gen.Select(Gen.Long, Gen.ULong, (high, low) => new Int128(unchecked((ulong)high), low)));

    [Fact]
    public void F_002_MulDiv_is_the_exact_fraction_rounded_once() =>
        Gen.Select(AnyWide, AnyLong, AnyDivisor, AnyRounding).Sample((a, b, c, rounding) =>
            Agrees(Expected((BigInteger)a * b, c, rounding), () => Fixed.MulDiv(a, b, c, rounding)), iter: 20_000);

    [Fact]
    public void F_002_Divide_is_the_exact_fraction_rounded_once() =>
        Gen.Select(AnyWide, AnyDivisor, AnyRounding).Sample((a, b, rounding) =>
            Agrees(Expected(a, b, rounding), () => Fixed.Divide(a, b, rounding)), iter: 20_000);

    [Fact]
    public void F_002_a_share_of_an_amount_is_the_exact_fraction_rounded_once() =>
        Gen.Select(Gen.OneOf(AnyLong, Gen.Const(long.MinValue), Gen.Const(long.MaxValue)), AnyDivisor, AnyDivisor, AnyRounding).Sample((amount, a, b, rounding) =>
        {
            var (part, whole) = (long.Min(a, b), long.Max(a, b));
            Assert.Equal(Expected((BigInteger)amount * part, whole, rounding), (BigInteger)Fixed.ShareOf(amount, part, whole, rounding));
        }, iter: 20_000);

    [Fact]
    public void F_002_the_64_bit_division_agrees_with_the_wide_one() =>
        Gen.Select(AnyLong, AnyDivisor, AnyRounding).Sample((a, b, rounding) => (Int128)Fixed.Divide(a, b, rounding) == Fixed.Divide((Int128)a, b, rounding), iter: 20_000);

    [Theory]
    [InlineData(7, 2, Rounding.Floor, 3)]
    [InlineData(-7, 2, Rounding.Floor, -4)]
    [InlineData(7, 2, Rounding.Ceiling, 4)]
    [InlineData(-7, 2, Rounding.Ceiling, -3)]
    [InlineData(5, 2, Rounding.HalfEven, 2)]
    [InlineData(7, 2, Rounding.HalfEven, 4)]
    [InlineData(-5, 2, Rounding.HalfEven, -2)]
    [InlineData(-7, 2, Rounding.HalfEven, -4)]
    [InlineData(5, 2, Rounding.HalfAway, 3)]
    [InlineData(-5, 2, Rounding.HalfAway, -3)]
    [InlineData(6, 2, Rounding.Ceiling, 3)]
    [InlineData(9, 7, Rounding.HalfEven, 1)]
    [InlineData(11, 7, Rounding.HalfAway, 2)]
    public void F_003_each_direction_at_and_beside_the_midpoint(long a, long b, Rounding rounding, long expected)
    {
        Assert.Equal(expected, Fixed.Divide(a, b, rounding));
        Assert.Equal((Int128)expected, Fixed.Divide((Int128)a, b, rounding));
        Assert.Equal((Int128)expected, Fixed.MulDiv(a, 1, b, rounding));
    }

    [Theory]
    [InlineData(85_388_242_950, 10_000, Rounding.Ceiling, 85_388_250_000)]      // SX-04 at scale 8
    [InlineData(-85_388_242_950, 10_000, Rounding.Ceiling, -85_388_240_000)]
    [InlineData(90_000, 10_000, Rounding.Ceiling, 90_000)]
    [InlineData(95_000, 10_000, Rounding.Floor, 90_000)]
    public void F_003_a_coarser_posting_is_a_multiple_of_its_unit(long amount, long unit, Rounding rounding, long expected) =>
        Assert.Equal((Int128)expected, Fixed.ToMultiple(amount, unit, rounding));

    [Fact]
    public void F_001_a_result_that_does_not_fit_is_an_overflow_never_a_wrapped_number()
    {
        Assert.Throws<OverflowException>(() => Fixed.MulDiv(Int128.MaxValue, 2, 1, Rounding.Floor));
        Assert.Throws<OverflowException>(() => Fixed.ToMultiple(Int128.MaxValue, 1000, Rounding.Ceiling));
        Assert.Throws<OverflowException>(() => new Money(Int128.MaxValue) + new Money(1));
        Assert.Throws<OverflowException>(() => new Money(Int128.MinValue) - new Money(1));
        Assert.Throws<OverflowException>(() => new Quantity(long.MaxValue) + new Quantity(1));
    }

    [Fact]
    public void F_001_a_magnitude_is_the_number_without_its_sign_and_the_least_of_all_has_none()
    {
        AnyLong.Where(a => a != long.MinValue).Sample(a => Fixed.Magnitude(a) == Math.Abs(a), iter: 20_000);
        Assert.Equal(long.MaxValue, Fixed.Magnitude(-long.MaxValue));
        Assert.Throws<OverflowException>(() => Fixed.Magnitude(long.MinValue));
    }

    [Fact]
    public void Powers_of_ten_are_exact_up_to_the_last_that_fits()
    {
        for (var i = 0; i <= Fixed.MaxPower; i++) Assert.Equal(BigInteger.Pow(10, i), Fixed.PowerOfTen(i));
    }

    private static BigInteger Expected(BigInteger numerator, BigInteger divisor, Rounding rounding)
    {
        var floor = BigInteger.DivRem(numerator, divisor, out var rest);
        if (rest.Sign < 0)
        {
            floor -= 1;
            rest += divisor;
        }
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

    private static bool Agrees(BigInteger expected, Func<Int128> actual)
    {
        if (expected >= (BigInteger)Int128.MinValue && expected <= (BigInteger)Int128.MaxValue) return actual() == (Int128)expected;
        Assert.Throws<OverflowException>(() => actual());
        return true;
    }
}
