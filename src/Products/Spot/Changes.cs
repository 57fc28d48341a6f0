using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Cancel, cancel all, amend, countdown (matching sections 5 and 10).</summary>
internal sealed class Changes(SpotState state)
{
    public const ushort CountdownTimer = 301;

    private const int CountdownSecondsMin = 5;      // M-051

    private readonly OrderPool pool = state.Pool;
    private readonly TraderTable traders = state.Traders;

    public ushort Cancel(in CancelOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        ref var order = ref pool.ById.Find(command.OrderId, out var slot);
        if (Unsafe.IsNullRef(in order)) return (ushort)SpotRefusal.OrderNotFound;
        ref var trader = ref traders[order.Trader];
        if (!IsNamed(trader, command.Instrument, command.Wallet, context)) return (ushort)SpotRefusal.OrderNotFound;
        var pair = state.PairOf(trader.Instrument)!;
        context.ObjectId = command.OrderId;
        pair.Book.Begin();
        Orders.End(state, pair, context, slot, ref order, ref trader, FinishReason.Cancelled);
        pair.Book.Announce(context.Events);
        return 0;
    }

    public ushort CancelAll(in CancelAllOrders command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.Instrument != 0 && state.PairOf(command.Instrument) is null) return (ushort)SpotRefusal.PairNotFound;
        context.ObjectId = CancelAll(context.Actor.Value, command.Instrument, command.Wallet, command.Side, context);
        return 0;
    }

    /// <summary>M-050, per market in ascending order id; with instrument 0 market by market.</summary>
    public int CancelAll(int user, int instrument, int wallet, SideFilter side, Context context)
    {
        var cancelled = 0;
        foreach (var pair in instrument != 0 ? [state.PairOf(instrument)!] : state.Pairs)
        {
            pair.Book.Begin();
            var (spot, margin) = (FirstOf(user, pair, WalletId.Spot, wallet), FirstOf(user, pair, WalletId.Margin(pair.Id), wallet));
            while (spot != OrderPool.None || margin != OrderPool.None)
            {
                var fromSpot = margin == OrderPool.None || (spot != OrderPool.None && pool.Orders[spot].Id < pool.Orders[margin].Id);
                var slot = fromSpot ? spot : margin;
                ref readonly var order = ref pool.Orders[slot];
                if (fromSpot) spot = order.TraderNext;
                else margin = order.TraderNext;
                if (side != SideFilter.Both && (order.Side == Side.Buy) != (side == SideFilter.Buy)) continue;
                Orders.End(state, pair, context, slot, FinishReason.Cancelled);
                cancelled++;
            }
            pair.Book.Announce(context.Events);
        }
        return cancelled;
    }

    private int FirstOf(int user, Pair pair, WalletId of, int wallet) =>
        (wallet == 0 || wallet == of.Value) && state.TryFindTrader(user, pair, of, out var trader)
            ? traders[trader].First
            : OrderPool.None;

    public ushort Amend(in AmendOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        ref var order = ref pool.ById.Find(command.OrderId, out var slot);
        if (Unsafe.IsNullRef(in order)) return (ushort)SpotRefusal.OrderNotFound;
        ref var trader = ref traders[order.Trader];
        if (!IsNamed(trader, command.Instrument, command.Wallet, context)) return (ushort)SpotRefusal.OrderNotFound;
        var pair = state.PairOf(trader.Instrument)!;
        context.ObjectId = order.Id;
        if (command.Price is < 0 or > Pair.PriceMax || command.Size < 0) return (ushort)SpotRefusal.InvalidCombination;
        if (state.Users.IsLocked(context.Actor.Value)) return (ushort)SpotRefusal.UserLocked;
        if (order.HasAttached) return (ushort)SpotRefusal.AmendWithStop;
        var filled = order.Size - order.Left;
        if (command.OnlyIfUnfilled != 0 && filled > 0) return (ushort)SpotRefusal.AmendAlreadyFilledPart;
        var price = command.Price == 0 ? order.Price : command.Price;
        var size = command.Size == 0 ? order.Size : command.Size;
        if (price == order.Price && size == order.Size) return (ushort)(command.HasText != 0 ? TextOnly(pair, ref order, tail, context) : SpotRefusal.NoChange);
        if (pair.Status is MarketStatus.Untradable or MarketStatus.Delisting or MarketStatus.Delisted) return (ushort)SpotRefusal.SideNotTradable;

        pair.Book.Begin();
        if (size <= filled)                                                     // M-090: nothing would be left
        {
            Orders.End(state, pair, context, slot, ref order, ref trader, FinishReason.Cancelled);
            pair.Book.Announce(context.Events);
            return 0;
        }
        var refusal = Check(pair, order, price, size);
        if (refusal != SpotRefusal.None) return (ushort)refusal;
        var account = trader.PaysFrom(order.Side);
        var grows = pair.Reserved(order.Side, price, size - filled) - pair.Reserved(order.Side, order.Price, order.Left);
        if (state.Ledger[account].Available < grows)                            // S-023
        {
            return (ushort)(trader.Wallet == WalletId.Spot.Value ? SpotRefusal.BalanceTooLow : SpotRefusal.MarginBalanceTooLow);
        }
        Apply(pair, slot, ref order, ref trader, account, price, size, grows, tail, context);
        return 0;
    }

    public ushort SetCountdown(in SetCountdown command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.TimeoutSeconds < 0 || command.TimeoutSeconds is > 0 and < CountdownSecondsMin) return (ushort)SpotRefusal.TimeoutTooShort;
        if (command.Instrument != 0 && state.PairOf(command.Instrument) is null) return (ushort)SpotRefusal.PairNotFound;
        var key = (context.Actor.Value, command.Instrument);
        var due = command.TimeoutSeconds == 0 ? 0 : context.Stamp.TimeNanos + command.TimeoutSeconds * Nanos.PerSecond;
        if (due == 0) state.Countdowns.Remove(key);
        else
        {
            state.Countdowns[key] = due;
            context.Timers.Add(new Due(due, 1, CountdownTimer, command.Instrument, context.Actor.Value, 0));
        }
        context.ObjectId = due / Nanos.PerMillisecond;
        context.Events.Append(new CountdownSet { User = context.Actor.Value, Instrument = command.Instrument, DueNanos = due });
        return 0;
    }

    /// <summary>Only the timer that still stands acts; replaced and cleared ones find another instant, or none.</summary>
    public void CountdownOver(in Due due, Context context)
    {
        var key = ((int)due.B, (int)due.A);
        if (!state.Countdowns.TryGetValue(key, out var stands) || stands != due.AtNanos) return;
        state.Countdowns.Remove(key);
        context.Events.Append(new CountdownSet { User = key.Item1, Instrument = key.Item2 });
        CancelAll(key.Item1, key.Item2, 0, SideFilter.Both, context);
    }

    // M-093: the admission checks from M-014 on, with the old reservation credited back by the caller.
    private SpotRefusal Check(Pair pair, in Order order, long price, long size)
    {
        ref readonly var terms = ref pair.Terms;
        if (size < terms.MinBase) return SpotRefusal.AmountTooLittle;
        if (terms.MaxBase != 0 && size > terms.MaxBase) return SpotRefusal.AmountTooMuch;
        if (size > Pair.SizeMax) return SpotRefusal.AmountTooMuch;
        if (!pair.IsPayable(price, size)) return SpotRefusal.ValueTooMuch;
        var value = pair.Book.Value(price, size);
        if (value < terms.MinQuote) return SpotRefusal.ValueTooLittle;
        if (!terms.MaxQuote.IsZero && value > terms.MaxQuote) return SpotRefusal.ValueTooMuch;
        if (price == order.Price) return SpotRefusal.None;
        pair.RefreshBand();
        if (pair.IsOutOfBand(order.Side, price)) return SpotRefusal.PriceOutOfBand;
        var halted = pair.Status == MarketStatus.CircuitBreaker;
        var takes = !halted && order.TimeInForce == TimeInForce.PostOnly && pair.Book.Crosses(order.Side, price);
        return takes ? SpotRefusal.PostOnlyWouldTake : SpotRefusal.None;        // M-092: the old order stays
    }

    private void Apply(Pair pair, int slot, ref Order order, ref Trader trader, int account, long price, long size, Money grows, ReadOnlySpan<byte> tail, Context context)
    {
        var left = size - (order.Size - order.Left);
        if (!grows.IsZero) state.Ledger.Hold(context, account, grows, Reason.OrderAmend, order.Id, pair.Id.Value);
        if (price != order.Price || size > order.Size)                          // M-008: rates are read again
        {
            order.Rates = pool.Rates.NumberOf(pair.MakerRateOf(trader), pair.TakerRateOf(trader));
        }
        var keeps = price == order.Price && size < order.Size;
        order.Size = size;
        Updated(pair, order, price, left, tail, context);
        if (keeps) pair.Book.Shrink(slot, left);
        else if (price != order.Price && pair.Status != MarketStatus.CircuitBreaker && pair.Book.Crosses(order.Side, price)) Take(pair, slot, price, left, context);
        else pair.Book.Move(slot, price, left);
        pair.Book.Announce(context.Events);
    }

    // M-092: a price that crosses trades at once as a taker; a good-till-cancelled rest joins the back of its new level.
    private void Take(Pair pair, int slot, long price, long left, Context context)
    {
        ref var order = ref pool.Orders[slot];
        pair.Book.Unlink(slot, ref order);
        order.Price = price;
        var trader = order.Trader;
        var rates = pool.Rates[order.Rates];
        var taker = new Taker
        {
            OrderId = order.Id, Limit = price, Left = left, Trader = trader, Side = order.Side, Flags = order.Flags, MakerRate = rates.Maker,
            TakerRate = rates.Taker, StpGroup = state.Config.StpByMainAccount != 0 ? traders[trader].StpGroup : 0,
            StpAction = order.StpAction,
        };
        var settlement = new Settlement(state, pair, context);
        var stop = pair.Book.Match(ref taker, ref settlement);
        order.Left = taker.Left;
        if (taker.Left > 0 && stop != MatchStop.SelfTrade)
        {
            pair.Book.Rest(slot, ref order, pool.DisplayedOf(slot));
            return;
        }
        if (taker.Left == 0) Orders.Finished(context, pair, traders[trader], order.Id, 0, Money.Zero, FinishReason.Filled);
        Orders.Ended(state, pair, context, ref order, ref traders[trader], taker.Left == 0 ? FinishReason.Filled : FinishReason.SelfTrade);
        pair.Book.Free(slot, ref order);
    }

    private static SpotRefusal TextOnly(Pair pair, ref Order order, ReadOnlySpan<byte> tail, Context context)
    {
        Updated(pair, order, order.Price, order.Left, tail, context);
        return SpotRefusal.None;
    }

    private static void Updated(Pair pair, in Order order, long price, long left, ReadOnlySpan<byte> tail, Context context)
    {
        ref var updated = ref context.Events.Append<OrderUpdated>(tail);
        updated.OrderId = order.Id;
        updated.Price = price;
        updated.Size = order.Size;
        updated.Left = left;
        updated.User = context.Actor.Value;
        updated.Instrument = pair.Id.Value;
        updated.Reason = UpdateReason.Amend;
        updated.Participant = (order.Flags & OrderFlags.ParticipantOwned) != 0 ? (byte)1 : (byte)0;
    }

    // Another user's order is answered like an unknown one (M-049).
    private static bool IsNamed(in Trader trader, int instrument, int wallet, Context context) =>
        trader.User == context.Actor.Value && (instrument == 0 || trader.Instrument == instrument) && (wallet == 0 || trader.Wallet == wallet);
}
