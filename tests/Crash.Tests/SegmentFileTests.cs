using System.Globalization;
using System.Text;
using Sluice.Core.Kernel;
using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>Files of a data folder that are cut, gone, copied, swapped, renamed or not what their names say: recovered right, or refused by the name of the
/// file with the reason, and `verify` says the same. What looks like a shorter good log is stated as what it is.</summary>
public sealed class SegmentFileTests
{
    private const int Files = 6;
    private readonly Folder folder = new(1, Files);
    private readonly Folder saved = new(1, Files, lastSnapshot: true);
    private int changes, refused, right, shorter;

    [Fact]
    public void A_cut_segment_is_refused_or_it_is_the_last_and_ends_where_it_is_cut()
    {
        var frames = Folder.Frames(folder.Disk);
        for (var at = 0; at < Files; at++)
        {
            var name = folder.Logs[at];
            var bytes = Folder.Content(folder.Disk, name);
            var used = frames.Where(frame => frame.File == name).Max(frame => frame.To);
            for (var length = 0; length < used; length += length is > 64 and < 4000 ? 13 : 1)
            {
                var cut = Changed(folder, disk => Folder.Put(disk, name, bytes.AsSpan(0, length)));
                if (at < Files - 1) Refused(folder, cut, at, $"{name} cut to {length}");
                else
                {
                    var left = frames.Where(frame => frame.File != name || frame.To <= length).Max(frame => frame.Sequence);
                    Shorter(folder, cut, left, $"{name} cut to {length}");
                    Refused(saved, Changed(saved, disk => Folder.Put(disk, name, Folder.Content(saved.Disk, name).AsSpan(0, length))), at, $"{name} cut to {length} with a snapshot behind it");
                }
            }

            // Only the zeros behind the last frame gone: nothing is missing.
            Right(folder, Changed(folder, disk => Folder.Put(disk, name, bytes.AsSpan(0, (int)used))), $"{name} without its zeros", problems: false);
        }
        Tell("Segments cut");
    }

    [Fact]
    public void A_missing_segment_is_refused_unless_it_is_the_last_and_nothing_tells_of_it()
    {
        for (var at = 0; at < Files; at++)
        {
            var name = folder.Logs[at];
            var gone = Changed(folder, disk => disk.Delete(name));
            if (at < Files - 1) Refused(folder, gone, at, $"{name} gone");
            else
            {
                Shorter(folder, gone, folder.Firsts[^1] - 1, $"{name} gone");
                Refused(saved, Changed(saved, disk => disk.Delete(name)), at, $"{name} gone with a snapshot of it", inFile: false);
            }
        }
        Right(folder, Changed(folder, disk => disk.Delete(folder.Snapshots[^1])), "the newest snapshot gone", problems: false);
        var none = Changed(folder, disk =>
        {
            foreach (var snapshot in folder.Snapshots) disk.Delete(snapshot);
        });
        Right(folder, none, "no snapshots", problems: false);
        Refused(folder, Changed(folder, disk =>
        {
            foreach (var snapshot in folder.Snapshots) disk.Delete(snapshot);
            disk.Delete(folder.Logs[0]);
        }), 1, "no snapshots and no first segment");
        Tell("Files missing");
    }

    [Fact]
    public void Copied_swapped_and_renamed_segments_are_refused()
    {
        for (var from = 0; from < Files; from++)
        {
            var bytes = Folder.Content(folder.Disk, folder.Logs[from]);
            for (var to = 0; to < Files; to++)
            {
                if (to == from) continue;
                var other = Folder.Content(folder.Disk, folder.Logs[to]);
                Refused(folder, Changed(folder, disk => Folder.Put(disk, folder.Logs[to], bytes)), to, $"{folder.Logs[from]} copied over {folder.Logs[to]}");
                if (to < from) continue;
                Refused(folder, Changed(folder, disk =>
                {
                    Folder.Put(disk, folder.Logs[to], bytes);
                    Folder.Put(disk, folder.Logs[from], other);
                }), from, $"{folder.Logs[from]} and {folder.Logs[to]} swapped", upTo: to);
            }

            var last = folder.Truth.Sequence;
            foreach (var sequence in (long[])[0, folder.Firsts[from] + 1, last, last + 1, last + 1000])
            {
                var name = sequence.ToString("D20", CultureInfo.InvariantCulture) + ".log";
                if (folder.Logs.Contains(name)) continue;
                var place = folder.Firsts.Count(first => first < sequence) - 1;        // before the first that recovery reads it harms nobody
                Refused(folder, Changed(folder, disk => Folder.Put(disk, name, bytes)), place, $"{folder.Logs[from]} copied to {name}", inFile: false);
                var renamed = Changed(folder, disk => disk.Rename(folder.Logs[from], name));
                if (from < Files - 1 || sequence > 0) Refused(folder, renamed, from, $"{folder.Logs[from]} renamed to {name}", inFile: false);
                else
                {
                    // The last one out of recovery's sight is as good as gone; verification reads it.
                    Assert.NotEmpty(Verification.Run(renamed.Kill(), new VenueProducts().Machine).Problems);
                    Recover(folder, renamed, folder.Firsts[^1] - 1, $"{folder.Logs[from]} renamed to {name}");
                    shorter++;
                }
            }
        }
        Tell("Segments copied, swapped and renamed");
    }

