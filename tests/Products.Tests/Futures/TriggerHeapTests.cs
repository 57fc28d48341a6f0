using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Tests.Futures;

public class TriggerHeapTests
{
    // Far more legs than a page holds, coming, going and moving at random, against a plain list.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void F_162_a_mark_reaches_the_legs_that_a_plain_list_says(bool ofLongs, int seed)
    {
        const int Legs = 3_000;
        var random = new Random(seed);
        var positions = new PositionTable();
        for (var i = 0; i < Legs; i++) positions.Add(new Position { TriggerMark = random.Next(1, 10_000), IndexSlot = PositionTable.None });
        var heap = new TriggerHeap(positions, ofLongs);
        var plain = new SortedSet<int>();
        for (var step = 0; step < 20_000; step++)
        {
            var slot = random.Next(Legs);
            var fills = step < 8_000;
            if (!plain.Contains(slot) && random.Next(fills ? 1 : 2) == 0)
            {
                heap.Add(slot);
                plain.Add(slot);
            }
            else if (plain.Contains(slot) && random.Next(fills ? 10 : 2) == 0)
            {
                heap.Remove(slot);
                plain.Remove(slot);
            }
            else if (plain.Contains(slot))
            {
                positions[slot].TriggerMark = random.Next(1, 10_000);
                heap.Moved(slot);
            }
            if (step % 500 != 0) continue;
            var mark = random.Next(1, 10_000);
            var reached = new List<int>();
            heap.Reached(mark, reached);
            Assert.Equal(plain.Where(at => ofLongs ? mark <= positions[at].TriggerMark : mark >= positions[at].TriggerMark), reached.Order());
            Assert.Equal(plain, Enumerable.Range(0, heap.Count).Select(at => heap[at]).Order());
        }
        Assert.True(plain.Count > 1_000);
    }

    [Fact]
    public void F_162_pages_that_were_taken_ahead_are_used_before_any_is_made()
    {
        const int Legs = 2_000;
        var positions = new PositionTable();
        positions.Reserve(Legs);
        for (var i = 0; i < Legs; i++) positions.Add(new Position { TriggerMark = i + 1 });
        var (warm, heap) = (new TriggerHeap(positions, true), new TriggerHeap(positions, true));
        for (var i = 0; i < 200; i++) warm.Add(i);
        for (var i = 0; i < 200; i++) warm.Remove(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Legs; i++) heap.Add(i);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 256 - 1);        // less than a page
    }
}
