using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.State;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Markets;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Tests.Markets;

/// <summary>A venue with seeded participants, a memory disk and a manual clock; every trade is written down.</summary>
internal sealed class MarketVenue : IEventConsumer, IDisposable
{
    public const long Start = 1_767_225_600_000_000_000;        // 2026-01-01T00:00:00Z
    public const long Second = Nanos.PerSecond;

    private readonly Dictionary<int, List<(long Nanos, long Price)>> trades = [];
    private readonly ManualClock clock;
    private readonly FileLog log;
    private long now;
    private ushort kind;

    private MarketVenue(IDisk disk, ulong seed, MarketFile file, long startNanos, bool liquid)
    {
        Recovery.Run(disk, Products.Machine, []);
        clock = new ManualClock(long.Max(startNanos, Products.Machine.TimeNanos));
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        Sequencer = new Sequencer(Products.Machine, log, new SnapshotStore(disk), clock, [this], () => long.MaxValue);
        Path = new PricePath(seed, file);
        Contracts = new ContractMarkets(Products, file, Path, everySecond: false, liquid);
        Participants = new Participants(Products, file, Path, Contracts);
        Sequencer.Start(liquid ? Participants : null, Contracts);
    }

    public VenueProducts Products { get; } = new();
    public Sequencer Sequencer { get; }
    public ContractMarkets Contracts { get; }
    public Participants Participants { get; }
    public PricePath Path { get; }
    /// <summary>Positions whose liquidation began, by user.</summary>
    public List<int> Liquidated { get; } = [];

    /// <summary>How commands ended: how often, by kind and refusal.</summary>
    public SortedDictionary<(ushort Kind, ushort Refusal), int> Ended { get; } = [];

    public long BytesWritten => log.BytesWritten;

    public static async Task<MarketVenue> Open(ulong seed = 1, MarketFile? file = null, IDisk? disk = null, long startNanos = Start, bool liquid = true)
    {
        var markets = file ?? MarketFile.Demo;
        var venue = new MarketVenue(disk ?? new MemoryDisk(), seed, markets, startNanos, liquid);
        await venue.Sequencer.ActAsync(door =>
        {
            MarketListing.List(markets, venue.Products, door);
            venue.Contracts.Bootstrap(door, venue.clock.NowNanos);
            if (liquid) venue.Participants.Bootstrap(door, venue.clock.NowNanos);
        });
        return venue;
    }

    /// <summary>The demo, cut down to these pairs.</summary>
    public static MarketFile Only(params string[] symbols) =>
        new() { Assets = MarketFile.Demo.Assets, Pairs = [.. MarketFile.Demo.Pairs.Where(pair => symbols.Contains(pair.Symbol))] };

    /// <summary>The demo without contracts.</summary>
    public static MarketFile Pairs => MarketFile.Demo with { Indexes = [], RiskTables = [], Contracts = [] };

    /// <summary>The demo, cut down to what these contracts and series need.</summary>
    public static MarketFile OnlyContracts(params string[] names)
    {
        var contracts = MarketFile.Demo.Contracts.Where(contract => names.Contains(contract.Name)).ToArray();
        var indexes = MarketFile.Demo.Indexes.Where(index => index.Name.StartsWith("fx:") || contracts.Any(contract => contract.Index == index.Name)).ToArray();
        return MarketFile.Demo with { Contracts = contracts, Indexes = indexes, Pairs = [.. MarketFile.Demo.Pairs.Where(pair => indexes.Any(index => index.Name == pair.Symbol))] };
    }

    public Market Contract(string symbol) => Products.Futures.State.Markets.Single(market => market.Symbol == symbol);

    public Pair Pair(string symbol) => Products.Spot.State.PairsBySymbol[symbol];

    public Task Advance(long seconds) => Sequencer.AdvanceAsync(seconds * Second);

    public Task<ulong> Hash() => Sequencer.AskAsync(machine => machine.StateHash());

    public async Task<CommandOutcome> Send<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var bytes = new byte[1024];
        var length = Write(bytes, texts);
        return await Sequencer.SubmitAsync(new UserId(user), command, bytes.AsMemory(0, length));
    }

    public async Task<int> User(string name, params (string Asset, long Units)[] funds)
    {
        var user = (int)(await Send(0, new CreateUser(), name, "", "")).Result.ObjectId;
        foreach (var (asset, units) in funds)
        {
            await Send(0, new Sluice.Products.Wallet.Fund { User = user, Wallet = 1, Asset = Products.Spot.State.AssetsByCode[asset].Id, Amount = Money.Units(units) });
        }
        return user;
    }

    public IReadOnlyList<(long Nanos, long Price)> TradesOf(string symbol)
    {
        lock (trades) return trades.TryGetValue(Pair(symbol).Id.Value, out var found) ? [.. found] : [];
    }

    /// <summary>Levels of a side, and their value in quote units within 1 % of the middle.</summary>
    public Task<(int Levels, double Value)> Depth(string symbol, Side side) => Sequencer.AskAsync(_ => DepthOf(Pair(symbol), side));

    public static (int Levels, double Value) DepthOf(Pair pair, Side side)
    {
        var levels = pair.Book.SideOf(side);
        var middle = (pair.Book.BestPrice(Side.Buy) + pair.Book.BestPrice(Side.Sell)) / 2.0;
        double value = 0;
        for (var n = 0; n < levels.Count; n++)
        {
            ref readonly var level = ref pair.Book.Pool.Levels[levels.FromBest(n)];
            if (middle is null || double.Abs(level.Price / middle.Value - 1) <= 0.01) value += (double)pair.Book.Value(level.Price, level.Visible).Raw / 1e12;
        }
        return (levels.Count, value);
    }

    public void Consume(in EventBatch batch)
    {
        var reader = batch.Read();
        lock (trades)
        {
            while (reader.Next())
            {
                if (reader.Kind == StepStarted.Kind)
                {
                    ref readonly var step = ref reader.As<StepStarted>();
                    now = step.TimeNanos;
                    if (step.CommandKind != 0) kind = step.CommandKind;
                }
                if (reader.Kind == CommandEnded.Kind)
                {
                    var refusal = reader.As<CommandEnded>().Refusal;
                    Ended[(kind, refusal)] = Ended.GetValueOrDefault((kind, refusal)) + 1;
                }
                if (reader.Kind == LiquidationStarted.Kind) Liquidated.Add(reader.As<LiquidationStarted>().User);
                if (reader.Kind != OrderFilled.Kind) continue;
                ref readonly var filled = ref reader.As<OrderFilled>();
                if (!trades.TryGetValue(filled.Instrument, out var list)) trades.Add(filled.Instrument, list = []);
                list.Add((now, filled.Price));
            }
        }
    }

    public void Dispose()
    {
        Sequencer.Dispose();
        log.Dispose();
    }

    private static int Write(byte[] bytes, string[] texts)
    {
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return writer.Length;
    }
}
