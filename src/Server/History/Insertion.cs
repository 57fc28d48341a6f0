using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Core.Values;
using SQLitePCL;

namespace Sluice.Server.History;

/// <summary>A statement that is run for row after row, its values put in order. It speaks to SQLite itself: a row has up to 32 values, and a parameter object for
/// each of them costs several times what the database takes to store the row. Used by one thread at a time.</summary>
internal sealed unsafe partial class Insertion : IDisposable
{
    private const string Library = "e_sqlite3";
    private const nint Static = 0;                  // SQLite reads a text where it stands instead of copying it: it stays there until the row is stored

    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly nint handle;
    private readonly int count;
    private readonly List<byte[]> full = [];        // of this row
    private byte[] texts = GC.AllocateUninitializedArray<byte>(4096, pinned: true);
    private int used;
    private int next;

    public Insertion(SqliteConnection connection, string sql, int count)
    {
        database = connection.Handle!;
        this.count = count;
        Check(raw.sqlite3_prepare_v2(database, sql, out statement));
        handle = statement.DangerousGetHandle();
    }

    /// <summary>"INSERT INTO table (columns) VALUES (?, ?, …)", with more behind it.</summary>
    public static Insertion Into(SqliteConnection connection, string table, string columns, string more = "")
    {
        var count = columns.Split(',').Length;
        return new Insertion(connection, $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", Enumerable.Repeat("?", count))}) {more}", count);
    }

    public Insertion Put(long value)
    {
        Check(BindInteger(handle, ++next, value));
        return this;
    }

    public Insertion Put(string value)
    {
        var room = Room(3 * value.Length);
        return Bind(room, Encoding.UTF8.GetBytes(value, room));         // half a surrogate pair becomes a replacement character
    }

    public Insertion Put(Money value) => Put(value.Raw);

    /// <summary>As decimal text.</summary>
    public Insertion Put(Int128 value)
    {
        var room = Room(DecimalText.MaxLength);
        return Bind(room, DecimalText.Format(value, 0, room));
    }

    /// <summary>Within the transaction that is open on the connection.</summary>
    public void Run()
    {
        if (next != count) throw new InvalidOperationException($"{next} values of {count} were put.");
        var code = Step(handle);
        _ = Reset(handle);          // tells the same once more
        next = used = 0;
        full.Clear();
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, database);
    }

    public void Dispose() => statement.Dispose();

    /// <summary>Where the next text goes; the texts of this row before it stay where they are.</summary>
    private Span<byte> Room(int bytes)
    {
        if (texts.Length - used < bytes)
        {
            if (used > 0) full.Add(texts);
            texts = GC.AllocateUninitializedArray<byte>(int.Max(texts.Length * 2, bytes), pinned: true);
            used = 0;
        }
        return texts.AsSpan(used);
    }

    private Insertion Bind(Span<byte> room, int length)
    {
        used += length;
        Check(BindText(handle, ++next, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room)), length, Static));
        return this;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
    }

    // The two that only store a value are as short as a call of our own.
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    private static partial int BindInteger(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text"), SuppressGCTransition]
    private static partial int BindText(nint statement, int index, byte* text, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);
}
