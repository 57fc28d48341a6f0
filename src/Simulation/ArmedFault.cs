namespace Sluice.Simulation;

/// <summary>One fault that waits for its call.</summary>
/// <param name="kind">A lost flush waits for a flush; the others strike at any call that changes the disk.</param>
/// <param name="calls">So many calls that it could strike pass by first.</param>
/// <param name="partPerMille">Of a write: what is done of it before.</param>
/// <param name="file">Only calls for files whose name begins so; null = all. A power loss counts every call from the first such on.</param>
internal sealed class ArmedFault(FaultKind kind, int calls, int partPerMille, string? file = null)
{
    private int left = calls;
    private bool begun;

    public bool HasStruck { get; private set; }

    public DiskFault Ask(DiskCall call)
    {
        begun |= file is null || call.File.StartsWith(file, StringComparison.Ordinal);
        if (HasStruck || !Fits(call) || left-- > 0) return DiskFault.None;
        HasStruck = true;
        return new DiskFault(kind, call.Bytes * partPerMille / 1000);
    }

    private bool Fits(DiskCall call) =>
        call.Kind is not (DiskCallKind.OpenRead or DiskCallKind.OpenWrite or DiskCallKind.Read or DiskCallKind.List)
        && (kind != FaultKind.LostSync || call.Kind == DiskCallKind.Sync)
        && begun && (kind == FaultKind.PowerLoss || file is null || call.File.StartsWith(file, StringComparison.Ordinal));
}
