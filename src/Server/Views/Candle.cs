using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>One bar. Prices and base volume in the pair's raw units; a bar without a trade has the previous close four times and no volume.</summary>
/// <param name="StartSeconds">Unix seconds, a multiple of the interval.</param>
public readonly record struct Candle(long StartSeconds, long Open, long High, long Low, long Close, long BaseVolume, Money QuoteVolume);

/// <summary>The bars of a pair: before its listing generated, afterwards from its trades.</summary>
public interface ICandles
{
    /// <summary>Bars with start in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>), oldest first, without gaps from the first known bar to
    /// the one that is open now.</summary>
    /// <param name="intervalSeconds">One of <see cref="CandleIntervals.All"/>.</param>
    IReadOnlyList<Candle> Read(PairView pair, int intervalSeconds, long fromSeconds, long toSeconds);
}

/// <summary>The dialect's intervals.</summary>
public static class CandleIntervals
{
    public static readonly (string Name, int Seconds)[] All =
    [
        ("10s", 10), ("1m", 60), ("5m", 300), ("15m", 900), ("30m", 1800), ("1h", 3600), ("4h", 14_400), ("8h", 28_800), ("1d", 86_400),
        ("7d", 604_800), ("30d", 2_592_000),
    ];

    /// <summary>Seconds of an interval's name, or 0.</summary>
    public static int SecondsOf(string name)
    {
        foreach (var (known, seconds) in All)
        {
            if (known == name) return seconds;
        }
        return 0;
    }
}
