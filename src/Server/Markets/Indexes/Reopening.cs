using Sluice.Core.Kernel;

namespace Sluice.Server.Markets.Indexes;

/// <summary>The first prices after a market was closed or halted (K-206): one is believed when the next two are within 1 % of it, or when nothing
/// contradicts it for 5 s. A price that is contradicted is dropped, and the one that did it takes its place.</summary>
public sealed class Reopening
{
    private const double DistanceMax = 0.01;
    private const int ConfirmationsNeeded = 2;
    private const long AloneNanos = 5 * Nanos.PerSecond;

    private double first;
    private long firstNanos;
    private int confirmations;
    private bool isPending;

    public void Clear() => isPending = false;

    /// <summary>A new external price; true when the market is open again at it.</summary>
    public bool Offer(double price, long nowNanos)
    {
        if (isPending && double.Abs(price - first) <= DistanceMax * first) return ++confirmations == ConfirmationsNeeded;
        (first, firstNanos, confirmations, isPending) = (price, nowNanos, 0, true);
        return false;
    }

    /// <summary>No new price; true when the pending one has stood alone long enough.</summary>
    public bool Wait(long nowNanos) => isPending && confirmations == 0 && nowNanos - firstNanos >= AloneNanos;
}
