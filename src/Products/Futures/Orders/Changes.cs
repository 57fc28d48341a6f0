using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.Orders;

/// <summary>Cancel, cancel all, amend, countdown (matching sections 5 and 10).</summary>
public sealed class Changes(FuturesState state, Admission admission, OrdinaryAdmission ordinary, OpenOrders orders, Legs legs, Sums sums, Aftermath aftermath)
{
    public const ushort CountdownTimer = 401;

    private const int CountdownSecondsMin = 5;      // M-051

    public ushort Cancel(in CancelContractOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        ref var order = ref state.Pool.ById.Find(command.OrderId, out var slot);
        if (Unsafe.IsNullRef(ref order)) return (ushort)FuturesRefusal.OrderNotFound;
        ref var seat = ref state.Seats[order.Trader];
        var market = state.Markets[seat.Market];
        if (!IsAsked(seat, market, command.Instrument, command.Wallet, context)) return (ushort)FuturesRefusal.OrderNotFound;
        context.ObjectId = command.OrderId;
        market.Book.Begin();
        orders.End(market, context, slot, ref order, ref seat, FinishReason.Cancelled);
        market.Announce(context);
        return 0;
    }

    public ushort CancelAll(in CancelAllContractOrders command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.Instrument != 0 && state.MarketOf(command.Instrument) is null) return (ushort)FuturesRefusal.ContractNotFound;
        context.ObjectId = CancelAll(context.Actor.Value, command.Instrument, command.Wallet, command.Side, command.ExcludeReduceOnly != 0, context);
        return 0;
    }

    /// <summary>M-050, per contract in ascending order id; with instrument 0 contract by contract.</summary>
    public int CancelAll(int user, int instrument, int wallet, SideFilter filter, bool exceptReducing, Context context)
    {
        var cancelled = 0;
        Side? side = filter == SideFilter.Both ? null : filter == SideFilter.Buy ? Side.Buy : Side.Sell;
        if (instrument != 0) return CancelIn(state.MarketOf(instrument)!, user, side, exceptReducing, context);
        foreach (var market in state.Markets)
        {
            if (wallet == 0 || market.Wallet.Value == wallet) cancelled += CancelIn(market, user, side, exceptReducing, context);
        }
        return cancelled;
    }

    public ushort Amend(in AmendContractOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        ref var order = ref state.Pool.ById.Find(command.OrderId, out var slot);
        if (Unsafe.IsNullRef(ref order)) return (ushort)FuturesRefusal.OrderNotFound;
        ref var seat = ref state.Seats[order.Trader];
        var market = state.Markets[seat.Market];
        if (!IsAsked(seat, market, command.Instrument, command.Wallet, context)) return (ushort)FuturesRefusal.OrderNotFound;
        context.ObjectId = order.Id;
        var size = long.Abs(long.Max(command.Size, -ContractCheck.SizeMax - 1));
        if (command.Price is < 0 or > ContractCheck.PriceMax || size > ContractCheck.SizeMax || (size != 0 && command.Size > 0 != (order.Side == Side.Buy)))
        {
            return (ushort)FuturesRefusal.InvalidCombination;
        }
        if (state.Users.IsLocked(seat.User)) return (ushort)FuturesRefusal.UserLocked;
        ref var account = ref state.Accounts[seat.Account];
        if (Admission.IsLocked(account, seat)) return (ushort)FuturesRefusal.PositionInLiquidation;
        if (command.HasText != 0 && !OrderText.IsValid(new TailReader(tail).Bytes())) return (ushort)FuturesRefusal.InvalidText;
        var filled = order.Size - order.Left;
        var price = command.Price == 0 ? order.Price : command.Price;
        if (size == 0) size = order.Size;
        if (price == order.Price && size == order.Size)
        {
            if (command.HasText == 0) return (ushort)FuturesRefusal.NoChange;
            OpenOrders.Updated(context, market, seat, order, order.Price, order.Left, sums.ValuePriceOf(order), UpdateReason.Amend, tail);
            return 0;
        }
        if (market.Status is MarketStatus.Untradable or MarketStatus.Delisted) return (ushort)FuturesRefusal.SideNotTradable;
        var closes = (OrderMarks.Of(order.Flags) & ContractOrderFlags.ClosePosition) != 0;
        if (order.HasAttached || OrderMarks.IsChased(order) || (closes && size != order.Size)) return (ushort)FuturesRefusal.InvalidCombination;       // M-090
        if (size <= filled)                                                     // M-090: nothing would be left
        {
            market.Book.Begin();
            orders.End(market, context, slot, FinishReason.Cancelled);
            market.Announce(context);
            return 0;
        }
        return (ushort)(price != order.Price && (OrderMarks.Of(order.Flags) & ~ContractOrderFlags.Participant) == 0 && ordinary.Takes(order.TimeInForce, account)
            && Admission.IsOrdinary(market, price, size)
            ? ChangeOrdinary(market, slot, ref order, ref seat, ref account, price, size, tail, context)
            : Change(market, slot, ref order, ref seat, price, size, tail, context));
    }

    // Another price of an order with nothing to it, as nearly all amendments are. What is left of it is asked what a new order would be, by the same code: what it asks itself is put aside
    // meanwhile.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FuturesRefusal ChangeOrdinary(Market market, int slot, ref Order order, ref Seat seat, ref MarginAccount account, long price, long size, ReadOnlySpan<byte> tail,
        Context context)
    {
        var (left, seatSlot) = (order.Left + (size - order.Size), order.Trader);
        var asked = new PlaceContractOrder { Price = price, Size = Admission.Mirrored(left, order.Side), TimeInForce = order.TimeInForce };
        var draft = new Draft { IsOrdinary = true };
        sums.OrderChanged(market, ref seat, order, order.Left, 0);
        var refusal = ordinary.Admit(asked, market, seat, ref account, ref draft, order.Id);
        if (refusal != FuturesRefusal.None)
        {
            sums.OrderChanged(market, ref seat, order, 0, order.Left);
            return refusal;
        }
        Restate(market, seat, ref order, draft, size, draft.ValuePrice, tail, context);
        if (draft.Crosses) Take(market, slot, draft, context);
        else
        {
            Move(market.Book, slot, ref order, draft);
            Sums.OrderRested(ref account, ref seat, draft, draft.Value);
        }
        Tell(market, seatSlot, context);
        return FuturesRefusal.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FuturesRefusal Change(Market market, int slot, ref Order order, ref Seat seat, long price, long size, ReadOnlySpan<byte> tail, Context context)
    {
        Describe(market, seat, order, price, size, order.Left + (size - order.Size), out var draft);
        var refusal = Check(market, seat, order, ref draft, size, out var replaced);
        if (refusal == FuturesRefusal.None) Apply(market, slot, ref order, ref seat, draft, replaced, size, tail, context);
        return refusal;
    }

    /// <summary>The engine moves an order to another price, with the checks and the loss of place of an amendment (M-091, M-093, M-111).</summary>
    public FuturesRefusal Reprice(int slot, long price, Context context)
    {
        ref var order = ref state.Pool.Orders[slot];
        ref var seat = ref state.Seats[order.Trader];
        var market = state.Markets[seat.Market];
        if (state.Users.IsLocked(seat.User)) return FuturesRefusal.UserLocked;
        if (Admission.IsLocked(state.Accounts[seat.Account], seat)) return FuturesRefusal.PositionInLiquidation;
        return Change(market, slot, ref order, ref seat, price, order.Size, default, context);
    }

    public ushort SetCountdown(in SetContractCountdown command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.TimeoutSeconds < 0 || command.TimeoutSeconds is > 0 and < CountdownSecondsMin) return (ushort)FuturesRefusal.TimeoutTooShort;
        if (command.Instrument != 0 && state.MarketOf(command.Instrument) is null) return (ushort)FuturesRefusal.ContractNotFound;
        if (!state.Users.TryGet(context.Actor.Value, out _)) return (ushort)FuturesRefusal.UserNotFound;
        var key = (context.Actor.Value, command.Wallet, command.Instrument);
        var due = command.TimeoutSeconds == 0 ? 0 : context.Stamp.TimeNanos + command.TimeoutSeconds * Nanos.PerSecond;
        if (due == 0) state.Countdowns.Remove(key);
        else
        {
            state.Countdowns[key] = due;
            context.Timers.Add(new Due(due, 1, CountdownTimer, command.Instrument, context.Actor.Value, command.Wallet));
        }
        context.ObjectId = due / Nanos.PerMillisecond;
        context.Events.Append(new ContractCountdownSet { User = context.Actor.Value, Wallet = command.Wallet, Instrument = command.Instrument, DueNanos = due });
        return 0;
    }

    /// <summary>Only the timer that still stands acts; replaced and cleared ones find another instant, or none.</summary>
    public void CountdownOver(in Due due, Context context)
    {
        var key = ((int)due.B, (int)due.C, (int)due.A);
        if (!state.Countdowns.TryGetValue(key, out var stands) || stands != due.AtNanos) return;
        state.Countdowns.Remove(key);
        context.Events.Append(new ContractCountdownSet { User = key.Item1, Wallet = key.Item2, Instrument = key.Item3 });
        CancelAll(key.Item1, key.Item3, key.Item2, SideFilter.Both, false, context);
    }

    private int CancelIn(Market market, int user, Side? side, bool exceptReducing, Context context)
    {
        var cancelled = 0;
        foreach (var slot in state.SeatsIn(user, market))
        {
            if (state.Seats[slot].OpenCount == 0) continue;
            market.Book.Begin();
            cancelled += orders.EndAll(market, state.Seats[slot], context, FinishReason.Cancelled, side, exceptReducing);
            market.Announce(context);
        }
        return cancelled;
    }

    // Written where it is read: a draft that is handed back is copied before what was written has reached the cache.
    private void Describe(Market market, in Seat seat, in Order order, long price, long size, long left, out Draft draft)
    {
        var best = market.Book.BestPrice(order.Side ^ Side.Sell) ?? 0;
        draft = default;
        draft.Side = order.Side;
        draft.Size = left;
        draft.Limit = price;
        draft.ValuePrice = OrderMargin.ValuePrice(market.Contract, order.Side, price, best);
        draft.Flags = OrderMarks.Of(order.Flags);
        draft.TimeInForce = order.TimeInForce;
        draft.IsOrdinary = Admission.IsOrdinary(market, price, size);
        draft.Crosses = price != order.Price && market.Status != MarketStatus.CircuitBreaker && Admission.Reaches(order.Side, price, best);
        draft.Rates = price != order.Price || left > order.Left ? state.RatesOf(seat.User, market) : state.Pool.Rates[order.Rates];        // M-008
        if (state.Accounts[seat.Account].Mode == PositionMode.Single) Admission.Meet(seat, ref draft);
        else MeetLeg(seat, order, ref draft);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MeetLeg(in Seat seat, in Order order, ref Draft draft)
    {
        draft.Leg = FillSettlement.LegOf(state, seat, order.Side == Side.Buy ? 1 : -1, order.Flags);
        draft.Reducing = legs.Closes(seat, draft.Leg, draft.Quantity);
        draft.Held = state.SizeOf(seat, draft.Leg);
    }

    // M-093: the checks from M-014 on, with what the order asks now credited back.
    private FuturesRefusal Check(Market market, in Seat seat, in Order order, ref Draft draft, long size, out Replaced replaced)
    {
        replaced = default;
        var refusal = draft.IsOrdinary ? FuturesRefusal.None : Form(market, order, draft, size);
        if (refusal != FuturesRefusal.None) return refusal;
        if (draft.Limit != order.Price)
        {
            refusal = admission.OwnPosition(market, seat, ref draft);
            if (refusal != FuturesRefusal.None) return refusal;
            if (draft.Crosses && order.TimeInForce == TimeInForce.PostOnly) return FuturesRefusal.PostOnlyWouldTake;                 // M-092: the old order stays
        }
        else if (draft.Size < order.Left) return FuturesRefusal.None;
        if (market.Status == MarketStatus.Delisting && !draft.Reduces) return FuturesRefusal.ContractInDelisting;
        replaced = sums.PartOf(market, seat, order);
        return admission.Margin(market, seat, ref state.Accounts[seat.Account], ref draft, replaced);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FuturesRefusal Form(Market market, in Order order, in Draft draft, long size)
    {
        var terms = market.Terms;
        if (!terms.IsOnTick(draft.Limit) || !terms.IsWholeLots(size)) return FuturesRefusal.OffTick;
        if (size < long.Max(terms.OrderSizeMin, terms.SizeStep)) return FuturesRefusal.SizeTooSmall;
        if (size > terms.OrderSizeMax || !market.Contract.IsPayable(size, draft.Limit)) return FuturesRefusal.SizeTooLarge;
        return draft.Limit != order.Price && Bounds.Deviates(market, draft.Side, draft.Limit) ? FuturesRefusal.PriceTooDeviated : FuturesRefusal.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]          // neither the checks nor this have registers to spare for the other
    private void Apply(Market market, int slot, ref Order order, ref Seat seat, in Draft draft, in Replaced replaced, long size, ReadOnlySpan<byte> tail, Context context)
    {
        var keeps = draft.Limit == order.Price && draft.Size < order.Left;
        var isCounted = draft.IsCounted && !draft.Crosses;
        var seatSlot = order.Trader;
        if (!isCounted) sums.OrderChanged(market, ref seat, order, order.Left, 0);
        Restate(market, seat, ref order, draft, size, keeps ? sums.ValuePriceOf(order) : draft.ValuePrice, tail, context);
        if (draft.Crosses) Take(market, slot, draft, context);
        else
        {
            if (keeps) market.Book.Shrink(slot, draft.Size);
            else Move(market.Book, slot, ref order, draft);
            if (isCounted) Sums.OrderRested(ref state.Accounts[seat.Account], ref seat, draft, draft.Value - replaced.Value);
            else orders.Counted(market, ref seat, order);
        }
        Tell(market, seatSlot, context);
    }

    private void Tell(Market market, int seatSlot, Context context)
    {
        orders.Share(market, seatSlot, context);
        market.Announce(context);
        aftermath.Run(context);
    }

    // As a cancel and an order do it, by the same code.
    private void Move(OrderBook book, int slot, ref Order order, in Draft draft)
    {
        var displayed = state.Pool.DisplayedOf(slot);
        OpenOrders.Unlink(book, slot, ref order);
        (order.Price, order.Left) = (draft.Limit, draft.Size);
        Placement.Queue(book, slot, ref order, displayed);
    }

    // Says what becomes of it. Unless it keeps its place it asks by another price, or by more, from now on.
    private void Restate(Market market, in Seat seat, ref Order order, in Draft draft, long size, long valuePrice, ReadOnlySpan<byte> tail, Context context)
    {
        market.Book.Begin();
        order.Size = size;
        if (draft.Limit != order.Price || draft.Size >= order.Left)
        {
            order.Rates = state.Pool.Rates.NumberOf(draft.Rates.Maker, draft.Rates.Taker);
            if (state.ValuePrices.Count != 0) state.ValuePrices.Remove(order.Id);
            if (draft.ValuePrice != draft.Limit) state.ValuePrices.Add(order.Id, draft.ValuePrice);
            if (draft.LossMark != sums.LossMarkOf(order)) OpenOrders.Measured(state, market, seat, order, draft.LossMark, context);
        }
        OpenOrders.Updated(context, market, seat, order, draft.Limit, draft.Size, valuePrice, UpdateReason.Amend, tail);
    }

    // M-092: a price that crosses trades at once as a taker; what is left joins the back of its new level. Its seat's sums do not count it meanwhile.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take(Market market, int slot, in Draft draft, Context context)
    {
        market.Book.Unlink(slot);
        ref var order = ref state.Pool.Orders[slot];
        order.Price = draft.Limit;
        var seatSlot = order.Trader;
        sums.RecountOrders(ref state.Accounts[state.Seats[seatSlot].Account], ref state.Seats[seatSlot]);
        var most = draft.Reduces ? long.Min(draft.Size, draft.Reducing) : draft.Size;
        order.Left = 0;                                     // it takes no share of the position while it trades
        var taker = new Taker
        {
            OrderId = order.Id, Limit = draft.Limit, Left = most, Trader = seatSlot, Side = order.Side, Flags = order.Flags, MakerRate = draft.Rates.Maker,
            TakerRate = draft.Rates.Taker, StpGroup = state.GroupOf(state.Seats[seatSlot]), StpAction = order.StpAction,
        };
        var settlement = new FillSettlement(state, legs, orders, market, context, draft.Size - most);
        var stop = market.Book.Match(ref taker, ref settlement);
        settlement.Finish();
        var left = draft.Size - taker.Filled;
        ref var seat = ref state.Seats[seatSlot];
        order.Left = left;
        if (left > 0 && stop != MatchStop.SelfTrade)
        {
            market.Book.Rest(slot, state.Pool.DisplayedOf(slot));
            orders.Counted(market, ref seat, order);
            return;
        }
        order.Left = 0;                                     // its part of the sums is out already
        OpenOrders.Finished(context, market, seat, order.Id, left, left == 0 ? FinishReason.Filled : FinishReason.SelfTrade);
        orders.Ended(market, context, ref order, FinishReason.Filled);
        market.Book.Free(slot);
    }

    // Another user's order is answered like an unknown one (M-049).
    private static bool IsAsked(in Seat seat, Market market, int instrument, int wallet, Context context) =>
        seat.User == context.Actor.Value && (instrument == 0 || market.Id.Value == instrument) && (wallet == 0 || market.Wallet.Value == wallet);
}
