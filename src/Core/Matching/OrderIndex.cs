using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sluice.Core.Collections;

namespace Sluice.Core.Matching;

/// <summary>Order id to slot. A bucket is a cache line of seven entries, each half of the id beside the slot, and a count of those that found it full and went
/// to one behind it. All entries of a bucket are compared at once, so that nothing depends on a jump that cannot be foreseen; the id's other half is in
/// the order itself, which whoever looks it up reads anyway. Grows, never shrinks, and allocates only when it grows.</summary>
public sealed class OrderIndex(OrderPool pool)
{
    private const int BucketEntries = 7;
    private const int LeastBits = 7;                // of the number of buckets

    private MaskedTable<Bucket> buckets = new(1 << LeastBits);
    private int shift = 64 - LeastBits;

    public int Count { get; private set; }

    public bool TryGet(long id, out int slot)
    {
        // Mostly it is at its own place: guessed, and right, this is sooner known than by comparing.
        var low = unchecked((uint)id);
        var hash = Hash(low);
        var own = buckets[unchecked((uint)(hash >> shift))].Entry(PlaceOf(hash));
        if (unchecked((uint)own) == low && own != 0)
        {
            var at = SlotOf(own);
            if (pool.Orders[at].Id == id)
            {
                slot = at;
                return true;
            }
        }
        return Search(id, out slot);
    }

    /// <summary>Asks for the line in which an id is looked up.</summary>
    public void Prefetch(long id) => buckets.Prefetch(Home(unchecked((uint)id)));

    /// <summary>Where an id probably is, without a look at the order itself; a place that does not exist when it is nowhere.</summary>
    public int Guess(long id)
    {
        ref var bucket = ref buckets[Home(unchecked((uint)id))];
        var found = bucket.With(unchecked((uint)id));
        return found == 0 ? OrderPool.None : SlotOf(bucket.Entry(BitOperations.TrailingZeroCount(found)));
    }

    /// <summary>Adds an id that is not there.</summary>
    public void Add(long id, int slot)
    {
        if (Count >= Room(buckets.Length)) Resize(buckets.Length * 2);
        Insert(Entry(id, slot));
        Count++;

        // Ids are consecutive: the lines of the next ones are there when they come.
        buckets.Prefetch(Home(unchecked((uint)id + Ahead)));
    }

    /// <summary>Takes out an id that is there.</summary>
    public void Remove(long id, int slot)
    {
        var entry = Entry(id, slot);
        var home = Home(unchecked((uint)id));
        for (var at = home; ; at = unchecked(at + 1))
        {
            ref var bucket = ref buckets[at];
            var found = bucket.Equal(entry);
            if (found == 0) continue;
            bucket.Entry(BitOperations.TrailingZeroCount(found)) = 0;
            for (; at != home; at = unchecked(at - 1)) buckets[unchecked(at - 1)].Passed--;
            Count--;
            return;
        }
    }

    /// <summary>Room for so many without growing.</summary>
    public void Reserve(int orders)
    {
        var length = buckets.Length;
        while (Room(length) < orders) length = checked(length * 2);
        if (length > buckets.Length) Resize(length);
    }

    public void Clear()
    {
        buckets.Clear();
        Count = 0;
    }

    private const uint Ahead = 2;

    // On average four of seven places taken at most: one bucket in twenty is full then.
    private static int Room(int buckets) => checked(buckets * 4);

    private static ulong Entry(long id, int slot) => unchecked(((ulong)(slot + 1) << 32) | (uint)id);

    private static int SlotOf(ulong entry) => unchecked((int)(entry >> 32) - 1);

    // Ids are consecutive: multiplied by the golden ratio any run of them spreads evenly.
    private static ulong Hash(uint low) => unchecked(low * 0x9E37_79B9_7F4A_7C15UL);

    private uint Home(uint low) => unchecked((uint)(Hash(low) >> shift));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Search(long id, out int slot)
    {
        var low = unchecked((uint)id);
        for (var at = Home(low); ; at = unchecked(at + 1))
        {
            ref var bucket = ref buckets[at];
            for (var found = bucket.With(low); found != 0; found &= found - 1)
            {
                var one = SlotOf(bucket.Entry(BitOperations.TrailingZeroCount(found)));
                if (pool.Orders[one].Id != id) continue;
                slot = one;
                return true;
            }
            if (bucket.Passed != 0) continue;
            slot = OrderPool.None;
            return false;
        }
    }

    // An id's own place in a bucket, which it has if it is free.
    private static int PlaceOf(ulong hash) => unchecked((int)((hash >> 24 & 0xFF) * BucketEntries >> 8));

    private void Insert(ulong entry)
    {
        var hash = Hash(unchecked((uint)entry));
        for (var at = unchecked((uint)(hash >> shift)); ; at = unchecked(at + 1))
        {
            ref var bucket = ref buckets[at];
            var free = bucket.Equal(0);
            if (free != 0)
            {
                var own = PlaceOf(hash);
                bucket.Entry((free >> own & 1) != 0 ? own : BitOperations.TrailingZeroCount(free)) = entry;
                return;
            }
            bucket.Passed++;
        }
    }

    private void Resize(int length)
    {
        var old = buckets;
        buckets = new MaskedTable<Bucket>(length);
        shift = 64 - int.Log2(length);
        foreach (ref readonly var bucket in old.All)
        {
            for (var n = 0; n < BucketEntries; n++)
            {
                var entry = Unsafe.AsRef(in bucket).Entry(n);
                if (entry != 0) Insert(entry);
            }
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Bucket
    {
        private ulong first;            // of seven: slot + 1 above, the id's low half below; 0 = free

        /// <summary>Entries that stand behind this bucket because it was full.</summary>
        public ref ulong Passed
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            [UnscopedRef]
            get => ref Entry(BucketEntries);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        [UnscopedRef]
        public ref ulong Entry(int n) => ref Unsafe.Add(ref first, (nint)(uint)n);

        /// <summary>A bit for each entry with that half of an id; no entry that is free is asked for.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint With(uint low)
        {
            var half = Vector256.Create((ulong)uint.MaxValue);
            var (a, b) = Halves();
            return Bits(a & half, b & half, Vector256.Create((ulong)low)) & Taken(a, b);
        }

        /// <summary>A bit for each entry that is just so.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Equal(ulong entry)
        {
            var (a, b) = Halves();
            return Bits(a, b, Vector256.Create(entry));
        }

        private const uint All = (1 << BucketEntries) - 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private (Vector256<ulong> A, Vector256<ulong> B) Halves() => (Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref first, (nuint)Vector256<ulong>.Count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint Bits(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> wanted) => unchecked(
            (Vector256.Equals(a, wanted).ExtractMostSignificantBits() | (Vector256.Equals(b, wanted).ExtractMostSignificantBits() << Vector256<ulong>.Count)) & All);

        // An id whose low half is zero looks like a free entry.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint Taken(Vector256<ulong> a, Vector256<ulong> b) => ~Bits(a, b, Vector256<ulong>.Zero);
    }
}
