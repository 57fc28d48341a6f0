using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Simulation;

/// <summary>How one simulated venue differs from another.</summary>
/// <param name="SegmentBytes">Small, so that segments roll often. Where a flush brings a 128th of it, they are only reserved: a few commands, so that both happens.</param>
/// <param name="PreparesAhead">Whether the next segment is prepared beside the writer.</param>
/// <param name="Participants">Whether seeded participants trade.</param>
/// <param name="HeavyReader">Whether a reader of the feeds takes so much that it falls behind when it is stuck.</param>
internal sealed record VenueShape(int SegmentBytes, int CommandsPerSnapshot, bool PreparesAhead, bool Participants, bool HeavyReader);

/// <summary>The venue from one start to its end: the same recovery, log, sequencer, core, views and participants that `serve` runs, moved by hand.
/// Dropped, it has crashed.</summary>
internal sealed class SimulatedVenue
{
    private const int BatchBytes = 8 * 1024;

    private readonly FileLog log;
    private readonly Participants? participants;
    private readonly SteppedScheduler? beside;

    /// <summary>Recovers. Throws what recovery throws.</summary>
    public SimulatedVenue(SimulatedDisk disk, VenueShape shape, VirtualTime time, ulong seed, Witness witness, SimulationCounts counts, Action<string> report)
    {
        Disk = disk;
        Recovered = Recovery.Run(disk, Products.Machine, [Views], report: report, begin: () => Views.Begin(Products));
        beside = shape.PreparesAhead ? new SteppedScheduler() : null;
        log = FileLog.Open(disk, StateMachine.RulesVersion, new LogOptions(shape.SegmentBytes, beside, shape.SegmentBytes / 128), Products.Machine.Sequence + 1);
        Clock = new RealClock(time);
        Sequencer = new Sequencer(Products.Machine, new WitnessedLog(log, witness), new SnapshotStore(disk), Clock, [Views], () => long.MaxValue,
            new SequencerOptions(shape.CommandsPerSnapshot, Report: report, Failed: report, BatchBytes: BatchBytes, ByHand: true));
        if (shape.Participants) participants = new Participants(Products, SimulatedMarkets.File, new PricePath(seed, SimulatedMarkets.File));
        Feeds = new SimulatedFeeds(Views, time, counts, shape.HeavyReader);
        Views.Listeners = [Feeds];
        Sequencer.Start(participants);
    }

    public VenueProducts Products { get; } = new();
    public VenueViews Views { get; } = new();
    public SimulatedFeeds Feeds { get; }
    public SimulatedDisk Disk { get; }
    public VenueClock Clock { get; }
    public Sequencer Sequencer { get; }
    public Recovered Recovered { get; }

    /// <summary>As `serve` does before it is ready: lists what is not listed, and lets the participants begin.</summary>
    public void Open(Action<ICoreDoor>? also = null)
    {
        _ = Sequencer.ActAsync(door =>
        {
            MarketListing.List(SimulatedMarkets.File, Products, door);
            also?.Invoke(door);
            participants?.Bootstrap(door, Clock.NowNanos);
        });
    }

    /// <summary>Lets what runs beside the writer do one thing. False when that was nothing.</summary>
    public bool StepBeside() => beside?.Step() == true;

    /// <summary>As SIGTERM does.</summary>
    public void Stop()
    {
        while (StepBeside()) { }
        Sequencer.Stop();
        while (StepBeside()) { }
        log.Dispose();
    }
}

/// <summary>Runs tasks when it is told to, or when somebody waits for one, on the thread that asks.</summary>
internal sealed class SteppedScheduler : TaskScheduler
{
    private readonly Queue<Task> waiting = new();

    public bool Step()
    {
        while (waiting.TryDequeue(out var task))
        {
            if (TryExecuteTask(task)) return true;
        }
        return false;
    }

    protected override IEnumerable<Task> GetScheduledTasks() => waiting;

    protected override void QueueTask(Task task) => waiting.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);
}

/// <summary>Three pairs that depend on each other, quiet enough that clients make most of what happens.</summary>
internal static class SimulatedMarkets
{
    private static readonly PairLiquidity Thin = new() { Turnover = "400000", Depth = "3000", Spread = 0.0008, TradeSeconds = 8 };

    public static MarketFile File { get; } = new()
    {
        FeeToken = new FeeTokenTerms { Asset = "GT", Pair = "GT_USDT", Factor = "0.9" },
        Assets = [Asset("BTC", "Bitcoin"), Asset("GT", "GateToken"), Asset("USDT", "Tether")],
        Pairs = [Pair("BTC_USDT", 1, 6, "83859.0", "0.000001"), Pair("GT_USDT", 3, 3, "7.215", "0.01"), Pair("GT_BTC", 9, 3, "0.000086038", "0.01")],
    };

    private static MarketAsset Asset(string code, string name) => new() { Code = code, Name = name };

    private static MarketPair Pair(string symbol, int priceDecimals, int sizeDecimals, string reference, string minBase) => new()
    {
        Symbol = symbol, PriceDecimals = priceDecimals, SizeDecimals = sizeDecimals, ReferencePrice = reference, MinBase = minBase, UpRate = "0.08", DownRate = "0.08",
        Slippage = "0.03", MakerFee = "0.001", TakerFee = "0.0015", OrdersLimit = 40, TriggersLimit = 10, Liquidity = Thin,
    };
}
