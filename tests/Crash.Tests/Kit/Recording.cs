using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>A batch as the log was about to write it: the disk before, and the bytes.</summary>
/// <param name="Durable">The last sequence that was flushed then.</param>
/// <param name="Frames">End and sequence of each frame, and how many bytes it needs to be whole when zeros follow.</param>
internal sealed record WrittenBatch(SimulatedDisk Before, string File, long Offset, byte[] Bytes, long Durable, List<(int End, int Needs, long Sequence)> Frames);

/// <summary>Writes the log of a small venue as the sequencer does, batch by batch, with snapshots and retention, and remembers each batch.</summary>
internal sealed class Recording(ulong seed, LogOptions options)
{
    private const int BatchesPerSnapshot = 3;

    public ulong Seed => seed;

    /// <summary>Segments behind the first that were filled with zeros.</summary>
    public int Filled { get; private set; }

    /// <summary>Segments that were only reserved.</summary>
    public int Reserved { get; private set; }

    /// <summary>Grows while <see cref="Batches"/> is walked; what a batch can lead to is in it before the batch comes out.</summary>
    public Truth Truth { get; } = new(new VenueProducts().Machine.StateHash());

    public IEnumerable<WrittenBatch> Batches()
    {
        var random = new SeededRandom(seed);
        var disk = new SimulatedDisk();
        var venue = new SmallVenue(new VenueProducts());
        var store = new SnapshotStore(disk);
        using var log = FileLog.Open(disk, StateMachine.RulesVersion, options);
        for (var batch = 1; ; batch++)
        {
            var snapshot = batch % BatchesPerSnapshot == 0;
            var bytes = Commands(venue, random, 1 + random.Below(8), snapshot);
            (SimulatedDisk Disk, long Offset)? before = null;
            disk.Faults = call =>
            {
                if (call.Kind == DiskCallKind.Preallocate) Filled++;
                if (call.Kind == DiskCallKind.Reserve) Reserved++;
                if (call.Kind == DiskCallKind.Write && call.Bytes == bytes.Length) before = (disk.Kill(), call.Offset);
                return default;
            };
            var durable = log.DurableSequence;
            log.Append(bytes);
            disk.Faults = null;
            Assert.NotNull(before);
            var file = before.Value.Disk.Files().Last(one => one.Name.EndsWith(".log", StringComparison.Ordinal)).Name;
            yield return new WrittenBatch(before.Value.Disk, file, before.Value.Offset, bytes, durable, Ends(bytes));
            if (!snapshot && random.Chance(300)) continue;
            log.Sync();
            if (!snapshot) continue;
            var saved = new StateWriter();
            venue.Machine.Save(saved);
            store.Write(new SnapshotMeta(StateMachine.RulesVersion, venue.Machine.Sequence, venue.Machine.TimeNanos, venue.Machine.StateHash()), saved.Written);
            store.Retain();
        }
    }

    private byte[] Commands(SmallVenue venue, SeededRandom random, int count, bool mark)
    {
        var frames = new List<byte>();
        for (; count > 0; count--)
        {
            var (stamp, record) = venue.Next(random);
            Truth.Add(stamp, record, venue.Machine.StateHash());
            frames.AddRange(Framed.Command(stamp, record));
        }
        if (mark) frames.AddRange(Framed.Mark(venue.Machine, cleanStop: false));
        return [.. frames];
    }

    private static List<(int End, int Needs, long Sequence)> Ends(byte[] bytes)
    {
        var ends = new List<(int, int, long)>();
        for (var at = 0; at < bytes.Length;)
        {
            var end = at + Frame.PaddedBytes(BitConverter.ToInt32(bytes, at) - Frame.HeaderBytes);
            ends.Add((end, at + bytes.AsSpan(at, end - at).LastIndexOfAnyExcept((byte)0) + 1, BitConverter.ToInt64(bytes, at + 8)));
            at = end;
        }
        return ends;
    }
}
