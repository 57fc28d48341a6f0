using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Core.Collections;

/// <summary>A power of two of plain values on cache lines, asked for by any number: its low bits are the place, so no look-up can miss and none is checked.
/// What open addressing probes. The memory belongs to the collector and never moves; all of it is touched when it is made.</summary>
internal unsafe readonly struct MaskedTable<T> where T : unmanaged
{
    private readonly byte[] bytes;
    private readonly T* first;
    private readonly uint mask;

    /// <param name="length">A power of two.</param>
    public MaskedTable(int length)
    {
        if (length < 1 || !BitOperations.IsPow2(length)) throw new ArgumentOutOfRangeException(nameof(length));
        bytes = PinnedLines.Take(checked(length * sizeof(T)), out var start);
        first = (T*)start;
        mask = (uint)length - 1;
        Clear();
    }

    public int Length => unchecked((int)(mask + 1));

    public ref T this[uint at]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            unchecked               // a place below the length: nothing here can overflow
            {
                return ref first[(nint)(at & mask)];
            }
        }
    }

    public ReadOnlySpan<T> All => new(first, Length);

    public void Clear()
    {
        new Span<T>(first, Length).Clear();
        GC.KeepAlive(bytes);
    }

    /// <summary>Asks for the line of a place that will be read soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint at) => Cache.Prefetch(unchecked(first + (nint)(at & mask)));
}
