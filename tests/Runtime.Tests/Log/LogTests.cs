using System.Text;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Log;

public sealed class LogTests
{
    [Fact]
    public void Checksum_is_crc32c_and_can_be_continued()
    {
        var text = Encoding.ASCII.GetBytes("123456789");
        Assert.Equal(0xE3069283u, Crc32C.Of(0, text));
        Assert.Equal(0xE3069283u, Crc32C.Of(Crc32C.Of(0, text.AsSpan(0, 3)), text.AsSpan(3)));
    }

    [Fact]
    public void A_frame_is_summed_as_its_bytes_whatever_its_length_and_its_predecessor()
    {
        var random = new Random(4);
        for (var words = 4; words <= Crc32C.WordsMax + 3; words++)
        {
            var frame = new byte[words * 8];
            random.NextBytes(frame);
            var seed = unchecked((uint)random.Next() * 2 + 1);
            Assert.Equal(Crc32C.Of(Crc32C.Of(seed, frame.AsSpan(0, 4)), frame.AsSpan(8)), Frame.Sum(frame, seed));
        }
    }

    [Fact]
    public void What_is_appended_is_read_back_over_many_segments()
    {
        var disk = new MemoryDisk();
        using (var log = FileLog.Open(disk, 7, Small))
        {
            for (var first = 1L; first <= 1000; first += 8) log.Append(Batch(first, 8, payloadBytes: (int)(first % 50)));
            log.AppendMark(1000, 5, 42, cleanStop: true);
            log.Sync();
            Assert.Equal(1000, log.LastSequence);
            Assert.Equal(1000, log.DurableSequence);
        }
        Assert.True(Segments(disk).Count > 5);
        var seen = ReadAll(disk, out var end);
        Assert.Equal(1001, seen.Count);
        Assert.Equal(Enumerable.Range(1, 1000).Select(n => (long)n), seen.Take(1000).Select(frame => frame.Sequence));
        Assert.All(seen.Take(1000), frame =>
        {
            var first = (frame.Sequence - 1) / 8 * 8 + 1;
            Assert.Equal((frame.Sequence * 1000, Convert.ToHexString(Payload(frame.Sequence, (int)(first % 50))), 7u),
                (frame.TimeNanos, frame.Payload, frame.Rules));
        });
        Assert.Equal((FrameKind.Mark, 1000L, 5L), (seen[^1].Kind, seen[^1].Sequence, seen[^1].TimeNanos));
        Assert.Equal(new StateMark(42, true), StateMark.Parse(Convert.FromHexString(seen[^1].Payload)));
        Assert.Equal(LogEndKind.Clean, end.Kind);
    }

    [Fact]
    public void Reading_from_a_sequence_starts_there_and_one_past_the_end_is_empty()
    {
        var disk = ThreeSegments();
        var last = ReadAll(disk)[^1].Sequence;
        for (var from = 1L; from <= last; from += 13) Assert.Equal(from, ReadAll(disk, from)[0].Sequence);
        Assert.Empty(ReadAll(disk, last + 1));
        Assert.Throws<LogDamagedException>(() => ReadAll(disk, last + 2));
    }

    [Fact]
    public void A_batch_larger_than_a_segment_gets_a_larger_segment()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 1, Small);
        log.Append(Batch(1, 1));
        log.Append(Batch(2, 500, 40));
        Assert.Equal(501, ReadAll(disk).Count);
        Assert.Equal(2, Segments(disk).Count);
    }

    [Fact]
    public void Reopening_continues_in_a_new_segment_under_its_own_rules()
    {
        var disk = new MemoryDisk(crashable: true);
        for (var run = 0; run < 5; run++)
        {
            using var log = FileLog.Open(disk, (uint)(run + 1), Small);
            Assert.Equal(run * 10, log.LastSequence);
            Assert.Equal(run * 10, log.DurableSequence);
            log.Append(Batch(run * 10 + 1, 10));
            log.AppendMark(run * 10 + 10, 0, 1, cleanStop: true);
            log.Sync();
        }
        Assert.Equal(5, Segments(disk).Count);
        Assert.Equal(Enumerable.Range(0, 50).Select(n => (uint)(n / 10 + 1)),
            ReadAll(disk).Where(frame => frame.Kind == FrameKind.Command).Select(frame => frame.Rules));
    }

    [Fact]
    public void Restarts_without_a_command_add_no_segment_whatever_the_rules()
    {
        var disk = new MemoryDisk(crashable: true);
        foreach (var rules in new uint[] { 1, 1, 2, 2, 1 })
        {
            using var log = FileLog.Open(disk, rules, Small);
            log.AppendMark(0, 0, 9, cleanStop: true);
            log.Sync();
        }
        using (var log = FileLog.Open(disk, 3, Small))
        {
            log.Append(Batch(1, 3));
            log.Sync();
        }
        Assert.Single(Segments(disk));
        Assert.Equal([3u, 3u, 3u], ReadAll(disk.Crash()).Select(frame => frame.Rules));
    }

    [Fact]
    public void A_segment_full_of_marks_rolls_under_its_own_name()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 1, Small);
        for (var i = 0; i < 500; i++) log.AppendMark(0, i, 9, cleanStop: false);
        log.Append(Batch(1, 3));
        Assert.Equal([1L, 2L, 3L], ReadAll(disk).Where(frame => frame.Kind == FrameKind.Command).Select(frame => frame.Sequence));
    }

    [Fact]
    public void A_clean_stop_is_seen_until_a_command_follows()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 1, Small);
        log.Append(Batch(1, 2));
        log.AppendMark(2, 0, 5, cleanStop: true);
        Assert.True(EndsClean());
        log.Append(Batch(3, 1));
        Assert.False(EndsClean());

        bool EndsClean()
        {
            using var reader = new LogReader(disk);
            while (reader.Read()) { }
            return reader.CleanStop;
        }
    }

    [Fact]
    public void A_gap_or_a_torn_batch_is_refused_before_anything_is_written()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 1, Small);
        log.Append(Batch(1, 3));
        Assert.Throws<ArgumentException>(() => log.Append(Batch(5, 2)));
        Assert.Throws<ArgumentException>(() => log.Append(Batch(3, 2)));
        Assert.Throws<ArgumentException>(() => log.Append(Batch(4, 2).AsSpan(0, 60)));
        Assert.Throws<ArgumentException>(() => log.AppendMark(2, 0, 0, false));
        log.Append(Batch(4, 2));
        Assert.Equal(5, ReadAll(disk).Count);
    }

    [Fact]
    public void Appending_allocates_nothing_once_warm()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 1, new LogOptions(1 << 20));
        var batches = Enumerable.Range(0, 100).Select(n => Batch(n * 10 + 1, 10)).ToArray();
        for (var i = 0; i < 50; i++) Step(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 50; i < 100; i++) Step(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int i)
        {
            log.Append(batches[i]);
            log.AppendMark(i * 10 + 10, 1, 1, false);
            log.Sync();
        }
    }
}
