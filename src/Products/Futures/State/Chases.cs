using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Products.Futures.State;

/// <summary>A chase order and the one order it has in the book (M-111).</summary>
public sealed class ChaseOrder
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Seat { get; init; }
    public required Market Market { get; init; }
    public required CreateChaseOrder Terms { get; init; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }

    /// <summary>The order in the book.</summary>
    public required long Child { get; init; }

    /// <summary>No price beyond: the limit, or the best price at the start and the distance from it; 0 = none.</summary>
    public required long Bound { get; init; }

    /// <summary>When its order was placed or last moved.</summary>
    public required long MovedNanos { get; set; }

    /// <summary>When it may move again and looks where the best price is by then; 0 = it moves with the next best price.</summary>
    public long DueNanos { get; set; }

    /// <summary>What is said when its order has left the book.</summary>
    public (TriggerStatus Status, AutoReason Reason) Ending { get; set; }

    public Side Side => Terms.Amount > 0 ? Side.Buy : Side.Sell;

    public long IntervalNanos => (Terms.IntervalSeconds == 0 ? 1 : Terms.IntervalSeconds) * Nanos.PerSecond;

    /// <summary>Where its order belongs: at the best price of others or its gap behind it, to a tick away from the market.</summary>
    public static long PriceAt(Market market, in CreateChaseOrder terms, long best)
    {
        if (terms.Gap == 0) return best;
        var (buys, tick) = (terms.Amount > 0, market.Terms.Tick);
        var level = TrailSide.Level(buys ? Side.Sell : Side.Buy, best, terms.Gap, terms.IsPercent != 0);
        return buys ? long.Max(level - Modulo(level, tick), tick) : level + Modulo(-level, tick);
    }

    /// <summary>Whether a price is beyond the bound; equality is not.</summary>
    public static bool IsBeyond(Side side, long price, long bound) => bound != 0 && (side == Side.Buy ? price > bound : price < bound);

    private static long Modulo(long value, long by) => (value % by + by) % by;
}

/// <summary>The chase orders on one side of a contract, and the price they follow.</summary>
public sealed class ChaseSide(Side side)
{
    /// <summary>Those that move with the next best price; the others have a timer.</summary>
    public SortedSet<long> Ready { get; } = [];
    public int Count { get; set; }

    /// <summary>The best price they have been told; 0 = the next one is news.</summary>
    public long Best { get; set; }

    /// <summary>The move is queued.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The book has changed: another best price is followed after the command (M-004).</summary>
    public void Look(Context context, Market market)
    {
        if (Count != 0) Follow(context, market);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]          // chase orders are few
    private void Follow(Context context, Market market)
    {
        var best = BestOf(market.Book);
        if (best == Best) return;
        Best = best;
        if (best == 0 || IsQueued) return;
        IsQueued = true;
        context.Enqueue(new Work(ChaseTable.MoveWork, market.Number, (long)side));
    }

    /// <summary>The best price of this side among orders that chase nothing: one that followed itself or another that follows would run away with it. 0 = none.</summary>
    public long BestOf(OrderBook book)
    {
        var (levels, pool) = (book.SideOf(side), book.Pool);
        for (var n = 0; n < levels.Count; n++)
        {
            ref readonly var level = ref pool.Levels[n == 0 ? levels.Best : levels.FromBest(n)];
            for (var slot = level.First; slot != OrderPool.None; slot = pool.Orders[slot].Next)
            {
                if (!OrderMarks.IsChased(pool.Orders[slot])) return level.Price;
            }
        }
        return 0;
    }
}

/// <summary>All chase orders that are not over.</summary>
public sealed class ChaseTable
{
    public const ushort MoveWork = 461;
    public const ushort MoveTimer = 461;

    private readonly Dictionary<long, ChaseOrder> byChild = [];
    private readonly Dictionary<int, List<ChaseOrder>> bySeat = [];

    public SortedDictionary<long, ChaseOrder> All { get; } = [];

    public void Add(Context context, FuturesState state, ChaseOrder order, long price)
    {
        Restore(state, order);
        var side = SideOf(order);
        if (side.Count == 1) side.Best = side.BestOf(order.Market.Book);
        Span<byte> tail = stackalloc byte[64];
        var writer = new TailWriter(tail);
        writer.Text(order.Text);
        context.Events.Append(new ChaseCreated { Terms = order.Terms, OrderId = order.Id, Child = order.Child, Price = price, Bound = order.Bound, User = order.User }, writer.Written);
    }

    /// <summary>Puts an order where it belongs without a word.</summary>
    public void Restore(FuturesState state, ChaseOrder order)
    {
        All.Add(order.Id, order);
        byChild.Add(order.Child, order);
        if (!bySeat.TryGetValue(order.Seat, out var own)) bySeat.Add(order.Seat, own = []);
        own.Add(order);
        state.Seats[order.Seat].OpenAutos++;
        var side = SideOf(order);
        side.Count++;
        order.Market.ChaseCount++;
        if (order.DueNanos == 0) side.Ready.Add(order.Id);
    }

    /// <summary>A chased order has left the book, whatever took it: its chase is over.</summary>
    public void ChildEnded(Context context, FuturesState state, in Order child, FinishReason reason)
    {
        if (!byChild.TryGetValue(child.Id, out var order)) return;          // being placed: whoever places it sees that it is gone
        var ending = order.Ending.Reason != AutoReason.None ? order.Ending : OfChild(reason);
        End(context, state, order, child.Size - child.Left, ending.Status, ending.Reason, reason);
    }

    /// <summary>How a chase ends with its order.</summary>
    public static (TriggerStatus Status, AutoReason Reason) OfChild(FinishReason reason) => reason switch
    {
        FinishReason.Filled => (TriggerStatus.Succeeded, AutoReason.Filled),
        FinishReason.Liquidated => (TriggerStatus.Cancelled, AutoReason.Liquidated),
        FinishReason.ReduceOnly or FinishReason.PositionClosed => (TriggerStatus.Cancelled, AutoReason.PositionClosed),
        _ => (TriggerStatus.Cancelled, AutoReason.ChildEnded),
    };

    /// <summary>Of one user in one contract, in ascending id.</summary>
    public ChaseOrder[] Of(int seat) => bySeat.TryGetValue(seat, out var own) ? [.. own] : [];

    public void Clear()
    {
        All.Clear();
        byChild.Clear();
        bySeat.Clear();
    }

    public static ChaseSide SideOf(ChaseOrder order) => order.Market.ChasesOf(order.Side);

    private void End(Context context, FuturesState state, ChaseOrder order, long filled, TriggerStatus status, AutoReason reason, FinishReason child)
    {
        All.Remove(order.Id);
        byChild.Remove(order.Child);
        var own = bySeat[order.Seat];
        own.Remove(order);
        if (own.Count == 0) bySeat.Remove(order.Seat);
        state.Seats[order.Seat].OpenAutos--;
        var side = SideOf(order);
        side.Count--;
        order.Market.ChaseCount--;
        side.Ready.Remove(order.Id);
        if (side.Count == 0) side.Best = 0;
        context.Events.Append(new ChaseFinished
        {
            OrderId = order.Id, Filled = filled, User = order.User, Instrument = order.Market.Id.Value, Status = status, Reason = reason, ChildReason = child,
        });
    }
}
