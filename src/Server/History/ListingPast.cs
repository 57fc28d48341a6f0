using Sluice.Server.Markets;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>The generated past of the configured markets.</summary>
public sealed class ListingPast(GeneratedCandles generated) : IGeneratedCandles
{
    public void Read(PairView pair, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into) =>
        generated.Read(HistoryTerms.Of(pair), intervalSeconds, fromSeconds, toSeconds, into);
}

/// <summary>No past: a venue without simulated markets begins at its listings.</summary>
public sealed class NoPast : IGeneratedCandles
{
    public void Read(PairView pair, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
    {
    }
}
