using Sluice.Core.Matching;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Views;

/// <summary>Hears every change as the views apply it: on the bus thread, in order, when the change is durable. Must be quick and must not throw.
/// Orders, fills and balances of seeded participants are not told; their public trades and the books are.</summary>
public interface IViewListener : IFuturesListener
{
    void OrderChanged(OrderRow order, OrderChange change) { }

    void Filled(FillRow fill) { }

    /// <summary>Before the fills of the same trade.</summary>
    void Traded(PairView pair, TradeRow trade) { }

    void BalanceChanged(BalanceRow entry) { }

    void TriggerChanged(TriggerRow trigger) { }

    void Transferred(TransferRow transfer) { }

    void Deposited(DepositRow deposit) { }

    /// <summary>A level's visible size, 0 = gone (M-152). <paramref name="updateId"/> grows by one each time.</summary>
    void LevelChanged(PairView pair, Side side, long price, long size, long updateId, long timeNanos) { }

    /// <summary>Best price or its size changed; read it from the pair's book.</summary>
    void BestChanged(PairView pair, long timeNanos) { }

    /// <summary>Listed, new terms, or new status.</summary>
    void PairChanged(PairView pair) { }

    void UserChanged(UserView user) { }

    void KeyChanged(KeyView key) { }

    void KeyDeleted(string key) { }

    /// <summary>All events up to this command have been told.</summary>
    void Delivered(long sequence, long timeNanos) { }
}
