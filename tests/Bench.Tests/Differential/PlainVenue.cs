using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;

namespace Sluice.Bench.Tests.Differential;

/// <summary>What a venue must say about a flow, event by event: sorted dictionaries of linked lists, one line a rule, nothing of the book it judges
/// but the form of its events. It keeps no balances: in a flow everyone has enough.</summary>
internal sealed class PlainVenue(long idsBefore, long fee)
{
    public const long ValueUnit = 1_000_000;            // quanta in one raw price × one raw size: 2 and 4 decimals of 12
    public const long BaseUnit = 100_000_000;           // quanta in one raw size
    private const int Quote = 1;                        // the first asset listed; then one a pair

    private readonly Dictionary<uint, Market> markets = [];
    private readonly Dictionary<long, Resting> open = [];
    private long given;                                 // ids of this flow

    /// <summary>Of the last command: all it says, but for the movements of money.</summary>
    public EventBuffer Events { get; } = new();

    public int Open => open.Count;

    public void Run(in FlowRecord record, Stamp stamp)
    {
        Events.Clear();
        var user = FlowCommands.UserOf(record.Account);
        if (!markets.TryGetValue(record.Symbol, out var market)) markets.Add(record.Symbol, market = new Market(FlowCommands.InstrumentOf(record)));
        var kind = record.Op switch { FlowOp.Cancel => CancelOrder.Kind, FlowOp.Amend => AmendOrder.Kind, _ => PlaceOrder.Kind };
        Events.Append(new StepStarted { Sequence = stamp.Sequence, TimeNanos = stamp.TimeNanos, Actor = user, CommandKind = kind });
        var named = idsBefore + (long)record.OrderId;
        var (id, refusal) = record.Op switch
        {
            FlowOp.Cancel => Cancel(market, user, named),
            FlowOp.Amend => Amend(market, user, named, record.Price),
            _ => (Place(market, user, record), SpotRefusal.None),
        };
        Events.Append(new CommandEnded { ObjectId = id, Refusal = (ushort)refusal, Actor = user });
    }

    private long Place(Market market, int user, in FlowRecord record)
    {
        var taker = new Resting { Id = idsBefore + ++given, User = user, Side = (Side)record.Side, Price = record.Price, Size = record.Quantity, Left = record.Quantity };
        var rests = record.Op == FlowOp.Add;
        Events.Append(new OrderAccepted
        {
            OrderId = taker.Id, Price = taker.Price, Size = taker.Size, MakerRate = fee, TakerRate = fee, User = user, Instrument = market.Instrument,
            Wallet = WalletId.Spot.Value, Side = taker.Side, TimeInForce = rests ? TimeInForce.GoodTillCancelled : TimeInForce.ImmediateOrCancel,
        });
        var opposite = market.Levels(taker.Side == Side.Buy ? Side.Sell : Side.Buy);
        while (taker.Left > 0 && opposite.Count > 0)                                 // M-032
        {
            var (price, level) = opposite.First();
            if (taker.Side == Side.Buy ? price > taker.Price : price < taker.Price) break;
            Fill(market, taker, level.First!.Value, price);
        }
        if (taker.Left > 0 && rests) Rest(market, taker);                            // M-042
        else Finished(market, taker, taker.Left == 0 ? FinishReason.Filled : FinishReason.ImmediateOrCancel);
        market.Announce(Events);
        return taker.Id;
    }

    private void Fill(Market market, Resting taker, Resting maker, long price)
    {
        var size = long.Min(maker.Left, taker.Left);
        taker.Left -= size;
        maker.Left -= size;
        market.Changed(maker);
        var value = (Int128)price * size * ValueUnit;
        var (ofBase, ofQuote) = (Fee((Int128)size * BaseUnit), Fee(value));
        var makerBuys = maker.Side == Side.Buy;
        var asset = market.Instrument + 1;
        Events.Append(new OrderFilled
        {
            Value = new Money(value), MakerFee = makerBuys ? ofBase : ofQuote, TakerFee = makerBuys ? ofQuote : ofBase, TradeId = ++market.Trades, Price = price,
            Size = size, MakerOrder = maker.Id, TakerOrder = taker.Id, MakerLeft = maker.Left, TakerLeft = taker.Left, MakerUser = maker.User,
            TakerUser = taker.User, Instrument = market.Instrument, MakerFeeAsset = makerBuys ? asset : Quote, TakerFeeAsset = makerBuys ? Quote : asset,
            TakerSide = taker.Side,
        });
        if (maker.Left > 0) return;
        Finished(market, maker, FinishReason.Filled);                                // M-150: before anything else happens
        Remove(market, maker);
    }

