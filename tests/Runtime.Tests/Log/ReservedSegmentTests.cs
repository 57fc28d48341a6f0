using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Log;

/// <summary>Segments are filled with zeros where flushes are small and only reserved where they are large; either way the log is the same.</summary>
public sealed class ReservedSegmentTests : IDisposable
{
    private const int SegmentBytes = 65_536, ReservedFrom = 4096;
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-reserved-").FullName;
    private readonly List<string> rooms = [];
    private long next = 1;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Small_flushes_have_segments_filled(bool ahead)
    {
        using var log = FileLog.Open(Watched(new MemoryDisk()), 1, Options(ahead));
        Fill(log, segments: 4, flushBytes: 4000);
        Assert.Equal(ahead ? 5 : 4, rooms.Count);
        Assert.All(rooms, room => Assert.Equal("preallocate", room));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_flushes_have_segments_reserved_and_the_first_one_filled(bool ahead)
    {
        using var log = FileLog.Open(Watched(new MemoryDisk()), 1, Options(ahead));
        Fill(log, segments: 4, flushBytes: 4400);
        Assert.Equal(["preallocate", .. Enumerable.Repeat("reserve", ahead ? 4 : 3)], rooms);
    }

    [Fact]
    public void Each_segment_is_made_as_the_flushes_of_the_one_before_say()
    {
        using var log = FileLog.Open(Watched(new MemoryDisk()), 1, Options(ahead: false));
        foreach (var flushBytes in (int[])[1000, 9000, 9000, 30_000, 1000, 5000, 9000]) Fill(log, segments: 1, flushBytes);
        Assert.Equal(["preallocate", "preallocate", "reserve", "reserve", "reserve", "preallocate", "reserve"], rooms);
    }

    [Fact]
    public void A_flush_brings_what_was_appended_since_the_last_however_often()
    {
        using var log = FileLog.Open(Watched(new MemoryDisk()), 1, Options(ahead: true));
        for (var batch = 0; batch < 100; batch++)
        {
            log.Append(Next(1000));
            if (batch % 6 == 5) log.Sync();
        }
        Assert.Equal(["preallocate", "reserve", "reserve"], rooms);
    }

    [Fact]
    public void A_segment_behind_a_restart_is_filled()
    {
        var disk = Watched(new MemoryDisk());
        using (var log = FileLog.Open(disk, 1, Options(ahead: false))) Fill(log, segments: 2, flushBytes: 30_000);
        using (FileLog.Open(disk, 1, Options(ahead: false))) { }
        using (FileLog.Open(disk, 2, Options(ahead: false))) { }        // the one without commands is replaced
        Assert.Equal(["preallocate", "reserve", "preallocate", "preallocate"], rooms);
    }

    [Theory]
    [InlineData(255 << 10, "preallocate")]
    [InlineData(256 << 10, "reserve")]
    public void A_flush_of_256_KiB_is_large(int flushBytes, string room)
    {
        using var log = FileLog.Open(Watched(new MemoryDisk()), 1, LogOptions.Default with { Ahead = new AtOnce() });
        while (log.BytesWritten < 21 << 20)
        {
            log.Append(Batch(next++, 1, flushBytes - 28));
            log.Sync();
        }
        Assert.Equal(["preallocate", room], rooms);
    }

    [Fact]
    public void What_is_only_reserved_does_not_count_as_written()
    {
        using var log = FileLog.Open(new MemoryDisk(), 1, Options(ahead: false));
        Assert.Equal(SegmentBytes, log.BytesWritten);
        var appended = Fill(log, segments: 2, flushBytes: 30_000);
        Assert.Equal(SegmentBytes + SegmentHeader.Bytes + appended, log.BytesWritten);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_log_over_several_reserved_segments_is_recovered_whole(bool real, bool ahead)
    {
        var disk = real ? new FileDisk(folder) : (IDisk)new MemoryDisk();
        using (var log = FileLog.Open(Watched(disk), 1, Options(ahead)))
        {
            Fill(log, segments: 5, flushBytes: 9000);
            log.Append(Next(50));
            log.Sync();
        }
        Assert.True(rooms.Count(room => room == "reserve") >= 4);
        Assert.Equal(5, Segments(disk).Count);
        Assert.All(Segments(disk), name => Assert.Equal(SegmentBytes, Content(disk, name).Length));
        AssertWhole(disk, next - 1);
        using (var log = FileLog.Open(disk, 1, Options(ahead)))
        {
            Assert.Equal((next - 1, next - 1), (log.LastSequence, log.DurableSequence));
            Assert.Equal(LogEndKind.Clean, log.RecoveredEnd.Kind);
            log.Append(Next(100));
            log.Sync();
        }
        AssertWhole(disk, next - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_torn_tail_in_a_reserved_segment_is_cut(bool real)
    {
        var disk = real ? new FileDisk(folder) : (IDisk)new MemoryDisk(crashable: true);
        using (var log = FileLog.Open(Watched(disk), 1, Options(ahead: true)))
        {
            Fill(log, segments: 3, flushBytes: 9000);
            log.Append(Next(9000));
            log.Sync();
        }
        Assert.Contains("reserve", rooms);
        var durable = next - 1;
        var (name, end) = ReadAll(disk).Select(frame => (frame.File, frame.Offset + Frame.PaddedBytes(frame.Payload.Length / 2))).Last();

        // What was never flushed came to the disk but for one sector, which nothing was ever written to.
        var torn = new byte[6000];
        new Random(1).NextBytes(torn);
        using (var file = disk.OpenWrite(name))
        {
            file.Write(end, torn.AsSpan(0, 700));
            file.Write(end + 2048, torn.AsSpan(2048));
            file.Sync();
        }
        Assert.Equal(durable, ReadAll(disk, out var found)[^1].Sequence);
        Assert.Equal((LogEndKind.TornTail, name, end), (found.Kind, found.File, found.Offset));
        using (var log = FileLog.Open(disk, 1, Options(ahead: true)))
        {
            Assert.Equal(found, log.RecoveredEnd);
            Assert.Equal(durable, log.LastSequence);
            Assert.Equal(-1, Content(disk, name).AsSpan((int)end).IndexOfAnyExcept((byte)0));
            log.Append(Next(200));
            log.Sync();
        }
        AssertWhole(disk, next - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_room_to_reserve_stops_the_log_when_the_segment_is_needed(bool ahead)
    {
        var memory = new MemoryDisk(crashable: true);
        var disk = Watched(memory, full: "reserve");
        using var log = FileLog.Open(disk, 1, Options(ahead));
        var failed = Assert.Throws<LogFailedException>(() => Fill(log, segments: 2, flushBytes: 9000));
        Assert.IsType<DiskFullException>(failed.InnerException);
        Assert.Contains("The disk of the log is full.", failed.Message);
        Assert.True(log.DurableSequence * Frame.PaddedBytes(20) > SegmentBytes - SegmentHeader.Bytes - 9000, "the segment before was used to its end");
        Assert.Throws<LogFailedException>(() => log.Append(Next(100)));
        AssertWhole(memory.Crash(), log.DurableSequence);
    }

    private static LogOptions Options(bool ahead) => new(SegmentBytes, ahead ? new AtOnce() : null, ReservedFrom);

    private FaultyDisk Watched(IDisk disk, string full = "") => new(disk)
    {
        Before = what =>
        {
            if (what is "preallocate" or "reserve") rooms.Add(what);
            if (what == full) throw new DiskFullException("no room");
        },
    };

    // At least so many bytes of frames.
    private byte[] Next(int bytes)
    {
        var count = (bytes - 1) / Frame.PaddedBytes(20) + 1;
        var batch = Batch(next, count);
        next += count;
        return batch;
    }

    /// <summary>Appends and flushes as often as fits into so many segments; returns the bytes.</summary>
    private long Fill(FileLog log, int segments, int flushBytes)
    {
        var (each, total) = (((flushBytes - 1) / Frame.PaddedBytes(20) + 1) * Frame.PaddedBytes(20), 0L);
        var fits = (SegmentBytes - SegmentHeader.Bytes) / each;
        for (var flush = 0; flush < segments * fits; flush++)
        {
            log.Append(Next(flushBytes));
            log.Sync();
            total += each;
        }
        return total;
    }

    private static void AssertWhole(IDisk disk, long last)
    {
        var seen = ReadAll(disk, out var end);
        Assert.Equal(Enumerable.Range(1, (int)last).Select(sequence => (long)sequence), seen.Select(frame => frame.Sequence));
        Assert.All(seen, frame => Assert.Equal(Convert.ToHexString(Payload(frame.Sequence, 20)), frame.Payload));
        Assert.Equal(LogEndKind.Clean, end.Kind);
    }
}
