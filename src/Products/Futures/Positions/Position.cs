using System.Runtime.CompilerServices;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Positions;

/// <summary>Which of the up to four legs of a user in one contract a position is (F-130). One-way mode has only <see cref="Net"/>.</summary>
public enum Leg : byte
{
    Net = 0,
    Long = 1,
    Short = 2,
}

/// <summary>One leg of one user in one contract (F-020). The row stays once it was touched, with its settings, and has size 0 between two lives (F-031).
/// Three cache lines: what margin and liquidation read is the first one.</summary>
public struct Position
{
    public const int Lines = 3;

    /// <summary>W: the signed value at entry, Σ w of what was opened and is not yet closed.</summary>
    public Money EntryValue;

    /// <summary>M: the isolated margin, a hold of the account; zero where the position is cross.</summary>
    public Money Margin;

    /// <summary>S in raw units of size, long above zero.</summary>
    public long Size;

    /// <summary>The mark at which this leg is looked at for liquidation: at or below for a long, at or above for a short.</summary>
    public long TriggerMark;

    /// <summary>The place of its user in the contract, in the state's table: it knows both.</summary>
    public int Seat;

    /// <summary>Place in the contract's index of trigger marks.</summary>
    public int IndexSlot;

    public Leverage Leverage;
    public Leg Leg;
    public bool IsCross;

    /// <summary>Since it was opened (F-028): profit of what was closed, fees paid, funding paid. Rebates and funding received are negative.</summary>
    public Money TradeProfit;
    public Money FeesPaid;
    public Money FundingPaid;

    /// <summary>Σ w of the closing trades, for the average price of closing.</summary>
    public Money ClosedValue;

    /// <summary>Realised profit of all lives that ended, and of the last one (F-028).</summary>
    public Money HistoryProfit;
    public Money LastCloseProfit;

    public long OpenedNanos;

    /// <summary>The largest |S| of this life, and what was closed of it.</summary>
    public long SizeMax;
    public long ClosedSize;

    /// <summary>Grows by one with every change (F-031).</summary>
    public long UpdateId;

    /// <summary>F-028: realised since it was opened.</summary>
    public readonly Money Realised => TradeProfit - FeesPaid - FundingPaid;

    /// <summary>One fill of this leg, or one leg of a take-over, deleveraging, netting or settlement (F-021…F-023, F-101, F-103).</summary>
    /// <param name="quantity">Signed: bought above zero.</param>
    /// <param name="value">w(quantity, price), rounded once for both sides of the trade; its sign is this side's.</param>
    /// <param name="fee">Of the whole fill; a rebate is negative. It goes to the life the fill ends or changes, and to the new one only when there was none.</param>
    /// <param name="ended">The record of the life that ended, when <see cref="PositionChange.Ended"/>; else it means nothing.</param>
    public PositionChange Fill(Contract contract, long quantity, in Money value, in Money fee, long nowNanos, out ClosedPosition ended)
    {
        Fill(contract, quantity, value, fee, nowNanos, out var change, out ended);
        return change;
    }

    /// <summary>The same; the change is written where it is read.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // its sums want the registers of whoever calls it
    public void Fill(Contract contract, long quantity, in Money value, in Money fee, long nowNanos, out PositionChange change, out ClosedPosition ended)
    {
        change = default;
        Unsafe.SkipInit(out ended);             // a life seldom ends, and this is two lines of cache
        UpdateId = unchecked(UpdateId + 1);     // a count
        FeesPaid += fee;
        var size = Size;
        if (size == 0 || (size ^ quantity) >= 0)
        {
            Increase(contract, quantity, value, nowNanos, ref change);
            return;
        }
        if (Fixed.Magnitude(quantity) <= Fixed.Magnitude(size))
        {
            Reduce(quantity, value, ref change);
            if (Size != 0) return;
            ended = End(contract, size > 0);
            change.Ended = true;
            return;
        }
        ended = Flip(contract, quantity, value, nowNanos, size > 0, ref change);
    }

    // The closing part takes its share of the value, the opening part the rest, so that both sum to the one rounded value of the fill.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ClosedPosition Flip(Contract contract, long quantity, Money value, long nowNanos, bool wasLong, ref PositionChange change)
    {
        var closing = -Size;
        // A linear value is a multiple of its size, so there the division comes out even.
        var closingValue = new Money(Int256.MulDiv(value.Raw, long.Abs(closing), long.Abs(quantity), Rounding.HalfEven));
        Reduce(closing, closingValue, ref change);
        var ended = End(contract, wasLong);
        UpdateId++;                                                         // two position events
        Increase(contract, quantity - closing, value - closingValue, nowNanos, ref change);
        change.Ended = true;
        return ended;
    }

    /// <summary>Funding of this leg; above zero it was paid (F-076). The caller takes it from the margin or the account (F-077).</summary>
    public void PayFunding(Money amount)
    {
        UpdateId++;
        FundingPaid += amount;
    }

