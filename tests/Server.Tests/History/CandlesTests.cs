using CsCheck;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.History;
using Sluice.Server.Tests.Views;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.History;

public class CandlesTests
{
    private const long Begin = 1_767_225_600L + 3 * 3600 + 1234;        // somewhere inside an hour, a minute and ten seconds

    [Fact]
    public void Every_interval_is_what_the_ten_second_bars_add_up_to()
    {
        var trade = Gen.Select(Gen.Frequency((5, Gen.Int[0, 30]), (3, Gen.Int[30, 4000]), (1, Gen.Int[4000, 90_000])), Gen.Long[90, 110], Gen.Long[1, 50]);
        Gen.Select(trade.Array[1, 40], Gen.Bool, Gen.Bool).Sample(
            (trades, past, restart) => Check(trades, past ? new Ramp() : new NoPast(), restart), iter: 60, threads: 1);
    }

    [Fact]
    public void A_pair_without_trades_stands_at_its_listing_reference()
    {
        using var venue = new Market(new NoPast());
        venue.NowSeconds += 65;
        var bars = venue.Candles.Read(venue.Pair, 10, 0, long.MaxValue);
        Assert.Equal(7, bars.Count);
        Assert.All(bars, bar => Assert.Equal(Candle.Flat(bar.StartSeconds, 100), bar));
        Assert.Equal(CandleIntervals.Down(Begin, 10), bars[0].StartSeconds);
        Assert.Equal([bars[2], bars[3]], venue.Candles.Read(venue.Pair, 10, bars[1].StartSeconds + 1, bars[4].StartSeconds));
        Assert.Empty(venue.Candles.Read(venue.Pair, 10, 0, bars[0].StartSeconds));
    }

    [Fact]
    public void The_bar_of_the_listing_joins_the_generated_part_and_the_trades()
    {
        using var venue = new Market(new Ramp());
        venue.Trade(1, 130, 7);
        var day = Assert.Single(venue.Candles.Read(venue.Pair, 86_400, CandleIntervals.Down(Begin, 86_400), long.MaxValue));
        var generated = new List<Candle>();
        new Ramp().Read(venue.Pair, 86_400, CandleIntervals.Down(Begin, 86_400), long.MaxValue, generated);
        Assert.Equal(Assert.Single(generated).Open, day.Open);
        Assert.Equal((130L, 130L, generated[0].BaseVolume + 7), (day.High, day.Close, day.BaseVolume));
    }

    [Fact]
    public void A_ticker_has_24_hours_at_once_and_lets_go_of_what_is_older()
    {
        using var venue = new Market(new Ramp());
        var minutes = venue.Candles.Read(venue.Pair, 60, venue.NowSeconds - 86_400, long.MaxValue);
        var at = venue.Pair.Ticker.Day(venue.NowSeconds * Nanos.PerSecond);
        Assert.Equal((minutes.Max(bar => bar.High), minutes.Min(bar => bar.Low), minutes.Sum(bar => bar.BaseVolume)), (at.High, at.Low, at.BaseVolume));
        Assert.Equal(minutes[0].Open, at.Open);

        venue.NowSeconds = CandleIntervals.Down(Begin, 86_400) + 15 * 3600;       // 23:00 in UTC+8
        venue.Trade(0, 150, 4);
        venue.NowSeconds += 2 * 3600;
        venue.Trade(0, 160, 6);
        venue.NowSeconds += 10 * 3600;                                            // 03:00 of the next day
        venue.Trade(0, 140, 2);
        at = venue.Pair.Ticker.Day(venue.NowSeconds * Nanos.PerSecond);
        Assert.Equal((140L, 160L), (at.Last, at.High));
        Assert.Equal((160L, 150L), (at.OpenUtc0, at.OpenUtc8));

        venue.NowSeconds += 13 * 3600;                                            // the first trade is more than a day old
        at = venue.Pair.Ticker.Day(venue.NowSeconds * Nanos.PerSecond);
        Assert.Equal((8L, 124_000_000, 160L), (at.BaseVolume, (long)at.QuoteVolume.Raw, at.High));
        venue.NowSeconds += 86_400;
        at = venue.Pair.Ticker.Day(venue.NowSeconds * Nanos.PerSecond);
        Assert.Equal(new DayFigures(140, 140, 140, 140, 0, Money.Zero, 140, 140), at);
    }

    private static void Check((int After, long Price, long Size)[] trades, IGeneratedCandles past, bool restart)
    {
        using var venue = new Market(past);
        foreach (var (after, price, size) in trades) venue.Trade(after, price, size);
        if (restart) venue.Restart();
        var (after2, price2, size2) = trades[0];
        venue.Trade(after2, price2, size2);
        venue.NowSeconds += 35;

        var finest = venue.Expected();
        foreach (var (name, seconds) in CandleIntervals.All)
        {
            var expected = new List<Candle>();
            foreach (var bar in finest)
            {
                var start = CandleIntervals.Down(bar.StartSeconds, seconds);
                if (expected.Count > 0 && expected[^1].StartSeconds == start) expected[^1] = expected[^1].Then(bar);
                else expected.Add(bar with { StartSeconds = start });
            }
            var read = venue.Candles.Read(venue.Pair, seconds, expected[0].StartSeconds, long.MaxValue);
            Assert.True(expected.SequenceEqual(read), $"{name}: expected {string.Join(' ', expected)}, read {string.Join(' ', read)}");
            var half = expected[expected.Count / 2].StartSeconds;
            Assert.Equal(expected.Where(bar => bar.StartSeconds >= half), venue.Candles.Read(venue.Pair, seconds, half, long.MaxValue));
        }
    }

