using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Core.Collections;

/// <summary>Hints to the processor's cache. They change nothing but time, and where there is no such instruction they do nothing.</summary>
public static unsafe class Cache
{
    /// <summary>Starts to fetch the line at an address. Any address is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>The same for where a value begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(ref readonly T value) => Prefetch(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));

    /// <summary>Starts to fetch an object's first bytes, which are not read for it; the last of them too, since an object does not begin with a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(object? thing, int bytes)
    {
        unchecked
        {
            var at = (byte*)Unsafe.As<object?, nint>(ref thing);        // the collector may move it: a hint may miss
            var last = at + bytes - 1;
            for (; at < last; at += Line) Prefetch(at);
            Prefetch(last);
        }
    }

    /// <summary>Starts to fetch the last value of an array, of which nothing but the length is read for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchLast<T>(T[] values) where T : unmanaged
    {
        if (values.Length == 0) return;
        var last = (byte*)Unsafe.AsPointer(ref values[^1]);
        Prefetch(last);
        Prefetch(unchecked(last + sizeof(T) - 1));
    }

    private const int Line = 64;
}