    /// <summary>A split n for m (K-209): whole lots stay, with the value at entry they have; what is left over is settled at a mark, with its share of entry value and margin.</summary>
    /// <param name="fraction">What is left over is worth, signed as the position.</param>
    public PositionChange Split(Contract contract, int n, int m, long mark, out Money fraction, out ClosedPosition ended)
    {
        ended = default;
        UpdateId++;
        var exact = long.BigMul(long.Abs(Size), n);                         // in m-ths of a raw size
        var whole = contract.ToLot((long)(exact / m));
        var left = exact - long.BigMul(whole, m);
        var sign = long.Sign(Size);
        var closed = left == 0 ? Money.Zero : ShareOf(EntryValue, left, exact);
        var margin = left == 0 ? Money.Zero : ShareOf(Margin, left, exact);
        fraction = left == 0 ? Money.Zero : new Money(Int256.MulDiv(left * sign, (Int128)contract.ValueUnit * mark, m, Rounding.Floor));
        var profit = fraction - closed;
        EntryValue -= closed;
        Margin -= margin;
        TradeProfit += profit;
        ClosedValue -= fraction;
        (SizeMax, ClosedSize) = ((long)(long.BigMul(SizeMax, n) / m), (long)(long.BigMul(ClosedSize, n) / m));
        Size = sign * whole;
        if (whole == 0) ended = End(contract, sign > 0);
        return new PositionChange(profit, margin, Money.Zero, 0, 0, whole == 0);
    }

    private static Money ShareOf(Money amount, Int128 part, Int128 whole) =>
        part == whole ? amount : new Money(Int256.MulDiv(amount.Raw, part, whole, Rounding.HalfEven));

    private void Increase(Contract contract, long quantity, Money value, long nowNanos, ref PositionChange change)
    {
        var before = Size;
        if (before == 0) OpenedNanos = nowNanos;
        var size = checked(before + quantity);
        Size = size;
        EntryValue += value;
        SizeMax = long.Max(SizeMax, Fixed.Magnitude(size));
        change.Opened = Fixed.Magnitude(quantity);
        if (IsCross) return;
        var charged = MarginOf(value, Leverage, contract);
        Margin += charged;
        change.MarginCharged = charged.InHalves;
    }

    // F-101, of what was opened for a value; in 64 bits where it is that small.
    [MethodImpl(MethodImplOptions.NoInlining)]              // inlined it would take from a fill what the compiler inlines there
    private static Money MarginOf(Money value, Leverage leverage, Contract contract)
    {
        var factor = MarginFactor.Of(leverage, contract.ExitFee, 1);
        var small = unchecked((long)value.Raw);
        var worth = unchecked(small < 0 ? -small : small);
        return value.Raw == small && worth >>> ShortBits == 0 ? new Money(factor.ShortPart(worth)) : Notional.Of(value).Part(factor);
    }

    private const int ShortBits = 61;                       // MarginFactor.ShortPart

    private void Reduce(long quantity, Money value, ref PositionChange change)
    {
        var (closed, size) = (Fixed.Magnitude(quantity), Fixed.Magnitude(Size));
        var released = Share(EntryValue, closed, size);
        var profit = -value - released;
        EntryValue -= released;
        Size += quantity;
        TradeProfit += profit;
        ClosedValue += value;
        ClosedSize += closed;
        change.Profit = profit;
        change.Closed = closed;
        if (Margin.IsZero) return;                          // a cross one has none
        var margin = Share(Margin, closed, size);
        Margin -= margin;
        change.MarginReleased = margin.InHalves;
    }

    // What goes with the closed part: half-even, and all of it when all is closed (F-003).
    private static Money Share(Money amount, long closed, long size) =>
        amount.IsZero || closed == size ? amount
        : amount.Raw == unchecked((long)amount.Raw) ? new Money(Fixed.ShareOf(unchecked((long)amount.Raw), closed, size, Rounding.HalfEven))
        : new Money(Int256.MulDiv(amount.Raw, closed, size, Rounding.HalfEven));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ClosedPosition End(Contract contract, bool wasLong)
    {
        var realised = Realised;
        // What was opened in this life was worth what the profit leaves of what it was closed for.
        var openedValue = -TradeProfit - ClosedValue;
        var closing = wasLong ? -ClosedSize : ClosedSize;
        var ended = new ClosedPosition(wasLong, realised, TradeProfit, FeesPaid, FundingPaid, SizeMax, ClosedSize, OpenedNanos,
            contract.EntryPrice(-closing, openedValue), contract.EntryPrice(closing, ClosedValue));
        HistoryProfit += realised;
        LastCloseProfit = realised;
        TradeProfit = FeesPaid = FundingPaid = ClosedValue = Money.Zero;
        OpenedNanos = SizeMax = ClosedSize = 0;
        return ended;
    }
}

/// <summary>What a fill did to one leg. The account gains <see cref="Profit"/> less the fee; the contra of the profit is the contract's clearing account.
/// Held for isolated margin changes by <see cref="MarginCharged"/> − <see cref="MarginReleased"/>.</summary>
/// <param name="Closed">Raw size that was closed, without sign; <paramref name="Opened"/> likewise.</param>
/// <param name="Ended">The leg came to zero, or flipped.</param>
public record struct PositionChange(Money Profit, Money MarginReleased, Money MarginCharged, long Closed, long Opened, bool Ended);

/// <summary>The record of a position's life (F-028). Prices have the decimals of <see cref="Contract.EntryPriceDecimals"/>.</summary>
public readonly record struct ClosedPosition(bool WasLong, Money Realised, Money TradeProfit, Money FeesPaid, Money FundingPaid, long SizeMax, long ClosedSize,
    long OpenedNanos, Int128 OpenPrice, Int128 ClosePrice)
{
    public Int128 LongPrice => WasLong ? OpenPrice : ClosePrice;
    public Int128 ShortPrice => WasLong ? ClosePrice : OpenPrice;
}
