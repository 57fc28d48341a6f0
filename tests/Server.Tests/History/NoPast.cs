using Sluice.Server.Views;

namespace Sluice.Server.Tests.History;

/// <summary>No generated past: a pair begins at its listing.</summary>
internal sealed class NoPast : IGeneratedCandles
{
    public void Read(PairView pair, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
    {
    }
}
