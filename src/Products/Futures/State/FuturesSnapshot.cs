using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.State;

/// <summary>What a snapshot does not hold because it follows from the rest: sums, heaps, triggers of marks.</summary>
public interface IDerived
{
    /// <summary>How a contract is made of its terms.</summary>
    Market Make(ContractTerms terms, Listed listed);

    /// <summary>Terms from what was listed.</summary>
    ContractTerms TermsOf(Listed listed, ReadOnlySpan<TierTerms> tiers);

    /// <summary>Everything is loaded.</summary>
    void Derive();
}

/// <summary>Saves and restores everything contracts remember, in an order that depends on its meaning only.</summary>
public sealed class FuturesSnapshot(FuturesState state, IDerived derived) : IStatePart
{
    public string Name => "futures";

    public bool Hashed => true;

    /// <summary>Came with rules 2.</summary>
    public bool MayBeMissing => true;

    public void Save(StateWriter writer)
    {
        writer.Int64(state.LookedNanos);
        writer.Int64(state.NextStepNanos);
        writer.Int64(state.NextStockStepNanos);
        state.CorporateActions.Save(writer);
        writer.Int32(state.Markets.Count);
        foreach (var market in state.Markets) SaveMarket(writer, market);
        SaveAccounts(writer);
        SaveSeats(writer);
        foreach (var market in state.Markets) SaveBook(writer, market);
        writer.Int32(state.Fees.Count);
        foreach (var fees in state.Fees.Values) writer.Value(fees);
        writer.Int32(state.Countdowns.Count);
        foreach (var ((user, wallet, instrument), due) in state.Countdowns)
        {
            writer.Int32(user);
            writer.Int32(wallet);
            writer.Int32(instrument);
            writer.Int64(due);
        }
        writer.Int32(state.UniqueTexts.Count);
        foreach (var (order, (_, text)) in state.UniqueTexts)
        {
            writer.Int64(order);
            writer.Text(text);
        }
        writer.Int32(state.Cooling.Count);
        foreach (var (liquidation, until) in state.Cooling)
        {
            writer.Int64(liquidation);
            writer.Int64(until);
        }
        writer.Int32(state.Triggers.All.Count);
        foreach (var trigger in state.Triggers.All.Values) SaveTrigger(writer, trigger);
        writer.Int32(state.Funds.Count);
        foreach (var fund in state.Funds.Values)
        {
            writer.Int32(fund.Asset);
            writer.Byte(fund.IsDisposing ? (byte)1 : (byte)0);
            writer.Byte(fund.RiskLevel);
            writer.Int64(fund.HeldUntilNanos);
            writer.Int32(fund.Peaks.Count());
            foreach (var (nanos, equity) in fund.Peaks)
            {
                writer.Int64(nanos);
                writer.Money(equity);
            }
        }
        SavePoints(writer);
    }

