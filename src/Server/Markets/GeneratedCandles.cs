using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Markets;

/// <summary>The pair or contract whose past is asked for, as it was listed first.</summary>
/// <param name="Symbol">A name of its own among all.</param>
/// <param name="ListingReference">Raw price at <paramref name="ListedNanos"/>: the past ends there.</param>
public readonly record struct HistoryTerms(string Symbol, string Base, string Quote, int PriceDecimals, int SizeDecimals, long ListingReference, long ListedNanos)
{
    /// <summary>What prices are whole multiples of.</summary>
    public long Tick { get; init; } = 1;

    /// <summary>A contract whose value is size over price, in the coin it is settled in.</summary>
    public bool IsInverse { get; init; }

    /// <summary>Quanta in one raw unit of size at one raw unit of price; a pair's follows from its decimals.</summary>
    public long ValueUnit { get; init; } = Fixed.PowerOfTen(Money.Decimals - PriceDecimals - SizeDecimals);

    /// <summary>Null = what the market file says of the pair.</summary>
    public PairLiquidity? Liquidity { get; init; } = null;

    /// <summary>Start of the first bar, a whole hour, in Unix seconds; 0 = as far back as the past reaches.</summary>
    public long FirstSeconds { get; init; }

    /// <summary>What lies between the price and its path, of a delivery contract.</summary>
    internal DeliveryBasis? Basis { get; init; }

    public static HistoryTerms Of(PairView pair) => new(pair.Symbol, pair.Base.Code, pair.Quote.Code, pair.Terms.PriceDecimals, pair.Terms.SizeDecimals,
        pair.ListingReference, pair.ListedNanos);
}

/// <summary>The bars of the time before a pair or a contract was listed, made from the seed when asked for. The finest are 10 seconds; all others are added up
/// from those, so that every interval agrees with every other. Days and hours are kept, bounded. Thread-safe.</summary>
/// <param name="pairs">Listed pairs by symbol, for contracts that follow one; null where there are none.</param>
public sealed class GeneratedCandles(PricePath path, MarketFile file, Func<string, PairView?>? pairs = null) : IGeneratedCandles
{
    /// <summary>How far back the past reaches; the first day is whole.</summary>
    public const int Days = 370;

    internal const int FinestSeconds = 10;

    private const int HourSeconds = 3600;
    private const int KeptDaysMax = 12_000;         // hour bars of as many days, some 20 MB

    private readonly ConcurrentDictionary<string, PairPast> pasts = new(StringComparer.Ordinal);
    private readonly ContractPasts contracts = new(path, file, pairs ?? (static _ => null));
    private readonly Queue<(PairPast Past, long Day)> kept = new();
    private readonly Lock gate = new();

    /// <summary>Start of the first bar, Unix seconds.</summary>
    public static long FirstSeconds(long listedNanos)
    {
        var seconds = listedNanos / Nanos.PerSecond - (long)Days * PathDriver.SecondsPerDay;
        return seconds - seconds % PathDriver.SecondsPerDay;
    }

