using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>What stands at the head of a snapshot.</summary>
/// <param name="Sequence">The last command whose effect is in it.</param>
/// <param name="TimeNanos">The venue's time then, nanoseconds since the Unix epoch.</param>
public readonly record struct SnapshotMeta(uint RulesVersion, long Sequence, long TimeNanos, ulong StateHash);

/// <summary>A snapshot as found on the disk, newest first; not whole when <paramref name="Damage"/> says why.</summary>
public sealed record SnapshotEntry(string File, long Sequence, SnapshotMeta Meta, string? Damage);

/// <summary>A snapshot cannot be read; use the older one.</summary>
public sealed class SnapshotDamagedException(string file, string reason) : Exception($"The snapshot {file} is damaged: {reason}")
{
    public string File { get; } = file;
}

/// <summary>What log and snapshots take on the disk, in bytes and files.</summary>
public readonly record struct FolderSizes(long LogBytes, int Segments, long SnapshotBytes, int Snapshots);

/// <summary>The snapshots of one folder, and what may go once they exist. A snapshot appears under its name whole or not at all.
/// Errors of the disk are <see cref="IOException"/>: a snapshot that fails costs nothing but itself.</summary>
public sealed class SnapshotStore(IDisk disk)
{
    private const string Prefix = "snapshot-", Extension = ".snap", Unfinished = ".new";
    private const uint Format = 1;
    private const int HeaderBytes = 64;
    private const int FormatAt = 8, RulesAt = 12, SequenceAt = 16, TimeAt = 24, HashAt = 32, LengthAt = 40, PayloadCrcAt = 48, HeaderCrcAt = 60;
    private long bytesWritten;

    private static ReadOnlySpan<byte> Magic => "SLUICSNP"u8;

    /// <summary>Since this store was made; any thread may read it.</summary>
    public long BytesWritten => Volatile.Read(ref bytesWritten);

    public static string NameOf(long sequence) => Prefix + sequence.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Durable when it returns. Write only what the log already has durably. A snapshot of the same sequence is replaced. What a crash left
    /// unfinished goes, and so does what a full disk does not let finish: the log may need its room.</summary>
    public void Write(SnapshotMeta meta, ReadOnlySequence<byte> payload)
    {
        DropUnfinished();
        try
        {
            WriteWhole(meta, payload);
        }
        catch (IOException)
        {
            try
            {
                DropUnfinished();
            }
            catch (IOException) { }         // the next one tries again; what went wrong first is what is told
            throw;
        }
    }

