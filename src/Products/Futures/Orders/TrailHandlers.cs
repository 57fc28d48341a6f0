using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;

namespace Sluice.Products.Futures.Orders;

/// <summary>Commands and internal work of trailing orders (M-110).</summary>
public sealed class TrailHandlers(FuturesState state, Placement placement)
{
    public ushort Create(in CreateTrailingOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        if (market.Status == MarketStatus.Delisting && command.ReduceOnly == 0) return (ushort)FuturesRefusal.ContractInDelisting;
        var refusal = Form(market, command);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        var reference = ReferenceOf(market, command.PriceType);
        if (reference == 0) return (ushort)FuturesRefusal.SideNotTradable;              // no price yet
        if (OrderText.Read(tail) is not { } text) return (ushort)FuturesRefusal.InvalidText;
        refusal = AutoOrders.Owner(state, market, command.MarginMode, context, out var slot);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        if (command.PositionRelated != 0 && !AutoTriggers.HasPosition(state, state.Seats[slot], command.Amount > 0 ? Side.Buy : Side.Sell))
        {
            return (ushort)FuturesRefusal.ReduceOnlyNoPosition;
        }

        var terms = command;
        terms.Rule = RuleOf(command.Rule, command.ActivationPrice, reference);
        var isActive = IsActive(terms, reference);
        var now = context.Stamp.TimeNanos;
        var id = context.NextId();
        context.ObjectId = id;
        state.Trails.Add(context, state, new TrailingOrder
        {
            Id = id, User = context.Actor.Value, Seat = slot, Market = market, Terms = terms, Text = text, CreatedNanos = now, ActivatedNanos = isActive ? now : 0,
            Status = isActive ? TriggerStatus.Open : TriggerStatus.Inactive, Started = isActive ? reference : 0,
        });
        return 0;
    }

    public ushort Update(in UpdateTrailingOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!TryFind(command.OrderId, context, out var order)) return (ushort)FuturesRefusal.TriggerNotFound;
        context.ObjectId = order.Id;
        var (market, before) = (order.Market, order.Terms);
        var terms = before;
        if (command.Amount != 0) terms.Amount = command.Amount;
        if (command.Offset != 0) (terms.Offset, terms.IsPercent) = (command.Offset, command.IsPercent);
        if ((command.Changes & TrailChanges.Activation) != 0) terms.ActivationPrice = command.ActivationPrice;
        if ((command.Changes & TrailChanges.PriceType) != 0) terms.PriceType = command.PriceType;
        var reference = ReferenceOf(market, terms.PriceType);
        if ((command.Changes & TrailChanges.Rule) != 0) terms.Rule = command.Rule;
        else if (terms.ActivationPrice != before.ActivationPrice || terms.PriceType != before.PriceType) terms.Rule = RuleOf(0, terms.ActivationPrice, reference);
        if (terms.Amount > 0 != before.Amount > 0) return (ushort)FuturesRefusal.InvalidCombination;
        var refusal = Form(market, terms);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        var activation = (terms.ActivationPrice, terms.Rule, terms.PriceType) != (before.ActivationPrice, before.Rule, before.PriceType);
        if (!activation && (terms.Amount, terms.Offset, terms.IsPercent) == (before.Amount, before.Offset, before.IsPercent)) return (ushort)FuturesRefusal.NoChange;
        if (activation && order.Status != TriggerStatus.Inactive) return (ushort)FuturesRefusal.TrailIsActive;

