using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Spot;

namespace Sluice.Server.Markets;

/// <summary>The price participants steer by: the path, moved by shocks since the pair was listed, replaced by a pin. Cross pairs follow what the
/// operator does to their USDT legs. A shock of everything moves what is quoted in USDT, except stablecoins: crosses then follow by
/// themselves. Read on the core thread.</summary>
public sealed class IndexPrices(PricePath path, MarketFile file, VenueProducts venue)
{
    private const string Numeraire = "USDT";

    private readonly PathReader reader = new(path);
    private readonly Dictionary<string, PairIndex> indexes = new(StringComparer.Ordinal);
    private readonly HashSet<string> stable = [.. file.Assets.Where(asset => asset.Category.Contains("stablecoin")).Select(asset => asset.Code)];

    /// <summary>A pair's index, to be asked at any instant; it changes when <see cref="Refresh"/> is called.</summary>
    public PairIndex Of(Pair pair)
    {
        if (indexes.TryGetValue(pair.Symbol, out var known)) return known;
        var anchor = new PathAnchor(pair.Base.Code, pair.Quote.Code, pair.ListedNanos, pair.ListingReference);
        var index = new PairIndex(pair, reader.Of(anchor));
        indexes.Add(pair.Symbol, index);
        if (pair.Quote.Code != Numeraire)
        {
            index.BaseLeg = Leg(pair.Base.Code);
            index.QuoteLeg = Leg(pair.Quote.Code);
        }
        Refresh(index);
        return index;
    }

    /// <summary>Reads pins and shocks again, after the operator changed them.</summary>
    public void Refresh()
    {
        foreach (var index in indexes.Values) Refresh(index);
    }

    private PairIndex? Leg(string asset) => venue.Spot.State.PairsBySymbol.TryGetValue($"{asset}_{Numeraire}", out var leg) ? Of(leg) : null;

    private void Refresh(PairIndex index)
    {
        var wallet = venue.Wallet.State;
        index.Pin = wallet.Pins.TryGetValue(index.Pair.Symbol, out var pin) ? Raw(pin, index.Pair) : 0;
        index.Shock = ShockSince(index.Pair.ListedNanos, index.Pair);
        index.BaseShock = index.BaseLeg is { } baseLeg ? ShockSince(index.Pair.ListedNanos, baseLeg.Pair) : 1;
        index.QuoteShock = index.QuoteLeg is { } quoteLeg ? ShockSince(index.Pair.ListedNanos, quoteLeg.Pair) : 1;
    }

    private double ShockSince(long nanos, Pair pair)
    {
        var factor = 1.0;
        foreach (var (time, fraction, names) in venue.Wallet.State.Shocks)
        {
            if (time < nanos || !(names.Length == 0 ? MovesWithEverything(pair) : Array.IndexOf(names, pair.Symbol) >= 0)) continue;
            factor *= 1 + (double)fraction / Rate.One;
        }
        return factor;
    }

    private bool MovesWithEverything(Pair pair) => pair.Quote.Code == Numeraire
        ? !stable.Contains(pair.Base.Code)
        : !venue.Spot.State.PairsBySymbol.ContainsKey($"{pair.Base.Code}_{Numeraire}");

    private static double Raw(Money price, Pair pair) => (double)price.Raw / Fixed.PowerOfTen(Money.Decimals - pair.Terms.PriceDecimals);
}

/// <summary>One pair's index price.</summary>
public sealed class PairIndex(Pair pair, PairPath path)
{
    public Pair Pair { get; } = pair;

    /// <summary>Raw, or 0 when not pinned.</summary>
    public double Pin { get; internal set; }

    internal double Shock { get; set; } = 1;
    internal PairIndex? BaseLeg { get; set; }
    internal PairIndex? QuoteLeg { get; set; }
    internal double BaseShock { get; set; } = 1;
    internal double QuoteShock { get; set; } = 1;

    /// <summary>Raw, not rounded to a tick; 0 when the pair was listed without a reference price and is not pinned.</summary>
    public double At(long nanos)
    {
        if (Pin > 0) return Pin;
        return path.At(nanos) * Shock * Moved(BaseLeg, BaseShock, nanos) / Moved(QuoteLeg, QuoteShock, nanos);
    }

    // How far the operator moved a leg from its path.
    private static double Moved(PairIndex? leg, double shock, long nanos)
    {
        if (leg is null) return 1;
        return leg.Pin > 0 && leg.Pair.ListingReference > 0 ? leg.Pin / leg.PathAt(nanos) : shock;
    }

    private double PathAt(long nanos) => path.At(nanos);
}
