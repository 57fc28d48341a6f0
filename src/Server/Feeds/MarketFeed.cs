using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Which intervals end now.</summary>
internal readonly record struct Due(bool Every10, bool Every20, bool Every100, bool Every1000, bool Every2000)
{
    public bool At(int millis) => millis switch { 10 => Every10, 20 => Every20, 100 => Every100, 1000 => Every1000, _ => Every2000 };
}

/// <summary>What the streams of a turn write with, and when it is.</summary>
internal readonly record struct Turn(FrameWriter Writer, long WallMillis, long VenueNanos);

/// <summary>The public streams of one market. The bus thread only notes what moved, and only what somebody wants; the feed thread does the rest.</summary>
/// <param name="shown">The market's book as everybody reads it.</param>
internal abstract class MarketFeed(BookView shown)
{
    /// <summary>More unread changes than this are not kept: the book is loaded again.</summary>
    private const int MostPending = 64 * 1024;

    private readonly Lock gate = new();
    private readonly List<Topic> topics = [];
    private List<LevelChange> pending = [];
    private List<LevelChange> taken = [];
    private bool overrun;
    private bool loaded;
    private volatile bool wantsBook;
    private volatile bool wantsTrades;
    private volatile bool bestMoved;

    /// <summary>Read by the bus thread.</summary>
    public bool WantsTrades => wantsTrades;

    public bool IsIdle => topics.Count == 0;

    /// <summary>Whether it has something to do at fixed intervals.</summary>
    public bool IsTimed => topics.Exists(topic => topic.Channel.Kind != ChannelKind.Trades);

    protected List<Topic> Topics => topics;

    /// <summary>The feeds' own copy; good while a stream of the book is open.</summary>
    protected FeedBook Book { get; } = new();

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

    public virtual void Attach(Topic topic)
    {
        topics.Add(topic);
        if (topic.Channel.Kind == ChannelKind.Trades) wantsTrades = true;
        if (!IsOfBook(topic)) return;

        // From here on every change is noted; what the book has already when it is loaded is passed over.
        wantsBook = true;
        if (loaded) CatchUp();
        else Load();
        if (topic is not DepthTopic depth) return;
        depth.Stream.Start(Book.UpdateId);
        Book.Streams.Add(depth.Stream);
    }

    public virtual void Detach(Topic topic)
    {
        topics.Remove(topic);
        wantsTrades = topics.Exists(other => other.Channel.Kind == ChannelKind.Trades);
        if (topic is DepthTopic depth) Book.Streams.Remove(depth.Stream);
        if (topics.Exists(IsOfBook)) return;
        wantsBook = loaded = false;
        lock (gate) pending = [];
        taken = [];
    }

    /// <summary>What a new subscriber of this topic is told at once; null when the next push is soon enough.</summary>
    public abstract SharedFrame? First(Topic topic, in Turn turn);

    public void Tick(Due due, in Turn turn)
    {
        if (loaded && due.Every20) CatchUp();
        var moved = due.Every10 && bestMoved;
        if (moved) bestMoved = false;
        foreach (var topic in topics) Tick(topic, due, moved, turn);
        EndTick(due);
    }

    /// <summary>What is due of one topic.</summary>
    /// <param name="moved">Whether the best prices have moved in the last 10 ms.</param>
    protected abstract void Tick(Topic topic, Due due, bool moved, in Turn turn);

    /// <summary>All topics have had what is due.</summary>
    protected virtual void EndTick(Due due) { }

    /// <summary>Writes what the window has gone through since the last frame; or, with <paramref name="full"/>, the whole window.</summary>
    protected abstract SharedFrame Window(DepthTopic topic, in Turn turn, bool full);

    protected static bool IsOfBook(Topic topic) => topic.Channel.Kind is ChannelKind.OrderBook or ChannelKind.OrderBookUpdate or ChannelKind.Obu;

    /// <summary>The changes of a window, to everyone who has what was before; the whole to others.</summary>
    protected void Depth(DepthTopic topic, in Turn turn)
    {
        if (Book.UpdateId > topic.Stream.SentId)
        {
            var change = Window(topic, turn, full: false);
            topic.Stream.Start(Book.UpdateId);
            topic.SendChange(change);
        }
        if (topic.WantsFull) topic.SendFull(Window(topic, turn, full: true));
    }

    /// <summary>The bar that is open, if it has changed; before it those that have closed meanwhile.</summary>
    protected void Bars(CandleTopic topic, in Turn turn)
    {
        var bars = BarsSince(topic, topic.Told.StartSeconds, turn.VenueNanos);
        for (var i = 0; i < bars.Count; i++)
        {
            var closed = i < bars.Count - 1;
            if (closed || bars[i] != topic.Told) topic.SendLatest(Bar(topic, turn, bars[i], closed));
        }
        if (bars.Count > 0) topic.Told = bars[^1];
    }

    /// <summary>The bar that is open now, or null when there is none.</summary>
    protected SharedFrame? OpenBar(CandleTopic topic, in Turn turn)
    {
        if (topic.Told.StartSeconds == 0) topic.Told = BarsSince(topic, 0, turn.VenueNanos) is { Count: > 0 } bars ? bars[^1] : default;
        return topic.Told.StartSeconds == 0 ? null : Bar(topic, turn, topic.Told, closed: false);
    }

    protected abstract SharedFrame Bar(CandleTopic topic, in Turn turn, in Candle candle, bool closed);

    /// <summary>Bars of the topic's interval with start in a range of seconds, oldest first.</summary>
    protected abstract IReadOnlyList<Candle> ReadBars(CandleTopic topic, long fromSeconds, long toSeconds);

    private IReadOnlyList<Candle> BarsSince(CandleTopic topic, long fromSeconds, long venueNanos)
    {
        const int mostAtOnce = 60;                          // a manual clock may have jumped by months
        var now = venueNanos / 1_000_000_000;
        var open = now - now % topic.Seconds;
        return ReadBars(topic, long.Max(fromSeconds, fromSeconds == 0 ? open : open - (long)mostAtOnce * topic.Seconds), now + 1);
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
            lost = !Book.Apply(change);
        }
        taken.Clear();
        if (!lost) return;
        Load();
        foreach (var topic in topics)
        {
            if (topic is not DepthTopic depth) continue;
            depth.Stream.Start(Book.UpdateId);
            depth.Restart();
        }
    }

    private void Load()
    {
        Book.Load(shown.Depth(int.MaxValue));
        loaded = true;
    }
}
