using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>A venue just before something that takes several calls to the disk. Made anew from its name and seed, it is the same again.</summary>
internal sealed class Scene
{
    public static readonly string[] Names =
    [
        "a segment rolls", "a segment rolls before its last batch is flushed", "a segment rolls into the prepared one", "a batch is larger than a segment",
        "a snapshot is written", "a snapshot is written where one was cut off", "a snapshot replaces its like", "two snapshots and the log behind them go", "the venue stops",
        "a log is opened behind a torn tail", "a log of an older rules version is taken over", "an empty log is opened", "an unused segment changes its rules version",
        "a segment rolls into a reserved one", "a segment rolls into a reserved one that was prepared", "a log is opened behind a torn tail in a reserved segment",
    ];

    private readonly SeededRandom random;
    private RunningVenue? venue;
    private long durable;

    public Scene(string name, ulong seed)
    {
        random = new SeededRandom(seed).Fork(name);
        Act = name switch
        {
            "a segment rolls" => Roll(new LogOptions(6144), flushed: true),
            "a segment rolls before its last batch is flushed" => Roll(new LogOptions(6144), flushed: false),
            "a segment rolls into the prepared one" => Roll(new LogOptions(8192, new AtOnce()), flushed: true),
            "a segment rolls into a reserved one" => Roll(new LogOptions(6144, ReservedFrom: 1), flushed: true),
            "a segment rolls into a reserved one that was prepared" => Roll(new LogOptions(8192, new AtOnce(), ReservedFrom: 1), flushed: true),
            "a batch is larger than a segment" => Large(),
            "a snapshot is written" => Snapshot(cutOff: false),
            "a snapshot is written where one was cut off" => Snapshot(cutOff: true),
            "a snapshot replaces its like" => SnapshotAgain(),
            "two snapshots and the log behind them go" => Retention(),
            "the venue stops" => Stop(),
            "a log is opened behind a torn tail" => TornTail(reserved: false),
            "a log is opened behind a torn tail in a reserved segment" => TornTail(reserved: true),
            "a log of an older rules version is taken over" => OtherRules(commands: 20),
            "an unused segment changes its rules version" => OtherRules(commands: 0),
            _ => Reopen,
        };
    }

    public SimulatedDisk Disk { get; private set; } = new();

    public Truth Truth { get; } = new(new VenueProducts().Machine.StateHash());

    /// <summary>What has to come back, whenever the power goes.</summary>
    public long Durable => long.Max(durable, venue?.Log.DurableSequence ?? 0);

    /// <summary>Of the build that recovers.</summary>
    public uint Rules { get; private set; } = StateMachine.RulesVersion;

    public Action Act { get; }

    private RunningVenue Start(LogOptions options) => venue = new RunningVenue(Disk, Truth, 0, options);

    private void Reopen()
    {
        venue = new RunningVenue(Disk, Truth, durable, new LogOptions(6144), Rules);
        venue.Append(random, 3);
        venue.Log.Sync();
    }

    private Action Roll(LogOptions options, bool flushed)
    {
        var running = Start(options);
        while (Room(options) > 600) running.Append(random, 1);
        if (flushed) running.Log.Sync();
        return () =>
        {
            running.Append(random, 6);
            running.Log.Sync();
            running.Append(random, 1);
            running.Log.Sync();
        };
    }

    // Of a first segment: 4096 bytes are its header, and its whole length counts as written from the start.
    private long Room(LogOptions options) => options.SegmentBytes * 2L - 4096 - venue!.Log.BytesWritten;

    private Action Large()
    {
        var running = Start(new LogOptions(6144));
        running.Append(random, 5);
        running.Log.Sync();
        return () =>
        {
            running.Append(random, 60);
            running.Append(random, 2);
            running.Log.Sync();
        };
    }

    private Action Snapshot(bool cutOff)
    {
        var running = Start(new LogOptions(8192));
        running.Append(random, 15);
        running.Log.Sync();
        if (cutOff)
        {
            using var file = Disk.Create("snapshot-00000000000000000009.snap.new");
            file.Write(0, new byte[3000]);
        }
        return () =>
        {
            running.TakeSnapshot();
            running.WriteSnapshot();
            running.Append(random, 2);
            running.Log.Sync();
        };
    }

    private Action SnapshotAgain()
    {
        var running = Start(new LogOptions(8192));
        running.Append(random, 15);
        running.TakeSnapshot();
        running.WriteSnapshot();
        return () =>
        {
            running.TakeSnapshot(cleanStop: true);
            running.WriteSnapshot();
        };
    }

    private Action Retention()
    {
        var running = Start(new LogOptions(5120));
        for (var snapshot = 0; snapshot < 2; snapshot++)
        {
            for (var batch = 0; batch < 8; batch++) running.Append(random, 3);
            running.TakeSnapshot();
            running.WriteSnapshot();
        }
        for (var batch = 0; batch < 8; batch++) running.Append(random, 3);
        running.TakeSnapshot();
        return running.WriteSnapshot;
    }

    private Action Stop()
    {
        var running = Start(new LogOptions(6144, new AtOnce()));
        running.Append(random, 9);
        return running.Stop;
    }

    private Action TornTail(bool reserved)
    {
        var reservations = 0;
        Disk.Faults = call =>
        {
            if (call.Kind == DiskCallKind.Reserve) reservations++;
            return default;
        };
        var running = Start(new LogOptions(16384, ReservedFrom: 1));
        if (reserved) running.Append(random, 130);      // a segment full
        running.Append(random, 10);
        running.Log.Sync();
        durable = running.Log.DurableSequence;
        running.Append(random, 25);
        Assert.Equal(reserved ? 1 : 0, reservations);
        SimulatedDisk crashed;
        LogEnd end;
        do
        {
            crashed = Disk.Crash(random);
            using var reader = new LogReader(crashed);
            while (reader.Read()) { }
            end = reader.End;
        }
        while (end.DroppedBytes < 1200);
        (Disk, venue) = (crashed, null);
        return Reopen;
    }

    private Action OtherRules(int commands)
    {
        var running = Start(new LogOptions(6144));
        if (commands > 0) running.Append(random, commands);
        running.Stop();
        durable = running.Log.DurableSequence;
        (Disk, venue, Rules) = (Disk.Kill(), null, Rules + 1);
        return Reopen;
    }
}
