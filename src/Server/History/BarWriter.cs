using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>Aggregates trades into the stored bars as they are written, so that bars and sequence are of one transaction.</summary>
internal sealed class BarWriter(SqliteConnection connection, IReadOnlyDictionary<int, MarketView> pairs) : IDisposable
{
    private static readonly int Intervals = CandleIntervals.Stored.Length;

    private sealed class OfPair
    {
        public Candle?[] Bars { get; } = new Candle?[Intervals];
        public bool[] Dirty { get; } = new bool[Intervals];
        public long ListedNanos { get; init; }
        public long Last { get; set; }
    }

    private readonly Dictionary<int, OfPair> open = [];
    private readonly Insertion put = Insertion.Into(connection, "candles", HistoryRows.BarColumns, HistoryRows.BarChanges);

    private readonly Statement newest =
        new(connection, $"SELECT {HistoryRows.BarColumns} FROM candles WHERE instrument = @1 AND seconds = @2 ORDER BY start DESC LIMIT 1", 2);

    public void Add(TradeRow trade, SqliteTransaction transaction)
    {
        if (!open.TryGetValue(trade.Instrument, out var pair)) open.Add(trade.Instrument, pair = Begun(trade.Instrument, transaction));
        for (var i = 0; i < Intervals; i++)
        {
            var start = CandleIntervals.Down(trade.TimeNanos / Nanos.PerSecond, CandleIntervals.Stored[i]);
            if (pair.Bars[i] is { } bar && bar.StartSeconds == start) pair.Bars[i] = bar.With(trade);
            else
            {
                Write(trade.Instrument, pair, i);
                pair.Bars[i] = Candle.Opened(start, trade, pair.Last, pair.ListedNanos);
            }
            pair.Dirty[i] = true;
        }
        pair.Last = trade.Price;
    }

    public void Flush()
    {
        foreach (var (instrument, pair) in open)
        {
            for (var i = 0; i < Intervals; i++) Write(instrument, pair, i);
        }
    }

    public void Dispose()
    {
        put.Dispose();
        newest.Dispose();
    }

    // The first trade since start: its bars may have begun before.
    private OfPair Begun(int instrument, SqliteTransaction transaction)
    {
        var view = pairs.GetValueOrDefault(instrument);
        var begun = new OfPair { ListedNanos = view?.ListedNanos ?? 0 };
        for (var i = 0; i < Intervals; i++)
        {
            var stored = newest.Put(instrument).Put(CandleIntervals.Stored[i]).Read(HistoryRows.Bar, transaction);
            if (stored.Count > 0) begun.Bars[i] = stored[0];
        }
        begun.Last = begun.Bars[^1]?.Close ?? view?.ListingReference ?? 0;
        return begun;
    }

    private void Write(int instrument, OfPair pair, int i)
    {
        if (!pair.Dirty[i] || pair.Bars[i] is not { } bar) return;
        HistoryRows.Put(put, instrument, CandleIntervals.Stored[i], bar);
        put.Run();
        pair.Dirty[i] = false;
    }
}
