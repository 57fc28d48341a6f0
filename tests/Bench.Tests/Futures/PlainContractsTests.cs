using Sluice.Bench.Futures;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Tests.Futures;

public class PlainContractsTests
{
    // F-107, F-111, F-115, F-116, F-154, F-162, F-165, F-166, F-180, F-183, F-193, F-202: no sum, bound or trigger of the machine decides otherwise than the rules
    // computed anew, in one contract and in several.
    [Theory]
    [InlineData(1, 200, 1)]
    [InlineData(8, 400, 2)]
    public void A_strained_flow_of_contracts_is_decided_as_the_plain_calculator_decides(int symbols, int accounts, uint seed)
    {
        var profile = Profile.Mixed1 with { Symbols = symbols, Accounts = accounts, Resting = 1000 * symbols };
        var followed = FuturesBenchmark.Strain(Generator.Generate(profile, seed, 60_000), int.MaxValue);
        Assert.True(followed.Difference is null, followed.Difference);
        Assert.InRange(followed.Refusals, 600, long.MaxValue);
        Assert.InRange(followed.Rounds, 1, long.MaxValue);
    }
}
