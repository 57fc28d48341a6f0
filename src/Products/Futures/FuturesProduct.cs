using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Listing;
using Sluice.Products.Futures.Marks;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Checks;
using Sluice.Products.Futures.Rounds;
using Sluice.Products.Futures.Settings;
using Sluice.Products.Futures.Settling;
using Sluice.Products.Futures.State;
using Sluice.Products.Spot;
using Changes = Sluice.Products.Futures.Orders.Changes;
using Placement = Sluice.Products.Futures.Orders.Placement;
using TriggerHandlers = Sluice.Products.Futures.Orders.TriggerHandlers;

namespace Sluice.Products.Futures;

/// <summary>Perpetual and delivery contracts: plugs their commands, timers, state and invariants into the kernel.</summary>
public sealed class FuturesProduct : IProduct, IDerived
{
    private readonly Sums sums;
    private readonly Watch watch;
    private readonly Aftermath aftermath;
    private readonly Legs legs;
    private readonly OpenOrders orders;
    private readonly Bounds bounds;
    private readonly Placement placement;
    private readonly Changes changes;
    private readonly TriggerHandlers triggers;
    private readonly TrailHandlers trails;
    private readonly ChaseHandlers chases;
    private readonly SettingHandlers settings;
    private readonly ListingHandlers listing;
    private readonly StatusHandlers statuses;
    private readonly ConfigureHandlers configuring;
    private readonly MarkMaker marks;
    private readonly SleepHandlers sleeping;
    private readonly PriceHandlers prices;
    private readonly FundKeeper fund;
    private readonly LiquidationRounds rounds;
    private readonly FundingHandlers funding;
    private readonly SettlementHandlers settlement;
    private readonly CorporateActionHandlers corporate;
    private readonly CloseOuts closeOuts;
    private readonly MarginCalls calls;

    /// <param name="spot">Assets are listed there.</param>
    public FuturesProduct(Ledger ledger, IUsers users, SpotState spot)
    {
        State = new FuturesState(ledger, users, spot);
        sums = new Sums(State);
        watch = new Watch(State, sums);
        var autoMargins = new AutoMargins(State, sums, watch);
        aftermath = new Aftermath(State, watch, autoMargins);
        legs = new Legs(State, sums);
        orders = new OpenOrders(State, sums);
        bounds = new Bounds(State, sums);
        var admission = new Admission(State, sums, bounds);
        var ordinary = new OrdinaryAdmission(State, admission);
        placement = new Placement(State, admission, ordinary, orders, legs, aftermath);
        changes = new Changes(State, admission, ordinary, orders, legs, sums, aftermath);
        triggers = new TriggerHandlers(State, placement);
        trails = new TrailHandlers(State, placement);
        chases = new ChaseHandlers(State, placement, changes, orders);
        settings = new SettingHandlers(State, sums, aftermath, autoMargins);
        listing = new ListingHandlers(State) { Beginning = Begin };
        statuses = new StatusHandlers(State, orders, legs, aftermath);
        configuring = new ConfigureHandlers(State, sums, watch, legs, aftermath);
        marks = new MarkMaker(State, aftermath);
        sleeping = new SleepHandlers(State, marks);
        prices = new PriceHandlers(State, marks, sleeping, statuses);
        fund = new FundKeeper(State, legs, placement, aftermath);
        rounds = new LiquidationRounds(State, watch, legs, orders, bounds, placement, fund, new Deleverager(State, watch, legs, orders), aftermath);
        funding = new FundingHandlers(State, sums, fund, marks, aftermath);
        settlement = new SettlementHandlers(State, sums, legs, orders, fund, statuses, marks, aftermath);
        corporate = new CorporateActionHandlers(State, sums, legs, fund, settlement, marks, aftermath);
        closeOuts = new CloseOuts(State, legs, orders, fund, aftermath);
        calls = new MarginCalls(State, watch);
        statuses.Ending = settlement.Begin;
        aftermath.Announcing = Announcing(PositionCause.Margin);
        autoMargins.Announcing = Announcing(PositionCause.AutoMargin);
    }

    public FuturesState State { get; }

