using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Log;

public sealed class LogCrashTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Power_loss_at_any_step_leaves_every_durable_command(bool ahead, bool reserved)
    {
        var steps = int.MaxValue;
        for (var crashAt = 1; crashAt <= steps; crashAt++)
        {
            var memory = new MemoryDisk(crashable: true);
            var (calls, durable) = (0, 0L);
            MemoryDisk? after = null;
            FileLog? log = null;
            var disk = new FaultyDisk(memory)
            {
                Before = _ =>
                {
                    if (++calls != crashAt) return;
                    after = memory.Crash();
                    durable = log?.DurableSequence ?? 0;
                },
            };
            using (log = FileLog.Open(disk, 1, Options(ahead, reserved)))
            {
                for (var first = 1L; first < 300; first += 10)
                {
                    log.Append(Batch(first, 10));
                    log.Sync();
                }
            }
            steps = calls;
            if (after is null) continue;
            using (var reopened = FileLog.Open(after, 1, Small))
            {
                Assert.InRange(reopened.LastSequence, durable, durable + 10);
                reopened.Append(Batch(reopened.LastSequence + 1, 1));
                reopened.Sync();
            }
            Assert.DoesNotContain(after.List(), name => name.EndsWith(".new", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(1, ReadAll(after).Count).Select(sequence => (long)sequence), ReadAll(after).Select(frame => frame.Sequence));
        }
    }

    [Fact]
    public void Power_loss_drops_what_was_not_synced_and_nothing_else()
    {
        var disk = new MemoryDisk(crashable: true);
        using var log = FileLog.Open(disk, 1, Small);
        log.Append(Batch(1, 10));
        log.Sync();
        log.Append(Batch(11, 10));
        Assert.Equal((20L, 10L), (log.LastSequence, log.DurableSequence));
        var after = disk.Crash();
        Assert.Equal(10, ReadAll(after).Count);
        using var reopened = FileLog.Open(after, 1, Small);
        Assert.Equal((10L, 10L), (reopened.LastSequence, reopened.DurableSequence));
        reopened.Append(Batch(11, 4));
        reopened.Sync();
        Assert.Equal(14, ReadAll(after.Crash()).Count);
    }

    [Fact]
    public void Rolling_makes_the_segment_before_durable()
    {
        var disk = new MemoryDisk(crashable: true);
        using var log = FileLog.Open(disk, 1, Small);
        for (var first = 1L; Segments(disk).Count < 2; first += 10) log.Append(Batch(first, 10));
        Assert.Equal(log.LastSequence - 10, log.DurableSequence);
        Assert.Equal(log.DurableSequence, ReadAll(disk.Crash())[^1].Sequence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cut_at_any_byte_the_whole_frames_before_it_stay(bool zeroed)
    {
        var disk = ThreeSegments();
        var name = Segments(disk)[^1];
        var bytes = Content(disk, name);
        var all = ReadAll(disk);
        var used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        for (var cut = SegmentHeader.Bytes; cut <= used; cut++)
        {
            var expected = all.Count(frame => frame.File != name || frame.Offset + Frame.PaddedBytes(frame.Payload.Length / 2) <= cut);
            // A frame whose last bytes are zeros anyway is whole although it was cut there.
            var rest = bytes.AsSpan(0, cut).ToArray();
            if (zeroed)
            {
                Array.Resize(ref rest, bytes.Length);
                expected = all.Count(frame => frame.File != name
                    || bytes.AsSpan(Math.Min(cut, (int)frame.Offset + Frame.PaddedBytes(frame.Payload.Length / 2))
                        ..((int)frame.Offset + Frame.PaddedBytes(frame.Payload.Length / 2))).IndexOfAnyExcept((byte)0) < 0);
            }
            var after = Copy(disk);
            Put(after, name, rest);
            Assert.Equal(all.Take(expected), ReadAll(after, out var end));
            using (var log = FileLog.Open(after, 7, Small))
            {
                Assert.Equal(end, log.RecoveredEnd);
                log.Append(Batch(log.LastSequence + 1, 2));
                log.Sync();
            }
            Assert.Equal(expected + 2, ReadAll(after.Crash(), out end).Count);
            Assert.Equal(LogEndKind.Clean, end.Kind);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_found()
    {
        var disk = ThreeSegments();
        var all = ReadAll(disk);
        var segments = Segments(disk);
        foreach (var name in segments)
        {
            var bytes = Content(disk, name);
            var lastFrame = name == segments[^1] ? all[^1].Offset : long.MaxValue;
            var end = all[^1].Offset + Frame.MarkFrameBytes;
            for (var at = 0; at < bytes.Length; at++)
            {
                if (at is > 64 and < 4090 && at % 97 != 0) continue;     // the header block's zeros: a sample
                var bit = at % 8;
                bytes[at] ^= (byte)(1 << bit);
                Put(disk, name, bytes);
                if (at < lastFrame) Assert.Throws<LogDamagedException>(() => ReadAll(disk));
                else
                {
                    var seen = ReadAll(disk, out var tail);
                    Assert.Equal(LogEndKind.TornTail, tail.Kind);
                    Assert.True(tail.DroppedBytes > 0);
                    Assert.Equal(all.Take(at < end ? all.Count - 1 : all.Count), seen);
                }
                bytes[at] ^= (byte)(1 << bit);
            }
            Put(disk, name, bytes);
        }
    }

    [Fact]
    public void A_later_sector_written_without_an_earlier_one_is_a_torn_tail_when_never_synced()
    {
        var (disk, name, before) = TwoBatches(out var offset);
        var bytes = Content(disk, name);
        var sector = (offset / 512 + 1) * 512;
        bytes.AsSpan(sector, 512).Clear();
        Put(disk, name, bytes);
        var seen = ReadAll(disk, out var end);
        Assert.Equal(LogEndKind.TornTail, end.Kind);
        Assert.True(seen.Count >= before && seen.Count < before + 60);
        using (var log = FileLog.Open(disk, 1, Small)) Assert.Equal(seen.Count, log.LastSequence);
        Assert.Equal(seen, ReadAll(disk.Crash(), out end));
        Assert.Equal(LogEndKind.Clean, end.Kind);
    }

    [Fact]
    public void A_lost_sector_is_damage_when_a_later_frame_knew_it_durable()
    {
        var (disk, name, _) = TwoBatches(out var offset);
        var bytes = Content(disk, name);
        bytes.AsSpan(SegmentHeader.Bytes, 512).Clear();
        Put(disk, name, bytes);
        Assert.Throws<LogDamagedException>(() => ReadAll(disk));
        Assert.Throws<LogDamagedException>(() => FileLog.Open(disk, 1, Small));
    }

    [Fact]
    public void A_header_torn_at_creation_is_a_segment_that_is_not_there()
    {
        var disk = ThreeSegments();
        var all = ReadAll(disk);
        var torn = new byte[8192];
        "SLUICLOG"u8.CopyTo(torn);
        Put(disk, SegmentHeader.NameOf(all[^1].Sequence + 1), torn);
        Assert.Equal(all, ReadAll(disk));
        using var log = FileLog.Open(disk, 7, Small);
        log.Append(Batch(log.LastSequence + 1, 1));
        Assert.Equal(all[^1].Sequence + 1, ReadAll(disk)[^1].Sequence);
    }

    [Fact]
    public void Missing_swapped_copied_and_cut_segments_are_damage()
    {
        var disk = ThreeSegments();
        var names = Segments(disk);
        var contents = names.ConvertAll(name => Content(disk, name));

        var missing = Copy(disk);
        missing.Delete(names[1]);
        Assert.Throws<LogDamagedException>(() => ReadAll(missing));
        missing = Copy(disk);
        missing.Delete(names[0]);
        Assert.Throws<LogDamagedException>(() => ReadAll(missing, from: 1));

        var swapped = Copy(disk);
        Put(swapped, names[0], contents[1]);
        Put(swapped, names[1], contents[0]);
        Assert.Throws<LogDamagedException>(() => ReadAll(swapped));

        var copied = Copy(disk);
        Put(copied, SegmentHeader.NameOf(ReadAll(disk)[^1].Sequence + 1), contents[^1]);
        Assert.Throws<LogDamagedException>(() => ReadAll(copied));

        for (var cut = 0; cut < contents[1].AsSpan().LastIndexOfAnyExcept((byte)0); cut += 101)
        {
            var shortened = Copy(disk);
            Put(shortened, names[1], contents[1].AsSpan(0, cut));
            Assert.Throws<LogDamagedException>(() => ReadAll(shortened));
        }

        // A segment of another log, right in itself, does not continue this one.
        var foreign = Copy(disk);
        var strange = contents[1].ToArray();
        new SegmentHeader(7, ReadAll(disk).First(frame => frame.File == names[1]).Sequence, 123).Write(strange);
        Put(foreign, names[1], strange);
        Assert.Throws<LogDamagedException>(() => ReadAll(foreign));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_failed_call_at_any_step_is_final_and_loses_nothing_durable(bool ahead, bool reserved)
    {
        for (var failAt = 1; ; failAt++)
        {
            var memory = new MemoryDisk(crashable: true);
            var calls = 0;
            var disk = new FaultyDisk(memory) { Before = what => { if (++calls == failAt) throw new IOException($"{what} failed"); } };
            long durable = 0;
            FileLog? log = null;
            try
            {
                log = FileLog.Open(disk, 1, Options(ahead, reserved));
                for (var first = 1L; first < 300; first += 10)
                {
                    log.Append(Batch(first, 10));
                    log.Sync();
                    durable = log.DurableSequence;
                }
            }
            catch (LogFailedException failed)
            {
                Assert.IsType<IOException>(failed.InnerException);
            }
            if (calls < failAt)
            {
                Assert.Equal(300, durable);
                return;
            }
            if (log is not null && durable < 300)       // a next segment that failed and was not needed harms nobody
            {
                var before = calls;
                Assert.Throws<LogFailedException>(() => log.Append(Batch(log.LastSequence + 1, 1)));
                Assert.Throws<LogFailedException>(log.Sync);
                Assert.Throws<LogFailedException>(() => log.AppendMark(log.LastSequence, 0, 0, false));
                Assert.Equal(before, calls);        // nothing was tried again
            }
            var after = memory.Crash();
            Assert.True(ReadAll(after).Count >= durable);
            using var reopened = FileLog.Open(after, 1, Small);
            reopened.Append(Batch(reopened.LastSequence + 1, 1));
            reopened.Sync();
        }
    }

    [Fact]
    public void A_full_disk_is_final_and_says_so()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        using var log = FileLog.Open(disk, 1, Small);
        disk.Before = what => { if (what == "preallocate") throw new DiskFullException("no room"); };
        var failed = Assert.Throws<LogFailedException>(() =>
        {
            for (var first = 1L; first < 300; first += 10) log.Append(Batch(first, 10));
        });
        Assert.Contains("full", failed.Message);
        disk.Before = _ => { };
        Assert.Throws<LogFailedException>(() => log.Append(Batch(log.LastSequence + 1, 1)));
    }

    [Fact]
    public void A_full_disk_met_by_the_preparation_stops_the_log_when_the_segment_is_needed()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        using var log = FileLog.Open(disk, 1, Options(ahead: true));
        disk.Before = what => { if (what == "preallocate") throw new DiskFullException("no room"); };
        log.Append(Batch(1, 60));
        log.Sync();
        Assert.Equal(60, log.DurableSequence);
        disk.Before = _ => { };
        Assert.Contains("full", Assert.Throws<LogFailedException>(() => log.Append(Batch(61, 60))).Message);
    }

    [Fact]
    public void A_prepared_segment_is_used_once_and_goes_when_it_was_not()
    {
        var memory = new MemoryDisk(crashable: true);
        var fills = 0;
        var disk = new FaultyDisk(memory) { Before = what => { if (what == "preallocate") fills++; } };
        using (var log = FileLog.Open(disk, 1, Options(ahead: true)))
        {
            log.Append(Batch(1, 60));
            Assert.Equal(2, fills);
            Assert.Contains("next.log.new", memory.List());
            log.Append(Batch(61, 60));      // the next segment, and so far in it that its successor is prepared
            Assert.Equal(3, fills);
            log.Append(Batch(121, 200));    // larger than a segment: made at once, the prepared one waits
            Assert.Equal(4, fills);
            log.Append(Batch(321, 60));
            Assert.Equal(5, fills);
        }
        Assert.DoesNotContain("next.log.new", memory.List());
        Assert.Equal(4, Segments(memory).Count);
        Assert.Equal(380, ReadAll(memory)[^1].Sequence);
    }

    private static LogOptions Options(bool ahead, bool reserved = false) =>
        Small with { Ahead = ahead ? new AtOnce() : null, ReservedFrom = reserved ? 1 : int.MaxValue };

    /// <summary>One synced batch, then a batch over several sectors; also where the second starts.</summary>
    private static (MemoryDisk Disk, string Name, int Before) TwoBatches(out int offset)
    {
        var disk = new MemoryDisk(crashable: true);
        using var log = FileLog.Open(disk, 1, Small);
        log.Append(Batch(1, 20));
        log.Sync();
        log.Append(Batch(21, 60));
        offset = SegmentHeader.Bytes + 20 * Frame.PaddedBytes(20);
        return (disk, Segments(disk)[^1], 20);
    }
}
