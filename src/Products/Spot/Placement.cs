using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Admission in the order of matching section 2, then matching, then resting or ending (spot section 10).</summary>
internal sealed class Placement(SpotState state)
{
    private const SelfTradeAction DefaultAction = SelfTradeAction.CancelNewest;

    private readonly Ledger ledger = state.Ledger;
    private readonly OrderPool pool = state.Pool;
    private readonly TraderTable traders = state.Traders;

    /// <summary>An external command.</summary>
    public ushort Place(in PlaceOrder command, ReadOnlySpan<byte> tail, Context context) =>
        (ushort)Place(command, tail, context.Actor.Value, 0, context);

    /// <summary>Also the way of a fired trigger order (M-103).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SpotRefusal Place(in PlaceOrder command, ReadOnlySpan<byte> tail, int user, long triggerId, Context context)
    {
        if (state.PairOf(command.Instrument) is not { } pair) return SpotRefusal.PairNotFound;
        pair.RefreshBand();

        // Most orders have nothing unusual about them, meet nobody and rest; whichever has, or does, goes the long way from its beginning.
        if (command.IsPlain && tail.IsEmpty && pair.Usual.Admit(command, context.Stamp.TimeNanos, out var product) && !pair.Book.Crosses(command.Side, command.Price))
        {
            ref var trader = ref state.TraderOf(user, pair, new WalletId(command.Wallet), out var slot);
            if (!Unsafe.IsNullRef(in trader) && trader.OpenCount < pair.Usual.OrdersBelow && !state.Users.IsLocked(user))
            {
                return Rest(command, pair, slot, ref trader, product, triggerId, context);
            }
        }
        return Take(command, tail, pair, user, triggerId, context);
    }

    // A plain order that has been admitted and meets nobody. What it is made of is written straight to where it stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SpotRefusal Rest(in PlaceOrder command, Pair pair, int traderSlot, ref Trader trader, ulong product, long triggerId, Context context)
    {
        ref readonly var payer = ref ledger[trader.PaysFrom(command.Side)];
        var reserved = pair.Reserved(command.Side, command.Size, product);
        if (payer.Available < reserved) return TooLow(trader);

        var id = context.NextId();
        context.ObjectId = id;
        var (makerRate, takerRate, flags) = (pair.MakerRateOf(trader), pair.TakerRateOf(trader), FlagsOf(trader));
        Accepted(context, command, default, trader, id, makerRate, takerRate, flags, triggerId);
        ref var order = ref pool.TakeOrder(out var slot);
        Fill(ref order, command, id, command.Size, makerRate, takerRate, traderSlot, flags, false, DefaultAction);
        Ledger.Hold(context, payer, reserved, Reason.OrderHold, id, pair.Id.Value);

        pair.Book.Begin();
        pair.Book.Rest(slot, ref order, 0);
        traders.Link(ref trader, slot, ref order);
        pair.Book.Announce(context.Events);
        return SpotRefusal.None;
    }

