using Microsoft.Data.Sqlite;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History;

/// <summary>Writes pages of rows, each with the sequence it reaches, in one transaction. Writer thread only.</summary>
internal sealed class HistoryWriter : IDisposable
{
    private readonly HistoryDatabase database;
    private readonly BarWriter bars;
    private readonly FuturesWriter futures;
    private readonly Insertion orders, fills, trades, book, triggers, transfers, deposits, meta;

    // Of an order or trigger that changes several times in a page only the last row counts.
    private readonly Dictionary<long, OrderRow> lastOrders = [];
    private readonly Dictionary<long, TriggerRow> lastTriggers = [];

    public HistoryWriter(HistoryDatabase database, IReadOnlyDictionary<int, MarketView> pairs)
    {
        this.database = database;
        var connection = database.Writer;
        bars = new BarWriter(connection, pairs);
        futures = new FuturesWriter(connection);
        orders = Insertion.Into(connection, "orders", HistoryRows.OrderColumns, HistoryRows.OrderChanges);
        fills = Insertion.Into(connection, "fills", HistoryRows.FillColumns);
        trades = Insertion.Into(connection, "trades", HistoryRows.TradeColumns);
        book = Insertion.Into(connection, "book", HistoryRows.BookColumns);
        triggers = Insertion.Into(connection, "triggers", HistoryRows.TriggerColumns, HistoryRows.TriggerChanges);
        transfers = Insertion.Into(connection, "transfers", HistoryRows.TransferColumns);
        deposits = Insertion.Into(connection, "deposits", HistoryRows.DepositColumns);
        meta = new Insertion(connection, "UPDATE meta SET value = CASE name WHEN 'sequence' THEN ? ELSE ? END WHERE name IN ('sequence', 'time')", 2);
    }

    public void Write(List<object> rows, long sequence, long timeNanos) => database.Write(transaction =>
    {
        foreach (var row in rows) Add(row, transaction);
        foreach (var order in lastOrders.Values)
        {
            HistoryRows.Put(orders, order);
            orders.Run();
        }
        foreach (var trigger in lastTriggers.Values)
        {
            HistoryRows.Put(triggers, trigger);
            triggers.Run();
        }
        lastOrders.Clear();
        lastTriggers.Clear();
        futures.Flush();
        bars.Flush();
        meta.Put(sequence).Put(timeNanos).Run();
    });

    public void Dispose()
    {
        bars.Dispose();
        futures.Dispose();
        foreach (var statement in new[] { orders, fills, trades, book, triggers, transfers, deposits, meta }) statement.Dispose();
    }

    private void Add(object row, SqliteTransaction transaction)
    {
        switch (row)
        {
            case TradeRow trade:
                HistoryRows.Put(trades, trade);
                trades.Run();
                bars.Add(trade, transaction);
                break;
            case OrderRow order:
                lastOrders[order.Id] = order;
                break;
            case BalanceRow entry:
                HistoryRows.Put(book, entry);
                book.Run();
                futures.Count(entry, transaction);
                break;
            case ContractFillRow { IsInPoints: true } inPoints:
                futures.Count(inPoints, transaction);
                futures.TryAdd(inPoints);
                break;
            case FillRow fill:
                HistoryRows.Put(fills, fill);
                fills.Run();
                break;
            case TriggerRow trigger:
                lastTriggers[trigger.Id] = trigger;
                break;
            case TransferRow transfer:
                HistoryRows.Put(transfers, transfer);
                transfers.Run();
                break;
            case DepositRow deposit:
                HistoryRows.Put(deposits, deposit);
                deposits.Run();
                break;
            case var other when futures.TryAdd(other):
                break;
            default:
                throw new InvalidOperationException($"No table for {row.GetType().Name}.");
        }
    }
}
