using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Values;

public class DecimalTextTests
{
    private static readonly Gen<Int128> AnyWide = Gen.OneOf(
        Gen.Long[-1000, 1000].Select(a => (Int128)a), Gen.Long.Select(a => (Int128)a),
        Gen.Select(Gen.Long, Gen.ULong, (high, low) => new Int128(unchecked((ulong)high), low)));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1.5", 1500)]
    [InlineData("1.50", 1500)]                  // M-002: trailing zeros are accepted
    [InlineData("1.500000000000000000000000000000000000000000000000", 1500)]
    [InlineData("0001.5", 1500)]
    [InlineData("-0.001", -1)]
    [InlineData("-0", 0)]
    [InlineData("9223372036854775.807", long.MaxValue)]
    [InlineData("-9223372036854775.808", long.MinValue)]
    public void M_002_plain_decimals_are_read_exactly(string text, long expected)
    {
        Assert.Equal(DecimalParse.Ok, DecimalText.TryParse(Encoding.UTF8.GetBytes(text), 3, out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+5")]
    [InlineData("--5")]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    [InlineData("1.5.0")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("１")]                          // a full-width digit
    public void M_002_anything_else_is_malformed(string text) =>
        Assert.Equal(DecimalParse.Malformed, DecimalText.TryParse(Encoding.UTF8.GetBytes(text), 3, out Int128 _));

    [Theory]
    [InlineData("0.0001", DecimalParse.TooManyDecimals)]
    [InlineData("1.0005", DecimalParse.TooManyDecimals)]
    [InlineData("9223372036854775.808", DecimalParse.Overflow)]
    [InlineData("1000000000000000000000000000000000000000000000000000000000000", DecimalParse.Overflow)]
    public void M_002_what_is_not_representable_says_why(string text, DecimalParse expected) =>
        Assert.Equal(expected, DecimalText.TryParse(Encoding.UTF8.GetBytes(text), 3, out long _));

    [Fact]
    public void Print_and_parse_agree() =>
        Gen.Select(AnyWide, Gen.Int[0, 12]).Sample((value, decimals) =>
        {
            var text = DecimalText.Format(value, decimals);
            Assert.Equal(Plain(value, decimals), text);
            var parsed = DecimalText.TryParse(Encoding.ASCII.GetBytes(text), decimals, out Int128 back);
            Assert.True(parsed == DecimalParse.Overflow ? Int128.Abs(value / 2) >= Int128.MaxValue / 4 : back == value);
        }, iter: 20_000);

    [Fact]
    public void The_extremes_print()
    {
        Assert.Equal("170141183460469231731687303715884105727", DecimalText.Format(Int128.MaxValue, 0));
        Assert.Equal("-170141183460469231731687303.715884105728", DecimalText.Format(Int128.MinValue, 12));
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Gen.Byte.Array[0, 60].Sample(bytes => DecimalText.TryParse(bytes, 8, out long _) <= DecimalParse.Overflow, iter: 20_000);

    private static string Plain(Int128 value, int decimals)
    {
        var digits = BigInteger.Abs((BigInteger)value).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var whole = digits[..^decimals];
        var fraction = digits[^decimals..].TrimEnd('0');
        return (value < 0 ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
    }
}
