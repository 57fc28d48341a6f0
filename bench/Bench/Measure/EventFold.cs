using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Bench.Measure;

/// <summary>The cheapest reader that misses nothing: every byte of every event goes into a hash, 128 bytes at a time in sixteen lanes that do not wait for each
/// other. A lane is times 33, then exclusive-or: both can be undone, so a changed byte always changes it. The value depends on where the stream is cut
/// into calls; equal streams cut alike give equal values.</summary>
internal sealed class EventFold
{
    private const int Block = 128;

    private Vector256<ulong> a = Vector256.Create(1UL), b = Vector256.Create(2UL), c = Vector256.Create(3UL), d = Vector256.Create(4UL);
    private ulong rest = 5;

    /// <summary>Of all events so far.</summary>
    public ulong Value
    {
        get
        {
            unchecked
            {
                var hash = rest;
                foreach (var lanes in (ReadOnlySpan<Vector256<ulong>>)[a, b, c, d])
                {
                    for (var i = 0; i < Vector256<ulong>.Count; i++) hash = (hash ^ lanes[i]) * 0x9E37_79B9_7F4A_7C15UL;
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
            var (w, x, y, z) = (a, b, c, d);
            ref var at = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ulong>(events));
            var words = events.Length / sizeof(ulong);
            var i = 0;
            for (; i + Block / sizeof(ulong) <= words; i += Block / sizeof(ulong))
            {
                w = (w + (w << 5)) ^ Vector256.LoadUnsafe(ref at, (nuint)i);
                x = (x + (x << 5)) ^ Vector256.LoadUnsafe(ref at, (nuint)i + 4);
                y = (y + (y << 5)) ^ Vector256.LoadUnsafe(ref at, (nuint)i + 8);
                z = (z + (z << 5)) ^ Vector256.LoadUnsafe(ref at, (nuint)i + 12);
            }
            (a, b, c, d) = (w, x, y, z);
            var hash = rest;
            for (; i < words; i++) hash = (hash + (hash << 5)) ^ System.Runtime.CompilerServices.Unsafe.Add(ref at, i);
            rest = hash;
        }
    }
}
