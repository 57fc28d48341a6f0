using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Sluice.Server.History;

/// <summary>Connections to the one database: a writer, and readers beside it. A file is read beside the writer (WAL); a database in memory has one
/// connection, which everybody takes in turn.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    private readonly string? path;
    private readonly object turn = new();
    private readonly ConcurrentBag<Reader> free = [];
    private readonly Reader? shared;

    // Each connection is used by one thread at a time, so SQLite need not lock around every value, nor count its memory. Only before its first use can it be
    // told.
    static HistoryDatabase()
    {
        SQLitePCL.Batteries_V2.Init();
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <param name="path">Null: in memory, gone with the process.</param>
    public HistoryDatabase(string? path)
    {
        this.path = path;
        try
        {
            Writer = Open();
            HistorySchema.Prepare(Writer);
        }
        catch (SqliteException broken)
        {
            Writer?.Dispose();
            const int full = 13;
            throw broken.SqliteErrorCode == full
                ? new HistoryRefusedException("The disk of the history is full; make room on it and start the venue again.", broken)
                : new HistoryRefusedException($"The history database cannot be opened: {broken.Message} Move history.db away; it is then rebuilt as far back "
                    + "as the log goes.", broken);
        }
        catch (HistoryRefusedException)
        {
            Writer?.Dispose();
            throw;
        }
        if (path is null) shared = new Reader(Writer);
    }

    public SqliteConnection Writer { get; }

    public bool InMemory => path is null;

    public long SizeBytes
    {
        get
        {
            if (path is not null) return LengthOf(path) + LengthOf(path + "-wal");
            var size = new Query("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
            return Read(size, static row => row.GetInt64(0))[0];
        }
    }

    public List<T> Read<T>(Query query, Func<SqliteDataReader, T> row)
    {
        if (shared is not null)
        {
            lock (turn) return shared.Read(query, row);
        }
        if (!free.TryTake(out var reader)) reader = new Reader(Open());
        try
        {
            return reader.Read(query, row);
        }
        finally
        {
            free.Add(reader);
        }
    }

    /// <summary>Runs a piece of writing; in memory, nobody reads meanwhile.</summary>
    public void Write(Action<SqliteTransaction> work)
    {
        if (shared is not null) Monitor.Enter(turn);
        try
        {
            using var transaction = Writer.BeginTransaction();
            work(transaction);
            transaction.Commit();
        }
        finally
        {
            if (shared is not null) Monitor.Exit(turn);
        }
    }

    /// <summary>Flushes what is committed, so that a power loss leaves it. False when somebody else does just that.</summary>
    public bool Flush() => InMemory || Read(new Query("PRAGMA wal_checkpoint(PASSIVE)"), static row => row.GetInt64(0))[0] == 0;

    public void Dispose()
    {
        while (free.TryTake(out var reader)) reader.Dispose();
        if (shared is not null) shared.Dispose();
        else Writer.Dispose();
    }

    private SqliteConnection Open()
    {
        var source = new SqliteConnectionStringBuilder
        {
            DataSource = path ?? ":memory:", Mode = path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate, Pooling = false,
        };
        var connection = new SqliteConnection(source.ConnectionString);
        connection.Open();
        using var set = connection.CreateCommand();
        set.CommandText = path is null
            ? "PRAGMA temp_store = MEMORY"
            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -4000";
        set.ExecuteNonQuery();
        return connection;
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;

    /// <summary>A connection and the statements it has prepared; used by one thread at a time.</summary>
    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        private const int StatementsMax = 100;

        private readonly Dictionary<string, Statement> statements = [];

        public List<T> Read<T>(Query query, Func<SqliteDataReader, T> row)
        {
            if (!statements.TryGetValue(query.Sql, out var statement))
            {
                if (statements.Count == StatementsMax) Clear();
                statements.Add(query.Sql, statement = new Statement(connection, query.Sql, query.Values.Count));
            }
            foreach (var value in query.Values)
            {
                if (value is long number) statement.Put(number);
                else statement.Put((string)value);
            }
            return statement.Read(row);
        }

        public void Dispose()
        {
            Clear();
            connection.Dispose();
        }

        private void Clear()
        {
            foreach (var statement in statements.Values) statement.Dispose();
            statements.Clear();
        }
    }
}
