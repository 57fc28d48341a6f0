using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;
using Sluice.Server.History.Futures;

namespace Sluice.Server.Views.Futures;

/// <summary>Where the views of contracts start: from the state, and from what the history has of it.</summary>
public sealed partial class FuturesViews
{
    /// <summary>What the state's description does not tell: last prices, what was traded, orders and triggers.</summary>
    internal void Begin(FuturesState state, IFuturesHistory? history, long sequence, long nowNanos)
    {
        foreach (var market in state.Markets)
        {
            var (contract, book) = (byId[market.Id.Value], market.Book);
            if (book.LastPrice != 0) contract.Ticker.Priced(book.LastPrice);
            contract.BeginTrades(book.LastTradeId, history?.TradedBefore(contract.Id).Size ?? 0);
            venue.Counts.AddTrades(book.LastTradeId);
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in book.Slots(side))
                {
                    venue.Counts.AddOrders((OrderMarks.Of(book.Pool.Orders[slot].Flags) & ContractOrderFlags.Participant) != 0, 1);
                }
            }
        }
        venue.Counts.AddTriggers(state.Triggers.All.Count);
        BeginAutos(state, history, sequence);
        if (history is null) return;
        foreach (var order in history.ContractOrdersOpenOrEndedSince(nowNanos - OrdersKept.Nanos)) orders.Put(order);
        foreach (var trigger in history.OpenContractTriggers()) triggers.Put(trigger);
    }

    /// <summary>The history misses commands that are no longer in the log: what is open now is told as far as the core knows it; what it holds for open and the core
    /// does not ended unseen.</summary>
    internal void Reconcile(FuturesState state, IFuturesHistory? history)
    {
        var open = new HashSet<long>();
        foreach (var market in state.Markets)
        {
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in market.Book.Slots(side))
                {
                    ref readonly var order = ref state.Pool.Orders[slot];
                    if ((OrderMarks.Of(order.Flags) & ContractOrderFlags.Participant) != 0 || FuturesState.IsVenue(state.Seats[order.Trader].User)) continue;
                    open.Add(order.Id);
                    Rebuild(state, market, slot);
                }
            }
        }
        foreach (var trigger in state.Triggers.All.Values.Where(trigger => !venue.IsParticipant(trigger.User)))
        {
            open.Add(trigger.Id);
            Put(RowOf(trigger));
        }
        ReconcileAutos(state, history);
        if (history is null) return;
        foreach (var order in history.ContractOrdersOpenOrEndedSince(long.MaxValue).Where(order => !open.Contains(order.Id)))
        {
            var ended = order with { Finish = FinishReason.Unknown, UpdatedNanos = Now, Sequence = Sequence };
            orders.Change(ended);
            Tell(ended, OrderChange.Finish);
        }
        foreach (var trigger in history.OpenContractTriggers().Where(trigger => !open.Contains(trigger.Id)))
        {
            Put(trigger with { Status = TriggerStatus.Invalid, FinishedNanos = Now, UpdatedNanos = Now });
        }
    }

    private void Rebuild(FuturesState state, Market market, int slot)
    {
        ref readonly var order = ref state.Pool.Orders[slot];
        ref readonly var seat = ref state.Seats[order.Trader];
        var rates = state.Pool.Rates[order.Rates];
        var sign = order.Side == Side.Sell ? -1 : 1;
        var known = orders.TryGet(order.Id, out var row);
        row ??= new ContractOrderRow
        {
            Id = order.Id, User = seat.User, Instrument = market.Id.Value, Wallet = market.Wallet.Value, Price = order.Price, Size = sign * order.Size,
            Iceberg = state.Pool.DisplayedOf(slot), MakerRate = rates.Maker, TakerRate = rates.Taker, ValuePrice = order.Price, SlippageRate = 0, TriggerId = 0,
            StpGroup = seat.Group, StpAction = SelfTradeAction.None, Leg = LegOf(state.Accounts[seat.Account].Mode, order), TimeInForce = order.TimeInForce, Flags = OrderMarks.Of(order.Flags),
            AutoSize = AutoSize.None, IsCross = seat.IsCross, Text = "", ChannelTag = "", CreatedNanos = Now,
        };
        var unseen = order.Size - order.Left - row.FilledSize;
        row = row with
        {
            Price = order.Price, Size = sign * order.Size, Left = order.Left, MakerRate = rates.Maker, TakerRate = rates.Taker, UpdatedNanos = Now,
            ValuePrice = state.ValuePrices.GetValueOrDefault(order.Id, order.Price), LossMark = state.LossMarks.GetValueOrDefault(order.Id), FilledSize = row.FilledSize + unseen,
            FilledValue = row.FilledValue + byId[market.Id.Value].ValueOf(unseen, order.Price), Sequence = Sequence,
        };
        orders.Put(row);
        Tell(row, known ? OrderChange.Update : OrderChange.Put);
    }

    // M-083: a buy opens the long leg or reduces the short one.
    private static Leg LegOf(PositionMode mode, in Order order) =>
        mode == PositionMode.Single ? Leg.Net : order.Side == Side.Buy != OrderMarks.Reduces(order) ? Leg.Long : Leg.Short;

    private ContractTriggerRow RowOf(ContractTrigger trigger)
    {
        var terms = trigger.Terms;
        var row = triggers.TryGet(trigger.Id, out var known) ? known : new ContractTriggerRow
        {
            Id = trigger.Id, User = trigger.User, Wallet = trigger.Market.Wallet.Value, TriggerPrice = terms.TriggerPrice, Price = terms.Price, Size = terms.Size,
            Instrument = terms.Instrument, Rule = terms.Rule, PriceType = terms.PriceType, OrderType = terms.OrderType, TimeInForce = terms.TimeInForce, Flags = terms.Flags,
            AutoSize = terms.AutoSize, MarginMode = terms.MarginMode, ExpirationSeconds = terms.ExpirationSeconds, Role = trigger.Role, ParentOrder = trigger.ParentOrder,
            Text = trigger.Text, CreatedNanos = Now,
        };
        return row with { Size = terms.Size, TriggerPrice = terms.TriggerPrice, Price = terms.Price, PriceType = terms.PriceType, Status = trigger.Status, UpdatedNanos = Now };
    }
}
