using System.Runtime.InteropServices;
using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>What a window of the best levels has gone through since the last frame. A client that holds the window of any update id inside the frame,
/// from a snapshot or from the frame before, holds the window of its last id afterwards: a price is sent when it was touched inside the window, or
/// entered or left it, at any step in between, even if it is where it was before.</summary>
internal sealed class DepthStream(int window)
{
    private readonly List<long> touchedBids = [];
    private readonly List<long> touchedAsks = [];

    public int Window => window;

    /// <summary>Last update id that a frame has covered.</summary>
    public long SentId { get; private set; }

    public void Start(long updateId)
    {
        SentId = updateId;
        touchedBids.Clear();
        touchedAsks.Clear();
    }

    public void Resized(Side side, long price, int depth)
    {
        if (depth < window) Of(side).Add(price);
    }

    /// <param name="depth">Its place, 0 = the best.</param>
    /// <param name="levels">With the new one, best last.</param>
    public void Inserted(Side side, long price, int depth, List<BookLevel> levels)
    {
        if (depth >= window) return;
        var touched = Of(side);
        touched.Add(price);
        if (levels.Count > window) touched.Add(levels[levels.Count - 1 - window].Price);
    }

    /// <param name="levels">Without it, best last.</param>
    public void Removed(Side side, long price, int depth, List<BookLevel> levels)
    {
        if (depth >= window) return;
        var touched = Of(side);
        touched.Add(price);
        if (levels.Count >= window) touched.Add(levels[^window].Price);
    }

    /// <summary>The touched prices, each once, best first.</summary>
    public ReadOnlySpan<long> Touched(Side side)
    {
        var prices = Of(side);
        var span = CollectionsMarshal.AsSpan(prices);
        span.Sort();
        if (side == Side.Buy) span.Reverse();
        var kept = 0;
        foreach (var price in span)
        {
            if (kept == 0 || span[kept - 1] != price) span[kept++] = price;
        }
        return span[..kept];
    }

    private List<long> Of(Side side) => side == Side.Buy ? touchedBids : touchedAsks;
}
