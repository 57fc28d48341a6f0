using Sluice.Core.Matching;

namespace Sluice.Server.Views;

/// <summary>Price and visible size of a level, raw units.</summary>
public readonly record struct BookLevel(long Price, long Size);

/// <summary>The book at one update id, best first.</summary>
public sealed record Depth(long UpdateId, long TimeNanos, BookLevel[] Bids, BookLevel[] Asks);

/// <summary>The best of both sides; a size of 0: that side is empty.</summary>
public readonly record struct BestQuote(long UpdateId, long TimeNanos, BookLevel Bid, BookLevel Ask);

/// <summary>What is on display in one market. The bus thread changes it, anyone reads it.</summary>
public sealed class BookView
{
    private readonly Lock gate = new();

    // Sorted so that the best stands last: nearly every change is near the touch.
    private readonly List<BookLevel> bids = [];
    private readonly List<BookLevel> asks = [];
    private long updateId;
    private long timeNanos;

    public long UpdateId
    {
        get { lock (gate) return updateId; }
    }

    public BestQuote Best
    {
        get
        {
            lock (gate) return new BestQuote(updateId, timeNanos, bids.Count == 0 ? default : bids[^1], asks.Count == 0 ? default : asks[^1]);
        }
    }

    /// <summary>The best <paramref name="levels"/> of each side.</summary>
    public Depth Depth(int levels)
    {
        lock (gate) return new Depth(updateId, timeNanos, Top(bids, levels), Top(asks, levels));
    }

    internal void Change(Side side, long price, long size, long id, long nanos)
    {
        lock (gate)
        {
            updateId = id;
            timeNanos = nanos;
            var levels = side == Side.Buy ? bids : asks;
            var at = levels.Count - 1;
            while (at >= 0 && (side == Side.Buy ? levels[at].Price > price : levels[at].Price < price)) at--;
            var found = at >= 0 && levels[at].Price == price;
            if (size == 0)
            {
                if (found) levels.RemoveAt(at);
            }
            else if (found) levels[at] = new BookLevel(price, size);
            else levels.Insert(at + 1, new BookLevel(price, size));
        }
    }

    /// <summary>What update id the book has when it is told anew after a recovery.</summary>
    internal void Begin(long id, long nanos)
    {
        lock (gate)
        {
            updateId = id;
            timeNanos = nanos;
        }
    }

    private static BookLevel[] Top(List<BookLevel> levels, int most)
    {
        var top = new BookLevel[int.Min(levels.Count, most)];
        for (var i = 0; i < top.Length; i++) top[i] = levels[levels.Count - 1 - i];
        return top;
    }
}
