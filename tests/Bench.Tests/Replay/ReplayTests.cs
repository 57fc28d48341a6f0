using Sluice.Bench.OrderGen;
using Sluice.Bench.Plain;
using Sluice.Bench.Replay;

namespace Sluice.Bench.Tests.Replay;

/// <summary>The venue does what the flow's own book did: every trade in order, every refusal, every order that rests.</summary>
public class ReplayTests
{
    public static TheoryData<string> Profiles => [.. Profile.All.Select(profile => profile.Name)];

    [Theory, MemberData(nameof(Profiles))]
    public void M_001_tape_and_book_equal_the_flow_for_every_profile(string name)
    {
        var flow = Small(name);
        var replay = new VenueReplay(flow, VenueTerms.Bare);
        replay.Run(0, flow.Records.Length);
        Assert.Equal(flow.Expected, replay.Result());
        Assert.All(replay.Venue.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void The_plain_book_agrees(string name)
    {
        var flow = Small(name);
        var replay = new PlainReplay(flow);
        replay.Run(0, flow.Records.Length);
        Assert.Equal(flow.Expected, replay.Result());
    }

    [Fact]
    public void Invariants_hold_with_the_defaults_on()
    {
        var flow = Small(Profile.Mixed1.Name);
        var replay = new VenueReplay(flow, VenueTerms.Defaults);
        replay.Run(0, flow.Records.Length);
        Assert.All(replay.Venue.Machine.CheckInvariants(), check => Assert.Null(check.Broken));
    }

    [Fact]
    public void Nothing_is_allocated_per_command_once_warm()
    {
        var flow = Generator.Generate(Profile.Mixed1, 3, 60_000, 200);
        var replay = new VenueReplay(flow, VenueTerms.Bare);
        var warm = flow.Records.Length * 2 / 3;
        replay.Run(0, warm);
        var before = GC.GetAllocatedBytesForCurrentThread();
        replay.Run(warm, flow.Records.Length);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // The runtime compiles loops on the thread that runs them, and now and then makes an object of its own for it: not in every pass, as commands would.
    [Theory, MemberData(nameof(Profiles))]
    public void Nothing_is_allocated_per_command_below_what_is_reserved(string name)
    {
        var flow = Small(name);
        var capacity = FlowCommands.CapacityFor(flow);
        foreach (var make in new Func<IReplay>[] { () => new VenueReplay(flow, VenueTerms.Fees, capacity), () => new BookReplay(flow, capacity) })
        {
            Assert.Contains(0, Enumerable.Range(0, 4).Select(_ => Allocated(make())));
        }

        long Allocated(IReplay replay)
        {
            var warm = flow.Prefill + flow.Measured / 10;           // a book grows to the width of its prices
            replay.Run(0, warm);
            var before = GC.GetAllocatedBytesForCurrentThread();
            replay.Run(warm, flow.Records.Length);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(flow.Expected, replay.Result());
            return allocated;
        }
    }

    private static OrderFlow Small(string name)
    {
        var profile = Profile.Find(name)!;
        return Generator.Generate(profile, 3, 20_000, profile.Symbols == 1 ? 400 : 3_000);
    }
}
