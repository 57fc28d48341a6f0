using System.Numerics;
using static Sluice.Bench.Futures.Plain.PlainFormulas;

namespace Sluice.Bench.Futures.Plain;

/// <summary>A position as the plain calculator keeps it.</summary>
internal sealed class PlainLeg
{
    public long Size { get; set; }
    public BigInteger Entry { get; set; }           // W
    public BigInteger Margin { get; set; }          // M
    public long OpenedNanos { get; set; }

    public PlainLeg Copy() => new() { Size = Size, Entry = Entry, Margin = Margin, OpenedNanos = OpenedNanos };

    /// <summary>F-021 to F-023, F-101, F-103. Returns the profit.</summary>
    public BigInteger Fill(long quantity, BigInteger value, int isolatedAt, long nowNanos)
    {
        if (Size == 0 || Size > 0 == quantity > 0)
        {
            if (Size == 0) OpenedNanos = nowNanos;
            Size += quantity;
            Entry += value;
            if (isolatedAt != 0) Margin += Initial(value, isolatedAt);
            return 0;
        }
        var closing = long.Min(long.Abs(quantity), long.Abs(Size));
        var closed = closing == long.Abs(quantity) ? value : PlainFormulas.Share(value, closing, long.Abs(quantity));
        var released = closing == long.Abs(Size) ? Entry : PlainFormulas.Share(Entry, closing, long.Abs(Size));
        Margin -= closing == long.Abs(Size) ? Margin : PlainFormulas.Share(Margin, closing, long.Abs(Size));
        Entry -= released;
        Size += Math.Sign(quantity) * closing;
        if (closing < long.Abs(quantity)) Fill(Math.Sign(quantity) * (long.Abs(quantity) - closing), value - closed, isolatedAt, nowNanos);
        else if (Size == 0) OpenedNanos = 0;
        return -closed - released;
    }
}

/// <summary>An order that rests, or is about to.</summary>
internal sealed class PlainOrder
{
    public required long Id { get; init; }
    public required PlainAccount Owner { get; init; }
    public required int Contract { get; init; }
    public required bool Buys { get; init; }
    public long Price { get; set; }
    public long Left { get; set; }
    public long ValuePrice { get; set; }
}

/// <summary>An account as the plain calculator keeps it: cash, positions, orders. Every figure is added up anew whenever it is asked for.</summary>
/// <param name="user">Its id in the venue.</param>
/// <param name="isCross">Otherwise isolated, in every contract.</param>
/// <param name="leverage">Hundredths.</param>
internal sealed class PlainAccount(int user, bool isCross, int leverage, Func<int, long> markOf)
{
    public int User => user;
    public bool IsCross => isCross;
    public int Leverage => leverage;
    public BigInteger Cash { get; set; }
    public SortedDictionary<int, PlainLeg> Legs { get; } = [];
    public Dictionary<long, PlainOrder> Orders { get; } = [];

    /// <summary>Contracts in liquidation; −1 = the cross scope.</summary>
    public HashSet<int> Locked { get; } = [];

    public int IsolatedAt => isCross ? 0 : leverage;

    public PlainLeg LegOf(int contract) => Legs.TryGetValue(contract, out var leg) ? leg : Legs[contract] = new PlainLeg();

    public BigInteger Margins => Sum(leg => leg.Margin);

    public BigInteger CashBalance => Cash - Margins;

    public BigInteger Unrealised(int contract) => Value(LegOf(contract).Size, markOf(contract)) - LegOf(contract).Entry;

    public BigInteger RequirementOf(int contract) => LegOf(contract).Size == 0 ? 0 : Requirement(Value(LegOf(contract).Size, markOf(contract)));

    /// <summary>F-111: equity and requirement of the cross scope, or of an isolated leg.</summary>
    public (BigInteger Equity, BigInteger Requirement) LevelOf(int contract) => isCross
        ? (CashBalance + SumOver(Unrealised), SumOver(RequirementOf))
        : (LegOf(contract).Margin + Unrealised(contract), RequirementOf(contract));

    public bool IsBreached(int contract)
    {
        var (equity, requirement) = LevelOf(contract);
        return requirement > 0 && equity <= requirement;
    }

    /// <summary>F-093 of cross accounts, F-094 before its floor of the others.</summary>
    public BigInteger Available
    {
        get
        {
            var orders = BigInteger.Zero;
            foreach (var contract in Orders.Values.Select(order => order.Contract).Distinct()) orders += OrderMarginOf(contract, null, 0);
            return CashBalance - orders + (isCross ? SumOver(contract => Unrealised(contract) - Initial(Value(LegOf(contract).Size, markOf(contract)), leverage)) : 0);
        }
    }

    /// <summary>F-106, one way.</summary>
    public BigInteger OrderMarginOf(int contract, PlainOrder? added, long without)
    {
        var all = Orders.Values.Where(order => order.Contract == contract && order.Id != without).ToList();
        if (added is not null) all.Add(added);
        var position = Legs.TryGetValue(contract, out var leg) ? leg.Size : 0;
        return BigInteger.Max(Side(true, -position), Side(false, position));

        BigInteger Side(bool buys, long consumed)
        {
            consumed = long.Max(consumed, 0);
            var sum = BigInteger.Zero;
            foreach (var order in all.Where(order => order.Buys == buys).OrderBy(order => buys ? -order.Price : order.Price).ThenBy(order => order.Id))
            {
                var free = long.Min(consumed, order.Left);
                consumed -= free;
                if (order.Left > free) sum += OrderMargin(buys, Value(order.Left - free, order.ValuePrice), leverage);
            }
            return sum;
        }
    }

    /// <summary>F-115, with X of this account.</summary>
    public BigInteger? LiquidationPriceOf(int contract)
    {
        var leg = LegOf(contract);
        if (leg.Size == 0) return null;
        var (equity, requirement) = LevelOf(contract);
        return LiquidationPrice(leg.Size, leg.Entry, isCross ? equity - Unrealised(contract) - (requirement - RequirementOf(contract)) : leg.Margin);
    }

    /// <summary>F-116.</summary>
    public BigInteger? BankruptcyPriceOf(int contract)
    {
        var leg = LegOf(contract);
        if (leg.Size == 0) return null;
        var (equity, requirement) = LevelOf(contract);
        return isCross ? BankruptcyPrice(leg.Size, markOf(contract), equity * RequirementOf(contract), requirement) : BankruptcyPrice(leg.Size, markOf(contract), equity, 1);
    }

    private BigInteger Sum(Func<PlainLeg, BigInteger> part) => Legs.Values.Aggregate(BigInteger.Zero, (sum, leg) => sum + part(leg));

    private BigInteger SumOver(Func<int, BigInteger> part) => Legs.Where(leg => leg.Value.Size != 0).Select(leg => leg.Key).ToList().Aggregate(BigInteger.Zero, (sum, contract) => sum + part(contract));
}
