using Sluice.Core.Kernel;
using Sluice.Tests;

namespace Sluice.Simulation.Mutants;

/// <summary>A check that cannot fail proves nothing: each deliberate fault must be caught, and without one nothing may be.</summary>
public sealed class MutantTests
{
    private const ulong SeedsMost = 1_000;

    public static TheoryData<Mutation> All => [.. Enum.GetValues<Mutation>().Where(mutation => mutation != Mutation.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void The_simulation_catches(Mutation mutation)
    {
        var failed = FirstFailure(mutation, SeedsMost);
        Assert.True(failed is not null, $"{mutation} went unnoticed in {SeedsMost} seeds");
        Assert.Contains($"sluice simulate --seeds {failed.Seed}..{failed.Seed}", failed.Message, StringComparison.Ordinal);
        Counts.Tell($"Mutant {mutation}", $"caught by seed {failed.Seed} at step {failed.Step}: {failed.InnerException!.Message}");
    }

    [Fact]
    public void Without_a_fault_nothing_is_caught() => Assert.Null(FirstFailure(Mutation.None, 50)?.Message);

    [Fact]
    public void A_failure_comes_again_at_the_same_step()
    {
        var first = FirstFailure(Mutation.LoseFee, SeedsMost)!;
        var second = FirstFailure(Mutation.LoseFee, SeedsMost)!;
        Assert.Equal((first.Seed, first.Step, first.Message), (second.Seed, second.Step, second.Message));
    }

    private static SimulationFailedException? FirstFailure(Mutation mutation, ulong seeds)
    {
        Mutant.Set(mutation);
        try
        {
            for (ulong seed = 1; seed <= seeds; seed++) SimulatedExchange.Run(seed);
            return null;
        }
        catch (SimulationFailedException failed)
        {
            return failed;
        }
        finally
        {
            Mutant.Set(Mutation.None);
        }
    }
}
