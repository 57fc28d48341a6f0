using Sluice.Server.Compatibility;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Compatibility;

public sealed class CompatibilityPageTests
{
    private static readonly Differences Nothing = new() { Operations = [], Channels = [], Absent = [] };

    /// <summary>After a change of what is implemented: run the tests once with SLUICE_UPDATE_DOCS=1 and commit the page.</summary>
    [Fact]
    public void The_committed_page_is_what_the_build_renders()
    {
        var path = Path.Combine(Repository.Root, "docs", "compatibility.md");
        var page = CompatibilityPage.Render(Implemented.ByThisBuild, Differences.Committed);
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_DOCS") == "1") File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path));
    }

    [Fact]
    public void The_tables_are_complete()
    {
        Assert.Equal(527, WireTables.AllOperations.Count);
        Assert.Equal(109, WireTables.Channels.Count);
        Assert.Equal(527, WireTables.AllOperations.Select(operation => operation.Name).Distinct().Count());
        Assert.Equal(109, WireTables.Channels.Select(channel => channel.Key).Distinct().Count());
    }

    [Fact]
    public void Implemented_is_done_implemented_with_a_difference_is_partial_the_rest_is_absent()
    {
        var implemented = new ImplementedOperations(new HashSet<string> { "spot.createOrder", "spot.listTickers" }, new HashSet<string> { "spot:spot.tickers" });
        var differences = Nothing with { Operations = new() { ["spot.listTickers"] = "no ETF values", ["spot.listTrades"] = "not shown: not built" } };
        var page = CompatibilityPage.Render(implemented, differences);
        Assert.Contains("## REST operations: 1 done, 1 partial, 525 absent of 527\n", page);
        Assert.Contains("## WebSocket channels: 1 done, 0 partial, 108 absent of 109\n", page);
        Assert.Contains("| `POST /spot/orders` | done |  |\n", page);
        Assert.Contains("| `GET /spot/tickers` | partial | no ETF values |\n", page);
        Assert.Contains("| `GET /spot/trades` | absent |  |\n", page);
        Assert.Contains("| `spot.tickers` | done |  |\n", page);
    }

    [Fact]
    public void A_name_that_the_dialect_does_not_have_is_refused()
    {
        var misspelt = new ImplementedOperations(new HashSet<string> { "spot.createOrders" }, new HashSet<string>());
        Assert.Throws<InvalidDataException>(() => CompatibilityPage.Render(misspelt, Nothing));
        Assert.Throws<InvalidDataException>(() => CompatibilityPage.Render(ImplementedOperations.None, Nothing with { Channels = new() { ["spot:spot.x"] = "" } }));
    }
}
