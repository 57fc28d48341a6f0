using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Core.Collections;

/// <summary>Memory of the collector that never moves and begins with a cache line. Under what is large the system is asked for large pages: places all over it are read, and each page of 4 KiB
/// would have to be found first. That changes nothing but time, and a system that has none says no.</summary>
internal static unsafe partial class PinnedLines
{
    private const int CacheLine = 64;
    private const int Page = 4096;
    private const int LargeAbove = 1 << 22;         // two of the usual large pages

    /// <summary>So many bytes, zeroed, and where they begin; good for as long as the array is kept.</summary>
    public static byte[] Take(int bytes, out byte* first)
    {
        var taken = GC.AllocateArray<byte>(checked(bytes + CacheLine), pinned: true);
        first = Up((byte*)Unsafe.AsPointer(ref taken[0]), CacheLine);
        if (bytes >= LargeAbove && OperatingSystem.IsLinux()) AskForLargePages(first, bytes);
        return taken;
    }

    private static void AskForLargePages(byte* first, int bytes)
    {
        const int hugePages = 14;                   // MADV_HUGEPAGE
        var start = Up(first, Page);
        _ = Advise(start, (nuint)((first + bytes - start) / Page * Page), hugePages);
    }

    private static byte* Up(byte* address, int multiple) => (byte*)(((nuint)address + (nuint)multiple - 1) / (nuint)multiple * (nuint)multiple);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);
}
