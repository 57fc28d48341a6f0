using Sluice.Crash.Tests.Kit;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;

namespace Sluice.Crash.Tests;

/// <summary>A flush that failed marks its pages clean: the next process sees frames that no flush of its own brings to the disk.</summary>
public sealed class LostFlushTests
{
    private static readonly LogOptions Segments = new(8192);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_failed_flush_left_in_memory_only_is_durable_once_the_venue_goes_on_from_it(bool mark)
    {
        for (var seed = 1ul; seed <= 200; seed++)
        {
            var random = new SeededRandom(seed);
            var truth = new Truth(new VenueProducts().Machine.StateHash());
            var disk = new SimulatedDisk();
            var venue = new RunningVenue(disk, truth, 0, Segments);
            venue.Append(random, 6);
            venue.Log.Sync();
            if (!mark) venue.Append(random, 6);
            disk.Faults = call => call.Kind == DiskCallKind.Sync ? DiskFault.LostSync : default;
            Assert.Throws<LogFailedException>(() =>
            {
                if (mark) venue.TakeSnapshot();
                else venue.Log.Sync();
            });

            var restarted = disk.Kill();
            var again = new RunningVenue(restarted, truth, mark ? 6 : 12, Segments);
            again.Append(random, 3);
            again.Log.Sync();
            var machine = new VenueProducts().Machine;
            Recovery.Run(restarted.Crash(random), machine, []);
            truth.Check(machine, again.Log.DurableSequence);
        }
    }
}
