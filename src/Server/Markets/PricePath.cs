using System.Collections.Concurrent;
using Sluice.Core.Kernel;

namespace Sluice.Server.Markets;

/// <summary>Where a pair's path is nailed down: at this instant it had this price, exactly.</summary>
/// <param name="Reference">Raw, in ticks of the pair.</param>
public readonly record struct PathAnchor(string Base, string Quote, long ListedNanos, long Reference);

/// <summary>The simulated prices: for any pair of assets and any instant one number, a pure function of (seed, assets, anchor, instant). An asset's
/// log price in USDT is its share of the common factor plus its own path; a pair is base less quote, so that cross pairs follow their USDT
/// legs. It is asked through <see cref="PathReader"/> (live, one thread) and <see cref="GeneratedCandles"/> (history, any thread).</summary>
public sealed class PricePath
{
    /// <summary>Of the common factor, a year.</summary>
    private const double MarketVolatility = 0.4;

    private readonly ConcurrentDictionary<string, AssetPath> assets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AssetModel> models = new(StringComparer.Ordinal);
    private readonly MarketMood mood;

    public PricePath(ulong seed, MarketFile file)
    {
        Seed = seed;
        mood = new MarketMood(seed);
        foreach (var asset in file.Assets) models[asset.Code] = asset.Model ?? AssetModel.Default;
        foreach (var index in file.Indexes) models.TryAdd(index.Path.Base, index.Model ?? AssetModel.Default);
        models.TryAdd("USDT", new AssetModel { Beta = 0, Volatility = 0, Reversion = 0, Jumps = 0 });
        Market = new PathDriver(Noise.Key(seed, 100), mood, MarketVolatility, 0.004, 0.1);
    }

    public ulong Seed { get; }

    internal PathDriver Market { get; }

    /// <summary>An asset's path; one that the market file does not know gets the default model.</summary>
    internal AssetPath Of(string code) => assets.GetOrAdd(code, name =>
    {
        var model = models.GetValueOrDefault(name) ?? AssetModel.Default;
        return new AssetPath(model.Beta, new PathDriver(Noise.Key(Seed, name), mood, model.Volatility, model.Reversion, model.Jumps));
    });

    /// <summary>How stormy a day is, around 1.</summary>
    internal double MoodOf(long day) => mood.Of(day);

    /// <summary>Deviation of a pair's log price over a day of ordinary mood.</summary>
    public double DailyDeviation(string baseAsset, string quoteAsset)
    {
        var (b, q) = (models.GetValueOrDefault(baseAsset) ?? AssetModel.Default, models.GetValueOrDefault(quoteAsset) ?? AssetModel.Default);
        var common = (b.Beta - q.Beta) * MarketVolatility;
        return Math.Sqrt((common * common + b.Volatility * b.Volatility + q.Volatility * q.Volatility) / 365);
    }
}

internal sealed record AssetPath(double Beta, PathDriver Own);

/// <summary>Reads paths at any instant, fastest when instants follow each other: it keeps the current minute of each driver. For one thread.</summary>
public sealed class PathReader(PricePath path)
{
    private const int CommonKept = 16;                  // a power of two

    private readonly Dictionary<string, (AssetPath Path, DriverReader Own)> assets = new(StringComparer.Ordinal);
    private readonly DriverReader market = new(path.Market);
    private readonly (long Nanos, double Level)[] common = new (long, double)[CommonKept];

    /// <summary>Raw price of a pair, not yet rounded to a tick; exactly the reference at the anchor's instant.</summary>
    public double Price(in PathAnchor anchor, long nanos) => Of(anchor).At(nanos);

    /// <summary>A pair's path, for callers that ask for it again and again.</summary>
    public PairPath Of(in PathAnchor anchor) => new(this, anchor);

    internal double Level(string asset, long nanos)
    {
        if (!assets.TryGetValue(asset, out var found))
        {
            var known = path.Of(asset);
            assets.Add(asset, found = (known, new DriverReader(known.Own)));
        }
        var own = found.Own.At(nanos);
        return found.Path.Beta == 0 ? own : own + found.Path.Beta * Common(nanos);
    }

    // Hundreds of assets ask for the same few instants, one asset after the other.
    private double Common(long nanos)
    {
        ref var kept = ref common[nanos / Nanos.PerSecond & (CommonKept - 1)];
        if (kept.Nanos != nanos || nanos == 0) kept = (nanos, market.At(nanos));
        return kept.Level;
    }
}

/// <summary>One pair's path as one reader sees it.</summary>
public sealed class PairPath
{
    private readonly PathReader reader;
    private readonly PathAnchor anchor;
    private readonly double origin;

    internal PairPath(PathReader reader, in PathAnchor anchor)
    {
        this.reader = reader;
        this.anchor = anchor;
        origin = Level(anchor.ListedNanos);
    }

    public double At(long nanos) => anchor.Reference * Math.Exp(Level(nanos) - origin);

    private double Level(long nanos) => reader.Level(anchor.Base, nanos) - reader.Level(anchor.Quote, nanos);
}

/// <summary>The current day, hour, minute and ten seconds of one driver.</summary>
internal sealed class DriverReader(PathDriver driver)
{
    private const long NanosPerStep = 2 * Nanos.PerSecond;

    private readonly double[] hours = new double[PathDriver.HoursPerDay + 1];
    private readonly double[] deviations = new double[PathDriver.HoursPerDay];
    private readonly double[] minutes = new double[PathDriver.MinutesPerHour + 1];
    private readonly double[] nodes = new double[PathDriver.NodesPerMinute + 1];
    private readonly double[] steps = new double[PathDriver.StepsPerNode + 1];
    private long day = long.MinValue, hour = long.MinValue, minute = long.MinValue, node = long.MinValue;
    private Jump jump;

    public double At(long nanos)
    {
        if (driver.IsFlat) return 0;
        var step = nanos / NanosPerStep;
        var wanted = step / PathDriver.StepsPerNode;
        if (wanted != node) Turn(wanted);
        var place = (int)(step - wanted * PathDriver.StepsPerNode);
        var share = (double)(nanos - step * NanosPerStep) / NanosPerStep;
        return steps[place] + (steps[place + 1] - steps[place]) * share;
    }

    private void Turn(long wanted)
    {
        var wantedMinute = wanted / PathDriver.NodesPerMinute;
        var wantedHour = wantedMinute / PathDriver.MinutesPerHour;
        var wantedDay = wantedHour / PathDriver.HoursPerDay;
        if (wantedDay != day) driver.Hours(wantedDay, hours, deviations, out jump);
        var at = (int)(wantedHour - wantedDay * PathDriver.HoursPerDay);
        if (wantedHour != hour) driver.Minutes(wantedHour, hours[at], hours[at + 1], deviations[at], jump, minutes);
        var perMinute = deviations[at] / Math.Sqrt(PathDriver.MinutesPerHour);
        at = (int)(wantedMinute - wantedHour * PathDriver.MinutesPerHour);
        if (wantedMinute != minute) driver.Nodes(wantedMinute, minutes[at], minutes[at + 1], perMinute, jump, nodes);
        at = (int)(wanted - wantedMinute * PathDriver.NodesPerMinute);
        driver.Steps(wanted, nodes[at], nodes[at + 1], perMinute / Math.Sqrt(PathDriver.NodesPerMinute), steps);
        (day, hour, minute, node) = (wantedDay, wantedHour, wantedMinute, wanted);
    }
}
