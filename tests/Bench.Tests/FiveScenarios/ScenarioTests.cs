using System.Text;
using Sluice.Bench.FiveScenarios;

namespace Sluice.Bench.Tests.FiveScenarios;

/// <summary>Against the hashes the public benchmark publishes. Where the C library rounds its exponentials otherwise than glibc, the flow itself may differ.</summary>
public class ScenarioTests
{
    public static TheoryData<string> Names => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Everything_the_order_book_reports_is_what_was_published(string name)
    {
        var scenario = Scenario.All.Single(one => one.Name == name);
        var flow = ScenarioFlow.Draw(scenario, Scenario.PublishedOrders, Scenario.PublishedSeed);
        Assert.Equal(1_996_097, flow.Length);
        using var lines = new CanonicalReports();
        new ScenarioReplay(flow).Run(0, flow.Length, lines);
        Assert.Equal(scenario.Sha256, lines.Sha256());
    }

    [Fact]
    public void Lines_are_written_as_described()
    {
        Message[] flow =
        [
            new() { Type = MessageType.New, OrderId = 7, Side = 1, Price = 101, Quantity = 5 },
            new() { Type = MessageType.New, OrderId = 3, Side = 0, Price = 102, Quantity = 2 },
            new() { Type = MessageType.New, OrderId = 4, Side = 0, Price = 101, Quantity = 9, Immediate = true },
            new() { Type = MessageType.Cancel, OrderId = 7 },
            new() { Type = MessageType.New, OrderId = 5, Side = 0, Price = 100, Quantity = 1 },
            new() { Type = MessageType.Modify, OrderId = 5, Side = 0, Price = 101, Quantity = 2 },
            new() { Type = MessageType.Cancel, OrderId = 5, Side = 0 },
            new() { Type = MessageType.Modify, OrderId = 5, Side = 0, Price = 101, Quantity = 2 },
        ];
        const string Lines = "0,0,1,7,101,5\n0,1,0,3,102,2\n1,1,101,2,7,3\n0,2,0,4,101,9\n1,2,101,3,7,4\n2,2,0,4,101\n4,3,7\n0,4,0,5,100,1\n3,5,0,5,101,2\n2,6,0,5,101\n5,7,5";
        using var lines = new CanonicalReports();
        new ScenarioReplay(flow).Run(0, flow.Length, lines);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(Lines))), lines.Sha256());
    }
}
