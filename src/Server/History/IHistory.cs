using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>Which part of a list, newest first unless a query says otherwise. Times in nanoseconds; From inclusive, To exclusive.</summary>
public readonly record struct Window(long FromNanos, long ToNanos, long Skip, int Limit);

/// <param name="Open">True: open ones, false: ended ones, by end time.</param>
public sealed record OrderQuery(int User, Window Window, bool Open, int? Instrument = null, Side? Side = null, int? Wallet = null);

public sealed record FillQuery(int User, Window Window, int? Instrument = null, long? OrderId = null, int? Wallet = null);

/// <param name="LastId">Market ids above it (or, with Reverse, below it); then times do not count.</param>
public sealed record TradeQuery(int Instrument, Window Window, long? LastId = null, bool Reverse = false);

/// <param name="Reasons">Empty = all.</param>
public sealed record BookQuery(int User, Window Window, int? Wallet = null, int? Asset = null, IReadOnlyList<Reason>? Reasons = null, int? Instrument = null);

public sealed record TriggerQuery(int User, Window Window, bool Open, int? Instrument = null, int? Wallet = null);

/// <param name="Users">Transfers from or to any of them.</param>
public sealed record TransferQuery(IReadOnlyList<int> Users, Window Window, Products.Wallet.TransferRoute? Route = null, int? Asset = null, long? Id = null, string? ClientOrderId = null);

public sealed record DepositQuery(int User, Window Window, int? Asset = null, bool DepositsOnly = true);

/// <summary>An account-book entry with its own id, growing.</summary>
public readonly record struct BookEntry(long Id, BalanceRow Row);

/// <summary>The projections of events into a database: what has been. Each stores the sequence it has reached in the same transaction.</summary>
public interface IHistory
{
    /// <summary>Reached and durable.</summary>
    long Sequence { get; }

    /// <summary>Waits until everything told of this user so far is there (design.md, Read your writes). False when it is not within 2 s: answer 503.</summary>
    ValueTask<bool> CaughtUpAsync(int user, CancellationToken cancellation = default);

    /// <summary>The same for the public trades of a pair or contract.</summary>
    ValueTask<bool> CaughtUpAsync(MarketView pair, CancellationToken cancellation = default);

    /// <summary>Any order of the last 30 days at least, by id.</summary>
    OrderRow? Order(long id);

    IReadOnlyList<OrderRow> Orders(OrderQuery query);

    IReadOnlyList<FillRow> Fills(FillQuery query);

    IReadOnlyList<TradeRow> Trades(TradeQuery query);

    IReadOnlyList<BookEntry> AccountBook(BookQuery query);

    TriggerRow? Trigger(long id);

    IReadOnlyList<TriggerRow> Triggers(TriggerQuery query);

    IReadOnlyList<TransferRow> Transfers(TransferQuery query);

    IReadOnlyList<DepositRow> Deposits(DepositQuery query);

    /// <summary>All open orders, and those that ended at or after an instant: what the views in memory start from.</summary>
    IReadOnlyList<OrderRow> OrdersOpenOrEndedSince(long nanos);

    /// <summary>All triggers that are not over.</summary>
    IReadOnlyList<TriggerRow> OpenTriggers();
}
