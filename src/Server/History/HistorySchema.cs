using Microsoft.Data.Sqlite;
using Sluice.Server.History.Futures;

namespace Sluice.Server.History;

/// <summary>The tables. Money is its count of quanta as decimal text: exact, and a numeric(39) elsewhere. Times are Unix nanoseconds. Statements keep to
/// what SQLite and PostgreSQL have in common, apart from the pragmas. Each index costs about as much as the row itself: what is asked for of all pairs, or
/// of all assets, is merged from the one index by pair or asset.</summary>
internal static class HistorySchema
{
    /// <summary>Raised whenever a table changes.</summary>
    public const long Version = 4;

    private const string Tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
        INSERT INTO meta VALUES ('version', 4), ('sequence', 0), ('time', 0);

        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL, side BIGINT NOT NULL,
            type BIGINT NOT NULL, tif BIGINT NOT NULL, price BIGINT NOT NULL, size BIGINT NOT NULL, budget TEXT NOT NULL, iceberg BIGINT NOT NULL,
            maker_rate BIGINT NOT NULL, taker_rate BIGINT NOT NULL, slippage_rate BIGINT NOT NULL, stp_group BIGINT NOT NULL, stp_action BIGINT NOT NULL,
            flags BIGINT NOT NULL, trigger_id BIGINT NOT NULL, text TEXT NOT NULL, channel_tag TEXT NOT NULL, created BIGINT NOT NULL,
            amend_text TEXT NOT NULL, size_left BIGINT NOT NULL, budget_left TEXT NOT NULL, filled_size BIGINT NOT NULL, filled_value TEXT NOT NULL,
            fee TEXT NOT NULL, fee_asset BIGINT NOT NULL, token_fee TEXT NOT NULL, finish BIGINT NOT NULL, updated BIGINT NOT NULL, sequence BIGINT NOT NULL);
        CREATE INDEX orders_open ON orders (user_id, id) WHERE finish = 0;
        CREATE INDEX orders_ended_in ON orders (user_id, instrument, updated, id) WHERE finish <> 0;
        CREATE INDEX orders_old ON orders (updated) WHERE finish <> 0;

        CREATE TABLE fills (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, market_id BIGINT NOT NULL, time BIGINT NOT NULL,
            taker_side BIGINT NOT NULL, price BIGINT NOT NULL, size BIGINT NOT NULL, value TEXT NOT NULL, order_id BIGINT NOT NULL, wallet BIGINT NOT NULL,
            side BIGINT NOT NULL, is_maker BIGINT NOT NULL, fee TEXT NOT NULL, fee_asset BIGINT NOT NULL, fee_by_token BIGINT NOT NULL,
            text TEXT NOT NULL, amend_text TEXT NOT NULL);
        CREATE INDEX fills_time_in ON fills (user_id, instrument, time, id);
        CREATE INDEX fills_order ON fills (order_id);

        CREATE TABLE trades (instrument BIGINT NOT NULL, market_id BIGINT NOT NULL, time BIGINT NOT NULL, side BIGINT NOT NULL, price BIGINT NOT NULL,
            size BIGINT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (instrument, market_id)) WITHOUT ROWID;

        CREATE TABLE candles (instrument BIGINT NOT NULL, seconds BIGINT NOT NULL, start BIGINT NOT NULL, open BIGINT NOT NULL, high BIGINT NOT NULL,
            low BIGINT NOT NULL, close BIGINT NOT NULL, base_volume BIGINT NOT NULL, quote_volume TEXT NOT NULL,
            PRIMARY KEY (instrument, seconds, start)) WITHOUT ROWID;

        CREATE TABLE book (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, user_id BIGINT NOT NULL, wallet BIGINT NOT NULL,
            asset BIGINT NOT NULL, change TEXT NOT NULL, held_change TEXT NOT NULL, total TEXT NOT NULL, held TEXT NOT NULL, reason BIGINT NOT NULL,
            reference BIGINT NOT NULL, instrument BIGINT NOT NULL, update_id BIGINT NOT NULL);
        CREATE INDEX book_time_of ON book (user_id, asset, time, id);

        CREATE TABLE triggers (id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, instrument BIGINT NOT NULL, wallet BIGINT NOT NULL,
            trigger_price BIGINT NOT NULL, rule BIGINT NOT NULL, expires BIGINT NOT NULL, side BIGINT NOT NULL, type BIGINT NOT NULL, tif BIGINT NOT NULL,
            price BIGINT NOT NULL, parent BIGINT NOT NULL, role BIGINT NOT NULL, text TEXT NOT NULL, created BIGINT NOT NULL, size BIGINT NOT NULL,
            budget TEXT NOT NULL, status BIGINT NOT NULL, finished BIGINT NOT NULL, fired BIGINT NOT NULL, refusal BIGINT NOT NULL);
        CREATE INDEX triggers_open ON triggers (user_id, id) WHERE status <= 1;
        CREATE INDEX triggers_ended ON triggers (user_id, finished, id) WHERE status > 1;
        CREATE INDEX triggers_old ON triggers (finished) WHERE status > 1;

        CREATE TABLE transfers (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, actor BIGINT NOT NULL, from_user BIGINT NOT NULL,
            from_wallet BIGINT NOT NULL, to_user BIGINT NOT NULL, to_wallet BIGINT NOT NULL, asset BIGINT NOT NULL, amount TEXT NOT NULL,
            route BIGINT NOT NULL, client_id TEXT NOT NULL);
        CREATE INDEX transfers_from ON transfers (from_user, time);
        CREATE INDEX transfers_to ON transfers (to_user, time);

        CREATE TABLE deposits (id INTEGER PRIMARY KEY, sequence BIGINT NOT NULL, time BIGINT NOT NULL, user_id BIGINT NOT NULL, wallet BIGINT NOT NULL,
            asset BIGINT NOT NULL, amount TEXT NOT NULL, is_deposit BIGINT NOT NULL, chain TEXT NOT NULL, address TEXT NOT NULL, transaction_id TEXT NOT NULL);
        CREATE INDEX deposits_time ON deposits (user_id, time, id);
        """;

    /// <summary>Indexes that earlier builds made and read from.</summary>
    private const string Dropped = "DROP INDEX IF EXISTS orders_ended; DROP INDEX IF EXISTS fills_time; DROP INDEX IF EXISTS book_time";

    /// <summary>Creates the tables in an empty database, or those an older version lacks; refuses one of a version it does not know.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        if (Scalar(connection, "SELECT count(*) FROM sqlite_master") == 0)
        {
            using var transaction = connection.BeginTransaction();
            using var create = connection.CreateCommand();
            create.Transaction = transaction;
            create.CommandText = Tables + FuturesSchema.Tables + AutoRecords.Tables;
            create.ExecuteNonQuery();
            transaction.Commit();
            return;
        }
        var known = Scalar(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 1;
        var version = known ? Scalar(connection, "SELECT value FROM meta WHERE name = 'version'") : 0;
        if (version == 1) version = Step(connection, FuturesSchema.Tables, to: Version);
        if (version == 2) version = Step(connection, FuturesSchema.FromSchema2, to: 3);
        if (version == 3) version = Step(connection, FuturesSchema.FromSchema3, to: Version);
        if (version != Version)
        {
            throw new HistoryRefusedException($"The history database has schema {version}, and this build knows schema {Version}: use the build that wrote it, "
                + "or move history.db away; it is then rebuilt as far back as the log goes.");
        }
        using var drop = connection.CreateCommand();
        drop.CommandText = Dropped + "; " + AutoRecords.Tables;
        drop.ExecuteNonQuery();
    }

    // Schema 1 had no contracts, and everything else as it is; schema 2 kept the bars of a contract's prices one by one,
    // schema 3 did not count the top holders, and knew no fees in points.
    private static long Step(SqliteConnection connection, string sql, long to)
    {
        using var transaction = connection.BeginTransaction();
        using var step = connection.CreateCommand();
        step.Transaction = transaction;
        step.CommandText = FormattableString.Invariant($"{sql}; UPDATE meta SET value = {to} WHERE name = 'version'");
        step.ExecuteNonQuery();
        transaction.Commit();
        return to;
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}

/// <summary>The history cannot be taken up by this build as it is; the sentence says what helps. Exit code 2.</summary>
public sealed class HistoryRefusedException(string message, Exception? cause = null) : Exception(message, cause);
