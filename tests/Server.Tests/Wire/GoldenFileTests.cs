using Sluice.Server.Compatibility;

namespace Sluice.Server.Tests.Wire;

public sealed class GoldenFileTests
{
    public static TheoryData<string> Files => [.. GoldenFile.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Expects_every_property_of_the_schema(string operation) =>
        Assert.Empty(SchemaCoverage.Check(GoldenFile.All[operation], Differences.Committed));

    [Theory]
    [MemberData(nameof(Files))]
    public void Private_operations_have_a_refusal_without_a_key(string operation)
    {
        var file = GoldenFile.All[operation];
        Assert.Equal(!file.Operation.IsPublic, file.List("refusals").Any(refusal => (string?)refusal["label"] == "MISSING_REQUIRED_HEADER"));
    }

    [Fact]
    public void What_is_named_as_left_out_exists() => Assert.Empty(Differences.Committed.Absent
        .SelectMany(entry => entry.Value.Keys.Where(property => !SchemaCoverage.Has(entry.Key, property)).Select(property => $"{entry.Key}.{property}")));

    [Fact]
    public void Every_operation_that_is_built_has_a_golden_file() => Assert.Empty(Compatibility.Implemented.Built.Except(GoldenFile.All.Keys));
}
