using Sluice.Server.History;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Api.Spot;

/// <summary>A history that can be made to seem behind.</summary>
internal sealed class LaggingHistory(IHistory history) : IHistory
{
    public bool IsBehind { get; set; }

    public long Sequence => history.Sequence;

    public ValueTask<bool> CaughtUpAsync(int user, CancellationToken cancellation = default) => IsBehind ? new(false) : history.CaughtUpAsync(user, cancellation);

    public ValueTask<bool> CaughtUpAsync(MarketView pair, CancellationToken cancellation = default) => IsBehind ? new(false) : history.CaughtUpAsync(pair, cancellation);

    public OrderRow? Order(long id) => history.Order(id);

    public IReadOnlyList<OrderRow> Orders(OrderQuery query) => history.Orders(query);

    public IReadOnlyList<FillRow> Fills(FillQuery query) => history.Fills(query);

    public IReadOnlyList<TradeRow> Trades(TradeQuery query) => history.Trades(query);

    public IReadOnlyList<BookEntry> AccountBook(BookQuery query) => history.AccountBook(query);

    public TriggerRow? Trigger(long id) => history.Trigger(id);

    public IReadOnlyList<TriggerRow> Triggers(TriggerQuery query) => history.Triggers(query);

    public IReadOnlyList<TransferRow> Transfers(TransferQuery query) => history.Transfers(query);

    public IReadOnlyList<DepositRow> Deposits(DepositQuery query) => history.Deposits(query);

    public IReadOnlyList<OrderRow> OrdersOpenOrEndedSince(long nanos) => history.OrdersOpenOrEndedSince(nanos);

    public IReadOnlyList<TriggerRow> OpenTriggers() => history.OpenTriggers();
}
