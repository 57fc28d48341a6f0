using Sluice.Server.Tests.Api.Spot;

namespace Sluice.Server.Tests.Wire;

/// <summary>Every golden file of group spot, played against spot alone with a maker that stands still.</summary>
public sealed class GoldenSpotTests(SpotVenue venue) : IClassFixture<SpotVenue>
{
    public static TheoryData<string> Files => [.. GoldenFile.All.Keys.Where(name => name.StartsWith("spot.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Answers_as_the_golden_file_says(string operation) => Assert.Empty(await new GoldenRun(GoldenFile.All[operation], venue).PlayAsync());
}
