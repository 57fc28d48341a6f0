using Sluice.Server.Tests.Venue;

namespace Sluice.Server.Tests.Wire;

/// <summary>Every golden file, played against the whole venue while its markets move.</summary>
public sealed class GoldenTests(WholeVenue venue) : IClassFixture<WholeVenue>
{
    /// <summary>Those of contracts are played where prices stand still.</summary>
    public static TheoryData<string> Files => [.. GoldenFile.All.Where(file => !Api.Futures.FuturesGoldenTests.IsOfContracts(file.Value)).Select(file => file.Key).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Answers_as_the_golden_file_says(string operation) => Assert.Empty(await new GoldenRun(GoldenFile.All[operation], venue).PlayAsync());
}
