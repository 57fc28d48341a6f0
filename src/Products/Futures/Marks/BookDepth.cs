using Sluice.Core.Matching;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Products.Futures.Marks;

/// <summary>One side of a book, level by level, hidden quantity and everybody's (F-062).</summary>
public struct BookDepth(OrderBook book, Side side) : IDepth
{
    private int next;

    public bool Next(out long price, out long size)
    {
        var levels = book.SideOf(side);
        (price, size) = (0, 0);
        if (next == levels.Count) return false;
        ref readonly var level = ref book.Pool.Levels[levels.FromBest(next++)];
        (price, size) = (level.Price, book.Pool.TotalOf(level));
        return true;
    }
}
