using System.Diagnostics;
using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;

namespace Sluice.Bench.Replay;

/// <summary>One engine's runs of a flow.</summary>
internal sealed class Contender(string name, Func<OrderFlow, IReplay> make)
{
    private const double LeastSeconds = 0.3;            // of a run of 3,000,000 commands; shorter ones in proportion
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(120);

    public string Name => name;

    public List<Cost> Runs { get; } = [];

    /// <summary>Every run came out as the flow says; the warm-up too.</summary>
    public bool Right { get; private set; } = true;

    public Spread PerCpuSecond => Spread.Of(Runs.Select(run => run.PerCpuSecond));

    /// <summary>By the time of all threads of the process.</summary>
    public Spread PerProcessSecond => Spread.Of(Runs.Select(run => run.Commands / run.ProcessCpuSeconds));

    public Usage Used => Usage.Of(Runs);

    public double BytesPerCommand => Spread.Of(Runs.Select(run => run.BytesPerCommand)).Median;

    public (int Gen0, int Gen1, int Gen2) Collections => Runs.Aggregate(default(Cost), (sum, run) => sum + run).Collections;

    /// <summary>Instructions a command as text.</summary>
    public string Instructions =>
        Runs.TrueForAll(run => run.Instructions is not null)
            ? Table.Number(Spread.Of(Runs.Select(run => (double)run.Instructions!.Value / run.Commands)).Median, "0")
            : "not available";

    public Spread PerWallSecond => Spread.Of(Runs.Select(run => run.PerWallSecond));

    /// <summary>Ratio of the medians, and the range of the ratios of runs that stood side by side.</summary>
    public Spread Of(Contender other) =>
        Spread.Of(Runs.Zip(other.Runs, (own, its) => own.PerCpuSecond / its.PerCpuSecond)) with { Median = PerCpuSecond.Median / other.PerCpuSecond.Median };

    /// <summary>Beside the bound only, in one line: to compare builds. False when either came out otherwise than the flow says.</summary>
    public bool RunAlone(OrderFlow flow, int runs, Report report, Contender bound)
    {
        Interleave(flow, runs, report, bound, this);
        report.Line($"{flow.Profile.Name}: {PerCpuSecond.Text(unit: 1e6)} M/s CPU, bound {bound.PerCpuSecond.Text(unit: 1e6)}, of bound {Of(bound).Text("0.000")}, {(Right ? "equal" : "DIFFERS")}");
        return Right && bound.Right;
    }

    /// <summary>Takes turns, so that what the machine does beside it falls on all alike, once the code of all of them is warm.</summary>
    public static void Interleave(OrderFlow flow, int runs, Report report, params ReadOnlySpan<Contender> contenders)
    {
        report.Doing($"{flow.Profile.Name}: warming up");
        foreach (var contender in contenders) contender.WarmUp(flow);
        for (var run = 1; run <= runs; run++)
        {
            report.Doing($"{flow.Profile.Name}: run {run} of {runs}");
            foreach (var contender in contenders) contender.Runs.Add(contender.Run(flow));
        }
    }

    // The runtime compiles in the background what has run often enough, after a pause in which nothing new was called: a fast engine is through the flow
    // before that. So several times through it, with pauses.
    private void WarmUp(OrderFlow flow)
    {
        for (var (began, n) = (Stopwatch.GetTimestamp(), 0); n < 2 || Stopwatch.GetElapsedTime(began) < LeastWarmUp * (flow.Measured / 3e6); n++)
        {
            Once(flow);
            Thread.Sleep(WarmUpPause);
        }
    }

    // A flow that is over in a blink is repeated, each time from the start: its share of noise becomes small.
    private Cost Run(OrderFlow flow)
    {
        var sum = Once(flow);
        while (sum.CpuSeconds < LeastSeconds * (flow.Measured / 3e6)) sum += Once(flow);
        return sum;
    }

    private Cost Once(OrderFlow flow)
    {
        var replay = make(flow);
        var cost = Turns.Measure(replay, flow);
        Right &= replay.Result() == flow.Expected;
        return cost;
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
        return (first + second) with { AllocatedBytes = (long)(second.BytesPerCommand * flow.Measured) };
    }
}