    [Fact]
    public void A_segment_of_another_venue_is_refused()
    {
        for (var at = 0; at < Files; at++)
        {
            // The same first sequence, its own commands, as another folder or another rules version would have it.
            foreach (var rules in (uint[])[StateMachine.RulesVersion, StateMachine.RulesVersion + 1])
            {
                var disk = new SimulatedDisk();
                var venue = new SmallVenue(new VenueProducts());
                var random = new SeededRandom(99);
                while (venue.Machine.Sequence < folder.Firsts[at] - 1) venue.Next(random);
                using (var log = FileLog.Open(disk, rules, Folder.Segments, folder.Firsts[at]))
                {
                    var until = at + 1 < Files ? folder.Firsts[at + 1] - 1 : folder.Truth.Sequence;
                    while (log.LastSequence < until)
                    {
                        var (stamp, record) = venue.Next(random);
                        log.Append(Framed.Command(stamp, record));
                    }
                    log.Sync();
                }
                var name = folder.Logs[at];
                var foreign = Changed(folder, changed => Folder.Put(changed, name, Folder.Content(disk, name)));
                Refused(folder, foreign, at, $"{name} of another venue under rules {rules}");
            }
        }
        Tell("Segments of another venue");
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_or_taken_for_a_last_segment_that_was_never_made()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("This is a letter and not a log. ", 300)));
        for (var at = 0; at < Files; at++)
        {
            var name = folder.Logs[at];
            Refused(folder, Changed(folder, disk => Folder.Put(disk, name, text)), at, $"text in {name}");
            Refused(folder, Changed(folder, disk => Folder.Put(disk, name, Repeat(Folder.Content(disk, folder.Snapshots[0]), 6144))), at, $"a snapshot in {name}");
            foreach (var (bytes, what) in new[] { ([], "nothing"), (text[..1000], "a short text"), (new byte[6144], "zeros") })
            {
                var changed = Changed(folder, disk => Folder.Put(disk, name, bytes));
                if (at < Files - 1) Refused(folder, changed, at, $"{what} in {name}");
                else Shorter(folder, changed, folder.Firsts[^1] - 1, $"{what} in {name}");
            }
        }
        Right(folder, Changed(folder, disk => Folder.Put(disk, "letter.txt", text)), "a letter beside the log", problems: false);
        Right(folder, Changed(folder, disk => Folder.Put(disk, "12.log", text)), "a file with a short number", problems: false);
        Tell("Files of another kind");
    }

    [Fact]
    public void A_snapshot_that_is_not_what_it_says_is_passed_over()
    {
        var (older, newer) = (folder.Snapshots[0], folder.Snapshots[1]);
        var (bytes, other) = (Folder.Content(folder.Disk, newer), Folder.Content(folder.Disk, older));
        for (var length = 0; length < bytes.Length; length++)
            Right(folder, Changed(folder, disk => Folder.Put(disk, newer, bytes.AsSpan(0, length))), $"{newer} cut to {length}", problems: true);
        Right(folder, Changed(folder, disk => Folder.Put(disk, newer, [.. bytes, 0])), $"{newer} with a byte more", problems: true);
        Right(folder, Changed(folder, disk => Folder.Put(disk, newer, other)), $"{older} copied over {newer}", problems: true);
        Right(folder, Changed(folder, disk => disk.Rename(newer, SnapshotStore.NameOf(folder.Truth.Sequence))), $"{newer} renamed", problems: true);
        Right(folder, Changed(folder, disk =>
        {
            Folder.Put(disk, newer, other);
            Folder.Put(disk, older, bytes);
        }), "both snapshots swapped", problems: true);
        Tell("Snapshots cut, copied, swapped and renamed");
    }

    [Fact]
    public void A_snapshot_of_another_venue_is_found_at_the_next_mark()
    {
        var marked = new Folder(1, Files, stopped: true);
        var newest = new SnapshotStore(marked.Disk).List()[0];
        var venue = new SmallVenue(new VenueProducts());
        var random = new SeededRandom(99);
        while (venue.Machine.Sequence < newest.Sequence) venue.Next(random);
        var state = new StateWriter();
        venue.Machine.Save(state);
        var disk = Changed(marked, changed => new SnapshotStore(changed).Write(
            newest.Meta with { TimeNanos = venue.Machine.TimeNanos, StateHash = venue.Machine.StateHash() }, state.Written));
        var error = Xunit.Record.Exception(() => Recovery.Run(disk, new VenueProducts().Machine, []));
        Assert.True(error is StateHashException or InvalidOperationException or BrokenInvariantException, $"Recovery says {error}.");
        Assert.NotEmpty(Verification.Run(disk, new VenueProducts().Machine).Problems);
    }

    private SimulatedDisk Changed(Folder from, Action<SimulatedDisk> change)
    {
        changes++;
        var disk = from.Disk.Kill();
        change(disk);
        disk.SyncDirectory();
        return disk;
    }

    /// <summary>Refused when recovery needs one of these segments; else found by verification alone.</summary>
    private void Refused(Folder from, SimulatedDisk disk, int at, string what, bool inFile = true, int upTo = -1)
    {
        var snapshots = new SnapshotStore(disk).List();
        var start = snapshots.Count == 0 ? 0 : from.Firsts.ToList().FindLastIndex(first => first <= snapshots[0].Sequence + 1);
        var problems = Verification.Run(disk.Kill(), new VenueProducts().Machine).Problems;
        var machine = new VenueProducts().Machine;
        try
        {
            Recovery.Run(disk, machine, []);
            using var log = FileLog.Open(disk, StateMachine.RulesVersion, Folder.Segments, machine.Sequence + 1);
        }
        catch (LogDamagedException damaged)
        {
            refused++;
            if (damaged.Reason.Length == 0 || (inFile && damaged.File.Length == 0)) Assert.Fail($"{what}: refused without a name or a reason: {damaged.Message}");
            if (problems.Count == 0) Assert.Fail($"{what}: recovery refuses it ({damaged.Message}), and verification finds nothing.");
            return;
        }
        catch (RecoveryRefusedException otherRules) when (otherRules.Message.Contains("under rules", StringComparison.Ordinal))
        {
            refused++;
            Assert.NotEmpty(problems);
            return;
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}: {error}");
        }
        if (int.Max(at, upTo) >= start) Assert.Fail($"{what}: not refused, recovered up to {machine.Sequence}.");
        if (machine.Sequence != from.Truth.Sequence) Assert.Fail($"{what}: recovered up to {machine.Sequence} of {from.Truth.Sequence}.");
        from.Truth.Check(machine, from.Truth.Sequence);
        right++;
    }

    /// <summary>Recovered whole.</summary>
    private void Right(Folder from, SimulatedDisk disk, string what, bool problems)
    {
        var found = Verification.Run(disk.Kill(), new VenueProducts().Machine).Problems;
        if (found.Count > 0 != problems) Assert.Fail($"{what}: verification finds {found.Count} problems: {string.Join(' ', found)}");
        Recover(from, disk, from.Truth.Sequence, what);
        right++;
    }

    /// <summary>Nothing in the folder tells that there was more: recovered up to there, exactly.</summary>
    private void Shorter(Folder from, SimulatedDisk disk, long left, string what)
    {
        var found = Verification.Run(disk.Kill(), new VenueProducts().Machine).Problems;
        if (found.Count > 0) Assert.Fail($"{what}: verification finds {found[0]}");
        Recover(from, disk, left, what);
        shorter++;
    }

    private static void Recover(Folder from, SimulatedDisk disk, long expected, string what)
    {
        var machine = new VenueProducts().Machine;
        Recovery.Run(disk, machine, []);
        if (machine.Sequence != expected) Assert.Fail($"{what}: recovered up to {machine.Sequence}, not {expected}.");
        from.Truth.Check(machine, expected);
        using var log = FileLog.Open(disk, StateMachine.RulesVersion, Folder.Segments, machine.Sequence + 1);
        if (log.LastSequence != expected) Assert.Fail($"{what}: the log opens at {log.LastSequence}, not {expected}.");
    }

    private static byte[] Repeat(byte[] bytes, int length) => [.. Enumerable.Range(0, length).Select(at => bytes[at % bytes.Length])];

    private void Tell(string what) => Counts.Tell(what,
        $"{changes:N0} folders: {refused:N0} refused by name and reason, {right:N0} recovered whole, {shorter:N0} recovered as the shorter good log they are");
}
