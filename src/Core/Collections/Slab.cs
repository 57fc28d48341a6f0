using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Core.Collections;

/// <summary>An array of plain values whose first byte stands at the start of a cache line, so that a value of 64 bytes is in one line and one of 32
/// never in two. Its length is kept beside the address: looking a value up touches no line of the array but its own. The memory belongs to the
/// collector and never moves. A field of its owner, never copied where it may grow.</summary>
public unsafe struct Slab<T> where T : unmanaged
{
    private const int CacheLine = 64;

    private byte[] bytes;
    private T* first;
    private uint length;

    public Slab(int length) => bytes = Take(length);

    public readonly int Length => unchecked((int)length);

    /// <exception cref="ArgumentOutOfRangeException">No such place.</exception>
    public readonly ref T this[int at]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            unchecked               // a place below the length: nothing here can overflow, and every look-up would pay for asking
            {
                if ((uint)at >= length) OutOfRange();
                return ref first[(nint)(uint)at];
            }
        }
    }

    /// <summary>Larger, what it holds kept; the rest is zero. References given out before still see the old place: take them anew.</summary>
    public void Grow(int length)
    {
        Debug.Assert(length >= Length);
        var old = new ReadOnlySpan<T>(first, Length);
        var kept = bytes;
        bytes = Take(length);
        old.CopyTo(new Span<T>(first, Length));
        GC.KeepAlive(kept);
    }

    public readonly Span<T> AsSpan(int start, int length)
    {
        if (start < 0 || length < 0 || length > Length - start) OutOfRange();
        return new Span<T>(first + start, length);
    }

    public readonly void Clear() => new Span<T>(first, Length).Clear();

    /// <summary>Asks for the line of a place that will be read soon; out of range it asks for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(int at)
    {
        unchecked
        {
            if ((uint)at < length) Cache.Prefetch(first + (nint)(uint)at);
        }
    }

    /// <summary>The same for all lines of a value that is larger than one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void PrefetchWhole(int at)
    {
        unchecked
        {
            if ((uint)at >= length) return;
            var start = (byte*)(first + (nint)(uint)at);
            for (var line = 0; line < sizeof(T); line += CacheLine) Cache.Prefetch(start + line);
        }
    }

    private byte[] Take(int length)
    {
        var taken = GC.AllocateArray<byte>(checked(length * sizeof(T) + CacheLine), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref taken[0]);
        first = (T*)((start + CacheLine - 1) / CacheLine * CacheLine);
        this.length = checked((uint)length);
        return taken;
    }

    private static void OutOfRange() => throw new ArgumentOutOfRangeException("at");
}
