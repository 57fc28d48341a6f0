using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Orders;

/// <summary>Which memory the frequent commands will read, in the order in which one place names the next: index, seat, account and legs, cash. A hundred thousand
/// accounts are larger than the caches, and one command after the other would wait for each of its places.</summary>
internal sealed class Prefetching(FuturesState state)
{
    private const int MarketBytes = 640, ContractBytes = 64, TermsBytes = 320;

    public void Place(in PlaceContractOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        if (state.MarketOf(command.Instrument) is not { } market) return;           // nothing has been checked yet
        var side = command.Size < 0 ? Side.Sell : Side.Buy;
        int seat, account;
        switch (stage)
        {
            case 0:
                Cache.Prefetch(market, MarketBytes);
                state.Seats.Prefetch(actor.Value, market.Number);
                state.Accounts.Prefetch(actor.Value, market.Wallet);
                break;
            case 1:
                OrderBook.Prefetch(market.Book);
                Cache.Prefetch(market.Contract, ContractBytes);
                if (state.Seats.TryFind(actor.Value, market.Number, out seat))
                {
                    state.Seats.Prefetch(seat);
                    state.Seats.PrefetchRest(seat);
                }
                else if (state.Accounts.TryFind(actor.Value, market.Wallet, out account)) state.Accounts.Prefetch(account);        // its first order there
                break;
            case 2:
                market.Book.Prefetch(side, command.Price, stage - 2);
                Cache.Prefetch(market.Contract.Terms, TermsBytes);
                market.Contract.RiskLimits.Prefetch();
                if (state.Seats.TryFind(actor.Value, market.Number, out seat)) state.PrefetchAround(seat);
                break;
            case 3:
                market.Book.Prefetch(side, command.Price, stage - 2);
                market.Book.PrefetchBest(side ^ Side.Sell);
                if (state.Seats.TryFind(actor.Value, market.Number, out seat)) state.Ledger.Prefetch(state.Accounts[state.Seats[seat].Account].Ledger);
                else if (state.Accounts.TryFind(actor.Value, market.Wallet, out account)) state.Ledger.Prefetch(state.Accounts[account].Ledger);
                break;
            default:
                market.Book.Prefetch(side, command.Price, stage - 2);
                market.Book.PrefetchFirst(side ^ Side.Sell);
                break;
        }
    }

    public void Cancel(in CancelContractOrder command, UserId actor, int stage, ref PrefetchNote note) => Change(command.OrderId, stage);

    public void Amend(in AmendContractOrder command, UserId actor, int stage, ref PrefetchNote note)
    {
        Change(command.OrderId, stage);
        if (stage < 1 || command.Price == 0 || state.MarketOf(command.Instrument) is not { } market) return;
        if (stage == 1) OrderBook.Prefetch(market.Book);
        else if (state.Pool.ById.TryGet(command.OrderId, out var slot)) market.Book.Prefetch(state.Pool.Orders[slot].Side, command.Price, stage - 2);
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
                state.Seats.Prefetch(order.Trader);
                state.Pool.Levels.Prefetch(order.Level);
                state.Pool.Orders.Prefetch(order.TraderNext);
                state.Pool.Orders.Prefetch(order.TraderPrevious);
                break;
            case 3:
                if (!state.Pool.ById.TryGet(id, out slot)) return;
                var seat = state.Pool.Orders[slot].Trader;
                state.PrefetchAround(seat);
                Cache.Prefetch(state.Markets[state.Seats[seat].Market], MarketBytes);
                break;
            default:
                if (state.Pool.ById.TryGet(id, out slot)) OrderBook.Prefetch(state.Markets[state.Seats[state.Pool.Orders[slot].Trader].Market].Book);
                break;
        }
    }
}
