using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>How far an order may reach: the band around the mark, the slip of market orders, and the prices at which the owner's own position would be
/// liquidated or bankrupt (M-053, M-054, F-153).</summary>
public sealed class Bounds(FuturesState state, Sums sums)
{
    /// <summary>Whether a price is outside the band on the side that crosses; compared exactly, equality passes (M-053).</summary>
    public static bool Deviates(Market market, Side side, long price)
    {
        if (market.IsAsleep && (side == Side.Buy ? price > market.Sleep.Band.High : price < market.Sleep.Band.Low)) return true;       // F-242, K-205
        return side == Side.Buy ? price > market.Range.Highest : price < market.Range.Lowest;
    }

    /// <summary>The worst price of a market order: the slip from the best opposite price and the band around the mark, the tighter one, to a tick inward (M-054).</summary>
    /// <param name="slip">Of the order; 0 = the contract's.</param>
    /// <param name="best">Above zero.</param>
    public static long OfMarket(Market market, Side side, long slip, long best)
    {
        var rate = slip != 0 ? slip : market.Terms.MarketOrderSlip.Raw;
        var (tick, deviate) = (market.Terms.Tick, market.Terms.OrderPriceDeviate.Raw);
        if (market.IsAsleep && market.SleepRules.IsStock)
        {
            deviate = long.Min(deviate, AsleepSlip);                        // K-205: from the mark, not from the best price, but where its user says so
            if (slip == 0) rate = Rate.One;
        }
        var limit = side == Side.Buy
            ? long.Min(Scaled(best, Rate.One + rate, tick, Rounding.Floor), Scaled(market.Mark, Rate.One + deviate, tick, Rounding.Floor))
            : long.Max(tick, long.Max(Scaled(best, Rate.One - rate, tick, Rounding.Ceiling), Scaled(market.Mark, Rate.One - deviate, tick, Rounding.Ceiling)));
        if (!market.IsAsleep) return limit;
        var (low, high) = market.Sleep.Band;
        return side == Side.Buy ? long.Min(limit, high - high % tick) : long.Max(limit, (low + tick - 1) / tick * tick);
    }

    private const long AsleepSlip = Rate.One / 50;

    /// <summary>Where a leg would be liquidated if only this mark moved (F-115); null where it cannot.</summary>
    public long? LiquidationPriceOf(in Seat seat, Market market, Leg leg)
    {
        if (seat.SlotOf(leg) is not (>= 0 and var slot)) return null;
        ref readonly var position = ref state.Positions[slot];
        var contract = market.ContractOf(seat);
        var tiers = contract.RiskLimits;
        if (!seat.IsCross) return LiquidationPrice.Isolated(contract, tiers, position.Size, position.EntryValue, position.Margin);
        ref var account = ref state.Accounts[seat.Account];
        sums.Refresh(ref account);
        var cushion = LiquidationPrice.Cushion(state.FreeCash(account), account.Cross, seat.Counted);
        var (longSize, longEntry, shortSize, shortEntry) = LegsOf(seat);
        var band = LiquidationPrice.Cross(contract, tiers, longSize, longEntry, shortSize, shortEntry, cushion);
        return position.Size > 0 ? band.OfLong : band.OfShort;
    }

    /// <summary>Where closing a leg leaves nothing of the equity given to it (F-116).</summary>
    public long? BankruptcyPriceOf(in Seat seat, Market market, Leg leg)
    {
        if (seat.SlotOf(leg) is not (>= 0 and var slot)) return null;
        ref readonly var position = ref state.Positions[slot];
        var contract = market.ContractOf(seat);
        if (!seat.IsCross) return BankruptcyPrice.Isolated(contract, position.Size, position.EntryValue, position.Margin);
        ref var account = ref state.Accounts[seat.Account];
        sums.Refresh(ref account);
        var level = new MarginLevel(state.FreeCash(account) + account.Cross.Unrealised, account.Cross.Requirement);
        return BankruptcyPrice.Cross(contract, position.Size, market.Mark, level, seat.Counted.Requirement);
    }

    /// <summary>Whether closing a leg at a price is surely not beyond its bankruptcy price (F-116); when it is not sure, <see cref="BankruptcyPriceOf"/> says.</summary>
    /// <param name="price">On the tick.</param>
    public bool IsCovered(in Seat seat, Market market, Leg leg, long price)
    {
        if (seat.SlotOf(leg) is not (>= 0 and var slot)) return true;
        ref readonly var position = ref state.Positions[slot];
        var contract = market.ContractOf(seat);
        if (contract.IsInverse) return false;
        if (!seat.IsCross) return BankruptcyPrice.IsCovered(contract, position.Size, price, position.Size > 0 ? position.EntryValue - position.Margin : position.Margin - position.EntryValue);
        ref var account = ref state.Accounts[seat.Account];
        sums.Refresh(ref account);
        var equity = state.FreeCash(account) + account.Cross.Unrealised;
        if (equity.IsNegative) return false;
        if (seat.Counted.Requirement != account.Cross.Requirement)
        {
            if (account.Cross.Requirement <= Money.Zero) return false;
            equity = new Money(Int256.MulDiv(equity.Raw, seat.Counted.Requirement.Raw, account.Cross.Requirement.Raw, Rounding.Floor));
        }
        var value = contract.Value(long.Abs(position.Size), market.Mark);
        return BankruptcyPrice.IsCovered(contract, position.Size, price, position.Size > 0 ? value - equity : value + equity);
    }

    private (long, Money, long, Money) LegsOf(in Seat seat)
    {
        var (longSize, longEntry, shortSize, shortEntry) = (0L, Money.Zero, 0L, Money.Zero);
        foreach (var slot in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
        {
            if (slot < 0) continue;
            ref readonly var position = ref state.Positions[slot];
            if (position.Size > 0) (longSize, longEntry) = (position.Size, position.EntryValue);
            else if (position.Size < 0) (shortSize, shortEntry) = (position.Size, position.EntryValue);
        }
        return (longSize, longEntry, shortSize, shortEntry);
    }

    private static long Scaled(long price, long rate, long tick, Rounding rounding) =>
        checked((long)Int128.Min(Fixed.Divide(Wide.Product(price, rate), Wide.Product(Rate.One, tick), rounding) * tick, long.MaxValue / 2 / tick * tick));
}
