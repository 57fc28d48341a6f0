using System.Runtime.CompilerServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>Which memory the frequent commands will read, in the order in which one place names the next: index, record, what the record points to. A
/// venue of a thousand books is larger than the caches, and one command after the other would wait for each of its places.
/// What a stage finds it notes: A the base account, B the level, C the trader, D the order, each by slot + 1, 0 = none.</summary>
internal sealed class Prefetching(SpotState state)
{
    private const int PairBytes = 256;
    private const int TradedBytes = 384;    // of a pair: what moves with its last price too
    private const int TriggerBytes = 48;
    private const int OftenBytes = 144;     // of a pair: all that a cancel reads
    private const int Meets = -1;           // in place of a level: the order will trade

    public void Place(in PlaceOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        ref readonly var ahead = ref state.AheadOf(command.Instrument);
        if (ahead.Pair is not { } pair || command.Side > Side.Sell) return;         // nothing has been checked yet
        var book = ahead.Book;
        switch (stage)
        {
            case 0:
                Cache.Prefetch(pair, PairBytes);
                OrderBook.Prefetch(book);
                note.D = unchecked((int)state.Ledger.Prefetch(actor.Value, new WalletId(command.Wallet), ahead.Assets.Base));
                break;
            case 1:
                var account = state.Ledger.Guess(unchecked((uint)note.D));
                state.Ledger.Prefetch(account);
                note.A = account + 1;
                note.B = command.Type == OrderType.Market || book.Crosses(command.Side, command.Price) ? Meets : 0;
                if (note.B == Meets)
                {
                    book.PrefetchBest(command.Side ^ Side.Sell);
                    book.PrefetchBest(command.Side);
                    Cache.Prefetch(pair, TradedBytes);
                }
                else book.Prefetch(command.Side, command.Price, 0);
                break;
            case 2:
                note.C = note.A == 0 ? 0 : state.Ledger[note.A - 1].Traders;
                if (note.C != 0) state.Traders.Prefetch(note.C - 1);
                else state.Ledger.PrefetchUsual(actor.Value);           // a new trader asks for it
                if (note.B == Meets) book.PrefetchFirst(command.Side ^ Side.Sell);
                else book.Prefetch(command.Side, command.Price, 1);
                break;
            case 3:
                if (note.C == 0) state.Ledger.Prefetch(state.Ledger.Usual(actor.Value));
                else
                {
                    ref readonly var trader = ref state.Traders[note.C - 1];
                    if (command.Side == Side.Buy) state.Ledger.Prefetch(trader.QuoteAccount);
                    state.Pool.Orders.Prefetch(trader.Last);
                }
                if (note.B == Meets) Owners(book.Opposite(command.Side));
                else
                {
                    var level = book.SideOf(command.Side).Find(command.Price);
                    state.Pool.Levels.Prefetch(level);
                    note.B = level + 1;
                }
                break;
            default:
                if (note.B == Meets) Accounts(pair, book.Opposite(command.Side));
                else if (note.B != 0) state.Pool.Orders.Prefetch(state.Pool.Levels[note.B - 1].Last);
                break;
        }
    }

    // Of the order that would be met first, and the one behind it.
    private void Owners(BookSide opposite)
    {
        if (opposite.IsEmpty) return;
        ref readonly var maker = ref state.Pool.Orders[state.Pool.Levels[opposite.Best].First];
        state.Traders.Prefetch(maker.Trader);
        state.Pool.ById.Prefetch(maker.Id);
        state.Pool.Orders.Prefetch(maker.Next);
    }

    // And where the venue's fees in the pair's own asset go: the buyer's.
    private void Accounts(Pair pair, BookSide opposite)
    {
        if (opposite.IsEmpty) return;
        Cache.Prefetch(pair.Triggers, TriggerBytes);
        state.Ledger.Prefetch(pair.FeesOf(Side.Buy).VenueAccount);
        Maker(state, state.Pool.Orders[state.Pool.Levels[opposite.Best].First]);
    }

    /// <summary>While an order trades with one: the accounts of the next behind it. In a large venue.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NextMaker(SpotState state, in Order maker)
    {
        if (maker.Next != OrderPool.None) Maker(state, state.Pool.Orders[maker.Next]);
    }

    private static void Maker(SpotState state, in Order maker)
    {
        ref readonly var owner = ref state.Traders[maker.Trader];
        state.Ledger.Prefetch(owner.BaseAccount);
        state.Ledger.Prefetch(owner.QuoteAccount);
        if (maker.Next == OrderPool.None) return;
        ref readonly var behind = ref state.Pool.Orders[maker.Next];
        state.Traders.Prefetch(behind.Trader);
        state.Pool.ById.Prefetch(behind.Id);
        state.Pool.Orders.Prefetch(behind.Next);
    }

    public void Cancel(in CancelOrder command, UserId actor, int stage, ref PrefetchNote note) => Change(command.OrderId, command.Instrument, stage, ref note);

    public void Amend(in AmendOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        Change(command.OrderId, command.Instrument, stage, ref note);
        ref readonly var ahead = ref state.AheadOf(command.Instrument);
        if (stage == 0) Cache.Prefetch(ahead.Pair, PairBytes);
        if (stage < 2 || note.D == 0 || command.Price == 0) return;
        if (ahead.Pair is not null) ahead.Book.Prefetch(state.Pool.Orders[note.D - 1].Side, command.Price, stage - 2);
    }

    private void Change(long id, int instrument, int stage, ref PrefetchNote note)
    {
        switch (stage)
        {
            case 0:
                state.Pool.ById.Prefetch(id);
                ref readonly var ahead = ref state.AheadOf(instrument);
                if (ahead.Pair is not { } pair) break;
                Cache.Prefetch(pair, OftenBytes);
                OrderBook.Prefetch(ahead.Book);
                break;
            case 1:
                var slot = state.Pool.ById.Guess(id);
                state.Pool.Orders.Prefetch(slot);
                note.D = slot + 1;
                break;
            case 2:
                if (note.D == 0) break;
                ref readonly var order = ref state.Pool.Orders[note.D - 1];
                if (order.Id != id) note.D = 0;
                else Around(order, instrument);
                break;
            case 3:
                if (note.D == 0) break;
                order = ref state.Pool.Orders[note.D - 1];
                state.Ledger.Prefetch(state.Traders[order.Trader].PaysFrom(order.Side));
                break;
        }
    }

    // Whose it is, its level, its neighbours in both lists; where its book knows of the level, if that ends with it.
    private void Around(in Order order, int instrument)
    {
        state.Traders.Prefetch(order.Trader);
        state.Pool.Levels.Prefetch(order.Level);
        state.Pool.Orders.Prefetch(order.Next);
        state.Pool.Orders.Prefetch(order.Previous);
        state.Pool.Orders.Prefetch(order.TraderNext);
        state.Pool.Orders.Prefetch(order.TraderPrevious);
        if ((order.Next & order.Previous) != OrderPool.None) return;
        ref readonly var ahead = ref state.AheadOf(instrument);
        if (ahead.Pair is not null) ahead.Book.Prefetch(order.Side, order.Price, 0);
    }
}
