using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.Orders;

/// <summary>Commands and internal work of price-triggered orders (matching section 11).</summary>
public sealed class TriggerHandlers(FuturesState state, Placement placement)
{
    private const ContractOrderFlags Allowed = ContractOrderFlags.ReduceOnly | ContractOrderFlags.ClosePosition;

    public ushort Create(in CreateContractTrigger command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        var user = context.Actor.Value;
        var terms = command;
        terms.Flags |= FlagsOf(command.OrderType);
        var attached = command.OrderType is TriggerOrderType.CloseLongOrder or TriggerOrderType.CloseShortOrder;        // M-106: only by an order
        if (attached || !IsFormed(terms)) return (ushort)FuturesRefusal.InvalidCombination;
        if (!market.Terms.IsOnTick(terms.TriggerPrice) || !market.Terms.IsOnTick(terms.Price) || !market.Terms.IsWholeLots(terms.Size)) return (ushort)FuturesRefusal.OffTick;
        if (IsSatisfied(market, terms)) return (ushort)FuturesRefusal.TriggerPriceOnWrongSide;         // M-101
        if (OrderText.Read(tail) is not { } text) return (ushort)FuturesRefusal.InvalidText;
        if (state.Users.IsLocked(user)) return (ushort)FuturesRefusal.UserLocked;
        var slot = FuturesState.IsVenue(user) ? SeatTable.None : state.SeatFor(user, market, terms.MarginMode);
        if (slot < 0) return (ushort)FuturesRefusal.UserNotFound;
        var limit = market.Listed.Terms.TriggersLimit;
        if (limit > 0 && state.Seats[slot].OpenTriggers + state.Seats[slot].OpenAutos >= limit) return (ushort)FuturesRefusal.TooManyTriggers;      // M-109

        var id = context.NextId();
        context.ObjectId = id;
        state.Triggers.Add(context, state, new ContractTrigger
        {
            Id = id, User = user, Seat = slot, Market = market, Terms = terms, Text = text,
            ExpiresAtNanos = terms.ExpirationSeconds == 0 ? 0 : context.Stamp.TimeNanos + terms.ExpirationSeconds * Nanos.PerSecond,
        });
        return 0;
    }

