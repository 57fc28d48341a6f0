using CsCheck;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Values;

public class MoneyTests
{
    [Fact]
    public void F_001_the_quantum_is_a_millionth_of_a_millionth()
    {
        Assert.Equal(12, Money.Decimals);
        Assert.Equal((Int128)1_000_000_000_000, Money.Units(1).Raw);
        Assert.Equal("0.000000000001", new Money(1).ToString());
        Assert.Equal("-3", Money.Units(-3).ToString());
        Assert.Equal("0", Money.Zero.ToString());
    }

    [Fact]
    public void F_003_a_fee_rounds_up_and_a_rebate_down_in_magnitude()
    {
        var third = new Rate(333_333_333_333);
        Assert.Equal(new Money(1), third.Of(new Money(1), Rounding.Ceiling));
        Assert.Equal(new Money(0), new Rate(-333_333_333_333).Of(new Money(1), Rounding.Ceiling));
        Assert.Equal(new Money(-1), new Rate(-333_333_333_333).Of(new Money(4), Rounding.Ceiling));
    }

    [Fact]
    public void F_005_signs_a_posting_adds_and_its_opposite_takes_away()
    {
        Assert.Equal(Money.Units(1), Money.Units(3) + -Money.Units(2));
        Assert.True((-Money.Units(1)).IsNegative);
        Assert.True((Money.Units(1) - Money.Units(1)).IsZero);
    }

    [Theory]
    [InlineData("0.001", "89.881695", "0.089881695")]           // SX-03
    [InlineData("0.00095", "89.882361", "0.08538824295")]       // SX-04 before its scale
    [InlineData("0.001", "0.001192", "0.000001192")]            // SX-01
    [InlineData("0", "5", "0")]
    public void F_002_a_rate_of_an_amount(string rate, string amount, string expected) =>
        Assert.Equal(expected, new Rate(Parse(rate)).Of(new Money(Parse(amount)), Rounding.Ceiling).ToString());

    // The short way through 64 bits and the long one through 128 must not be told apart.
    [Fact]
    public void F_002_a_rate_of_an_amount_is_the_exact_product_rounded_once()
    {
        var rates = Gen.OneOf(Gen.Long[-2_000_000, 2_000_000].Select(m => m * 1_000_000), Gen.Long[-Rate.One * 2, Rate.One * 2]);
        var amounts = Gen.OneOf(Gen.Long[-1000, 1000], Gen.Long[-(1L << 44), 1L << 44], Gen.Long);
        var roundings = Gen.Int[0, 3].Select(i => (Rounding)i);
        Gen.Select(rates, amounts, roundings).Sample((rate, amount, rounding) =>
            new Rate(rate).Of(new Money(amount), rounding).Raw == Fixed.MulDiv(amount, rate, Rate.One, rounding), iter: 20_000);
    }

    [Fact]
    public void F_002_a_rate_of_an_amount_is_the_same_on_both_sides_of_64_bits() =>
        Gen.Select(Gen.Long[-3, 3], Gen.Long[-Rate.One * 2, Rate.One * 2], Gen.Int[0, 3], Gen.Bool).Sample((beside, rate, rounding, below) =>
        {
            var amount = (below ? long.MinValue : (Int128)long.MaxValue) + beside;
            return new Rate(rate).Of(new Money(amount), (Rounding)rounding).Raw == Fixed.MulDiv(amount, rate, Rate.One, (Rounding)rounding);
        }, iter: 2_000);

    [Fact]
    public void F_004_comparisons_are_on_exact_values()
    {
        Assert.True(new Money(1) > Money.Zero);
        Assert.True(new Money(long.MaxValue) < new Money((Int128)long.MaxValue + 1));
        Assert.Equal(new Money(1), Money.Min(new Money(1), new Money(2)));
        Assert.Equal(new Money(2), Money.Max(new Money(1), new Money(2)));
        Assert.True(new Price(1) < new Price(2) && new Price(2) >= new Price(2));
        Assert.Equal(new Quantity(3), Quantity.Min(new Quantity(3), new Quantity(4)));
        Assert.Equal(-1, Money.Zero.CompareTo(new Money(1)));
    }

    private static long Parse(string text)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(System.Text.Encoding.ASCII.GetBytes(text), Money.Decimals, out long value));
        return value;
    }
}
