using System.Xml.Linq;
using Sluice.Bench.All;
using Sluice.Bench.Measure;

namespace Sluice.Bench.Tests.All;

/// <summary>The table over all loads, its Markdown and its plots.</summary>
public class ReportTests
{
    private static readonly Figure[] Figures =
    [
        new("more is better", 0.5, 0.3, 0.6, "×"), new("less is better", 100, 300, 150, "ns", Better.Less), new("neither", 10, 2, 1, "MB", Better.Less, "a | b"),
        new("only a goal", 0, double.PositiveInfinity, 0, "", Better.Less),
    ];

    [Fact]
    public void A_figure_knows_what_it_reaches()
    {
        Assert.Equal(["must", "goal", "no", "goal"], Figures.Select(figure => figure.Reached));
        Assert.Equal([0.5 / 0.6, 1.5, 0.1, 1], Figures.Select(figure => figure.OfGoal));
        using var text = new StringWriter();
        Figure.TableOf(Figures).Print(text);
        Assert.Contains("more is better", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("≤ 300 ns", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plots_are_well_formed_and_name_everything()
    {
        var bars = XDocument.Parse(Plots.OfGoal(Figures));
        Assert.All(Figures, figure => Assert.Contains(bars.Descendants(), element => element.Value == figure.Name));
        var curve = new Curve("a <curve>", [.. Curve.Quantiles.Select(quantile => (quantile, 100 + 1000 * quantile))]);
        var lines = XDocument.Parse(Plots.Percentiles([curve]));
        Assert.Contains(lines.Descendants(), element => element.Value == "a <curve>");
        Assert.Single(lines.Descendants(), element => element.Name.LocalName == "polyline");
        XDocument.Parse(Plots.Percentiles([]));
    }

    [Fact]
    public void The_document_holds_every_load_and_says_what_was_wrong()
    {
        var loads = new[] { new Outcome("one", "its text\n", Figures, [], null), new Outcome("two", "", [], [], "it fell over") };
        var text = Document.Text(loads, Figures, [], quick: true);
        Assert.Contains("its figures mean nothing", text, StringComparison.Ordinal);
        Assert.Contains("| neither | 10.0 MB | ≤ 2.00 MB | ≤ 1.00 MB | 0.10 | no | a \\| b |", text, StringComparison.Ordinal);
        Assert.Contains("**Wrong: it fell over.**", text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_runs_its_loads_quickly_and_writes_the_report()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench").FullName;
        try
        {
            using var text = new StringWriter();
            var report = new Report(text, TextWriter.Null);
            Assert.Equal(0, AllBenchmark.Run(new Arguments(["--quick", "--only", "matching,memory", "--out", folder]), report));
            Assert.Equal(["goals.svg", "latency.svg", "report.md"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
            Assert.Contains("memory, resting order", File.ReadAllText(Path.Combine(folder, "report.md")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Theory]
    [InlineData("--only", "nothing")]
    [InlineData("--quick", "yes")]
    [InlineData("--out")]
    [InlineData("stray")]
    public void A_call_that_is_not_understood_is_refused(params string[] args) =>
        Assert.Throws<ArgumentsException>(() => AllBenchmark.Run(new Arguments(args), new Report(TextWriter.Null, TextWriter.Null)));

    [Fact]
    public void Latency_runs_end_in_the_flows_result()
    {
        using var text = new StringWriter();
        var report = new Report(text, TextWriter.Null);
        Assert.Equal(0, Sluice.Bench.Replay.LatencyBenchmark.Run(new Arguments(["--profile", "mixed1", "--count", "5000", "--runs", "1"]), report));
        Assert.Equal(3, report.Figures.Count);
        Assert.Equal(2, report.Curves.Count);
    }
}
