using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;

namespace Sluice.Server.Views.Futures;

/// <summary>Each event of contracts, once: decoded, applied, told. Bus thread only.</summary>
public sealed partial class FuturesViews
{
    private long Now => venue.NowNanos;

    private long Sequence => venue.NowSequence;

    private bool Telling => venue.Telling;

    internal void Apply(in EventReader reader)
    {
        var kind = reader.Kind;
        if (kind == ContractOrderAccepted.Kind) Accepted(reader.As<ContractOrderAccepted>(), reader);
        else if (kind == ContractOrderFinished.Kind) Finished(reader.As<ContractOrderFinished>());
        else if (kind == ContractFilled.Kind) Filled(reader.As<ContractFilled>());
        else if (kind == PositionChanged.Kind) Changed(reader.As<PositionChanged>());
        else if (kind == ContractPriced.Kind) Priced(reader.As<ContractPriced>());
        else if (kind == ContractOrderUpdated.Kind) Updated(reader.As<ContractOrderUpdated>(), reader);
        else if (kind >= FundingRateChanged.Kind)
        {
            if (!ApplyAuto(reader)) ApplyMarket(reader);
        }
        else if (kind == OpenLossMeasured.Kind) Measured(reader.As<OpenLossMeasured>());
        else if (kind == PositionClosed.Kind) Closed(reader.As<PositionClosed>());
        else if (kind == PositionModeChanged.Kind) Changed(reader.As<PositionModeChanged>());
        else if (kind == ContractTriggerCreated.Kind) Created(reader.As<ContractTriggerCreated>(), reader);
        else if (kind == ContractTriggerUpdated.Kind) Updated(reader.As<ContractTriggerUpdated>());
        else if (kind == ContractTriggerFinished.Kind) Finished(reader.As<ContractTriggerFinished>());
        else if (kind == ContractCountdownSet.Kind) Set(reader.As<ContractCountdownSet>());
        else if (kind == ContractFeesChanged.Kind) Changed(reader.As<ContractFeesChanged>());
        else if (kind == ContractListed.Kind) Listed(reader.As<ContractListed>(), reader);
        else if (kind == ContractStatusChanged.Kind) Changed(reader.As<ContractStatusChanged>());
    }

    internal void Level(in BookDelta delta)
    {
        if (!byId.TryGetValue(delta.Instrument, out var contract)) return;
        contract.Book.Change(delta.Side, delta.Price, delta.Size, delta.UpdateId, Now);
        foreach (var listener in venue.Hearers) listener.ContractLevelChanged(contract, delta.Side, delta.Price, delta.Size, delta.UpdateId, Now);
    }

    internal void Best(in BestChanged best)
    {
        if (!byId.TryGetValue(best.Instrument, out var contract)) return;
        foreach (var listener in venue.Hearers) listener.ContractBestChanged(contract, Now);
    }

    internal void Forget(long nowNanos) => orders.Forget(nowNanos);

    private void Accepted(in ContractOrderAccepted accepted, in EventReader reader)
    {
        var isParticipant = (accepted.Flags & ContractOrderFlags.Participant) != 0;
        venue.Counts.AddOrders(isParticipant, 1);
        if (isParticipant || !Telling) return;
        var tail = new TailReader(reader.Tail<ContractOrderAccepted>());
        var order = new ContractOrderRow
        {
            Id = accepted.OrderId, User = accepted.User, Instrument = accepted.Instrument, Wallet = byId[accepted.Instrument].Wallet, Price = accepted.Price,
            Size = accepted.Size, Iceberg = accepted.Iceberg, MakerRate = accepted.MakerRate, TakerRate = accepted.TakerRate, ValuePrice = accepted.ValuePrice,
            SlippageRate = accepted.SlippageRate, TriggerId = accepted.TriggerId, StpGroup = accepted.StpGroup, StpAction = accepted.StpAction, Leg = accepted.Leg,
            TimeInForce = accepted.TimeInForce, Flags = accepted.Flags, AutoSize = accepted.AutoSize, IsCross = accepted.IsCross != 0, Text = tail.Text(),
            ChannelTag = tail.Text(), CreatedNanos = Now, Left = long.Abs(accepted.Size), UpdatedNanos = Now, Sequence = Sequence,
        };
        orders.Put(order);
        Tell(order, OrderChange.Put);
    }

