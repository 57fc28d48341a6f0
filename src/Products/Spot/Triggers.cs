using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>A stored price condition with the order behind it (S-100).</summary>
public sealed class Trigger
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required Pair Pair { get; init; }
    public required CreateTrigger Terms { get; init; }
    public required string Text { get; init; }
    public long ExpiresAtNanos { get; init; }
    public long ParentOrder { get; init; }
    public TriggerRole Role { get; init; }
    public TriggerStatus Status { get; set; } = TriggerStatus.Open;

    /// <summary>What to place; attached triggers grow with their parent's fills (M-107).</summary>
    public long Size { get; set; }

    /// <summary>Quote to spend in a market buy. An attached trigger: what its parent's fills brought, less the fees taken from it.</summary>
    public Money Budget { get; set; }
}

/// <summary>All triggers that are not over, and what happens to them.</summary>
public sealed class TriggerTable
{
    public const ushort FireWork = 300;
    public const ushort ExpiryTimer = 300;

    private readonly Dictionary<long, List<Trigger>> byParent = [];

    public SortedDictionary<long, Trigger> All { get; } = [];

    public void Add(Context context, Trigger trigger)
    {
        Restore(trigger);
        if (trigger.ExpiresAtNanos != 0)
        {
            context.Timers.Add(new Due(trigger.ExpiresAtNanos, 1, ExpiryTimer, trigger.Pair.Id.Value, trigger.User, trigger.Id));
        }
        var terms = trigger.Terms;
        Span<byte> tail = stackalloc byte[OrderText.TailLength];
        var writer = new TailWriter(tail);
        writer.Text(trigger.Text);
        context.Events.Append(new TriggerCreated
        {
            TriggerId = trigger.Id, User = trigger.User, Instrument = trigger.Pair.Id.Value, Wallet = terms.Wallet, TriggerPrice = terms.TriggerPrice,
            ExpiresAtNanos = trigger.ExpiresAtNanos, Price = terms.Price, Size = trigger.Size, Budget = trigger.Budget, ParentOrder = trigger.ParentOrder,
            Side = terms.Side, Type = terms.Type, TimeInForce = terms.TimeInForce, Rule = terms.Rule, Status = trigger.Status, Role = trigger.Role,
            Flags = terms.Flags,
        }, writer.Written);
    }

    /// <summary>Puts a trigger where it belongs without a word: from a snapshot, or as part of <see cref="Add"/>.</summary>
    public void Restore(Trigger trigger)
    {
        All.Add(trigger.Id, trigger);
        if (trigger.Status == TriggerStatus.Open) trigger.Pair.Triggers.Add(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        if (trigger.ParentOrder == 0) return;
        if (!byParent.TryGetValue(trigger.ParentOrder, out var siblings)) byParent.Add(trigger.ParentOrder, siblings = []);
        siblings.Add(trigger);
    }

    /// <summary>Take-profit and stop-loss of a new order: stored inactive (M-107).</summary>
    internal void Attach(Context context, Pair pair, in Trader trader, in PlaceOrder parent, long orderId)
    {
        AttachOne(context, pair, trader, parent, orderId, TriggerRole.TakeProfit, parent.TakeProfitTrigger, parent.TakeProfitPrice);
        AttachOne(context, pair, trader, parent, orderId, TriggerRole.StopLoss, parent.StopLossTrigger, parent.StopLossPrice);
    }

    /// <summary>A parent traded: its children come alive and grow (M-107). What a buy brought is sold in whole lots of the sum, so that a fee
    /// in base never leaves more to sell than there is; a sell is bought back in its size, or by market for what it brought.</summary>
    internal void ParentFilled(Context context, long parent, long size, Money received)
    {
        if (!byParent.TryGetValue(parent, out var children)) return;
        foreach (var child in children)
        {
            child.Budget += received;
            child.Size = child.Terms.Side == Side.Sell ? (long)(child.Budget.Raw / child.Pair.BaseUnit) : child.Size + size;
            if (child.Status == TriggerStatus.Inactive)
            {
                child.Status = TriggerStatus.Open;
                child.Pair.Triggers.Add(child.Id, child.Terms.TriggerPrice, child.Terms.Rule);
            }
            context.Events.Append(new TriggerUpdated
            {
                TriggerId = child.Id, User = child.User, Instrument = child.Pair.Id.Value, Size = child.Size, Budget = child.Budget, Status = child.Status,
            });
        }
    }

    /// <summary>A parent is over: children that never came alive are invalid (M-107).</summary>
    internal void ParentEnded(Context context, long parent)
    {
        if (!byParent.TryGetValue(parent, out var children)) return;
        foreach (var child in children.Where(c => c.Status == TriggerStatus.Inactive).ToArray()) End(context, child, TriggerStatus.Invalid);
    }

    /// <summary>A trade at this price: what it satisfies leaves the book and waits its turn; once fired, never again (M-102, M-104).</summary>
    internal void Fire(Context context, Pair pair, long price)
    {
        foreach (var id in pair.Triggers.Due(price))
        {
            pair.Triggers.Remove(id, All[id].Terms.TriggerPrice, All[id].Terms.Rule);
            context.Enqueue(new Work(FireWork, id, price));
        }
    }

    public void End(Context context, Trigger trigger, TriggerStatus status, long reference = 0, long order = 0, SpotRefusal refusal = SpotRefusal.None)
    {
        All.Remove(trigger.Id);
        trigger.Pair.Triggers.Remove(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        if (byParent.TryGetValue(trigger.ParentOrder, out var siblings))
        {
            siblings.Remove(trigger);
            if (siblings.Count == 0) byParent.Remove(trigger.ParentOrder);
        }
        trigger.Status = status;
        context.Events.Append(new TriggerFinished
        {
            TriggerId = trigger.Id, User = trigger.User, Instrument = trigger.Pair.Id.Value, OrderId = order, ReferencePrice = reference,
            Refusal = (ushort)refusal, Status = status,
        });
    }

    /// <summary>The other child of the same parent: one fires, the other is cancelled (M-107).</summary>
    public Trigger? SiblingOf(Trigger trigger) =>
        trigger.ParentOrder != 0 && byParent.TryGetValue(trigger.ParentOrder, out var siblings) ? siblings.Find(s => s != trigger) : null;

    public void Clear()
    {
        All.Clear();
        byParent.Clear();
    }

    private void AttachOne(Context context, Pair pair, in Trader trader, in PlaceOrder parent, long orderId, TriggerRole role, long triggerPrice, long price)
    {
        if (triggerPrice == 0) return;
        var above = (role == TriggerRole.TakeProfit) == (parent.Side == Side.Buy);
        Add(context, new Trigger
        {
            Id = context.NextId(), User = trader.User, Pair = pair, Text = "", ParentOrder = orderId, Role = role, Status = TriggerStatus.Inactive,
            Terms = new CreateTrigger
            {
                Instrument = pair.Id.Value, Wallet = trader.Wallet, TriggerPrice = triggerPrice, Price = price,
                Rule = above ? TriggerRule.AtOrAbove : TriggerRule.AtOrBelow,
                Side = parent.Side == Side.Buy ? Side.Sell : Side.Buy,
                Type = price == 0 ? OrderType.Market : OrderType.Limit,
                TimeInForce = price == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled,
            },
        });
    }
}
