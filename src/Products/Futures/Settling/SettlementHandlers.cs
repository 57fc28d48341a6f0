using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Listing;
using Sluice.Products.Futures.Marks;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.Rounds;
using Sluice.Products.Futures.Settlement;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settling;

/// <summary>The end of a contract: samples of its index in the last half hour, then all positions at their mean (F-211, F-213, F-230).</summary>
public sealed class SettlementHandlers(FuturesState state, Sums sums, Legs legs, OpenOrders orders, FundKeeper fund, StatusHandlers statuses, MarkMaker marks, Aftermath aftermath)
{
    // In this order at one instant: the last sample is taken at the end itself.
    public const ushort SampleTimer = 405;
    public const ushort EndTimer = 406;

    private const byte SettlementRow = 5;
    private const int DelistingIntervalSeconds = 60, DelistingDurationSeconds = 1800;

    /// <summary>Sets the timers of an expiry, or of the end of a delisting; one set before no longer counts.</summary>
    public void Begin(Market market, Context context)
    {
        market.Average = default;
        market.NextSampleNanos = 0;
        SetSample(market, context.Stamp.TimeNanos, context);
        context.Timers.Add(new Due(market.SettlesNanos, SettlementRow, EndTimer, market.Id.Value, 0, 0));
    }

    public void Sample(in Due due, Context context)
    {
        var market = state.MarketOf((int)due.A)!;
        if (market.Status == MarketStatus.Delisted || due.AtNanos != market.NextSampleNanos) return;
        SetSample(market, due.AtNanos, context);
        if (market.Index == 0) return;
        market.Average.Add(market.Index, !market.IsStale(due.AtNanos));
        context.Events.Append(new SettlementSampled
        {
            Sum = market.Average.Sum, BasisRate = market.BasisRate.Raw, Samples = market.Average.Count, Instrument = market.Id.Value,
        });
        if (!market.IsDelivery || due.AtNanos == market.SettlesNanos) return;
        marks.Add(market);                                                  // F-060
        marks.Run(context, ofIndex: false);
    }

    /// <summary>F-213, in its order.</summary>
    public void End(in Due due, Context context)
    {
        var market = state.MarketOf((int)due.A)!;
        if (market.Status == MarketStatus.Delisted || due.AtNanos != market.SettlesNanos) return;
        CancelEverything(market, context);
        var price = market.Average.Count > 0 ? market.Average.Price(market.Terms.MarkRound) : market.Mark;
        var rate = market.IsDelivery ? market.Terms.Delivery!.SettleFee : Rate.Zero;         // F-230: a delisting is free
        Settle(market, price, rate, context);
        context.Events.Append(new ContractSettled { Price = price, Instrument = market.Id.Value });
        statuses.Change(market, MarketStatus.Delisted, context);
        aftermath.Run(context, byLevel: true);
        statuses.ResumeLiquidations(market, context);                       // scopes that waited for this contract wait no longer
    }

    private void SetSample(Market market, long after, Context context)
    {
        var interval = (market.IsDelivery ? market.Terms.Delivery!.SettlePriceIntervalSeconds : DelistingIntervalSeconds) * Nanos.PerSecond;
        var duration = (market.IsDelivery ? market.Terms.Delivery!.SettlePriceDurationSeconds : DelistingDurationSeconds) * Nanos.PerSecond;
        var start = market.SettlesNanos - duration;
        var next = after < start ? start + interval : start + ((after - start) / interval + 1) * interval;
        if (next > market.SettlesNanos) return;
        market.NextSampleNanos = next;
        context.Timers.Add(new Due(next, SettlementRow, SampleTimer, market.Id.Value, 0, 0));
    }

    /// <summary>Every order and trigger of a contract.</summary>
    public void CancelEverything(Market market, Context context)
    {
        market.Book.Begin();
        foreach (var side in new[] { Side.Buy, Side.Sell })
        {
            foreach (var slot in market.Book.Slots(side).ToArray()) orders.End(market, context, slot, FinishReason.Cancelled);
        }
        market.Announce(context);
        foreach (var trigger in state.Triggers.All.Values.Where(t => t.Market == market).ToArray()) state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
        foreach (var order in state.Trails.All.Values.Where(t => t.Market == market).ToArray()) state.Trails.End(context, state, order, TriggerStatus.Cancelled, AutoReason.ContractEnded);
    }