    private void Updated(in ContractOrderUpdated updated, in EventReader reader)
    {
        if (updated.Participant != 0 || !Telling || !orders.TryGet(updated.OrderId, out var order)) return;
        var tail = reader.Tail<ContractOrderUpdated>();
        var (makerRate, takerRate) = (order.MakerRate, order.TakerRate);
        if (updated.Reason == UpdateReason.Amend && (updated.Price != order.Price || long.Abs(updated.Size) > long.Abs(order.Size)))     // M-008: rates are read again
        {
            var (maker, taker) = RatesOf(order.User, byId[order.Instrument]);
            (makerRate, takerRate) = (maker.Raw, taker.Raw);
        }
        Change(order with
        {
            Price = updated.Price, Size = updated.Size, Left = updated.Left, ValuePrice = updated.ValuePrice, MakerRate = makerRate, TakerRate = takerRate,
            AmendText = tail.IsEmpty ? order.AmendText : new TailReader(tail).Text(), UpdatedNanos = Now, Sequence = Sequence,
        });
    }

    // Nothing that its owner is told of.
    private void Measured(in OpenLossMeasured measured)
    {
        if (measured.Participant == 0 && Telling && orders.TryGet(measured.OrderId, out var order)) orders.Put(order with { LossMark = measured.Mark });
    }

    private void Filled(in ContractFilled filled)
    {
        var contract = byId[filled.Instrument];
        var trade = new TradeRow(filled.Instrument, filled.TradeId, Now, filled.TakerSide, filled.Price, filled.Size, filled.Value);
        venue.Counts.AddTrades(1);
        contract.Traded(filled.TradeId, filled.Size);
        if (!Telling)
        {
            contract.Ticker.Priced(filled.Price);
            return;
        }
        contract.Ticker.Traded(trade, contract.ListedNanos);
        var flags = filled.Flags;
        foreach (var listener in venue.Hearers) listener.ContractTraded(contract, trade, flags);
        if ((flags & ContractFillFlags.MakerParticipant) == 0)
        {
            OneSide(contract, trade, filled.MakerOrder, filled.MakerUser, isMaker: true, filled.MakerFee, filled.MakerClosed, filled.MakerLeg, filled.MakerLeft, flags);
        }
        if ((flags & ContractFillFlags.TakerParticipant) == 0)
        {
            OneSide(contract, trade, filled.TakerOrder, filled.TakerUser, isMaker: false, filled.TakerFee, filled.TakerClosed, filled.TakerLeg, filled.TakerLeft, flags);
        }
    }

    private void OneSide(ContractView contract, TradeRow trade, long id, int user, bool isMaker, Core.Values.Money fee, long closed, Products.Futures.Positions.Leg leg,
        long left, ContractFillFlags flags)
    {
        var inPoints = (flags & (isMaker ? ContractFillFlags.MakerPoints : ContractFillFlags.TakerPoints)) != 0;
        if (orders.TryGet(id, out var order))
        {
            order = order with
            {
                Left = left, FilledSize = order.FilledSize + trade.Size, FilledValue = order.FilledValue + trade.Value, Fee = order.Fee + (inPoints ? default : fee), UpdatedNanos = Now,
                Sequence = Sequence,
            };
            Change(order);
        }
        var side = isMaker == (trade.Side == Side.Buy) ? Side.Sell : Side.Buy;
        var fill = new ContractFillRow(trade, user, id, contract.Wallet, side, isMaker, fee, closed, leg, flags, order?.Text ?? "", order?.AmendText ?? "");
        venue.Counts.AddFill();
        foreach (var listener in venue.Hearers) listener.ContractFilled(fill);
    }

    private void Finished(in ContractOrderFinished finished)
    {
        venue.Counts.AddOrders(finished.Participant != 0, -1);
        if (finished.Participant != 0 || !Telling || !orders.TryGet(finished.OrderId, out var order)) return;
        order = order with { Left = finished.Left, Finish = finished.Reason, UpdatedNanos = Now, Sequence = Sequence };
        orders.Change(order);
        Tell(order, OrderChange.Finish);
    }

    private void Changed(in PositionChanged changed)
    {
        var contract = byId[changed.Instrument];
        var row = new PositionRow
        {
            User = changed.User, Instrument = changed.Instrument, Wallet = contract.Wallet, Leg = changed.Leg, IsCross = changed.IsCross != 0, Leverage = changed.Leverage,
            Size = changed.Size, EntryValue = changed.EntryValue, Margin = changed.Margin, TradeProfit = changed.TradeProfit, FeesPaid = changed.FeesPaid,
            FundingPaid = changed.FundingPaid, HistoryProfit = changed.HistoryProfit, LastCloseProfit = changed.LastCloseProfit, UpdateId = changed.UpdateId,
            OpenedNanos = changed.OpenedNanos, SizeMax = changed.SizeMax, ClosedSize = changed.ClosedSize, Reference = changed.Reference, Cause = changed.Cause,
            IsParticipant = changed.Participant != 0, UpdatedNanos = Now, Sequence = Sequence,
        };
        if (knowsPoints) row = WithPoints(row);
        positions.Put(row, contract);
        if (row.IsParticipant || row.User == 0 || !Telling) return;
        foreach (var listener in venue.Hearers) listener.PositionChanged(row);
    }

