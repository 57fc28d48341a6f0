using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;

namespace Sluice.Server.Views;

/// <summary>Each event, once: decoded, applied, told. Bus thread only.</summary>
public sealed partial class VenueViews
{
    private long sequence;
    private long timeNanos;

    /// <summary>Rows up to here are in the history already; they are neither applied to orders and triggers nor told again.</summary>
    private long recorded;

    private bool telling = true;

    // For the products' own views, while an event is applied.
    internal long NowNanos => timeNanos;

    internal long NowSequence => sequence;

    internal bool Telling => telling;

    internal IViewListener[] Hearers => listeners;

    internal bool IsParticipant(int user) => users.IsParticipant(user);

    private void Apply(in EventReader reader)
    {
        // The kinds of the hot path first; participants have no rows, only trades and books.
        var kind = reader.Kind;
        if (kind == BookDelta.Kind) Level(reader.As<BookDelta>());
        else if (kind == StepStarted.Kind) Step(reader.As<StepStarted>());
        else if (kind == CommandEnded.Kind) return;
        else if (kind == OrderAccepted.Kind) Accepted(reader.As<OrderAccepted>(), reader);
        else if (kind == OrderFinished.Kind) Finished(reader.As<OrderFinished>());
        else if (kind == OrderFilled.Kind) Filled(reader.As<OrderFilled>());
        else if (kind == BestChanged.Kind) Best(reader.As<BestChanged>());
        else if (kind == BalanceChanged.Kind) Balance(reader.As<BalanceChanged>());
        else if (kind == OrderUpdated.Kind) Updated(reader.As<OrderUpdated>(), reader);
        else if (kind is >= 400 and < 500) Futures.Apply(reader);
        else if (kind is >= 200 and < 300) ApplyWallet(reader);
        else if (kind is >= 100 and < 200) ApplyIdentity(reader);
        else ApplySpot(reader);
    }

    private void ApplySpot(in EventReader reader)
    {
        var kind = reader.Kind;
        if (kind == TriggerCreated.Kind) Created(reader.As<TriggerCreated>(), reader);
        else if (kind == TriggerUpdated.Kind) Updated(reader.As<TriggerUpdated>());
        else if (kind == TriggerFinished.Kind) Finished(reader.As<TriggerFinished>());
        else if (kind == PovChanged.Kind) Pov.Put(PovRow.Of(reader.As<PovChanged>(), reader.Tail<PovChanged>()));
        else if (kind == MarketStatusChanged.Kind) StatusChanged(reader.As<MarketStatusChanged>());
        else if (kind == AssetListed.Kind) Listed(reader.As<AssetListed>(), reader);
        else if (kind == PairListed.Kind) Listed(reader.As<PairListed>(), reader);
        else if (kind == SpotConfigured.Kind) discount = FeeTokenDiscount.Of(reader.As<SpotConfigured>().Terms);
        else if (kind == TraderSettingsChanged.Kind) users.Put(reader.As<TraderSettingsChanged>().Settings);
    }

    private void Step(in StepStarted step)
    {
        sequence = step.Sequence;
        timeNanos = step.TimeNanos;
        telling = sequence > recorded;
    }

    private void Level(in BookDelta delta)
    {
        if (delta.Instrument > pairs.Length)
        {
            Futures.Level(delta);
            return;
        }
        var pair = pairs[delta.Instrument - 1];
#if MUTANTS
        if (delta.Size == 0 && Mutant.Is(Mutation.KeepDeadLevel)) return;
#endif
        pair.Book.Change(delta.Side, delta.Price, delta.Size, delta.UpdateId, timeNanos);
        foreach (var listener in listeners) listener.LevelChanged(pair, delta.Side, delta.Price, delta.Size, delta.UpdateId, timeNanos);
    }

    private void Best(in BestChanged best)
    {
        if (best.Instrument > pairs.Length)
        {
            Futures.Best(best);
            return;
        }
        var pair = pairs[best.Instrument - 1];
        foreach (var listener in listeners) listener.BestChanged(pair, timeNanos);
    }

