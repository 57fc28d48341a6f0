using System.Numerics;

namespace Sluice.Bench.OrderGen;

/// <summary>Where one order stands in the generator's book.</summary>
internal struct FlowOrder
{
    public int Price;               // 0 = not resting
    public int Open;
    public int Next;                // in the queue of its price, 0 = none; order ids
    public int Previous;
    public int LivePlace;           // index in the book's list of live orders
    public int Symbol;
    public int Account;
    public byte Side;
}

/// <summary>The generator's own book of one symbol: queues by price over a flat range, the best price from a bitmap, and a list of live orders to
/// draw from. Price pages come into being when first used, so that a thousand symbols stay small.</summary>
internal sealed class ReferenceBook(FlowOrder[] orders, double target)
{
    private const int PageBits = 8;
    private const int Prices = (int)(OrderFlow.HighestPrice - OrderFlow.LowestPrice) + 1;

    private readonly (int First, int Last)[]?[] pages = new (int, int)[]?[(Prices >> PageBits) + 1];
    private readonly PriceSet bids = new(Prices);
    private readonly PriceSet asks = new(Prices);

    public int Middle { get; set; } = Generator.Middle;

    /// <summary>Resting orders in an order that only the draws depend on.</summary>
    public List<int> Live { get; } = [];

    /// <summary>How full the book is, 1 = at its target.</summary>
    public double Fill => Live.Count / target;

    public int Levels => bids.Count + asks.Count;

    /// <summary>0 when the side is empty.</summary>
    public int Best(int side)
    {
        var at = side == 0 ? bids.Highest() : asks.Lowest();
        return at < 0 ? 0 : at + (int)OrderFlow.LowestPrice;
    }

    /// <summary>The oldest order at a price that has one.</summary>
    public int First(int price) => Queue(price).First;

    public void Rest(int id, int price, int open)
    {
        ref var order = ref orders[id];
        order.Price = price;
        order.Open = open;
        ref var queue = ref Queue(price);
        order.Next = 0;
        order.Previous = queue.Last;
        if (queue.Last == 0)
        {
            queue.First = id;
            (order.Side == 0 ? bids : asks).Add(price - (int)OrderFlow.LowestPrice);
        }
        else
        {
            orders[queue.Last].Next = id;
        }
        queue.Last = id;
    }

    public void Unrest(int id)
    {
        ref var order = ref orders[id];
        ref var queue = ref Queue(order.Price);
        if (order.Previous == 0) queue.First = order.Next;
        else orders[order.Previous].Next = order.Next;
        if (order.Next == 0) queue.Last = order.Previous;
        else orders[order.Next].Previous = order.Previous;
        if (queue.First == 0) (order.Side == 0 ? bids : asks).Remove(order.Price - (int)OrderFlow.LowestPrice);
        order.Price = 0;
        order.Open = 0;
    }

    public void AddLive(int id)
    {
        orders[id].LivePlace = Live.Count;
        Live.Add(id);
    }

    public void RemoveLive(int id)
    {
        var last = Live[^1];
        Live.RemoveAt(Live.Count - 1);
        if (last == id) return;
        var place = orders[id].LivePlace;
        Live[place] = last;
        orders[last].LivePlace = place;
    }

    private ref (int First, int Last) Queue(int price)
    {
        var at = price - (int)OrderFlow.LowestPrice;
        var page = pages[at >> PageBits] ??= new (int, int)[1 << PageBits];
        return ref page[at & ((1 << PageBits) - 1)];
    }

    /// <summary>A set of small numbers that knows its lowest and highest: two levels of bits.</summary>
    private sealed class PriceSet(int size)
    {
        private readonly ulong[] words = new ulong[(size + 63) / 64];
        private readonly ulong[] summary = new ulong[(size + 4095) / 4096];

        public int Count { get; private set; }

        public void Add(int value)
        {
            words[value >> 6] |= 1UL << (value & 63);
            summary[value >> 12] |= 1UL << ((value >> 6) & 63);
            Count++;
        }

        public void Remove(int value)
        {
            words[value >> 6] &= ~(1UL << (value & 63));
            if (words[value >> 6] == 0) summary[value >> 12] &= ~(1UL << ((value >> 6) & 63));
            Count--;
        }

        public int Lowest()
        {
            for (var i = 0; i < summary.Length; i++)
            {
                if (summary[i] == 0) continue;
                var word = (i << 6) + BitOperations.TrailingZeroCount(summary[i]);
                return (word << 6) + BitOperations.TrailingZeroCount(words[word]);
            }
            return -1;
        }

        public int Highest()
        {
            for (var i = summary.Length - 1; i >= 0; i--)
            {
                if (summary[i] == 0) continue;
                var word = (i << 6) + 63 - BitOperations.LeadingZeroCount(summary[i]);
                return (word << 6) + 63 - BitOperations.LeadingZeroCount(words[word]);
            }
            return -1;
        }
    }
}
