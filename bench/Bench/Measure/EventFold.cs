using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Bench.Measure;

/// <summary>The cheapest reader that misses nothing: every byte of every event goes into a hash, 128 bytes at a time in sixteen lanes that do not wait for each
/// other. A lane takes the word by addition and is turned by 23 bits: both can be undone, so a changed byte always changes it. The value depends on where the stream is cut
/// into calls; equal streams cut alike give equal values.</summary>
internal sealed class EventFold
{
    private const int BlockWords = 16;
    private const int By = 23;

    private Vector512<ulong> a = Vector512.Create(Vector256.Create(1UL), Vector256.Create(2UL)), b = Vector512.Create(Vector256.Create(3UL), Vector256.Create(4UL));
    private ulong rest = 5;

    /// <summary>Of all events so far.</summary>
    public ulong Value
    {
        get
        {
            unchecked
            {
                var hash = rest;
                foreach (var lanes in (ReadOnlySpan<Vector512<ulong>>)[a, b])
                {
                    for (var i = 0; i < Vector512<ulong>.Count; i++)
                    {
                        hash = (hash ^ lanes[i]) * 0x9E37_79B9_7F4A_7C15UL;
                        hash ^= hash >> 32;
                    }
                }
                return hash;
            }
        }
    }

    /// <summary>Events are whole words of eight bytes.</summary>
    public void Add(ReadOnlySpan<byte> events)
    {
        unchecked
        {
            var (w, x) = (a, b);
            ref var at = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ulong>(events));
            var words = events.Length / sizeof(ulong);
            var whole = words & -BlockWords;
            ref var end = ref Unsafe.Add(ref at, whole);
            for (; Unsafe.IsAddressLessThan(ref at, ref end); at = ref Unsafe.Add(ref at, BlockWords))
            {
                w = Turn(w + Vector512.LoadUnsafe(ref at));
                x = Turn(x + Vector512.LoadUnsafe(ref at, (nuint)Vector512<ulong>.Count));
            }
            var left = words - whole;
            if (left > 0 && whole > 0)
            {
                // What is left is the end of one more block, whose beginning is then folded twice: into other lanes, so it is no less there.
                at = ref Unsafe.Add(ref at, left - BlockWords);
                w = Turn(w + Vector512.LoadUnsafe(ref at));
                x = Turn(x + Vector512.LoadUnsafe(ref at, (nuint)Vector512<ulong>.Count));
                left = 0;
            }
            (a, b) = (w, x);
            for (var i = 0; i < left; i++) rest = BitOperations.RotateLeft(rest + Unsafe.Add(ref at, i), By);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Turn(Vector512<ulong> lanes) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(lanes, By) : (lanes << By) | (lanes >>> (64 - By));
}