    private void Accepted(in OrderAccepted accepted, in EventReader reader)
    {
        var participant = (accepted.Flags & OrderFlags.ParticipantOwned) != 0;
        Counts.AddOrders(participant, 1);
        if (participant || !telling) return;
        var pair = pairs[accepted.Instrument - 1];
        var tail = new TailReader(reader.Tail<OrderAccepted>());
        var order = new OrderRow
        {
            Id = accepted.OrderId, User = accepted.User, Instrument = accepted.Instrument, Wallet = accepted.Wallet, Side = accepted.Side,
            Type = accepted.Type, TimeInForce = accepted.TimeInForce, Price = accepted.Price, Size = accepted.Size, Budget = accepted.Budget,
            Iceberg = accepted.Iceberg, MakerRate = accepted.MakerRate, TakerRate = accepted.TakerRate, SlippageRate = accepted.SlippageRate,
            StpGroup = accepted.StpGroup, StpAction = accepted.StpAction, Flags = accepted.Flags, TriggerId = accepted.TriggerId,
            Text = tail.Text(), ChannelTag = tail.Text(), CreatedNanos = timeNanos, Left = accepted.Size, BudgetLeft = accepted.Budget,
            FeeAsset = accepted.Side == Side.Buy ? pair.Base.Id : pair.Quote.Id, UpdatedNanos = timeNanos, Sequence = sequence,
        };
        orders.Put(order);
        Tell(order, OrderChange.Put);
    }

    private void Updated(in OrderUpdated updated, in EventReader reader)
    {
        if (updated.Participant != 0 || !telling || !orders.TryGet(updated.OrderId, out var order)) return;
        var tail = reader.Tail<OrderUpdated>();
        var (makerRate, takerRate) = (order.MakerRate, order.TakerRate);
        if (updated.Reason == UpdateReason.Amend && (updated.Price != order.Price || updated.Size > order.Size))      // M-008: rates are read again
        {
            (makerRate, takerRate, _) = RatesOf(order.User, pairs[order.Instrument - 1]);
        }
        Change(order with
        {
            Price = updated.Price, Size = updated.Size, Left = updated.Left, MakerRate = makerRate, TakerRate = takerRate,
            AmendText = tail.IsEmpty ? order.AmendText : new TailReader(tail).Text(), UpdatedNanos = timeNanos, Sequence = sequence,
        });
    }

    private void Filled(in OrderFilled filled)
    {
        var pair = pairs[filled.Instrument - 1];
        var trade = new TradeRow(filled.Instrument, filled.TradeId, timeNanos, filled.TakerSide, filled.Price, filled.Size, filled.Value);
        Counts.AddTrades(1);
        if (!telling)
        {
            pair.Ticker.Priced(filled.Price);
            return;
        }
        pair.Ticker.Traded(trade, pair.ListedNanos);
        foreach (var listener in listeners) listener.Traded(pair, trade);
        var flags = filled.Flags;
        if ((flags & FillFlags.MakerParticipant) == 0)
        {
            OneSide(pair, trade, filled.MakerOrder, filled.MakerUser, isMaker: true, filled.MakerFee, filled.MakerFeeAsset,
                (flags & FillFlags.MakerFeeToken) != 0, filled.MakerLeft, default);
        }
        if ((flags & FillFlags.TakerParticipant) == 0)
        {
            OneSide(pair, trade, filled.TakerOrder, filled.TakerUser, isMaker: false, filled.TakerFee, filled.TakerFeeAsset,
                (flags & FillFlags.TakerFeeToken) != 0, filled.TakerLeft, filled.TakerBudgetLeft);
        }
    }

