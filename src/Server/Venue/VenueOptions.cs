using Microsoft.Extensions.Logging;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Server.Gateway;
using Sluice.Server.Markets;

namespace Sluice.Server.Venue;

/// <summary>How a venue runs: the options of `sluice serve`.</summary>
public sealed record VenueOptions
{
    /// <summary>Scheme, host and port each; port 0 picks a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8787"];

    public const int SegmentBytesMin = 64 << 10, SegmentBytesMax = 1 << 30;
    public const int SnapshotEveryMin = 100, SnapshotEveryMax = 1_000_000;

    /// <summary>The data folder; null keeps nothing.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Instead of the folder: for tests that break disks. Keys and read models then live in memory.</summary>
    public IDisk? Disk { get; init; }

    /// <summary>Of the simulated markets; null = what the folder was made with, else 1.</summary>
    public long? Seed { get; init; }

    /// <summary>True: venue time stands still until it is advanced.</summary>
    public bool ManualClock { get; init; }

    /// <summary>A manual clock's first instant.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What a new venue lists; null lists nothing.</summary>
    public MarketFile? Markets { get; init; } = MarketFile.Demo;

    /// <summary>Whether seeded participants trade.</summary>
    public bool Liquidity { get; init; } = true;

    public bool RateLimits { get; init; } = true;

    /// <summary>What one caller can hold of the server; not an option of `sluice serve`.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Segments behind the last two snapshots stay.</summary>
    public bool KeepLog { get; init; }

    /// <summary>Size of a segment of the log; null = 16 MiB, or 4 MiB when nothing is kept.</summary>
    public int? SegmentBytes { get; init; }

    /// <summary>Commands between two snapshots; null = 1,000,000, or 200,000 when nothing is kept.</summary>
    public int? SnapshotEvery { get; init; }

    /// <summary>What memory is taken for before the first command; null: for nothing.</summary>
    public VenueCapacity? Reserve { get; init; }

    /// <summary>Lets the demo user in from addresses that are not loopback.</summary>
    public bool DemoOnNetwork { get; init; }

    /// <summary>The page as the build wrote it; null = none.</summary>
    public string? WebFolder { get; init; }

    /// <summary>Host names the venue answers to, beside loopback and those in <see cref="Urls"/>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public string? DemoKey { get; init; }
    public string? DemoSecret { get; init; }
    public string? AdminToken { get; init; }

    /// <summary>Where sentences for the operator go.</summary>
    public Action<string> Report { get; init; } = static _ => { };

    /// <summary>Told the sequence reached now and then while the log is re-executed.</summary>
    public Action<long>? Recovering { get; init; }

    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>The venue cannot start as asked. The sentence says why and what helps; exit code 2.</summary>
public sealed class VenueRefusedException(string sentence, Exception? cause = null) : Exception(sentence, cause);
