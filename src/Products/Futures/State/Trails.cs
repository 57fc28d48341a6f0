using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Products.Futures.State;

/// <summary>A stored trailing order (M-110).</summary>
public sealed class TrailingOrder
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Seat { get; init; }
    public required Market Market { get; init; }

    /// <summary>As created or changed; the rule of its activation is decided.</summary>
    public required CreateTrailingOrder Terms { get; set; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }
    public long ActivatedNanos { get; set; }

    /// <summary>Inactive until its activation, then open.</summary>
    public TriggerStatus Status { get; set; }

    /// <summary>The extremum it was last put in its place with; where it is now its place knows.</summary>
    public long Started { get; set; }

    /// <summary>It has a place by its extremum; not so while inactive, nor once it fires.</summary>
    public bool IsFollowing { get; set; }

    /// <summary>Its order is being placed: how that ends says how it ends.</summary>
    public bool IsFiring { get; set; }

    public Side Side => Terms.Amount > 0 ? Side.Buy : Side.Sell;

    /// <summary>The running maximum of a sell, minimum of a buy; 0 while inactive.</summary>
    public long Extremum => IsFollowing ? Market.Trails[(int)Terms.PriceType].ExtremumOf(this) : Started;
}

/// <summary>The open trailing orders of one contract on one price. Two bounds say whether a price does anything at all.</summary>
public sealed class TrailBook
{
    private readonly SortedSet<(long Price, long Id)> above = [];
    private readonly SortedSet<(long Price, long Id)> below = [];
    private readonly TrailSide sells = new(Side.Sell);
    private readonly TrailSide buys = new(Side.Buy);
    private long high = long.MaxValue;
    private long low = long.MinValue;

    public bool IsEmpty => above.Count + below.Count + sells.Count + buys.Count == 0;

    /// <summary>Whether a price activates, moves or fires anything.</summary>
    public bool IsMovedBy(long price) => price >= high || price <= low;

    public long ExtremumOf(TrailingOrder order) => SideOf(order).ExtremumOf(order);

    public void Add(TrailingOrder order)
    {
        if (order.Status == TriggerStatus.Inactive) ActivationsOf(order).Add((order.Terms.ActivationPrice, order.Id));
        else Follow(order);
        Refresh();
    }

    /// <summary>Whether it waits for its activation or follows a price; nothing where it is about to fire.</summary>
    public void Remove(TrailingOrder order)
    {
        if (order.Status == TriggerStatus.Inactive)
        {
            ActivationsOf(order).Remove((order.Terms.ActivationPrice, order.Id));
        }
        else if (order.IsFollowing)
        {
            order.Started = SideOf(order).ExtremumOf(order);
            SideOf(order).Remove(order);
            order.IsFollowing = false;
        }
        Refresh();
    }

    /// <summary>A price: who waited for it becomes active, extremes move, then what it has come back to fires (M-110). What fires has left the book.</summary>
    public void Priced(Context context, Market market, TriggerPriceType kind, long price, TrailTable orders, List<long> fired)
    {
        Raise(context, market, kind, sells, price);
        Raise(context, market, kind, buys, price);
        while (above.Count > 0 && above.Min.Price <= price) Activate(context, orders.All[above.Min.Id], price, above);
        while (below.Count > 0 && below.Max.Price >= price) Activate(context, orders.All[below.Max.Id], price, below);
        sells.Fire(price, orders, fired);
        buys.Fire(price, orders, fired);
        Refresh();
    }

    private void Activate(Context context, TrailingOrder order, long price, SortedSet<(long Price, long Id)> waiting)
    {
        waiting.Remove((order.Terms.ActivationPrice, order.Id));
        (order.Status, order.Started, order.ActivatedNanos) = (TriggerStatus.Open, price, context.Stamp.TimeNanos);
        Follow(order);
        TrailTable.Updated(context, order, amended: false);
    }

    private static void Raise(Context context, Market market, TriggerPriceType kind, TrailSide side, long price)
    {
        if (side.Raise(price)) context.Events.Append(new TrailsMoved { Extremum = price, Instrument = market.Id.Value, PriceType = kind, Side = side.Side });
    }

