using Sluice.Bench.Measure;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Tests.Replay;

public class ModesTests
{
    [Fact]
    public void Rates_is_one_line_that_another_process_can_read()
    {
        using var text = new StringWriter();
        Assert.Equal(0, RatesBenchmark.Run(new Arguments(["--count", "2000", "--runs", "1"]), new Report(text, TextWriter.Null)));
        Assert.Matches(@"^rates mixed1 bound \d+ matching \d+ core \d+\s*$", text.ToString());
    }
}
