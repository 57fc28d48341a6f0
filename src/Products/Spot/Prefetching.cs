using System.Runtime.CompilerServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>Which memory the frequent commands will read, in the order in which one place names the next: index, record, what the record points to. A
/// venue of a thousand books is larger than the caches, and one command after the other would wait for each of its places.</summary>
internal sealed class Prefetching(SpotState state)
{
    private const int PairBytes = 384;

    public void Place(in PlaceOrder command, UserId actor, int stage)
    {
        if (state.PairOf(command.Instrument) is not { } pair || command.Side > Side.Sell) return;       // nothing has been checked yet
        switch (stage)
        {
            case 0:
                Cache.Prefetch(pair, PairBytes);
                Accounts(command, actor);
                break;
            case 1:
                OrderBook.Prefetch(pair.Book);
                Found(command, actor);
                break;
            case 2:
                Trader(command, actor);
                if (Meets(command, pair)) pair.Book.PrefetchBest(command.Side ^ Side.Sell);
                else pair.Book.Prefetch(command.Side, command.Price, stage - 2);
                break;
            case 3:
                if (Meets(command, pair)) pair.Book.PrefetchFirst(command.Side ^ Side.Sell);
                else pair.Book.Prefetch(command.Side, command.Price, stage - 2);
                break;
            default:
                if (Meets(command, pair)) Owners(state, pair, command.Side);
                else pair.Book.Prefetch(command.Side, command.Price, stage - 2);
                break;
        }
    }

    private static bool Meets(in PlaceOrder command, Pair pair) => command.Type == OrderType.Market || pair.Book.Crosses(command.Side, command.Price);

    // Of the order that would be met first, and the one behind it.
    private static void Owners(SpotState state, Pair pair, Side side)
    {
        var opposite = pair.Book.Opposite(side);
        if (opposite.IsEmpty) return;
        ref readonly var maker = ref state.Pool.Orders[state.Pool.Levels[opposite.Best].First];
        state.Traders.Prefetch(maker.Trader);
        state.Pool.ById.Prefetch(maker.Id);
        state.Pool.Orders.Prefetch(maker.Next);
    }

    /// <summary>While an order of a valid form is admitted: the accounts of the first one it will meet. In a large venue.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FirstMaker(SpotState state, Pair pair, in PlaceOrder command)
    {
        var opposite = pair.Book.Opposite(command.Side);
        if (!opposite.IsEmpty && Meets(command, pair)) Maker(state, state.Pool.Orders[state.Pool.Levels[opposite.Best].First]);
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

    // Where the two accounts are looked up.
    private void Accounts(in PlaceOrder command, UserId actor)
    {
        var wallet = new WalletId(command.Wallet);
        var assets = state.PairAssets[command.Instrument - 1];
        state.Ledger.Prefetch(actor.Value, wallet, assets.Base);
        state.Ledger.Prefetch(actor.Value, wallet, assets.Quote);
    }

    // What was found there.
    private void Found(in PlaceOrder command, UserId actor)
    {
        var wallet = new WalletId(command.Wallet);
        var assets = state.PairAssets[command.Instrument - 1];
        state.Ledger.Prefetch(state.Ledger.Guess(actor.Value, wallet, assets.Base));
        state.Ledger.Prefetch(state.Ledger.Guess(actor.Value, wallet, assets.Quote));
    }

    // Whom the base account names; where it names nobody, the user of a new trader.
    private void Trader(in PlaceOrder command, UserId actor)
    {
        var account = state.Ledger.Guess(actor.Value, new WalletId(command.Wallet), state.PairAssets[command.Instrument - 1].Base);
        if (account >= 0 && state.Ledger[account].Traders != 0) state.Traders.PrefetchOf(account);
        else state.Users.Prefetch(actor.Value);
    }

    public void Cancel(in CancelOrder command, UserId actor, int stage) => Change(command.OrderId, stage);

    public void Amend(in AmendOrder command, UserId actor, int stage)
    {
        Change(command.OrderId, stage);
        if (stage < 1 || command.Price == 0 || state.PairOf(command.Instrument) is not { } pair) return;
        if (stage == 1) OrderBook.Prefetch(pair.Book);
        else if (state.Pool.ById.TryGet(command.OrderId, out var slot)) pair.Book.Prefetch(state.Pool.Orders[slot].Side, command.Price, stage - 2);
    }

    private void Change(long id, int stage)
    {
        switch (stage)
        {
            case 0:
                state.Pool.ById.Prefetch(id);
                break;
            case 1:
                state.Pool.PrefetchOrder(id);
                break;
            case 2:
                if (!state.Pool.ById.TryGet(id, out var slot)) return;
                ref readonly var order = ref state.Pool.Orders[slot];
                state.Traders.Prefetch(order.Trader);
                state.Pool.Levels.Prefetch(order.Level);
                break;
            case 3:
                if (state.Pool.ById.TryGet(id, out slot)) Around(state.Pool.Orders[slot]);
                break;
            default:
                if (state.Pool.ById.TryGet(id, out slot)) OrderBook.Prefetch(state.Pairs[state.Traders[state.Pool.Orders[slot].Trader].Instrument - 1].Book);
                break;
        }
    }

    // The account its reservation is in, its neighbours in both lists, its book.
    private void Around(in Order order)
    {
        ref readonly var owner = ref state.Traders[order.Trader];
        state.Ledger.Prefetch(owner.PaysFrom(order.Side));
        state.Pool.Orders.Prefetch(order.TraderNext);
        state.Pool.Orders.Prefetch(order.TraderPrevious);
        if (state.PairOf(owner.Instrument) is { } pair) Cache.Prefetch(pair, PairBytes);
    }
}
