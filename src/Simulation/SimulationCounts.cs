namespace Sluice.Simulation;

/// <summary>What a seed did.</summary>
public sealed class SimulationCounts
{
    public long Steps { get; internal set; }
    public long Sequence { get; internal set; }
    public long Answered { get; internal set; }
    public long Accepted { get; internal set; }
    public long Retries { get; internal set; }
    public long Duplicates { get; internal set; }
    public long Unknown { get; internal set; }
    public long Starts { get; internal set; }
    public long RefusedStarts { get; internal set; }
    public long PowerLosses { get; internal set; }
    public long Kills { get; internal set; }
    public long Snapshots { get; internal set; }
    public long SegmentsFilled { get; internal set; }
    public long SegmentsReserved { get; internal set; }
    public long Checks { get; internal set; }
    public long Comparisons { get; internal set; }
    public long Dropped { get; internal set; }
    public long Doubled { get; internal set; }
    public long Late { get; internal set; }
    public long Failures { get; internal set; }
    public long FeedFrames { get; internal set; }
    public long FeedResyncs { get; internal set; }
    public long FeedDrops { get; internal set; }
    public long FlipsRefused { get; internal set; }
    public long SimulatedNanos { get; internal set; }
    public ulong StateHash { get; internal set; }
    public TimeSpan Took { get; internal set; }

    /// <summary>Crashes with recovery.</summary>
    public long Crashes => PowerLosses + Kills;

    /// <summary>By name: what was injected beside crashes.</summary>
    public SortedDictionary<string, long> Faults { get; } = new(StringComparer.Ordinal);

    public long FaultsInjected => Faults.Values.Sum();

    internal void Fault(string name) => Faults[name] = Faults.GetValueOrDefault(name) + 1;

    internal void Add(SimulationCounts other)
    {
        Steps += other.Steps;
        Sequence += other.Sequence;
        Answered += other.Answered;
        Accepted += other.Accepted;
        Retries += other.Retries;
        Duplicates += other.Duplicates;
        Unknown += other.Unknown;
        Starts += other.Starts;
        RefusedStarts += other.RefusedStarts;
        PowerLosses += other.PowerLosses;
        Kills += other.Kills;
        Snapshots += other.Snapshots;
        SegmentsFilled += other.SegmentsFilled;
        SegmentsReserved += other.SegmentsReserved;
        Checks += other.Checks;
        Comparisons += other.Comparisons;
        Dropped += other.Dropped;
        Doubled += other.Doubled;
        Late += other.Late;
        Failures += other.Failures;
        FeedFrames += other.FeedFrames;
        FeedResyncs += other.FeedResyncs;
        FeedDrops += other.FeedDrops;
        FlipsRefused += other.FlipsRefused;
        SimulatedNanos += other.SimulatedNanos;
        Took += other.Took;
        foreach (var (name, count) in other.Faults) Faults[name] = Faults.GetValueOrDefault(name) + count;
    }
}