    private void Settle(Market market, long price, Rate rate, Context context)
    {
        var (gains, winners) = (new List<Money>(), new List<int>());
        var owed = new List<(int Account, int Seat, Money Amount)>();
        var debt = Money.Zero;
        foreach (var slot in FundingHandlers.LegsOf(state, market))
        {
            var before = state.Positions[slot];
            var seatSlot = before.Seat;
            ref var seat = ref state.Seats[seatSlot];
            var isVenue = FuturesState.IsVenue(seat.User);
            var settled = SettledLeg.Of(market.Contract, before.Size, before.EntryValue, isVenue ? Plenty : BackingOf(seat, before), price, isVenue ? Rate.Zero : rate);
            legs.Apply(settled.Value, settled.Fee, market, seatSlot, before.Leg, -before.Size, new LegCause(PositionCause.Settlement, market.Id.Value), context);
            if (settled.Deficit > Money.Zero)
            {
                owed.Add((seat.Account, seatSlot, settled.Deficit));
                debt += settled.Deficit;
            }
            if (isVenue) continue;
            if (settled.Profit > Money.Zero)
            {
                gains.Add(settled.Profit);
                winners.Add(seat.Account);
            }
            context.Events.Append(new PositionSettled
            {
                EntryPrice = market.Contract.EntryPrice(before.Size, before.EntryValue), Profit = settled.Profit, Fee = settled.Fee, Margin = before.Margin,
                FromFund = settled.Deficit, Size = before.Size, Price = price, User = seat.User, Instrument = market.Id.Value,
                Leverage = seat.LeverageOf(before.Leg).Hundredths, Leg = before.Leg, Participant = seat.Participant ? (byte)1 : (byte)0,
            });
        }
        // Values of an inverse contract are rounded for each leg: what is left in its clearing account is the fund's (F-213.9).
        var clearing = state.Ledger[market.Clearing].Total;
        if (!clearing.IsZero)
        {
            state.Ledger.Post(context, market.Clearing, -clearing, Money.Zero, Reason.Residue, 0, market.Id.Value);
            state.Ledger.Post(context, market.Fund, clearing, Money.Zero, Reason.Residue, 0, market.Id.Value);
            legs.AnnounceFund(market, clearing, Reason.Residue, context);
        }
        if (debt.IsZero) return;
        Haircut(market, gains, winners, debt, context);
        foreach (var (account, _, amount) in owed) fund.Receive(market, state.Accounts[account].Ledger, -amount, Reason.Insurance, market.Id.Value, context);
        fund.Observe(market, context);
    }

    // F-197: what the fund does not have is taken from the gains of this settlement.
    private void Haircut(Market market, List<Money> gains, List<int> winners, Money debt, Context context)
    {
        var shortfall = debt - Money.Max(Money.Zero, state.Ledger[market.Fund].Total);
        if (shortfall <= Money.Zero || gains.Count == 0) return;
        var haircuts = new Money[gains.Count];
        InsuranceFund.Haircut(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(gains), shortfall, haircuts);
        var keeper = state.Funds[market.Asset];
        keeper.HeldUntilNanos = context.Stamp.TimeNanos + Fund.HoldNanos;
        context.Events.Append(new TransfersHeld { UntilNanos = keeper.HeldUntilNanos, Asset = market.Asset, Instrument = market.Id.Value });
        for (var i = 0; i < haircuts.Length; i++) fund.Receive(market, state.Accounts[winners[i]].Ledger, haircuts[i], Reason.Insurance, market.Id.Value, context);
    }

    // What a leg may lose: its margin; or all equity of the cross scope but this leg's own profit.
    private Money BackingOf(in Seat seat, in Position position)
    {
        if (!seat.IsCross) return position.Margin;
        ref var account = ref state.Accounts[seat.Account];
        sums.Refresh(ref account);
        var other = seat.Counted.Unrealised;
        if (seat.Long >= 0 && seat.Short >= 0)
        {
            // The other leg of a hedged contract is settled after this one, or was before it.
            var market = state.Markets[seat.Market];
            other = market.Contract.Unrealised(position.Size, position.EntryValue, market.Mark);
        }
        return state.FreeCash(account) + account.Cross.Unrealised - other;
    }

    private static readonly Money Plenty = Money.Units(1_000_000_000_000_000);
}
