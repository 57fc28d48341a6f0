using Sluice.Core.Kernel;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>The last bars of one pair with trades, in every stored interval: those that are not written yet, and some more. The bus thread changes it,
/// anyone reads it.</summary>
internal sealed class LiveBars
{
    private const int KeptLeast = 32;

    private sealed class Series(int seconds, Candle? newest)
    {
        public int Seconds => seconds;

        /// <summary>As stored at the start: the first trade may go on with it.</summary>
        public Candle? Newest { get; set; } = newest;

        public List<Candle> Bars { get; } = [];

        /// <summary>Of each bar, the sequence that must be stored before it may go; long.MaxValue until its batch is delivered.</summary>
        public List<long> Sequences { get; } = [];
    }

    private readonly Lock gate = new();
    private readonly IStoredCandles stored;
    private readonly MarketView pair;
    private readonly Series[] all;
    private long last;
    private bool touched;

    public LiveBars(MarketView pair, IStoredCandles stored)
    {
        this.pair = pair;
        this.stored = stored;
        all = [.. CandleIntervals.Stored.Select(seconds => new Series(seconds, stored.LastBefore(pair.Id, seconds, long.MaxValue)))];
        last = all[^1].Newest?.Close ?? pair.ListingReference;
    }

    /// <summary>True for the first trade of a batch.</summary>
    public bool Add(TradeRow trade)
    {
        lock (gate)
        {
            foreach (var series in all)
            {
                var start = CandleIntervals.Down(trade.TimeNanos / Nanos.PerSecond, series.Seconds);
                var bars = series.Bars;
                if (bars.Count > 0 && bars[^1].StartSeconds == start) bars[^1] = bars[^1].With(trade);
                else
                {
                    var goesOn = bars.Count == 0 && series.Newest is { } newest && newest.StartSeconds == start;
                    bars.Add(goesOn ? series.Newest!.Value.With(trade) : Candle.Opened(start, trade, last, pair.ListedNanos));
                    series.Sequences.Add(0);
                }
                series.Sequences[^1] = long.MaxValue;
            }
            last = trade.Price;
            var first = !touched;
            touched = true;
            return first;
        }
    }

    /// <summary>What this batch changed is of that sequence; what is long written may go.</summary>
    public void Delivered(long sequence, long written)
    {
        lock (gate)
        {
            touched = false;
            foreach (var series in all)
            {
                var sequences = series.Sequences;
                for (var i = sequences.Count - 1; i >= 0 && sequences[i] == long.MaxValue; i--) sequences[i] = sequence;
                if (sequences.Count < 2 * KeptLeast) continue;
                var gone = sequences.FindIndex(needed => needed > written);
                gone = int.Min(gone < 0 ? sequences.Count : gone, sequences.Count - KeptLeast);
                sequences.RemoveRange(0, gone);
                series.Bars.RemoveRange(0, gone);
            }
        }
    }

    /// <summary>The bars in memory with start in a range, and from which start on memory has them all.</summary>
    public List<Candle> Copy(int seconds, long from, long to, out long since)
    {
        lock (gate)
        {
            var bars = SeriesOf(seconds).Bars;
            since = bars.Count > 0 ? bars[0].StartSeconds : long.MaxValue;
            return [.. bars.Where(bar => bar.StartSeconds >= from && bar.StartSeconds < to)];
        }
    }

    public Candle? LastBefore(int seconds, long beforeSeconds)
    {
        lock (gate)
        {
            var at = SeriesOf(seconds).Bars.FindLastIndex(bar => bar.StartSeconds < beforeSeconds);
            if (at >= 0) return SeriesOf(seconds).Bars[at];
        }
        return stored.LastBefore(pair.Id, seconds, beforeSeconds);
    }

    private Series SeriesOf(int seconds) => all[Array.IndexOf(CandleIntervals.Stored, seconds)];
}
