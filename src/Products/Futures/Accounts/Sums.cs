using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>Keeps the running sums of accounts: what each contract's legs and orders add is replaced when they change, and legs are brought to the
/// present marks when their account is asked for (F-090…F-095).</summary>
public sealed class Sums(FuturesState state)
{
    private OpeningOrder[] buys = new OpeningOrder[64];
    private OpeningOrder[] sells = new OpeningOrder[64];
    private (long Price, long Id, OpeningOrder Order)[] sorted = new (long, long, OpeningOrder)[64];

    /// <summary>Brings all cross contracts of an account to the marks of now.</summary>
    public void Refresh(ref MarginAccount account)
    {
        if (account.MarkClock == state.MarkClock) return;
        if (account.Cross.Requirement.IsZero)               // every cross position requires something: it has none
        {
            account.MarkClock = state.MarkClock;
            return;
        }
        for (var slot = account.FirstOpen; slot != SeatTable.None; slot = state.Seats[slot].NextOpen)
        {
            ref var seat = ref state.Seats[slot];
            if (seat.IsCross && seat.MarkVersion != state.Markets[seat.Market].MarkVersion) Recount(ref account, ref seat);
        }
        account.MarkClock = state.MarkClock;
    }

    /// <summary>Replaces what a seat's cross legs add to the account, at the mark of now. Isolated legs add nothing.</summary>
    public void Recount(ref MarginAccount account, ref Seat seat) => Recount(ref account, ref seat, state.Markets[seat.Market]);

    /// <summary>The same for who knows the contract.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // its products want the registers of whoever changes a leg
    public void Recount(ref MarginAccount account, ref Seat seat, Market market)
    {
        if (seat.IsCross && (seat.Long & seat.Short) == PositionTable.None && (seat.Kept | (seat.Net >> 31)) == 0 && CountShort(ref account, ref seat, market)) return;
        var now = seat.IsCross ? ExposureOf(seat, market) : default;
        account.Replace(seat.Counted, now);
        seat.Counted = now;
        seat.MarkVersion = market.MarkVersion;
    }

    // The usual leg, of one-way mode and in the first tier, in 64 bits. False when it is another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool CountShort(ref MarginAccount account, ref Seat seat, Market market)
    {
        ref readonly var position = ref state.Positions[seat.Net];
        var contract = market.Contract;
        if (!contract.IsShort(position.Size, market.Mark)) return false;
        var signed = contract.ShortValue(position.Size, market.Mark);
        var value = signed < 0 ? unchecked(-signed) : signed;
        var tiers = contract.RiskLimits;
        if (position.Size == 0 || !tiers.IsInFirst(value)) return false;
        // One sum after the other: there are registers for no more.
        var unrealised = new Money(signed) - position.EntryValue;
        account.Cross.Unrealised += unrealised - seat.Counted.Unrealised;
        seat.Counted.Unrealised = unrealised;
        var initial = new Money(MarginFactor.Of(seat.CrossLimit, contract.ExitFee, 1).ShortPart(value));
        account.Cross.InitialMargin += initial - seat.Counted.InitialMargin;
        seat.Counted.InitialMargin = initial;
        var requirement = new Money(unchecked(tiers.InFirst(value) + contract.ExitFee.ShortPart(value)));
        account.Cross.Requirement += requirement - seat.Counted.Requirement;
        seat.Counted.Requirement = requirement;
        seat.MarkVersion = market.MarkVersion;
        return true;
    }

    /// <summary>Of the cross legs of a seat at the mark of now.</summary>
    public Exposure ExposureOf(in Seat seat, Market market) => ExposureOf(seat, market, market.ContractOf(seat));

