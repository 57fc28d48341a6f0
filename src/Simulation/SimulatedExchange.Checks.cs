using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Simulation;

public sealed partial class SimulatedExchange
{
    // The update at which each book was compared last: it is the same book until the next.
    private readonly Dictionary<BookView, long> compared = [];

    /// <summary>After each turn of the core: assets sum to zero, books are uncrossed, levels equal their queues, holds equal open orders.</summary>
    private void Check()
    {
        counts.Checks++;
        foreach (var (name, broken) in venue!.Products.Machine.CheckInvariants())
        {
            if (broken is not null) throw new SimulationException($"at command {venue.Products.Machine.Sequence}, {name}: {broken}");
        }
    }

    /// <summary>Whenever the views have heard of everything the core did: balances, books and counts are the core's.</summary>
    private void CompareViews()
    {
        var (products, views) = (venue!.Products, venue.Views);
        if (views.Shown.Sequence > venue.Sequencer.DurableSequence) throw new SimulationException($"the views show command {views.Shown.Sequence}, and only {venue.Sequencer.DurableSequence} is durable");
        if (views.Shown.Sequence != products.Machine.Sequence) return;
        counts.Comparisons++;
        foreach (ref readonly var account in products.Ledger.Accounts)
        {
            if (account.Silent || account.UpdateId == 0) continue;
            var shown = views.BalanceOf(account.Owner, account.Wallet, account.Asset);
            if (shown.Total != account.Total || shown.Held != account.Held)
                throw new SimulationException($"user {account.Owner} asset {account.Asset} has {account.Total}, {account.Held} held; the view shows {shown.Total}, {shown.Held}");
        }
        foreach (var pair in products.Spot.State.Pairs)
        {
            var view = views.PairOf(pair.Id.Value).Book;
            if (view.UpdateId == pair.Book.UpdateId && compared.GetValueOrDefault(view) == view.UpdateId) continue;
            compared[view] = view.UpdateId;
            var shown = view.Depth(int.MaxValue);
            if (shown.UpdateId != pair.Book.UpdateId) throw new SimulationException($"{pair.Symbol}: the book is at update {pair.Book.UpdateId}, its view at {shown.UpdateId}");
            Compare(pair.Symbol, pair.Book.Bids, products.Spot.State.Pool, shown.Bids);
            Compare(pair.Symbol, pair.Book.Asks, products.Spot.State.Pool, shown.Asks);
        }
    }

    private static void Compare(string symbol, BookSide side, OrderPool pool, ReadOnlySpan<BookLevel> shown)
    {
        if (side.Count != shown.Length) throw new SimulationException($"{symbol}: the book has {side.Count} levels on a side, its view {shown.Length}");
        for (var n = 0; n < shown.Length; n++)
        {
            ref readonly var level = ref pool.Levels[side.FromBest(n)];
            if (level.Price != shown[n].Price || level.Visible != shown[n].Size)
                throw new SimulationException($"{symbol}: level {n} is {level.Visible} at {level.Price}, its view {shown[n].Size} at {shown[n].Price}");
        }
    }
}
