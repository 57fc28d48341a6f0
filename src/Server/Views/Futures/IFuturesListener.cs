using Sluice.Core.Matching;

namespace Sluice.Server.Views.Futures;

/// <summary>The part of <see cref="IViewListener"/> that contracts tell. Orders, fills, triggers and positions of seeded participants are not told, except
/// for public trades, books and liquidations.</summary>
public interface IFuturesListener
{
    /// <summary>Listed, new terms, or new status.</summary>
    void ContractChanged(ContractView contract) { }

    /// <summary>Index or mark, read from the contract.</summary>
    void ContractPriced(ContractView contract) { }

    /// <summary>A premium was sampled or the running rate changed, read from the contract.</summary>
    /// <param name="isSampled">False: the rate alone.</param>
    void FundingChanged(ContractView contract, bool isSampled, long timeNanos) { }

    /// <summary>Before the fills of the same trade.</summary>
    /// <param name="flags">Whether an order of the engine took (F-185).</param>
    void ContractTraded(ContractView contract, TradeRow trade, Products.Futures.Events.ContractFillFlags flags) { }

    /// <summary>A level's visible size, 0 = gone (M-152). <paramref name="updateId"/> grows by one each time.</summary>
    void ContractLevelChanged(ContractView contract, Side side, long price, long size, long updateId, long timeNanos) { }

    /// <summary>Best price or its size changed; read it from the contract's book.</summary>
    void ContractBestChanged(ContractView contract, long timeNanos) { }

    void ContractOrderChanged(ContractOrderRow order, OrderChange change) { }

    void ContractFilled(ContractFillRow fill) { }

    void PositionChanged(PositionRow position) { }

    void PositionClosed(PositionCloseRow closed) { }

    void PositionModeChanged(PositionModeRow mode) { }

    void ContractTriggerChanged(ContractTriggerRow trigger) { }

    /// <summary>Not for each move of its extremum.</summary>
    void TrailChanged(TrailRow trail) { }

    /// <summary>Created, or changed by its owner.</summary>
    void TrailLogged(TrailChangeRow change) { }

    void ChaseChanged(ChaseRow chase) { }

    void FundingSettled(FundingRow funding) { }

    void FundingPaid(FundingPaymentRow payment) { }

    /// <summary>Participants' too: liquidations are public.</summary>
    void Liquidated(LiquidationRow liquidation) { }

    void Deleveraged(DeleveragingRow deleveraging) { }

    void PositionSettled(SettlementRow settlement) { }

    void InsuranceChanged(InsuranceRow insurance) { }

    void DeleveragingRiskChanged(DeleveragingRiskRow risk) { }
}
