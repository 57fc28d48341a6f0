using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Runtime.Disk;

/// <summary>A folder of the file system. Files it creates are readable by their owner only.</summary>
public sealed partial class FileDisk : IDisk
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly ConcurrentBag<AlignedBuffer> buffers = [];

    public FileDisk(string path) => Folder = Path.GetFullPath(path);

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Creates the folder, for its owner only, when it is absent. An existing folder keeps its mode.</summary>
    public void CreateFolder()
    {
        if (Directory.Exists(Folder)) return;
        Guard(() =>
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Folder);
            else Directory.CreateDirectory(Folder, OwnerFolder);
        });
        if (Path.GetDirectoryName(Folder) is { Length: > 0 } parent) SyncFolder(parent);
    }

    public IReadOnlyList<string> List()
    {
        var names = Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).ToList();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public bool Exists(string name) => File.Exists(At(name));

    public IDiskFile OpenRead(string name) => Open(name, FileMode.Open, FileAccess.Read);

    public IDiskFile Create(string name) => Open(name, FileMode.Create, FileAccess.ReadWrite);

    public IDiskFile CreateAppended(string name)
    {
        var plain = Create(name);
        var descriptor = Native.DirectFlag == 0 ? -1 : Native.Open(At(name), Native.ReadWriteCloseOnExec | Native.DirectFlag);
        return descriptor < 0 ? plain : new AppendedFile(plain, new DirectFile(new SafeFileHandle(descriptor, ownsHandle: true)), buffers);
    }

    public IDiskFile OpenWrite(string name) => Open(name, FileMode.Open, FileAccess.ReadWrite);

    public void Rename(string from, string to) => Guard(() => File.Move(At(from), At(to), overwrite: true));

    public void Delete(string name) => Guard(() => File.Delete(At(name)));

    public void SyncDirectory() => SyncFolder(Folder);

    public IDisposable? TryLock(string name)
    {
        // FileShare.None is an advisory lock (flock) on Unix and a real one on Windows; both end with the process.
        // 11 and 35 are EWOULDBLOCK on Linux and macOS, 32 and 33 the sharing and lock violations of Windows.
        try { return new FileStream(At(name), Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)); }
        catch (IOException error) when (error.HResult is 11 or 35 || (error.HResult & 0xFFFF) is 32 or 33) { return null; }
    }

    private string At(string name) => Path.Combine(Folder, name);

    private DiskFile Open(string name, FileMode mode, FileAccess access)
    {
        FileStream? stream = null;
        Guard(() => stream = new FileStream(At(name), Options(mode, access, FileShare.ReadWrite | FileShare.Delete)));
        return new DiskFile(stream!);
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = OwnerFile;
        return options;
    }

    private static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;        // NTFS logs names itself and lets no one flush a folder
        int descriptor;
        while ((descriptor = Native.Open(path, 0)) < 0) ThrowUnlessInterrupted($"Cannot open the folder {path} to flush it");
        try
        {
            while (Native.Fsync(descriptor) < 0) ThrowUnlessInterrupted($"Cannot flush the folder {path}");
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    private static void ThrowUnlessInterrupted(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == Native.Interrupted) return;
        var message = $"{what}: {Marshal.GetPInvokeErrorMessage(error)}.";
        throw error is Native.NoSpace or Native.OverQuota ? new DiskFullException(message) : new IOException(message, error);
    }

    private static void Guard(Action action)
    {
        try { action(); }
        catch (IOException error) when (IsFull(error)) { throw new DiskFullException(error.Message, error); }
        catch (UnauthorizedAccessException error) { throw new IOException(error.Message, error); }
    }

    private static void WriteAt(SafeFileHandle handle, ReadOnlySpan<byte> bytes, long offset)
    {
        try { RandomAccess.Write(handle, bytes, offset); }
        catch (IOException error) when (IsFull(error)) { throw new DiskFullException(error.Message, error); }
    }

    /// <summary>False where the system or the file system has no such thing. Never the library's own way for those, which writes a byte into each block.</summary>
    private static bool TryReserve(SafeFileHandle handle, long from, long to)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return false;        // elsewhere an offset has 32 or 64 bits, as the library likes
        if (from >= to) return true;
        while (Native.Fallocate(handle, 0, from, to - from) < 0)
        {
            if (Marshal.GetLastPInvokeError() is Native.NotSupported or Native.NoSuchCall) return false;
            ThrowUnlessInterrupted("Cannot reserve room on the disk");
        }
        return true;
    }

    private static bool IsFull(IOException error) =>
        error is not DiskFullException && (error.HResult is Native.NoSpace or Native.OverQuota || (error.HResult & 0xFFFF) is 112 or 39);

    /// <summary>Keeps the stream because it owns the handle; every access is by offset on the handle.</summary>
    private sealed class DiskFile(FileStream stream) : IDiskFile
    {
        private const int ZeroBytes = 1 << 20;
        private readonly SafeFileHandle handle = stream.SafeFileHandle;

        public long Length => RandomAccess.GetLength(handle);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            WriteAt(handle, bytes, offset);
        }

        public int Read(long offset, Span<byte> into)
        {
            var total = 0;
            while (total < into.Length)
            {
                var read = RandomAccess.Read(handle, into[total..], offset + total);
                if (read == 0) break;
                total += read;
            }
            return total;
        }

        public void Preallocate(long length)
        {
            // Written, not only reserved: the first write into a reserved extent would still change metadata at each sync.
            var zeros = new byte[(int)Math.Clamp(length - Length, 0, ZeroBytes)];
            for (var at = Length; at < length;)
            {
                var part = (int)Math.Min(zeros.Length, length - at);
                Write(at, zeros.AsSpan(0, part));
                at += part;
            }
        }

        public void Reserve(long length)
        {
            if (!TryReserve(handle, Length, length)) Preallocate(length);
        }

        public void Sync()
        {
            if (!OperatingSystem.IsLinux())
            {
                RandomAccess.FlushToDisk(handle);
                return;
            }
            while (Native.Fdatasync(handle) < 0) ThrowUnlessInterrupted($"Cannot flush {stream.Name}");
        }

        public void Dispose() => stream.Dispose();
    }

    private sealed class DirectFile(SafeFileHandle handle) : IDirectFile
    {
        public void Write(ReadOnlySpan<byte> blocks, long offset) => WriteAt(handle, blocks, offset);

        public bool TryReserve(long from, long to) => FileDisk.TryReserve(handle, from, to);

        public void Dispose() => handle.Dispose();
    }

    private static partial class Native
    {
        public const int Interrupted = 4;
        public const int NoSpace = 28;
        public const int NoSuchCall = 38;
        public const int NotSupported = 95;
        public const int OverQuota = 122;
        public const int ReadWriteCloseOnExec = 0x80002;

        /// <summary>O_DIRECT, where it is known.</summary>
        public static readonly int DirectFlag = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x4000, Architecture.Arm64 => 0x10000, _ => 0,
        };

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Fsync(int descriptor);

        [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        public static partial int Fdatasync(SafeFileHandle handle);

        [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
        public static partial int Fallocate(SafeFileHandle handle, int mode, long offset, long length);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        public static partial int Close(int descriptor);
    }
}
