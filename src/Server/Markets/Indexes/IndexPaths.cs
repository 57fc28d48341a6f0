using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Markets.Indexes;

/// <summary>The true prices behind indices. Where there is a spot pair of the name it is the pair's path, so that contract and pair have one price; else a
/// path of its own. Shocks move it as they move pairs; pins are the service's. On the core thread.</summary>
/// <param name="pairs">Listed pairs by symbol.</param>
/// <param name="futures">Whose dividends and splits move their indices for good.</param>
/// <param name="shocks">Given by the operator, in the order of their instants.</param>
public sealed class IndexPaths(PricePath path, MarketFile file, IReadOnlyDictionary<string, Pair> pairs,
    IReadOnlyList<(long TimeNanos, long FractionE12, string[] Names)> shocks, FuturesState? futures = null)
{
    private const string RatePrefix = "fx:";

    private readonly PathReader reader = new(path);

    /// <summary>A source's price at an instant, in units of its quote.</summary>
    /// <param name="listedNanos">When the index had its reference price; not used where a pair has one.</param>
    public Func<long, double> Of(MarketIndex index, long listedNanos)
    {
        var (anchor, decimals) = AnchorOf(index, listedNanos);
        var own = reader.Of(anchor);
        double scale = Fixed.PowerOfTen(decimals);
        var movesWithEverything = !index.Name.StartsWith(RatePrefix, StringComparison.Ordinal) && file.AssetOf(anchor.Base)?.Category.Contains("stablecoin") != true;
        var shock = new Shock(shocks, anchor.ListedNanos, index, movesWithEverything);
        if (futures is null) return nanos => own.At(nanos) / scale * shock.Factor;
        var actions = new Actions(futures, index.Name);
        return nanos => own.At(nanos) / scale * shock.Factor * actions.Factor;
    }

    /// <summary>What a price becomes by a dividend or a split that was done; 1 otherwise.</summary>
    public static double FactorOf(CorporateAction action)
    {
        if (action.Status != CorporateActionStatus.Done) return 1;
        return action.Terms.Type == CorporateActionType.Split ? (double)action.Terms.OldShares / action.Terms.NewShares
            : (double)(action.IndexBefore - action.Terms.Dividend) / action.IndexBefore;
    }

    private sealed class Actions(FuturesState futures, string index)
    {
        private int seen = -1;
        private double factor = 1;

        public double Factor
        {
            get
            {
                if (seen == futures.CorporateActions.Version) return factor;
                (seen, factor) = (futures.CorporateActions.Version, 1);
                foreach (var action in futures.CorporateActions.All)
                {
                    if (futures.MarketOf(action.Terms.Instrument)!.Listed.IndexName == index) factor *= FactorOf(action);
                }
                return factor;
            }
        }
    }

    private (PathAnchor Anchor, int Decimals) AnchorOf(MarketIndex index, long listedNanos)
    {
        if (index.ReferencePrice is not { } text)
        {
            var pair = pairs[index.Name];
            return (new PathAnchor(pair.Base.Code, pair.Quote.Code, pair.ListedNanos, pair.ListingReference), pair.Terms.PriceDecimals);
        }
        var decimals = ContractTexts.DecimalsOf(text);
        var reference = MarketRules.TryRaw(text, decimals, out var raw) ? raw : throw new ArgumentException($"'{text}' was not checked.");
        return (new PathAnchor(index.Path.Base, index.Path.Quote, listedNanos, reference), decimals);
    }

    // All that was given since the listing. It moves what was before it too, or constituents that are late would hold the index back for as long as they are.
    private sealed class Shock(IReadOnlyList<(long TimeNanos, long FractionE12, string[] Names)> shocks, long listedNanos, MarketIndex index, bool movesWithEverything)
    {
        private int seen;
        private double factor = 1;

        public double Factor
        {
            get
            {
                for (; seen < shocks.Count; seen++)
                {
                    var (time, fraction, names) = shocks[seen];
                    if (time >= listedNanos && Moves(names)) factor *= 1 + (double)fraction / Rate.One;
                }
                return factor;
            }
        }

        private bool Moves(string[] names) =>
            names.Length == 0 ? movesWithEverything : Array.IndexOf(names, index.Name) >= 0 || Array.IndexOf(names, index.SourceName) >= 0;
    }
}