    // Any order: each rule is asked about, in the order of matching section 2.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private SpotRefusal Take(in PlaceOrder command, ReadOnlySpan<byte> tail, Pair pair, int user, long triggerId, Context context)
    {
        var refusal = pair.Usual.Admit(command, context.Stamp.TimeNanos, out _) ? SpotRefusal.None : Admit(command, pair, context.Stamp.TimeNanos);
        if (refusal != SpotRefusal.None) return refusal;
        ref var trader = ref state.TraderOf(user, pair, new WalletId(command.Wallet), out var slot);
        if (Unsafe.IsNullRef(in trader)) return state.Users.TryGet(user, out _) ? SpotRefusal.WalletNotSupported : SpotRefusal.UserNotFound;
        if (state.Users.IsLocked(user)) return SpotRefusal.UserLocked;
        var mayRest = command.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
        refusal = AdmitFor(trader, command, pair, tail, mayRest);
        if (refusal != SpotRefusal.None) return refusal;

        var taker = default(Taker);
        Describe(ref taker, command, pair, slot, trader);
        var attaches = command.TakeProfitTrigger != 0 || command.StopLossTrigger != 0;
        var meets = !mayRest || (pair.Status != MarketStatus.CircuitBreaker && pair.Book.Crosses(command.Side, command.Price));
        var killed = meets && !TakesAnything(command) ? KilledAtOnce(command, pair, taker, context) : default;
        if (killed.Refusal is SpotRefusal.NoCounterparty) return killed.Refusal;
        var account = trader.PaysFrom(command.Side);
        var reserved = taker.ByBudget ? command.Budget : pair.Reserved(command.Side, command.Price, command.Size);
        if (killed.Refusal == SpotRefusal.None && ledger[account].Available < reserved) return TooLow(trader);

        // Nothing below this line may refuse for want of anything.
        taker.OrderId = context.NextId();
        context.ObjectId = taker.OrderId;
        Accepted(context, command, tail, trader, taker.OrderId, taker.MakerRate, taker.TakerRate, taker.Flags, triggerId);
        if (killed.Refusal != SpotRefusal.None)
        {
            Orders.Finished(context, pair, trader, taker.OrderId, command.Size, command.Budget, killed.Reason);     // M-027
            return killed.Refusal;
        }
        ledger.Hold(context, account, reserved, Reason.OrderHold, taker.OrderId, pair.Id.Value);
        if (attaches) state.Triggers.Attach(context, pair, trader, command, taker.OrderId);

        pair.Book.Begin();
        var received = Money.Zero;
        var stop = meets ? Trade(pair, ref taker, attaches, ref received, context) : MatchStop.Bound;
        var left = taker.ByBudget ? 0 : taker.Left;
        if (mayRest && left > 0 && stop != MatchStop.SelfTrade) Rest(command, tail, pair, slot, ref trader, taker);
        else Finish(context, pair, ref trader, command, taker, stop, account);
        if (attaches) AttachedToTaker(taker, received, context);
        pair.Book.Announce(context.Events);
        return SpotRefusal.None;
    }

    private static SpotRefusal TooLow(in Trader trader) =>
        trader.Wallet == WalletId.Spot.Value ? SpotRefusal.BalanceTooLow : SpotRefusal.MarginBalanceTooLow;

    // M-012 to M-014: what depends on the pair and the order alone.
    private static SpotRefusal Admit(in PlaceOrder command, Pair pair, long nowNanos)
    {
        if (!SideOpen(pair, command, nowNanos)) return SpotRefusal.SideNotTradable;
        var combination = Combination(command, pair);
        if (combination != SpotRefusal.None) return combination;

        ref readonly var terms = ref pair.Terms;
        if (command.Type == OrderType.Market && command.Side == Side.Buy)
        {
            if (command.Budget < terms.MinQuote) return SpotRefusal.ValueTooLittle;
            var most = terms.MarketMaxQuote.IsZero ? terms.MaxQuote : terms.MarketMaxQuote;
            return !most.IsZero && command.Budget > most ? SpotRefusal.ValueTooMuch : SpotRefusal.None;
        }
        if (command.Size < terms.MinBase) return SpotRefusal.AmountTooLittle;
        if (command.Size > Pair.SizeMax) return SpotRefusal.AmountTooMuch;
        var market = command.Type == OrderType.Market;
        var limit = market && terms.MarketMaxBase != 0 ? terms.MarketMaxBase : terms.MaxBase;
        if (limit != 0 && command.Size > limit) return SpotRefusal.AmountTooMuch;
        var price = market ? pair.Reference : command.Price;
        if (!pair.IsPayable(price, command.Size)) return SpotRefusal.ValueTooMuch;
        if (terms.MinQuote.IsZero && terms.MaxQuote.IsZero) return SpotRefusal.None;
        var value = pair.Book.Value(price, command.Size);
        if (value < terms.MinQuote) return SpotRefusal.ValueTooLittle;
        return !terms.MaxQuote.IsZero && !market && value > terms.MaxQuote ? SpotRefusal.ValueTooMuch : SpotRefusal.None;
    }

    private static bool SideOpen(Pair pair, in PlaceOrder command, long nowNanos)
    {
        var start = command.Side == Side.Buy ? pair.Terms.BuyStartNanos : pair.Terms.SellStartNanos;
        if (nowNanos < start) return false;                               // M-141
        return pair.Status switch
        {
            MarketStatus.Tradable => true,
            MarketStatus.Buyable => command.Side == Side.Buy,
            MarketStatus.Sellable => command.Side == Side.Sell,
            MarketStatus.CircuitBreaker => command.TimeInForce == TimeInForce.PostOnly,
            _ => false,
        };
    }

