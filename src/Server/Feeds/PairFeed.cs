using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Which intervals end now.</summary>
internal readonly record struct Due(bool Every10, bool Every20, bool Every100, bool Every1000, bool Every2000)
{
    public bool At(int millis) => millis switch { 10 => Every10, 20 => Every20, 100 => Every100, 1000 => Every1000, _ => Every2000 };
}

/// <summary>The public streams of one pair. The bus thread only notes what moved, and only what somebody wants; the feed thread does the rest.</summary>
internal sealed class PairFeed(PairView pair, ICandles candles)
{
    /// <summary>More unread changes than this are not kept: the book is loaded again.</summary>
    private const int MostPending = 64 * 1024;

    private readonly Lock gate = new();
    private readonly List<Topic> topics = [];
    private readonly FeedBook book = new();
    private List<LevelChange> pending = [];
    private List<LevelChange> taken = [];
    private bool overrun;
    private bool loaded;
    private volatile bool wantsBook;
    private volatile bool wantsTrades;
    private volatile bool bestMoved;
    private DayFigures toldDay;
    private BestQuote toldBest;

    public PairView Pair => pair;

    /// <summary>Read by the bus thread.</summary>
    public bool WantsTrades => wantsTrades;

    public bool IsIdle => topics.Count == 0;

    /// <summary>Whether it has something to do at fixed intervals.</summary>
    public bool IsTimed => topics.Exists(topic => topic.Channel.Kind != ChannelKind.Trades);

    /// <summary>On the bus thread.</summary>
    public void LevelChanged(in LevelChange change)
    {
        if (!wantsBook) return;
        lock (gate)
        {
            if (pending.Count < MostPending) pending.Add(change);
            else overrun = true;
        }
    }

    /// <summary>On the bus thread.</summary>
    public void BestChanged() => bestMoved = true;

    public void Attach(Topic topic)
    {
        topics.Add(topic);
        if (topic.Channel.Kind == ChannelKind.Trades) wantsTrades = true;
        if (!IsOfBook(topic)) return;

        // From here on every change is noted; what the book has already when it is loaded is passed over.
        wantsBook = true;
        if (loaded) CatchUp();
        else Load();
        if (topic is not DepthTopic depth) return;
        depth.Stream.Start(book.UpdateId);
        book.Streams.Add(depth.Stream);
    }

    public void Detach(Topic topic)
    {
        topics.Remove(topic);
        wantsTrades = topics.Exists(other => other.Channel.Kind == ChannelKind.Trades);
        if (topic is DepthTopic depth) book.Streams.Remove(depth.Stream);
        if (topics.Exists(IsOfBook)) return;
        wantsBook = loaded = false;
        lock (gate) pending = [];
        taken = [];
    }

    /// <summary>What a new subscriber of this topic is told at once; null when the next push is soon enough.</summary>
    public SharedFrame? First(Topic topic, FrameWriter writer, long wallMillis, long venueNanos)
    {
        switch (topic.Channel.Kind)
        {
            case ChannelKind.Tickers: return Ticker(topic, writer, wallMillis, pair.Ticker.Day(venueNanos), pair.Book.Best);
            case ChannelKind.BookTicker: return Best(topic, writer, wallMillis, pair.Book.Best);
            case ChannelKind.OrderBook: return Snapshot(topic, writer, wallMillis);
            case ChannelKind.Candlesticks:
                var candle = (CandleTopic)topic;
                if (candle.Told.StartSeconds == 0) candle.Told = BarsSince(candle, 0, venueNanos) is { Count: > 0 } bars ? bars[^1] : default;
                return candle.Told.StartSeconds == 0 ? null : Bar(candle, writer, wallMillis, candle.Told, closed: false);
            default: return null;
        }
    }

    public void Traded(TradeRow trade, FrameWriter writer, long wallMillis)
    {
        foreach (var topic in topics)
        {
            if (topic.Channel.Kind != ChannelKind.Trades) continue;
            PublicWire.Trade(writer.BeginUpdate(topic.Channel, wallMillis), pair, trade);
            topic.Send(writer.End());
        }
    }

