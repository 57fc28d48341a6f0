using Sluice.Core.Ledger;
using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Api.Spot;

/// <summary>A history in plain lists: always caught up, because the views tell it before the request is answered.</summary>
internal sealed class PlainHistory : IHistory, IViewListener
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, OrderRow> orders = [];
    private readonly SortedDictionary<long, TriggerRow> triggers = [];
    private readonly List<FillRow> fills = [];
    private readonly List<TradeRow> trades = [];
    private readonly List<BookEntry> book = [];

    public long Sequence { get; private set; }

    /// <summary>What <see cref="CaughtUpAsync(int, CancellationToken)"/> answers.</summary>
    public bool IsCaughtUp { get; set; } = true;

    public ValueTask<bool> CaughtUpAsync(int user, CancellationToken cancellation = default) => new(IsCaughtUp);

    public ValueTask<bool> CaughtUpAsync(PairView pair, CancellationToken cancellation = default) => new(IsCaughtUp);

    public OrderRow? Order(long id)
    {
        lock (gate) return orders.GetValueOrDefault(id);
    }

    public IReadOnlyList<OrderRow> Orders(OrderQuery query)
    {
        lock (gate)
        {
            return Page(orders.Values.Where(row => row.User == query.User && row.IsOpen == query.Open && (query.Instrument ?? row.Instrument) == row.Instrument
                && (query.Side ?? row.Side) == row.Side && (query.Wallet ?? row.Wallet) == row.Wallet).OrderByDescending(row => row.UpdatedNanos).ThenByDescending(row => row.Id),
                query.Window, row => row.UpdatedNanos);
        }
    }

    public IReadOnlyList<FillRow> Fills(FillQuery query)
    {
        lock (gate)
        {
            return Page(fills.Where(row => row.User == query.User && (query.Instrument ?? row.Trade.Instrument) == row.Trade.Instrument
                && (query.OrderId ?? row.OrderId) == row.OrderId && (query.Wallet is null || query.Wallet == orders[row.OrderId].Wallet)).Reverse(),
                query.Window, row => row.Trade.TimeNanos);
        }
    }

    public IReadOnlyList<TradeRow> Trades(TradeQuery query)
    {
        lock (gate)
        {
            var mine = trades.Where(row => row.Instrument == query.Instrument).Reverse();
            return query.LastId is { } last
                ? [.. mine.Where(row => query.Reverse ? row.MarketId < last : row.MarketId > last).Skip((int)query.Window.Skip).Take(query.Window.Limit)]
                : Page(mine, query.Window, row => row.TimeNanos);
        }
    }

    public IReadOnlyList<BookEntry> AccountBook(BookQuery query)
    {
        lock (gate)
        {
            return Page(book.Where(entry => entry.Row.User == query.User && (query.Wallet ?? entry.Row.Wallet) == entry.Row.Wallet
                && (query.Asset ?? entry.Row.Asset) == entry.Row.Asset && (query.Reasons is null || query.Reasons.Count == 0 || query.Reasons.Contains(entry.Row.Reason)))
                .Reverse(), query.Window, entry => entry.Row.TimeNanos);
        }
    }

    public TriggerRow? Trigger(long id)
    {
        lock (gate) return triggers.GetValueOrDefault(id);
    }

    public IReadOnlyList<TriggerRow> Triggers(TriggerQuery query)
    {
        lock (gate)
        {
            return Page(triggers.Values.Where(row => row.User == query.User && row.IsOpen == query.Open && (query.Instrument ?? row.Instrument) == row.Instrument
                && (query.Wallet ?? row.Wallet) == row.Wallet).Reverse(), query.Window, row => row.CreatedNanos);
        }
    }

    public IReadOnlyList<TransferRow> Transfers(TransferQuery query) => [];

    public IReadOnlyList<DepositRow> Deposits(DepositQuery query) => [];

    public IReadOnlyList<OrderRow> OrdersOpenOrEndedSince(long nanos) => [];

    public IReadOnlyList<TriggerRow> OpenTriggers() => [];

    public void OrderChanged(OrderRow order, OrderChange change)
    {
        lock (gate) orders[order.Id] = order;
    }

    public void Filled(FillRow fill)
    {
        lock (gate) fills.Add(fill);
    }

    public void Traded(PairView pair, TradeRow trade)
    {
        lock (gate) trades.Add(trade);
    }

    public void BalanceChanged(BalanceRow entry)
    {
        lock (gate) book.Add(new BookEntry(book.Count + 1, entry));
    }

    public void TriggerChanged(TriggerRow trigger)
    {
        lock (gate) triggers[trigger.Id] = trigger;
    }

    public void Delivered(long sequence, long timeNanos) => Sequence = sequence;

    private static T[] Page<T>(IEnumerable<T> newestFirst, Window window, Func<T, long> time) =>
        [.. newestFirst.Where(row => time(row) >= window.FromNanos && time(row) < window.ToNanos).Skip((int)window.Skip).Take(window.Limit)];
}
