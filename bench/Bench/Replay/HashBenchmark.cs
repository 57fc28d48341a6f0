using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Core.Kernel;

namespace Sluice.Bench.Replay;

/// <summary>Nothing but hashes: the same flows must give the same lines whatever compiled or runs this code (M-003). Half way the state is saved and
/// loaded into a second venue, which goes on beside the first and must say the same bytes.</summary>
internal static class HashBenchmark
{
    private const int PrefillOfOne = 400;               // one symbol
    private const int PrefillOfMany = 3_000;

    public static int Run(Arguments arguments, Report report)
    {
        var names = arguments.Text("profile") is { } name ? [name] : Profile.All.Select(profile => profile.Name).ToArray();
        var count = arguments.Number("count", 20_000, least: 1000);
        var seeds = arguments.Number("seeds", 3);
        arguments.NoMore();

        var right = true;
        foreach (var profile in names.Select(n => Profile.Find(n) ?? throw new ArgumentsException($"There is no profile '{n}'.")))
        {
            for (var seed = 1; seed <= seeds; seed++)
            {
                report.Doing($"{profile.Name}: seed {seed} of {seeds}");
                var flow = Generator.Generate(profile, (uint)seed, count, profile.Symbols == 1 ? PrefillOfOne : PrefillOfMany);
                foreach (var terms in new[] { VenueTerms.Bare, VenueTerms.Defaults })
                {
                    var (first, restored) = Replayed(flow, terms);
                    var equal = first == restored;
                    right &= equal && (terms != VenueTerms.Bare || (first.Result == flow.Expected && restored.Result == flow.Expected));
                    report.Line($"{profile.Name} seed {seed} {terms.Name}: flow {flow.Sha256()[..16]} tape {first.Result.TapeHash} book {first.Result.BookHash} "
                        + $"events {first.Events:x16} state {first.State:x16} {(equal ? "restored equal" : $"RESTORED DIFFERS: {restored}")}");
                }
            }
        }
        return right ? 0 : 1;
    }

    private static (Hashes First, Hashes Restored) Replayed(OrderFlow flow, VenueTerms terms)
    {
        var first = new VenueReplay(flow, terms) { EventHash = Fold.Start };
        var half = flow.Records.Length / 2;
        first.Run(0, half);
        var second = first.Restored();
        first.Run(half, flow.Records.Length);
        second.Run(half, flow.Records.Length);
        return (Hashes.Of(first), Hashes.Of(second));
    }

    private sealed record Hashes(FlowResult Result, ulong Events, ulong State)
    {
        public static Hashes Of(VenueReplay replay) => new(replay.Result(), replay.EventHash, replay.Venue.Machine.StateHash());
    }
}
