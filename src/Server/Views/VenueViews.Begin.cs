using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;
using Sluice.Server.History;
using Sluice.Server.History.Futures;

namespace Sluice.Server.Views;

/// <summary>Where a view that lives in memory starts: from the state, and from what the history has of it.</summary>
public sealed partial class VenueViews
{
    /// <summary>Takes over the state recovery starts from (<see cref="Recovery.Run"/>, begin), before anything is re-executed. With a history that has
    /// reached this state or more, open orders and triggers are the history's, and commands it has are not told again. With one that is behind, or gone,
    /// what the core knows of open orders is told and the rest of that time is lost to it.</summary>
    public void Begin(VenueProducts products, IHistory? history = null)
    {
        var machine = products.Machine;
        recorded = long.Max(history?.Sequence ?? 0, machine.Sequence);
        Describe(products);
        if (history is not null)
        {
            foreach (var order in history.OrdersOpenOrEndedSince(machine.TimeNanos - OrdersKept.Nanos)) orders.Put(order);
            foreach (var trigger in history.OpenTriggers()) triggers.Put(trigger);
        }
        Futures.Begin(products.Futures.State, history as IFuturesHistory, machine.Sequence, machine.TimeNanos);
        (sequence, timeNanos) = (machine.Sequence, machine.TimeNanos);
        shown = new At(new Stamp(sequence, timeNanos));
        if ((history?.Sequence ?? 0) >= machine.Sequence) return;
        Reconcile(products, history);
        foreach (var listener in listeners) listener.Delivered(sequence, timeNanos);
    }

    private void Describe(VenueProducts products)
    {
        var events = new EventBuffer();
        StateDescription.Write(products, events);
        var reader = events.Read();
        while (reader.Next())
        {
            // The state has each level at the book's present update id: no change anybody should hear of.
            if (reader.Kind == BookDelta.Kind)
            {
                ref readonly var delta = ref reader.As<BookDelta>();
                BookOf(delta.Instrument).Change(delta.Side, delta.Price, delta.Size, delta.UpdateId, timeNanos);
            }
            else if (reader.Kind == BestChanged.Kind)
            {
                ref readonly var best = ref reader.As<BestChanged>();
                BookOf(best.Instrument).Begin(best.UpdateId, timeNanos);
            }
            else Apply(reader);
        }
        foreach (var pair in products.Spot.State.Pairs)
        {
            if (pair.Book.LastPrice != 0) pairs[pair.Id.Value - 1].Ticker.Priced(pair.Book.LastPrice);
            Counts.AddTrades(pair.Book.LastTradeId);
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in pair.Book.Slots(side)) Counts.AddOrders((pair.Book.Pool.Orders[slot].Flags & OrderFlags.ParticipantOwned) != 0, 1);
            }
        }
        Counts.AddTriggers(products.Spot.State.Triggers.All.Count);
        Span<byte> tail = stackalloc byte[256];
        foreach (var order in products.Spot.State.Pov.All.Values)
        {
            Pov.Put(PovRow.Of(order.Describe(), tail[..order.DescribeTail(tail)]));
        }
    }

    private BookView BookOf(int instrument) => instrument <= pairs.Length ? pairs[instrument - 1].Book : Futures.Of(instrument).Book;

    // The history misses commands that are no longer in the log. What is open now is told as far as the core knows it; what it holds for open and the
    // core does not ended unseen.
    private void Reconcile(VenueProducts products, IHistory? history)
    {
        Futures.Reconcile(products.Futures.State, history as IFuturesHistory);
        var spot = products.Spot.State;
        var open = new HashSet<long>();
        foreach (var pair in spot.Pairs)
        {
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in pair.Book.Slots(side))
                {
                    ref readonly var order = ref spot.Pool.Orders[slot];
                    if ((order.Flags & OrderFlags.ParticipantOwned) != 0) continue;
                    open.Add(order.Id);
                    Rebuild(spot, pair, slot);
                }
            }
        }
        foreach (var trigger in spot.Triggers.All.Values.Where(trigger => !users.IsParticipant(trigger.User))) open.Add(Rebuild(trigger).Id);
        if (history is null) return;
        foreach (var order in history.OrdersOpenOrEndedSince(long.MaxValue).Where(order => !open.Contains(order.Id)))
        {
            var ended = order with { Finish = FinishReason.Unknown, UpdatedNanos = timeNanos, Sequence = sequence };
            orders.Change(ended);
            Tell(ended, OrderChange.Finish);
        }
        foreach (var trigger in history.OpenTriggers().Where(trigger => !open.Contains(trigger.Id)))
        {
            Put(trigger with { Status = TriggerStatus.Invalid, FinishedNanos = timeNanos });
        }
    }

    private void Rebuild(SpotState spot, Pair pair, int slot)
    {
        ref readonly var order = ref spot.Pool.Orders[slot];
        var rates = spot.Pool.Rates[order.Rates];
        var known = orders.TryGet(order.Id, out var row);
        ref readonly var trader = ref spot.Traders[order.Trader];
        row ??= new OrderRow
        {
            Id = order.Id, User = trader.User, Instrument = pair.Id.Value, Wallet = trader.Wallet, Side = order.Side, Type = OrderType.Limit,
            TimeInForce = order.TimeInForce, Price = order.Price, Size = order.Size, Budget = default, Iceberg = spot.Pool.DisplayedOf(slot), MakerRate = rates.Maker,
            TakerRate = rates.Taker, SlippageRate = 0, StpGroup = trader.StpGroup, StpAction = SelfTradeAction.None, Flags = order.Flags, TriggerId = 0,
            Text = spot.UniqueTexts.TryGetValue(order.Id, out var unique) ? unique.Text : "", ChannelTag = "", CreatedNanos = timeNanos,
            FeeAsset = order.Side == Side.Buy ? pair.Base.Id : pair.Quote.Id,
        };
        var unseen = order.Size - order.Left - row.FilledSize;
        row = row with
        {
            Price = order.Price, Size = order.Size, Left = order.Left, MakerRate = rates.Maker, TakerRate = rates.Taker, UpdatedNanos = timeNanos,
            FilledSize = row.FilledSize + unseen, FilledValue = row.FilledValue + pair.Book.Value(order.Price, unseen), Sequence = sequence,
        };
        orders.Put(row);
        Tell(row, known ? OrderChange.Update : OrderChange.Put);
    }

    private TriggerRow Rebuild(Trigger trigger)
    {
        var terms = trigger.Terms;
        var row = triggers.TryGet(trigger.Id, out var known) ? known : new TriggerRow
        {
            Id = trigger.Id, User = trigger.User, Instrument = trigger.Pair.Id.Value, Wallet = terms.Wallet, TriggerPrice = terms.TriggerPrice,
            Rule = terms.Rule, ExpiresAtNanos = trigger.ExpiresAtNanos, Side = terms.Side, Type = terms.Type, TimeInForce = terms.TimeInForce,
            Price = terms.Price, ParentOrder = trigger.ParentOrder, Role = trigger.Role, Text = trigger.Text, CreatedNanos = timeNanos,
        };
        row = row with { Size = trigger.Size, Budget = trigger.Budget, Status = trigger.Status };
        Put(row);
        return row;
    }
}
