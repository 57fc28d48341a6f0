using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Api.Futures;

/// <summary>The golden files of contracts, played against a venue whose prices stand still.</summary>
public sealed class FuturesGoldenTests(FuturesVenue venue) : IClassFixture<FuturesVenue>
{
    public static TheoryData<string> Files => [.. GoldenFile.All.Values.Where(IsOfContracts).Select(file => file.Operation.Name).Order(StringComparer.Ordinal)];

    internal static bool IsOfContracts(GoldenFile file) => file.Operation.Group is "futures" or "delivery";

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Answers_as_the_golden_file_says(string operation) => Assert.Empty(await new GoldenRun(GoldenFile.All[operation], venue).PlayAsync());
}