        var activates = order.Status == TriggerStatus.Inactive && IsActive(terms, reference);
        state.Trails.Amend(context, order, terms, activates ? TriggerStatus.Open : order.Status, activates ? reference : order.Extremum);
        if (market.IsTrading && reference != 0 && (terms.PriceType != TriggerPriceType.Last || market.Book.LastPrice != 0))
        {
            state.Triggers.Priced(context, market, terms.PriceType, reference, state.Trails);      // a smaller offset may be used up already
        }
        return 0;
    }

    public ushort Stop(in StopTrailingOrder command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!TryFind(command.OrderId, context, out var order)) return (ushort)FuturesRefusal.TriggerNotFound;
        context.ObjectId = order.Id;
        state.Trails.End(context, state, order, TriggerStatus.Cancelled, AutoReason.Stopped);
        return 0;
    }

    public ushort StopAll(in StopAllTrailingOrders command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.Guards > GuardedSide.Short) return (ushort)FuturesRefusal.InvalidCombination;
        var (user, ended) = (context.Actor.Value, 0);
        foreach (var order in AutoOrders.Of(state, user, command.Instrument, command.Wallet, state.Trails.Of, order => order.Id))
        {
            var guards = order.Side == Side.Sell ? GuardedSide.Long : GuardedSide.Short;
            if (command.Guards != GuardedSide.Any && (order.Terms.PositionRelated == 0 || guards != command.Guards)) continue;
            state.Trails.End(context, state, order, TriggerStatus.Cancelled, AutoReason.Stopped);
            ended++;
        }
        context.ObjectId = ended;
        return 0;
    }

    /// <summary>A market order through the whole admission (M-103, M-110).</summary>
    public void Fire(in Work work, Context context)
    {
        if (!state.Trails.All.TryGetValue(work.A, out var order)) return;           // ended meanwhile
        ref readonly var seat = ref state.Seats[order.Seat];
        var terms = order.Terms;
        var size = terms.Amount;
        if (terms.PositionRelated != 0)
        {
            // What it guards may be smaller by now; a hedge leg would refuse more than it is.
            var left = AutoTriggers.SizeOfGuarded(state, seat, order.Side);
            if (left < long.Abs(size)) size = size > 0 ? left : -left;
        }
        Span<byte> tail = stackalloc byte[OrderText.TailLength + sizeof(ushort)];
        var writer = new TailWriter(tail);
        writer.Text(order.Text);
        writer.Text("");
        order.IsFiring = true;
        var place = new PlaceContractOrder
        {
            Instrument = order.Market.Id.Value, Size = size, TimeInForce = TimeInForce.ImmediateOrCancel, MarginMode = terms.MarginMode,
            Flags = terms.ReduceOnly != 0 ? ContractOrderFlags.ReduceOnly : ContractOrderFlags.None,
        };
        var refusal = terms.PositionRelated != 0 && size == 0 ? FuturesRefusal.PositionEmpty : placement.Place(place, writer.Written, order.User, order.Id, context);
        var fired = refusal == FuturesRefusal.None;
        state.Trails.End(context, state, order, fired ? TriggerStatus.Succeeded : TriggerStatus.Failed, fired ? AutoReason.Fired : AutoReason.Refused, work.B,
            fired ? context.ObjectId : 0, (ushort)refusal);
    }

    private bool TryFind(long id, Context context, out TrailingOrder order) => state.Trails.All.TryGetValue(id, out order!) && order.User == context.Actor.Value;

    private static FuturesRefusal Form(Market market, in CreateTrailingOrder terms)
    {
        if (terms.Amount is 0 or < -ContractCheck.SizeMax or > ContractCheck.SizeMax || terms.ActivationPrice is < 0 or > ContractCheck.PriceMax
            || terms.Offset is <= 0 or > ContractCheck.PriceMax || (terms.IsPercent != 0 && terms.Offset >= Rate.One) || terms.PriceType > TriggerPriceType.Index
            || terms.Rule > TriggerRule.AtOrBelow || terms.MarginMode > 2 || (terms.PositionRelated != 0 && terms.ReduceOnly == 0))
        {
            return FuturesRefusal.InvalidCombination;
        }
        return market.Terms.IsWholeLots(terms.Amount) && market.Terms.IsOnTick(terms.ActivationPrice) ? FuturesRefusal.None : FuturesRefusal.OffTick;
    }

    private static long ReferenceOf(Market market, TriggerPriceType kind) => kind switch
    {
        TriggerPriceType.Mark => market.Mark,
        TriggerPriceType.Index => market.Index,
        _ => market.Book.LastPrice != 0 ? market.Book.LastPrice : market.Mark,
    };

    private static TriggerRule RuleOf(TriggerRule asked, long activation, long reference) =>
        asked != 0 ? asked : activation > reference ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow;

    private static bool IsActive(in CreateTrailingOrder terms, long reference) =>
        terms.ActivationPrice == 0 || (reference != 0 && (terms.Rule == TriggerRule.AtOrAbove ? reference >= terms.ActivationPrice : reference <= terms.ActivationPrice));
}