    public void Tick(Due due, FrameWriter writer, long wallMillis, long venueNanos)
    {
        if (loaded && due.Every20) CatchUp();
        var moved = due.Every10 && bestMoved;
        if (moved) bestMoved = false;
        foreach (var topic in topics)
        {
            switch (topic.Channel.Kind)
            {
                case ChannelKind.BookTicker when moved:
                    topic.SendLatest(Best(topic, writer, wallMillis, pair.Book.Best));
                    break;
                case ChannelKind.OrderBook when due.At(topic.Key.Interval):
                    topic.SendLatest(Snapshot(topic, writer, wallMillis));
                    break;
                case ChannelKind.OrderBookUpdate or ChannelKind.Obu when due.At(topic.Key.Interval):
                    Depth((DepthTopic)topic, writer, wallMillis);
                    break;
                case ChannelKind.Tickers when due.Every1000:
                    var (day, best) = (pair.Ticker.Day(venueNanos), pair.Book.Best);
                    if (day == toldDay && best == toldBest) break;
                    (toldDay, toldBest) = (day, best);
                    topic.SendLatest(Ticker(topic, writer, wallMillis, day, best));
                    break;
                case ChannelKind.Candlesticks when due.Every2000:
                    Bars((CandleTopic)topic, writer, wallMillis, venueNanos);
                    break;
            }
        }
    }

    private static bool IsOfBook(Topic topic) => topic.Channel.Kind is ChannelKind.OrderBook or ChannelKind.OrderBookUpdate or ChannelKind.Obu;

    private void Depth(DepthTopic topic, FrameWriter writer, long wallMillis)
    {
        if (book.UpdateId > topic.Stream.SentId)
        {
            PublicWire.Depth(writer.BeginUpdate(topic.Channel, wallMillis), pair, book, topic, full: false);
            topic.Stream.Start(book.UpdateId);
            topic.SendChange(writer.End());
        }
        if (!topic.WantsFull) return;
        PublicWire.Depth(writer.BeginUpdate(topic.Channel, wallMillis), pair, book, topic, full: true);
        topic.SendFull(writer.End());
    }

    /// <summary>Applies what the bus has told since; starts anew when something is missing.</summary>
    private void CatchUp()
    {
        bool lost;
        lock (gate)
        {
            (pending, taken) = (taken, pending);
            lost = overrun;
            overrun = false;
        }
        foreach (var change in taken)
        {
            if (lost) break;
            lost = !book.Apply(change);
        }
        taken.Clear();
        if (!lost) return;
        Load();
        foreach (var topic in topics)
        {
            if (topic is not DepthTopic depth) continue;
            depth.Stream.Start(book.UpdateId);
            depth.Restart();
        }
    }

    private void Load()
    {
        book.Load(pair.Book.Depth(int.MaxValue));
        loaded = true;
    }

    private SharedFrame Snapshot(Topic topic, FrameWriter writer, long wallMillis)
    {
        PublicWire.Snapshot(writer.BeginUpdate(topic.Channel, wallMillis), pair, book, topic.Key.Detail);
        return writer.End();
    }

    private SharedFrame Best(Topic topic, FrameWriter writer, long wallMillis, in BestQuote best)
    {
        PublicWire.BookTicker(writer.BeginUpdate(topic.Channel, wallMillis), pair, best);
        return writer.End();
    }

    private SharedFrame Ticker(Topic topic, FrameWriter writer, long wallMillis, in DayFigures day, in BestQuote best)
    {
        PublicWire.Ticker(writer.BeginUpdate(topic.Channel, wallMillis), pair, day, best);
        return writer.End();
    }

    private SharedFrame Bar(CandleTopic topic, FrameWriter writer, long wallMillis, in Candle candle, bool closed)
    {
        PublicWire.Candle(writer.BeginUpdate(topic.Channel, wallMillis), pair, candle, topic.Name, closed);
        return writer.End();
    }

    /// <summary>The bar that is open, if it has changed; before it those that have closed meanwhile.</summary>
    private void Bars(CandleTopic topic, FrameWriter writer, long wallMillis, long venueNanos)
    {
        var bars = BarsSince(topic, topic.Told.StartSeconds, venueNanos);
        for (var i = 0; i < bars.Count; i++)
        {
            var closed = i < bars.Count - 1;
            if (closed || bars[i] != topic.Told) topic.SendLatest(Bar(topic, writer, wallMillis, bars[i], closed));
        }
        if (bars.Count > 0) topic.Told = bars[^1];
    }

    private IReadOnlyList<Candle> BarsSince(CandleTopic topic, long fromSeconds, long venueNanos)
    {
        const int mostAtOnce = 60;                          // a manual clock may have jumped by months
        var now = venueNanos / 1_000_000_000;
        var open = now - now % topic.Seconds;
        return candles.Read(pair, topic.Seconds, long.Max(fromSeconds, fromSeconds == 0 ? open : open - (long)mostAtOnce * topic.Seconds), now + 1);
    }
}
