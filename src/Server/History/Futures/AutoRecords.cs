using Microsoft.Data.Sqlite;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Ended trailing or chase orders of one user in one wallet, newest first.</summary>
/// <param name="ByEnd">The window and the order are of their ends, otherwise of their beginnings.</param>
/// <param name="Side">1 bought, −1 sold, 0 both.</param>
/// <param name="Related">Trailing orders bound to a long (1) or a short position (−1); 0 = whichever.</param>
public sealed record AutoQuery(int User, int Wallet, Window Window, int? Instrument = null, bool ByEnd = false, bool HideCancelled = false, bool? ReduceOnly = null,
    int Side = 0, int Related = 0);

/// <summary>Tables of trailing and chase orders, and which column holds what.</summary>
internal static class AutoRecords
{
    /// <summary>Made where they are missing: they came after the other tables of contracts.</summary>
    public const string Tables = """
        CREATE TABLE IF NOT EXISTS trails (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, text TEXT NOT NULL,
            created BIGINT NOT NULL, reduce_only BIGINT NOT NULL, related BIGINT NOT NULL, margin_mode BIGINT NOT NULL, amount BIGINT NOT NULL, activation BIGINT NOT NULL,
            rule BIGINT NOT NULL, price_type BIGINT NOT NULL, distance BIGINT NOT NULL, is_percent BIGINT NOT NULL, status BIGINT NOT NULL, reason BIGINT NOT NULL,
            extremum BIGINT NOT NULL, activated BIGINT NOT NULL, finished BIGINT NOT NULL, fired BIGINT NOT NULL, reference BIGINT NOT NULL, refusal BIGINT NOT NULL,
            updated BIGINT NOT NULL, sequence BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS trails_open ON trails (user_id, id) WHERE status <= 1;
        CREATE INDEX IF NOT EXISTS trails_ended ON trails (user_id, wallet, finished, id) WHERE status > 1;
        CREATE INDEX IF NOT EXISTS trails_old ON trails (finished) WHERE status > 1;

        CREATE TABLE IF NOT EXISTS trail_changes (order_id BIGINT NOT NULL, sequence BIGINT NOT NULL, user_id BIGINT NOT NULL, time BIGINT NOT NULL, is_create BIGINT NOT NULL,
            amount BIGINT NOT NULL, activation BIGINT NOT NULL, rule BIGINT NOT NULL, price_type BIGINT NOT NULL, distance BIGINT NOT NULL, is_percent BIGINT NOT NULL,
            PRIMARY KEY (order_id, sequence)) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS chases (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, text TEXT NOT NULL,
            created BIGINT NOT NULL, amount BIGINT NOT NULL, child BIGINT NOT NULL, bound BIGINT NOT NULL, gap BIGINT NOT NULL, is_percent BIGINT NOT NULL,
            reduce_only BIGINT NOT NULL, margin_mode BIGINT NOT NULL, pause BIGINT NOT NULL, price BIGINT NOT NULL, status BIGINT NOT NULL, reason BIGINT NOT NULL,
            child_finish BIGINT NOT NULL, filled BIGINT NOT NULL, finished BIGINT NOT NULL, updated BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS chases_open ON chases (user_id, id) WHERE status <= 1;
        CREATE INDEX IF NOT EXISTS chases_ended ON chases (user_id, wallet, finished, id) WHERE status > 1;
        CREATE INDEX IF NOT EXISTS chases_old ON chases (finished) WHERE status > 1;
        """;

    public const string TrailColumns = "id, user_id, instrument, wallet, text, created, reduce_only, related, margin_mode, amount, activation, rule, price_type, distance, "
        + "is_percent, status, reason, extremum, activated, finished, fired, reference, refusal, updated, sequence";

    public const string TrailChanges = "ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, activation = excluded.activation, rule = excluded.rule, "
        + "price_type = excluded.price_type, distance = excluded.distance, is_percent = excluded.is_percent, status = excluded.status, reason = excluded.reason, "
        + "extremum = excluded.extremum, activated = excluded.activated, finished = excluded.finished, fired = excluded.fired, reference = excluded.reference, "
        + "refusal = excluded.refusal, updated = excluded.updated, sequence = excluded.sequence";

    public const string ChangeColumns = "order_id, sequence, user_id, time, is_create, amount, activation, rule, price_type, distance, is_percent";

    public const string ChaseColumns = "id, user_id, instrument, wallet, text, created, amount, child, bound, gap, is_percent, reduce_only, margin_mode, pause, price, "
        + "status, reason, child_finish, filled, finished, updated";

    public const string ChaseChanges = "ON CONFLICT (id) DO UPDATE SET price = excluded.price, status = excluded.status, reason = excluded.reason, "
        + "child_finish = excluded.child_finish, filled = excluded.filled, finished = excluded.finished, updated = excluded.updated";

