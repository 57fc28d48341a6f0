using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;
using Sluice.Tests;

namespace Sluice.Crash.Tests;

/// <summary>Power lost at any call, and any part of what was not flushed left behind; then the venue goes on, and loses power again.</summary>
public sealed class CrashStateTests
{
    private const int Disks = 400;

    [Fact]
    public void Power_lost_at_any_call_every_durable_command_comes_back_and_none_is_invented()
    {
        var total = new Tally();
        var wanted = Counts.Of(100_000);
        var each = (wanted + Disks - 1) / Disks;
        Parallel.For(0, (wanted + each - 1) / each, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            var lives = new Lives((ulong)number + 1);
            lives.LiveThrough(int.Min(each, wanted - number * each));
            lock (total) total.Add(lives.Tally);
        });
        Assert.Equal(wanted, total.States);
        Assert.True(total.Beyond > 0 && total.Torn > 0 && total.InOpening > 0 && total.Kills > 0 && total.Stops > 0 && total.Snapshots > 0 && total.Verified > 0);
        Assert.True(total.Filled > 0 && total.Reserved > 0);
        Counts.Tell("Crash states", $"{total.States:N0} recovered: {total.Beyond:N0} with commands beyond the last flush, {total.Torn:N0} with a torn tail, "
            + $"{total.Snapshots:N0} from a snapshot; {total.InOpening:N0} of the power losses met the opening before. Beside them {total.Kills:N0} kills and {total.Stops:N0} orderly "
            + $"stops. {total.Commands:N0} commands executed, {total.Verified:N0} folders verified, {total.Filled:N0} segments filled and {total.Reserved:N0} reserved");
    }

    private sealed record Tally
    {
        public int States, Beyond, Torn, Snapshots, InOpening, Kills, Stops, Verified;
        public long Commands, Filled, Reserved;

        public void Add(Tally other)
        {
            (States, Beyond, Torn, Snapshots) = (States + other.States, Beyond + other.Beyond, Torn + other.Torn, Snapshots + other.Snapshots);
            (InOpening, Kills, Stops, Verified) = (InOpening + other.InOpening, Kills + other.Kills, Stops + other.Stops, Verified + other.Verified);
            (Commands, Filled, Reserved) = (Commands + other.Commands, Filled + other.Filled, Reserved + other.Reserved);
        }
    }

    private enum Before { Nothing, PowerLoss, Kill }

    /// <summary>One disk and all that happens to it.</summary>
    private sealed class Lives(ulong seed)
    {
        private const int ReservedFrom = 512;       // about what a flush brings here: some segments are filled, some reserved

        private static readonly ulong Empty = new VenueProducts().Machine.StateHash();

        private readonly SeededRandom random = new(seed);
        private readonly Truth truth = new(Empty);
        private SimulatedDisk disk = new();
        private Before before;
        private long durable;           // whatever happens, this comes back
        private long least;             // and this, as the life before ended

        public Tally Tally { get; } = new();

        public void LiveThrough(int states)
        {
            for (var life = 1; Tally.States < states; life++)
            {
                // A fifth of the lives ends while it recovers or opens.
                var end = 1 + random.Below(random.Chance(200) ? 30 : 200);
                try
                {
                    Live(end);
                }
                catch (Exception error) when (error is not PowerLossException)
                {
                    throw new InvalidOperationException($"Disk {seed}, life {life}, which ends at call {end}: {error.Message}", error);
                }
            }
        }

        private void Live(int end)
        {
            Inspect();
            var part = random.Chance(500) ? 0 : random.Below(4096);
            disk.Faults = call =>
            {
                if (call.Kind == DiskCallKind.Preallocate) Tally.Filled++;
                if (call.Kind == DiskCallKind.Reserve) Tally.Reserved++;
                return call.Number == end ? DiskFault.PowerLoss(part) : default;
            };
            var options = new LogOptions(random.Chance(500) ? 8192 : 6144, random.Chance(500) ? new AtOnce() : null, ReservedFrom);
            var recovered = -1L;
            RunningVenue? venue = null;
            try
            {
                venue = new RunningVenue(disk, truth, least, options, recovered: sequence => Note(recovered = sequence));
                if (venue.Recovered.End.Kind == LogEndKind.TornTail && before == Before.PowerLoss) Tally.Torn++;
                if (venue.Recovered.SnapshotSequence > 0 && before == Before.PowerLoss) Tally.Snapshots++;
                var from = venue.Machine.Sequence;
                durable = from;
                while (!venue.Stopped) venue.Step(random);
                Tally.Commands += venue.Machine.Sequence - from;
            }
            catch (PowerLossException)
            {
                if (venue is null && recovered >= 0) Tally.InOpening++;
            }
            if (venue is not null) durable = venue.Log.DurableSequence;
            least = durable;
            if (venue is { Stopped: true }) Tally.Stops++;
            if (venue is not { Stopped: true } && random.Chance(900))
            {
                disk = disk.Crash(random);
                before = Before.PowerLoss;
                return;
            }
            if (venue is not { Stopped: true }) Tally.Kills++;
            if (venue is not null) least = venue.Log.LastSequence;
            disk = disk.Kill();
            before = Before.Kill;
        }

        private void Note(long sequence)
        {
            if (before != Before.PowerLoss) return;
            Tally.States++;
            if (sequence > durable) Tally.Beyond++;
            durable = sequence;         // read from the platter, it stays there
        }

        private void Inspect()
        {
            if (truth.Invented(disk.Kill()) is { } invented) throw new InvalidOperationException($"The log has {invented}, which was never written.");
            if (!random.Chance(20)) return;
            var products = new VenueProducts();
            var found = Verification.Run(disk.Kill(), products.Machine);
            if (found.Problems.Count > 0) throw new InvalidOperationException($"Verification finds: {found.Problems[0]}");
            truth.Check(products.Machine, least);
            Tally.Verified++;
        }
    }
}