    private (long, SpotRefusal) Cancel(Market market, int user, long id)
    {
        if (!open.TryGetValue(id, out var order) || order.User != user) return (0, SpotRefusal.OrderNotFound);
        Remove(market, order);
        Finished(market, order, FinishReason.Cancelled);
        market.Announce(Events);
        return (id, SpotRefusal.None);
    }

    // A flow's amend moves an order to a price where it does not trade.
    private (long, SpotRefusal) Amend(Market market, int user, long id, long price)
    {
        if (!open.TryGetValue(id, out var order) || order.User != user) return (0, SpotRefusal.OrderNotFound);
        if (price == order.Price) return (id, SpotRefusal.NoChange);
        Events.Append(new OrderUpdated { OrderId = id, Price = price, Size = order.Size, Left = order.Left, User = user, Instrument = market.Instrument });
        Remove(market, order);
        order.Price = price;
        Rest(market, order);
        market.Announce(Events);
        return (id, SpotRefusal.None);
    }

    private void Rest(Market market, Resting order)
    {
        var levels = market.Levels(order.Side);
        if (!levels.TryGetValue(order.Price, out var level)) levels.Add(order.Price, level = new LinkedList<Resting>());
        order.Place = level.AddLast(order);
        open.Add(order.Id, order);
        market.Changed(order);
    }

    private void Remove(Market market, Resting order)
    {
        var level = order.Place!.List!;
        level.Remove(order.Place);
        if (level.Count == 0) market.Levels(order.Side).Remove(order.Price);
        open.Remove(order.Id);
        market.Changed(order);
    }

    private void Finished(Market market, Resting order, FinishReason reason) =>
        Events.Append(new OrderFinished { OrderId = order.Id, Left = order.Left, User = order.User, Instrument = market.Instrument, Reason = reason });

    // S-051: up, in what is received.
    private Money Fee(Int128 received) => new((received * fee + Rate.One - 1) / Rate.One);

    private sealed class Resting
    {
        public required long Id { get; init; }
        public required int User { get; init; }
        public required Side Side { get; init; }
        public required long Size { get; init; }
        public required long Price { get; set; }
        public required long Left { get; set; }
        public LinkedListNode<Resting>? Place { get; set; }
    }

    private sealed class Market(int instrument)
    {
        private readonly SortedDictionary<long, LinkedList<Resting>> bids = new(Comparer<long>.Create((a, b) => b.CompareTo(a)));
        private readonly SortedDictionary<long, LinkedList<Resting>> asks = [];
        private readonly List<(Side Side, long Price)> changed = [];        // by the running command, first first
        private readonly List<(Side Side, long Price)> gone = [];
        private (long, long, long, long) best;
        private long updates;

        public int Instrument => instrument;
        public long Trades { get; set; }

        public SortedDictionary<long, LinkedList<Resting>> Levels(Side side) => side == Side.Buy ? bids : asks;

        public void Changed(Resting order)
        {
            var level = (order.Side, order.Price);
            if (!Levels(order.Side).ContainsKey(order.Price)) gone.Add(level);
            else if (!changed.Contains(level)) changed.Add(level);
        }

        // M-150, M-152: levels that are gone, then those that changed, then the best prices.
        public void Announce(EventBuffer events)
        {
            foreach (var (side, price) in gone) Delta(events, side, price, 0);
            foreach (var (side, price) in changed)
            {
                if (Levels(side).TryGetValue(price, out var level)) Delta(events, side, price, level.Sum(order => order.Left));
            }
            if (gone.Count + changed.Count == 0) return;
            gone.Clear();
            changed.Clear();
            var ((bid, bidSize), (ask, askSize)) = (Top(bids), Top(asks));
            if (best == (bid, bidSize, ask, askSize)) return;
            best = (bid, bidSize, ask, askSize);
            events.Append(new BestChanged { UpdateId = updates, BidPrice = bid, BidSize = bidSize, AskPrice = ask, AskSize = askSize, Instrument = instrument });
        }

        private static (long Price, long Size) Top(SortedDictionary<long, LinkedList<Resting>> levels)
        {
            if (levels.Count == 0) return default;
            var (price, level) = levels.First();
            return (price, level.Sum(order => order.Left));
        }

        private void Delta(EventBuffer events, Side side, long price, long size) =>
            events.Append(new BookDelta { UpdateId = ++updates, Price = price, Size = size, Instrument = instrument, Side = side });
    }
}
