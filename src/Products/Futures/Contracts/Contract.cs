using System.Numerics;
using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Contracts;

/// <summary>A contract's terms, with what every fill and every margin asks of them computed once. Sizes are signed: long above zero.</summary>
public sealed class Contract
{
    public Contract(ContractTerms terms)
    {
        if (ContractCheck.Find(terms) is var fault && fault != ContractFault.None) throw new BrokenInvariantException($"{terms.Symbol}: {fault}");
        Terms = terms;
        IsInverse = terms.Kind == ContractKind.Inverse;
        ValueUnit = ContractCheck.ValueUnit(terms);
        RiskLimits = terms.RiskLimits;
        ExitFee = terms.TakerFee;
        shortZeros = IsInverse ? NeverShort : 3 * 64 - ShortBits - BitOperations.LeadingZeroCount((ulong)ValueUnit);
    }

    private const int ShortBits = 61;
    private const int NeverShort = 2 * 64 + 1;
    private readonly int shortZeros;            // that size and price have in front, together, where the value is short

    public ContractTerms Terms { get; }
    public bool IsInverse { get; }
    public RiskLimitTable RiskLimits { get; }

    /// <summary>f_m, the contract's taker rate (F-042).</summary>
    public Rate ExitFee { get; }

    /// <summary>Linear: quanta in one raw unit of size at one raw unit of price; the value is size · price · unit. Inverse: the value of a raw unit of size
    /// at the raw price 1, in quanta; the value is size · unit / price.</summary>
    public long ValueUnit { get; }

    /// <summary>w(q, p), F-011: positive where the holder gains when it rises. Linear values are exact; inverse ones are rounded half-even, to the same
    /// magnitude for both signs, so that the two legs of a trade sum to zero.</summary>
    public Money Value(long size, long price)
    {
        if (IsShort(size, price)) return new Money(ShortValue(size, price));
        var scaled = Wide.Product(size, ValueUnit);
        if (IsInverse) return new Money(-Fixed.Divide(scaled, price, Rounding.HalfEven));
        return new Money(scaled == unchecked((long)scaled) ? Wide.Product(unchecked((long)scaled), price) : checked(scaled * price));
    }

    /// <summary>Whether a value is linear and its magnitude surely below 2^61 quanta, two million units: nearly every order and position. It is told by the bits of the
    /// three factors, so from an eighth of that on it may be denied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsShort(long size, long price) =>
        unchecked(BitOperations.LeadingZeroCount((ulong)(size ^ (size >> 63))) + BitOperations.LeadingZeroCount((ulong)price) >= shortZeros);

    /// <summary>w(q, p) of what <see cref="IsShort"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ShortValue(long size, long price) => unchecked(size * ValueUnit * price);

    /// <summary>Whether an order's value is one the ledger has room for: 10^18 units, as much as an account can be funded with (M-133).</summary>
    public bool IsPayable(long size, long price)
    {
        var scaled = Wide.Product(long.Abs(size), ValueUnit);
        if (IsInverse) return scaled / price <= ValueMax;
        return scaled == unchecked((long)scaled) ? Wide.Product(unchecked((long)scaled), price) <= ValueMax : scaled <= ValueMax / price;
    }

    private static readonly Int128 ValueMax = Money.Units(Fixed.PowerOfTen(18)).Raw;

    /// <summary>|w(q, p)| before any rounding.</summary>
    public Notional NotionalOf(long size, long price)
    {
        if (IsInverse) return new Notional(Wide.Product(long.Abs(size), ValueUnit), price);
        return new Notional(Wide.Product((ulong)long.Abs(size), (ulong)ValueUnit, (ulong)price), 1);
    }

    /// <summary>u = w(S, p) − W, rounded down (F-025).</summary>
    public Money Unrealised(long size, Money entryValue, long price)
    {
        if (!IsInverse) return Value(size, price) - entryValue;
        return new Money(Fixed.Divide(-Wide.Product(size, ValueUnit), price, Rounding.Floor)) - entryValue;
    }

    /// <summary>E with the decimals of the tick plus 6, half-even; for display only, never fed back (F-024, F-003). Zero without a position.</summary>
    public Int128 EntryPrice(long size, Money entryValue)
    {
        if (size == 0 || entryValue.IsZero) return 0;
        // Linear: W / (S·unit) is in raw prices. Inverse: −S·unit / W is. From there to the displayed decimals.
        var scale = Fixed.PowerOfTen(EntryPriceDecimals) / (Int128)Fixed.PowerOfTen(Terms.PriceDecimals);
        var (over, under) = IsInverse ? (-Wide.Product(size, ValueUnit), entryValue.Raw) : (entryValue.Raw, Wide.Product(size, ValueUnit));
        if (under < 0) (over, under) = (-over, -under);
        return Int256.MulDiv(over, scale, under, Rounding.HalfEven);
    }

    public int EntryPriceDecimals { get => TickDecimals + 6; }

    /// <summary>Decimals of the tick as it is written: 0.1 has one, whatever <see cref="ContractTerms.PriceDecimals"/>.</summary>
    public int TickDecimals
    {
        get
        {
            var decimals = Terms.PriceDecimals;
            for (var rest = Terms.Tick; decimals > 0 && rest % 10 == 0; rest /= 10) decimals--;
            return decimals;
        }
    }

    /// <summary>The largest size below <paramref name="size"/> that is a whole number of lots (F-003).</summary>
    public long ToLot(long size) => size - size % Terms.SizeStep;
}