    private void Closed(in PositionClosed closed)
    {
        if (closed.Participant != 0 || closed.User == 0 || !Telling) return;
        var row = new PositionCloseRow(Sequence, Now, closed.User, closed.Instrument, byId[closed.Instrument].Wallet, closed.Leg, closed.WasLong != 0, closed.IsCross != 0,
            closed.Leverage, closed.Realised, closed.TradeProfit, closed.FeesPaid, closed.FundingPaid, closed.SizeMax, closed.ClosedSize, closed.OpenedNanos,
            closed.LongPrice, closed.ShortPrice, closed.Cause);
        foreach (var listener in venue.Hearers) listener.PositionClosed(row);
    }

    private void Changed(in PositionModeChanged changed)
    {
        var row = new PositionModeRow(changed.User, changed.Wallet, changed.Mode, Sequence);
        modes[(changed.User, changed.Wallet)] = row;
        if (!Telling) return;
        foreach (var listener in venue.Hearers) listener.PositionModeChanged(row);
    }

    private void Created(in ContractTriggerCreated created, in EventReader reader)
    {
        venue.Counts.AddTriggers(1);
        if (!Telling || venue.IsParticipant(created.User)) return;
        ref readonly var terms = ref created.Terms;
        Put(new ContractTriggerRow
        {
            Id = created.TriggerId, User = created.User, Wallet = byId[terms.Instrument].Wallet, TriggerPrice = terms.TriggerPrice, Price = terms.Price, Size = terms.Size,
            Instrument = terms.Instrument, Rule = terms.Rule, PriceType = terms.PriceType, OrderType = terms.OrderType, TimeInForce = terms.TimeInForce,
            Flags = terms.Flags, AutoSize = terms.AutoSize, MarginMode = terms.MarginMode, ExpirationSeconds = terms.ExpirationSeconds, Role = created.Role,
            ParentOrder = created.ParentOrder, Text = new TailReader(reader.Tail<ContractTriggerCreated>()).Text(), CreatedNanos = Now, Status = created.Status,
            UpdatedNanos = Now,
        });
    }

    private void Updated(in ContractTriggerUpdated updated)
    {
        if (!Telling || !triggers.TryGet(updated.TriggerId, out var trigger)) return;
        ref readonly var terms = ref updated.Terms;
        Put(trigger with
        {
            TriggerPrice = terms.TriggerPrice, Price = terms.Price, Size = terms.Size, PriceType = terms.PriceType, Rule = terms.Rule, Status = updated.Status,
            UpdatedNanos = Now,
        });
    }

    private void Finished(in ContractTriggerFinished finished)
    {
        venue.Counts.AddTriggers(-1);
        if (!Telling || !triggers.TryGet(finished.TriggerId, out var trigger)) return;
        Put(trigger with { Status = finished.Status, FinishedNanos = Now, FiredOrder = finished.OrderId, Refusal = finished.Refusal, UpdatedNanos = Now });
    }

    private void Set(in ContractCountdownSet set)
    {
        if (set.DueNanos == 0) countdowns.TryRemove((set.User, set.Wallet, set.Instrument), out _);
        else countdowns[(set.User, set.Wallet, set.Instrument)] = set.DueNanos;
    }

    private void Changed(in ContractFeesChanged changed) => rates[changed.Terms.User] = new OwnRates(changed.Terms.MakerFee, changed.Terms.TakerFee);

    private void Put(ContractTriggerRow trigger)
    {
        triggers.Put(trigger);
        foreach (var listener in venue.Hearers) listener.ContractTriggerChanged(trigger);
    }

    // A fill that leaves nothing is told by the end that follows it at once (M-150).
    private void Change(ContractOrderRow order)
    {
        orders.Change(order);
        if (order.Left > 0) Tell(order, OrderChange.Update);
    }

    private void Tell(ContractOrderRow order, OrderChange change)
    {
        foreach (var listener in venue.Hearers) listener.ContractOrderChanged(order, change);
    }
}
