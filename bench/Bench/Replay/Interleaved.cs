using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Replay;

/// <summary>One engine's runs of a flow.</summary>
internal sealed class Contender(string name, Func<OrderFlow, IReplay> make)
{
    public string Name => name;

    public List<Cost> Runs { get; } = [];

    /// <summary>Every run came out as the flow says; the warm-up too.</summary>
    public bool Right { get; private set; } = true;

    public Spread PerCpuSecond => Spread.Of(Runs.Select(run => run.PerCpuSecond));

    public Spread PerWallSecond => Spread.Of(Runs.Select(run => run.PerWallSecond));

    /// <summary>Ratio of the medians, and the range of the ratios of runs that stood side by side.</summary>
    public Spread Of(Contender other) =>
        Spread.Of(Runs.Zip(other.Runs, (own, its) => own.PerCpuSecond / its.PerCpuSecond)) with { Median = PerCpuSecond.Median / other.PerCpuSecond.Median };

    public void Run(OrderFlow flow, bool counts)
    {
        var replay = make(flow);
        if (Turns.Measure(replay, flow) is var cost && counts) Runs.Add(cost);
        Right &= replay.Result() == flow.Expected;
    }

    /// <summary>Takes turns, so that what the machine does beside it falls on all alike; the first round only warms the code up.</summary>
    public static void Interleave(OrderFlow flow, int runs, Report report, params ReadOnlySpan<Contender> contenders)
    {
        for (var run = 0; run <= runs; run++)
        {
            report.Doing(run == 0 ? $"{flow.Profile.Name}: warming up" : $"{flow.Profile.Name}: run {run} of {runs}");
            foreach (var contender in contenders) contender.Run(flow, run > 0);
        }
    }
}

/// <summary>How a flow is executed so that its cost can be read.</summary>
internal static class Turns
{
    private const int CommandsPerTurn = 4096;
    private const double WarmShare = 0.1;               // of the measured commands, before bytes are counted

    // As the venue's own thread does: turns of some thousand commands. One call for all of them would run in code compiled while it ran, for the
    // place it had reached, and measure that compiler instead.
    public static void Run(IReplay replay, int from, int to)
    {
        for (; from < to; from += CommandsPerTurn) replay.Run(from, int.Min(from + CommandsPerTurn, to));
    }

    /// <summary>Time counts from the first measured command, bytes from where every array has its size.</summary>
    public static Cost Measure(IReplay replay, OrderFlow flow)
    {
        Run(replay, 0, flow.Prefill);
        GC.Collect();
        var warm = flow.Prefill + (int)(flow.Measured * WarmShare);
        var first = Cost.Of(warm - flow.Prefill, () => Run(replay, flow.Prefill, warm));
        var second = Cost.Of(flow.Records.Length - warm, () => Run(replay, warm, flow.Records.Length));
        return new Cost(flow.Measured, first.CpuSeconds + second.CpuSeconds, first.WallSeconds + second.WallSeconds, (long)(second.BytesPerCommand * flow.Measured));
    }
}
