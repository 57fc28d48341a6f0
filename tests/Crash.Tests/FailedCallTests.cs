using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>Each call to the disk fails once, in each way it can, under the real sequencer.</summary>
public sealed class FailedCallTests
{
    private const int Commands = 40;

    [Fact]
    public void Whatever_call_fails_nothing_acknowledged_is_lost_and_no_flush_is_tried_again()
    {
        var wanted = Counts.Of(10_000);
        var total = new Tally();
        for (var seed = 1ul; total.Failures < wanted; seed++)
        {
            var faults = Faults(seed).Take(wanted - total.Failures).ToList();
            Parallel.ForEach(faults, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, fault =>
            {
                var tally = new Tally();
                try
                {
                    Fail(seed, fault.Call, fault.Fault, tally);
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"Seed {seed}, {fault.Fault} at call {fault.Call}: {error.Message}", error);
                }
                lock (total) total.Add(tally);
            });
        }
        Assert.Equal(wanted, total.Failures);
        Assert.True(total.Starting > 0 && total.Stopped > 0 && total.Snapshots > 0 && total.Refused > 0 && total.Filling > 0 && total.Reserving > 0);
        Counts.Tell("Injected call failures", $"{total.Failures:N0}: {total.Errors:N0} errors, {total.Full:N0} full disks, {total.Lost:N0} failed flushes; {total.Short:N0} of them behind a part "
            + $"of the write, {total.Filling:N0} while a segment was filled, {total.Reserving:N0} while one was reserved. {total.Starting:N0} stopped the start, {total.Stopped:N0} the venue, {total.Snapshots:N0} cost a snapshot, {total.Unseen:N0} nothing. "
            + $"{total.Acknowledged:N0} commands acknowledged and found again twice, {total.Refused:N0} refused");
    }

    private sealed record Tally
    {
        public int Failures, Errors, Full, Lost, Short, Filling, Reserving, Starting, Stopped, Snapshots, Unseen, Refused;
        public long Acknowledged;

        public void Add(Tally other)
        {
            (Failures, Errors, Full, Lost, Short) = (Failures + other.Failures, Errors + other.Errors, Full + other.Full, Lost + other.Lost, Short + other.Short);
            (Filling, Reserving) = (Filling + other.Filling, Reserving + other.Reserving);
            (Starting, Stopped, Snapshots, Unseen) = (Starting + other.Starting, Stopped + other.Stopped, Snapshots + other.Snapshots, Unseen + other.Unseen);
            (Refused, Acknowledged) = (Refused + other.Refused, Acknowledged + other.Acknowledged);
        }
    }

    /// <summary>Every call of the run that a seed makes, in every way that call can fail.</summary>
    private static List<(long Call, DiskFault Fault)> Faults(ulong seed)
    {
        var faults = new List<(long, DiskFault)>();
        var random = new SeededRandom(seed).Fork("parts");
        var (disk, _) = Old(seed);
        disk.Faults = call =>
        {
            faults.Add((call.Number, DiskFault.Error()));
            if (call.Kind is DiskCallKind.Write or DiskCallKind.Preallocate or DiskCallKind.Reserve && call.Bytes > 1)
            {
                faults.Add((call.Number, DiskFault.Error(random.Between(1, call.Bytes))));
                faults.Add((call.Number, DiskFault.Full(random.Between(1, call.Bytes))));
            }
            if (call.Kind is not (DiskCallKind.List or DiskCallKind.Read or DiskCallKind.OpenRead or DiskCallKind.OpenWrite)) faults.Add((call.Number, DiskFault.Full()));
            if (call.Kind == DiskCallKind.Sync) faults.Add((call.Number, DiskFault.LostSync));
            return default;
        };
        Run(seed, disk, static _ => { });
        return faults;
    }

    /// <summary>A disk on which a venue has run before and was killed, so that recovery has something to do.</summary>
    private static (SimulatedDisk Disk, SequencedVenue Venue) Old(ulong seed)
    {
        var random = new SeededRandom(seed).Fork("before");
        var disk = new SimulatedDisk();
        var venue = new SequencedVenue(disk, ahead: false);
        venue.Trade(random, 1 + random.Below(60));
        return (disk.Crash(random), venue);
    }

    private static void Run(ulong seed, SimulatedDisk disk, Action<SequencedVenue> started)
    {
        var random = new SeededRandom(seed).Fork("run");
        var venue = new SequencedVenue(disk, ahead: random.Chance(500));
        started(venue);
        venue.Trade(random, Commands);
        venue.Stop();
    }

    private static void Fail(ulong seed, long number, DiskFault fault, Tally tally)
    {
        var (disk, old) = Old(seed);
        SequencedVenue? venue = null;
        DiskCall? failed = null;
        List<DiskCall> behind = [], told = [];
        disk.Faults = call =>
        {
            if (failed is not null) behind.Add(call);
            if (venue is { Told.Count: > 0 }) told.Add(call);
            if (call.Number != number) return default;
            failed = call;
            return fault;
        };
        try
        {
            Run(seed, disk, started => venue = started);
        }
        catch (Exception error) when (error is IOException or LogFailedException)
        {
            tally.Starting++;
        }
        if (failed is not { } at) throw new InvalidOperationException("The call was not made.");
        tally.Failures++;
        if (fault.Kind == FaultKind.Error) tally.Errors++;
        if (fault.Kind == FaultKind.Full) tally.Full++;
        if (fault.Kind == FaultKind.LostSync) tally.Lost++;
        if (fault.Part > 0) tally.Short++;
        if (at.Kind == DiskCallKind.Preallocate) tally.Filling++;
        if (at.Kind == DiskCallKind.Reserve) tally.Reserving++;
        if (at.Kind == DiskCallKind.Sync)
            Assert.DoesNotContain(behind.TakeWhile(call => (call.Kind, call.File) != (DiskCallKind.Create, at.File)), call => (call.Kind, call.File) == (DiskCallKind.Sync, at.File));
        if (venue is not null) Judge(venue, at, told, tally);

        // The machine goes down; or only the process does, the venue starts again on what the cache shows, goes on, and then the machine goes down.
        var random = new SeededRandom(seed).Fork((ulong)number);
        var acknowledged = long.Max(venue?.Acknowledged ?? 0, old.Acknowledged);
        Find(disk.Crash(random), acknowledged, venue ?? old);
        var restarted = disk.Kill();
        Find(restarted, acknowledged, venue ?? old);
        var second = new SequencedVenue(restarted, ahead: false);
        second.Trade(random, 15);
        Find(restarted.Crash(random), long.Max(second.Acknowledged, second.Recovered.Sequence), second);
        tally.Acknowledged += acknowledged;
    }

    /// <summary>The venue has stopped with a sentence and touches the log no more; or only a snapshot is lost.</summary>
    private static void Judge(SequencedVenue venue, DiskCall at, List<DiskCall> told, Tally tally)
    {
        Assert.True(venue.AllAnswered, "A sender still waits.");
        tally.Refused += venue.Refused;
        if (venue.Told.Count > 0)
        {
            tally.Stopped++;
            Assert.Contains("Nothing acknowledged is lost", Assert.Single(venue.Told));
            Assert.DoesNotContain(told, call => IsLog(call.File) && call.Kind != DiskCallKind.Delete);
            return;
        }
        Assert.Equal(0, venue.Refused);
        Assert.False(at.Kind is DiskCallKind.Write or DiskCallKind.Sync && IsLog(at.File) && !IsNext(at.File), "A failure of the log went unseen.");
        if (venue.Reports.Count == 0) tally.Unseen++;
        else
        {
            tally.Snapshots++;
            Assert.Contains("The log has everything", Assert.Single(venue.Reports));
        }
    }

    private static bool IsLog(string file) => file.EndsWith(".log", StringComparison.Ordinal) || file.EndsWith(".log.new", StringComparison.Ordinal);

    // A next segment that is not needed before the stop fails nobody.
    private static bool IsNext(string file) => file == "next.log.new";

    private static void Find(SimulatedDisk disk, long least, SequencedVenue venue)
    {
        var machine = new VenueProducts().Machine;
        Recovery.Run(disk, machine, []);
        if (machine.Sequence < least) throw new InvalidOperationException($"{least} was acknowledged, recovery ends at {machine.Sequence}.");
        if (machine.StateHash() != venue.States[machine.Sequence]) throw new InvalidOperationException($"The state at {machine.Sequence} is another.");
        Assert.All(machine.CheckInvariants(), check => Assert.Null(check.Broken));
    }
}
