using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>S-014: what is held in spot and margin wallets is what the open orders reserve.</summary>
internal sealed class HoldsEqualOrders(SpotState state) : IInvariant
{
    public string Name => "holds equal open orders";

    public string? Broken()
    {
        var reserved = new Dictionary<int, Money>();
        foreach (var pair in state.Pairs)
        {
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                foreach (var slot in pair.Book.Slots(side))
                {
                    ref readonly var order = ref state.Pool.Orders[slot];
                    ref readonly var trader = ref state.Traders[order.Trader];
                    var account = trader.PaysFrom(side);
                    reserved[account] = reserved.GetValueOrDefault(account) + pair.Reserved(side, order.Price, order.Left);
                }
            }
        }
        for (var slot = 0; slot < state.Ledger.Count; slot++)
        {
            ref readonly var account = ref state.Ledger[slot];
            if (account.Owner == 0 || (account.Wallet != WalletId.Spot.Value && !new WalletId(account.Wallet).IsMargin)) continue;
            var expected = reserved.GetValueOrDefault(slot);
            if (account.Held != expected) return $"user {account.Owner} asset {account.Asset}: held {account.Held}, orders reserve {expected}";
        }
        return null;
    }
}

/// <summary>Books are uncrossed while matching is on, levels add up to their queues, and each order is where its level is.</summary>
internal sealed class BooksUncrossed(SpotState state) : IInvariant
{
    public string Name => "books uncrossed, levels equal their queues";

    public string? Broken()
    {
        foreach (var pair in state.Pairs)
        {
            var book = pair.Book;
            if (pair.Status != MarketStatus.CircuitBreaker && book.BestPrice(Side.Buy) is { } bid && book.BestPrice(Side.Sell) is { } ask && bid >= ask)
            {
                return $"{pair.Symbol}: best bid {bid} ≥ best ask {ask}";
            }
            foreach (var side in new[] { book.Bids, book.Asks })
            {
                for (var n = 0; n < side.Count; n++)
                {
                    ref readonly var level = ref state.Pool.Levels[side.FromBest(n)];
                    long visible = 0, total = 0;
                    for (var slot = level.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].Next)
                    {
                        ref readonly var order = ref state.Pool.Orders[slot];
                        if (order.Price != level.Price || order.Left <= 0 || state.Pool.VisibleOf(slot) <= 0) return $"{pair.Symbol}: order {order.Id} is misplaced";
                        visible += state.Pool.VisibleOf(slot);
                        total += order.Left;
                    }
                    if (visible != level.Visible || total != state.Pool.TotalOf(level) || total == 0) return $"{pair.Symbol}: level {level.Price} does not equal its queue";
                }
            }
        }
        return null;
    }
}
