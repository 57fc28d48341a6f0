using System.Globalization;
using Sluice.Tests;

namespace Sluice.Simulation.Tests;

/// <summary>The whole exchange from seeds, with faults. The counts of a run stand in docs/operating/reliability.md.</summary>
public sealed class SimulationTests
{
    public static TheoryData<ulong> Kept =>
        [.. File.ReadLines("kept-seeds.txt").Where(line => line.Length > 0 && line[0] != '#').Select(line => ulong.Parse(line.Split()[0], CultureInfo.InvariantCulture))];

    [Fact]
    public void Nothing_acknowledged_is_lost_in_any_seed()
    {
        var seeds = SeedRange.Run(1, (ulong)Counts.Of(1_000));
        Counts.Tell("Simulation", string.Join(Environment.NewLine + "  ", seeds.Summary()));
        Assert.Empty(seeds.Failures.Select(failure => failure.ToString()));
        Assert.True(seeds.FewestCommands >= 2_000 && seeds.FewestCrashes >= 3 && seeds.FewestFaults >= 10, "a seed did less than it should");
        Assert.True(seeds.Total.SegmentsFilled > 0 && seeds.Total.SegmentsReserved > 0, "segments were made in one way only");
        Assert.True(seeds.CommandsPerSecond >= 20, "fewer than 20 client commands in a simulated second");
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void A_seed_that_failed_once_does_not_fail_again(ulong seed) => Assert.True(SimulatedExchange.Run(seed).Answered > 0);

    [Fact]
    public void A_seed_is_the_same_world_every_time()
    {
        var (first, second) = (SimulatedExchange.Run(77), SimulatedExchange.Run(77));
        Assert.Equal((first.Steps, first.Sequence, first.StateHash, first.SimulatedNanos), (second.Steps, second.Sequence, second.StateHash, second.SimulatedNanos));
        Assert.NotEqual(first.StateHash, SimulatedExchange.Run(78).StateHash);
    }
}
