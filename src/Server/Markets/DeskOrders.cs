using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>How participants give orders in one instrument: ordinary commands, with a top-up and one more try when funds are short. They keep no record of
/// their own: what is open is read out of the state.</summary>
internal abstract class DeskOrders(OrderBook book)
{
    private const int FilledMax = 4;                    // of a fresh size: beyond it an order is begun anew rather than moved

    public OrderBook Book => book;

    /// <summary>The operator has turned liquidity off here.</summary>
    public abstract bool Away { get; }

    /// <summary>Refused since <see cref="Begin"/>, other than post-only orders that somebody stood in the way of.</summary>
    public int Refused { get; private set; }

    public Slab<Order> Pool => book.Pool.Orders;

    public void Begin() => Refused = 0;

    /// <summary>Reads a maker's open orders out of the state.</summary>
    public void Read(Role role, OwnSide bids, OwnSide asks)
    {
        bids.Clear();
        asks.Clear();
        var orders = Pool;
        for (var slot = FirstOf(role, out _); slot != OrderPool.None; slot = orders[slot].TraderNext)
        {
            (orders[slot].Side == Side.Buy ? bids : asks).Add(slot, orders);
        }
    }

    /// <summary>The size that is worth so much of the quote, or settle, asset at a price: at least the smallest the instrument takes, with a margin.</summary>
    public abstract long SizeOf(double value, long price);

    public bool Place(Role role, Side side, long price, long size, TimeInForce timeInForce, ICoreDoor door)
    {
        if (price < 1) return false;
        var result = SendPlace(role, side, price, size, timeInForce, door);
        if (IsShortOfFunds(result.Refusal))
        {
            Fund(role, side, price, size, door);
            result = SendPlace(role, side, price, size, timeInForce, door);
        }
        return Count(result);
    }

    /// <summary>Moves an order of its owner to another price, with a fresh size.</summary>
    public bool Move(Role role, int slot, long price, long fresh, ICoreDoor door)
    {
        if (price < 1) return false;
        ref readonly var order = ref Pool[slot];
        var (id, side, filled) = (order.Id, order.Side, order.Size - order.Left);
        if (filled > FilledMax * fresh)                         // the filled part counts against the instrument's maximum
        {
            Cancel(role, id, door);
            return Place(role, side, price, fresh, TimeInForce.PostOnly, door);
        }
        var result = SendMove(role, id, side, price, filled + fresh, door);
        if (IsShortOfFunds(result.Refusal))
        {
            Fund(role, side, price, fresh, door);
            result = SendMove(role, id, side, price, filled + fresh, door);
        }
        return Count(result);
    }

    public void Cancel(Role role, long orderId, ICoreDoor door) => Count(SendCancel(role, orderId, door));

    /// <summary>Cancels everything of a maker here; sends nothing when there is nothing.</summary>
    public void CancelAll(Role role, ICoreDoor door)
    {
        FirstOf(role, out var count);
        if (count > 0) SendCancelAll(role, door);
    }

    /// <summary>The owner's oldest open order, as a slot of the pool, or <see cref="OrderPool.None"/>; and how many there are.</summary>
    protected abstract int FirstOf(Role role, out int count);

    protected abstract CommandResult SendPlace(Role role, Side side, long price, long size, TimeInForce timeInForce, ICoreDoor door);

    protected abstract CommandResult SendMove(Role role, long orderId, Side side, long price, long size, ICoreDoor door);

    protected abstract CommandResult SendCancel(Role role, long orderId, ICoreDoor door);

    protected abstract void SendCancelAll(Role role, ICoreDoor door);

    protected abstract bool IsShortOfFunds(ushort refusal);

    /// <summary>A refusal that comes with the trade: somebody stood in the way, or nothing was to be changed.</summary>
    protected abstract bool IsOrdinary(ushort refusal);

    protected abstract void Fund(Role role, Side side, long price, long size, ICoreDoor door);

    private bool Count(CommandResult result)
    {
        if (!result.Accepted && !IsOrdinary(result.Refusal)) Refused++;
        return result.Accepted;
    }
}
