using Sluice.Server.Views;

namespace Sluice.Server.Tests.History;

/// <summary>No generated past: a pair begins at its listing.</summary>
internal sealed class NoPast : IGeneratedCandles
{
    public void Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
    {
    }
}
