namespace Sluice.Simulation;

public enum FaultKind
{
    None,
    Error,
    Full,
    LostSync,
    PowerLoss,
}

/// <summary>What goes wrong with one call.</summary>
/// <param name="Part">How much of a write, or of the length a preallocation adds, is done before.</param>
public readonly record struct DiskFault(FaultKind Kind, long Part = 0)
{
    public static DiskFault None => default;

    /// <summary>An <see cref="IOException"/>. With <paramref name="part"/> a short write.</summary>
    public static DiskFault Error(long part = 0) => new(FaultKind.Error, part);

    /// <summary>A <see cref="Runtime.Disk.DiskFullException"/>.</summary>
    public static DiskFault Full(long part = 0) => new(FaultKind.Full, part);

    /// <summary>The flush fails and what it should have flushed counts as flushed all the same, as on Linux: the cache still shows it, no later
    /// flush brings it to the disk. Of a call that flushes no file, an error like any other.</summary>
    public static DiskFault LostSync => new(FaultKind.LostSync);

    /// <summary>The power goes: this call and every later one throws <see cref="PowerLossException"/>.</summary>
    public static DiskFault PowerLoss(long part = 0) => new(FaultKind.PowerLoss, part);
}
