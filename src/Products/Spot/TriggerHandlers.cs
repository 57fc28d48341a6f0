using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>Commands and internal work of trigger orders (matching section 11, spot section 9).</summary>
internal sealed class TriggerHandlers(SpotState state, Placement placement)
{
    public ushort Create(in CreateTrigger command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.PairOf(command.Instrument) is not { } pair || pair.Status == MarketStatus.Delisted) return (ushort)SpotRefusal.PairNotFound;
        var market = command.Type == OrderType.Market;
        var byBudget = market && command.Side == Side.Buy;
        var sizeRight = byBudget ? command.Budget.Raw > 0 && command.Size == 0 : command.Size > 0 && command.Budget.IsZero;
        var tifRight = market
            ? command.TimeInForce == TimeInForce.ImmediateOrCancel
            : command.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.ImmediateOrCancel;
        if (command.TriggerPrice <= 0 || command.ExpirationSeconds < 0 || !sizeRight || !tifRight || market != (command.Price == 0) || command.Price < 0
            || command.Rule is not (TriggerRule.AtOrAbove or TriggerRule.AtOrBelow) || command.Side > Side.Sell || command.Type > OrderType.Market)
        {
            return (ushort)SpotRefusal.InvalidCombination;
        }
        if (command.Flags != OrderFlags.None)
        {
            return (ushort)(command.Wallet == WalletId.Spot.Value ? SpotRefusal.BorrowingNotAvailable : SpotRefusal.MarginBorrowingNotAvailable);
        }
        var satisfied = command.Rule == TriggerRule.AtOrAbove ? command.TriggerPrice <= pair.Reference : command.TriggerPrice >= pair.Reference;
        if (satisfied) return (ushort)SpotRefusal.TriggerPriceOnWrongSide;         // M-101

        var user = context.Actor.Value;
        var slot = state.TraderOf(user, pair, new WalletId(command.Wallet));
        if (slot < 0) return (ushort)(state.Users.TryGet(user, out _) ? SpotRefusal.WalletNotSupported : SpotRefusal.UserNotFound);
        if (state.Users.IsLocked(user)) return (ushort)SpotRefusal.UserLocked;
        if (OrderText.Read(tail) is not { } text) return (ushort)SpotRefusal.InvalidText;
        var limit = pair.Terms.TriggersLimit;
        if (limit > 0 && state.Triggers.All.Values.Count(t => t.User == user && t.Pair == pair) >= limit) return (ushort)SpotRefusal.TooManyTriggers;

        var now = context.Stamp.TimeNanos;
        var trigger = new Trigger
        {
            Id = context.NextId(), User = user, Pair = pair, Terms = command, Text = text, Size = command.Size,
            Budget = command.Budget, ExpiresAtNanos = command.ExpirationSeconds == 0 ? 0 : now + command.ExpirationSeconds * Nanos.PerSecond,
        };
        context.ObjectId = trigger.Id;
        state.Triggers.Add(context, trigger);
        return 0;
    }

    public ushort Cancel(in CancelTrigger command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!state.Triggers.All.TryGetValue(command.TriggerId, out var trigger) || trigger.User != context.Actor.Value) return (ushort)SpotRefusal.TriggerNotFound;
        context.ObjectId = trigger.Id;
        state.Triggers.End(context, trigger, TriggerStatus.Cancelled);
        return 0;
    }

    public ushort CancelAll(in CancelAllTriggers command, ReadOnlySpan<byte> tail, Context context)
    {
        var (instrument, wallet, user) = (command.Instrument, command.Wallet, context.Actor.Value);
        var mine = state.Triggers.All.Values
            .Where(t => t.User == user && (instrument == 0 || t.Pair.Id.Value == instrument) && (wallet == 0 || t.Terms.Wallet == wallet))
            .ToArray();
        foreach (var trigger in mine) state.Triggers.End(context, trigger, TriggerStatus.Cancelled);
        context.ObjectId = mine.Length;
        return 0;
    }

    /// <summary>A fired trigger's order goes through the whole admission (M-103).</summary>
    public void Fire(in Work work, Context context)
    {
        if (!state.Triggers.All.TryGetValue(work.A, out var trigger)) return;       // cancelled by its sibling
        var pair = trigger.Pair;
        if (state.Triggers.SiblingOf(trigger) is { } sibling) state.Triggers.End(context, sibling, TriggerStatus.Cancelled);
        var terms = trigger.Terms;
        var byBudget = terms.Type == OrderType.Market && terms.Side == Side.Buy;
        var order = new PlaceOrder
        {
            Instrument = pair.Id.Value, Wallet = terms.Wallet, Side = terms.Side, Type = terms.Type, TimeInForce = terms.TimeInForce,
            Price = terms.Price, Size = byBudget ? 0 : trigger.Size, Budget = byBudget ? trigger.Budget : default,
        };
        Span<byte> tail = stackalloc byte[OrderText.TailLength];
        var writer = new TailWriter(tail);
        writer.Text(trigger.Text);
        var refusal = placement.Place(order, writer.Written, trigger.User, trigger.Id, context);
        var status = refusal == SpotRefusal.None ? TriggerStatus.Succeeded : TriggerStatus.Failed;
        state.Triggers.End(context, trigger, status, work.B, context.ObjectId, refusal);
    }

    public void Expire(in Due due, Context context)
    {
        if (state.Triggers.All.TryGetValue(due.C, out var trigger)) state.Triggers.End(context, trigger, TriggerStatus.Expired);
    }
}