    public void Register(Registry registry)
    {
        registry.Handle<Commands.ListContract>(listing.List);
        registry.Handle<Commands.ConfigureContract>(configuring.Configure);
        registry.Handle<Commands.SetContractStatus>(statuses.SetStatus);
        registry.Handle<Commands.SetPrices>(prices.SetPrices);
        registry.Handle<Commands.PinMark>(prices.PinMark);
        registry.Handle<Commands.SetContractFees>(settings.SetFees);
        registry.Size(() => State.IsLarge);
        var prefetching = new Orders.Prefetching(State);
        registry.Prefetch<Commands.PlaceContractOrder>(prefetching.Place);
        registry.Prefetch<Commands.CancelContractOrder>(prefetching.Cancel);
        registry.Prefetch<Commands.AmendContractOrder>(prefetching.Amend);
        registry.Handle<Commands.PlaceContractOrder>(placement.Place);
        registry.Handle<Commands.CancelContractOrder>(changes.Cancel);
        registry.Handle<Commands.CancelAllContractOrders>(changes.CancelAll);
        registry.Handle<Commands.AmendContractOrder>(changes.Amend);
        registry.Handle<Commands.SetContractCountdown>(changes.SetCountdown);
        registry.Handle<Commands.CreateContractTrigger>(triggers.Create);
        registry.Handle<Commands.CancelContractTrigger>(triggers.Cancel);
        registry.Handle<Commands.CancelAllContractTriggers>(triggers.CancelAll);
        registry.Handle<Commands.AmendContractTrigger>(triggers.Amend);
        registry.Handle<Commands.CreateTrailingOrder>(trails.Create);
        registry.Handle<Commands.UpdateTrailingOrder>(trails.Update);
        registry.Handle<Commands.StopTrailingOrder>(trails.Stop);
        registry.Handle<Commands.StopAllTrailingOrders>(trails.StopAll);
        registry.Handle<Commands.CreateChaseOrder>(chases.Create);
        registry.Handle<Commands.StopChaseOrder>(chases.Stop);
        registry.Handle<Commands.StopAllChaseOrders>(chases.StopAll);
        registry.Handle<Commands.SetLeverage>(settings.SetLeverage);
        registry.Handle<Commands.ChangeMargin>(settings.ChangeMargin);
        registry.Handle<Commands.SetAutoMargin>(settings.SetAutoMargin);
        registry.Handle<Commands.SetPositionMode>(settings.SetPositionMode);
        registry.Handle<Commands.SetMarginMode>(settings.SetMarginMode);
        registry.Handle<Commands.SetRiskLimit>(settings.SetRiskLimit);
        var points = new PointHandlers(State);
        registry.Handle<Commands.SetPointValue>(points.SetValue);
        registry.Handle<Commands.SetPointUse>(points.SetUse);
        registry.Handle<Commands.ScheduleCorporateAction>(corporate.Schedule);
        registry.Handle<Commands.CancelCorporateAction>(corporate.Cancel);
        registry.OnDue(CorporateActionHandlers.ActionTimer, corporate.Fall);
        registry.OnDue(Changes.CountdownTimer, changes.CountdownOver);
        registry.OnDue(ContractTriggerTable.ExpiryTimer, triggers.Expire);
        registry.OnDue(PriceHandlers.MinuteTimer, (in Due due, Context context) =>
        {
            prices.Minute(due, context);
            calls.Minute(context);
        });
        registry.OnDue(SleepTimer.Kind, sleeping.Step);
        registry.OnDue(FundingHandlers.FundingTimer, funding.Settle);
        registry.OnDue(SettlementHandlers.SampleTimer, settlement.Sample);
        registry.OnDue(SettlementHandlers.EndTimer, settlement.End);
        registry.OnDue(FundKeeper.DisposalTimer, fund.Dispose);
        registry.OnDue(ConfigureHandlers.GraceTimer, configuring.GraceOver);
        registry.OnDue(LiquidationRounds.CoolTimer, rounds.Cooled);
        registry.OnWork(ContractTriggerTable.FireWork, triggers.Fire);
        registry.OnDue(ChaseTable.MoveTimer, chases.IntervalOver);
        registry.OnWork(TrailTable.FireWork, trails.Fire);
        registry.OnWork(ChaseTable.MoveWork, chases.Follow);
        registry.OnWork(Aftermath.LiquidateWork, rounds.Round);
        registry.Remember(new FuturesSnapshot(State, this));
        registry.Remember(new AutoSnapshot(State));
        registry.Watch(new PositionsNetToZero(State));
        registry.Watch(new SumsEqualParts(State, sums));
        registry.Watch(new NobodyInDanger(State, watch));
        registry.Watch(new ContractBooksUncrossed(State));
        registry.Watch(new SleepersInBand(State));
        registry.Watch(new AutosFollow(State));
    }

