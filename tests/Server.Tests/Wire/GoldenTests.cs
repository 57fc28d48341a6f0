using Sluice.Server.Tests.Venue;

namespace Sluice.Server.Tests.Wire;

/// <summary>Every golden file, played against the whole venue while its markets move.</summary>
public sealed class GoldenTests(WholeVenue venue) : IClassFixture<WholeVenue>
{
    public static TheoryData<string> Files => [.. GoldenFile.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Answers_as_the_golden_file_says(string operation) => Assert.Empty(await new GoldenRun(GoldenFile.All[operation], venue).PlayAsync());
}
