using System.Runtime.CompilerServices;
using Sluice.Core.Collections;

namespace Sluice.Core.Tests.Collections;

public class SlabTests
{
    [Fact]
    public unsafe void Starts_on_a_cache_line_and_keeps_what_it_holds_when_it_grows()
    {
        var slab = new Slab<long>(3);
        for (var length = 3; length < 5_000; length = length * 2 + 1)
        {
            slab.Grow(length);
            Assert.Equal(length, slab.Length);
            Assert.Equal(0UL, (ulong)Unsafe.AsPointer(ref slab[0]) % 64);
            for (var i = 0; i < length; i++) Assert.Equal(i < (length - 1) / 2 && length > 3 ? i + 1 : 0, slab[i]);
            for (var i = 0; i < length; i++) slab[i] = i + 1;
        }
        slab.Clear();
        Assert.Equal(0, slab[slab.Length - 1]);
    }

    [Fact]
    public void Refuses_every_place_it_does_not_have()
    {
        var slab = new Slab<int>(4);
        foreach (var at in new[] { -1, 4, int.MinValue, int.MaxValue }) Assert.Throws<ArgumentOutOfRangeException>(() => slab[at]);
        Assert.Throws<ArgumentOutOfRangeException>(() => slab.AsSpan(2, 3).Length);
        slab.Prefetch(int.MaxValue);
    }
}
