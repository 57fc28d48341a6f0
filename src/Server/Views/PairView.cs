using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;

namespace Sluice.Server.Views;

/// <summary>An asset as readers know it.</summary>
public sealed record AssetView(int Id, string Code, string Name, int Scale);

/// <summary>A pair as readers know it: one object per instrument for the life of the process. Read from any thread.</summary>
public sealed class PairView
{
    private sealed record Facts(ListPair Terms, MarketStatus Status);

    private volatile Facts facts;

    public PairView(int id, string symbol, AssetView baseAsset, AssetView quoteAsset, in PairListed listed)
    {
        Id = id;
        Symbol = symbol;
        Base = baseAsset;
        Quote = quoteAsset;
        ListedNanos = listed.ListedNanos;
        ListingReference = listed.ListingReference;
        facts = new Facts(listed.Terms, listed.Terms.Status);
        Book = new BookView();
        Ticker = new TickerView();
    }

    public int Id { get; }
    public string Symbol { get; }
    public AssetView Base { get; }
    public AssetView Quote { get; }
    public long ListedNanos { get; }

    /// <summary>Raw price at the first listing: where the generated history ends.</summary>
    public long ListingReference { get; }

    public ListPair Terms => facts.Terms;
    public MarketStatus Status => facts.Status;
    public BookView Book { get; }
    public TickerView Ticker { get; }

    /// <summary>Last trade's price, or the listing reference before the first.</summary>
    public long LastPrice => Ticker.Last != 0 ? Ticker.Last : Terms.ReferencePrice;

    /// <summary>Plain decimal text of a raw price.</summary>
    public string PriceText(long raw) => DecimalText.Format(raw, Terms.PriceDecimals);

    /// <summary>Plain decimal text of a raw size.</summary>
    public string SizeText(long raw) => DecimalText.Format(raw, Terms.SizeDecimals);

    internal void Change(in ListPair terms) => facts = new Facts(terms, terms.Status);

    internal void Change(MarketStatus status) => facts = facts with { Status = status };
}
