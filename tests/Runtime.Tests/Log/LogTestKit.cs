using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Tests.Log;

/// <summary>A frame as the reader saw it.</summary>
internal sealed record Seen(FrameKind Kind, long Sequence, long TimeNanos, string Payload, uint Rules, string File, long Offset);

internal static class LogTestKit
{
    public static readonly LogOptions Small = new(8192);

    public static byte[] Batch(long first, int count, int payloadBytes = 20)
    {
        var batch = new byte[count * Frame.PaddedBytes(payloadBytes)];
        var at = 0;
        for (var sequence = first; sequence < first + count; sequence++)
            at += Frame.Write(batch.AsSpan(at), FrameKind.Command, sequence, sequence * 1000, Payload(sequence, payloadBytes));
        return batch;
    }

    public static byte[] Payload(long sequence, int bytes)
    {
        var payload = new byte[bytes];
        for (var i = 0; i < bytes; i++) payload[i] = unchecked((byte)(sequence * 31 + i * 7 + 1));
        return payload;
    }

    public static List<Seen> ReadAll(IDisk disk, long from = 0) => ReadAll(disk, out _, from);

    public static List<Seen> ReadAll(IDisk disk, out LogEnd end, long from = 0)
    {
        using var reader = new LogReader(disk, from);
        var seen = new List<Seen>();
        while (reader.Read())
            seen.Add(new Seen(reader.Kind, reader.Sequence, reader.TimeNanos, Convert.ToHexString(reader.Payload), reader.RulesVersion,
                reader.Position.File, reader.Position.Offset));
        end = reader.End;
        return seen;
    }

    public static byte[] Content(IDisk disk, string name)
    {
        using var file = disk.OpenRead(name);
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(0, bytes));
        return bytes;
    }

    public static void Put(IDisk disk, string name, ReadOnlySpan<byte> bytes)
    {
        using var file = disk.Create(name);
        file.Write(0, bytes);
        file.Sync();
        disk.SyncDirectory();
    }

    public static MemoryDisk Copy(IDisk disk)
    {
        var copy = new MemoryDisk(crashable: true);
        foreach (var name in disk.List()) Put(copy, name, Content(disk, name));
        return copy;
    }

    public static List<string> Segments(IDisk disk) => disk.List().Where(name => name.EndsWith(".log", StringComparison.Ordinal)).ToList();

    /// <summary>Three segments (rules 7), each batch synced; the last holds commands without a full segment behind it.</summary>
    public static MemoryDisk ThreeSegments()
    {
        var disk = new MemoryDisk(crashable: true);
        using var log = FileLog.Open(disk, 7, Small);
        for (var first = 1L; Segments(disk).Count < 3; first += 10)
        {
            log.Append(Batch(first, 10));
            log.Sync();
        }
        log.Append(Batch(log.LastSequence + 1, 5));
        log.AppendMark(log.LastSequence, 99, 0xABCD, cleanStop: false);
        log.Sync();
        return disk;
    }
}

/// <summary>Runs a task when it is started, on the thread that starts it.</summary>
internal sealed class AtOnce : TaskScheduler
{
    protected override void QueueTask(Task task) => TryExecuteTask(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}

/// <summary>Passes calls on to another disk unless <see cref="Before"/> throws.</summary>
internal sealed class FaultyDisk(IDisk inner) : IDisk
{
    /// <summary>Called with what is about to be done ("write", "sync", "create", …); throws to fail it.</summary>
    public Action<string> Before { get; set; } = _ => { };

    public IReadOnlyList<string> List() => inner.List();
    public bool Exists(string name) => inner.Exists(name);
    public IDiskFile OpenRead(string name) => new FaultyFile(this, inner.OpenRead(name));

    public IDiskFile Create(string name)
    {
        Before("create");
        return new FaultyFile(this, inner.Create(name));
    }

    public IDiskFile OpenWrite(string name)
    {
        Before("open");
        return new FaultyFile(this, inner.OpenWrite(name));
    }

    public void Rename(string from, string to)
    {
        Before("rename");
        inner.Rename(from, to);
    }

    public void Delete(string name)
    {
        Before("delete");
        inner.Delete(name);
    }

    public void SyncDirectory()
    {
        Before("sync directory");
        inner.SyncDirectory();
    }

    public IDisposable? TryLock(string name) => inner.TryLock(name);

    private sealed class FaultyFile(FaultyDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;
        public int Read(long offset, Span<byte> into) => file.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Before("write");
            file.Write(offset, bytes);
        }

        public void Preallocate(long length)
        {
            disk.Before("preallocate");
            file.Preallocate(length);
        }

        public void Reserve(long length)
        {
            disk.Before("reserve");
            file.Reserve(length);
        }

        public void Sync()
        {
            disk.Before("sync");
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