    // The truth table of section 4 and M-060.
    private static SpotRefusal Combination(in PlaceOrder command, Pair pair)
    {
        if ((command.Flags & (OrderFlags.AutoBorrow | OrderFlags.AutoRepay)) != 0)
        {
            return command.Wallet == WalletId.Spot.Value ? SpotRefusal.BorrowingNotAvailable : SpotRefusal.MarginBorrowingNotAvailable;
        }
        if (command.Side > Side.Sell || command.Type > OrderType.Market || command.TimeInForce > TimeInForce.PostOnly
            || command.StpAction > SelfTradeAction.CancelBoth)
        {
            return SpotRefusal.InvalidCombination;                          // M-010
        }
        if (command.Type == OrderType.Market)
        {
            if (command.TimeInForce is not (TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill)) return SpotRefusal.InvalidCombination;
            if (command.Price != 0 || command.Iceberg != 0) return SpotRefusal.InvalidCombination;
            if (command.Side == Side.Buy ? command.Budget.Raw <= 0 || command.Size != 0 : command.Size <= 0 || !command.Budget.IsZero)
            {
                return SpotRefusal.InvalidCombination;
            }
            if (command.TakeProfitTrigger != 0 || command.StopLossTrigger != 0) return SpotRefusal.InvalidCombination;
            return command.SlippageRate is < 0 or > Rate.One || (pair.Terms.SlippageRate != 0 && command.SlippageRate > pair.Terms.SlippageRate)
                ? SpotRefusal.SlippageOutOfRange
                : SpotRefusal.None;
        }
        if (command.Price is <= 0 or > Pair.PriceMax || command.Size <= 0 || !command.Budget.IsZero || command.SlippageRate != 0) return SpotRefusal.InvalidCombination;
        if (command.Iceberg != 0)
        {
            var rests = command.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
            if (!rests || command.Iceberg < 0 || command.Iceberg >= command.Size || command.Iceberg < pair.Terms.MinBase) return SpotRefusal.InvalidCombination;
        }
        var stops = command.TakeProfitTrigger | command.StopLossTrigger | command.TakeProfitPrice | command.StopLossPrice;
        return stops == 0 ? SpotRefusal.None : StopGeometry(command);
    }

    // M-107: buy parent – profit above, loss below its price; sell parent reversed.
    private static SpotRefusal StopGeometry(in PlaceOrder command)
    {
        var up = command.Side == Side.Buy ? command.TakeProfitTrigger : command.StopLossTrigger;
        var down = command.Side == Side.Buy ? command.StopLossTrigger : command.TakeProfitTrigger;
        var wrong = up < 0 || down < 0 || command.TakeProfitPrice < 0 || command.StopLossPrice < 0
            || (up != 0 && up <= command.Price) || (down != 0 && down >= command.Price);
        return wrong ? SpotRefusal.StopPriceGeometry : SpotRefusal.None;
    }

    // M-015 to M-019: what depends on who asks.
    private SpotRefusal AdmitFor(in Trader trader, in PlaceOrder command, Pair pair, ReadOnlySpan<byte> tail, bool mayRest)
    {
        if (!tail.IsEmpty)
        {
            var text = new TailReader(tail).Bytes();
            if (!OrderText.IsValid(text)) return SpotRefusal.InvalidText;
            if (trader.UniqueText && text.StartsWith("t-"u8) && TextInUse(trader, System.Text.Encoding.UTF8.GetString(text))) return SpotRefusal.RepeatedText;
        }
        if (mayRest && pair.Terms.OrdersLimit > 0 && trader.OpenCount >= pair.Terms.OrdersLimit) return SpotRefusal.TooManyOrders;
        if (command.StpAction != SelfTradeAction.None && state.Config.StpByMainAccount == 0) return SpotRefusal.StpNotInGroup;
        if (command.Type == OrderType.Market) return SpotRefusal.None;
        return pair.IsOutOfBand(command.Side, command.Price) ? SpotRefusal.PriceOutOfBand : SpotRefusal.None;
    }

