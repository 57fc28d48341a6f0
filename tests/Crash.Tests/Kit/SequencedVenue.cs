using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>The real sequencer on a disk, moved by hand, and a client that notes what it was told.</summary>
internal sealed class SequencedVenue : ICompletion
{
    private const int CommandsPerSnapshot = 12;
    private static readonly LogOptions Segments = new(6144, ReservedFrom: 200);      // some flushes bring less, some more

    private readonly VenueProducts products = new();
    private readonly HashSet<long> waiting = [];
    private readonly Dictionary<long, ulong> states = [];
    private long tokens;

    public SequencedVenue(IDisk disk, bool ahead)
    {
        Recovered = Recovery.Run(disk, products.Machine, []);
        states[products.Machine.Sequence] = products.Machine.StateHash();
        var log = FileLog.Open(disk, StateMachine.RulesVersion, ahead ? Segments with { Ahead = new AtOnce() } : Segments, products.Machine.Sequence + 1);
        Log = log;
        Sequencer = new Sequencer(products.Machine, log, new SnapshotStore(disk), new ManualClock(long.Max(products.Machine.TimeNanos, 1)), [], () => long.MaxValue,
            new SequencerOptions(CommandsPerSnapshot, Failed: Told.Add, Report: Reports.Add, BatchBytes: 4096, ByHand: true));
        Sequencer.Start();
    }

    public Recovered Recovered { get; }
    public FileLog Log { get; }
    public Sequencer Sequencer { get; }

    /// <summary>The last sequence a client was told.</summary>
    public long Acknowledged { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Why the venue stopped.</summary>
    public List<string> Told { get; } = [];

    /// <summary>What it survived.</summary>
    public List<string> Reports { get; } = [];

    /// <summary>Whether every sender has its answer.</summary>
    public bool AllAnswered => waiting.Count == 0;

    /// <summary>The state behind each command executed here, by sequence.</summary>
    public IReadOnlyDictionary<long, ulong> States => states;

    /// <summary>Sends commands one by one and lets the stages work in some order, until there are enough or the venue has failed.</summary>
    public void Trade(SeededRandom random, int commands)
    {
        for (; commands > 0 && Sequencer.Unavailable is null; commands--)
        {
            Submit(random);
            Sequencer.Step(Stage.Core);
            states[products.Machine.Sequence] = products.Machine.StateHash();
            if (random.Chance(500)) Sequencer.Step(Stage.Writer);
            if (random.Chance(700)) Sequencer.Step(Stage.Bus);
            if (random.Chance(500)) Sequencer.Step(Stage.Snapshots);
        }
    }

    public void Stop()
    {
        Sequencer.Stop();
        Log.Dispose();
    }

    public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events)
    {
        Assert.True(waiting.Remove(token), "A sender is answered once.");
        Assert.Equal(Acknowledged == 0 ? stamp.Sequence : Acknowledged + 1, stamp.Sequence);
        Acknowledged = stamp.Sequence;
    }

    public void Failed(long token, Exception error)
    {
        Assert.True(waiting.Remove(token), "A sender is answered once.");
        Assert.IsType<VenueUnavailableException>(error);
        Refused++;
    }

    private void Submit(SeededRandom random)
    {
        var user = new UserId(1 + random.Below(2));
        var listed = products.Machine.Sequence;
        if (listed == 0) Submit(default, new ListAsset { Scale = 8 }, "BTC", "Bitcoin");
        else if (listed == 1) Submit(default, new ListAsset { Scale = 12 }, "USDT", "Tether");
        else if (listed == 2) Submit(default, new ListPair { PriceDecimals = 1, SizeDecimals = 3, Status = MarketStatus.Tradable }, "BTC_USDT", "BTC", "USDT");
        else if (listed < 5) Submit(default, new CreateUser(), $"user{listed}", "", "");
        else if (listed < 9 || random.Chance(150))
            Submit(default, new Fund { User = user.Value, Wallet = 1, Asset = 1 + random.Below(2), Amount = Money.Units(1 + random.Below(1000)) });
        else if (random.Chance(200)) Submit(user, new CancelAllOrders());
        else Submit(user, new PlaceOrder { Instrument = 1, Wallet = 1, Side = (Side)random.Below(2), Price = 990 + random.Below(21), Size = 10 + random.Below(90) }, "", "");
    }

    private void Submit<T>(UserId actor, T command, params string[] texts) where T : unmanaged, ICommand
    {
        var tail = new byte[texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 2)];
        var writer = new TailWriter(tail);
        foreach (var text in texts) writer.Text(text);
        waiting.Add(++tokens);
        Sequencer.Submit(actor, command, this, tokens, tail);
    }
}
