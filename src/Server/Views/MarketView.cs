using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>What readers know of any instrument that has a book and trades: one object for the life of the process. Read from any thread.</summary>
/// <param name="listingReference">Raw price at the first listing: where a generated history ends; 0 = there is none.</param>
public abstract class MarketView(int id, string symbol, long listedNanos, long listingReference)
{
    public int Id => id;
    public string Symbol => symbol;
    public long ListedNanos => listedNanos;

    /// <summary>Raw price at the first listing: where the generated history ends; 0 = there is none.</summary>
    public long ListingReference => listingReference;

    public BookView Book { get; } = new();
    public TickerView Ticker { get; } = new();

    public abstract int PriceDecimals { get; }

    public abstract int SizeDecimals { get; }

    /// <summary>Plain decimal text of a raw price.</summary>
    public string PriceText(long raw) => DecimalText.Format(raw, PriceDecimals);

    /// <summary>Plain decimal text of a raw size.</summary>
    public string SizeText(long raw) => DecimalText.Format(raw, SizeDecimals);
}
