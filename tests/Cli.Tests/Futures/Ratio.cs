using System.Globalization;
using System.Numerics;

namespace Sluice.Cli.Tests.Futures;

/// <summary>An exact fraction: the published formulas are computed with it beside the venue, which has integers of its own.</summary>
internal readonly struct Ratio(BigInteger over, BigInteger under) : IComparable<Ratio>
{
    private readonly BigInteger over = under.Sign < 0 ? -over : over;
    private readonly BigInteger under = BigInteger.Abs(under);

    /// <summary>"84000.5", "-3", "1e-05" is not written by anybody.</summary>
    public static Ratio Of(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return new Ratio(BigInteger.Parse(text, CultureInfo.InvariantCulture), 1);
        var digits = text.Length - point - 1;
        return new Ratio(BigInteger.Parse(text.Remove(point, 1), CultureInfo.InvariantCulture), BigInteger.Pow(10, digits));
    }

    public static implicit operator Ratio(long whole) => new(whole, 1);

    public static implicit operator Ratio(string text) => Of(text);

    public static Ratio operator +(Ratio a, Ratio b) => new(a.over * b.under + b.over * a.under, a.under * b.under);
    public static Ratio operator -(Ratio a, Ratio b) => new(a.over * b.under - b.over * a.under, a.under * b.under);
    public static Ratio operator *(Ratio a, Ratio b) => new(a.over * b.over, a.under * b.under);
    public static Ratio operator /(Ratio a, Ratio b) => new(a.over * b.under, a.under * b.over);
    public static Ratio operator -(Ratio a) => new(-a.over, a.under);

    public int CompareTo(Ratio other) => (over * other.under).CompareTo(other.over * under);

    /// <summary>The multiple of a step above, below or nearest (a tie goes to the even one).</summary>
    public Ratio Up(Ratio step) => Whole(this / step, (floor, rest) => rest.IsZero ? floor : floor + 1) * step;

    public Ratio Down(Ratio step) => Whole(this / step, (floor, _) => floor) * step;

    public Ratio Nearest(Ratio step) => Whole(this / step, (floor, rest) =>
    {
        var twice = (2 * rest.over).CompareTo(rest.under);
        return twice > 0 || (twice == 0 && !floor.IsEven) ? floor + 1 : floor;
    }) * step;

    /// <summary>Plain decimals without trailing zeros; it must end.</summary>
    public override string ToString()
    {
        var (number, digits) = (over, 0);
        while (!(number % under).IsZero)
        {
            number *= 10;
            if (++digits > 40) throw new InvalidOperationException("The fraction has no end in decimals.");
        }
        var text = BigInteger.Abs(number / under).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        var sign = number.Sign < 0 ? "-" : "";
        return digits == 0 ? sign + text : $"{sign}{text[..^digits]}.{text[^digits..]}";
    }

    private bool IsZero => over.IsZero;

    private static Ratio Whole(Ratio value, Func<BigInteger, Ratio, BigInteger> choose)
    {
        var floor = BigInteger.DivRem(value.over, value.under, out var rest);
        if (rest.Sign < 0) (floor, rest) = (floor - 1, rest + value.under);
        return new Ratio(choose(floor, new Ratio(rest, value.under)), 1);
    }
}
