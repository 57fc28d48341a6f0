using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Sequencing;

public sealed class VerificationTests
{
    [Fact]
    public async Task A_good_folder_has_no_problems_and_every_record_is_counted()
    {
        var (disk, hash) = await Folder();
        var frames = ReadAll(disk);
        var found = Verify(disk);
        Assert.Empty(found.Problems);
        Assert.Equal((frames.Count, frames[^1].Sequence, hash, LogEndKind.Clean), (found.Records, found.Sequence, found.StateHash, found.End.Kind));
        Assert.Equal(new SnapshotStore(disk).List().Count, found.Snapshots);
        Assert.True(found.Snapshots > 2);
    }

    [Fact]
    public async Task A_torn_tail_is_reported_and_is_no_problem()
    {
        var (disk, _) = await Folder();
        var last = ReadAll(disk)[^1];
        Change(disk, last.File, bytes =>
        {
            var at = (int)last.Offset + Frame.MarkFrameBytes;
            bytes.AsSpan(at, 40).Fill(7);
        });
        var found = Verify(disk);
        Assert.Empty(found.Problems);
        Assert.Equal((LogEndKind.TornTail, 40L), (found.End.Kind, found.End.DroppedBytes));
    }

    [Fact]
    public async Task A_flipped_byte_before_the_tail_is_a_problem()
    {
        var (disk, _) = await Folder();
        var frame = ReadAll(disk)[20];
        Change(disk, frame.File, bytes => bytes[frame.Offset + Frame.HeaderBytes] ^= 1);
        var found = Verify(disk);
        Assert.Contains($"The log is damaged: {frame.File} at byte {frame.Offset}", Assert.Single(found.Problems, problem => problem.StartsWith("The log", StringComparison.Ordinal)));
        Assert.Equal(frame.Sequence - 1, found.Sequence);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_a_problem()
    {
        var (disk, hash) = await Folder();
        var name = new SnapshotStore(disk).List()[0].File;
        Change(disk, name, bytes => bytes[^1] ^= 1);
        var found = Verify(disk);
        Assert.Equal($"The snapshot {name} is damaged: its content does not fit its checksum.", Assert.Single(found.Problems));
        Assert.Equal(hash, found.StateHash);
    }

    [Fact]
    public async Task A_snapshot_ahead_of_the_log_is_a_problem()
    {
        var (disk, _) = await Folder();
        var sequence = ReadAll(disk)[^1].Sequence;
        disk.Delete(Segments(disk)[^1]);
        var end = ReadAll(disk)[^1].Sequence;
        Assert.Contains($"The snapshot at sequence {sequence} is ahead of the log, which ends at {end}.", Verify(disk).Problems);
    }

    [Fact]
    public async Task A_mark_and_a_snapshot_with_another_hash_are_problems()
    {
        var (disk, hash) = await Folder();
        var sequence = ReadAll(disk)[^1].Sequence;
        using (var log = FileLog.Open(disk, StateMachine.RulesVersion, Small))
        {
            log.AppendMark(sequence, 0, hash ^ 1, cleanStop: false);
            log.Sync();
        }
        var store = new SnapshotStore(disk);
        var newest = store.List()[0];
        store.Write(newest.Meta with { StateHash = hash ^ 2 }, store.Read(newest));
        Assert.Equal(
            [
                $"The snapshot at sequence {sequence} records state hash {hash ^ 2:x16}, re-execution gives {hash:x16}.",
                $"The mark behind sequence {sequence} records state hash {hash ^ 1:x16}, re-execution gives {hash:x16}.",
            ], Verify(disk).Problems);
    }

    [Fact]
    public async Task A_log_whose_first_segments_are_gone_is_checked_from_the_oldest_snapshot()
    {
        var (disk, hash) = await Folder();
        new SnapshotStore(disk).Retain();
        var found = Verify(disk);
        Assert.Empty(found.Problems);
        Assert.Equal((2, hash), (found.Snapshots, found.StateHash));
        Assert.True(ReadAll(disk)[0].Sequence > 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commands_missing_before_the_log_and_in_no_snapshot_are_a_problem(bool withSnapshots)
    {
        var (disk, _) = await Folder();
        var store = new SnapshotStore(disk);
        store.Retain();
        foreach (var entry in store.List()) disk.Delete(entry.File);
        if (withSnapshots) store.Write(new SnapshotMeta(StateMachine.RulesVersion, 0, 0, new VenueProducts().Machine.StateHash()), Empty());
        var first = ReadAll(disk)[0].Sequence;
        Assert.Equal([$"The log starts at command {first}, and no snapshot holds the commands before it."], Verify(disk).Problems);
        var damaged = Assert.Throws<LogDamagedException>(() => Recovery.Run(disk, new VenueProducts().Machine, []));
        Assert.Equal("the log starts here, and command 1 was expected: a segment is missing.", damaged.Reason);
    }

    private static byte[] Empty()
    {
        var writer = new StateWriter();
        new VenueProducts().Machine.Save(writer);
        return writer.Written.ToArray();
    }

    private static Verified Verify(IDisk disk) => Verification.Run(disk, new VenueProducts().Machine);

    /// <summary>Several segments, a snapshot every hundred commands, all kept.</summary>
    private static async Task<(MemoryDisk Disk, ulong Hash)> Folder()
    {
        var disk = new MemoryDisk();
        using var venue = new Venue(disk, options: new SequencerOptions(CommandsPerSnapshot: 100, KeepLog: true), log: Small, projected: () => 0);
        var (alice, _) = await venue.SetUp();
        await venue.Offer(alice, 50);
        for (var snapshots = 1; snapshots <= 3; snapshots++)
        {
            // They are written beside the commands: on a machine that has better to do, the next hundred might be done before one is.
            await venue.Deposit(alice, 100);
            while (new SnapshotStore(disk).List().Count < snapshots) await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        return (disk, await venue.Hash());
    }

    private static void Change(IDisk disk, string name, Action<byte[]> change)
    {
        var bytes = Content(disk, name);
        change(bytes);
        Put(disk, name, bytes);
    }
}
