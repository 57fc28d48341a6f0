namespace Sluice.Simulation;

public enum DiskCallKind
{
    Create,
    OpenRead,
    OpenWrite,
    Read,
    Write,
    Preallocate,
    Reserve,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
    List,
}

/// <summary>A call that is about to be made and may fail.</summary>
/// <param name="Number">1 for the disk's first call.</param>
/// <param name="File">Empty when the call is about the folder; of a rename, the name before.</param>
/// <param name="Bytes">To read, to write, or by which a file that is given room becomes longer; else 0.</param>
public readonly record struct DiskCall(long Number, DiskCallKind Kind, string File, long Offset, long Bytes);
