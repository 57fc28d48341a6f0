using System.Runtime.InteropServices;

namespace Sluice.Bench.Measure;

/// <summary>Instructions the calling thread has executed outside the kernel, where the machine counts them and lets a process ask (Linux; virtual machines
/// often do not). One for a thread, for as long as the process lives.</summary>
internal static partial class InstructionCounter
{
    private const ulong UserOnly = 1 << 5 | 1 << 6;     // not the kernel's, not the hypervisor's

    [ThreadStatic]
    private static int? file;

    /// <summary>Null where there is no such counter.</summary>
    public static long? Read()
    {
        file ??= Open();
        return file >= 0 && ReadCount(file.Value, out var count, sizeof(long)) == sizeof(long) ? count : null;
    }

    private static int Open()
    {
        var number = RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 298, Architecture.Arm64 => 241, _ => 0 };
        if (!OperatingSystem.IsLinux() || number == 0) return -1;
        var asked = new Attributes { Type = 0, Size = 64, Config = 1, Flags = UserOnly };       // hardware, instructions
        return (int)Call(number, ref asked, 0, -1, -1, 0);
    }

    // The first 64 bytes of perf_event_attr, its oldest shape.
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Attributes
    {
        public uint Type;
        public uint Size;
        public ulong Config;
        public ulong Period;
        public ulong SampleType;
        public ulong ReadFormat;
        public ulong Flags;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(nint number, ref Attributes attributes, nint thread, nint processor, nint group, nint flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadCount(int file, out long count, nint bytes);
}
