using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>One bar. Prices and base volume in the pair's raw units; a bar without a trade has the previous close four times and no volume.</summary>
/// <param name="StartSeconds">Unix seconds, a multiple of the interval.</param>
public readonly record struct Candle(long StartSeconds, long Open, long High, long Low, long Close, long BaseVolume, Money QuoteVolume)
{
    /// <summary>A bar in which nothing traded.</summary>
    public static Candle Flat(long startSeconds, long price) => new(startSeconds, price, price, price, price, 0, Money.Zero);

    /// <summary>The bar a trade begins. Bars are what the finest ones add up to, and those without a trade stand at the price before them: so this one opens
    /// with the trade only when that falls into its first <see cref="CandleIntervals.FinestSeconds"/>, or into those of the listing.</summary>
    /// <param name="previous">The price before the trade; 0 = none.</param>
    public static Candle Opened(long startSeconds, TradeRow trade, long previous, long listedNanos)
    {
        var first = long.Max(startSeconds, CandleIntervals.Down(listedNanos / Nanos.PerSecond, CandleIntervals.FinestSeconds));
        return previous != 0 && CandleIntervals.Down(trade.TimeNanos / Nanos.PerSecond, CandleIntervals.FinestSeconds) > first
            ? Flat(startSeconds, previous).With(trade)
            : new Candle(startSeconds, trade.Price, trade.Price, trade.Price, trade.Price, trade.Size, trade.Value);
    }

    public Candle With(TradeRow trade) => this with
    {
        High = long.Max(High, trade.Price), Low = long.Min(Low, trade.Price), Close = trade.Price, BaseVolume = BaseVolume + trade.Size,
        QuoteVolume = QuoteVolume + trade.Value,
    };

    /// <summary>This bar and the part that follows it, as one; the start is this bar's.</summary>
    public Candle Then(in Candle later) => this with
    {
        High = long.Max(High, later.High), Low = long.Min(Low, later.Low), Close = later.Close, BaseVolume = BaseVolume + later.BaseVolume,
        QuoteVolume = QuoteVolume + later.QuoteVolume,
    };
}

/// <summary>The bars of a pair or contract: before its listing generated, afterwards from its trades.</summary>
public interface ICandles
{
    /// <summary>Bars with start in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>), oldest first, without gaps from the first known bar to
    /// the one that is open now.</summary>
    /// <param name="intervalSeconds">One of <see cref="CandleIntervals.All"/>.</param>
    IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds);
}

/// <summary>The bars before a pair's listing, made from the seed on demand.</summary>
public interface IGeneratedCandles
{
    /// <summary>Appends the bars with start in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>) of the time before the listing, oldest first,
    /// without gaps. The bar that contains the listing instant covers only its part before it.</summary>
    void Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into);
}

/// <summary>The dialect's intervals.</summary>
public static class CandleIntervals
{
    public static readonly (string Name, int Seconds)[] All =
    [
        ("10s", 10), ("1m", 60), ("5m", 300), ("15m", 900), ("30m", 1800), ("1h", 3600), ("4h", 14_400), ("8h", 28_800), ("1d", 86_400),
        ("7d", 604_800), ("30d", 2_592_000),
    ];

    public const int FinestSeconds = 10;

    /// <summary>Kept as they are; every other interval is a whole number of one of them.</summary>
    public static readonly int[] Stored = [10, 60, 300, 3600, 86_400];

    /// <summary>The longest stored interval that <paramref name="seconds"/> is made of.</summary>
    public static int BaseOf(int seconds) => Stored.Last(stored => seconds % stored == 0);

    public static long Down(long seconds, int interval) => seconds - seconds % interval;

    public static string NameOf(int seconds) => All.First(known => known.Seconds == seconds).Name;

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
