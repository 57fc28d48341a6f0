using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Bars of mark, index and premium: made of every price as it is told, stored when a minute is over. Ten-second bars are in memory only. Hears the
/// views behind the history; read from any thread.</summary>
/// <param name="nowNanos">The venue clock.</param>
public sealed class PriceCandles(SqliteHistory history, Func<long> nowNanos) : IViewListener
{
    /// <summary>The intervals kept, each a whole number of the one before; others are made of them.</summary>
    private static readonly int[] Kept = [10, 60, 300, 3600, 86_400];

    private const int Minute = 1, FiveMinutes = 2;      // places among them

    private const int FinestInMemory = 360;     // ten-second bars: an hour
    private const int InMemory = 10;            // of the others: what may not be written yet

    private readonly ConcurrentDictionary<(int Instrument, PriceSeries Series), Bars> all = new();

    public void ContractPriced(ContractView contract)
    {
        var prices = contract.Prices;
        Add(contract, PriceSeries.Mark, prices.Mark, prices.TimeNanos);
        Add(contract, PriceSeries.Index, prices.Index, prices.TimeNanos);
    }

    public void FundingChanged(ContractView contract, bool isSampled, long timeNanos)
    {
        if (isSampled) Add(contract, PriceSeries.Premium, contract.Funding.Premium, timeNanos);
    }

    /// <summary>Bars with start in [from, to), oldest first; a bar in which the price did not move stands at the one before.</summary>
    /// <param name="seconds">A multiple of ten seconds.</param>
    public IReadOnlyList<PriceBar> Read(ContractView contract, PriceSeries series, int seconds, long fromSeconds, long toSeconds)
    {
        var to = long.Min(toSeconds, CandleIntervals.Down(nowNanos() / Nanos.PerSecond, seconds) + seconds);
        var from = CandleIntervals.Down(long.Max(fromSeconds, 0) + seconds - 1, seconds);
        if (from >= to) return [];
        var finest = Kept.Last(kept => seconds % kept == 0);
        var parts = finest == Kept[0] ? [] : new SortedDictionary<long, PriceBar>(history.PriceBars(contract.Id, series, finest, from, to).ToDictionary(bar => bar.StartSeconds));
        foreach (var bar in BarsOf(contract, series).Copy(finest, from, to)) parts[bar.StartSeconds] = bar;
        return Joined(parts.Values, seconds, to);
    }

    private static List<PriceBar> Joined(IEnumerable<PriceBar> parts, int seconds, long to)
    {
        var joined = new List<PriceBar>();
        foreach (var part in parts)
        {
            var start = CandleIntervals.Down(part.StartSeconds, seconds);
            if (joined.Count > 0 && joined[^1].StartSeconds == start)
            {
                joined[^1] = joined[^1].Then(part);
                continue;
            }
            Fill(joined, start, seconds);
            joined.Add(part with { StartSeconds = start });
        }
        Fill(joined, to, seconds);
        return joined;
    }

    private static void Fill(List<PriceBar> joined, long until, int seconds)
    {
        while (joined.Count > 0 && joined[^1].StartSeconds + seconds < until) joined.Add(PriceBar.Begun(joined[^1].StartSeconds + seconds, joined[^1].Close));
    }

    private void Add(ContractView contract, PriceSeries series, long price, long timeNanos)
    {
        if (price == 0 && series != PriceSeries.Premium) return;
        var bars = BarsOf(contract, series);
        if (!bars.Add(price, timeNanos / Nanos.PerSecond, out var over)) return;
        foreach (var (seconds, bar) in over) history.Store(new PriceBarRow(contract.Id, series, seconds, bar));
    }

    private Bars BarsOf(ContractView contract, PriceSeries series) => all.GetOrAdd((contract.Id, series), static (key, history) => Stored(history, key.Instrument, key.Series), history);

    // Hundreds of contracts ask at a start: where there is no minute there is nothing.
    private static Bars Stored(SqliteHistory history, int instrument, PriceSeries series)
    {
        var bars = new PriceBar?[Kept.Length];
        bars[Minute] = history.LastPriceBar(instrument, series, Kept[Minute]);
        for (var i = Minute + 1; i < bars.Length && bars[Minute] is not null; i++) bars[i] = history.LastPriceBar(instrument, series, Kept[i]);
        return new Bars(bars);
    }

    /// <summary>The open bar of each interval, and the last ones that are over.</summary>
    private sealed class Bars(PriceBar?[] stored)
    {
        private readonly Lock gate = new();
        private readonly PriceBar?[] open = stored;
        private readonly Queue<PriceBar>[] ended = [.. stored.Select(static _ => new Queue<PriceBar>())];

        /// <summary>True when a minute is over: its bar; and when five are, what the longer ones are by now. A crash may cost those as much of their wicks.</summary>
        public bool Add(long price, long second, out List<(int Seconds, PriceBar Bar)> over)
        {
            over = [];
            lock (gate)
            {
                var minuteIsOver = IsOver(Minute, second);
                var fiveAreOver = IsOver(FiveMinutes, second);
                for (var i = 0; i < Kept.Length; i++)
                {
                    var start = CandleIntervals.Down(second, Kept[i]);
                    if (((i == Minute && minuteIsOver) || (i > Minute && fiveAreOver)) && open[i] is { } told) over.Add((Kept[i], told));
                    if (open[i] is { } bar && bar.StartSeconds == start)
                    {
                        open[i] = bar.With(price);
                        continue;
                    }
                    if (open[i] is { } last) Keep(i, last);
                    // A price stands until it moves: the bar opens where the one before it closed.
                    open[i] = open[i] is { } before ? PriceBar.Begun(start, second == start ? price : before.Close).With(price) : PriceBar.Begun(start, price);
                }
                return minuteIsOver;
            }
        }

        private bool IsOver(int i, long second) => open[i] is { } bar && bar.StartSeconds != CandleIntervals.Down(second, Kept[i]);

        private void Keep(int i, in PriceBar bar)
        {
            ended[i].Enqueue(bar);
            if (ended[i].Count > (i == 0 ? FinestInMemory : InMemory)) ended[i].Dequeue();
        }

        public List<PriceBar> Copy(int seconds, long from, long to)
        {
            lock (gate)
            {
                var i = Array.IndexOf(Kept, seconds);
                var bars = ended[i].Where(bar => bar.StartSeconds >= from && bar.StartSeconds < to).ToList();
                if (open[i] is { } last && last.StartSeconds >= from && last.StartSeconds < to) bars.Add(last);
                return bars;
            }
        }
    }
}
