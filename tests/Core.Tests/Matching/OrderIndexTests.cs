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
}
