using System.Numerics;
using Sluice.Core.Values;

namespace Sluice.Products.Tests.Futures.Oracle;

/// <summary>A number without any rounding, slow and plain.</summary>
internal readonly struct Fraction : IComparable<Fraction>
{
    private readonly BigInteger over, under;        // under > 0

    public Fraction(BigInteger over, BigInteger under)
    {
        if (under.IsZero) throw new DivideByZeroException();
        if (under.Sign < 0) (over, under) = (-over, -under);
        var common = BigInteger.GreatestCommonDivisor(over, under);
        (this.over, this.under) = (over / common, under / common);
    }

    public int Sign => over.Sign;
    public Fraction Size => over.Sign < 0 ? -this : this;

    public static implicit operator Fraction(BigInteger whole) => new(whole, 1);
    public static implicit operator Fraction(long whole) => new(whole, 1);
    public static implicit operator Fraction(Money amount) => new(amount.Raw, BigInteger.Pow(10, Money.Decimals));
    public static implicit operator Fraction(Rate rate) => new(rate.Raw, Rate.One);

    public static Fraction operator +(Fraction a, Fraction b) => new(a.over * b.under + b.over * a.under, a.under * b.under);
    public static Fraction operator -(Fraction a, Fraction b) => a + -b;
    public static Fraction operator -(Fraction a) => new(-a.over, a.under);
    public static Fraction operator *(Fraction a, Fraction b) => new(a.over * b.over, a.under * b.under);
    public static Fraction operator /(Fraction a, Fraction b) => new(a.over * b.under, a.under * b.over);
    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;
    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;
    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;
    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;
    public static Fraction Max(Fraction a, Fraction b) => a > b ? a : b;
    public static Fraction Min(Fraction a, Fraction b) => a < b ? a : b;

    public int CompareTo(Fraction other) => (over * other.under).CompareTo(other.over * under);

    /// <summary>How many whole units it is, up, down or half-even.</summary>
    public BigInteger Count(Fraction unit, Rounding rounding)
    {
        var units = this / unit;
        var floor = BigInteger.DivRem(units.over, units.under, out var rest);
        if (rest.Sign < 0) (floor, rest) = (floor - 1, rest + units.under);
        if (rest.IsZero) return floor;
        return rounding switch
        {
            Rounding.Floor => floor,
            Rounding.Ceiling => floor + 1,
            Rounding.HalfEven => floor + ((2 * rest).CompareTo(units.under) is var half && (half > 0 || (half == 0 && !floor.IsEven)) ? 1 : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(rounding)),
        };
    }

    public Money ToMoney(Rounding rounding) => new((Int128)Count(new Fraction(1, BigInteger.Pow(10, Money.Decimals)), rounding));

    public override string ToString() => $"{over}/{under}";
}
