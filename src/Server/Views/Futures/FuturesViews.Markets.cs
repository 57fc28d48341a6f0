using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Settling;
using Sluice.Products.Futures.State;

namespace Sluice.Server.Views.Futures;

// What happens to whole contracts: listing, prices, funding, liquidation, settlement.
public sealed partial class FuturesViews
{
    private void ApplyMarket(in EventReader reader)
    {
        var kind = reader.Kind;
        if (kind == FundingRateChanged.Kind) Changed(reader.As<FundingRateChanged>());
        else if (kind == FundingPaid.Kind) Paid(reader.As<FundingPaid>());
        else if (kind == FundingSettled.Kind) Settled(reader.As<FundingSettled>());
        else if (kind == PositionLiquidated.Kind) Liquidated(reader.As<PositionLiquidated>());
        else if (kind == PositionDeleveraged.Kind) Deleveraged(reader.As<PositionDeleveraged>());
        else if (kind == InsuranceChanged.Kind) Changed(reader.As<InsuranceChanged>());
        else if (kind == DeleveragingRisk.Kind) Changed(reader.As<DeleveragingRisk>());
        else if (kind == SettlementSampled.Kind) Sampled(reader.As<SettlementSampled>());
        else if (kind == CorporateActionChanged.Kind) Changed(reader.As<CorporateActionChanged>(), new TailReader(reader.Tail<CorporateActionChanged>()).Text());
        else if (kind == ContractSessionChanged.Kind) Changed(reader.As<ContractSessionChanged>());
        else if (kind == ContractSettled.Kind) Settled(reader.As<ContractSettled>());
        else if (kind == PositionSettled.Kind) Settled(reader.As<PositionSettled>());
        else if (kind == ContractConfigured.Kind) Configured(reader.As<ContractConfigured>(), reader);
        else if (kind == MarginCall.Kind) Called(reader.As<MarginCall>());
        else if (kind == AutoMarginChanged.Kind) Changed(reader.As<AutoMarginChanged>());
        else if (kind == PositionPointsChanged.Kind) (pointsOfNext, knowsPoints) = (reader.As<PositionPointsChanged>(), true);
        else if (kind == PointUseChanged.Kind) Changed(reader.As<PointUseChanged>());
        else if (kind == PointValueChanged.Kind) Changed(reader.As<PointValueChanged>());
        else if (kind == RequirementsKept.Kind) Changed(reader.As<RequirementsKept>());
    }

    private void Listed(in ContractListed listed, in EventReader reader)
    {
        var listing = ContractListing.Read(listed.Terms, listed.SettleAsset, reader.Tail<ContractListed>());
        var contract = new ContractView(listed.Instrument, listing, venue.AssetOf(listed.SettleAsset), listed.Terms, listed.ListedNanos, listed.ListedNanos, positions.HeldIn);
        byId[contract.Id] = contract;
        bySymbol[contract.Symbol] = contract;
        contracts = [.. contracts, contract];
        if (contract.Terms.Funding is { } funding) contract.Change(new FundingState(0, 0, FundingRate.NextSettlementNanos(funding, listed.ListedNanos)));
        foreach (var listener in venue.Hearers) listener.ContractChanged(contract);
    }

    private void Configured(in ContractConfigured configured, in EventReader reader)
    {
        var contract = byId[configured.Instrument];
        contract.Change(ContractListing.Read(configured.Terms, configured.SettleAsset, reader.Tail<ContractConfigured>()), configured.Terms, configured.Options, configured.ChangedNanos);
        foreach (var listener in venue.Hearers) listener.ContractChanged(contract);
    }

    private void Called(in MarginCall call) => calls[(call.User, call.Wallet, call.Instrument, call.Leg)] = call.TimeNanos;

    private void Changed(in AutoMarginChanged changed)
    {
        var key = (changed.User, changed.Instrument, changed.Leg);
        if (changed.Most.IsZero) autoMargins.TryRemove(key, out _);
        else autoMargins[key] = new AutoMarginRow(changed.Most, changed.Added);
    }

    private void Changed(in RequirementsKept changed)
    {
        var key = (changed.User, changed.Instrument);
        if (changed.UntilNanos == 0) kept.TryRemove(key, out _);
        else kept[key] = new KeptRow(byId[changed.Instrument].Before, changed.UntilNanos);
    }

    private void Changed(in ContractStatusChanged changed)
    {
        var contract = byId[changed.Instrument];
        contract.Change(changed.New, changed.EndNanos, Now);
        foreach (var listener in venue.Hearers) listener.ContractChanged(contract);
    }

    private void Priced(in ContractPriced priced)
    {
        var contract = byId[priced.Instrument];
        contract.Change(new ContractPrices(priced.Index, priced.Mark, priced.Basis, priced.Average, priced.Last, priced.Sources, priced.Flags,
            priced.IsMarkPinned != 0, Now, Sequence));
        if (!Telling) return;
        foreach (var listener in venue.Hearers) listener.ContractPriced(contract);
    }

