using Sluice.Core.Values;

namespace Sluice.Core.Matching;

/// <summary>The single-price call auction that uncrosses a book after a halt (M-140).</summary>
public static class Auction
{
    /// <summary>The price that trades most, then leaves the least imbalance, then is closest to <paramref name="reference"/>, then is lowest;
    /// null when the book is not crossed.</summary>
    public static long? Price(OrderBook book, long reference)
    {
        if (book.Bids.IsEmpty || book.Asks.IsEmpty) return null;
        var top = book.Bids.PriceOf(book.Bids.BestKey);
        var bottom = book.Asks.PriceOf(book.Asks.BestKey);
        if (top < bottom) return null;

        (long Volume, long Imbalance, long Distance, long Price)? best = null;
        foreach (var price in Candidates(book, bottom, top, reference))
        {
            var bought = Sum(book, Side.Buy, price);
            var sold = Sum(book, Side.Sell, price);
            var candidate = (-long.Min(bought, sold), long.Abs(bought - sold), long.Abs(price - reference), price);
            if (best is not { } so || candidate.CompareTo(so) < 0) best = candidate;
        }
        return best!.Value.Price;
    }

    /// <summary>Trades everything that crosses at <paramref name="price"/>, best and oldest first; returns how much.</summary>
    public static long Uncross<TSettlement>(OrderBook book, long price, ref TSettlement settlement) where TSettlement : struct, IFillSettlement
    {
        long volume = 0;
        var pool = book.Pool;
        while (!book.Bids.IsEmpty && !book.Asks.IsEmpty)
        {
            if (book.Bids.PriceOf(book.Bids.BestKey) < price || book.Asks.PriceOf(book.Asks.BestKey) > price) break;
            var buySlot = pool.Levels[book.Bids.Best].First;
            var sellSlot = pool.Levels[book.Asks.Best].First;
            ref var buy = ref pool.Orders[buySlot];
            ref var sell = ref pool.Orders[sellSlot];
            var size = long.Min(buy.Left, sell.Left);
            book.Fill(buySlot, size);
            book.Fill(sellSlot, size);
            book.LastPrice = price;
            book.LastTradeId++;
            volume += size;
            settlement.SettleAuction(ref buy, ref sell, price, size);
            if (buy.Left == 0) End(book, buySlot, ref settlement);
            if (sell.Left == 0) End(book, sellSlot, ref settlement);
        }
        return volume;
    }

    private static void End<TSettlement>(OrderBook book, int slot, ref TSettlement settlement) where TSettlement : struct, IFillSettlement
    {
        book.Unlink(slot);
        settlement.MakerEnded(ref book.Pool.Orders[slot], FinishReason.Filled);
        book.Free(slot);
    }

    // Volume and imbalance change only at order prices. Between two of them they are the same everywhere, and may be better than at both: there
    // only the distance to the reference matters, so the candidates are the reference and the neighbours of each order price.
    private static SortedSet<long> Candidates(OrderBook book, long bottom, long top, long reference)
    {
        var prices = new SortedSet<long>();
        foreach (var side in new[] { book.Bids, book.Asks })
        {
            for (var n = 0; n < side.Count; n++)
            {
                var price = book.Pool.Levels[side.FromBest(n)].Price;
                for (var near = price - 1; near <= price + 1; near++)
                {
                    if (near >= bottom && near <= top) prices.Add(near);
                }
            }
        }
        if (reference >= bottom && reference <= top) prices.Add(reference);
        return prices;
    }

    private static long Sum(OrderBook book, Side side, long price)
    {
        var levels = book.SideOf(side);
        long sum = 0;
        for (var n = 0; n < levels.Count; n++)
        {
            ref readonly var level = ref book.Pool.Levels[levels.FromBest(n)];
            if (levels.Key(level.Price) < levels.Key(price)) break;
            sum += book.Pool.TotalOf(level);
        }
        return sum;
    }
}
