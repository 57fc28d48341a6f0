using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Products.Futures.State;

/// <summary>A stored price condition with the order behind it (M-100).</summary>
public sealed class ContractTrigger
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Seat { get; init; }
    public required Market Market { get; init; }

    /// <summary>As created or amended; the size of an attached one grows with its parent's fills (M-107).</summary>
    public required CreateContractTrigger Terms { get; set; }
    public required string Text { get; init; }
    public long ExpiresAtNanos { get; init; }
    public long ParentOrder { get; init; }
    public TriggerRole Role { get; init; }
    public TriggerStatus Status { get; set; } = TriggerStatus.Open;

    /// <summary>Its order is being placed: how that ends says how it ends.</summary>
    public bool IsFiring { get; set; }
}

/// <summary>All triggers of contracts that are not over, and what happens to them.</summary>
public sealed class ContractTriggerTable
{
    public const ushort FireWork = 400;
    public const ushort ExpiryTimer = 400;

    private readonly Dictionary<long, List<ContractTrigger>> byParent = [];
    private readonly List<long> fired = [];

    public SortedDictionary<long, ContractTrigger> All { get; } = [];

    public void Add(Context context, FuturesState state, ContractTrigger trigger)
    {
        Restore(state, trigger);
        if (trigger.ExpiresAtNanos != 0)
        {
            context.Timers.Add(new Due(trigger.ExpiresAtNanos, 1, ExpiryTimer, trigger.Market.Id.Value, trigger.User, trigger.Id));
        }
        Span<byte> tail = stackalloc byte[64];
        var writer = new TailWriter(tail);
        writer.Text(trigger.Text);
        context.Events.Append(new ContractTriggerCreated
        {
            Terms = trigger.Terms, TriggerId = trigger.Id, ExpiresAtNanos = trigger.ExpiresAtNanos, ParentOrder = trigger.ParentOrder, User = trigger.User,
            Status = trigger.Status, Role = trigger.Role,
        }, writer.Written);
    }

    /// <summary>Puts a trigger where it belongs without a word.</summary>
    public void Restore(FuturesState state, ContractTrigger trigger)
    {
        All.Add(trigger.Id, trigger);
        state.Seats[trigger.Seat].OpenTriggers++;
        if (trigger.Status == TriggerStatus.Open) BookOf(trigger).Add(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        if (trigger.ParentOrder == 0) return;
        if (!byParent.TryGetValue(trigger.ParentOrder, out var siblings)) byParent.Add(trigger.ParentOrder, siblings = []);
        siblings.Add(trigger);
    }

    /// <summary>Other terms for an open trigger.</summary>
    public void Amend(Context context, ContractTrigger trigger, in CreateContractTrigger terms)
    {
        if (trigger.Status == TriggerStatus.Open) BookOf(trigger).Remove(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        trigger.Terms = terms;
        if (trigger.Status == TriggerStatus.Open) BookOf(trigger).Add(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        Updated(context, trigger);
    }

    /// <summary>A parent traded: its children come alive and grow (M-107).</summary>
    public void ParentFilled(Context context, long parent, long size)
    {
        if (!byParent.TryGetValue(parent, out var children)) return;
        foreach (var child in children)
        {
            var terms = child.Terms;
            terms.Size += terms.OrderType == TriggerOrderType.CloseLongOrder ? -size : size;
            child.Terms = terms;
            if (child.Status == TriggerStatus.Inactive)
            {
                child.Status = TriggerStatus.Open;
                BookOf(child).Add(child.Id, child.Terms.TriggerPrice, child.Terms.Rule);
            }
            Updated(context, child);
        }
    }

    /// <summary>A parent is over: children that never came alive are invalid (M-107).</summary>
    public void ParentEnded(Context context, FuturesState state, long parent)
    {
        if (!byParent.TryGetValue(parent, out var children)) return;
        foreach (var child in children.Where(c => c.Status == TriggerStatus.Inactive).ToArray()) End(context, state, child, TriggerStatus.Invalid);
    }

    /// <summary>A new price of one kind: what it satisfies leaves the book and waits its turn, trailing orders among it by their ids; once fired, never again
    /// (M-102, M-104, M-110).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]          // two comparisons, and hardly ever more
    public void Priced(Context context, Market market, TriggerPriceType kind, long price, TrailTable trails)
    {
        if (market.HasTriggers && price != 0 && (market.Trails[(int)kind].IsMovedBy(price) || market.Triggers[(int)kind].MayFire(price))) Reached(context, market, kind, price, trails);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reached(Context context, Market market, TriggerPriceType kind, long price, TrailTable trails)
    {
        var (book, trailing) = (market.Triggers[(int)kind], market.Trails[(int)kind]);
        if (trailing.IsMovedBy(price)) trailing.Priced(context, market, kind, price, trails, fired);
        if (book.MayFire(price))
        {
            foreach (var id in book.Due(price))
            {
                book.Remove(id, All[id].Terms.TriggerPrice, All[id].Terms.Rule);
                fired.Add(id);
            }
        }
        if (fired.Count == 0) return;
        fired.Sort();
        foreach (var id in fired) context.Enqueue(new Work(All.ContainsKey(id) ? FireWork : TrailTable.FireWork, id, price));
        fired.Clear();
    }

    public void End(Context context, FuturesState state, ContractTrigger trigger, TriggerStatus status, long reference = 0, long order = 0, ushort refusal = 0)
    {
        if (!All.Remove(trigger.Id)) return;
        state.Seats[trigger.Seat].OpenTriggers--;
        BookOf(trigger).Remove(trigger.Id, trigger.Terms.TriggerPrice, trigger.Terms.Rule);
        trigger.Market.LookForTriggers();
        if (byParent.TryGetValue(trigger.ParentOrder, out var siblings))
        {
            siblings.Remove(trigger);
            if (siblings.Count == 0) byParent.Remove(trigger.ParentOrder);
        }
        trigger.Status = status;
        context.Events.Append(new ContractTriggerFinished
        {
            TriggerId = trigger.Id, User = trigger.User, Instrument = trigger.Market.Id.Value, OrderId = order, ReferencePrice = reference, Refusal = refusal,
            Status = status,
        });
    }

    /// <summary>The other child of the same parent: one fires, the other is cancelled (M-107).</summary>
    public ContractTrigger? SiblingOf(ContractTrigger trigger) =>
        trigger.ParentOrder != 0 && byParent.TryGetValue(trigger.ParentOrder, out var siblings) ? siblings.Find(s => s != trigger) : null;

    /// <summary>All of one seat; in ascending id.</summary>
    public ContractTrigger[] Of(int seat) => [.. All.Values.Where(t => t.Seat == seat)];

    public void Clear()
    {
        All.Clear();
        byParent.Clear();
    }

    private static TriggerBook BookOf(ContractTrigger trigger)
    {
        trigger.Market.HasTriggers = true;
        return trigger.Market.Triggers[(int)trigger.Terms.PriceType];
    }

    private static void Updated(Context context, ContractTrigger trigger) => context.Events.Append(new ContractTriggerUpdated
    {
        Terms = trigger.Terms, TriggerId = trigger.Id, User = trigger.User, Status = trigger.Status,
    });
}
