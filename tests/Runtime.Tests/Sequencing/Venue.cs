using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime.Tests.Sequencing;

/// <summary>Recovery, log and sequencer on one disk. Not disposed, it has crashed.</summary>
internal sealed class Venue : IDisposable
{
    public Venue(IDisk disk, VenueClock? clock = null, SequencerOptions? options = null, LogOptions? log = null, Func<long>? projected = null,
        params IEventConsumer[] consumers)
    {
        options ??= new SequencerOptions();
        Recovered = Recovery.Run(disk, Products.Machine, [], rules: options.RulesVersion);
        Log = FileLog.Open(disk, options.RulesVersion, log ?? LogOptions.Default with { Ahead = null });
        Store = new SnapshotStore(disk);
        Sequencer = new Sequencer(Products.Machine, Log, Store, clock ?? new RealClock(), consumers, projected ?? (() => long.MaxValue), options);
        Sequencer.Start();
    }

    public VenueProducts Products { get; } = new();
    public Recovered Recovered { get; }
    public FileLog Log { get; }
    public SnapshotStore Store { get; }
    public Sequencer Sequencer { get; }

    public async Task<CommandOutcome> Send<T>(int user, T command, params string[] texts) where T : unmanaged, ICommand =>
        await Sequencer.SubmitAsync(new UserId(user), command, Tail(texts), new CommandOptions(WantEvents: true));

    public async Task<(int Alice, int Bob)> SetUp()
    {
        await Send(0, new ListAsset { Scale = 12 }, "BTC", "Bitcoin");
        await Send(0, new ListAsset { Scale = 12 }, "USDT", "Tether");
        await Send(0, new ListPair
        {
            PriceDecimals = 1, SizeDecimals = 6, MinBase = 1, MinQuote = Money.Units(3), ReferencePrice = 840_000, MakerFee = Rate.One / 1000,
            TakerFee = Rate.One / 1000, Status = MarketStatus.Tradable,
        }, "BTC_USDT", "BTC", "USDT");
        var alice = (int)(await Send(0, new CreateUser(), "alice", "", "")).Result.ObjectId;
        var bob = (int)(await Send(0, new CreateUser(), "bob", "", "")).Result.ObjectId;
        await Send(0, new Fund { User = alice, Wallet = 1, Asset = 1, Amount = Money.Units(10) });
        await Send(0, new Fund { User = bob, Wallet = 1, Asset = 2, Amount = Money.Units(100_000) });
        return (alice, bob);
    }

    public async Task Offer(int user, int orders)
    {
        for (var i = 0; i < orders; i++) await Send(user, Limit(Side.Sell, 850_000 + i % 100, 1_000));
    }

    public async Task Deposit(int user, int times)
    {
        for (var i = 0; i < times; i++) await Send(0, new Fund { User = user, Wallet = 1, Asset = 2, Amount = Money.Units(1) });
    }

    public Task<ulong> Hash() => Sequencer.AskAsync(machine => machine.StateHash());

    public static PlaceOrder Limit(Side side, long price, long size) =>
        new() { Instrument = 1, Wallet = 1, Side = side, Type = OrderType.Limit, Price = price, Size = size };

    public void Dispose()
    {
        Sequencer.Stop();
        Log.Dispose();
    }

    private static byte[] Tail(string[] texts)
    {
        var bytes = new byte[1024];
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return writer.Written.ToArray();
    }
}
