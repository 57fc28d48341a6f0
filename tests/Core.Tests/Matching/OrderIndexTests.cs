using Sluice.Core.Matching;

namespace Sluice.Core.Tests.Matching;

public class OrderIndexTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    public void Agrees_with_a_dictionary_while_ids_come_and_go(int reserved)
    {
        var pool = new OrderPool();
        pool.Reserve(reserved, reserved);
        var model = new Dictionary<long, int>();
        var random = new Random(1);
        var ids = new List<long>();
        long next = 1;
        for (var step = 0; step < 20_000; step++)
        {
            if (ids.Count == 0 || random.Next(100) < 55)
            {
                // Now and then far ahead, to an id whose low half is taken.
                var id = random.Next(10) == 0 && ids.Count > 0 ? ids[random.Next(ids.Count)] + (1L << 32) * random.Next(1, 4) : next++;
                if (model.ContainsKey(id)) continue;
                var slot = pool.TakeOrder();
                pool.Orders[slot].Id = id;
                pool.ById.Add(id, slot);
                model.Add(id, slot);
                ids.Add(id);
            }
            else
            {
                var at = random.Next(ids.Count);
                var id = ids[at];
                ids[at] = ids[^1];
                ids.RemoveAt(ids.Count - 1);
                pool.ById.Remove(id, model[id]);
                pool.ReturnOrder(model[id]);
                model.Remove(id);
                Assert.False(pool.ById.TryGet(id, out _));
            }
        }
        Assert.Equal(model.Count, pool.ById.Count);
        foreach (var (id, slot) in model)
        {
            Assert.True(pool.ById.TryGet(id, out var found));
            Assert.Equal(slot, found);
        }
    }

    // Hundreds of ids that all have the same place, among others: each newer one takes it, and the older ones are found as well, also when newer ones are gone.
    [Fact]
    public void Whose_place_a_newer_one_took_is_still_found()
    {
        var pool = new OrderPool();
        pool.Reserve(512, 0);
        var ids = Enumerable.Range(0, 300).Select(n => (long)n << 32 | 77).Concat(Enumerable.Range(1, 150).Select(n => (long)n)).ToArray();
        new Random(2).Shuffle(ids);
        var slots = new Dictionary<long, int>();
        foreach (var id in ids.Where(id => id != 77))
        {
            var slot = pool.TakeOrder();
            pool.Orders[slot].Id = id;
            pool.ById.Add(id, slot);
            slots.Add(id, slot);
        }
        new Random(3).Shuffle(ids);
        foreach (var id in ids.Where(slots.ContainsKey))
        {
            pool.ById.Remove(id, slots[id]);
            pool.Orders[slots[id]].Id = 0;
            slots.Remove(id);
            Assert.False(pool.ById.TryGet(id, out _));
            foreach (var (other, slot) in slots)
            {
                Assert.True(pool.ById.TryGet(other, out var found));
                Assert.Equal(slot, found);
            }
        }
        Assert.Equal(0, pool.ById.Count);
        Assert.Equal(OrderPool.None, pool.ById.Guess(5));
    }

    [Fact]
    public void Ids_whose_low_half_is_zero_are_ids_like_others()
    {
        var pool = new OrderPool();
        var slot = pool.TakeOrder();
        pool.Orders[slot].Id = 1L << 32;
        Assert.False(pool.ById.TryGet(1L << 32, out _));
        Assert.False(pool.ById.TryGet(0, out _));
        pool.ById.Add(1L << 32, slot);
        Assert.True(pool.ById.TryGet(1L << 32, out var found));
        Assert.Equal(slot, found);
        Assert.False(pool.ById.TryGet(2L << 32, out _));
        pool.ById.Remove(1L << 32, slot);
        Assert.False(pool.ById.TryGet(1L << 32, out _));
    }
}
