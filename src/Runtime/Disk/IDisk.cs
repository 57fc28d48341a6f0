namespace Sluice.Runtime.Disk;

/// <summary>One flat folder of files. Every call that can fail on a real disk goes through here, so that a simulation can fail each of them.
/// Errors are <see cref="IOException"/>; no room left is <see cref="DiskFullException"/>.</summary>
public interface IDisk
{
    /// <summary>The names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    bool Exists(string name);

    IDiskFile OpenRead(string name);

    /// <summary>A new empty file, or an existing one emptied; for reading and writing. The name is durable only after
    /// <see cref="SyncDirectory"/>.</summary>
    IDiskFile Create(string name);

    /// <summary>As <see cref="Create"/>, for a file that is preallocated or reserved and then written once from front to end, without gaps: a disk may keep what is written to
    /// itself until the next <see cref="IDiskFile.Sync"/>, and round its length up.</summary>
    IDiskFile CreateAppended(string name) => Create(name);

    /// <summary>An existing file, for reading and writing.</summary>
    IDiskFile OpenWrite(string name);

    /// <summary>Atomic; replaces <paramref name="to"/> when it exists. Durable only after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void SyncDirectory();

    /// <summary>Holds the file exclusively until disposed; null when somebody else holds it. Creates the file when absent.</summary>
    IDisposable? TryLock(string name);
}

/// <summary>An open file. Not for several writers.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Writes all of the bytes or throws. Grows the file when needed.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Bytes read: fewer than asked for only at the end of the file.</summary>
    int Read(long offset, Span<byte> into);

    /// <summary>Makes the file at least this long and fills what it adds with zeros that are really allocated, so that writing there
    /// later neither runs out of room nor changes the file's metadata.</summary>
    void Preallocate(long length);

    /// <summary>Makes the file at least this long. What it adds has its room on the disk and reads as zeros, but nothing is written for it: that is quick, and writing
    /// there later does not run out of room, though the flush behind it then has metadata to write. The same as <see cref="Preallocate"/> where the system cannot.</summary>
    void Reserve(long length);

    /// <summary>Content and length are durable when it returns (fdatasync).</summary>
    void Sync();
}

/// <summary>The disk, or the quota, has no room left.</summary>
public sealed class DiskFullException : IOException
{
    public DiskFullException(string message) : base(message) { }
    public DiskFullException(string message, Exception cause) : base(message, cause) { }
}