    public ushort Cancel(in CancelContractTrigger command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!TryFind(command.TriggerId, context, out var trigger)) return (ushort)FuturesRefusal.TriggerNotFound;
        context.ObjectId = trigger.Id;
        state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
        return 0;
    }

    public ushort CancelAll(in CancelAllContractTriggers command, ReadOnlySpan<byte> tail, Context context)
    {
        var (instrument, wallet) = (command.Instrument, command.Wallet);
        context.ObjectId = CancelAll(context.Actor.Value, market => (instrument == 0 || market.Id.Value == instrument) && (wallet == 0 || market.Wallet.Value == wallet), context);
        return 0;
    }

    /// <summary>In ascending id.</summary>
    public int CancelAll(int user, Predicate<Market> of, Context context)
    {
        var mine = state.Triggers.All.Values.Where(t => t.User == user && of(t.Market)).ToArray();
        foreach (var trigger in mine) state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
        return mine.Length;
    }

    public ushort Amend(in AmendContractTrigger command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!TryFind(command.TriggerId, context, out var trigger)) return (ushort)FuturesRefusal.TriggerNotFound;
        context.ObjectId = trigger.Id;
        var terms = trigger.Terms;
        if (command.TriggerPrice != 0) terms.TriggerPrice = command.TriggerPrice;
        if (command.Price != 0) terms.Price = command.Price;
        if (command.IsMarket != 0) terms.Price = 0;
        if (command.Size != 0) terms.Size = command.Size;
        if (command.HasPriceType != 0) terms.PriceType = command.PriceType;
        if (terms.Price == 0) terms.TimeInForce = TimeInForce.ImmediateOrCancel;
        var market = trigger.Market;
        if (!IsFormed(terms) || command.Size > 0 != trigger.Terms.Size > 0 && command.Size != 0 && trigger.Terms.Size != 0) return (ushort)FuturesRefusal.InvalidCombination;
        if (!market.Terms.IsOnTick(terms.TriggerPrice) || !market.Terms.IsOnTick(terms.Price) || !market.Terms.IsWholeLots(terms.Size)) return (ushort)FuturesRefusal.OffTick;
        if (Same(terms, trigger.Terms)) return (ushort)FuturesRefusal.NoChange;
        if (IsSatisfied(market, terms)) return (ushort)FuturesRefusal.TriggerPriceOnWrongSide;
        state.Triggers.Amend(context, trigger, terms);
        return 0;
    }

    /// <summary>A fired trigger's order goes through the whole admission (M-103).</summary>
    public void Fire(in Work work, Context context)
    {
        if (!state.Triggers.All.TryGetValue(work.A, out var trigger)) return;       // cancelled meanwhile
        if (state.Triggers.SiblingOf(trigger) is { } sibling) state.Triggers.End(context, state, sibling, TriggerStatus.Cancelled);
        var terms = trigger.Terms;
        var ofPosition = terms.OrderType is TriggerOrderType.CloseLongPosition or TriggerOrderType.CloseShortPosition;
        var hedged = state.Accounts[state.Seats[trigger.Seat].Account].Mode != Margin.PositionMode.Single;
        var order = new PlaceContractOrder
        {
            Instrument = trigger.Market.Id.Value, Price = terms.Price, Size = terms.Size, TimeInForce = terms.Price == 0 ? TimeInForce.ImmediateOrCancel : terms.TimeInForce,
            Flags = terms.Flags | (terms.OrderType != TriggerOrderType.None ? ContractOrderFlags.TakeProfitStopLoss : 0), AutoSize = terms.AutoSize, MarginMode = terms.MarginMode,
        };
        if (ofPosition && terms.Size == 0)
        {
            // Closes whatever there is: by flag in one-way mode, by leg in hedge mode (M-106).
            order.Flags &= ~(ContractOrderFlags.ClosePosition | ContractOrderFlags.ReduceOnly);
            if (hedged) order.AutoSize = terms.OrderType == TriggerOrderType.CloseLongPosition ? AutoSize.CloseLong : AutoSize.CloseShort;
            else (order.AutoSize, order.Flags) = (AutoSize.None, order.Flags | ContractOrderFlags.ClosePosition);
        }
        Span<byte> tail = stackalloc byte[OrderText.TailLength + sizeof(ushort)];
        var writer = new TailWriter(tail);
        writer.Text(trigger.Text);
        writer.Text("");
        trigger.IsFiring = true;
        var refusal = OfGonePosition(trigger) ? FuturesRefusal.PositionEmpty : placement.Place(order, writer.Written, trigger.User, trigger.Id, context);
        var status = refusal == FuturesRefusal.None ? TriggerStatus.Succeeded : TriggerStatus.Failed;
        state.Triggers.End(context, state, trigger, status, work.B, refusal == FuturesRefusal.None ? context.ObjectId : 0, (ushort)refusal);
    }

    public void Expire(in Due due, Context context)
    {
        if (state.Triggers.All.TryGetValue(due.C, out var trigger)) state.Triggers.End(context, state, trigger, TriggerStatus.Expired);
    }

    // One-way, a close flag would close a short for a trigger that guards a long.
    private bool OfGonePosition(ContractTrigger trigger)
    {
        ref readonly var seat = ref state.Seats[trigger.Seat];
        var net = state.SizeOf(seat, Positions.Leg.Net);
        return trigger.Terms.OrderType switch
        {
            TriggerOrderType.CloseLongPosition => net <= 0 && state.SizeOf(seat, Positions.Leg.Long) == 0,
            TriggerOrderType.CloseShortPosition => net >= 0 && state.SizeOf(seat, Positions.Leg.Short) == 0,
            _ => false,
        };
    }

    private bool TryFind(long id, Context context, out ContractTrigger trigger) =>
        state.Triggers.All.TryGetValue(id, out trigger!) && trigger.User == context.Actor.Value;

    private static ContractOrderFlags FlagsOf(TriggerOrderType type) => type switch
    {
        TriggerOrderType.PlanCloseLongPosition or TriggerOrderType.PlanCloseShortPosition => ContractOrderFlags.ReduceOnly,
        _ => ContractOrderFlags.None,
    };

    private static bool IsFormed(in CreateContractTrigger terms)
    {
        if (terms.TriggerPrice is <= 0 or > ContractCheck.PriceMax || terms.Price is < 0 or > ContractCheck.PriceMax || terms.ExpirationSeconds < 0
            || terms.Size is < -ContractCheck.SizeMax or > ContractCheck.SizeMax || terms.Rule is not (TriggerRule.AtOrAbove or TriggerRule.AtOrBelow)
            || terms.PriceType > TriggerPriceType.Index || terms.OrderType > TriggerOrderType.PlanCloseShortPosition || terms.AutoSize > AutoSize.CloseShort
            || terms.MarginMode > 2 || (terms.Flags & ~Allowed) != 0)
        {
            return false;
        }
        if (terms.Price == 0 ? terms.TimeInForce != TimeInForce.ImmediateOrCancel : terms.TimeInForce > TimeInForce.ImmediateOrCancel) return false;     // M-105
        var closesAll = (terms.Flags & ContractOrderFlags.ClosePosition) != 0 || terms.AutoSize != AutoSize.None;
        return terms.OrderType switch
        {
            TriggerOrderType.CloseLongPosition or TriggerOrderType.CloseShortPosition => terms.Size == 0,
            TriggerOrderType.PlanCloseLongPosition => terms.Size < 0 && !closesAll,
            TriggerOrderType.PlanCloseShortPosition => terms.Size > 0 && !closesAll,
            _ => terms.Size == 0 == closesAll,
        };
    }

    private static bool IsSatisfied(Market market, in CreateContractTrigger terms)
    {
        var reference = terms.PriceType switch
        {
            TriggerPriceType.Mark => market.Mark,
            TriggerPriceType.Index => market.Index,
            _ => market.Book.LastPrice != 0 ? market.Book.LastPrice : market.Mark,
        };
        return reference != 0 && (terms.Rule == TriggerRule.AtOrAbove ? terms.TriggerPrice <= reference : terms.TriggerPrice >= reference);
    }

    private static bool Same(in CreateContractTrigger a, in CreateContractTrigger b) =>
        a.TriggerPrice == b.TriggerPrice && a.Price == b.Price && a.Size == b.Size && a.PriceType == b.PriceType;
}
