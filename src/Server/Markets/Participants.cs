using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Markets;

/// <summary>The seeded participants: makers, takers and arbitrageurs who keep every pair and every contract alive by ordinary commands. They act in
/// <see cref="Bootstrap"/> and <see cref="Act"/> only, on the core thread, and remember nothing that the core does not: what they own is read
/// from the state, so that after a restart they go on where they were. Every choice is drawn from (seed, pair, instant).</summary>
public sealed class Participants : IParticipants
{
    /// <summary>They act on multiples of this: a log flush each, not one a quote.</summary>
    internal const long SliceNanos = 200 * Nanos.PerMillisecond;

    private readonly VenueProducts venue;
    private readonly MarketFile file;
    private readonly PricePath path;
    private readonly IndexPrices prices;
    private readonly Purses purses;
    private readonly List<PairDesk> desks = [];
    private readonly ContractParticipants? contracts;
    private ulong operatorSeen;
    private long nextNanos = long.MaxValue;
    private bool open;

    /// <param name="markets">Contracts and their prices; without it they trade pairs only.</param>
    public Participants(VenueProducts venue, MarketFile file, PricePath path, ContractMarkets? markets = null)
    {
        this.venue = venue;
        this.file = file;
        this.path = path;
        prices = new IndexPrices(path, file, venue);
        purses = new Purses(venue, WalletId.Spot);
        contracts = markets is null ? null : new ContractParticipants(venue, file, path, markets);
    }

    public long NextNanos => open && contracts is not null ? long.Min(nextNanos, contracts.NextNanos) : nextNanos;

    /// <summary>Before the venue says ready: users, funds, full books and a first trade everywhere; or, on old data, what has moved since.</summary>
    public void Bootstrap(ICoreDoor door, long nowNanos)
    {
        purses.Open(door);
        open = true;
        operatorSeen = OperatorFold();
        Adopt(nowNanos);
        purses.FillAll(door);
        foreach (var desk in desks) desk.Step(nowNanos, door);
        contracts?.Act(nowNanos, true, door);
        Schedule(nowNanos);
    }

    public void Act(long nowNanos, ICoreDoor door)
    {
        if (!open) return;
        var told = OperatorFold();
        var wake = told != operatorSeen;
        if (wake)
        {
            operatorSeen = told;
            prices.Refresh();
            foreach (var desk in desks) desk.DueNanos = nowNanos;
        }
        if (desks.Count < venue.Spot.State.Pairs.Count)
        {
            Adopt(nowNanos);
            purses.FillAll(door);
        }
        foreach (var desk in desks)
        {
            if (desk.DueNanos <= nowNanos || desk.Disturbed) desk.Step(nowNanos, door);
        }
        contracts?.Act(nowNanos, wake, door);
        Schedule(nowNanos);
    }

    /// <summary>Where the operator has just turned liquidity off, they leave at once, without waiting for their next turn.</summary>
    public void Leave(ICoreDoor door)
    {
        foreach (var desk in desks) desk.LeaveIfTold(door);
        contracts?.Leave(door);
    }

    private void Schedule(long nowNanos)
    {
        var next = long.MaxValue;
        foreach (var desk in desks)
        {
            if (desk.DueNanos < next) next = desk.DueNanos;
        }
        nextNanos = next == long.MaxValue ? nowNanos - nowNanos % Nanos.PerSecond + Nanos.PerSecond : next;
    }

    private void Adopt(long nowNanos)
    {
        var spot = venue.Spot.State;
        while (desks.Count < spot.Pairs.Count)
        {
            var pair = spot.Pairs[desks.Count];
            var liquidity = file.PairOf(pair.Symbol)?.Liquidity ?? DeskTerms.Default(pair);
            var terms = DeskTerms.Of(pair, liquidity, path.DailyDeviation(pair.Base.Code, pair.Quote.Code));
            var index = prices.Of(pair);
            var orders = new PairOrders(venue, pair, purses);
            var desk = new PairDesk(pair, index, terms, purses, orders, new DeskQuotes(terms, orders), ArbitrageOf(index, terms), Noise.Key(Noise.Key(path.Seed, pair.Symbol), 21))
            {
                DueNanos = nowNanos,
            };
            desk.StateWants();
            desks.Add(desk);
        }
    }

    private Arbitrage? ArbitrageOf(PairIndex index, DeskTerms terms) => index is not { BaseLeg: { } baseLeg, QuoteLeg: { } quoteLeg } ? null
        : new Arbitrage(new PairOrders(venue, index.Pair, purses), new PairOrders(venue, baseLeg.Pair, purses), new PairOrders(venue, quoteLeg.Pair, purses), terms.LevelValue);

    // What the operator may change and participants follow: any difference changes the number.
    private ulong OperatorFold()
    {
        var wallet = venue.Wallet.State;
        var fold = Noise.Bits((ulong)wallet.Shocks.Count, wallet.AllLiquidityOff ? 1 : 0);
        if (wallet.LiquidityOff.Count > 0)
        {
            foreach (var name in wallet.LiquidityOff) fold = Noise.Key(fold, name);
        }
        if (wallet.Pins.Count == 0) return fold;
        foreach (var (name, price) in wallet.Pins) fold = Noise.Bits(Noise.Key(fold, name), (long)(price.Raw & long.MaxValue));
        return fold;
    }
}
