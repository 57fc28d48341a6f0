using System.Text;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Futures.State;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Markets.Contracts;

/// <summary>Which indexes the listed contracts follow, each entered in the price service once, rates before what is converted by them.</summary>
internal sealed class IndexBook(VenueProducts venue, MarketFile file, PricePath path, IndexService service)
{
    private static readonly IReadOnlyList<double> DefaultWeights = [1, 1, 1];

    private readonly FuturesState futures = venue.Futures.State;
    private readonly ContractCatalogue catalogue = new(file);
    private readonly IndexPaths paths = new(path, file, venue.Spot.State.PairsBySymbol, venue.Wallet.State.Shocks, venue.Futures.State);
    private readonly Dictionary<string, MarketIndex> known = file.Indexes.ToDictionary(index => index.Name, StringComparer.Ordinal);
    private readonly List<Entry> entries = [];
    private readonly List<int> numbers = [];                    // of each market's index, -1 where it has none

    /// <summary>Contracts taken up.</summary>
    public int MarketCount => numbers.Count;

    /// <summary>The index of a contract, by the contract's number; -1 when nobody knows a price of that name.</summary>
    public int NumberOf(int market) => numbers[market];

    /// <summary>The rate an index is converted by, or -1.</summary>
    public int RateOf(int number) => entries[number].Rate;

    public byte[] NameOf(int number) => entries[number].Name;

    /// <summary>Whether a contract follows it; a rate may be there for other indexes alone.</summary>
    public bool IsFollowed(int number) => entries[number].IsFollowed;

    /// <summary>In 10^-12 of a unit of quote.</summary>
    public Int128 ToQuanta(in IndexPrice price) => (Int128)price.Price * entries[price.Index].Unit;

    /// <summary>Takes up the contracts listed since the last call. Those that already have a price go on from it. Result: their indexes.</summary>
    public IReadOnlyList<int> Adopt(long nowNanos)
    {
        var adopted = new List<int>();
        while (numbers.Count < futures.Markets.Count)
        {
            var market = futures.Markets[numbers.Count];
            var number = Enter(market.Listed.IndexName, market, nowNanos);
            numbers.Add(number);
            if (number < 0) continue;
            entries[number] = entries[number] with { IsFollowed = true };
            adopted.Add(number);
        }
        return adopted;
    }

    private int Enter(string name, Market? follower, long nowNanos)
    {
        if (service.NumberOf(name) is >= 0 and var entered) return entered;
        if (IndexOf(name) is not { } index) return -1;
        var rate = index.Currency is { } currency ? Enter(IndexTerms.RateOf(currency), null, nowNanos) : -1;
        if (index.Currency is not null && rate < 0) return -1;
        var terms = TermsOf(index, follower);
        var number = service.Add(terms, paths.Of(index, ListedNanos(name)));
        entries.Add(new Entry(Encoding.UTF8.GetBytes(name), Fixed.PowerOfTen(Money.Decimals - terms.Decimals), rate, false));
        if (follower is { Index: > 0 })
        {
            service.Resume(number, follower.Index * Fixed.PowerOfTen(terms.Decimals - follower.Terms.PriceDecimals), follower.Flags, nowNanos);
        }
        return number;
    }

    // An index the file describes, or the price of a listed pair: a contract that was added while the venue ran follows one of the two.
    private MarketIndex? IndexOf(string name)
    {
        var hasPair = venue.Spot.State.PairsBySymbol.ContainsKey(name);
        if (known.TryGetValue(name, out var index) && (index.ReferencePrice is not null || hasPair)) return index;
        return hasPair ? new MarketIndex { Name = name, Weights = DefaultWeights } : null;
    }

    private IndexTerms TermsOf(MarketIndex index, Market? follower)
    {
        if (known.ContainsKey(index.Name))
        {
            var terms = IndexTerms.Of(index, catalogue, file);
            if (follower is null || follower.Terms.PriceDecimals <= terms.Decimals) return terms;
        }
        var (decimals, round) = follower is null ? (0, 1) : (follower.Terms.PriceDecimals, follower.Terms.MarkRound);
        return new IndexTerms(index.Name, index.SourceName, index.Currency, index.Calendar, decimals, round, index.Weights, false);
    }

    // When its path was nailed down: the first listing of a contract that follows it, or of any contract for a rate. The state remembers it.
    private long ListedNanos(string name) =>
        (futures.ByIndex.TryGetValue(name, out var followers) ? followers : futures.Markets).Min(market => market.Listed.ListedNanos);

    private sealed record Entry(byte[] Name, long Unit, int Rate, bool IsFollowed);
}
