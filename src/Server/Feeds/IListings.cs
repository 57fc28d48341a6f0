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