    public static void Put(Insertion to, TrailRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put(row.Text).Put(row.CreatedNanos).Put(row.ReduceOnly ? 1 : 0).Put(row.PositionRelated ? 1 : 0);
        to.Put(row.MarginMode).Put(row.Amount).Put(row.ActivationPrice).Put((long)row.Rule).Put((long)row.PriceType).Put(row.Offset).Put(row.IsPercent ? 1 : 0);
        to.Put((long)row.Status).Put((long)row.Reason).Put(row.Extremum).Put(row.ActivatedNanos).Put(row.FinishedNanos).Put(row.FiredOrder).Put(row.ReferencePrice);
        to.Put(row.Refusal).Put(row.UpdatedNanos).Put(row.Sequence);
    }

    public static TrailRow Trail(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), Text = row.GetString(4), CreatedNanos = row.GetInt64(5),
        ReduceOnly = row.GetInt64(6) != 0, PositionRelated = row.GetInt64(7) != 0, MarginMode = row.GetByte(8), Amount = row.GetInt64(9), ActivationPrice = row.GetInt64(10),
        Rule = (TriggerRule)row.GetByte(11), PriceType = (TriggerPriceType)row.GetByte(12), Offset = row.GetInt64(13), IsPercent = row.GetInt64(14) != 0,
        Status = (TriggerStatus)row.GetByte(15), Reason = (AutoReason)row.GetByte(16), Extremum = row.GetInt64(17), ActivatedNanos = row.GetInt64(18),
        FinishedNanos = row.GetInt64(19), FiredOrder = row.GetInt64(20), ReferencePrice = row.GetInt64(21), Refusal = (ushort)row.GetInt32(22),
        UpdatedNanos = row.GetInt64(23), Sequence = row.GetInt64(24),
    };

    public static void Put(Insertion to, TrailChangeRow row)
    {
        to.Put(row.OrderId).Put(row.Sequence).Put(row.User).Put(row.TimeNanos).Put(row.IsCreate ? 1 : 0).Put(row.Amount).Put(row.ActivationPrice).Put((long)row.Rule);
        to.Put((long)row.PriceType).Put(row.Offset).Put(row.IsPercent ? 1 : 0);
    }

    public static TrailChangeRow Change(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt32(2), row.GetInt64(1), row.GetInt64(3), row.GetInt64(4) != 0, row.GetInt64(5),
        row.GetInt64(6), (TriggerRule)row.GetByte(7), (TriggerPriceType)row.GetByte(8), row.GetInt64(9), row.GetInt64(10) != 0);

    public static void Put(Insertion to, ChaseRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put(row.Text).Put(row.CreatedNanos).Put(row.Amount).Put(row.Child).Put(row.Bound).Put(row.Gap);
        to.Put(row.IsPercent ? 1 : 0).Put(row.ReduceOnly ? 1 : 0).Put(row.MarginMode).Put(row.IntervalSeconds).Put(row.Price).Put((long)row.Status).Put((long)row.Reason);
        to.Put((long)row.ChildFinish).Put(row.Filled).Put(row.FinishedNanos).Put(row.UpdatedNanos);
    }

    public static ChaseRow Chase(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), Text = row.GetString(4), CreatedNanos = row.GetInt64(5),
        Amount = row.GetInt64(6), Child = row.GetInt64(7), Bound = row.GetInt64(8), Gap = row.GetInt64(9), IsPercent = row.GetInt64(10) != 0, ReduceOnly = row.GetInt64(11) != 0,
        MarginMode = row.GetByte(12), IntervalSeconds = row.GetInt32(13), Price = row.GetInt64(14), Status = (TriggerStatus)row.GetByte(15), Reason = (AutoReason)row.GetByte(16),
        ChildFinish = (FinishReason)row.GetByte(17), Filled = row.GetInt64(18), FinishedNanos = row.GetInt64(19), UpdatedNanos = row.GetInt64(20),
    };
}

/// <summary>Writes trailing and chase orders, within the writer's transaction. Writer thread only.</summary>
internal sealed class AutoWriter(SqliteConnection connection) : IDisposable
{
    private readonly Insertion trails = Insertion.Into(connection, "trails", AutoRecords.TrailColumns, AutoRecords.TrailChanges);
    private readonly Insertion changes = Insertion.Into(connection, "trail_changes", AutoRecords.ChangeColumns);
    private readonly Insertion chases = Insertion.Into(connection, "chases", AutoRecords.ChaseColumns, AutoRecords.ChaseChanges);

    // Of what changes several times in a page only the last row counts.
    private readonly Dictionary<long, TrailRow> lastTrails = [];
    private readonly Dictionary<long, ChaseRow> lastChases = [];

    /// <summary>False when the row is none of these.</summary>
    public bool TryAdd(object row)
    {
        switch (row)
        {
            case TrailRow trail: lastTrails[trail.Id] = trail; return true;
            case ChaseRow chase: lastChases[chase.Id] = chase; return true;
            case TrailChangeRow change: AutoRecords.Put(changes, change); changes.Run(); return true;
            default: return false;
        }
    }

    public void Flush()
    {
        foreach (var trail in lastTrails.Values)
        {
            AutoRecords.Put(trails, trail);
            trails.Run();
        }
        foreach (var chase in lastChases.Values)
        {
            AutoRecords.Put(chases, chase);
            chases.Run();
        }
        lastTrails.Clear();
        lastChases.Clear();
    }

    public void Dispose()
    {
        trails.Dispose();
        changes.Dispose();
        chases.Dispose();
    }
}
