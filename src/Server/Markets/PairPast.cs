using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Markets;

/// <summary>The generated past of one pair or contract: ten-second bars on demand, and what was kept of coarser ones.</summary>
internal sealed class PairPast
{
    private const double WickReach = 1.3;               // longest wick, in deviations of ten seconds
    private const int FinestSeconds = GeneratedCandles.FinestSeconds;
    private const double DayValueMax = 1e17;            // times the busiest bars: a day's value still fits 64 bits

    private readonly PricePath path;
    private readonly AssetPath baseAsset, quoteAsset;
    private readonly ulong barKey;
    private readonly double origin, premiumOrigin, deviation, sizePerBar;
    private readonly long valueUnit, tick, firstDay;
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
        (valueUnit, tick) = (terms.ValueUnit, terms.Tick);
        var turnover = MarketRules.TryMoney(liquidity.Turnover, out var money) ? (double)money.Raw : 0;
        sizePerBar = double.Min(turnover / valueUnit, DayValueMax) / PathDriver.NodesPerDay;
        EndSeconds = (terms.ListedNanos + Nanos.PerSecond - 1) / Nanos.PerSecond;
        FirstSeconds = long.Max(terms.FirstSeconds, GeneratedCandles.FirstSeconds(terms.ListedNanos));
        firstDay = FirstSeconds / PathDriver.SecondsPerDay;
        days = new Candle[long.Max(EndSeconds / PathDriver.SecondsPerDay - firstDay, 0) + 1];
        premiumOrigin = PremiumAt(terms.ListedNanos);
    }

    public HistoryTerms Terms { get; }

    /// <summary>Start of the first bar.</summary>
    public long FirstSeconds { get; }

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Finest(long day, FineBar[] into)
    {
        var nodes = ArrayPool<double>.Shared.Rent(PathDriver.NodesPerDay + 1);
        var levels = nodes.AsSpan(0, PathDriver.NodesPerDay + 1);
        levels.Clear();
        path.Market.AddDay(day, baseAsset.Beta - quoteAsset.Beta, levels);
        baseAsset.Own.AddDay(day, 1, levels);
        quoteAsset.Own.AddDay(day, -1, levels);
        AddPremium(day, levels);

        var count = (int)long.Min(PathDriver.NodesPerDay, (EndSeconds - day * PathDriver.SecondsPerDay + FinestSeconds - 1) / FinestSeconds);
        var last = day * PathDriver.SecondsPerDay + count * FinestSeconds >= EndSeconds ? count : -1;
        var reach = deviation * path.MoodOf(day);
        var exact = PriceAt(levels[0]);
        var open = Ticks(exact);
        for (var at = 0; at < count; at += PathDriver.NodesPerMinute)
        {
            // One exponential and one division a minute; between, the series to the fourth power, whose error stays far below a tick.
            var minute = new Minute(exact * reach, (Terms.IsInverse ? sizePerBar * exact : sizePerBar / exact) * MarketMood.HourWeight(at / PathDriver.NodesPerHour));
            var end = int.Min(PathDriver.NodesPerMinute, count - at);
            var next = PriceAt(levels[at + PathDriver.NodesPerMinute]);
            for (var i = 1; i <= end; i++)
            {
                var x = levels[at + i] - levels[at];
                var price = i == PathDriver.NodesPerMinute ? next : exact * (1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x / 24))));
                var close = at + i == last ? Terms.ListingReference : Ticks(price);
                into[at + i - 1] = Bar(Noise.Bits(barKey, day * PathDriver.NodesPerDay + at + i), open, close, minute);
                open = close;
            }
            exact = next;
        }
        ArrayPool<double>.Shared.Return(nodes);
        return count;
    }

    /// <summary>The sum of some of a day's bars.</summary>
    public Candle Sum(long day, ReadOnlySpan<FineBar> bars, int from, int count)
    {
        var sum = bars[from];
        for (var i = from + 1; i < from + count; i++)
        {
            ref readonly var bar = ref bars[i];
            sum.High = long.Max(sum.High, bar.High);
            sum.Low = long.Min(sum.Low, bar.Low);
            sum.Close = bar.Close;
            sum.Volume += bar.Volume;
            sum.Value += bar.Value;
        }
        var start = day * PathDriver.SecondsPerDay + from * FinestSeconds;
        return new Candle(start, sum.Open, sum.High, sum.Low, sum.Close, sum.Volume, new Money((Int128)sum.Value * (Terms.IsInverse ? 1 : valueUnit)));
    }

    // Straight within a day: what that leaves out is far below a tick.
    private void AddPremium(long day, Span<double> levels)
    {
        if (Terms.Basis is null) return;
        var start = PremiumAt(day * PathDriver.SecondsPerDay * Nanos.PerSecond) - premiumOrigin;
        var slope = (PremiumAt((day + 1) * PathDriver.SecondsPerDay * Nanos.PerSecond) - premiumOrigin - start) / PathDriver.NodesPerDay;
        for (var node = 0; node < levels.Length; node++) levels[node] += start + slope * node;
    }

    private double PremiumAt(long nanos) => Terms.Basis is { } basis ? Math.Log(1 + basis.At(nanos)) : 0;

    private double PriceAt(double level) => Terms.ListingReference * Math.Exp(level - origin);

    private long Ticks(double price) => long.Max((long)(price / tick + 0.5), 1) * tick;

    private FineBar Bar(ulong bits, long open, long close, in Minute minute)
    {
        var (up, down, busy) = ((bits & 0xFFFF) / 65536.0, ((bits >> 16) & 0xFFFF) / 65536.0, ((bits >> 32) & 0xFFFF) / 65536.0);
        var high = long.Max(open, close) + (long)(up * up * minute.Wick / tick) * tick;
        var low = long.Max(long.Min(open, close) - (long)(down * down * minute.Wick / tick) * tick, tick);
        var moved = double.Min(double.Abs(close - open) * minute.PerReach, 6);
        var volume = long.Max((long)(minute.Size * (0.1 + 2.1 * busy * busy * busy + 0.4 * moved)), 1);
        var middle = (open + close + high + low) >> 2;
        return new FineBar { Open = open, High = high, Low = low, Close = close, Volume = volume, Value = Terms.IsInverse ? (long)((Int128)volume * valueUnit / middle) : middle * volume };
    }

    // What the bars of one minute share.
    private readonly struct Minute(double reach, double size)
    {
        public readonly double Wick = reach * WickReach;
        public readonly double PerReach = 1 / (reach + 1);
        public readonly double Size = size;
    }
}

/// <summary>A ten-second bar before it is a candle: its value is in units of price times size, of an inverse contract in quanta; both fit 64 bits for a whole day.</summary>
internal struct FineBar
{
    public long Open, High, Low, Close, Volume, Value;
}
