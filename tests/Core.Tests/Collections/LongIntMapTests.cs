using CsCheck;
using Sluice.Core.Collections;

namespace Sluice.Core.Tests.Collections;

public class LongIntMapTests
{
    // Dense ids, keys of two halves that collide in the low bits, and far apart ones.
    private static readonly Gen<long> Keys = Gen.OneOf(Gen.Long[1, 60], Gen.Long[1, 8].Select(high => (high << 32) | 1), Gen.Long[1, long.MaxValue]);

    [Fact]
    public void It_answers_like_a_dictionary()
    {
        Gen.Select(Gen.Int[0, 2], Keys).List[0, 300].Sample(steps =>
        {
            var map = new LongIntMap(16);
            var plain = new Dictionary<long, int>();
            foreach (var (what, key) in steps)
            {
                if (what == 0) Assert.Equal(plain.Remove(key), map.Remove(key));
                else if (plain.TryAdd(key, plain.Count)) map.Add(key, plain[key]);
                Assert.Equal(plain.Count, map.Count);
            }
            foreach (var (_, key) in steps)
            {
                Assert.Equal(plain.TryGetValue(key, out var expected), map.TryGet(key, out var value));
                if (plain.ContainsKey(key)) Assert.Equal(expected, value);
            }
        }, iter: 2_000);
    }

    [Fact]
    public void It_grows_and_keeps_everything()
    {
        var map = new LongIntMap(16);
        for (var key = 1; key <= 100_000; key++) map.Add(key, key * 2);
        for (var key = 1; key <= 100_000; key += 2) Assert.True(map.Remove(key));
        for (var key = 1; key <= 100_000; key++) Assert.Equal(key % 2 == 0, map.TryGet(key, out var value) && value == key * 2);
        map.Clear();
        Assert.Equal(0, map.Count);
        Assert.False(map.TryGet(2, out _));
    }

    // A free slot holds key 0: an order id of 0 from outside must not find it.
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void M_049_a_key_that_can_not_be_is_never_found(long key)
    {
        var map = new LongIntMap(16);
        Assert.False(map.TryGet(key, out _));
        Assert.False(map.Remove(key));
        map.Add(7, 1);
        Assert.False(map.TryGet(key, out _));
        Assert.False(map.Remove(key));
        Assert.Equal(1, map.Count);
    }
}
