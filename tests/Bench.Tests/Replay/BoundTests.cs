using Sluice.Bench.Bound;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Tests.Replay;

/// <summary>What figures are set against does the same work: every trade, refusal and resting order of the flow.</summary>
public class BoundTests
{
    [Theory]
    [InlineData("mixed1", 400)]
    [InlineData("ec1", 400)]
    [InlineData("ec1000", 3_000)]
    [InlineData("mixed1000", 3_000)]
    public void The_bound_and_the_order_books_alone_agree_with_the_flow(string name, int prefill)
    {
        for (uint seed = 1; seed <= 5; seed++)
        {
            var flow = Generator.Generate(Profile.Find(name)!, seed, 20_000, prefill);
            Assert.Equal(flow.Expected, Whole(new BoundReplay(flow), flow));
            Assert.Equal(flow.Expected, Whole(new BookReplay(flow), flow));
        }
    }

    [Fact]
    public void Prices_far_from_the_middle_widen_the_window()
    {
        // A book that begins at both ends of the price range, and another that trades across it.
        var lowest = OrderFlow.LowestPrice;
        var highest = OrderFlow.HighestPrice;
        FlowRecord[] records =
        [
            Order(1, FlowOp.Add, 0, lowest, 5), Order(2, FlowOp.Add, 1, highest, 7), Order(3, FlowOp.Add, 0, lowest + 1000, 1),
            Order(4, FlowOp.Ioc, 1, lowest, 6), Order(2, FlowOp.Cancel, 1, 0, 0), Order(5, FlowOp.Add, 1, highest - 20_000, 2), Order(6, FlowOp.Ioc, 0, highest, 9),
        ];
        var tape = new Tape();
        tape.Trade(3, 4, lowest + 1000, 1);
        tape.Trade(1, 4, lowest, 5);
        tape.Trade(5, 6, highest - 20_000, 2);
        var expected = new FlowResult(3, 8, 0, tape.Text, 0, 0, new Tape().Text);
        foreach (var profile in new[] { Profile.Mixed1, Profile.Mixed1000 })
        {
            var flow = new OrderFlow(profile, 0, 0, records, 6, expected);
            Assert.Equal(expected, Whole(new BoundReplay(flow), flow));
        }
    }

    [Fact]
    public void Neither_allocates_per_command_once_warm()
    {
        var flow = Generator.Generate(Profile.Mixed1, 3, 60_000, 200);
        foreach (var replay in new IReplay[] { new BoundReplay(flow), new BookReplay(flow) })
        {
            var warm = flow.Records.Length * 2 / 3;
            replay.Run(0, warm);
            var before = GC.GetAllocatedBytesForCurrentThread();
            replay.Run(warm, flow.Records.Length);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static FlowRecord Order(ulong id, FlowOp op, byte side, uint price, uint quantity) =>
        new() { Op = op, Side = side, OrderId = id, Price = price, Quantity = quantity, Account = 1 };

    private static FlowResult Whole(IReplay replay, OrderFlow flow)
    {
        replay.Run(0, flow.Records.Length);
        return replay.Result();
    }
}
