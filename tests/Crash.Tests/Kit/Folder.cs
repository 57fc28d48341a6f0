using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>The data folder of a small venue: several segments that nothing was deleted from, and two early snapshots, so that recovery reads most of it.</summary>
internal sealed class Folder
{
    public static readonly LogOptions Segments = new(6144, ReservedFrom: 300);

    /// <param name="segments">At least; the last has some commands.</param>
    /// <param name="stopped">The log ends with the mark of an orderly stop, without its snapshot; else with a command.</param>
    /// <param name="lastSnapshot">A third snapshot, behind the last command.</param>
    public Folder(ulong seed, int segments, bool stopped = false, bool lastSnapshot = false)
    {
        var random = new SeededRandom(seed);
        var venue = new SmallVenue(new VenueProducts());
        var store = new SnapshotStore(Disk);
        using var log = FileLog.Open(Disk, StateMachine.RulesVersion, Segments);
        Disk.Faults = call =>
        {
            if (call.Kind == DiskCallKind.Preallocate) Filled++;
            if (call.Kind == DiskCallKind.Reserve) Reserved++;
            return default;
        };
        var snapshots = new Queue<int>([1, 2]);
        for (var batch = 0; Logs.Count < segments || log.LastSequence < Firsts[^1] + 5; batch++)
        {
            var frames = new List<byte>();
            for (var count = 1 + random.Below(4); count > 0; count--)
            {
                var (stamp, record) = venue.Next(random);
                Truth.Add(stamp, record, venue.Machine.StateHash());
                frames.AddRange(Framed.Command(stamp, record));
            }
            log.Append(frames.ToArray());
            log.Sync();
            if (snapshots.TryPeek(out var due) && Logs.Count >= due && log.LastSequence >= Firsts[^1] + 3)
            {
                snapshots.Dequeue();
                Save(venue.Machine, store, log);
            }
        }
        if (lastSnapshot) Save(venue.Machine, store, log);
        if (stopped) log.Append(Framed.Mark(venue.Machine, cleanStop: true));
        log.Sync();
        Machine = venue.Machine;
        Disk.Faults = null;
        Assert.True(Filled > 1 && Reserved > 0, "Not both kinds of segments are in the folder.");
    }

    public SimulatedDisk Disk { get; } = new();

    /// <summary>Segments that were filled with zeros.</summary>
    public int Filled { get; private set; }

    /// <summary>Segments that were only reserved.</summary>
    public int Reserved { get; private set; }

    public Truth Truth { get; } = new(new VenueProducts().Machine.StateHash());

    public StateMachine Machine { get; }

    public IReadOnlyList<string> Logs => [.. Disk.Files().Select(file => file.Name).Where(name => name.EndsWith(".log", StringComparison.Ordinal))];

    public IReadOnlyList<string> Snapshots => [.. Disk.Files().Select(file => file.Name).Where(name => name.EndsWith(".snap", StringComparison.Ordinal))];

    /// <summary>The first sequence of each segment.</summary>
    public IReadOnlyList<long> Firsts => [.. Logs.Select(name => long.Parse(name[..^4], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Every frame: its file, where it starts, where it ends, and its sequence.</summary>
    public static List<(string File, long From, long To, long Sequence)> Frames(IDisk disk)
    {
        var frames = new List<(string, long, long, long)>();
        using var reader = new LogReader(disk);
        while (reader.Read())
            frames.Add((reader.Position.File, reader.Position.Offset, reader.Position.Offset + Frame.PaddedBytes(reader.Payload.Length), reader.Sequence));
        return frames;
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
        using (var file = disk.Create(name))
        {
            file.Write(0, bytes);
            file.Sync();
        }
        disk.SyncDirectory();
    }

    private static void Save(StateMachine machine, SnapshotStore store, FileLog log)
    {
        var saved = new StateWriter();
        machine.Save(saved);
        log.Append(Framed.Mark(machine, cleanStop: false));
        log.Sync();
        store.Write(new SnapshotMeta(StateMachine.RulesVersion, machine.Sequence, machine.TimeNanos, machine.StateHash()), saved.Written);
    }
}
