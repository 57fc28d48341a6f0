using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>One maker's resting orders on one side, best first, as slots of the order pool.</summary>
internal sealed class OwnSide(Side side)
{
    private const int Max = 128;

    private readonly int[] slots = new int[Max];

    public Side Side { get; } = side;
    public int Count { get; private set; }
    public int this[int n] => slots[n];

    public void Clear() => Count = 0;

    /// <summary>Keeps the best; orders of a side are few and nearly sorted.</summary>
    public void Add(int slot, Slab<Order> orders)
    {
        if (Count == Max) return;
        var at = Count++;
        var key = Key(orders[slot].Price);
        while (at > 0 && Key(orders[slots[at - 1]].Price) < key)
        {
            slots[at] = slots[at - 1];
            at--;
        }
        slots[at] = slot;
    }

    private long Key(long price) => Side == Side.Buy ? price : -price;
}

/// <summary>How participants give orders in one pair: ordinary commands, with a top-up and one more try when funds are short.</summary>
internal sealed class DeskOrders(VenueProducts venue, Pair pair, Purses purses)
{
    private readonly SpotState spot = venue.Spot.State;

    public Pair Pair => pair;

    /// <summary>The operator has turned liquidity off here.</summary>
    public bool Away => venue.Wallet.State.AllLiquidityOff || (venue.Wallet.State.LiquidityOff.Count > 0 && venue.Wallet.State.LiquidityOff.Contains(pair.Symbol));

    /// <summary>Refused since <see cref="Begin"/>, other than post-only orders that somebody stood in the way of.</summary>
    public int Refused { get; private set; }

    public Slab<Order> Pool => spot.Pool.Orders;

    public void Begin() => Refused = 0;

    /// <summary>Reads a maker's open orders out of the state.</summary>
    public void Read(Role role, OwnSide bids, OwnSide asks)
    {
        bids.Clear();
        asks.Clear();
        if (!spot.Traders.TryFind(purses[role].Value, pair.Id.Value, 0, out var trader)) return;
        var orders = Pool;
        for (var slot = spot.Traders[trader].First; slot != OrderPool.None; slot = orders[slot].TraderNext)
        {
            (orders[slot].Side == Side.Buy ? bids : asks).Add(slot, orders);
        }
    }

    /// <summary>The smallest size the pair takes at a price, with a margin.</summary>
    public long SizeOf(double value, long price)
    {
        var unit = (double)pair.Book.ValueUnit * price;
        var least = Math.Max(pair.Terms.MinBase, (double)pair.Terms.MinQuote.Raw * 1.2 / unit + 1);
        var most = pair.Terms.MaxBase == 0 ? 9e17 : pair.Terms.MaxBase * 0.5;
        if (!pair.Terms.MaxQuote.IsZero) most = Math.Min(most, (double)pair.Terms.MaxQuote.Raw * 0.5 / unit);
        return (long)Math.Max(Math.Min(Math.Max(value * Fixed.PowerOfTen(Money.Decimals) / unit, least), most), 1);
    }

    public bool Place(Role role, Side side, long price, long size, TimeInForce timeInForce, ICoreDoor door)
    {
        if (price < 1) return false;
        var command = new PlaceOrder
        {
            Instrument = pair.Id.Value, Wallet = WalletId.Spot.Value, Side = side, Type = OrderType.Limit, TimeInForce = timeInForce, Price = price, Size = size,
        };
        var result = door.Execute(purses[role], command);
        if ((SpotRefusal)result.Refusal == SpotRefusal.BalanceTooLow)
        {
            Fund(role, side, price, size, door);
            result = door.Execute(purses[role], command);
        }
        return Count(result);
    }

    /// <summary>Moves an order of its owner to another price, with a fresh size.</summary>
    public bool Move(Role role, int slot, long price, long fresh, ICoreDoor door)
    {
        if (price < 1) return false;
        ref readonly var order = ref Pool[slot];
        var (id, side, filled) = (order.Id, order.Side, order.Size - order.Left);
        if (filled > 4 * fresh)                                 // the filled part counts against the pair's maximum: begin anew
        {
            Cancel(role, id, door);
            return Place(role, side, price, fresh, TimeInForce.PostOnly, door);
        }
        var command = new AmendOrder { OrderId = id, Instrument = pair.Id.Value, Price = price, Size = filled + fresh };
        var result = door.Execute(purses[role], command);
        if ((SpotRefusal)result.Refusal == SpotRefusal.BalanceTooLow)
        {
            Fund(role, side, price, fresh, door);
            result = door.Execute(purses[role], command);
        }
        return Count(result);
    }

    public void Cancel(Role role, long orderId, ICoreDoor door) => Count(door.Execute(purses[role], new CancelOrder { OrderId = orderId, Instrument = pair.Id.Value }));

    /// <summary>Cancels everything of a maker in the pair; sends nothing when there is nothing.</summary>
    public void CancelAll(Role role, ICoreDoor door)
    {
        if (!spot.Traders.TryFind(purses[role].Value, pair.Id.Value, 0, out var trader) || spot.Traders[trader].OpenCount == 0) return;
        door.Execute(purses[role], new CancelAllOrders { Instrument = pair.Id.Value });
    }

    private void Fund(Role role, Side side, long price, long size, ICoreDoor door)
    {
        if (side == Side.Buy) purses.TopUp(role, pair.Quote.Id, pair.Book.Value(price, size), door);
        else purses.TopUp(role, pair.Base.Id, pair.BaseMoney(size), door);
    }

    private bool Count(CommandResult result)
    {
        if (!result.Accepted && (SpotRefusal)result.Refusal is not (SpotRefusal.PostOnlyWouldTake or SpotRefusal.NoChange)) Refused++;
        return result.Accepted;
    }
}
