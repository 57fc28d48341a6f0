using Sluice.Client;

namespace Sluice.Bench.Wire;

/// <summary>The venue under load, and the pair that is traded on it.</summary>
internal abstract class TargetVenue : IAsyncDisposable
{
    public const string Pair = "BTC_USDT";

    public abstract Uri Url { get; }

    /// <summary>One clause for the report.</summary>
    public abstract string What { get; }

    /// <summary>What is known to have gone wrong behind the answers, or null.</summary>
    public virtual string? Failure => null;

    /// <summary>CPU time so far of the thread that touches book and ledger; no number where it is not known.</summary>
    public virtual double EngineCpuSeconds() => double.NaN;

    /// <summary>A price below the market and within any band.</summary>
    public string PassiveBuy { get; protected init; } = "";

    /// <summary>The last price.</summary>
    public string Last { get; protected init; } = "";

    /// <summary>A size worth more than the least that may be ordered.</summary>
    public string Size { get; protected init; } = "";

    /// <summary>A thousand times <see cref="Size"/>.</summary>
    public string LargeSize { get; protected init; } = "";

    /// <summary>A new user with funds for the whole run.</summary>
    public abstract Task<Credentials> OpenAsync();

    /// <summary>Returns when the venue has nothing left to do for what it has answered, where that can be known.</summary>
    public virtual void Settle()
    {
    }

    public abstract ValueTask DisposeAsync();

    public static async Task<TargetVenue> ReachAsync(string? url, string? adminToken, Measure.Report report)
    {
        report.Doing(url is null ? "starting a venue" : $"reaching {url}");
        if (url is null) return await LocalVenue.StartAsync();
        return await RemoteVenue.ReachAsync(url, adminToken ?? throw new Measure.ArgumentsException("--admin-token is needed to open users there."));
    }
}
