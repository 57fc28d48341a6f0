using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Server.Views;

/// <summary>An asset as readers know it.</summary>
public sealed record AssetView(int Id, string Code, string Name, int Scale);

/// <summary>A pair as readers know it: one object per instrument for the life of the process. Read from any thread.</summary>
public sealed class PairView : MarketView
{
    private sealed record Facts(ListPair Terms, MarketStatus Status);

    private volatile Facts facts;

    public PairView(int id, string symbol, AssetView baseAsset, AssetView quoteAsset, in PairListed listed)
        : base(id, symbol, listed.ListedNanos, listed.ListingReference)
    {
        Base = baseAsset;
        Quote = quoteAsset;
        facts = new Facts(listed.Terms, listed.Terms.Status);
    }

    public AssetView Base { get; }
    public AssetView Quote { get; }

    public ListPair Terms => facts.Terms;
    public MarketStatus Status => facts.Status;
    public override int PriceDecimals => facts.Terms.PriceDecimals;
    public override int SizeDecimals => facts.Terms.SizeDecimals;

    /// <summary>Last trade's price, or the listing reference before the first.</summary>
    public long LastPrice => Ticker.Last != 0 ? Ticker.Last : Terms.ReferencePrice;

    internal void Change(in ListPair terms) => facts = new Facts(terms, terms.Status);

    internal void Change(MarketStatus status) => facts = facts with { Status = status };
}