    private bool TextInUse(in Trader trader, string text)
    {
        foreach (var (owner, used) in state.UniqueTexts.Values)
        {
            if (used == text && state.Traders[owner].User == trader.User && state.Traders[owner].Instrument == trader.Instrument) return true;
        }
        return false;
    }

    // Filled in where it stays: a copy of what was just written field by field is slow.
    private void Describe(ref Taker taker, in PlaceOrder command, Pair pair, int slot, in Trader trader)
    {
        var bound = command.Price;
        if (command.Type == OrderType.Market)
        {
            var rate = command.SlippageRate != 0 ? command.SlippageRate : pair.Terms.SlippageRate;
            var unbounded = rate == 0 || pair.Reference == 0;
            bound = unbounded ? command.Side == Side.Buy ? long.MaxValue : 0 : Pair.Bound(command.Side, pair.Reference, rate);   // M-056
        }
        taker.Limit = bound;
        taker.Left = command.Size;
        taker.Budget = command.Budget;
        taker.ByBudget = command.Type == OrderType.Market && command.Side == Side.Buy;
        taker.MakerRate = pair.MakerRateOf(trader);
        taker.TakerRate = pair.TakerRateOf(trader);
        taker.Trader = slot;
        taker.StpGroup = GroupOf(trader);
        taker.StpAction = command.StpAction == SelfTradeAction.None ? DefaultAction : command.StpAction;
        taker.Side = command.Side;
        taker.Flags = FlagsOf(trader);
    }

    private int GroupOf(in Trader trader) => state.Config.StpByMainAccount != 0 ? trader.StpGroup : 0;

    // Each mark is 0 or 1: moved to where the flag is, which asks nothing.
    private static OrderFlags FlagsOf(in Trader trader) => unchecked((OrderFlags)(
        (Unsafe.BitCast<bool, byte>(trader.FeeToken) * (int)OrderFlags.FeeToken) | (Unsafe.BitCast<bool, byte>(trader.Participant) * (int)OrderFlags.ParticipantOwned)));

    // A frame of its own: what it needs would be zeroed for every order that rests.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MatchStop Trade(Pair pair, ref Taker taker, bool attaches, ref Money received, Context context)
    {
        if (pair.Status == MarketStatus.CircuitBreaker) return MatchStop.Bound;
        var settlement = new Settlement(state, pair, context) { TakerAttached = attaches };
        var stop = pair.Book.Match(ref taker, ref settlement);
        received = settlement.TakerReceived;
        return stop;
    }

    // A limit order whose rest is cancelled, or rests: it takes what there is.
    private static bool TakesAnything(in PlaceOrder command) =>
        command is { Type: OrderType.Limit, TimeInForce: TimeInForce.GoodTillCancelled or TimeInForce.ImmediateOrCancel };

    // M-022 to M-024, on the book as it stands (M-028).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (SpotRefusal Refusal, FinishReason Reason) KilledAtOnce(in PlaceOrder command, Pair pair, in Taker taker, Context context)
    {
        var settlement = new Settlement(state, pair, context);
        if (command.TimeInForce == TimeInForce.PostOnly && pair.Status != MarketStatus.CircuitBreaker && pair.Book.Crosses(command.Side, command.Price))
        {
            return (SpotRefusal.PostOnlyWouldTake, FinishReason.PostOnly);
        }
        if (command.TimeInForce == TimeInForce.FillOrKill && !Feasible(pair, taker, ref settlement))
        {
            var open = taker;
            open.StpGroup = 0;
            var blamed = taker.StpGroup != 0 && Feasible(pair, open, ref settlement) ? FinishReason.SelfTrade : FinishReason.FillOrKill;    // M-075
            return (SpotRefusal.FillOrKillWouldNotFill, blamed);
        }
        if (command.Type == OrderType.Market && pair.Book.Opposite(command.Side).IsEmpty) return (SpotRefusal.NoCounterparty, FinishReason.Open);
        return (SpotRefusal.None, FinishReason.Open);
    }

