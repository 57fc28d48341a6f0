using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>What recovery did.</summary>
/// <param name="SnapshotSequence">0 when it started from nothing.</param>
public readonly record struct Recovered(long SnapshotSequence, long Sequence, long Commands, TimeSpan Took, LogEnd End, bool CleanStop);

/// <summary>The data cannot be taken up by this build as it is; the sentence says what helps. Exit code 2.</summary>
public sealed class RecoveryRefusedException(string message) : Exception(message);

/// <summary>Recovery = newest snapshot + re-execution of the commands behind it, compared by state hash wherever one is recorded (design.md).</summary>
public static class Recovery
{
    /// <summary>Small enough to stay in a core's cache beside the state.</summary>
    private const int EventBytesPerDelivery = 1 << 16;

    /// <summary>It grows to what a delivery needs; most recoveries re-execute little.</summary>
    private const int EventBytesAtFirst = 1 << 12;

    /// <param name="machine">Fresh; brought to the end of the log.</param>
    /// <param name="consumers">Get the events of what is re-executed, so that read models which had not caught up do.</param>
    /// <param name="projected">The sequence the slowest durable read model has reached; the snapshot is chosen at or before it. A model that has
    /// nothing yet (0) starts from the snapshot: <paramref name="fromStart"/> is then the way to rebuild it whole.</param>
    /// <param name="upTo">Stop behind this command.</param>
    /// <param name="fromStart">Ignore snapshots: the log must go back to command 1.</param>
    /// <param name="begin">Called once, when the machine is in the state from which commands are re-executed: views in memory take it over.</param>
    /// <param name="rules">Those of this build.</param>
    public static Recovered Run(IDisk disk, StateMachine machine, IReadOnlyList<IEventConsumer> consumers, long projected = long.MaxValue,
        long upTo = long.MaxValue, bool fromStart = false, Action<string>? report = null, Action<long>? progress = null,
        Action? begin = null, uint rules = StateMachine.RulesVersion)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        report ??= static _ => { };
        if (!fromStart && !LoadSnapshot(disk, machine, rules, long.Min(projected, upTo), report) && StartsLate(disk))
        {
            report("The read models are behind the oldest snapshot that is kept: history between the two is lost, balances and orders are not.");
            LoadSnapshot(disk, machine, rules, upTo, report);
        }
        var snapshot = machine.Sequence;
        begin?.Invoke();

        using var reader = new LogBlocks(new LogReader(disk, snapshot + 1));
        var execution = new Execution(machine, consumers, reader, rules);
        while (execution.Turn(upTo)) progress?.Invoke(machine.Sequence);
        if (upTo == long.MaxValue && projected != long.MaxValue && machine.Sequence < projected) throw Ahead(projected, machine.Sequence);
        return new Recovered(snapshot, machine.Sequence, machine.Sequence - snapshot, System.Diagnostics.Stopwatch.GetElapsedTime(started), reader.End, reader.CleanStop);
    }

    // Whether the log's first segment does not begin with command 1: then re-execution needs a snapshot.
    private static bool StartsLate(IDisk disk)
    {
        foreach (var name in disk.List())
        {
            if (SegmentHeader.TryParseName(name, out var firstSequence)) return firstSequence > 1;
        }
        return false;
    }

    private static bool LoadSnapshot(IDisk disk, StateMachine machine, uint rules, long upTo, Action<string> report)
    {
        if (new SnapshotStore(disk).ReadNewest(report, upTo) is not var (meta, payload)) return false;

        // A snapshot is facts, not rules: any older build's will do, as long as this build's parts can read it (design.md, Commands only in the log).
        if (meta.RulesVersion > rules) throw OtherRules(meta.RulesVersion, rules, meta.Sequence);
        machine.Load(payload, meta.RulesVersion);
        if (meta.RulesVersion < rules) return true;
        var hash = machine.StateHash();
        if (hash != meta.StateHash) throw new StateHashException(meta.Sequence, meta.StateHash, hash);
        return true;
    }

    /// <summary>The commands of a log, one after the other. In turns: a call for all of them would stay in the code that was compiled before it was known what is
    /// usual in it.</summary>
    private sealed class Execution(StateMachine machine, IReadOnlyList<IEventConsumer> consumers, LogBlocks reader, uint rules)
    {
        private const int FramesPerTurn = 4096;

        private readonly EventBuffer events = new(EventBytesAtFirst);
        private long first = machine.Sequence + 1;

        /// <summary>False at the end of the log or of what is asked for. All events are delivered then.</summary>
        public bool Turn(long upTo)
        {
            var large = machine.IsLarge;
            for (var frames = 0; frames < FramesPerTurn; frames++)
            {
                if (machine.Sequence >= upTo || !reader.Read())
                {
                    Deliver();
                    return false;
                }
                if (large) reader.Prefetch(machine);
                if (reader.Kind == FrameKind.Mark) CheckMark();
                else Execute();
            }
            return true;
        }

        private void Execute()
        {
            if (reader.RulesVersion != rules) throw OtherRules(reader.RulesVersion, rules, machine.Sequence);
            if (reader.TimeNanos < machine.TimeNanos) throw NotBehind(reader);
            machine.Execute(new Stamp(reader.Sequence, reader.TimeNanos), reader.Payload, events);
            if (events.Length >= EventBytesPerDelivery) Deliver();
        }

        private void CheckMark()
        {
            if (reader.Sequence != machine.Sequence || reader.RulesVersion != rules) return;
            var recorded = StateMark.Parse(reader.Payload).Hash;
            var hash = machine.StateHash();
            if (hash != recorded) throw new StateHashException(machine.Sequence, recorded, hash);
        }

        private void Deliver()
        {
            if (machine.Sequence < first) return;
            var batch = new EventBatch(events.Written, first, machine.Sequence);
            foreach (var consumer in consumers) consumer.Consume(batch);
            events.Clear();
            first = machine.Sequence + 1;
        }
    }

    // Frames of one segment never go back in time; those of another venue may, behind this one's snapshot.
    private static LogDamagedException NotBehind(LogBlocks reader) => new(reader.Position.File, reader.Position.Offset,
        $"command {reader.Sequence} is earlier than the state it should follow: the segment or the snapshot is of another venue.");

    private static RecoveryRefusedException Ahead(long projected, long sequence) => new(
        $"The history has reached sequence {projected} and the log ends at {sequence}: they are not of one venue. Put the log back that belongs to it, or "
            + "move the history away; it is then rebuilt as far back as the log goes.");

    private static RecoveryRefusedException OtherRules(uint version, uint rules, long sequence) => new(
        version > rules
            ? $"The data was written under rules {version}, and this build has rules {rules}: use the newer build."
            : $"Commands behind sequence {sequence} were written under rules {version} and the venue did not stop cleanly; this build has rules "
                + $"{rules} and will not re-execute them. Start the folder once with the build that wrote it (sluice serve --data DIR), "
                + "stop it with SIGTERM so that it writes a snapshot, then start this build.");
}

/// <summary>Re-execution led to another state than the one recorded: the build or the data is not what it was.</summary>
public sealed class StateHashException(long sequence, ulong recorded, ulong computed)
    : Exception($"At sequence {sequence} the recorded state hash is {recorded:x16} and re-execution gives {computed:x16}.")
{
    public long Sequence { get; } = sequence;
}
