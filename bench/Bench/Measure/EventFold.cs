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
    private const int Block = 128;
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
            var i = 0;
            for (; i + Block / sizeof(ulong) <= words; i += Block / sizeof(ulong))
            {
                w = Turn(w + Vector512.LoadUnsafe(ref at, (nuint)i));
                x = Turn(x + Vector512.LoadUnsafe(ref at, (nuint)i + 8));
            }
            // What is left is the end of one more block, whose beginning is then folded twice: into other lanes, so it is no less there.
            if (i < words && words >= Block / sizeof(ulong))
            {
                w = Turn(w + Vector512.LoadUnsafe(ref at, (nuint)words - 16));
                x = Turn(x + Vector512.LoadUnsafe(ref at, (nuint)words - 8));
                i = words;
            }
            (a, b) = (w, x);
            for (; i < words; i++) rest = BitOperations.RotateLeft(rest + Unsafe.Add(ref at, i), By);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Turn(Vector512<ulong> lanes) =>
        Avx512F.IsSupported ? Avx512F.RotateLeft(lanes, By) : (lanes << By) | (lanes >>> (64 - By));
}