    private void WriteWhole(SnapshotMeta meta, ReadOnlySequence<byte> payload)
    {
        var name = NameOf(meta.Sequence);
        using (var file = disk.Create(name + Unfinished))
        {
            long at = HeaderBytes;
            var crc = 0u;
            foreach (var part in payload)
            {
                file.Write(at, part.Span);
                crc = Crc32C.Of(crc, part.Span);
                at += part.Length;
            }
            Span<byte> header = stackalloc byte[HeaderBytes];
            header.Clear();
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header[FormatAt..], Format);
            BinaryPrimitives.WriteUInt32LittleEndian(header[RulesAt..], meta.RulesVersion);
            BinaryPrimitives.WriteInt64LittleEndian(header[SequenceAt..], meta.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(header[TimeAt..], meta.TimeNanos);
            BinaryPrimitives.WriteUInt64LittleEndian(header[HashAt..], meta.StateHash);
            BinaryPrimitives.WriteInt64LittleEndian(header[LengthAt..], payload.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[PayloadCrcAt..], crc);
            BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderCrcAt..], Crc32C.Of(0, header[..HeaderCrcAt]));
            file.Write(0, header);
            file.Sync();
            Interlocked.Add(ref bytesWritten, at);
        }
        disk.Rename(name + Unfinished, name);
        disk.SyncDirectory();
    }

    public void Write(SnapshotMeta meta, ReadOnlyMemory<byte> payload) => Write(meta, new ReadOnlySequence<byte>(payload));

    /// <summary>Newest first. Only headers are read here; <see cref="Read"/> checks the payload. Throws <see cref="LogTooNewException"/>.</summary>
    public IReadOnlyList<SnapshotEntry> List()
    {
        var entries = new List<SnapshotEntry>();
        foreach (var name in disk.List())
            if (TryParseName(name, out var sequence)) entries.Add(Entry(name, sequence));
        entries.Reverse();
        return entries;
    }

    /// <summary>The payload. Throws <see cref="SnapshotDamagedException"/>.</summary>
    public byte[] Read(SnapshotEntry entry)
    {
        if (entry.Damage is { } damage) throw new SnapshotDamagedException(entry.File, damage);
        using var file = disk.OpenRead(entry.File);
        var header = new byte[HeaderBytes];
        _ = file.Read(0, header);
        var payload = new byte[file.Length - HeaderBytes];
        if (file.Read(HeaderBytes, payload) != payload.Length
            || Crc32C.Of(0, payload) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(PayloadCrcAt)))
            throw new SnapshotDamagedException(entry.File, "its content does not fit its checksum.");
        return payload;
    }

    /// <summary>The newest snapshot that is whole, at or before <paramref name="upTo"/>; null when there is none. Every newer one passed over is
    /// reported with the reason.</summary>
    public (SnapshotMeta Meta, byte[] Payload)? ReadNewest(Action<string> report, long upTo = long.MaxValue)
    {
        foreach (var entry in List())
        {
            if (entry.Sequence > upTo) continue;
            try { return (entry.Meta, Read(entry)); }
            catch (SnapshotDamagedException damaged) { report(damaged.Message); }
        }
        return null;
    }

    /// <summary>Deletes snapshots older than the newest <paramref name="keepSnapshots"/> and, unless <paramref name="keepLog"/>, segments whose every
    /// command is in the oldest one kept. With fewer snapshots than that nothing goes. The log's last segment always stays.</summary>
    /// <param name="projected">The sequence the slowest durable read model has reached: the newest snapshot at or before it stays as well, since
    /// recovery starts there. Without one nothing goes.</param>
    public void Retain(int keepSnapshots = 2, bool keepLog = false, long projected = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepSnapshots, 1);
        var whole = List().Where(entry => entry.Damage is null).ToList();
        if (whole.Count < keepSnapshots) return;
        if (whole.Find(entry => entry.Sequence <= projected)?.Sequence is not { } start) return;
        var newest = whole[keepSnapshots - 1].Sequence;
        var oldestKept = long.Min(newest, start);
        var gone = false;

        // Snapshots first: one whose following commands are gone would be no use.
        foreach (var name in disk.List())
            if (TryParseName(name, out var sequence) && sequence < newest && sequence != start)
            {
                disk.Delete(name);
                gone = true;
            }
        if (gone) disk.SyncDirectory();
        if (keepLog) return;

        var segments = disk.List().Where(name => SegmentHeader.TryParseName(name, out _)).ToList();
        for (var at = 0; at + 1 < segments.Count; at++)
        {
            _ = SegmentHeader.TryParseName(segments[at + 1], out var next);
#if MUTANTS
            if (Mutant.Is(Mutation.DeleteNeededSegment)) oldestKept = next;
#endif
            if (next > oldestKept + 1) break;
            disk.Delete(segments[at]);
            disk.SyncDirectory();       // one by one, oldest first: a crash leaves no hole
        }
    }

    /// <summary>What log and snapshots take on the disk now.</summary>
    public FolderSizes Sizes()
    {
        var sizes = default(FolderSizes);
        foreach (var name in disk.List())
        {
            var log = SegmentHeader.TryParseName(name, out _);
            if (!log && !TryParseName(name, out _)) continue;
            long bytes;
            try
            {
                using var file = disk.OpenRead(name);
                bytes = file.Length;
            }
            catch (FileNotFoundException) { continue; }     // deleted by Retain meanwhile
            sizes = log
                ? sizes with { LogBytes = sizes.LogBytes + bytes, Segments = sizes.Segments + 1 }
                : sizes with { SnapshotBytes = sizes.SnapshotBytes + bytes, Snapshots = sizes.Snapshots + 1 };
        }
        return sizes;
    }

    private void DropUnfinished()
    {
        foreach (var name in disk.List())
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension + Unfinished, StringComparison.Ordinal)) disk.Delete(name);
    }

    private SnapshotEntry Entry(string name, long sequence)
    {
        using var file = disk.OpenRead(name);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.Read(0, header) < HeaderBytes || !header.StartsWith(Magic)
            || Crc32C.Of(0, header[..HeaderCrcAt]) != BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrcAt..]))
            return new SnapshotEntry(name, sequence, default, "its header is not whole.");
        var format = BinaryPrimitives.ReadUInt32LittleEndian(header[FormatAt..]);
        if (format != Format) throw new LogTooNewException(name, format);
        var meta = new SnapshotMeta(
            BinaryPrimitives.ReadUInt32LittleEndian(header[RulesAt..]), BinaryPrimitives.ReadInt64LittleEndian(header[SequenceAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[TimeAt..]), BinaryPrimitives.ReadUInt64LittleEndian(header[HashAt..]));
        var damage = meta.Sequence != sequence ? "its name does not fit its header."
            : file.Length != HeaderBytes + BinaryPrimitives.ReadInt64LittleEndian(header[LengthAt..]) ? "its length does not fit its header." : null;
        return new SnapshotEntry(name, sequence, meta, damage);
    }

    private static bool TryParseName(string name, out long sequence)
    {
        sequence = 0;
        return name.Length == Prefix.Length + 20 + Extension.Length && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, 20), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }
}
