using Sluice.Runtime.Disk;

namespace Sluice.Bench.Durable;

/// <summary>A folder of its own that goes when the benchmark ends.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch(string? under)
    {
        Path = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        if (under is null) return;
        Directory.Delete(Path);
        Path = Directory.CreateDirectory(System.IO.Path.Combine(under, System.IO.Path.GetFileName(Path))).FullName;
    }

    public string Path { get; }

    /// <summary>What holds it: a flush to memory proves nothing.</summary>
    public string FileSystem => DriveInfo.GetDrives().Where(drive => Path.StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length)?.DriveFormat
        ?? "unknown";

    public FileDisk NewDisk(string name)
    {
        var disk = new FileDisk(System.IO.Path.Combine(Path, name));
        disk.CreateFolder();
        return disk;
    }

    /// <summary>Deletes the folder of a disk that is no longer needed.</summary>
    public void Forget(string name) => Directory.Delete(System.IO.Path.Combine(Path, name), recursive: true);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