    private void OneSide(PairView pair, TradeRow trade, long id, int user, bool isMaker, Money fee, int feeAsset, bool feeByToken, long left, Money budgetLeft)
    {
        if (orders.TryGet(id, out var order))
        {
            order = order with
            {
                Left = left, BudgetLeft = order.ByBudget ? budgetLeft : order.BudgetLeft, FilledSize = order.FilledSize + trade.Size,
                FilledValue = order.FilledValue + trade.Value, Fee = feeByToken ? order.Fee : order.Fee + fee,
                TokenFee = feeByToken ? order.TokenFee + fee : order.TokenFee, UpdatedNanos = timeNanos, Sequence = sequence,
            };
            Change(order);
        }
        var fill = new FillRow
        {
            Trade = trade, User = user, OrderId = id, Side = isMaker ? Opposite(trade.Side) : trade.Side, IsMaker = isMaker, Fee = fee,
            FeeAsset = feeAsset, FeeByToken = feeByToken, Text = order?.Text ?? "", AmendText = order?.AmendText ?? "", Wallet = order?.Wallet ?? WalletId.Spot.Value,
        };
        Counts.AddFill();
        foreach (var listener in listeners) listener.Filled(fill);
    }

    private void Finished(in OrderFinished finished)
    {
        Counts.AddOrders(finished.Participant != 0, -1);
        if (finished.Participant != 0 || !telling || !orders.TryGet(finished.OrderId, out var order)) return;
        order = order with
        {
            Left = finished.Left, BudgetLeft = order.ByBudget ? finished.BudgetLeft : order.BudgetLeft, Finish = finished.Reason,
            UpdatedNanos = timeNanos, Sequence = sequence,
        };
        orders.Change(order);
        Tell(order, OrderChange.Finish);
    }

    private void Balance(in BalanceChanged changed)
    {
        if (changed.Participant != 0) return;
        balances.Put(changed.User, new BalanceView(changed.Wallet, changed.Asset, changed.Total, changed.Held, changed.UpdateId));
        if (!telling) return;
        var entry = new BalanceRow
        {
            Sequence = sequence, TimeNanos = timeNanos, User = changed.User, Wallet = changed.Wallet, Asset = changed.Asset, Change = changed.Change,
            HeldChange = changed.HeldChange, Total = changed.Total, Held = changed.Held, Reason = changed.Reason, Reference = changed.Reference,
            Instrument = changed.Instrument, UpdateId = changed.UpdateId,
        };
        foreach (var listener in listeners) listener.BalanceChanged(entry);
    }

    private void Created(in TriggerCreated created, in EventReader reader)
    {
        Counts.AddTriggers(1);
        if (!telling || users.IsParticipant(created.User)) return;
        Put(new TriggerRow
        {
            Id = created.TriggerId, User = created.User, Instrument = created.Instrument, Wallet = created.Wallet, TriggerPrice = created.TriggerPrice,
            Rule = created.Rule, ExpiresAtNanos = created.ExpiresAtNanos, Side = created.Side, Type = created.Type, TimeInForce = created.TimeInForce,
            Price = created.Price, ParentOrder = created.ParentOrder, Role = created.Role, Text = new TailReader(reader.Tail<TriggerCreated>()).Text(),
            CreatedNanos = timeNanos, Size = created.Size, Budget = created.Budget, Status = created.Status,
        });
    }

    private void Updated(in TriggerUpdated updated)
    {
        if (telling && triggers.TryGet(updated.TriggerId, out var trigger)) Put(trigger with { Size = updated.Size, Budget = updated.Budget, Status = updated.Status });
    }

    private void Finished(in TriggerFinished finished)
    {
        Counts.AddTriggers(-1);
        if (!telling || !triggers.TryGet(finished.TriggerId, out var trigger)) return;
        Put(trigger with { Status = finished.Status, FinishedNanos = timeNanos, FiredOrder = finished.OrderId, Refusal = finished.Refusal });
    }

    private void StatusChanged(in MarketStatusChanged changed)
    {
        var pair = pairs[changed.Instrument - 1];
        pair.Change(changed.New);
        foreach (var listener in listeners) listener.PairChanged(pair);
    }

    private void Listed(in AssetListed listed, in EventReader reader)
    {
        if (listed.Asset <= assets.Length) return;
        var tail = new TailReader(reader.Tail<AssetListed>());
        var asset = new AssetView(listed.Asset, tail.Text(), tail.Text(), listed.Scale);
        assets = [.. assets, asset];
        assetsByCode[asset.Code] = asset;
    }