    private void Changed(in FundingRateChanged changed)
    {
        var contract = byId[changed.Instrument];
        contract.Change(new FundingState(changed.Rate, changed.IsSampled != 0 ? changed.Premium : contract.Funding.Premium, changed.AppliesNanos));
        if (!Telling) return;
        foreach (var listener in venue.Hearers) listener.FundingChanged(contract, changed.IsSampled != 0, Now);
    }

    private void Settled(in FundingSettled settled)
    {
        if (!Telling) return;
        var row = new FundingRow(settled.Instrument, settled.DueNanos, Now, settled.Rate, settled.Mark, settled.IsMissed != 0);
        foreach (var listener in venue.Hearers) listener.FundingSettled(row);
    }

    private void Paid(in FundingPaid paid)
    {
        if (!Telling || paid.User == 0 || venue.IsParticipant(paid.User)) return;
        var row = new FundingPaymentRow(Sequence, Now, paid.User, paid.Instrument, paid.Payment, paid.Size, paid.Mark, paid.Rate);
        foreach (var listener in venue.Hearers) listener.FundingPaid(row);
    }

    private void Liquidated(in PositionLiquidated liquidated)
    {
        if (!Telling) return;
        var row = new LiquidationRow(Sequence, Now, liquidated.Id, liquidated.User, liquidated.Instrument, byId[liquidated.Instrument].Wallet, liquidated.Leg,
            liquidated.IsCross != 0, liquidated.Leverage, liquidated.Size, liquidated.Margin, liquidated.EntryPrice, liquidated.FillPrice, liquidated.LiquidationPrice,
            liquidated.BankruptcyPrice, liquidated.Mark, liquidated.OrderId, liquidated.OrderSize, liquidated.Left, liquidated.Participant != 0);
        foreach (var listener in venue.Hearers) listener.Liquidated(row);
    }

    private void Deleveraged(in PositionDeleveraged deleveraged)
    {
        if (!Telling || deleveraged.Participant != 0 || deleveraged.User == 0) return;
        var row = new DeleveragingRow(Sequence, Now, deleveraged.Id, deleveraged.User, deleveraged.Instrument, byId[deleveraged.Instrument].Wallet, deleveraged.Leg,
            deleveraged.IsCross != 0, deleveraged.Leverage, deleveraged.EntryPrice, deleveraged.Profit, deleveraged.OrderId, deleveraged.Price, deleveraged.Size,
            deleveraged.PositionLeft);
        foreach (var listener in venue.Hearers) listener.Deleveraged(row);
    }

    private void Changed(in InsuranceChanged changed)
    {
        var row = new InsuranceRow(Sequence, Now, changed.Wallet, changed.Change, changed.Balance);
        insurance[changed.Wallet] = row;
        if (!Telling) return;
        foreach (var listener in venue.Hearers) listener.InsuranceChanged(row);
    }

    private void Changed(in DeleveragingRisk risk)
    {
        var row = new DeleveragingRiskRow(risk.Wallet, risk.Level, risk.Equity, risk.Peak, Now);
        risks[risk.Wallet] = row;
        if (!Telling) return;
        foreach (var listener in venue.Hearers) listener.DeleveragingRiskChanged(row);
    }

    private void Sampled(in SettlementSampled sampled)
    {
        var contract = byId[sampled.Instrument];
        var before = contract.Delivery;
        contract.Change(before with
        {
            BasisRate = sampled.BasisRate, FairPrice = sampled.FairPrice != 0 ? sampled.FairPrice : before.FairPrice, SampleSum = sampled.Sum, Samples = sampled.Samples,
        });
    }

    private void Changed(in CorporateActionChanged changed, string reference)
    {
        actions[changed.Id] = new CorporateAction(changed.Id, changed.Terms, reference, changed.Status, changed.ChangedNanos, changed.IndexBefore);
        if (changed.Terms.Type != CorporateActionType.Split || changed.Status != CorporateActionStatus.Done) return;
        var contract = byId[changed.Terms.Instrument];
        if (contract.Ticker.Last != 0) contract.Ticker.Priced(CorporateActionHandlers.LastAfterSplit(contract.Ticker.Last, changed.Terms, contract.Terms.Tick));
    }

    private void Changed(in ContractSessionChanged changed)
    {
        var contract = byId[changed.Instrument];
        contract.Change(new SessionState(changed.New, changed.Reference, changed.Low, changed.High));
        foreach (var listener in venue.Hearers) listener.ContractChanged(contract);
    }

    private void Settled(in ContractSettled settled)
    {
        var contract = byId[settled.Instrument];
        contract.Change(contract.Delivery with { SettlePrice = settled.Price });
        foreach (var listener in venue.Hearers) listener.ContractChanged(contract);
    }

    private void Settled(in PositionSettled settled)
    {
        if (!Telling || settled.Participant != 0 || settled.User == 0) return;
        var row = new SettlementRow(Sequence, Now, settled.User, settled.Instrument, byId[settled.Instrument].Wallet, settled.Leg, settled.Leverage, settled.Size,
            settled.Margin, settled.EntryPrice, settled.Price, settled.Profit, settled.Fee);
        foreach (var listener in venue.Hearers) listener.PositionSettled(row);
    }
}
