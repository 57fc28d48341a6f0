using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.State;

/// <summary>What the insurance fund of a settle currency remembers beside its account and its legs: how high its equity was (F-193).</summary>
public sealed class Fund(int asset)
{
    /// <summary>The time over which a draw-down is measured.</summary>
    public const long WindowNanos = 8 * 3600 * Nanos.PerSecond;

    /// <summary>negative_equity_hold (F-158).</summary>
    public const long HoldNanos = 10 * 60 * Nanos.PerSecond;

    private readonly LinkedList<(long Nanos, Money Equity)> peaks = new();

    public int Asset { get; } = asset;

    /// <summary>A timer is set that offers its legs (F-194).</summary>
    public bool IsDisposing { get; set; }

    /// <summary>Until when nothing leaves the accounts of its settle currency: gains were cut (F-158); 0 = never yet.</summary>
    public long HeldUntilNanos { get; set; }

    /// <summary>What was announced last (F-207).</summary>
    public byte RiskLevel { get; set; }

    public IEnumerable<(long Nanos, Money Equity)> Peaks => peaks;

    /// <summary>The highest equity of the last eight hours; zero when it was never asked for.</summary>
    public Money Highest => peaks.First is { } first ? first.Value.Equity : Money.Zero;

    /// <summary>Its equity is this now. Each remembered value is higher than all after it.</summary>
    public void Observe(long nowNanos, Money equity)
    {
        while (peaks.Last is { } last && last.Value.Equity <= equity) peaks.RemoveLast();
        peaks.AddLast((nowNanos, equity));
        while (peaks.First is { } first && first.Value.Nanos + WindowNanos < nowNanos) peaks.RemoveFirst();
    }

    /// <summary>One of a snapshot, in their order.</summary>
    public void Restore(long nanos, Money equity) => peaks.AddLast((nanos, equity));
}