    private void Listed(in PairListed listed, in EventReader reader)
    {
        PairView pair;
        if (listed.Instrument <= pairs.Length)
        {
            pair = pairs[listed.Instrument - 1];
            pair.Change(listed.Terms);
        }
        else
        {
            pair = new PairView(listed.Instrument, new TailReader(reader.Tail<PairListed>()).Text(), assets[listed.Base - 1], assets[listed.Quote - 1], listed);
            pairs = [.. pairs, pair];
            pairsBySymbol[pair.Symbol] = pair;
        }
        foreach (var listener in listeners) listener.PairChanged(pair);
    }

    private void ApplyIdentity(in EventReader reader)
    {
        if (reader.Kind == UserCreated.Kind)
        {
            ref readonly var created = ref reader.As<UserCreated>();
            var tail = new TailReader(reader.Tail<UserCreated>());
            var participant = (created.Flags & UserFlags.Participant) != 0;
            Counts.AddUser(participant);
            Put(new UserView(created.User, created.Parent, participant, tail.Text(), tail.Text(), tail.Text(), created.CreatedNanos, false));
        }
        else if (reader.Kind == LockChanged.Kind)
        {
            ref readonly var changed = ref reader.As<LockChanged>();
            if (users.Of(changed.User) is { } user) Put(user with { Locked = changed.Locked != 0 });
        }
        else if (reader.Kind == KeyStored.Kind)
        {
            ref readonly var stored = ref reader.As<KeyStored>();
            var tail = new TailReader(reader.Tail<KeyStored>());
            var key = new KeyView(tail.Text(), stored.User, stored.Mode, tail.Text(), tail.Bytes().ToArray(), tail.Text(), tail.Text(), stored.CreatedNanos, stored.UpdatedNanos);
            users.Put(key);
            foreach (var listener in listeners) listener.KeyChanged(key);
        }
        else if (reader.Kind == KeyDeleted.Kind)
        {
            var key = new TailReader(reader.Tail<KeyDeleted>()).Text();
            users.RemoveKey(key);
            foreach (var listener in listeners) listener.KeyDeleted(key);
        }
    }

    private void ApplyWallet(in EventReader reader)
    {
        if (!telling) return;
        if (reader.Kind == Funded.Kind)
        {
            ref readonly var funded = ref reader.As<Funded>();
            if (users.IsParticipant(funded.User)) return;
            var tail = new TailReader(reader.Tail<Funded>());
            var deposit = new DepositRow(funded.MovementId, sequence, timeNanos, funded.User, funded.Wallet, funded.Asset, funded.Amount, funded.Deposit != 0,
                tail.Text(), tail.Text(), tail.Text());
            foreach (var listener in listeners) listener.Deposited(deposit);
        }
        else if (reader.Kind == Transferred.Kind)
        {
            ref readonly var transferred = ref reader.As<Transferred>();
            var what = transferred.Transfer;
            if (users.IsParticipant(what.FromUser)) return;
            var row = new TransferRow(transferred.TransferId, sequence, timeNanos, transferred.Actor, what.FromUser, what.FromWallet, what.ToUser, what.ToWallet,
                what.Asset, what.Amount, what.Route, new TailReader(reader.Tail<Transferred>()).Text());
            foreach (var listener in listeners) listener.Transferred(row);
        }
    }

    private void Put(UserView user)
    {
        users.Put(user);
        foreach (var listener in listeners) listener.UserChanged(user);
    }

    private void Put(TriggerRow trigger)
    {
        triggers.Put(trigger);
        foreach (var listener in listeners) listener.TriggerChanged(trigger);
    }

    // A fill that leaves nothing is told by the end that follows it at once (M-150).
    private void Change(OrderRow order)
    {
        orders.Change(order);
        if (order.Left > 0 || order.ByBudget) Tell(order, OrderChange.Update);
    }

    private void Tell(OrderRow order, OrderChange change)
    {
        foreach (var listener in listeners) listener.OrderChanged(order, change);
    }

    private static Side Opposite(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;
}
