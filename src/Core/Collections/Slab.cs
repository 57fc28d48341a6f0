using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Core.Collections;

/// <summary>An array of plain values whose first byte stands at the start of a cache line, so that a value of 64 bytes is in one line and one of 32
/// never in two. Its length is kept beside the address: looking a value up touches no line of the array but its own. The memory belongs to the
/// collector and never moves. What is reserved is one piece; what comes beyond it comes in pieces of their own (<see cref="Extend"/>), found with a look
/// into a list more. A field of its owner, never copied where it may grow.</summary>
public unsafe struct Slab<T> where T : unmanaged
{
    private const int CacheLine = 64;

    /// <summary>Values of a piece behind the first one.</summary>
    public const int PieceLength = 1 << PieceBits;

    private const int PieceBits = 14;

    private byte[] bytes;
    private T* first;
    private uint length;                // of the first piece
    private Pieces? beyond;             // those behind it

    public Slab(int length) => bytes = Take(length);

    public readonly int Length => unchecked((int)length + (beyond is { } pieces ? pieces.Count << PieceBits : 0));

    /// <exception cref="ArgumentOutOfRangeException">No such place.</exception>
    public readonly ref T this[int at]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            unchecked               // a place below the length: nothing here can overflow, and every look-up would pay for asking
            {
                if ((uint)at >= length) return ref Beyond(at);
                return ref first[(nint)(uint)at];
            }
        }
    }

    /// <summary>Larger, in one piece, what it holds kept; the rest is zero. References given out before still see the old place: take them anew.</summary>
    public void Grow(int length)
    {
        Debug.Assert(length >= Length && beyond is null);
        var old = new ReadOnlySpan<T>(first, Length);
        var kept = bytes;
        bytes = Take(length);
        old.CopyTo(new Span<T>(first, Length));
        GC.KeepAlive(kept);
    }

    /// <summary>Larger by a step: twice as long while it is small, by a piece of <see cref="PieceLength"/> from there on. What stands in it does not move
    /// then, and nothing is copied.</summary>
    public void Extend()
    {
        if (beyond is null && Length < PieceLength) Grow(int.Max(Length, 8) * 2);
        else (beyond ??= new Pieces()).Add();
    }

    /// <summary>Makes room for so many in one piece, and touches all of it: whoever fills it waits neither for the collector nor for the system. Before
    /// it has grown beyond its first piece; later it does nothing.</summary>
    public void Reserve(int length)
    {
        if (length <= Length || beyond is not null) return;
        var used = Length;
        Grow(length);
        AsSpan(used, length - used).Clear();
    }

    /// <summary>A part of the first piece.</summary>
    public readonly Span<T> AsSpan(int start, int length)
    {
        if (start < 0 || length < 0 || length > (int)this.length - start) OutOfRange();
        return new Span<T>(first + start, length);
    }

    public readonly void Clear()
    {
        Debug.Assert(beyond is null);
        new Span<T>(first, Length).Clear();
    }

    /// <summary>Asks for the line of a place that will be read soon; out of range it asks for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Prefetch(int at)
    {
        unchecked
        {
            if ((uint)at < length) Cache.Prefetch(first + (nint)(uint)at);
            else if (beyond is not null) PrefetchBeyond(at);
        }
    }

    /// <summary>The same for some lines of a value that is larger than one.</summary>
    /// <param name="from">The first of them, 0 = where the value begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void PrefetchLines(int at, int from, int count)
    {
        unchecked
        {
            var start = (byte*)((uint)at < length ? first + (nint)(uint)at : Find(at));
            if (start is null) return;
            for (var line = from; line < from + count; line++) Cache.Prefetch(start + line * CacheLine);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly ref T Beyond(int at)
    {
        var place = Find(at);
        if (place is null) OutOfRange();
        return ref *place;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void PrefetchBeyond(int at)
    {
        var place = Find(at);
        if (place is not null) Cache.Prefetch(place);
    }

    // Of a place that is not in the first piece; null when it is nowhere.
    private readonly T* Find(int at)
    {
        if (beyond is not { } pieces || at < 0) return null;
        var behind = at - (int)length;
        var piece = behind >> PieceBits;
        return piece < pieces.Count ? pieces.First[piece] + (behind & (PieceLength - 1)) : null;
    }

    private byte[] Take(int length)
    {
        var taken = PinnedLines.Take(checked(length * sizeof(T)), out var start);
        first = (T*)start;
        this.length = checked((uint)length);
        return taken;
    }

    private static void OutOfRange() => throw new ArgumentOutOfRangeException("at");

    private sealed class Pieces
    {
        private readonly List<byte[]> kept = [];

        public T*[] First { get; private set; } = new T*[16];

        public int Count { get; private set; }

        public void Add()
        {
            if (Count == First.Length)
            {
                var larger = new T*[First.Length * 2];
                First.CopyTo(larger, 0);
                First = larger;
            }
            kept.Add(PinnedLines.Take(checked(PieceLength * sizeof(T)), out var first));
            First[Count++] = (T*)first;
        }
    }
}
