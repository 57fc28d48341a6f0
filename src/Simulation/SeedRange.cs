using System.Globalization;

namespace Sluice.Simulation;

/// <summary>Runs seeds, as many beside each other as there are cores, and adds up what they did.</summary>
public sealed class SeedRange
{
    private readonly Lock gate = new();
    private readonly List<SimulationFailedException> failures = [];

    /// <summary>By seed.</summary>
    public IReadOnlyList<SimulationFailedException> Failures => failures;

    public long Seeds { get; private set; }
    public long FewestCrashes { get; private set; } = long.MaxValue;
    public long FewestFaults { get; private set; } = long.MaxValue;
    public long FewestCommands { get; private set; } = long.MaxValue;
    public SimulationCounts Total { get; } = new();

    /// <summary>Simulated time by the time the simulating threads took, checks included.</summary>
    public double TimesRealTime => Total.SimulatedNanos / 1e9 / Total.Took.TotalSeconds;

    /// <summary>What passed outside while the seeds ran, on all cores.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Client commands answered in a simulated second.</summary>
    public double CommandsPerSecond => Total.Answered / (Total.SimulatedNanos / 1e9);

    /// <param name="first">To <paramref name="last"/>, both included.</param>
    /// <param name="progress">Told the seeds done now and then.</param>
    public static SeedRange Run(ulong first, ulong last, SimulationOptions? options = null, Action<long>? progress = null)
    {
        var range = new SeedRange();
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var next = first - 1;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work) { IsBackground = true }).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        range.Took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        range.failures.Sort((a, b) => a.Seed.CompareTo(b.Seed));
        return range;

        void Work()
        {
            for (ulong seed; (seed = Interlocked.Increment(ref next)) <= last;)
            {
                try
                {
                    range.Add(SimulatedExchange.Run(seed, options));
                }
                catch (SimulationFailedException failed)
                {
                    lock (range.gate) range.failures.Add(failed);
                }
                progress?.Invoke(range.Seeds);
            }
        }
    }

    /// <summary>What was done, a line each.</summary>
    public IEnumerable<string> Summary()
    {
        var total = Total;
        yield return Line($"seeds {Seeds:N0}, failed {Failures.Count:N0}; each at least {FewestCommands:N0} client commands, {FewestCrashes} crashes, {FewestFaults} other faults");
        yield return Line($"commands executed {total.Sequence:N0}, answered to clients {total.Answered:N0} ({total.Accepted:N0} accepted), retries {total.Retries:N0}, answered as duplicates {total.Duplicates:N0}");
        yield return Line($"starts {total.Starts:N0} ({total.RefusedStarts:N0} refused by a broken disk), power losses {total.PowerLosses:N0}, kills {total.Kills:N0}, venue stopped by its disk {total.Failures:N0}, snapshots {total.Snapshots:N0}, segments filled {total.SegmentsFilled:N0}, reserved {total.SegmentsReserved:N0}");
        yield return Line($"faults: {string.Join(", ", total.Faults.Select(fault => Line($"{fault.Key} {fault.Value:N0}")))}; flips refused {total.FlipsRefused:N0}");
        yield return Line($"network: {total.Dropped:N0} dropped, {total.Doubled:N0} doubled, {total.Late:N0} late");
        yield return Line($"feeds: {total.FeedFrames:N0} frames read, each book as the venue's where both stood; a reader too slow got the whole book again {total.FeedResyncs:N0} times, was dropped {total.FeedDrops:N0} times");
        yield return Line($"invariants checked {total.Checks:N0} times, views compared {total.Comparisons:N0} times, {total.Steps:N0} steps");
        yield return Line($"simulated {total.SimulatedNanos / 1e9:N0} s at {CommandsPerSecond:N1} client commands/s in {Took.TotalSeconds:N0} s: {total.SimulatedNanos / 1e9 / Took.TotalSeconds:N0} times real time, {TimesRealTime:N0} times a core, checks included");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Add(SimulationCounts counts)
    {
        lock (gate)
        {
            Seeds++;
            FewestCrashes = long.Min(FewestCrashes, counts.Crashes);
            FewestFaults = long.Min(FewestFaults, counts.FaultsInjected);
            FewestCommands = long.Min(FewestCommands, counts.Answered);
            Total.Add(counts);
        }
    }
}
