using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Identity;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.Control;

/// <summary>A number for `/metrics`.</summary>
/// <param name="Name">Without the prefix "sluice_".</param>
public sealed record Gauge(string Name, string Help, Func<double> Read, bool Counter = false);

/// <summary>What the control API, the health checks and the metrics are about.</summary>
public sealed record ControlOptions
{
    public required AdminToken Token { get; init; }
    public required Sequencer Sequencer { get; init; }

    /// <summary>Touched on the core thread only.</summary>
    public required VenueProducts Products { get; init; }

    public required VenueClock Clock { get; init; }
    public required VenueViews Views { get; init; }
    public required SecretSeal Seal { get; init; }
    public required DemoUser Demo { get; init; }
    public required IChains Chains { get; init; }

    /// <summary>What the venue was started with: indexes and risk tables that added contracts may use.</summary>
    public MarketFile Markets { get; init; } = MarketFile.Empty;

    /// <summary>Sizes of log and snapshots.</summary>
    public required SnapshotStore Snapshots { get; init; }

    /// <summary>Runs on the core thread after liquidity was switched, before the answer: participants who were told to leave have then left.</summary>
    public Action<ICoreDoor> LiquidityChanged { get; init; } = static _ => { };

    /// <summary>Runs on the core thread after prices were pinned, released or shocked, before the answer: contracts have the new ones then.</summary>
    public Action<ICoreDoor> PricesChanged { get; init; } = static _ => { };

    /// <summary>Each null when all is well, else the sentence that says why the venue is not ready: the history failed, markets are still being made.</summary>
    public IReadOnlyList<Func<string?>> Ready { get; init; } = [];

    /// <summary>Further numbers: the history's sequence, the database's size, the sockets.</summary>
    public IReadOnlyList<Gauge> Gauges { get; init; } = [];

    /// <summary>Addresses besides this machine's own that may read health and metrics.</summary>
    public IReadOnlyList<IPAddress> HealthReaders { get; init; } = [];

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