    /// <summary>The same by other terms.</summary>
    public Exposure ExposureOf(in Seat seat, Market market, Contract contract)
    {
        var tiers = contract.RiskLimits;
        if (seat.Long >= 0 || seat.Short >= 0)
        {
            var (longSize, longEntry) = Leg(seat.Long);
            var (shortSize, shortEntry) = Leg(seat.Short);
            if (longSize != 0 && shortSize != 0)
            {
                return Requirements.Of(contract, tiers, longSize, longEntry, shortSize, shortEntry, seat.CrossLimit, market.Mark);
            }
            if (longSize != 0) return Requirements.Of(contract, tiers, longSize, longEntry, seat.CrossLimit, market.Mark);
            if (shortSize != 0) return Requirements.Of(contract, tiers, shortSize, shortEntry, seat.CrossLimit, market.Mark);
        }
        var (size, entry) = Leg(seat.Net);
        return size == 0 ? default : Requirements.Of(contract, tiers, size, entry, seat.CrossLimit, market.Mark);
    }

    /// <summary>What an account's sums change by when its cross contracts no longer keep former requirements (F-169 step 4).</summary>
    /// <param name="except">A contract that is looked at otherwise.</param>
    public Exposure Lost(in MarginAccount account, int except)
    {
        var lost = default(Exposure);
        for (var slot = account.FirstOpen; slot != SeatTable.None; slot = state.Seats[slot].NextOpen)
        {
            ref readonly var seat = ref state.Seats[slot];
            if (!seat.IsCross || seat.Kept == 0 || seat.Market == except) continue;
            var market = state.Markets[seat.Market];
            lost += ExposureOf(seat, market, market.Contract) - seat.Counted;
        }
        return lost;
    }

    /// <summary>Replaces what a seat's orders ask of the account (F-106): their bound, which is exact in nearly every case.</summary>
    public void RecountOrders(ref MarginAccount account, ref Seat seat)
    {
        var exact = true;
        var margin = account.Mode == PositionMode.Single
            ? Margin.OrderMargin.OneWayBound(state.SizeOf(seat, Positions.Leg.Net), seat.Buys, seat.Sells, out exact)
            : Margin.OrderMargin.Hedge(seat.Buys, seat.Sells);
        Count(ref account, ref seat, margin, exact);
    }

    private static void Count(ref MarginAccount account, ref Seat seat, Money margin, bool exact)
    {
        seat.IsInexact = !exact;
        account.OrderMargin += margin - seat.OrderMargin;
        seat.OrderMargin = margin;
    }

    /// <summary>What an account has and must have, order margins as they are counted.</summary>
    public Risk Of(ref MarginAccount account)
    {
        Refresh(ref account);
        return account.Risk(state.Ledger[account.Ledger].Total);
    }

    /// <summary>The same with order margins to the quantum: walks the orders of the seats whose bound is above what they need.</summary>
    public Risk ExactOf(ref MarginAccount account)
    {
        var risk = Of(ref account);
        return risk with { OrderMargin = risk.OrderMargin - Excess(account) };
    }

    /// <summary>By how much the counted order margins of an account are above the exact ones.</summary>
    public Money Excess(in MarginAccount account)
    {
        var excess = Money.Zero;
        for (var slot = account.FirstSeat; slot != SeatTable.None; slot = state.Seats[slot].NextOfAccount)
        {
            ref readonly var seat = ref state.Seats[slot];
            if (seat.IsInexact) excess += seat.OrderMargin - Exact(seat, default, Side.Buy, 0);
        }
        return excess;
    }

    /// <summary>F-106 of a one-way seat, and of one more order when it is given.</summary>
    /// <param name="added">Of no size: none.</param>
    /// <param name="without">An order that the added one replaces; 0 = none.</param>
    public Money Exact(in Seat seat, in OpeningOrder added, Side side, long price, long without = 0)
    {
        var market = state.Markets[seat.Market];
        var position = state.SizeOf(seat, Positions.Leg.Net);
        var bought = Collect(seat, market, Side.Buy, side == Side.Buy ? added : default, price, without, ref buys);
        var sold = Collect(seat, market, Side.Sell, side == Side.Sell ? added : default, price, without, ref sells);
        return Margin.OrderMargin.OneWay(market.Contract, position, buys.AsSpan(0, bought), sells.AsSpan(0, sold), seat.LeverageOf(Positions.Leg.Net));
    }

