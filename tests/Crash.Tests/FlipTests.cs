using Sluice.Core.Kernel;
using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>Each bit of a data folder turned over, one at a time: it is found or has no effect. The one exception is asserted as exactly what it is: a flip
/// in the very last frame of the log looks like a torn tail, and costs that frame.</summary>
public sealed class FlipTests
{
    private const int LogFiles = 11;        // of 6 KiB each
    private const int VerifiedEvery = 499;

    [Fact]
    public void Any_single_bit_is_found_or_changes_nothing_and_the_last_frame_is_the_one_exception()
    {
        var tenths = Counts.Of(10);
        var total = new Tally();
        for (var seed = 1ul; seed <= (ulong)(tenths + 9) / 10; seed++)
        {
            // A log that ends with a command, every bit of it; and one that ends with the mark of a stop, every bit of its last segment.
            var ended = new Flips(seed, stopped: false);
            foreach (var (name, length) in ended.Folder.Disk.Files()) Flip(ended, name, length, tenths < 10 ? 10 / tenths : 1, total);
            var stopped = new Flips(seed, stopped: true);
            Flip(stopped, stopped.Folder.Logs[^1], Folder.Segments.SegmentBytes, 1, total);
        }
        Assert.True(total.Refused > 0 && total.OlderSnapshot > 0 && total.Unread > 0 && total.BehindTheEnd > 0 && total.LastCommand > 0 && total.LastMark > 0);
        Counts.Tell("Bit flips", $"{total.Flips:N0} in {total.Files:N0} files: {total.Refused:N0} refused by recovery, {total.OlderSnapshot:N0} answered by the older snapshot, {total.Unread:N0} in files "
            + $"recovery did not need and found by reading them, {total.BehindTheEnd:N0} behind the last frame and cut, {total.LastCommand:N0} in the last frame and taken for a torn "
            + $"tail of one command, {total.LastMark:N0} in a last mark; {total.Verified:N0} folders verified to the same effect");
    }

    private static void Flip(Flips flips, string name, long length, int step, Tally total)
    {
        total.Files++;
        Parallel.For(0, length * 8 / step, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new Tally(), (number, _, tally) =>
        {
            var bit = number * step + (step > 1 ? number % step : 0);
            try
            {
                flips.Flip(name, bit, tally);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {flips.Seed}{(flips.Stopped ? ", stopped" : "")}, {name} bit {bit}: {error.Message}", error);
            }
            return tally;
        }, tally => { lock (total) total.Add(tally); });
    }

    private sealed record Tally
    {
        public int Files, Flips, Refused, OlderSnapshot, Unread, BehindTheEnd, LastCommand, LastMark, Verified;

        public void Add(Tally other)
        {
            (Flips, Refused, OlderSnapshot, Unread) = (Flips + other.Flips, Refused + other.Refused, OlderSnapshot + other.OlderSnapshot, Unread + other.Unread);
            (BehindTheEnd, LastCommand, LastMark) = (BehindTheEnd + other.BehindTheEnd, LastCommand + other.LastCommand, LastMark + other.LastMark);
            Verified += other.Verified;
        }
    }

    private sealed class Flips
    {
        private readonly List<(string File, long From, long To, long Sequence)> frames;
        private readonly long read;         // the first segment that recovery reads

        public Flips(ulong seed, bool stopped)
        {
            (Seed, Stopped) = (seed, stopped);
            Folder = new Folder(seed, LogFiles, stopped);
            frames = Folder.Frames(Folder.Disk);
            var snapshot = new SnapshotStore(Folder.Disk).List()[0].Sequence;
            read = Folder.Firsts.Last(first => first <= snapshot + 1);
        }

        public ulong Seed { get; }
        public bool Stopped { get; }
        public Folder Folder { get; }

        public void Flip(string name, long bit, Tally tally)
        {
            tally.Flips++;
            var disk = Folder.Disk.Kill();
            disk.Flip(name, bit);
            var last = frames[^1];
            var snapshot = name.EndsWith(".snap", StringComparison.Ordinal);
            var inLast = name == last.File && bit / 8 >= last.From && bit / 8 < last.To;
            var behind = name == last.File && bit / 8 >= last.To;
            var unread = snapshot ? name != Folder.Snapshots[^1] : string.CompareOrdinal(name, SegmentOf(read)) < 0;
            var verify = tally.Flips % VerifiedEvery == 0 ? disk.Kill() : null;
            if (snapshot || inLast || behind || unread)
            {
                // A command is lost only when it is the flipped one itself, and the last there is.
                var expected = inLast ? frames[^2].Sequence : last.Sequence;
                var told = Recover(disk, expected);
                if (told != (snapshot && !unread)) throw new InvalidOperationException("An unusable snapshot is told, and nothing else.");
                if (behind) tally.BehindTheEnd++;
                else if (inLast && Stopped) tally.LastMark++;
                else if (inLast) tally.LastCommand++;
                else if (unread) tally.Unread++;
                else tally.OlderSnapshot++;
                if (unread && !snapshot) Refused(name, () => Folder.Frames(disk));
                if (unread && snapshot) Assert.Throws<SnapshotDamagedException>(() => Read(disk, name));
            }
            else
            {
                Refused(name, () => Recovery.Run(disk, new VenueProducts().Machine, []));
                Refused(name, () => FileLog.Open(disk, StateMachine.RulesVersion, Folder.Segments), when: name == last.File);
                tally.Refused++;
            }
            if (verify is null) return;
            tally.Verified++;
            var found = Verification.Run(verify, new VenueProducts().Machine);
            if (found.Problems.Count == 0 != (inLast || behind)) throw new InvalidOperationException($"Verification finds {found.Problems.Count} problems.");
            if (found.Problems.Count == 0) Assert.Equal(LogEndKind.TornTail, found.End.Kind);
        }

        private bool Recover(SimulatedDisk disk, long expected)
        {
            var machine = new VenueProducts().Machine;
            var told = new List<string>();
            Recovery.Run(disk, machine, [], report: told.Add);
            if (machine.Sequence != expected) throw new InvalidOperationException($"Recovery ends at {machine.Sequence}, not {expected}.");
            Folder.Truth.Check(machine, expected);
            using var log = FileLog.Open(disk, StateMachine.RulesVersion, Folder.Segments, machine.Sequence + 1);
            if (log.LastSequence != expected) throw new InvalidOperationException($"The log opens at {log.LastSequence}, not {expected}.");
            return told.Count > 0;
        }

        private void Refused(string name, Action read, bool when = true)
        {
            if (!when) return;
            try
            {
                read();
            }
            catch (LogDamagedException damaged)
            {
                // The next segment's header may be the one that shows it.
                var at = Folder.Logs.ToList().IndexOf(name);
                if (damaged.File != name && (at + 1 >= LogFiles || damaged.File != Folder.Logs[at + 1])) throw new InvalidOperationException($"It is refused for {damaged.File}.", damaged);
                return;
            }
            throw new InvalidOperationException("It is not refused.");
        }

        private static void Read(SimulatedDisk disk, string name)
        {
            var store = new SnapshotStore(disk);
            store.Read(store.List().Single(entry => entry.File == name));
        }

        private static string SegmentOf(long first) => first.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + ".log";
    }
}
