using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>Turns fills into positions and money (F-161): the value once for both sides, the maker's leg first, then the taker's.</summary>
/// <param name="takerBeyond">Size of a reduce-only taker beyond its position: it is left, and never trades.</param>
/// <param name="takerKind">The engine's own order: a liquidation, or the fund's disposal (M-074).</param>
public struct FillSettlement(FuturesState state, Legs legs, OpenOrders orders, Market market, Context context, long takerBeyond = 0,
    ContractFillFlags takerKind = ContractFillFlags.None) : IFillSettlement
{
    /// <summary>What all fills of the engine's own order were worth, signed as its side sees it, and their fees in cash, also where they are paid in points. Nobody asks of another taker.</summary>
    public Money TakerValue { get; private set; }
    public Money TakerFees { get; private set; }

    // The taker's seat since its first fill: nothing between two fills of it asks for the sums of its account.
    private int uncounted = SeatTable.None;

    /// <summary>After the last fill of a taker, and before anything else is done: its account's sums are brought up to date.</summary>
    public void Finish()
    {
        if (uncounted == SeatTable.None) return;
        ref var seat = ref state.Seats[uncounted];
        uncounted = SeatTable.None;
        legs.Count(ref state.Accounts[seat.Account], ref seat, market);
    }

    public readonly int GroupOf(in Order maker) => state.Seats[maker.Trader].Group;

    [MethodImpl(MethodImplOptions.NoInlining)]          // what it is told are six registers; inlined it would want those of the match
    public void Settle(ref Taker taker, ref Order maker, long price, long size, bool hidden)
    {
        ref readonly var rates = ref state.Pool.Rates[maker.Rates];
        var makerSide = new Part(maker.Id, maker.Trader, hidden ? rates.Taker : rates.Maker, maker.Left, maker.Flags);     // M-064
        var takerSide = new Part(taker.OrderId, taker.Trader, taker.TakerRate, taker.Left + takerBeyond, taker.Flags);
        var isFollowed = state.IsLarge && taker.Left > 0;
        if (isFollowed) Prefetching.NextMaker(state, maker);
        orders.Filled(market, ref state.Seats[maker.Trader], ref maker, size);
        Exchange(taker.Side, takerSide, makerSide, price, size, takerKind | (hidden ? ContractFillFlags.HiddenMaker : ContractFillFlags.None));
        if (isFollowed) Prefetching.NextMakersAccount(state, maker);
        if (maker.HasAttached) state.Triggers.ParentFilled(context, maker.Id, size);

        // M-032: what of the maker's other reduce-only orders is no longer executable must not be met in this sweep.
        orders.Share(market, maker.Trader, context);
    }

    public void SettleAuction(ref Order buy, ref Order sell, long price, long size)
    {
        // Both rested; the younger is called the taker, and both pay the maker rate (M-140).
        ref var older = ref buy.Id < sell.Id ? ref buy : ref sell;
        ref var younger = ref buy.Id < sell.Id ? ref sell : ref buy;
        var takerSide = new Part(younger.Id, younger.Trader, state.Pool.Rates[younger.Rates].Maker, younger.Left, younger.Flags);
        var makerSide = new Part(older.Id, older.Trader, state.Pool.Rates[older.Rates].Maker, older.Left, older.Flags);
        orders.Filled(market, ref state.Seats[older.Trader], ref older, size);
        orders.Filled(market, ref state.Seats[younger.Trader], ref younger, size);
        Exchange(younger.Side, takerSide, makerSide, price, size, ContractFillFlags.Auction);
        Finish();
        if (older.HasAttached) state.Triggers.ParentFilled(context, older.Id, size);
        if (younger.HasAttached) state.Triggers.ParentFilled(context, younger.Id, size);
        orders.Share(market, older.Trader, context);
        orders.Share(market, younger.Trader, context);
    }

    public readonly void MakerEnded(ref Order maker, FinishReason reason) => orders.Ended(market, context, ref maker, reason);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]          // both sides stay where they are, and are not written down to be handed over
    private void Exchange(Side takerSide, in Part taker, in Part maker, long price, long size, ContractFillFlags flags)
    {
        Find(takerSide, taker.Rate, maker.Rate, price, size, out var amounts);
        if (takerKind != ContractFillFlags.None)
        {
            TakerValue += amounts.TakerValue;
            TakerFees += amounts.TakerFee;
        }
        if (state.UsesPoints)                                                                                   // F-045
        {
            flags = PointFees.Replace(state, market, state.Seats[maker.Seat].User, state.Seats[taker.Seat].User, flags, ref amounts.MakerFee, ref amounts.TakerFee);
        }

        var takerQuantity = takerSide == Side.Buy ? size : unchecked(-size);            // a size is above zero
        var makerQuantity = unchecked(-takerQuantity);
        ref var makerSeat = ref state.Seats[maker.Seat];
        ref var takerSeat = ref state.Seats[taker.Seat];
        if (state.IsLarge)
        {
            state.Positions.PrefetchWhole(makerSeat.Net);           // read when the fill has been written
            state.Positions.PrefetchWhole(takerSeat.Net);
        }
        ref var makerAccount = ref state.Accounts[makerSeat.Account];
        ref var takerAccount = ref state.Accounts[takerSeat.Account];
        if (state.IsLarge) state.Ledger.Prefetch(makerAccount.Ledger);
        var makerLeg = LegOf(makerAccount, makerQuantity, maker.Flags);
        var takerLeg = LegOf(takerAccount, takerQuantity, taker.Flags);
        if (makerSeat.Participant) flags |= ContractFillFlags.MakerParticipant;
        if (takerSeat.Participant) flags |= ContractFillFlags.TakerParticipant;

        ref var filled = ref context.Events.AppendUnwritten<ContractFilled>();          // every field is below
        filled.Value = amounts.Value.InHalves;
        filled.MakerFee = amounts.MakerFee.InHalves;
        filled.TakerFee = amounts.TakerFee.InHalves;
        filled.TradeId = market.Book.LastTradeId;
        filled.Price = price;
        filled.Size = size;
        filled.MakerOrder = maker.Order;
        filled.TakerOrder = taker.Order;
        filled.MakerLeft = maker.Left;
        filled.TakerLeft = taker.Left;
        filled.MakerClosed = legs.Closes(makerSeat, makerLeg, makerQuantity);
        filled.TakerClosed = legs.Closes(takerSeat, takerLeg, takerQuantity);
        filled.MakerUser = makerSeat.User;
        filled.TakerUser = takerSeat.User;
        filled.Instrument = market.Id.Value;
        filled.TakerSide = takerSide;
        filled.Flags = flags;
        filled.MakerLeg = makerLeg;
        filled.TakerLeg = takerLeg;
        filled.Reserved = 0;

        // M-150: who ended with this fill is said before positions and balances.
        if (maker.Left == 0) OpenOrders.Finished(context, market, makerSeat, maker.Order, 0, FinishReason.Filled);
        if (taker.Left == 0 && (flags & ContractFillFlags.Auction) != 0) OpenOrders.Finished(context, market, takerSeat, taker.Order, 0, FinishReason.Filled);

        var takerCause = (flags & ContractFillFlags.Liquidation) != 0 ? PositionCause.Liquidation : PositionCause.Fill;
        if ((flags & ContractFillFlags.MakerPoints) != 0) PayPoints(maker.Seat, maker.Order, makerLeg, ref amounts.MakerFee);
        legs.Apply(amounts.MakerValue, amounts.MakerFee, market, ref makerSeat, ref makerAccount, maker.Seat, makerLeg, makerQuantity,
            new LegCause(PositionCause.Fill, maker.Order), context, out _);
        legs.Count(ref makerAccount, ref makerSeat, market);
        if ((flags & ContractFillFlags.TakerPoints) != 0) PayPoints(taker.Seat, taker.Order, takerLeg, ref amounts.TakerFee);
        legs.Apply(amounts.TakerValue, amounts.TakerFee, market, ref takerSeat, ref takerAccount, taker.Seat, takerLeg, takerQuantity,
            new LegCause(takerCause, taker.Order), context, out _);
        uncounted = taker.Seat;
        state.Triggers.Priced(context, market, TriggerPriceType.Last, price, state.Trails);
    }

    // The value once for both sides, and the fee of each on it, rounded up (F-040).
    private readonly void Find(Side takerSide, long takerRate, long makerRate, long price, long size, out Amounts amounts)
    {
        if (!market.Contract.IsShort(size, price))
        {
            FindLarge(takerSide, takerRate, makerRate, price, size, out amounts);
            return;
        }
        var value = market.Contract.ShortValue(size, price);
        var ofTaker = takerSide == Side.Buy ? value : unchecked(-value);
        amounts.Value = new Money(value);
        amounts.TakerValue = new Money(ofTaker);
        amounts.MakerValue = new Money(unchecked(-ofTaker));
        amounts.MakerFee = new Money(new Rate(makerRate).ShortFee(value));
        amounts.TakerFee = new Money(new Rate(takerRate).ShortFee(value));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void FindLarge(Side takerSide, long takerRate, long makerRate, long price, long size, out Amounts amounts)
    {
        var bought = market.Contract.Value(size, price);
        amounts.TakerValue = takerSide == Side.Buy ? bought : -bought;
        amounts.MakerValue = -amounts.TakerValue;
        amounts.Value = bought.IsNegative ? -bought : bought;
        amounts.MakerFee = new Rate(makerRate).Of(amounts.Value, Rounding.Ceiling);
        amounts.TakerFee = new Rate(takerRate).Of(amounts.Value, Rounding.Ceiling);
    }

    // Nothing is left to be paid in cash.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void PayPoints(int seat, long order, Leg leg, ref Money fee)
    {
        PointFees.Pay(state, market, seat, leg, fee, order, context);
        fee = Money.Zero;
    }

    /// <summary>Which leg an order trades (M-083): the net one; in hedge mode an opening order's own side, a reducing one's opposite.</summary>
    public static Leg LegOf(FuturesState state, in Seat seat, long quantity, OrderFlags flags) => LegOf(state.Accounts[seat.Account], quantity, flags);

    private static Leg LegOf(in Margin.MarginAccount account, long quantity, OrderFlags flags)
    {
        if (account.Mode == Margin.PositionMode.Single) return Leg.Net;
        return quantity > 0 == OrderMarks.Reduces(flags) ? Leg.Short : Leg.Long;
    }

    // What a fill is worth without sign and to each side, and what it costs each.
    private struct Amounts
    {
        public Money Value;
        public Money MakerValue;
        public Money TakerValue;
        public Money MakerFee;
        public Money TakerFee;
    }

    private readonly record struct Part(long Order, int Seat, long Rate, long Left, OrderFlags Flags);
}
