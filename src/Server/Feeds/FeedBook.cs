using System.Runtime.InteropServices;
using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>One change of one level, as the bus tells it.</summary>
internal readonly record struct LevelChange(Side Side, long Price, long Size, long UpdateId, long TimeNanos);

/// <summary>The feeds' own copy of a book, one side after the other; streams watch a window at its top. Used by the feed thread only.</summary>
internal sealed class FeedBook
{
    // Best last: nearly every change is near the touch.
    private readonly List<BookLevel> bids = [];
    private readonly List<BookLevel> asks = [];

    public long UpdateId { get; private set; }

    public long TimeNanos { get; private set; }

    public List<DepthStream> Streams { get; } = [];

    public void Load(Depth whole)
    {
        Fill(bids, whole.Bids);
        Fill(asks, whole.Asks);
        UpdateId = whole.UpdateId;
        TimeNanos = whole.TimeNanos;
    }

    /// <summary>Best last; the best levels are its end.</summary>
    public ReadOnlySpan<BookLevel> Levels(Side side) => CollectionsMarshal.AsSpan(side == Side.Buy ? bids : asks);

    /// <summary>False when a change before this one was never told: the book must be loaded again. Changes it already has are passed over.</summary>
    public bool Apply(in LevelChange change)
    {
        if (change.UpdateId <= UpdateId) return true;
        if (change.UpdateId != UpdateId + 1) return false;
        UpdateId = change.UpdateId;
        TimeNanos = change.TimeNanos;

        var levels = change.Side == Side.Buy ? bids : asks;
        var at = Find(CollectionsMarshal.AsSpan(levels), change.Side, change.Price, out var found);
        var depth = levels.Count - 1 - at;                  // 0 = the best
        if (change.Size == 0)
        {
            if (!found) return true;
            levels.RemoveAt(at);
            foreach (var stream in Streams) stream.Removed(change.Side, change.Price, depth, levels);
        }
        else if (found)
        {
            levels[at] = new BookLevel(change.Price, change.Size);
            foreach (var stream in Streams) stream.Resized(change.Side, change.Price, depth);
        }
        else
        {
            levels.Insert(at + 1, new BookLevel(change.Price, change.Size));
            foreach (var stream in Streams) stream.Inserted(change.Side, change.Price, depth, levels);
        }
        return true;
    }

    /// <summary>The size shown at a price among the best <paramref name="window"/> levels, or 0.</summary>
    public long SizeWithin(Side side, long price, int window)
    {
        var levels = Levels(side);
        var at = Find(levels, side, price, out var found);
        return found && levels.Length - 1 - at < window ? levels[at].Size : 0;
    }

    /// <summary>Place of the price; or of the next worse one, -1 when there is none.</summary>
    private static int Find(ReadOnlySpan<BookLevel> levels, Side side, long price, out bool found)
    {
        var low = 0;
        var high = levels.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var there = levels[middle].Price;
            if (there == price)
            {
                found = true;
                return middle;
            }
            if (side == Side.Buy ? there < price : there > price) low = middle + 1;
            else high = middle - 1;
        }
        found = false;
        return high;
    }

    private static void Fill(List<BookLevel> levels, BookLevel[] bestFirst)
    {
        levels.Clear();
        levels.EnsureCapacity(bestFirst.Length);
        for (var i = bestFirst.Length - 1; i >= 0; i--) levels.Add(bestFirst[i]);
    }
}
