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

    [Fact]
    public unsafe void Beyond_its_first_piece_nothing_moves_and_every_place_is_its_own()
    {
        var slab = new Slab<long>(5);
        while (slab.Length < Slab<long>.PieceLength) slab.Extend();
        var (first, began) = ((nint)Unsafe.AsPointer(ref slab[0]), slab.Length);
        for (var step = 1; step <= 40; step++)
        {
            slab.Extend();
            Assert.Equal(began + step * Slab<long>.PieceLength, slab.Length);
            Assert.Equal(0UL, (ulong)Unsafe.AsPointer(ref slab[slab.Length - Slab<long>.PieceLength]) % 64);
        }
        Assert.Equal(first, (nint)Unsafe.AsPointer(ref slab[0]));
        for (var i = 0; i < slab.Length; i++) slab[i] += i + 1;
        for (var i = 0; i < slab.Length; i++) Assert.Equal(i + 1, slab[i]);
        foreach (var at in new[] { -1, slab.Length, int.MinValue, int.MaxValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => slab[at]);
            slab.Prefetch(at);
        }
        slab.Prefetch(slab.Length - 1);
    }

    [Fact]
    public void What_is_reserved_is_one_piece_that_keeps_what_was_there_and_costs_nothing_to_fill()
    {
        var slab = new Slab<int>(3);
        for (var i = 0; i < 3; i++) slab[i] = i + 1;
        slab.Reserve(50_000);
        slab.Reserve(10);
        Assert.Equal(50_000, slab.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0L;
        for (var i = 0; i < 50_000; i++) sum += slab[i];
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(6, sum);
        Assert.Equal(50_000, slab.AsSpan(0, 50_000).Length);
        slab.Extend();
        slab.Reserve(500_000);                              // too late
        Assert.Equal(50_000 + Slab<int>.PieceLength, slab.Length);
    }
}
