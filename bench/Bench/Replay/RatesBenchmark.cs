using Sluice.Bench.Bound;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Replay;

/// <summary>One line for another process to read: commands per CPU second of bound, order books and core, as this runtime or this build runs them.</summary>
internal static class RatesBenchmark
{
    public static int Run(Arguments arguments, Report report)
    {
        var asked = FlowArguments.Read(arguments, Profile.Mixed1);
        arguments.NoMore();
        var right = true;
        foreach (var profile in asked.Profiles)
        {
            var flow = asked.Flow(profile, report);
            Contender[] contenders = [new("bound", f => new BoundReplay(f)), new("matching", f => new BookReplay(f, FlowCommands.CapacityFor(f))), new("core", f => new VenueReplay(f, VenueTerms.Fees, FlowCommands.CapacityFor(f)))];
            Contender.Interleave(flow, asked.Runs, report, contenders);
            report.Line($"rates {profile.Name} {string.Join(' ', contenders.Select(one => $"{one.Name} {one.PerCpuSecond.Median:0}"))}");
            right &= Array.TrueForAll(contenders, one => one.Right);
        }
        return right ? 0 : 1;
    }
}
