using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>How long what is kept, by the venue clock.</summary>
public sealed record Retention
{
    private const long Day = 86_400 * Nanos.PerSecond;

    /// <summary>Public trades of this long, and at least so many of each pair.</summary>
    public long TradesNanos { get; init; } = Day;
    public int TradesLeast { get; init; } = 1000;

    /// <summary>Ended orders and triggers.</summary>
    public long OrdersNanos { get; init; } = 35 * Day;

    /// <summary>Bars of mark, index and premium: they come every minute of every contract, traded or not.</summary>
    public IReadOnlyDictionary<int, long> PriceBarSeconds { get; init; } = new Dictionary<int, long> { [60] = 86_400, [300] = 8 * 86_400 };

    /// <summary>Bars of a stored interval in seconds; what is not named stays: 10,000 points of each interval made of them, at least.</summary>
    public IReadOnlyDictionary<int, long> BarSeconds { get; init; } = new Dictionary<int, long> { [10] = 28 * 3600, [60] = 8 * 86_400, [300] = 210 * 86_400 };
}

/// <summary>Deletes what is older than it is kept, a bounded piece at a time. Writer thread only.</summary>
internal sealed class Thinning : IDisposable
{
    // Goes from one instrument to the next in the index, instead of through all rows.
    private static string KnownIn(string table) => $"WITH RECURSIVE part (value) AS (SELECT min(instrument) FROM {table} UNION ALL "
        + $"SELECT (SELECT min(instrument) FROM {table} WHERE instrument > value) FROM part WHERE value IS NOT NULL) SELECT value FROM part WHERE value IS NOT NULL";

    private const int PieceRows = 5000;
    private const int RowsBetween = 50_000;
    private const long NanosBetween = 600 * Nanos.PerSecond;

    private readonly HistoryDatabase database;
    private readonly Retention retention;
    private readonly Statement instruments, oldest, newest, trades, bars, orders, triggers, contractOrders, contractTriggers, trails, trailChanges, chases, priceBars, priced;
    private long rowsSince;
    private long lastNanos;

    public Thinning(HistoryDatabase database, Retention retention)
    {
        this.database = database;
        this.retention = retention;
        var connection = database.Writer;
        instruments = new Statement(connection, KnownIn("candles"), 0);
        oldest = new Statement(connection, "SELECT market_id, time FROM trades WHERE instrument = @1 ORDER BY market_id LIMIT 1", 1);
        newest = new Statement(connection, "SELECT market_id FROM trades WHERE instrument = @1 ORDER BY market_id DESC LIMIT 1", 1);
        trades = new Statement(connection, "DELETE FROM trades WHERE instrument = @1 AND market_id < @2 AND time < @3", 3);
        bars = new Statement(connection, "DELETE FROM candles WHERE instrument = @1 AND seconds = @2 AND start < @3", 3);
        orders = new Statement(connection, "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE finish <> 0 AND updated < @1 LIMIT @2)", 2);
        contractOrders = new Statement(connection, "DELETE FROM contract_orders WHERE id IN (SELECT id FROM contract_orders WHERE finish <> 0 AND updated < @1 LIMIT @2)", 2);
        contractTriggers = new Statement(connection, "DELETE FROM contract_triggers WHERE id IN (SELECT id FROM contract_triggers WHERE status > 1 AND finished < @1 LIMIT @2)", 2);
        trails = new Statement(connection, "DELETE FROM trails WHERE id IN (SELECT id FROM trails WHERE status > 1 AND finished < @1 LIMIT @2)", 2);
        trailChanges = new Statement(connection, "DELETE FROM trail_changes WHERE order_id IN (SELECT id FROM trails WHERE status > 1 AND finished < @1 LIMIT @2)", 2);
        chases = new Statement(connection, "DELETE FROM chases WHERE id IN (SELECT id FROM chases WHERE status > 1 AND finished < @1 LIMIT @2)", 2);
        priceBars = new Statement(connection, "DELETE FROM price_bars WHERE instrument = @1 AND seconds = @2 AND start < @3", 3);
        priced = new Statement(connection, KnownIn("price_bars"), 0);
        triggers = new Statement(connection, "DELETE FROM triggers WHERE id IN (SELECT id FROM triggers WHERE status > 1 AND finished < @1 LIMIT @2)", 2);
    }

    /// <summary>After so many rows were written; works when it is time to.</summary>
    public void Count(int rows, long nowNanos)
    {
        rowsSince += rows;
        if (rowsSince < RowsBetween && nowNanos - lastNanos < NanosBetween) return;
        rowsSince = 0;
        lastNanos = nowNanos;
        Run(nowNanos);
    }

    public void Run(long nowNanos) => database.Write(transaction =>
    {
        foreach (var instrument in instruments.Read(static row => row.GetInt32(0), transaction))
        {
            ThinTrades(instrument, nowNanos, transaction);
            foreach (var (seconds, kept) in retention.BarSeconds)
            {
                bars.Put(instrument).Put(seconds).Put(nowNanos / Nanos.PerSecond - kept).Run(transaction);
            }
        }
        foreach (var instrument in priced.Read(static row => row.GetInt32(0), transaction))
        {
            foreach (var (seconds, kept) in retention.PriceBarSeconds)
            {
                priceBars.Put(instrument).Put(seconds).Put(nowNanos / Nanos.PerSecond - kept).Run(transaction);
            }
        }
        contractOrders.Put(nowNanos - retention.OrdersNanos).Put(PieceRows).Run(transaction);
        contractTriggers.Put(nowNanos - retention.OrdersNanos).Put(PieceRows).Run(transaction);
        foreach (var ended in new[] { trailChanges, trails, chases }) ended.Put(nowNanos - retention.OrdersNanos).Put(PieceRows).Run(transaction);
        orders.Put(nowNanos - retention.OrdersNanos).Put(PieceRows).Run(transaction);
        triggers.Put(nowNanos - retention.OrdersNanos).Put(PieceRows).Run(transaction);
    });

    public void Dispose()
    {
        foreach (var statement in new[] { instruments, oldest, newest, trades, bars, orders, triggers, contractOrders, contractTriggers, trails, trailChanges, chases, priceBars, priced }) statement.Dispose();
    }

    private void ThinTrades(int instrument, long nowNanos, SqliteTransaction transaction)
    {
        var before = nowNanos - retention.TradesNanos;
        var first = oldest.Put(instrument).Read(static row => (Id: row.GetInt64(0), Time: row.GetInt64(1)), transaction);
        if (first.Count == 0 || first[0].Time >= before) return;
        var last = newest.Put(instrument).Read(static row => row.GetInt64(0), transaction)[0];
        trades.Put(instrument).Put(long.Min(last - retention.TradesLeast + 1, first[0].Id + PieceRows)).Put(before).Run(transaction);
    }
}
