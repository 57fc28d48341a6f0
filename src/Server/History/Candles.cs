using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History;

/// <summary>The bars of every interval: generated before a pair's listing, afterwards those stored, and on top of them what has traded since. Hears the views
/// behind the history; read from any thread.</summary>
/// <param name="nowNanos">The venue clock.</param>
public sealed class Candles(IStoredCandles stored, IGeneratedCandles generated, Func<long> nowNanos) : ICandles, IViewListener
{
    private const int DaySeconds = 86_400;

    private readonly ConcurrentDictionary<int, LiveBars> live = new();
    private readonly List<LiveBars> touched = [];       // bus thread only: what this batch has changed

    public void PairChanged(PairView pair) => Begin(pair);

    public void ContractChanged(ContractView contract) => Begin(contract);

    private void Begin(MarketView pair)
    {
        if (live.ContainsKey(pair.Id)) return;
        live[pair.Id] = new LiveBars(pair, stored);
        SeedTicker(pair);
    }

    public void Traded(PairView pair, TradeRow trade) => Add(pair, trade);

    public void ContractTraded(ContractView contract, TradeRow trade, Products.Futures.Events.ContractFillFlags flags) => Add(contract, trade);

    private void Add(MarketView pair, TradeRow trade)
    {
        var bars = live[pair.Id];
        if (bars.Add(trade)) touched.Add(bars);
    }

    public void Delivered(long sequence, long timeNanos)
    {
        var written = stored.Sequence;
        foreach (var bars in touched) bars.Delivered(sequence, written);
        touched.Clear();
    }

    public IReadOnlyList<Candle> Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds)
    {
        var open = CandleIntervals.Down(nowNanos() / Nanos.PerSecond, intervalSeconds);
        return Bars(pair, intervalSeconds, fromSeconds, long.Min(toSeconds, open + intervalSeconds));
    }

    private IReadOnlyList<Candle> Bars(MarketView pair, int intervalSeconds, long fromSeconds, long to)
    {
        var from = CandleIntervals.Down(long.Max(fromSeconds, 0) + intervalSeconds - 1, intervalSeconds);
        if (from >= to || !live.TryGetValue(pair.Id, out var bars)) return [];

        var listed = pair.ListedNanos / Nanos.PerSecond;
        var past = new List<Candle>();
        if (from <= listed) generated.Read(pair, intervalSeconds, from, to, past);
        var traded = Traded(pair, bars, CandleIntervals.BaseOf(intervalSeconds), long.Max(from, CandleIntervals.Down(listed, intervalSeconds)), to);
        return Joined(pair, intervalSeconds, from, to, past, traded);
    }

    // Bar by bar: the generated part, then what traded in it; nothing of both stands at the price before.
    private List<Candle> Joined(MarketView pair, int interval, long from, long to, List<Candle> past, List<Candle> traded)
    {
        var listed = CandleIntervals.Down(pair.ListedNanos / Nanos.PerSecond, interval);
        var listedFinest = CandleIntervals.Down(pair.ListedNanos / Nanos.PerSecond, CandleIntervals.BaseOf(interval));
        var start = past.Count > 0 ? past[0].StartSeconds : long.Max(from, listed);
        var close = start > listed ? CloseBefore(pair, start) : pair.ListingReference;
        if (close == 0 && past.Count == 0)
        {
            if (traded.Count == 0) return past;
            start = CandleIntervals.Down(traded[0].StartSeconds, interval);
        }
        var joined = new List<Candle>((int)long.Clamp((to - start) / interval + 1, 0, 10_000));
        var (nextPast, next) = (0, 0);
        for (; start < to; start += interval)
        {
            Candle? bar = nextPast < past.Count && past[nextPast].StartSeconds == start ? past[nextPast++] : null;
            for (; next < traded.Count && traded[next].StartSeconds < start + interval; next++)
            {
                var part = traded[next];
                if (bar is null && close != 0 && part.StartSeconds > long.Max(start, listedFinest)) bar = Candle.Flat(start, close);
                bar = bar is { } begun ? begun.Then(part) : part with { StartSeconds = start };
            }
            joined.Add(bar ?? Candle.Flat(start, close));
            close = joined[^1].Close;
        }
        return joined;
    }

    private List<Candle> Traded(MarketView pair, LiveBars bars, int seconds, long from, long to)
    {
        var recent = bars.Copy(seconds, from, to, out var since);       // first: what leaves memory is stored by then
        var traded = new List<Candle>();
        if (from < since) traded.AddRange(stored.Read(pair.Id, seconds, from, long.Min(to, since)));
        traded.AddRange(recent);
        return traded;
    }

    // The price a pair had at an instant: the close of the last bar that ended by then. Fine bars go after a while; coarse ones stay.
    private long CloseBefore(MarketView pair, long seconds)
    {
        (long End, long Price) latest = (0, pair.ListingReference);
        foreach (var interval in CandleIntervals.Stored)
        {
            if (live[pair.Id].LastBefore(interval, seconds - interval + 1) is not { } bar || bar.StartSeconds + interval <= latest.End) continue;
            latest = (bar.StartSeconds + interval, bar.Close);
        }
        return latest.Price;
    }

    // Only the minutes that traded: the ticker knows what stands between them. A manual clock is not where the venue was yet: what is stored says it.
    private void SeedTicker(MarketView pair)
    {
        var now = long.Max(nowNanos() / Nanos.PerSecond, live[pair.Id].LastBefore(60, long.MaxValue)?.StartSeconds ?? 0);
        pair.Ticker.Begin(Bars(pair, 60, now - DaySeconds, now + 60).Where(minute => minute.BaseVolume != 0), pair.ListingReference);
    }
}
