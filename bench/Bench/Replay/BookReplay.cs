using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products;

namespace Sluice.Bench.Replay;

/// <summary>Matching alone: the venue's order books, called as its handlers call them, one book a symbol over one pool. Fills go to the tape, what the
/// books announce is read to the last byte. Nobody has money here, and nobody's orders are listed.</summary>
internal sealed class BookReplay : IReplay
{
    private const int DrainAbove = 4096;            // bytes of events: they are read while they are still in the first cache

    private const int Distance = 4;                 // commands between two requests to the cache

    private readonly OrderFlow flow;
    private readonly OrderPool pool = new();
    private readonly OrderBook[] books;
    private readonly EventBuffer events = new(1 << 16);
    private readonly EventFold fold = new();
    private TapeSettlement settlement = new();
    private long rejects;

    /// <param name="capacity">Orders and levels that the pool takes memory for at its start; none unless it is said.</param>
    public BookReplay(OrderFlow flow, VenueCapacity? capacity = null)
    {
        this.flow = flow;
        if (capacity is not null) pool.Reserve(capacity.Orders, capacity.Levels);
        books = new OrderBook[flow.Profile.Symbols];
        for (var i = 0; i < books.Length; i++) books[i] = new OrderBook(new InstrumentId(i + 1), pool);
    }

    /// <summary>Over every byte the books announced.</summary>
    public ulong EventHash => fold.Value;

    public void Run(int from, int to)
    {
        var large = pool.IsLarge;
        for (var i = from; i < to; i++)
        {
            if (large) Prefetch(i, to);
            ref readonly var command = ref flow.Records[i];
            var book = books[command.Symbol];
            switch (command.Op)
            {
                case FlowOp.Cancel: Cancel(book, (long)command.OrderId); break;
                case FlowOp.Amend: Amend(book, command); break;
                default: Place(book, command); break;
            }
            if (events.Length > DrainAbove) Drain();
        }
        Drain();
    }

    public FlowResult Result()
    {
        var resting = new List<(long Id, long Price, long Left)>();
        foreach (var book in books)
        {
            foreach (var slot in book.Slots(Side.Buy).Concat(book.Slots(Side.Sell)))
            {
                ref readonly var order = ref pool.Orders[slot];
                resting.Add((order.Id, order.Price, order.Left));
            }
        }
        resting.Sort();
        var hash = new Tape();
        foreach (var (id, price, left) in resting) hash.Resting(id, price, left);
        var levels = books.Sum(book => book.Bids.Count + book.Asks.Count);
        return new FlowResult(settlement.Trades, settlement.Traded, rejects, settlement.Tape.Text, resting.Count, levels, hash.Text);
    }

    // What the venue's handlers ask for before a batch's commands run, each piece a few commands after what it is found through.
    private void Prefetch(int at, int to)
    {
        if (at + 3 * Distance < to)
        {
            ref readonly var command = ref flow.Records[at + 3 * Distance];
            OrderBook.Prefetch(books[command.Symbol]);
            pool.ById.Prefetch((long)command.OrderId);
        }
        if (at + 2 * Distance < to)
        {
            ref readonly var command = ref flow.Records[at + 2 * Distance];
            if (command.Op != FlowOp.Add) pool.PrefetchOrder((long)command.OrderId);
        }
        if (at + Distance < to)
        {
            ref readonly var command = ref flow.Records[at + Distance];
            if (command.Op != FlowOp.Add) pool.PrefetchLevel((long)command.OrderId);
        }
    }

    private void Place(OrderBook book, in FlowRecord command)
    {
        book.Begin();
        var taker = new Taker { OrderId = (long)command.OrderId, Limit = command.Price, Left = command.Quantity, Side = (Side)command.Side };
        book.Match(ref taker, ref settlement);
        if (taker.Left > 0 && command.Op == FlowOp.Add) Rest(book, command, taker.Left);
        book.Announce(events);
    }

    private void Rest(OrderBook book, in FlowRecord command, long left)
    {
        var slot = pool.TakeOrder();
        ref var order = ref pool.Orders[slot];
        order = default;
        order.Id = (long)command.OrderId;
        order.Price = command.Price;
        order.Size = command.Quantity;
        order.Left = left;
        order.Side = (Side)command.Side;
        book.Rest(slot);
    }

    private void Cancel(OrderBook book, long id)
    {
        if (!pool.ById.TryGet(id, out var slot))
        {
            rejects++;
            return;
        }
        book.Begin();
        book.Unlink(slot);
        book.Free(slot);
        book.Announce(events);
    }

    private void Amend(OrderBook book, in FlowRecord command)
    {
        if (!pool.ById.TryGet((long)command.OrderId, out var slot))
        {
            rejects++;
            return;
        }
        book.Begin();
        book.Move(slot, command.Price, pool.Orders[slot].Left);
        book.Announce(events);
    }

    private void Drain()
    {
        fold.Add(events.Written);
        events.Clear();
    }

    /// <summary>Counts and hashes; money is the products' business.</summary>
    private struct TapeSettlement() : IFillSettlement
    {
        public Tape Tape = new();
        public long Trades;
        public long Traded;

        public void Settle(ref Taker taker, ref Order maker, long price, long size, bool hidden)
        {
            Trades++;
            Traded += size;
            Tape.Trade(maker.Id, taker.OrderId, price, size);
        }

        public readonly void SettleAuction(ref Order buy, ref Order sell, long price, long size) => throw new InvalidOperationException("A flow has no auction.");

        public readonly void MakerEnded(ref Order maker, FinishReason reason)
        {
        }

        public readonly int GroupOf(in Order maker) => 0;
    }
}
