using System.Diagnostics.CodeAnalysis;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>What feeds ask about listings. Called from many threads.</summary>
public interface IListings
{
    bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair);

    PairView PairOf(int id);

    string AssetCode(int id);
}

/// <summary>The venue's own listings.</summary>
public sealed class ViewListings(VenueViews views) : IListings
{
    public bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair) => views.TryGetPair(symbol, out pair);

    public PairView PairOf(int id) => views.PairOf(id);

    public string AssetCode(int id) => views.AssetOf(id).Code;
}