    /// <summary>What one opening order asks as if it met no position (F-104).</summary>
    public Money MarginOf(Market market, in Seat seat, in Order order, long left)
    {
        if (left == 0) return Money.Zero;
        var fee = Margin.OrderMargin.FeeOf(market.Contract, new Rate(state.Pool.Rates[order.Rates].Taker));
        return Margin.OrderMargin.Of(market.Contract, order.Side, left, ValuePriceOf(order), seat.LeverageOf(order.Side), fee, LossMarkOf(order));
    }

    /// <summary>What an open order counts in its seat's sums.</summary>
    public Orders.Replaced PartOf(Market market, in Seat seat, in Order order)
    {
        if (!IsPlain(market.Contract, order.Left, order.Price)) return LargePartOf(market, seat, order);
        var value = market.Contract.ShortValue(order.Left, order.Price);
        return new Orders.Replaced(order.Id, order.Left, new Money(FactorOf(market.Contract, seat, order).ShortPart(value)), new Money(value));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Orders.Replaced LargePartOf(Market market, in Seat seat, in Order order) =>
        new(order.Id, order.Left, MarginOf(market, seat, order, order.Left), ValueOf(market, order.Price, order.Left));

    // What every order asks is by its own price, and this one's value is short.
    private bool IsPlain(Contract contract, long left, long price) => (state.ValuePrices.Count | state.LossMarks.Count) == 0 && contract.IsShort(left, price);

    /// <summary>The price an order of the pool is valued at (F-104, F-105).</summary>
    public long ValuePriceOf(in Order order) =>
        state.ValuePrices.Count != 0 && state.ValuePrices.TryGetValue(order.Id, out var price) ? price : order.Price;

    /// <summary>The mark an order's open loss is measured from (F-109); 0 = it has none.</summary>
    public long LossMarkOf(in Order order) => state.LossMarks.Count != 0 && state.LossMarks.TryGetValue(order.Id, out var mark) ? mark : 0;

    /// <summary>An order's part of its seat's sums goes from one size left to another. Reduce-only orders have none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // inlined into whoever matches, its own sums would be calls
    public void OrderChanged(Market market, ref Seat seat, in Order order, long leftBefore, long leftAfter)
    {
        if (OrderMarks.Reduces(order)) return;
        var contract = market.Contract;
        if (!IsPlain(contract, leftBefore | leftAfter, order.Price))
        {
            LargeChanged(contract, ref seat, order, leftBefore, leftAfter);
            return;
        }
        // Sizes are not negative, and neither has a bit that the two together do not have.
        var factor = FactorOf(contract, seat, order);
        var (value, margin) = (0L, 0L);
        if (leftAfter != 0)
        {
            value = contract.ShortValue(leftAfter, order.Price);
            margin = factor.ShortPart(value);
        }
        if (leftBefore != 0)
        {
            var before = contract.ShortValue(leftBefore, order.Price);
            value = unchecked(value - before);
            margin = unchecked(margin - factor.ShortPart(before));
        }
        Add(ref seat, order.Side, leftAfter - leftBefore, new Money(margin), new Money(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MarginFactor FactorOf(Contract contract, in Seat seat, in Order order) =>
        Margin.OrderMargin.Factor(contract, order.Side, seat.LeverageOf(order.Side), Margin.OrderMargin.FeeOf(contract, new Rate(state.Pool.Rates[order.Rates].Taker)));

    // The same of any value, at the price of F-104 and with the loss of F-109.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LargeChanged(Contract contract, ref Seat seat, in Order order, long leftBefore, long leftAfter)
    {
        var factor = FactorOf(contract, seat, order);
        var valuePrice = ValuePriceOf(order);
        var (margin, value) = (Money.Zero, Money.Zero);
        if (leftAfter != 0) margin = AskOf(contract, leftAfter, order.Price, valuePrice, factor, out value);
        if (leftBefore != 0)
        {
            margin -= AskOf(contract, leftBefore, order.Price, valuePrice, factor, out var before);
            value -= before;
        }
        if (LossMarkOf(order) is not 0 and var lossMark)
        {
            margin += Margin.OrderMargin.OpenLoss(contract, leftAfter, valuePrice, lossMark) - Margin.OrderMargin.OpenLoss(contract, leftBefore, valuePrice, lossMark);
        }
        Add(ref seat, order.Side, leftAfter - leftBefore, margin, value);
    }

    // What a size asks as if it met no position, and what it is worth at its price; mostly that is one product.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Money AskOf(Contract contract, long left, long price, long valuePrice, in MarginFactor factor, out Money value)
    {
        var notional = contract.NotionalOf(left, price);
        value = notional.ToMoney(Rounding.HalfEven);
        if (valuePrice != price) notional = contract.NotionalOf(left, valuePrice);
        return notional.Part(factor);
    }

    /// <summary>An order rests, new with nothing traded or with other terms, and what its seat's orders ask with it was found when it was admitted.</summary>
    /// <param name="worth">By how much more its side is worth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OrderRested(ref MarginAccount account, ref Seat seat, in Orders.Draft draft, Money worth)
    {
        ref var own = ref Seat.OrdersOf(ref seat, draft.Side);
        (own.Size, own.Margin) = (draft.Own.Size, draft.Own.Margin.InHalves);       // as they were written a moment ago
        Seat.OrderValueOf(ref seat, draft.Side) += worth;
        seat.IsInexact = !draft.IsExact;
        account.OrderMargin += draft.Needed;
        seat.OrderMargin = draft.OrderMargin.InHalves;
    }

    private static void Add(ref Seat seat, Side side, long size, Money margin, Money value)
    {
        Seat.OrdersOf(ref seat, side).Add(size, margin);
        Seat.OrderValueOf(ref seat, side) += value;
    }

    /// <summary>Adds a seat's orders up anew: at another leverage each asks for something else (F-105).</summary>
    public void RecountAllOrders(ref MarginAccount account, ref Seat seat)
    {
        var market = state.Markets[seat.Market];
        (seat.Buys, seat.Sells) = (default, default);
        seat.BuyValue = seat.SellValue = Money.Zero;
        for (var slot = seat.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].TraderNext)
        {
            ref readonly var order = ref state.Pool.Orders[slot];
            OrderChanged(market, ref seat, order, 0, order.Left);
        }
        RecountOrders(ref account, ref seat);
    }

    /// <summary>Magnitude of a value, half-even where it does not come out even.</summary>
    public static Money ValueOf(Market market, long price, long size) => market.Contract.IsShort(size, price)
        ? new Money(long.Abs(market.Contract.ShortValue(size, price)))
        : size == 0 ? Money.Zero : market.Contract.NotionalOf(size, price).ToMoney(Rounding.HalfEven);

    private (long Size, Money Entry) Leg(int slot)
    {
        if (slot < 0) return default;
        ref readonly var position = ref state.Positions[slot];
        return (position.Size, position.EntryValue);
    }

    // Opening orders of one side, best price first, then oldest.
    private int Collect(in Seat seat, Market market, Side side, in OpeningOrder added, long price, long without, ref OpeningOrder[] into)
    {
        var count = 0;
        if (sorted.Length < seat.OpenCount + 1)
        {
            Array.Resize(ref sorted, 2 * seat.OpenCount + 2);
        }
        if (into.Length < sorted.Length) Array.Resize(ref into, sorted.Length);
        for (var slot = seat.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].TraderNext)
        {
            ref readonly var order = ref state.Pool.Orders[slot];
            if (order.Side != side || order.Id == without || OrderMarks.Reduces(order)) continue;
            var fee = Margin.OrderMargin.FeeOf(market.Contract, new Rate(state.Pool.Rates[order.Rates].Taker));
            Insert(ref count, side, order.Price, order.Id, new OpeningOrder(order.Left, ValuePriceOf(order), fee, LossMarkOf(order)));
        }
        if (added.Left > 0) Insert(ref count, side, price, long.MaxValue, added);
        for (var i = 0; i < count; i++) into[i] = sorted[i].Order;
        return count;
    }

    private void Insert(ref int count, Side side, long price, long id, in OpeningOrder order)
    {
        var key = side == Side.Buy ? -price : price;
        var at = count++;
        for (; at > 0 && (sorted[at - 1].Price > key || (sorted[at - 1].Price == key && sorted[at - 1].Id > id)); at--) sorted[at] = sorted[at - 1];
        sorted[at] = (key, id, order);
    }
}
