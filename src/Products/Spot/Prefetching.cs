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
        var wallet = new WalletId(command.Wallet);
        var kind = wallet == WalletId.Spot ? 0 : 1;
        switch (stage)
        {
            case 0:
                state.Traders.Prefetch(actor.Value, command.Instrument, kind);
                state.Ledger.Prefetch(actor.Value, wallet, pair.Base.Id);
                state.Ledger.Prefetch(actor.Value, wallet, pair.Quote.Id);
                Cache.Prefetch(pair, PairBytes);
                break;
            case 1:
                pair.Book.Prefetch(0);
                if (state.Traders.TryFind(actor.Value, command.Instrument, kind, out var slot)) state.Traders.Prefetch(slot);
                if (state.Ledger.TryFind(actor.Value, wallet, pair.Base.Id, out var account)) state.Ledger.Prefetch(account);
                if (state.Ledger.TryFind(actor.Value, wallet, pair.Quote.Id, out account)) state.Ledger.Prefetch(account);
                break;
            case 2:
                pair.Book.Prefetch(1);
                break;
            default:
                pair.Book.Prefetch(command.Side, command.Price);
                break;
        }
    }

    public void Cancel(in CancelOrder command, UserId actor, int stage) => Change(command.OrderId, stage);

    public void Amend(in AmendOrder command, UserId actor, int stage)
    {
        Change(command.OrderId, stage);
        if (stage != 2 || command.Price == 0 || state.PairOf(command.Instrument) is not { } pair) return;
        if (state.Pool.ById.TryGet(command.OrderId, out var slot)) pair.Book.Prefetch(state.Pool.Orders[slot].Side, command.Price);
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
            default:
                if (!state.Pool.ById.TryGet(id, out var slot)) return;
                ref readonly var order = ref state.Pool.Orders[slot];
                if (stage == 2)
                {
                    state.Traders.Prefetch(order.Trader);
                    state.Pool.Levels.Prefetch(order.Level);
                }
                else
                {
                    Accounts(order.Trader);
                }
                break;
        }
    }

    private void Accounts(int trader)
    {
        ref readonly var owner = ref state.Traders[trader];
        state.Ledger.Prefetch(owner.BaseAccount);
        state.Ledger.Prefetch(owner.QuoteAccount);
    }
}
