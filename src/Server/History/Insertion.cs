using System.Text;
using System.Text.Unicode;
using Microsoft.Data.Sqlite;
using Sluice.Core.Values;
using SQLitePCL;

namespace Sluice.Server.History;

/// <summary>A statement that is run for row after row, its values put in order. It speaks to SQLite itself: a row has up to 32 values, and a parameter object for
/// each of them costs several times what the database takes to store the row.</summary>
internal sealed class Insertion : IDisposable
{
    private const int LongestOnStack = 256;

    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly int count;
    private int next;

    public Insertion(SqliteConnection connection, string sql, int count)
    {
        database = connection.Handle!;
        this.count = count;
        Check(raw.sqlite3_prepare_v2(database, sql, out statement));
    }

    /// <summary>"INSERT INTO table (columns) VALUES (?, ?, …)", with more behind it.</summary>
    public static Insertion Into(SqliteConnection connection, string table, string columns, string more = "")
    {
        var count = columns.Split(',').Length;
        return new Insertion(connection, $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", Enumerable.Repeat("?", count))}) {more}", count);
    }

    public Insertion Put(long value)
    {
        Check(raw.sqlite3_bind_int64(statement, ++next, value));
        return this;
    }

    public Insertion Put(string value)
    {
        if (value.Length * 3 > LongestOnStack) return Put(Encoding.UTF8.GetBytes(value));
        Span<byte> text = stackalloc byte[LongestOnStack];
        Utf8.FromUtf16(value, text, out _, out var length);         // half a surrogate pair becomes a replacement character
        return Put(text[..length]);
    }

    public Insertion Put(Money value)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        return Put(text[..DecimalText.Format(value.Raw, 0, text)]);
    }

    /// <summary>Within the transaction that is open on the connection.</summary>
    public void Run()
    {
        if (next != count) throw new InvalidOperationException($"{next} values of {count} were put.");
        next = 0;
        var code = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, database);
    }

    public void Dispose() => statement.Dispose();

    private Insertion Put(ReadOnlySpan<byte> text)
    {
        Check(raw.sqlite3_bind_text(statement, ++next, text));
        return this;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
    }
}