    /// <summary>One pair with reference 100, its trades, and the history they go to.</summary>
    private sealed class Market : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("sluice-candles-").FullName;
        private readonly IGeneratedCandles past;
        private readonly List<TradeRow> trades = [];
        private SqliteHistory history;
        private long sequence;

        public Market(IGeneratedCandles past)
        {
            this.past = past;
            var rig = new CoreRig { NowNanos = Begin * Nanos.PerSecond + 5 };
            rig.Send(0, new Products.Spot.ListAsset { Scale = 12 }, "BTC", "Bitcoin");
            rig.Send(0, new Products.Spot.ListAsset { Scale = 12 }, "USDT", "Tether");
            rig.Send(0, CoreRig.Terms with { ReferencePrice = 100 }, "BTC_USDT", "BTC", "USDT");
            Pair = rig.Views.PairOf(1);
            (history, Candles) = Open();
        }

        public PairView Pair { get; }
        public Candles Candles { get; private set; }
        public long NowSeconds { get; set; } = Begin;

        public void Trade(int afterSeconds, long price, long size)
        {
            NowSeconds += afterSeconds;
            var trade = new TradeRow(1, trades.Count + 1, NowSeconds * Nanos.PerSecond + 7, Side.Buy, price, size, new Money((Int128)price * size * 100_000));
            trades.Add(trade);
            Pair.Ticker.Traded(trade, Pair.ListedNanos);
            foreach (var listener in new IViewListener[] { history, Candles })
            {
                listener.Traded(Pair, trade);
                listener.Delivered(++sequence, trade.TimeNanos);
            }
        }

        public void Restart()
        {
            history.Dispose();
            (history, Candles) = Open();
        }

        /// <summary>The ten-second bars, trade by trade.</summary>
        public List<Candle> Expected()
        {
            var bars = new List<Candle>();
            past.Read(Pair, 10, CandleIntervals.Down(Begin, 2_592_000), long.MaxValue, bars);
            var close = 100L;
            for (var start = CandleIntervals.Down(Begin, 10); start <= NowSeconds; start += 10)
            {
                var mine = trades.Where(trade => CandleIntervals.Down(trade.TimeNanos / Nanos.PerSecond, 10) == start).ToArray();
                Candle? bar = bars.Count > 0 && bars[^1].StartSeconds == start ? bars[^1] : null;
                if (bar is not null) bars.RemoveAt(bars.Count - 1);
                foreach (var trade in mine)
                {
                    bar = bar is { } begun
                        ? begun with
                        {
                            High = long.Max(begun.High, trade.Price), Low = long.Min(begun.Low, trade.Price), Close = trade.Price,
                            BaseVolume = begun.BaseVolume + trade.Size, QuoteVolume = begun.QuoteVolume + trade.Value,
                        }
                        : new Candle(start, trade.Price, trade.Price, trade.Price, trade.Price, trade.Size, trade.Value);
                }
                bars.Add(bar ?? new Candle(start, close, close, close, close, 0, Money.Zero));
                close = bars[^1].Close;
            }
            return bars;
        }

        public void Dispose()
        {
            history.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        private (SqliteHistory, Candles) Open()
        {
            var opened = new SqliteHistory(Path.Combine(folder, "history.db"), new Retention { BarSeconds = new Dictionary<int, long>() });
            var candles = new Candles(opened, past, () => NowSeconds * Nanos.PerSecond);
            ((IViewListener)opened).PairChanged(Pair);
            candles.PairChanged(Pair);
            return (opened, candles);
        }
    }

    /// <summary>Twelve hours of ten-second bars that end at the reference.</summary>
    private sealed class Ramp : IGeneratedCandles
    {
        public void Read(MarketView pair, int intervalSeconds, long fromSeconds, long toSeconds, List<Candle> into)
        {
            var listed = pair.ListedNanos / Nanos.PerSecond;
            var begin = into.Count;
            var last = CandleIntervals.Down(listed, 10);
            for (var bar = last - 12 * 3600; bar <= last; bar += 10)
            {
                var start = CandleIntervals.Down(bar, intervalSeconds);
                if (start < fromSeconds || start >= toSeconds) continue;
                var price = 100 + (last - bar) / 10 % 23;
                var made = new Candle(start, price, price + 2, price - 1, (last - bar) == 0 ? 100 : price + 1, 3, new Money(300));
                if (into.Count > begin && into[^1].StartSeconds == start) into[^1] = into[^1].Then(made);
                else into.Add(made);
            }
        }
    }
}
