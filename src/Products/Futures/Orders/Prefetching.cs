using System.Runtime.CompilerServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>Which memory the frequent commands will read, in the order in which one place names the next: index, seat, account and legs, cash. A hundred thousand
/// accounts are larger than the caches, and one command after the other would wait for each of its places. What a stage finds it notes: A the seat, B the level, C the
/// account, D the order, each by slot + 1, 0 = none; of who has no account yet D is where his cash is looked up.</summary>
internal sealed class Prefetching(FuturesState state)
{
    private const int MarketBytes = 560, ContractBytes = 64, TermsBytes = 320;
    private const int OftenBytes = 256;     // of a market: all that a cancel reads
    private const int Meets = -1;           // in place of a level: the order will trade

    public void Place(in PlaceContractOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        var ahead = state.AheadOf(command.Instrument);
        if (ahead.Market is not { } market) return;             // nothing has been checked yet
        var book = ahead.Book;
        var side = command.Size < 0 ? Side.Sell : Side.Buy;
        var number = command.Instrument - FuturesState.FirstInstrument;
        switch (stage)
        {
            case 0:
                Cache.Prefetch(market, MarketBytes);
                OrderBook.Prefetch(book);
                state.Seats.Prefetch(actor.Value, number);
                break;
            case 1:
                Cache.Prefetch(market.Contract, ContractBytes);
                note.A = state.Seats.TryFind(actor.Value, number, out var seat) ? seat + 1 : 0;
                if (note.A != 0) state.Seats.Prefetch(seat);
                else
                {
                    state.Accounts.Prefetch(actor.Value, ahead.Wallet);         // its first order there
                    state.Users.Prefetch(actor.Value);
                }
                note.B = command.Price == 0 || book.Crosses(side, command.Price) ? Meets : 0;
                if (note.B == Meets)
                {
                    book.PrefetchBest(side ^ Side.Sell);
                    book.PrefetchBest(side);
                    Heaps(market, 0);
                }
                else book.Prefetch(side, command.Price, 0);
                break;
            case 2:
                Cache.Prefetch(market.Contract.Terms, TermsBytes);
                if (note.A != 0)
                {
                    ref readonly var own = ref state.Seats[note.A - 1];
                    note.C = own.Account + 1;
                    state.PrefetchAround(own);
                    state.Pool.Orders.Prefetch(own.Last);
                }
                else if (state.Accounts.TryFind(actor.Value, ahead.Wallet, out var account))
                {
                    note.C = account + 1;
                    state.Accounts.Prefetch(account);
                }
                else note.D = unchecked((int)state.Ledger.Prefetch(actor.Value, ahead.Wallet, ahead.Asset));
                if (note.B == Meets)
                {
                    book.PrefetchFirst(side ^ Side.Sell);
                    Heaps(market, 1);
                    if (note.A != 0) state.Seats.PrefetchRest(note.A - 1);
                }
                else book.Prefetch(side, command.Price, 1);
                break;
            case 3:
                market.Contract.RiskLimits.PrefetchLast();
                if (note.C != 0) state.Ledger.Prefetch(state.Accounts[note.C - 1].Ledger);
                else state.Ledger.Prefetch(state.Ledger.Guess(unchecked((uint)note.D)));
                if (note.B == Meets)
                {
                    Maker(book.Opposite(side));
                    Heaps(market, 2);
                }
                else
                {
                    var level = book.SideOf(side).Find(command.Price);
                    state.Pool.Levels.Prefetch(level);
                    note.B = level + 1;
                }
                break;
            default:
                if (note.B == Meets) MakersAccount(book.Opposite(side));
                else if (note.B != 0) state.Pool.Orders.Prefetch(state.Pool.Levels[note.B - 1].Last);
                break;
        }
    }

    // Of the order that would be met first, and the one behind it.
    private void Maker(BookSide opposite)
    {
        if (opposite.IsEmpty) return;
        ref readonly var maker = ref state.Pool.Orders[state.Pool.Levels[opposite.Best].First];
        state.Seats.Prefetch(maker.Trader);
        state.Seats.PrefetchRest(maker.Trader);
        state.Pool.ById.Prefetch(maker.Id);
        state.Pool.Orders.Prefetch(maker.Next);
    }

    // A trade opens and closes legs.
    private static void Heaps(Market market, int step)
    {
        TriggerHeap.Prefetch(market.Longs, step);
        TriggerHeap.Prefetch(market.Shorts, step);
    }

    /// <summary>While an order trades with one: the seat of the next behind it. In a large venue.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NextMaker(FuturesState state, in Order maker)
    {
        if (maker.Next == OrderPool.None) return;
        ref readonly var behind = ref state.Pool.Orders[maker.Next];
        state.Seats.Prefetch(behind.Trader);
        state.Seats.PrefetchRest(behind.Trader);
        state.Pool.ById.Prefetch(behind.Id);
        state.Pool.Orders.Prefetch(behind.Next);
    }

    /// <summary>When that trade has been written: the account and the leg of the next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NextMakersAccount(FuturesState state, in Order maker)
    {
        if (maker.Next != OrderPool.None) state.PrefetchTrader(state.Pool.Orders[maker.Next].Trader);
    }

    private void MakersAccount(BookSide opposite)
    {
        if (!opposite.IsEmpty) state.PrefetchTrader(state.Pool.Orders[state.Pool.Levels[opposite.Best].First].Trader);
    }

    public void Cancel(in CancelContractOrder command, UserId actor, int stage, ref PrefetchNote note) => Change(command.OrderId, stage, ref note);

    public void Amend(in AmendContractOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        Change(command.OrderId, stage, ref note);
        var ahead = state.AheadOf(command.Instrument);
        if (ahead.Market is not { } market || command.Price == 0) return;
        if (stage == 0)
        {
            Cache.Prefetch(market, MarketBytes);
            OrderBook.Prefetch(ahead.Book);
            return;
        }
        if (stage == 1) Cache.Prefetch(market.Contract, ContractBytes);
        else if (stage == 2) Cache.Prefetch(market.Contract.Terms, TermsBytes);
        else if (stage == 3) market.Contract.RiskLimits.PrefetchLast();
        if (stage > 1 && note.D != 0) ahead.Book.Prefetch(state.Pool.Orders[note.D - 1].Side, command.Price, stage - 2);
    }

    private void Change(long id, int stage, ref PrefetchNote note)
    {
        switch (stage)
        {
            case 0:
                state.Pool.ById.Prefetch(id);
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
                else Around(order);
                break;
            case 3:
                if (note.D == 0) break;
                ref readonly var seat = ref state.Seats[state.Pool.Orders[note.D - 1].Trader];
                state.PrefetchAround(seat);
                var ahead = state.AheadOf(FuturesState.FirstInstrument + seat.Market);
                Cache.Prefetch(ahead.Market, OftenBytes);
                OrderBook.Prefetch(ahead.Book);
                break;
            default:
                if (note.D == 0) break;
                var number = state.Seats[state.Pool.Orders[note.D - 1].Trader].Market;
                Cache.Prefetch(state.AheadOf(FuturesState.FirstInstrument + number).Market!.Contract, ContractBytes);
                break;
        }
    }

    // Whose it is, its level, its neighbours in both lists.
    private void Around(in Order order)
    {
        state.Seats.Prefetch(order.Trader);
        state.Pool.Levels.Prefetch(order.Level);
        state.Pool.Orders.Prefetch(order.Next);
        state.Pool.Orders.Prefetch(order.Previous);
        state.Pool.Orders.Prefetch(order.TraderNext);
        state.Pool.Orders.Prefetch(order.TraderPrevious);
    }
}
