using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products;
using Sluice.Products.Futures.State;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets.Contracts;

/// <summary>The seeded participants of contracts. Their accounts are cross, so a set of them looks after a share of the contracts only: what one account holds
/// is looked at as a whole whenever it trades.</summary>
internal sealed class ContractParticipants
{
    /// <summary>Sets of accounts for contracts settled in USDT.</summary>
    private const int LinearSets = 12;

    private readonly VenueProducts venue;
    private readonly FuturesState futures;
    private readonly MarketFile file;
    private readonly PricePath path;
    private readonly ContractMarkets markets;
    private readonly Dictionary<(WalletId Wallet, int Set), Purses> purses = [];
    private readonly List<ContractDesk> desks = [];
    private readonly List<ContractDesk> awake = [];
    private int adopted;
    private long lookedNanos = long.MinValue, dueNanos = long.MaxValue;

    public ContractParticipants(VenueProducts venue, MarketFile file, PricePath path, ContractMarkets markets)
    {
        (this.venue, this.file, this.path, this.markets) = (venue, file, path, markets);
        futures = venue.Futures.State;
    }

    /// <summary>When they next want to act: as soon as prices were told, or when a trade is due.</summary>
    public long NextNanos => markets.PricedNanos != lookedNanos ? markets.PricedNanos : dueNanos;

    public void Act(long nowNanos, bool wake, ICoreDoor door)
    {
        if (adopted < futures.Markets.Count) Adopt(door);
        var priced = markets.PricedNanos != lookedNanos;
        lookedNanos = markets.PricedNanos;
        dueNanos = long.MaxValue;
        foreach (var desk in desks)
        {
            if (wake) desk.Wake();
            else if (priced) desk.Look(nowNanos);
            if (desk.DueNanos <= nowNanos || desk.Disturbed) desk.Step(nowNanos, door);
            dueNanos = long.Min(dueNanos, desk.DueNanos);
        }
    }

    /// <summary>Where the operator has just turned liquidity off, they leave at once, without waiting for their next turn.</summary>
    public void Leave(ICoreDoor door)
    {
        foreach (var desk in desks) desk.LeaveIfTold(door);
    }

    private void Adopt(ICoreDoor door)
    {
        awake.Clear();
        for (; adopted < futures.Markets.Count; adopted++)
        {
            var market = futures.Markets[adopted];
            if (market.Status == MarketStatus.Delisted) continue;
            var purse = PurseOf(market, door);
            var (activity, liquidity, deviation) = FactsOf(market);
            var terms = DeskTerms.Of(activity, liquidity, deviation);
            var orders = new ContractOrders(venue, market, purse);
            var key = ContractNames.KeyOf(path.Seed, market.Wallet, market.Symbol);
            var desk = new ContractDesk(market, terms, purse, orders, new DeskQuotes(terms, orders, market.Terms.Tick), key);
            desk.StateWants();
            desks.Add(desk);
            awake.Add(desk);
        }
        foreach (var purse in purses.Values) purse.FillAll(door);
        foreach (var desk in awake) desk.Settle(door);
    }

    private Purses PurseOf(Market market, ICoreDoor door)
    {
        var set = market.Wallet == WalletId.FuturesUsdt ? market.Number % LinearSets : 0;
        if (purses.TryGetValue((market.Wallet, set), out var known)) return known;
        var made = new Purses(venue, market.Wallet, $"{ContractNames.NameOf(market.Wallet)}:{set + 1}:");
        made.Open(door);
        purses.Add((market.Wallet, set), made);
        return made;
    }

    // A contract that the market file does not know is quiet, and moves as its index's assets do.
    private (string Activity, PairLiquidity Liquidity, double Deviation) FactsOf(Market market)
    {
        var name = market.IsDelivery ? market.Terms.Delivery!.Underlying : market.Symbol;
        var contract = file.Contracts.FirstOrDefault(known => known.Name == name && known.IsSeries == market.IsDelivery && known.Settle == market.Listed.Settle);
        var index = file.Indexes.FirstOrDefault(known => known.Name == market.Listed.IndexName) ?? new MarketIndex { Name = market.Listed.IndexName };
        return (contract?.Activity ?? "low", contract?.Liquidity ?? new PairLiquidity(), path.DailyDeviation(index.Path.Base, index.Path.Quote));
    }
}
