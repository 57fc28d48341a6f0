using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>The bars that were written: the intervals of <see cref="CandleIntervals.Stored"/>, those with trades only.</summary>
public interface IStoredCandles
{
    /// <summary>Reached by what is stored.</summary>
    long Sequence { get; }

    /// <summary>Bars with start in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>), oldest first.</summary>
    IReadOnlyList<Candle> Read(int instrument, int seconds, long fromSeconds, long toSeconds);

    /// <summary>The last one that starts before an instant.</summary>
    Candle? LastBefore(int instrument, int seconds, long beforeSeconds);
}
