using System.Diagnostics;
using System.Xml.Linq;
using Sluice.Bench.All;
using Sluice.Bench.Measure;

namespace Sluice.Bench.Tests.All;

/// <summary>The table over all loads, its Markdown and its plots.</summary>
public class ReportTests
{
    private static readonly Figure[] Figures =
    [
        new("more is better", new Spread(0.5, 0.4, 0.7), 0.3, 0.6, "×") { Used = new Usage(5, 100, 200, 300, 0, 1, 0, 0, null) }, new("less is better", 100, 300, 150, "ns", Better.Less), new("neither", 10, 2, 1, "MB", Better.Less, "a | b"),
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
        var loads = new[]
        {
            new Outcome("one", "its text\n", Figures, [], null) { LoadBefore = "0.50", LoadAfter = "1.50", Took = TimeSpan.FromSeconds(12) },
            new Outcome("two", "", [], [], "it fell over"),
        };
        var text = Document.Text(loads, quick: true);
        Assert.Contains("its figures mean nothing", text, StringComparison.Ordinal);
        Assert.Contains("| load | must | goal | measured | spread | reached | of goal | detail |", text, StringComparison.Ordinal);
        Assert.Contains("| more is better | ≥ 0.300 × | ≥ 0.600 × | 0.500 × | 0.400-0.700 | must | 0.83 |  |", text, StringComparison.Ordinal);
        Assert.Contains("| neither | ≤ 2.00 MB | ≤ 1.00 MB | 10.0 MB | - | no | 0.10 | a \\| b |", text, StringComparison.Ordinal);
        Assert.Contains("| two |  |  | FAILED |  | no |  | it fell over |", text, StringComparison.Ordinal);
        Assert.Contains("**Wrong: it fell over**", text, StringComparison.Ordinal);
        Assert.Contains("| more is better | 5 | 100 | 200 | 300 | 0.00 | 1/0/0 | not counted |", text, StringComparison.Ordinal);
        Assert.Contains("| one | 12 | 0.50 | 1.50 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_comes_back_as_it_was_written()
    {
        var file = Path.GetTempFileName();
        try
        {
            new Sheet(true, Figures, [new Curve("times", [(0.5, 100), (1, 200)])]).Write(file);
            var read = Sheet.Read(file);
            Assert.True(read.Right);
            Assert.Equal(Figures, read.Figures);
            Assert.Equal([(0.5, 100), (1, 200)], Assert.Single(read.Curves).Points);
            File.WriteAllText(file, "{");
            Assert.Throws<InvalidDataException>(() => Sheet.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void All_runs_its_loads_in_processes_of_their_own_and_writes_the_report()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench").FullName;
        try
        {
            using var text = new StringWriter();
            var started = new List<string>();
            Assert.Equal(0, AllBenchmark.Run(new Arguments(["--quick", "--only", "matching,memory", "--out", folder]), new Report(text, TextWriter.Null), arguments =>
            {
                started.Add(string.Join(' ', arguments[..3]));
                return Cli(arguments);
            }));
            Assert.Equal(["bench matching --profile", "bench matching --profile", "bench matching --profile", "bench matching --profile", "bench memory --orders"], started);
            Assert.Equal(["goals.svg", "latency.svg", "report.md"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
            var report = File.ReadAllText(Path.Combine(folder, "report.md"));
            Assert.Contains("| memory, resting order | ≤ 128 B |", report, StringComparison.Ordinal);
            Assert.Contains("| matching ec1000, of bound | ≥ 0.250 |", report, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Theory]
    [InlineData("--nonsense", "1")]                      // understood by nobody: exit code 2
    [InlineData("--dir", "/proc/nowhere")]               // an exception nobody catches
    public void A_load_whose_process_fails_is_a_failure_and_no_gap(string option, string value)
    {
        using var text = new StringWriter();
        var code = AllBenchmark.Run(new Arguments(["--quick", "--only", "recovery"]), new Report(text, TextWriter.Null), arguments => Cli([.. arguments, option, value]));
        Assert.Equal(1, code);
        Assert.Contains("1 of 1 loads FAILED", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("WRONG recovery: it ended with exit code", text.ToString(), StringComparison.Ordinal);
    }

    private static ProcessStartInfo Cli(string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "sluice.dll"), .. arguments]);

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
