using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using static Sluice.Runtime.Tests.Log.LogTestKit;

namespace Sluice.Runtime.Tests.Log;

/// <summary>Read on another thread from the first block on, from the fourth, or never: the same frames, the same end.</summary>
public sealed class LogBlocksTests
{
    public static TheoryData<int> AheadAfter => [0, 3, int.MaxValue];

    [Theory]
    [MemberData(nameof(AheadAfter))]
    public void They_are_the_frames_of_the_reader_over_many_segments(int aheadAfter)
    {
        var disk = ManySegments();
        foreach (var from in new[] { 0L, 1, 500, 1000, 1001 })
        {
            var (seen, end, clean) = ReadBlocks(disk, aheadAfter, from);
            Assert.Equal(ReadAll(disk, out var expected, from), seen);
            Assert.Equal(expected, end);
            Assert.True(clean);
        }
    }

    [Theory]
    [MemberData(nameof(AheadAfter))]
    public void A_torn_tail_is_told_at_the_end(int aheadAfter)
    {
        var disk = ManySegments();
        var last = Segments(disk)[^1];
        var bytes = Content(disk, last);
        bytes[bytes.AsSpan().LastIndexOfAnyExcept((byte)0)] ^= 1;
        Put(disk, last, bytes);
        var (seen, end, clean) = ReadBlocks(disk, aheadAfter, 0);
        Assert.Equal(1000, seen.Count);
        Assert.Equal(LogEndKind.TornTail, end.Kind);
        Assert.False(clean);
    }

    [Theory]
    [MemberData(nameof(AheadAfter))]
    public void Damage_is_thrown_behind_the_last_good_frame(int aheadAfter)
    {
        var disk = ManySegments();
        var broken = Segments(disk)[10];
        var bytes = Content(disk, broken);
        bytes[SegmentHeader.Bytes + 100] ^= 1;
        Put(disk, broken, bytes);
        using var blocks = new LogBlocks(new LogReader(disk), aheadAfter);
        var read = 0L;
        var damaged = Assert.Throws<LogDamagedException>(() =>
        {
            while (blocks.Read()) read = blocks.Sequence;
        });
        Assert.Equal(broken, damaged.File);
        Assert.True(SegmentHeader.TryParseName(broken, out var first));
        Assert.InRange(read, first - 1, first + 1);
    }

    [Theory]
    [MemberData(nameof(AheadAfter))]
    public void A_frame_larger_than_a_block_is_whole(int aheadAfter)
    {
        var disk = new MemoryDisk();
        using (var log = FileLog.Open(disk, 1, Small))
        {
            for (var sequence = 1; sequence <= 20; sequence++) log.Append(Batch(sequence, 1, payloadBytes: sequence % 3 * 200_000));
            log.Sync();
        }
        Assert.Equal(ReadAll(disk), ReadBlocks(disk, aheadAfter, 0).Seen);
    }

    [Theory]
    [MemberData(nameof(AheadAfter))]
    public void Nobody_reads_any_more_when_it_is_disposed_early(int aheadAfter)
    {
        var disk = ManySegments();
        var blocks = new LogBlocks(new LogReader(disk), aheadAfter);
        for (var i = 0; i < 100; i++) Assert.True(blocks.Read());
        Assert.Equal(100, blocks.Sequence);
        Assert.Equal(new LogEnd(LogEndKind.Clean, "", 0, 0), blocks.End);
        blocks.Dispose();
    }

    private static MemoryDisk ManySegments()
    {
        var disk = new MemoryDisk();
        using var log = FileLog.Open(disk, 7, Small);
        for (var first = 1L; first <= 1000; first += 8) log.Append(Batch(first, 8, payloadBytes: (int)(first % 150)));
        log.AppendMark(1000, 5, 42, cleanStop: true);
        log.Sync();
        return disk;
    }

    private static (List<Seen> Seen, LogEnd End, bool CleanStop) ReadBlocks(IDisk disk, int aheadAfter, long from)
    {
        using var blocks = new LogBlocks(new LogReader(disk, from), aheadAfter);
        var seen = new List<Seen>();
        while (blocks.Read())
        {
            seen.Add(new Seen(blocks.Kind, blocks.Sequence, blocks.TimeNanos, Convert.ToHexString(blocks.Payload), blocks.RulesVersion,
                blocks.Position.File, blocks.Position.Offset));
        }
        Assert.False(blocks.Read());
        return (seen, blocks.End, blocks.CleanStop);
    }
}
