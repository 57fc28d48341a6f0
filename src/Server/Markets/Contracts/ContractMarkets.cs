using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Markets.Contracts;

/// <summary>The market side of contracts that is there with and without participants: lists them, lists the next delivery contract when one expires, and tells
/// the core what the indexes are. On the core thread. How often an index is asked is decision 0016: every second where anybody can notice, else
/// every minute and wherever a manual clock stops.</summary>
public sealed class ContractMarkets : IPriceSource
{
    /// <summary>Premiums, funding and samples of a settlement fall on these; between them nothing asks for a price that nobody's position depends on.</summary>
    internal const long MinuteNanos = 60 * Nanos.PerSecond;

    private const long ClosedNanos = 10 * Nanos.PerSecond;
    private const int TailBytes = 24 * 1024;
    private const int EntryBytesMax = 2 + 64 + 16 + 4 + 1;

    private readonly VenueProducts venue;
    private readonly FuturesState futures;
    private readonly IndexService service;
    private readonly IndexBook indexes;
    private readonly ContractListing listing;
    private readonly IndexWatch watch;
    private readonly bool everySecond;
    private readonly byte[] tail = new byte[TailBytes];
    private readonly List<Told> told = [];
    private readonly HashSet<long> done = [];               // actions that prices have followed
    private int shocksSeen, actionsSeen;
    private long nextNanos = long.MaxValue, nextRollNanos = long.MaxValue;
    private bool open;

    /// <param name="everySecond">Every index, whoever follows it: where time passes by itself.</param>
    /// <param name="liquid">Seeded participants trade: what they trade most is watched.</param>
    public ContractMarkets(VenueProducts venue, MarketFile file, PricePath path, bool everySecond, bool liquid)
    {
        this.venue = venue;
        this.everySecond = everySecond;
        futures = venue.Futures.State;
        service = new IndexService(path.Seed, venue.Wallet.State.Pins);
        indexes = new IndexBook(venue, file, path, service);
        listing = new ContractListing(venue, file);
        watch = new IndexWatch(venue, indexes, liquid ? file.Contracts.Where(contract => contract.Activity == "high").Select(contract => contract.Index) : []);
    }

    /// <summary>Venue time of the last prices; participants act when it has moved.</summary>
    public long PricedNanos { get; private set; }

    /// <inheritdoc/>
    public long NextNanos
    {
        get
        {
            if (open && !everySecond && watch.Changed(PricedNanos)) Schedule(PricedNanos);
            return nextNanos;
        }
    }

    /// <summary>At the start: lists what is missing and tells the first prices; on old data, goes on from the prices the core has.</summary>
    public void Bootstrap(ICoreDoor door, long nowNanos)
    {
        listing.List(nowNanos, door);
        open = futures.Markets.Count > 0;
        shocksSeen = venue.Wallet.State.Shocks.Count;
        actionsSeen = futures.CorporateActions.Version;
        done.UnionWith(futures.CorporateActions.All.Where(action => action.Status == CorporateActionStatus.Done).Select(action => action.Id));
        if (!open) return;
        listing.Endow(door);
        indexes.Adopt(nowNanos);
        nextRollNanos = listing.NextRollNanos(nowNanos);
        Step(nowNanos, door);
    }

    public void Step(long nowNanos, ICoreDoor door)
    {
        if (!open)
        {
            if (futures.Markets.Count == 0) return;
            open = true;                                        // the operator added the first contract
        }
        if (futures.Markets.Count != indexes.MarketCount) indexes.Adopt(nowNanos);
        if (venue.Wallet.State.Shocks.Count != shocksSeen)
        {
            shocksSeen = venue.Wallet.State.Shocks.Count;
            service.Forget();
        }
        if (futures.CorporateActions.Version != actionsSeen) FollowActions();
        Tell(nowNanos, everySecond || nowNanos < nextNanos || nowNanos % MinuteNanos == 0, door);
        if (nowNanos >= nextRollNanos)
        {
            nextRollNanos = listing.NextRollNanos(nowNanos);
            if (listing.List(nowNanos, door) > 0)
            {
                foreach (var number in indexes.Adopt(nowNanos)) told[number] = default;
                Tell(nowNanos, true, door);
            }
        }
        PricedNanos = nowNanos;
        if (!everySecond) watch.Look();
        Schedule(nowNanos);
    }

    // A dividend or a split moves an index for good: what it was last, and what constituents quote.
    private void FollowActions()
    {
        actionsSeen = futures.CorporateActions.Version;
        foreach (var action in futures.CorporateActions.All)
        {
            if (action.Status != CorporateActionStatus.Done || !done.Add(action.Id)) continue;
            if (indexes.NumberOf(action.Terms.Instrument - FuturesState.FirstInstrument) is >= 0 and var number) service.Scale(number, IndexPaths.FactorOf(action));
        }
        service.Forget();
    }

    // The indexes whose turn it is, in one command, or in as few as hold them.
    private void Tell(long nowNanos, bool all, ICoreDoor door)
    {
        var second = nowNanos - nowNanos % Nanos.PerSecond;
        while (told.Count < service.Count) told.Add(default);
        var writer = new TailWriter(tail);
        var count = 0;
        for (var number = 0; number < service.Count; number++)
        {
            if (!all && !watch.IsWatched(number)) continue;
            var price = service.Step(number, second);
            if (!IsNews(number, price, second)) continue;
            told[number] = new Told(price, second);
            if (writer.Length + EntryBytesMax > TailBytes)
            {
                Send(count, writer, door);
                writer = new TailWriter(tail);
                count = 0;
            }
            Write(ref writer, indexes.NameOf(number), indexes.ToQuanta(price), price);
            count++;
        }
        if (count > 0) Send(count, writer, door);
    }

    // The same price is said again: the middle average takes a sample each time (F-056), and silence is staleness (F-052). Where a market sleeps seldom, since
    // its average reaches far back (F-241); where nothing can be trusted never.
    private bool IsNews(int number, in IndexPrice price, long second)
    {
        if (price.Price == 0 || !indexes.IsFollowed(number)) return false;
        var before = told[number];
        if (before.Price.Price == 0 || before.Price != price) return true;
        if ((price.Flags & (IndexFlags.Stale | IndexFlags.Halted)) != 0) return false;
        return second - before.Second >= (price.Flags.HasFlag(IndexFlags.Closed) ? ClosedNanos : 1);
    }

    private static void Write(ref TailWriter writer, byte[] name, Int128 quanta, in IndexPrice price)
    {
        writer.Bytes(name);
        writer.Int64((long)(quanta >> 64));
        writer.Int64(unchecked((long)(ulong)quanta));
        writer.Int32(price.Sources);
        writer.Byte((byte)price.Flags);
    }

    private static void Send(int count, TailWriter writer, ICoreDoor door) => door.Execute(UserId.Venue, new SetPrices { Count = count }, writer.Written);

    private void Schedule(long nowNanos)
    {
        var step = everySecond || watch.Any ? Nanos.PerSecond : MinuteNanos;
        nextNanos = nowNanos - nowNanos % step + step;
    }

    private readonly record struct Told(IndexPrice Price, long Second);
}