    private static bool Feasible(Pair pair, in Taker taker, ref Settlement settlement) => taker.ByBudget
        ? pair.Book.CanSpend(taker, ref settlement)
        : pair.Book.Reachable(taker, taker.Left, ref settlement) >= taker.Left;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Accepted(Context context, in PlaceOrder command, ReadOnlySpan<byte> tail, in Trader trader, long id, long makerRate, long takerRate, OrderFlags flags, long triggerId)
    {
        ref var accepted = ref context.Events.Append<OrderAccepted>(tail);
        accepted.Budget = command.Budget;
        accepted.OrderId = id;
        accepted.Price = command.Price;
        accepted.Size = command.Size;
        accepted.Iceberg = command.Iceberg;
        accepted.MakerRate = makerRate;
        accepted.TakerRate = takerRate;
        accepted.SlippageRate = command.SlippageRate;
        accepted.User = trader.User;
        accepted.Instrument = trader.Instrument;
        accepted.Wallet = trader.Wallet;
        accepted.StpGroup = GroupOf(trader);
        accepted.Side = command.Side;
        accepted.Type = command.Type;
        accepted.TimeInForce = command.TimeInForce;
        accepted.StpAction = command.StpAction;
        accepted.Flags = flags;
        accepted.TriggerId = triggerId;
    }

    // A new order of the pool; its places in the queue and in its trader's list come when it rests.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(ref Order order, in PlaceOrder command, long id, long left, long makerRate, long takerRate, int trader, OrderFlags flags, bool attached, SelfTradeAction action)
    {
        order = default;
        order.Id = id;
        order.Price = command.Price;
        order.Size = command.Size;
        order.Left = left;
        order.Rates = pool.Rates.NumberOf(makerRate, takerRate);
        order.Trader = trader;
        order.Side = command.Side;
        order.TimeInForce = command.TimeInForce;
        order.Flags = flags;
        order.Mark(attached, action);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Rest(in PlaceOrder command, ReadOnlySpan<byte> tail, Pair pair, int traderSlot, ref Trader trader, in Taker taker)
    {
        ref var order = ref pool.TakeOrder(out var slot);
        var attached = command.TakeProfitTrigger != 0 || command.StopLossTrigger != 0;
        Fill(ref order, command, taker.OrderId, taker.Left, taker.MakerRate, taker.TakerRate, traderSlot, taker.Flags, attached, taker.StpAction);
        pair.Book.Rest(slot, ref order, command.Iceberg);
        traders.Link(ref trader, slot, ref order);
        if (!trader.UniqueText || tail.IsEmpty) return;
        var text = new TailReader(tail).Text();
        if (text.StartsWith("t-", StringComparison.Ordinal)) state.UniqueTexts.Add(taker.OrderId, (traderSlot, text));
    }

    private void Finish(Context context, Pair pair, ref Trader trader, in PlaceOrder command, in Taker taker, MatchStop stop, int account)
    {
        var rest = taker.ByBudget ? taker.Budget : pair.Reserved(command.Side, command.Price, taker.Left);
        if (!rest.IsZero) state.Ledger.Release(context, account, rest, Reason.OrderRelease, taker.OrderId, pair.Id.Value);
        Orders.Finished(context, pair, trader, taker.OrderId, taker.Left, taker.Budget, ReasonFor(command, taker, stop));
    }

    // M-044, S-031 and the truth table.
    private static FinishReason ReasonFor(in PlaceOrder command, in Taker taker, MatchStop stop) => stop switch
    {
        MatchStop.Filled => FinishReason.Filled,
        MatchStop.SelfTrade => FinishReason.SelfTrade,
        MatchStop.BudgetDust => taker.Filled == 0 ? FinishReason.Small : FinishReason.Filled,
        _ when command.TimeInForce == TimeInForce.FillOrKill => FinishReason.Filled,     // S-033: what is left buys no lot
        _ when command.Type == OrderType.Limit => FinishReason.ImmediateOrCancel,
        MatchStop.BookEmpty => FinishReason.DepthNotEnough,
        _ => FinishReason.PriceProtectCancelled,
    };

    private void AttachedToTaker(in Taker taker, Money received, Context context)
    {
        if (taker.Filled > 0) state.Triggers.ParentFilled(context, taker.OrderId, taker.Filled, received);
        if (!state.Pool.ById.TryGet(taker.OrderId, out _)) state.Triggers.ParentEnded(context, taker.OrderId);
    }
}
