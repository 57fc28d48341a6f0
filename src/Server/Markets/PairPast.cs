using System.Buffers;
using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Markets;

/// <summary>The generated past of one pair: ten-second bars on demand, and what was kept of coarser ones.</summary>
internal sealed class PairPast
{
    private const double WickReach = 1.3;               // longest wick, in deviations of ten seconds
    private const int Finest10s = 10;

    private readonly PricePath path;
    private readonly AssetPath baseAsset, quoteAsset;
    private readonly ulong barKey;
    private readonly double origin, deviation, sizePerBar;
    private readonly long valueUnit, firstDay;
    private readonly Candle[] days;

    public PairPast(PricePath path, in HistoryTerms terms, PairLiquidity liquidity)
    {
        this.path = path;
        Terms = terms;
        (baseAsset, quoteAsset) = (path.Of(terms.Base), path.Of(terms.Quote));
        barKey = Noise.Key(Noise.Key(path.Seed, terms.Symbol), 11);
        var reader = new PathReader(path);
        origin = reader.Level(terms.Base, terms.ListedNanos) - reader.Level(terms.Quote, terms.ListedNanos);
        deviation = path.DailyDeviation(terms.Base, terms.Quote) / Math.Sqrt(PathDriver.NodesPerDay);
        valueUnit = Fixed.PowerOfTen(Money.Decimals - terms.PriceDecimals - terms.SizeDecimals);
        var turnover = MarketRules.TryMoney(liquidity.Turnover, out var money) ? (double)money.Raw / Fixed.PowerOfTen(Money.Decimals) : 0;
        sizePerBar = turnover / PathDriver.NodesPerDay * Fixed.PowerOfTen(terms.PriceDecimals + terms.SizeDecimals);
        EndSeconds = (terms.ListedNanos + Nanos.PerSecond - 1) / Nanos.PerSecond;
        firstDay = GeneratedCandles.FirstSeconds(terms.ListedNanos) / PathDriver.SecondsPerDay;
        days = new Candle[GeneratedCandles.Days + 2];
    }

    public HistoryTerms Terms { get; }

    /// <summary>No bar starts at or after it.</summary>
    public long EndSeconds { get; }

    /// <summary>Hour bars by day.</summary>
    public ConcurrentDictionary<long, Candle[]> Hours { get; } = new();

    public Candle? Day(long day)
    {
        lock (days) return days[day - firstDay] is { Open: > 0 } bar ? bar : null;
    }

    public void Keep(long day, in Candle bar)
    {
        lock (days) days[day - firstDay] = bar;
    }

    /// <summary>A day's ten-second bars up to the listing; returns how many.</summary>
    public int Finest(long day, Candle[] into)
    {
        var nodes = ArrayPool<double>.Shared.Rent(PathDriver.NodesPerDay + 1);
        var levels = nodes.AsSpan(0, PathDriver.NodesPerDay + 1);
        levels.Clear();
        path.Market.AddDay(day, baseAsset.Beta - quoteAsset.Beta, levels);
        baseAsset.Own.AddDay(day, 1, levels);
        quoteAsset.Own.AddDay(day, -1, levels);

        var start = day * PathDriver.SecondsPerDay;
        var count = (int)long.Min(PathDriver.NodesPerDay, (EndSeconds - start + Finest10s - 1) / Finest10s);
        var mood = deviation * path.MoodOf(day);
        var exact = 0.0;
        var exactLevel = 0.0;
        long open = 0;
        for (var i = 0; i <= count; i++)
        {
            // One exponential a minute; between, the series to the fourth power, whose error stays far below a tick.
            if (i % PathDriver.NodesPerMinute == 0) (exact, exactLevel) = (Terms.ListingReference * Math.Exp(levels[i] - origin), levels[i]);
            var x = levels[i] - exactLevel;
            var price = exact * (1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x / 24))));
            var close = long.Max((long)(price + 0.5), 1);
            if (i > 0)
            {
                var barStart = start + (i - 1) * Finest10s;
                into[i - 1] = Bar(barStart, open, barStart + Finest10s >= EndSeconds ? Terms.ListingReference : close, price, mood);
            }
            open = close;
        }
        ArrayPool<double>.Shared.Return(nodes);
        return count;
    }

    private Candle Bar(long start, long open, long close, double price, double reach)
    {
        var bits = Noise.Bits(barKey, start / Finest10s);
        var (up, down, busy) = ((bits & 0xFFFF) / 65536.0, ((bits >> 16) & 0xFFFF) / 65536.0, ((bits >> 32) & 0xFFFF) / 65536.0);
        var wick = price * reach * WickReach;
        var high = long.Max(open, close) + (long)(up * up * wick);
        var low = long.Max(long.Min(open, close) - (long)(down * down * wick), 1);
        var moved = double.Abs(close - open) / (price * reach + 1);
        var size = sizePerBar / price * (0.1 + 2.1 * busy * busy * busy + 0.4 * double.Min(moved, 6)) * MarketMood.HourWeight((int)(start / 3600 % 24));
        var volume = long.Max((long)size, 1);
        var middle = (open + close + high + low) / 4;
        return new Candle(start, open, high, low, close, volume, new Money((Int128)middle * volume * valueUnit));
    }
}
