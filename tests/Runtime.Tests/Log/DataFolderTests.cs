using System.Buffers;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Log;

public sealed class DataFolderTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), "sluice-log-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void A_second_holder_of_the_folder_is_refused_in_one_sentence()
    {
        using (DataFolder.Open(path))
        {
            var refused = Assert.Throws<DataFolderInUseException>(() => DataFolder.Open(path));
            Assert.Contains(path, refused.Message);
            Assert.DoesNotContain("\n", refused.Message);
        }
        using var again = DataFolder.Open(path);
        Assert.Equal(path, again.Path);
    }

    [Fact]
    public void The_log_works_on_a_real_disk_and_only_its_owner_may_read_it()
    {
        using var folder = DataFolder.Open(path);
        using (var log = FileLog.Open(folder.Disk, 1, Small))
            for (var first = 1L; first <= 500; first += 10)
            {
                log.Append(Batch(first, 10));
                log.Sync();
            }
        new SnapshotStore(folder.Disk).Write(new SnapshotMeta(1, 500, 1, 2), new byte[] { 1, 2, 3 });
        using (var log = FileLog.Open(folder.Disk, 1, Small)) Assert.Equal(500, log.DurableSequence);
        Assert.Equal(500, ReadAll(folder.Disk).Count);
        Assert.All(Segments(folder.Disk), name => Assert.Equal(Small.SegmentBytes, new FileInfo(Path.Combine(path, name)).Length));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        foreach (var file in Directory.GetFiles(path)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_snapshot_comes_back_with_its_head_and_the_newest_is_first()
    {
        var disk = new MemoryDisk(crashable: true);
        var store = new SnapshotStore(disk);
        store.Write(new SnapshotMeta(1, 10, 100, 0xAA), Payload(10, 1001));
        store.Write(new SnapshotMeta(2, 20, 200, 0xBB), TwoParts(Payload(20, 13), Payload(21, 70)));
        var after = new SnapshotStore(disk.Crash());
        Assert.Equal([new SnapshotMeta(2, 20, 200, 0xBB), new SnapshotMeta(1, 10, 100, 0xAA)], after.List().Select(entry => entry.Meta));
        Assert.Equal([.. Payload(20, 13), .. Payload(21, 70)], after.Read(after.List()[0]));
        Assert.Equal(Payload(10, 1001), after.ReadNewest(_ => { }, upTo: 19)!.Value.Payload);
        Assert.Equal(store.BytesWritten, after.Sizes().SnapshotBytes);
    }

    [Fact]
    public void A_snapshot_damaged_anywhere_is_passed_over_with_a_reason()
    {
        var disk = new MemoryDisk(crashable: true);
        var store = new SnapshotStore(disk);
        store.Write(new SnapshotMeta(1, 10, 100, 0xAA), Payload(10, 50));
        store.Write(new SnapshotMeta(1, 20, 200, 0xBB), Payload(20, 50));
        var name = SnapshotStore.NameOf(20);
        var bytes = Content(disk, name);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 16;
            Put(disk, name, bytes);
            bytes[at] ^= 16;
            Older();
            Put(disk, name, bytes.AsSpan(0, at));
            Older();
        }

        void Older()
        {
            var reasons = new List<string>();
            Assert.Equal(10, store.ReadNewest(reasons.Add)!.Value.Meta.Sequence);
            Assert.Contains(name, Assert.Single(reasons));
        }
    }

    [Fact]
    public void A_snapshot_that_fails_at_any_step_leaves_the_older_one()
    {
        for (var failAt = 1; ; failAt++)
        {
            var memory = new MemoryDisk(crashable: true);
            new SnapshotStore(memory).Write(new SnapshotMeta(1, 10, 100, 0xAA), Payload(10, 50));
            var calls = 0;
            var disk = new FaultyDisk(memory) { Before = what => { if (++calls == failAt) throw new IOException(what); } };
            try { new SnapshotStore(disk).Write(new SnapshotMeta(1, 20, 200, 0xBB), Payload(20, 50)); }
            catch (IOException)
            {
                Assert.InRange(calls, failAt, failAt + 1);      // what it had begun goes
                Assert.DoesNotContain(memory.List(), name => name.EndsWith(".new", StringComparison.Ordinal));
            }
            var newest = new SnapshotStore(memory.Crash()).ReadNewest(reason => Assert.Fail(reason))!.Value;
            Assert.Equal(failAt > calls ? 20 : 10, newest.Meta.Sequence);
            if (failAt > calls) return;
        }
    }

    [Fact]
    public void The_next_snapshot_drops_what_a_crash_left_of_another()
    {
        var disk = new MemoryDisk();
        disk.Create(SnapshotStore.NameOf(10) + ".new").Dispose();
        disk.Create("next.log.new").Dispose();
        new SnapshotStore(disk).Write(new SnapshotMeta(1, 20, 200, 0xBB), Payload(20, 50));
        Assert.Equal(["next.log.new", SnapshotStore.NameOf(20)], disk.List().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Retention_keeps_two_snapshots_and_every_command_behind_the_older()
    {
        var disk = ThreeSegments();
        var all = ReadAll(disk);
        var second = all.First(frame => frame.File == Segments(disk)[1]).Sequence;
        var store = new SnapshotStore(disk);
        store.Write(new SnapshotMeta(7, 1, 0, 0), Payload(1, 5));
        store.Retain();
        Assert.Equal(3, Segments(disk).Count);
        store.Write(new SnapshotMeta(7, second - 1, 0, 0), Payload(1, 5));
        store.Write(new SnapshotMeta(7, all[^1].Sequence, 0, 0), Payload(1, 5));
        store.Retain(keepLog: true);
        Assert.Equal(3, Segments(disk).Count);
        Assert.Equal(2, store.List().Count);
        store.Retain();
        Assert.Equal(2, Segments(disk).Count);
        Assert.Equal(all.Where(frame => frame.Sequence >= second), ReadAll(disk.Crash(), second));
        Assert.Throws<LogDamagedException>(() => ReadAll(disk, second - 1));
        store.Write(new SnapshotMeta(7, all[^1].Sequence + 1, 0, 0), Payload(1, 5));
        store.Retain();
        Assert.Single(Segments(disk));
        Assert.Equal((Small.SegmentBytes, 1, 2), ((int)store.Sizes().LogBytes, store.Sizes().Segments, store.Sizes().Snapshots));
    }

    private static ReadOnlySequence<byte> TwoParts(byte[] a, byte[] b)
    {
        var second = new Part(b, null, a.Length);
        return new ReadOnlySequence<byte>(new Part(a, second, 0), 0, second, b.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(byte[] bytes, Part? next, long at)
        {
            Memory = bytes;
            Next = next;
            RunningIndex = at;
        }
    }
}
