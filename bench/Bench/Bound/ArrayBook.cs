using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Bound;

/// <summary>Where an order rests: 16 bytes, four to a cache line. Id 0 is nobody: what would be written to a neighbour that is not there goes to it.</summary>
internal struct ArrayOrder
{
    public uint Next;               // in the queue of its price, order ids
    public uint Previous;
    public uint Open;               // 0 = not resting
    public ushort Price;            // ticks above the flow's lowest
    public ushort Side;
}

/// <summary>The queue at one price.</summary>
internal struct ArrayLevel
{
    public uint First;
    public uint Last;
}

/// <summary>One symbol: a window of prices, a bit for each that has orders, and both best prices, as places in the window. One line of cache.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct ArrayBook
{
    /// <summary>Best places of an empty side: nothing reaches them.</summary>
    public const int NoBid = -(1 << 30), NoAsk = 1 << 30;

    public ArrayLevel* Levels;
    public ulong* Words;            // bit = price has orders; both sides in one, as they never overlap
    public ulong* Summary;          // bit = word is not zero
    public int Low;                 // of the window, ticks above the flow's lowest; a multiple of 64
    public int Size;                // of the window, a power of two
    public fixed int Best[2];       // by side

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(int place)
    {
        unchecked
        {
            Words[place >> 6] |= 1UL << place;
            Summary[place >> 12] |= 1UL << (place >> 6);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unmark(int place)
    {
        unchecked
        {
            if ((Words[place >> 6] &= ~(1UL << place)) == 0) Summary[place >> 12] &= ~(1UL << (place >> 6));
        }
    }

    /// <summary>The first place with orders at or above, else <see cref="NoAsk"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int AtOrAbove(int place)
    {
        unchecked
        {
            var bits = Words[place >> 6] >> place;
            return bits != 0 ? place + BitOperations.TrailingZeroCount(bits) : Above(place >> 6);
        }
    }

    /// <summary>The first place with orders at or below, else <see cref="NoBid"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int AtOrBelow(int place)
    {
        unchecked
        {
            var bits = Words[place >> 6] << ~place;
            return bits != 0 ? place - BitOperations.LeadingZeroCount(bits) : Below(place >> 6);
        }
    }

    private readonly int Above(int word)
    {
        unchecked
        {
            var bits = Summary[word >> 6] & (~1UL << word);
            for (var i = word >> 6; ;)
            {
                if (bits != 0)
                {
                    var found = (i << 6) + BitOperations.TrailingZeroCount(bits);
                    return (found << 6) + BitOperations.TrailingZeroCount(Words[found]);
                }
                if (++i << 12 >= Size) return NoAsk;
                bits = Summary[i];
            }
        }
    }

    private readonly int Below(int word)
    {
        unchecked
        {
            var bits = Summary[word >> 6] & ~(~0UL << word);
            for (var i = word >> 6; ;)
            {
                if (bits != 0)
                {
                    var found = (i << 6) + 63 - BitOperations.LeadingZeroCount(bits);
                    return (found << 6) + 63 - BitOperations.LeadingZeroCount(Words[found]);
                }
                if (--i < 0) return NoBid;
                bits = Summary[i];
            }
        }
    }
}

/// <summary>Memory that does not move and is not cleaned up one by one.</summary>
internal sealed class PinnedMemory
{
    private const int Line = 64;

    private readonly List<byte[]> kept = [];

    /// <summary>Zeroed, at the start of a line of cache.</summary>
    public unsafe T* Take<T>(long count) where T : unmanaged
    {
        var bytes = GC.AllocateArray<byte>(checked((int)(count * sizeof(T)) + Line), pinned: true);
        kept.Add(bytes);
        return (T*)(((nint)Unsafe.AsPointer(ref bytes[0]) + Line - 1) & -Line);
    }
}