    public void Load(ref StateReader reader)
    {
        state.Clear();
        state.LookedNanos = reader.Int64();
        var isRules2 = reader.Rules < 3;
        if (!isRules2)
        {
            state.NextStepNanos = reader.Int64();
            state.NextStockStepNanos = reader.Int64();
            state.CorporateActions.Load(ref reader);
        }
        for (var left = reader.Int32(); left > 0; left--) LoadMarket(ref reader);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var (user, wallet, asset) = (reader.Int32(), new WalletId(reader.Int32()), reader.Int32());
            ref var account = ref state.Accounts[state.AccountOf(user, wallet, asset)];
            account.Mode = (PositionMode)reader.Byte();
            account.LiquidationId = reader.Int64();
            account.CalledNanos = isRules2 ? 0 : reader.Int64();
        }
        for (var left = reader.Int32(); left > 0; left--) LoadSeat(ref reader);
        LoadBooks(ref reader);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var fees = reader.Value<SetContractFees>();
            state.Fees.Add(fees.User, fees);
        }
        for (var left = reader.Int32(); left > 0; left--) state.Countdowns.Add((reader.Int32(), reader.Int32(), reader.Int32()), reader.Int64());
        for (var left = reader.Int32(); left > 0; left--)
        {
            var order = reader.Int64();
            state.Pool.ById.TryGet(order, out var slot);
            state.UniqueTexts.Add(order, (state.Pool.Orders[slot].Trader, reader.Text()));
        }
        for (var left = isRules2 ? 0 : reader.Int32(); left > 0; left--) state.Cooling.Add(reader.Int64(), reader.Int64());
        for (var left = reader.Int32(); left > 0; left--) LoadTrigger(ref reader);
        for (var left = reader.Int32(); left > 0; left--)
        {
            var fund = new Fund(reader.Int32()) { IsDisposing = reader.Byte() != 0, RiskLevel = reader.Byte(), HeldUntilNanos = isRules2 ? 0 : reader.Int64() };
            for (var peaks = reader.Int32(); peaks > 0; peaks--) fund.Restore(reader.Int64(), reader.Money());
            state.Funds.Add(fund.Asset, fund);
        }
        if (reader.Rules >= 4) LoadPoints(ref reader);
        derived.Derive();
    }

    private static void SaveMarket(StateWriter writer, Market market)
    {
        var listed = market.Listed;
        writer.Value(listed.Terms);
        writer.Text(listed.Symbol);
        writer.Text(listed.Settle);
        writer.Text(listed.IndexName);
        writer.Text(listed.Underlying);
        writer.Int64(listed.ListedNanos);
        writer.Int32(market.Asset);
        SaveTiers(writer, market.Contract);
        writer.Value(market.Options);
        writer.Int32(market.Changes);
        writer.Int64(market.ConfiguredNanos);
        writer.Int32(market.Cycle?.IntervalSeconds ?? 0);
        writer.Int32(market.CapHits);
        writer.Int32(market.Moves.Samples.Count);
        foreach (var (nanos, index) in market.Moves.Samples)
        {
            writer.Int64(nanos);
            writer.Int64(index);
        }
        writer.Int32(market.Former.Count);
        foreach (var former in market.Former)
        {
            writer.Int32(former.Change);
            writer.Value(former.Listing);
            SaveTiers(writer, former.Contract);
            writer.Int64(former.UntilNanos);
        }
        writer.Byte((byte)market.Status);
        writer.Int64(market.EndNanos);
        writer.Int64(market.HaltedNanos);
        writer.Byte(market.IsHaltedByAge ? (byte)1 : (byte)0);
        writer.Int64(market.Index);
        writer.Byte((byte)market.Flags);
        writer.Int32(market.Sources);
        writer.Int64(market.FreshNanos);
        writer.Int64(market.Mark);
        writer.Byte(market.IsMarkPinned ? (byte)1 : (byte)0);
        writer.Int64(market.ToldIndex);
        SleepSnapshot.Save(writer, market);
        writer.Int64(market.Middle.SampledNanos);
        writer.Int32(market.Middle.Count);
        for (var age = 0; age < market.Middle.Count; age++) writer.Int64(market.Middle[age]);
        writer.Int128(market.Premiums.Sum);
        writer.Int128(market.Premiums.WeightedSum);
        writer.Int32(market.Premiums.Count);
        writer.Int64(market.Rate.Raw);
        writer.Int64(market.RateBefore.Raw);
        writer.Int64(market.NextFundingNanos);
        writer.Int64(market.BasisRate.Raw);
        writer.Int128(market.Average.Sum);
        writer.Int32(market.Average.Count);
        writer.Int32(market.Average.Valid);
        writer.Int64(market.NextSampleNanos);
    }

    private void LoadMarket(ref StateReader reader)
    {
        var terms = reader.Rules < 3 ? OlderListing.OfRules2(ref reader) : reader.Value<ListContract>();
        var listed = new Listed(terms, reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Int64());
        var asset = reader.Int32();
        var market = derived.Make(derived.TermsOf(listed, LoadTiers(ref reader)) with { SettleAsset = asset }, listed);
        if (reader.Rules >= 3) LoadChanges(ref reader, market, asset);
        market.Status = (MarketStatus)reader.Byte();
        market.EndNanos = reader.Int64();
        market.HaltedNanos = reader.Int64();
        market.IsHaltedByAge = reader.Byte() != 0;
        market.Index = reader.Int64();
        market.Flags = (IndexFlags)reader.Byte();
        market.Sources = (ushort)reader.Int32();
        market.FreshNanos = reader.Int64();
        market.Mark = reader.Int64();
        market.IsMarkPinned = reader.Byte() != 0;
        if (reader.Rules < 3) market.ToldIndex = market.Index;
        else
        {
            market.ToldIndex = reader.Int64();
            SleepSnapshot.Load(ref reader, market);
        }
        var sampled = reader.Int64();
        for (var left = reader.Int32(); left > 0; left--) market.Middle.Add(reader.Int64(), 0, 0, sampled);
        market.Premiums.Sum = reader.Int128();
        market.Premiums.WeightedSum = reader.Int128();
        market.Premiums.Count = reader.Int32();
        market.Rate = new Rate(reader.Int64());
        market.RateBefore = new Rate(reader.Int64());
        market.NextFundingNanos = reader.Int64();
        market.BasisRate = new Rate(reader.Int64());
        market.Average.Sum = reader.Int128();
        market.Average.Count = reader.Int32();
        market.Average.Valid = reader.Int32();
        market.NextSampleNanos = reader.Int64();
    }

    // What was chosen for it and changed since it was listed.
    private void LoadChanges(ref StateReader reader, Market market, int asset)
    {
        market.Options = reader.Value<ContractOptions>();
        state.AsksOpenLoss |= market.Options.OpenLoss != 0;
        market.Changes = reader.Int32();
        market.ConfiguredNanos = reader.Int64();
        var cycle = reader.Int32();
        if (cycle != 0) market.BeginCycle(cycle);
        market.CapHits = reader.Int32();
        for (var left = reader.Int32(); left > 0; left--) market.Moves.Restore(reader.Int64(), reader.Int64());
        for (var left = reader.Int32(); left > 0; left--)
        {
            var (change, terms) = (reader.Int32(), reader.Value<ListContract>());
            var contract = new Contract(derived.TermsOf(market.Listed with { Terms = terms }, LoadTiers(ref reader)) with { SettleAsset = asset });
            market.Keep(new FormerTerms(change, terms, contract, reader.Int64()));
        }
    }

    private static void SaveTiers(StateWriter writer, Contract contract)
    {
        writer.Int32(contract.RiskLimits.Count);
        foreach (ref readonly var tier in contract.RiskLimits.Tiers)
        {
            writer.Money(tier.Limit);
            writer.Int64(tier.MaintenanceRate.Raw);
            writer.Int64(tier.InitialRate.Raw);
        }
    }

    private static TierTerms[] LoadTiers(ref StateReader reader)
    {
        var tiers = new TierTerms[reader.Int32()];
        for (var i = 0; i < tiers.Length; i++) tiers[i] = new TierTerms(reader.Money(), new Rate(reader.Int64()), new Rate(reader.Int64()));
        return tiers;
    }

    // An account, or a seat, that is as it would be made anew means nothing: it may be one that a refused command asked for.
    private void SaveAccounts(StateWriter writer)
    {
        var saved = Enumerable.Range(0, state.Accounts.Count).Where(slot => state.Accounts[slot].Mode != PositionMode.Single || state.Accounts[slot].IsLocked || state.Accounts[slot].CalledNanos != 0).ToArray();
        Array.Sort(saved, (a, b) => (state.Accounts[a].User, state.Accounts[a].Wallet).CompareTo((state.Accounts[b].User, state.Accounts[b].Wallet)));
        writer.Int32(saved.Length);
        foreach (var slot in saved)
        {
            ref readonly var account = ref state.Accounts[slot];
            writer.Int32(account.User);
            writer.Int32(account.Wallet);
            writer.Int32(state.Ledger[account.Ledger].Asset);
            writer.Byte((byte)account.Mode);
            writer.Int64(account.LiquidationId);
            writer.Int64(account.CalledNanos);
        }
    }

    private void SaveSeats(StateWriter writer)
    {
        var saved = Enumerable.Range(0, state.Seats.Count).Where(slot => state.Means(state.Seats[slot])).ToArray();
        Array.Sort(saved, (a, b) => (state.Seats[a].User, state.Seats[a].Market, state.Seats[a].IsSplit).CompareTo((state.Seats[b].User, state.Seats[b].Market, state.Seats[b].IsSplit)));
        writer.Int32(saved.Length);
        foreach (var slot in saved)
        {
            ref readonly var seat = ref state.Seats[slot];
            writer.Int32(seat.User);
            writer.Int32(seat.Market);
            writer.Byte(seat.IsSplit ? (byte)1 : (byte)0);
            writer.Int32(seat.Leverage.Hundredths);
            writer.Int32(seat.ShortLeverage.Hundredths);
            writer.Int32(seat.CrossLimit.Hundredths);
            writer.Byte(seat.IsCross ? (byte)1 : (byte)0);
            writer.Int64(seat.LongLiquidation);
            writer.Int64(seat.ShortLiquidation);
            writer.Int32(seat.Kept);
            writer.Int64(seat.LongCalledNanos);
            writer.Int64(seat.ShortCalledNanos);
            SavePosition(writer, seat.Net);
            SavePosition(writer, seat.Long);
            SavePosition(writer, seat.Short);
        }
    }

    private void LoadSeat(ref StateReader reader)
    {
        var user = reader.Int32();
        var isRules2 = reader.Rules < 3;
        var slot = state.SeatOf(user, state.Markets[reader.Int32()], split: !isRules2 && reader.Byte() != 0);
        ref var seat = ref state.Seats[slot];
        seat.Leverage = new Leverage(reader.Int32());
        seat.ShortLeverage = isRules2 ? seat.Leverage : new Leverage(reader.Int32());
        seat.CrossLimit = new Leverage(reader.Int32());
        seat.IsCross = reader.Byte() != 0;
        seat.LongLiquidation = reader.Int64();
        seat.ShortLiquidation = reader.Int64();
        if (!isRules2)
        {
            seat.Kept = reader.Int32();
            seat.LongCalledNanos = reader.Int64();
            seat.ShortCalledNanos = reader.Int64();
        }
        if (seat.Kept != 0 && seat.IsCross) state.Accounts[seat.Account].KeptSeats++;
        LoadPosition(ref reader, slot, Leg.Net);
        LoadPosition(ref reader, slot, Leg.Long);
        LoadPosition(ref reader, slot, Leg.Short);
    }

    private void SavePosition(StateWriter writer, int slot)
    {
        writer.Byte(slot < 0 ? (byte)0 : (byte)1);
        if (slot < 0) return;
        ref readonly var position = ref state.Positions[slot];
        writer.Int64(position.Size);
        writer.Money(position.EntryValue);
        writer.Money(position.Margin);
        writer.Money(position.TradeProfit);
        writer.Money(position.FeesPaid);
        writer.Money(position.FundingPaid);
        writer.Money(position.ClosedValue);
        writer.Money(position.HistoryProfit);
        writer.Money(position.LastCloseProfit);
        writer.Int64(position.OpenedNanos);
        writer.Int64(position.SizeMax);
        writer.Int64(position.ClosedSize);
        writer.Int64(position.UpdateId);
        state.AutoMargins.TryGetValue(slot, out var auto);
        writer.Money(auto.Most);
        if (!auto.Most.IsZero) writer.Money(auto.Added);
        var paid = state.Points.Legs.TryGetValue(slot, out var points);
        writer.Byte(paid ? (byte)1 : (byte)0);
        if (!paid) return;
        writer.Money(points.Paid);
        writer.Money(points.History);
    }

    private void LoadPosition(ref StateReader reader, int seat, Leg leg)
    {
        if (reader.Byte() == 0) return;
        var slot = state.PositionOf(seat, leg);
        ref var position = ref state.Positions[slot];
        position.Size = reader.Int64();
        position.EntryValue = reader.Money();
        position.Margin = reader.Money();
        position.TradeProfit = reader.Money();
        position.FeesPaid = reader.Money();
        position.FundingPaid = reader.Money();
        position.ClosedValue = reader.Money();
        position.HistoryProfit = reader.Money();
        position.LastCloseProfit = reader.Money();
        position.OpenedNanos = reader.Int64();
        position.SizeMax = reader.Int64();
        position.ClosedSize = reader.Int64();
        position.UpdateId = reader.Int64();
        if (reader.Rules < 4) return;
        if (reader.Money() is { IsZero: false } most) state.AutoMargins.Add(slot, new AutoMargin(most, reader.Money()));
        if (reader.Byte() != 0) state.Points.Legs.Add(slot, new LegPoints(reader.Money(), reader.Money()));
    }

    private void SavePoints(StateWriter writer)
    {
        writer.Int32(state.Points.Asset);
        writer.Int32(state.Points.Values.Count);
        foreach (var (asset, value) in state.Points.Values)
        {
            writer.Int32(asset);
            writer.Money(value);
        }
        writer.Int32(state.Points.Users.Count);
        foreach (var user in state.Points.Users) writer.Int32(user);
    }

    private void LoadPoints(ref StateReader reader)
    {
        state.Points.Asset = reader.Int32();
        for (var left = reader.Int32(); left > 0; left--) state.Points.Values.Add(reader.Int32(), reader.Money());
        for (var left = reader.Int32(); left > 0; left--) state.Points.Users.Add(reader.Int32());
        state.UsesPoints = state.Points.Values.Count != 0 && state.Points.Users.Count != 0;
    }

    private void SaveBook(StateWriter writer, Market market)
    {
        writer.Int64(market.Book.UpdateId);
        writer.Int64(market.Book.LastTradeId);
        writer.Int64(market.Book.LastPrice);
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            var slots = market.Book.Slots(side).ToArray();
            writer.Int32(slots.Length);
            foreach (var slot in slots) SaveOrder(writer, slot);
        }
    }

    private void SaveOrder(StateWriter writer, int slot)
    {
        ref readonly var order = ref state.Pool.Orders[slot];
        var rates = state.Pool.Rates[order.Rates];
        writer.Int64(order.Id);
        writer.Int32(state.Seats[order.Trader].User);
        writer.Byte(state.Seats[order.Trader].IsSplit ? (byte)1 : (byte)0);
        writer.Int64(order.Price);
        writer.Int64(order.Size);
        writer.Int64(order.Left);
        writer.Int64(state.Pool.VisibleOf(slot));
        writer.Int64(state.Pool.DisplayedOf(slot));
        writer.Int64(state.ValuePrices.GetValueOrDefault(order.Id));
        writer.Int64(state.LossMarks.GetValueOrDefault(order.Id));
        writer.Int64(rates.Maker);
        writer.Int64(rates.Taker);
        writer.Byte((byte)order.TimeInForce);
        writer.Byte((byte)order.Flags);
        writer.Byte(order.HasAttached ? (byte)1 : (byte)0);
        writer.Byte((byte)order.StpAction);
    }

    private void LoadBooks(ref StateReader reader)
    {
        var restored = new List<int>();
        foreach (var market in state.Markets)
        {
            market.Book.UpdateId = reader.Int64();
            market.Book.LastTradeId = reader.Int64();
            market.Book.LastPrice = reader.Int64();
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                for (var orders = reader.Int32(); orders > 0; orders--) restored.Add(LoadOrder(ref reader, market, side));
            }
            market.Book.Settle();
        }
        restored.Sort((a, b) => state.Pool.Orders[a].Id.CompareTo(state.Pool.Orders[b].Id));
        foreach (var slot in restored) state.Seats.Link(slot);
    }

    private int LoadOrder(ref StateReader reader, Market market, Side side)
    {
        var slot = state.Pool.TakeOrder();
        ref var order = ref state.Pool.Orders[slot];
        order = new Order { Id = reader.Int64(), Trader = state.SeatOf(reader.Int32(), market, split: reader.Rules >= 3 && reader.Byte() != 0), Price = reader.Int64(), Size = reader.Int64(), Left = reader.Int64(), Side = side };
        var (visible, displayed, valued) = (reader.Int64(), reader.Int64(), reader.Int64());
        if (valued != 0) state.ValuePrices.Add(order.Id, valued);
        if (reader.Rules >= 4 && reader.Int64() is not 0 and var mark) state.LossMarks.Add(order.Id, mark);
        order.Rates = state.Pool.Rates.NumberOf(reader.Int64(), reader.Int64());
        order.TimeInForce = (TimeInForce)reader.Byte();
        order.Flags = (OrderFlags)reader.Byte();
        order.Mark(reader.Byte() != 0, (SelfTradeAction)reader.Byte());
        market.Book.Restore(slot, displayed, visible);
        return slot;
    }

    private static void SaveTrigger(StateWriter writer, ContractTrigger trigger)
    {
        writer.Int64(trigger.Id);
        writer.Int32(trigger.User);
        writer.Value(trigger.Terms);
        writer.Text(trigger.Text);
        writer.Int64(trigger.ExpiresAtNanos);
        writer.Int64(trigger.ParentOrder);
        writer.Byte((byte)trigger.Role);
        writer.Byte((byte)trigger.Status);
    }

    private void LoadTrigger(ref StateReader reader)
    {
        var (id, user) = (reader.Int64(), reader.Int32());
        var terms = reader.Value<CreateContractTrigger>();
        var market = state.MarketOf(terms.Instrument)!;
        state.Triggers.Restore(state, new ContractTrigger
        {
            Id = id, User = user, Seat = state.SeatFor(user, market, terms.MarginMode), Market = market, Terms = terms, Text = reader.Text(), ExpiresAtNanos = reader.Int64(),
            ParentOrder = reader.Int64(), Role = (TriggerRole)reader.Byte(), Status = (TriggerStatus)reader.Byte(),
        });
    }
}
