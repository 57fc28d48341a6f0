using Sluice.Server.Views;

namespace Sluice.Server.History.Futures;

/// <summary>The open bars of one contract's mark, index and premium in every kept interval, and the last ones that are over. The bus thread adds, anyone reads.</summary>
internal sealed class PriceBars
{
    /// <summary>The intervals kept, in seconds, each a whole number of the one before; others are made of them.</summary>
    public static readonly int[] Kept = [10, 60, 300, 3600, 86_400];

    private const int Minute = 1;               // the finest that is stored
    private const int Series = 3;
    private const int FinestInMemory = 360;     // ten-second bars: an hour
    private const int InMemory = 10;            // of the others: what may not be written yet

    private readonly Lock gate = new();
    private readonly int instrument;
    private readonly long[] starts = new long[Kept.Length];             // of the open bars; 0 before the first price
    private readonly PriceBar[] open = new PriceBar[Kept.Length * Series];
    private readonly Queue<PriceBar>[] ended = new Queue<PriceBar>[Kept.Length * Series];
    private readonly (bool Known, long Price)[] last = new (bool, long)[Series];

    /// <summary>Goes on where the stored minutes end: a longer bar that was open is what the shorter ones in it add up to.</summary>
    public PriceBars(int instrument, IFuturesHistory history)
    {
        this.instrument = instrument;
        for (var i = 0; i < ended.Length; i++) (ended[i], open[i]) = (new Queue<PriceBar>(), PriceBar.None(0));
        if (history.LastPriceBars(instrument, Kept[Minute]) is not { } minute) return;
        for (var i = Minute; i < Kept.Length; i++)
        {
            starts[i] = CandleIntervals.Down(minute.StartSeconds, Kept[i]);
            for (var s = 0; s < Series; s++)
            {
                var series = (PriceSeries)(s + 1);
                var sum = PriceBar.None(starts[i]);
                if (i > Minute)
                {
                    foreach (var part in history.PriceBars(instrument, series, Kept[i - 1], starts[i], starts[i - 1])) sum = sum.Then(part);
                }
                open[At(i, s)] = sum.Then(i > Minute ? open[At(i - 1, s)] : minute.Bar(series));
            }
        }
        for (var s = 0; s < Series; s++)
        {
            if (open[At(Kept.Length - 1, s)] is { IsNone: false } day) last[s] = (true, day.Close);
        }
    }

    /// <summary>What stands at a second; rows of the minutes and longer bars that are over by then are added to <paramref name="over"/>.</summary>
    /// <param name="mark">0 while there is none; so is <paramref name="index"/>.</param>
    public void AddPrices(long mark, long index, long second, List<PriceBarRow> over)
    {
        lock (gate)
        {
            Roll(second, over);
            if (mark != 0) Add(PriceSeries.Mark, mark, second);
            if (index != 0) Add(PriceSeries.Index, index, second);
        }
    }

    public void AddPremium(long premium, long second, List<PriceBarRow> over)
    {
        lock (gate)
        {
            Roll(second, over);
            Add(PriceSeries.Premium, premium, second);
        }
    }

    /// <summary>The bars in memory with start in [from, to), oldest first.</summary>
    public List<PriceBar> Copy(PriceSeries series, int seconds, long from, long to)
    {
        lock (gate)
        {
            var at = At(Array.IndexOf(Kept, seconds), (int)series - 1);
            var bars = ended[at].Where(bar => bar.StartSeconds >= from && bar.StartSeconds < to).ToList();
            if (open[at] is { IsNone: false } running && running.StartSeconds >= from && running.StartSeconds < to) bars.Add(running);
            return bars;
        }
    }

    private void Roll(long second, List<PriceBarRow> over)
    {
        for (var i = 0; i < Kept.Length; i++)
        {
            var start = CandleIntervals.Down(second, Kept[i]);
            if (starts[i] == start) return;         // then no longer one is over either
            var wasOpen = starts[i] != 0;
            if (wasOpen && i >= Minute) over.Add(new PriceBarRow(instrument, Kept[i], open[At(i, 0)], open[At(i, 1)], open[At(i, 2)]));
            starts[i] = start;
            for (var s = 0; s < Series; s++)
            {
                ref var bar = ref open[At(i, s)];
                if (wasOpen && !bar.IsNone) Keep(ended[At(i, s)], bar, i == 0 ? FinestInMemory : InMemory);
                bar = PriceBar.None(start);
            }
        }
    }

    // A price stands until it moves: a bar opens where the one before it closed.
    private void Add(PriceSeries series, long price, long second)
    {
        var s = (int)series - 1;
        var (known, before) = last[s];
        for (var i = 0; i < Kept.Length; i++)
        {
            ref var bar = ref open[At(i, s)];
            if (bar.IsNone) bar = PriceBar.Begun(starts[i], known && second != starts[i] ? before : price);
            bar = bar.With(price);
        }
        last[s] = (true, price);
    }

    private static void Keep(Queue<PriceBar> bars, in PriceBar bar, int most)
    {
        bars.Enqueue(bar);
        if (bars.Count > most) bars.Dequeue();
    }

    private static int At(int interval, int series) => interval * Series + series;
}