    /// <summary>What may leave a wallet of contracts (F-094); all of it where its user never traded.</summary>
    public Money Transferable(int user, WalletId wallet, int ledgerSlot)
    {
        if (!State.Accounts.TryFind(user, wallet, out var slot)) return State.Ledger[ledgerSlot].Total;
        return sums.ExactOf(ref State.Accounts[slot]).Transferable;
    }

    /// <summary>F-156: a scope of the wallet is in liquidation.</summary>
    public bool IsLocked(int user, WalletId wallet)
    {
        if (!State.Accounts.TryFind(user, wallet, out var slot)) return false;
        if (State.Accounts[slot].IsLocked) return true;
        for (var at = State.Accounts[slot].FirstSeat; at != SeatTable.None; at = State.Seats[at].NextOfAccount)
        {
            if (State.Seats[at].LongLiquidation != 0 || State.Seats[at].ShortLiquidation != 0) return true;
        }
        return false;
    }

    /// <summary>F-158: gains of its settle currency were cut a short while ago.</summary>
    public bool IsHeld(int asset, long nowNanos) => State.Funds.TryGetValue(asset, out var fund) && nowNanos < fund.HeldUntilNanos;

    /// <summary>Cash has left a wallet: its account is looked at (F-168).</summary>
    public void CashLeft(int user, WalletId wallet, Context context)
    {
        if (State.Accounts.TryFind(user, wallet, out var slot)) aftermath.CashChanged(slot, context);
    }

    /// <summary>Money of the operator's into the insurance fund of a settle currency, or out of it (F-191). False where it has not that much, or there is none.</summary>
    public bool Endow(int asset, Money amount, int outside, Reason reason, long reference, Context context)
    {
        var market = State.Markets.Find(one => one.Asset == asset);
        if (market is null || (amount.IsNegative && State.Ledger[market.Fund].Total < -amount)) return false;
        State.Ledger.Post(context, market.Fund, amount, Money.Zero, reason, reference, 0);
        State.Ledger.Post(context, outside, -amount, Money.Zero, reason, reference, 0);
        legs.AnnounceFund(market, amount, reason, context);
        fund.Observe(market, context);
        return true;
    }

    /// <summary>Ends a user's orders and triggers and gives its positions to the house at the mark.</summary>
    public void CloseOut(int user, Context context) => closeOuts.Close(user, context);

    /// <summary>After <see cref="CloseOut"/>, once the user's balances are what they shall be.</summary>
    public void AfterCloseOut(Context context) => closeOuts.Settle(context);

    /// <summary>The wallet's sums, for checks and tests; order margins exact (F-095).</summary>
    public Risk RiskOf(int user, WalletId wallet) => State.Accounts.TryFind(user, wallet, out var slot) ? sums.ExactOf(ref State.Accounts[slot]) : default;

    Market IDerived.Make(ContractTerms terms, Listed listed) =>
        ListingHandlers.Make(State, terms, listed, ListingHandlers.WalletOf(listed.Settle, listed.Terms.ContractKind)!.Value);

    ContractTerms IDerived.TermsOf(Listed listed, ReadOnlySpan<TierTerms> tiers) =>
        ListingHandlers.TermsOf(listed.Terms, listed.Symbol, listed.Underlying, 0, tiers);

    void IDerived.Derive()
    {
        for (var slot = 0; slot < State.Seats.Count; slot++)
        {
            ref var seat = ref State.Seats[slot];
            ref var account = ref State.Accounts[seat.Account];
            foreach (var at in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
            {
                if (at < 0) continue;
                ref var position = ref State.Positions[at];
                (position.IsCross, position.Leverage) = (seat.IsCross, seat.LeverageOf(position.Leg));
                account.IsolatedMargin += position.Margin;
                AutoMargins.Mark(State, ref seat);
                legs.Restore(State.Markets[seat.Market], slot, at);
            }
            sums.Recount(ref account, ref seat);
            sums.RecountAllOrders(ref account, ref seat);
        }
        watch.RestoreAll();
    }

    private Action<Market, int, int, Context> Announcing(PositionCause cause) => (market, seat, leg, context) =>
        Legs.Announce(market, State.Seats[seat], State.Positions[leg], new LegCause(cause, market.Id.Value), context);

    private void Begin(Market market, Context context)
    {
        if (State.Markets.Count == 1) PriceHandlers.Begin(context);
        State.Funds.TryAdd(market.Asset, new Fund(market.Asset));
        if (market.IsDelivery) settlement.Begin(market, context);
        else FundingHandlers.Begin(market, context);
    }
}
