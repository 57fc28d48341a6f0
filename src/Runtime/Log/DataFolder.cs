using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>Another process, or another part of this one, has the folder open.</summary>
public sealed class DataFolderInUseException(string folder)
    : Exception($"The data folder {folder} is in use by another sluice; stop it first, or choose another folder with --data.");

/// <summary>A data folder held for writing until disposed. The lock ends with the process, however it ends.</summary>
public sealed class DataFolder : IDisposable
{
    private const string LockFile = "lock";
    private readonly IDisposable held;

    private DataFolder(FileDisk disk, IDisposable held)
    {
        Disk = disk;
        this.held = held;
    }

    public FileDisk Disk { get; }

    /// <summary>Full path.</summary>
    public string Path => Disk.Folder;

    /// <summary>Creates the folder (mode 0700) when absent. Throws <see cref="DataFolderInUseException"/>, <see cref="IOException"/>.</summary>
    public static DataFolder Open(string path)
    {
        var disk = new FileDisk(path);
        disk.CreateFolder();
        var held = disk.TryLock(LockFile) ?? throw new DataFolderInUseException(disk.Folder);
        return new DataFolder(disk, held);
    }

    public void Dispose() => held.Dispose();
}
