using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Plain;

/// <summary>The book anyone would write first: a sorted dictionary of linked lists. No accounts, no fees, no events but the tape. It is what the
/// core's figure is a ratio to.</summary>
internal sealed class PlainBook(Dictionary<long, LinkedListNode<PlainBook.Resting>> byId)
{
    private readonly SortedDictionary<uint, LinkedList<Resting>> bids = new(Comparer<uint>.Create((a, b) => b.CompareTo(a)));
    private readonly SortedDictionary<uint, LinkedList<Resting>> asks = [];

    public int Levels => bids.Count + asks.Count;

    public IEnumerable<Resting> Orders => bids.Values.Concat(asks.Values).SelectMany(queue => queue);

    public void Order(in FlowRecord command, bool rests, ref PlainTape tape)
    {
        var left = command.Quantity;
        var opposite = command.Side == 0 ? asks : bids;
        while (left > 0 && opposite.Count > 0)
        {
            var (price, queue) = opposite.First();
            if (command.Side == 0 ? price > command.Price : price < command.Price) break;
            while (left > 0 && queue.First is { } node)
            {
                var maker = node.Value;
                var size = uint.Min(maker.Left, left);
                left -= size;
                maker.Left -= size;
                tape.Fill(maker.Id, (long)command.OrderId, price, size);
                if (maker.Left > 0) break;
                queue.RemoveFirst();
                byId.Remove(maker.Id);
            }
            if (queue.Count == 0) opposite.Remove(price);
        }
        if (rests && left > 0) Rest(new Resting((long)command.OrderId, command.Side, left), command.Price);
    }

    public bool Cancel(long id)
    {
        if (!byId.Remove(id, out var node)) return false;
        TakeOut(node);
        return true;
    }

    public bool Amend(long id, uint price)
    {
        if (!byId.Remove(id, out var node)) return false;
        TakeOut(node);
        Rest(node.Value, price);
        return true;
    }

    private void Rest(Resting order, uint price)
    {
        var side = order.Side == 0 ? bids : asks;
        if (!side.TryGetValue(price, out var queue)) side.Add(price, queue = new LinkedList<Resting>());
        order.Price = price;
        byId.Add(order.Id, queue.AddLast(order));
    }

    private void TakeOut(LinkedListNode<Resting> node)
    {
        var queue = node.List!;
        queue.Remove(node);
        if (queue.Count == 0) (node.Value.Side == 0 ? bids : asks).Remove(node.Value.Price);
    }

    internal sealed class Resting(long id, byte side, uint left)
    {
        public long Id => id;
        public byte Side => side;
        public uint Left { get; set; } = left;
        public uint Price { get; set; }
    }
}

/// <summary>What the plain book says about its trades.</summary>
internal struct PlainTape()
{
    public Tape Hash = new();
    public long Trades;
    public long Traded;

    public void Fill(long maker, long taker, uint price, uint size)
    {
        Trades++;
        Traded += size;
        Hash.Trade(maker, taker, price, size);
    }
}

/// <summary>Runs a flow through plain books, one a symbol.</summary>
internal sealed class PlainReplay : IReplay
{
    private readonly OrderFlow flow;
    private readonly Dictionary<long, LinkedListNode<PlainBook.Resting>> byId = [];
    private readonly PlainBook[] books;
    private PlainTape tape = new();
    private long rejects;

    public PlainReplay(OrderFlow flow)
    {
        this.flow = flow;
        books = new PlainBook[flow.Profile.Symbols];
        for (var i = 0; i < books.Length; i++) books[i] = new PlainBook(byId);
    }

    public void Run(int from, int to)
    {
        foreach (ref readonly var command in flow.Records.AsSpan(from, to - from))
        {
            var book = books[command.Symbol];
            switch (command.Op)
            {
                case FlowOp.Cancel:
                    if (!book.Cancel((long)command.OrderId)) rejects++;
                    break;
                case FlowOp.Amend:
                    if (!book.Amend((long)command.OrderId, command.Price)) rejects++;
                    break;
                default:
                    book.Order(command, command.Op == FlowOp.Add, ref tape);
                    break;
            }
        }
    }

    public FlowResult Result()
    {
        var resting = books.SelectMany(book => book.Orders).OrderBy(order => order.Id).ToArray();
        var hash = new Tape();
        foreach (var order in resting) hash.Resting(order.Id, order.Price, order.Left);
        return new FlowResult(tape.Trades, tape.Traded, rejects, tape.Hash.Text, resting.Length, books.Sum(book => book.Levels), hash.Text);
    }
}
