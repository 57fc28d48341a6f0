using Sluice.Runtime.Disk;

namespace Sluice.Server.Identity;

/// <summary>Small files that only the owner of the data folder reads: the disk creates them with mode 0600. A file is there whole or not at all.</summary>
public static class PrivateFile
{
    private const int LongestRead = 64 * 1024;      // none of them comes near; a larger one is something else

    /// <summary>Null when there is none.</summary>
    /// <param name="most">Bytes read at most.</param>
    public static byte[]? Read(IDisk disk, string name, int most = LongestRead)
    {
        if (!disk.Exists(name)) return null;
        using var file = disk.OpenRead(name);
        var bytes = new byte[int.CreateSaturating(long.Min(file.Length, most))];
        return bytes[..file.Read(0, bytes)];
    }

    /// <summary>Durable when it returns; replaces what was there.</summary>
    public static void Write(IDisk disk, string name, ReadOnlySpan<byte> bytes)
    {
        var unfinished = name + ".new";
        if (disk.Exists(unfinished)) disk.Delete(unfinished);       // a leftover may have another mode
        using (var file = disk.Create(unfinished))
        {
            file.Write(0, bytes);
            file.Sync();
        }
        disk.Rename(unfinished, name);
        disk.SyncDirectory();
    }
}
