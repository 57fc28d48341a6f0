using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>What a check of a data folder found.</summary>
/// <param name="Problems">A sentence each; empty when all is well.</param>
public sealed record Verified(long Records, int Snapshots, long Sequence, ulong StateHash, LogEnd End, IReadOnlyList<string> Problems);

/// <summary>Checks every record, snapshot and invariant of a data folder and never writes (design.md, verify).</summary>
public static class Verification
{
    /// <param name="machine">A fresh one.</param>
    /// <param name="rules">Those of this build.</param>
    public static Verified Run(IDisk disk, StateMachine machine, Action<long>? progress = null, uint rules = StateMachine.RulesVersion)
    {
        var problems = new List<string>();
        List<SnapshotMeta> snapshots = [];
        var records = 0L;
        var end = new LogEnd(LogEndKind.Clean, "", 0, 0);
        try
        {
            snapshots = ReadSnapshots(disk, problems);
            Begin(disk, machine, rules, snapshots);
            var pending = new Queue<SnapshotMeta>(snapshots.Where(meta => meta.Sequence >= machine.Sequence));
            Compare(machine, rules, pending, problems);
            var events = new EventBuffer();
            var whole = true;
            using var reader = new LogReader(disk);
            while (reader.Read())
            {
                records++;
                if (reader.Kind == FrameKind.Mark)
                {
                    CheckMark(machine, rules, reader, problems);
                    continue;
                }
                if (reader.Sequence <= machine.Sequence) continue;
                if (reader.Sequence != machine.Sequence + 1)
                {
                    problems.Add($"The log starts at command {reader.Sequence}, and no snapshot holds the commands before it.");
                    whole = false;
                    break;
                }
                if (reader.RulesVersion != rules)
                {
                    problems.Add($"Command {reader.Sequence} was written under rules {reader.RulesVersion} and no snapshot stands behind it; this build has rules {rules}.");
                    whole = false;
                    break;
                }
                machine.Execute(new Stamp(reader.Sequence, reader.TimeNanos), reader.Payload, events);
                events.Clear();
                Compare(machine, rules, pending, problems);
                if (records % 100_000 == 0) progress?.Invoke(machine.Sequence);
            }
            end = reader.End;
            foreach (var meta in whole ? pending : []) problems.Add($"The snapshot at sequence {meta.Sequence} is ahead of the log, which ends at {machine.Sequence}.");
        }
        catch (Exception error) when (error is LogDamagedException or LogTooNewException or BrokenInvariantException or InvalidOperationException)
        {
            problems.Add(error.Message);
        }
        foreach (var (name, broken) in machine.CheckInvariants())
        {
            if (broken is not null) problems.Add($"At sequence {machine.Sequence}: {name}: {broken}");
        }
        return new Verified(records, snapshots.Count, machine.Sequence, machine.StateHash(), end, problems);
    }

    // Oldest first; whether the content is right shows when its machine is compared.
    private static List<SnapshotMeta> ReadSnapshots(IDisk disk, List<string> problems)
    {
        var store = new SnapshotStore(disk);
        var whole = new List<SnapshotMeta>();
        foreach (var entry in store.List())
        {
            try
            {
                _ = store.Read(entry);
                whole.Add(entry.Meta);
            }
            catch (SnapshotDamagedException damaged)
            {
                problems.Add(damaged.Message);
            }
        }
        whole.Reverse();
        return whole;
    }

    // A log that begins with command 1 is executed whole; otherwise from the oldest snapshot of these rules.
    private static void Begin(IDisk disk, StateMachine machine, uint rules, List<SnapshotMeta> snapshots)
    {
        var first = disk.List().Select(name => SegmentHeader.TryParseName(name, out var sequence) ? sequence : 0).Where(sequence => sequence > 0).FirstOrDefault(1);
        var written = FirstRules(disk);
        if (first == 1 && (written is null || written == rules)) return;
        if (snapshots.Count == 0) return;
        var store = new SnapshotStore(disk);
        var oldest = snapshots.Find(meta => meta.RulesVersion == rules);
        if (oldest == default) oldest = snapshots[^1];
        if (store.ReadNewest(static _ => { }, oldest.Sequence) is var (_, payload)) machine.Load(payload, oldest.RulesVersion);
    }

    private static uint? FirstRules(IDisk disk)
    {
        using var reader = new LogReader(disk);
        return reader.Read() ? reader.RulesVersion : null;
    }

    private static void Compare(StateMachine machine, uint rules, Queue<SnapshotMeta> pending, List<string> problems)
    {
        while (pending.TryPeek(out var meta) && meta.Sequence <= machine.Sequence)
        {
            pending.Dequeue();
            if (meta.Sequence < machine.Sequence || meta.RulesVersion != rules) continue;
            Differ(problems, $"The snapshot at sequence {meta.Sequence}", meta.StateHash, machine.StateHash());
        }
    }

    private static void CheckMark(StateMachine machine, uint rules, LogReader reader, List<string> problems)
    {
        if (reader.Sequence != machine.Sequence || reader.RulesVersion != rules) return;
        Differ(problems, $"The mark behind sequence {reader.Sequence}", StateMark.Parse(reader.Payload).Hash, machine.StateHash());
    }

    private static void Differ(List<string> problems, string what, ulong recorded, ulong computed)
    {
        if (recorded != computed) problems.Add($"{what} records state hash {recorded:x16}, re-execution gives {computed:x16}.");
    }
}