    private void Follow(TrailingOrder order)
    {
        order.IsFollowing = true;
        SideOf(order).Add(order);
    }

    private TrailSide SideOf(TrailingOrder order) => order.Side == Side.Sell ? sells : buys;

    private SortedSet<(long Price, long Id)> ActivationsOf(TrailingOrder order) => order.Terms.Rule == TriggerRule.AtOrAbove ? above : below;

    private void Refresh()
    {
        high = above.Count == 0 ? long.MaxValue : above.Min.Price;
        low = below.Count == 0 ? long.MinValue : below.Max.Price;
        if (sells.Count > 0) (high, low) = (long.Min(high, sells.Extremum + 1), long.Max(low, sells.Reached));
        if (buys.Count > 0) (high, low) = (long.Min(high, buys.Reached), long.Max(low, buys.Extremum - 1));
    }
}

/// <summary>All trailing orders that are not over.</summary>
public sealed class TrailTable
{
    public const ushort FireWork = 460;

    private readonly Dictionary<int, List<TrailingOrder>> bySeat = [];

    public SortedDictionary<long, TrailingOrder> All { get; } = [];

    public void Add(Context context, FuturesState state, TrailingOrder order)
    {
        Restore(state, order);
        Span<byte> tail = stackalloc byte[64];
        var writer = new TailWriter(tail);
        writer.Text(order.Text);
        context.Events.Append(new TrailCreated { Terms = order.Terms, OrderId = order.Id, Extremum = order.Extremum, User = order.User, Status = order.Status }, writer.Written);
    }

    /// <summary>Puts an order where it belongs without a word.</summary>
    public void Restore(FuturesState state, TrailingOrder order)
    {
        All.Add(order.Id, order);
        if (!bySeat.TryGetValue(order.Seat, out var own)) bySeat.Add(order.Seat, own = []);
        own.Add(order);
        state.Seats[order.Seat].OpenAutos++;
        BookOf(order).Add(order);
    }

    /// <summary>Other terms for an open order; an active one keeps its extremum.</summary>
    public void Amend(Context context, TrailingOrder order, in CreateTrailingOrder terms, TriggerStatus status, long extremum)
    {
        BookOf(order).Remove(order);
        if (order.Status != status) order.ActivatedNanos = context.Stamp.TimeNanos;
        (order.Terms, order.Status, order.Started) = (terms, status, extremum);
        BookOf(order).Add(order);
        Updated(context, order, amended: true);
    }

    public void End(Context context, FuturesState state, TrailingOrder order, TriggerStatus status, AutoReason reason, long reference = 0, long became = 0, ushort refusal = 0)
    {
        if (!All.Remove(order.Id)) return;
        BookOf(order).Remove(order);
        order.Market.LookForTriggers();
        var own = bySeat[order.Seat];
        own.Remove(order);
        if (own.Count == 0) bySeat.Remove(order.Seat);
        state.Seats[order.Seat].OpenAutos--;
        order.Status = status;
        context.Events.Append(new TrailFinished
        {
            OrderId = order.Id, NewOrder = became, ReferencePrice = reference, Extremum = order.Started, User = order.User, Instrument = order.Market.Id.Value,
            Refusal = refusal, Status = status, Reason = reason,
        });
    }

    /// <summary>Of one user in one contract, in ascending id.</summary>
    public TrailingOrder[] Of(int seat) => bySeat.TryGetValue(seat, out var own) ? [.. own] : [];

    public void Clear()
    {
        All.Clear();
        bySeat.Clear();
    }

    internal static void Updated(Context context, TrailingOrder order, bool amended) => context.Events.Append(new TrailUpdated
    {
        Terms = order.Terms, OrderId = order.Id, Extremum = order.Extremum, User = order.User, Status = order.Status, IsAmended = amended ? (byte)1 : (byte)0,
    });

    private static TrailBook BookOf(TrailingOrder order)
    {
        order.Market.HasTriggers = true;
        return order.Market.Trails[(int)order.Terms.PriceType];
    }
}
