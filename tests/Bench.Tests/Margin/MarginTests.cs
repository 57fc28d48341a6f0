using Sluice.Bench.Margin;
using Sluice.Bench.Measure;

namespace Sluice.Bench.Tests.Margin;

public class MarginTests
{
    // Of three runs the one that allocated least counts: the runtime may compile on the measured thread.
    [Fact]
    public void Every_piece_equals_the_same_with_integers_of_any_size_and_allocates_nothing()
    {
        using var result = new StringWriter();
        Assert.Equal(0, MarginBenchmark.Run(new Arguments(["--runs", "3", "--rounds", "1"]), new Report(result, TextWriter.Null)));
        var rows = result.ToString().Split('\n').Where(line => line.StartsWith("linear", StringComparison.Ordinal) || line.StartsWith("inverse", StringComparison.Ordinal)).ToArray();
        Assert.Equal(22, rows.Length);
        Assert.All(rows, row => Assert.Matches(@"\)\s+0\s", row));
    }
}
