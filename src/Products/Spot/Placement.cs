using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Admission in the order of matching section 2, then matching, then resting or ending (spot section 10).</summary>
internal sealed class Placement(SpotState state)
{
    /// <summary>An external command.</summary>
    public ushort Place(in PlaceOrder command, ReadOnlySpan<byte> tail, Context context) =>
        (ushort)Place(command, tail, context.Actor.Value, 0, context);

    /// <summary>Also the way of a fired trigger order (M-103).</summary>
    public SpotRefusal Place(in PlaceOrder command, ReadOnlySpan<byte> tail, int user, long triggerId, Context context)
    {
        if (state.PairOf(command.Instrument) is not { } pair) return SpotRefusal.PairNotFound;
        var refusal = Admit(command, pair, context.Stamp.TimeNanos);
        if (refusal != SpotRefusal.None) return refusal;

        var slot = state.TraderOf(user, pair, new WalletId(command.Wallet));
        if (slot < 0) return state.Users.TryGet(user, out _) ? SpotRefusal.WalletNotSupported : SpotRefusal.UserNotFound;
        ref var trader = ref state.Traders[slot];
        if (state.Users.IsLocked(user)) return SpotRefusal.UserLocked;

        var mayRest = command.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.PostOnly;
        refusal = AdmitFor(trader, command, pair, tail, mayRest);
        if (refusal != SpotRefusal.None) return refusal;

        var taker = default(Taker);
        Describe(ref taker, command, pair, slot, trader);
        var attaches = command.TakeProfitTrigger != 0 || command.StopLossTrigger != 0;
        var meets = !mayRest || (pair.Status != MarketStatus.CircuitBreaker && pair.Book.Crosses(command.Side, command.Price));        // most orders meet nobody, and rest
        var killed = meets ? KilledAtOnce(command, pair, taker, context) : default;
        if (killed.Refusal is SpotRefusal.NoCounterparty) return killed.Refusal;
        var account = trader.PaysFrom(command.Side);
        var reserved = taker.ByBudget ? command.Budget : pair.Reserved(command.Side, command.Price, command.Size);
        if (killed.Refusal == SpotRefusal.None && state.Ledger[account].Available < reserved)
        {
            return slot >= 0 && trader.Wallet == WalletId.Spot.Value ? SpotRefusal.BalanceTooLow : SpotRefusal.MarginBalanceTooLow;
        }

        // Nothing below this line may refuse for want of anything.
        taker.OrderId = context.NextId();
        context.ObjectId = taker.OrderId;
        Accepted(context, command, tail, trader, taker, triggerId);
        if (killed.Refusal != SpotRefusal.None)
        {
            Orders.Finished(context, pair, trader, taker.OrderId, command.Size, command.Budget, killed.Reason);     // M-027
            return killed.Refusal;
        }
        state.Ledger.Hold(context, account, reserved, Reason.OrderHold, taker.OrderId, pair.Id.Value);
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
        pair.RefreshBand();
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
        taker.MakerRate = trader.MakerFee != TraderSettings.PairRate ? trader.MakerFee : pair.Terms.MakerFee;
        taker.TakerRate = trader.TakerFee != TraderSettings.PairRate ? trader.TakerFee : pair.Terms.TakerFee;
        taker.Trader = slot;
        taker.StpGroup = state.Config.StpByMainAccount != 0 ? trader.StpGroup : 0;
        taker.StpAction = command.StpAction == SelfTradeAction.None ? SelfTradeAction.CancelNewest : command.StpAction;
        taker.Side = command.Side;
        taker.Flags = (trader.FeeToken ? OrderFlags.FeeToken : 0) | (trader.Participant ? OrderFlags.ParticipantOwned : 0);
    }

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

    private static void Accepted(Context context, in PlaceOrder command, ReadOnlySpan<byte> tail, in Trader trader, in Taker taker, long triggerId)
    {
        ref var accepted = ref context.Events.Append<OrderAccepted>(tail);
        accepted.Budget = command.Budget;
        accepted.OrderId = taker.OrderId;
        accepted.Price = command.Price;
        accepted.Size = command.Size;
        accepted.Iceberg = command.Iceberg;
        accepted.MakerRate = taker.MakerRate;
        accepted.TakerRate = taker.TakerRate;
        accepted.SlippageRate = command.SlippageRate;
        accepted.User = trader.User;
        accepted.Instrument = trader.Instrument;
        accepted.Wallet = trader.Wallet;
        accepted.StpGroup = taker.StpGroup;
        accepted.Side = command.Side;
        accepted.Type = command.Type;
        accepted.TimeInForce = command.TimeInForce;
        accepted.StpAction = command.StpAction;
        accepted.Flags = taker.Flags;
        accepted.TriggerId = triggerId;
    }

    private void Rest(in PlaceOrder command, ReadOnlySpan<byte> tail, Pair pair, int traderSlot, ref Trader trader, in Taker taker)
    {
        var slot = state.Pool.TakeOrder();
        ref var order = ref state.Pool.Orders[slot];
        order = default;
        order.Id = taker.OrderId;
        order.Price = command.Price;
        order.Size = command.Size;
        order.Left = taker.Left;
        order.Rates = state.Pool.Rates.NumberOf(taker.MakerRate, taker.TakerRate);
        order.Trader = traderSlot;
        order.Side = command.Side;
        order.TimeInForce = command.TimeInForce;
        order.Flags = taker.Flags;
        order.Mark(command.TakeProfitTrigger != 0 || command.StopLossTrigger != 0, taker.StpAction);
        pair.Book.Rest(slot, command.Iceberg);
        state.Traders.Link(ref trader, slot, ref order);
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