    public void Read(MarketView market, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
    {
        var terms = market switch { PairView pair => HistoryTerms.Of(pair), ContractView contract => contracts.Of(contract), _ => null };
        if (terms is { } known) Read(known, intervalSeconds, fromSeconds, toSeconds, into);
    }

    /// <summary>Adds the bars with start in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>) that begin before the listing, oldest first,
    /// without gaps. The last one ends at the listing, at its reference price: it goes on with the first trades.</summary>
    public void Read(in HistoryTerms terms, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
    {
        if (terms.ListingReference <= 0) return;
        var past = PastOf(terms);
        var first = past.FirstSeconds;
        if (first >= past.EndSeconds) return;
        var from = long.Max(Up(fromSeconds, intervalSeconds), Down(first, intervalSeconds));
        var to = long.Min(Up(toSeconds, intervalSeconds), Up(past.EndSeconds, intervalSeconds));
        if (from >= to) return;

        var begin = into.Count;
        var lastDay = (long.Min(to, past.EndSeconds) - 1) / PathDriver.SecondsPerDay;
        for (var day = long.Max(from, first) / PathDriver.SecondsPerDay; day <= lastDay; day++)
        {
            if (intervalSeconds >= PathDriver.SecondsPerDay) Add(past.Day(day) ?? Whole(past, day), intervalSeconds, from, to, begin, into);
            else if (intervalSeconds >= HourSeconds)
            {
                foreach (ref readonly var bar in HoursOf(past, day).AsSpan()) Add(bar, intervalSeconds, from, to, begin, into);
            }
            else
            {
                // Below an hour a bar is whole within a day: days divide evenly.
                var finest = ArrayPool<FineBar>.Shared.Rent(PathDriver.NodesPerDay);
                var (count, parts) = (past.Finest(day, finest), intervalSeconds / FinestSeconds);
                for (var at = 0; at < count; at += parts)
                {
                    var start = day * PathDriver.SecondsPerDay + at * FinestSeconds;
                    if (start >= long.Max(from, first) && start < to) into.Add(past.Sum(day, finest, at, int.Min(parts, count - at)));
                }
                ArrayPool<FineBar>.Shared.Return(finest);
            }
        }
    }

    private PairPast PastOf(in HistoryTerms terms)
    {
        if (pasts.TryGetValue(terms.Symbol, out var past) && past.Terms == terms) return past;
        var made = new PairPast(path, terms, terms.Liquidity ?? file.PairOf(terms.Symbol)?.Liquidity ?? new PairLiquidity());
        pasts[terms.Symbol] = made;
        return made;
    }

    private Candle Whole(PairPast past, long day)
    {
        var bars = HoursOf(past, day);
        var whole = bars[0] with { StartSeconds = day * PathDriver.SecondsPerDay };
        for (var i = 1; i < bars.Length; i++) whole = Joined(whole, bars[i]);
        past.Keep(day, whole);
        return whole;
    }

    private Candle[] HoursOf(PairPast past, long day)
    {
        if (past.Hours.TryGetValue(day, out var bars)) return bars;
        var finest = ArrayPool<FineBar>.Shared.Rent(PathDriver.NodesPerDay);
        var count = past.Finest(day, finest);
        var begins = (int)long.Max(past.FirstSeconds - day * PathDriver.SecondsPerDay, 0) / HourSeconds;
        bars = new Candle[(count + PathDriver.NodesPerHour - 1) / PathDriver.NodesPerHour - begins];
        for (var hour = 0; hour < bars.Length; hour++)
        {
            var at = (begins + hour) * PathDriver.NodesPerHour;
            bars[hour] = past.Sum(day, finest, at, int.Min(PathDriver.NodesPerHour, count - at));
        }
        ArrayPool<FineBar>.Shared.Return(finest);
        lock (gate)
        {
            if (!past.Hours.TryAdd(day, bars)) return bars;
            kept.Enqueue((past, day));
            while (kept.Count > KeptDaysMax && kept.TryDequeue(out var oldest)) oldest.Past.Hours.TryRemove(oldest.Day, out _);
        }
        return bars;
    }

    private static void Add(in Candle bar, int interval, long from, long to, int begin, List<Candle> into)
    {
        var start = Down(bar.StartSeconds, interval);
        if (start < from || start >= to) return;
        var made = CollectionsMarshal.AsSpan(into);
        if (made.Length > begin && made[^1].StartSeconds == start) made[^1] = Joined(made[^1], bar);
        else into.Add(bar with { StartSeconds = start });
    }

    private static Candle Joined(in Candle earlier, in Candle later) => new(earlier.StartSeconds, earlier.Open, long.Max(earlier.High, later.High),
        long.Min(earlier.Low, later.Low), later.Close, earlier.BaseVolume + later.BaseVolume, earlier.QuoteVolume + later.QuoteVolume);

    private static long Down(long seconds, int interval) => seconds - seconds % interval;

    private static long Up(long seconds, int interval) => seconds > long.MaxValue - interval ? Down(seconds, interval) : Down(seconds + interval - 1, interval);
}
