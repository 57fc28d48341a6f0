using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Listing;
using Sluice.Products.Futures.Marks;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Rounds;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settling;

/// <summary>The settlement of funding of one contract, all of it one step (F-164): nothing trades between reading positions and paying.</summary>
public sealed class FundingHandlers(FuturesState state, Sums sums, FundKeeper fund, MarkMaker marks, Aftermath aftermath)
{
    public const ushort FundingTimer = 404;

    private const byte FundingRow = 6;

    /// <summary>Of a perpetual that was listed.</summary>
    public static void Begin(Market market, Context context) =>
        context.Timers.Add(new Due(market.NextFundingNanos, FundingRow, FundingTimer, market.Id.Value, 0, 0));

    public void Settle(in Due due, Context context)
    {
        var market = state.MarketOf((int)due.A)!;
        if (market.Status == MarketStatus.Delisted || due.AtNanos != market.NextFundingNanos) return;
        var now = due.AtNanos;
        var halted = market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable && now - market.HaltedNanos >= Market.DeadNanos;
        var missed = halted || market.IsDead(now);                          // F-084: nothing is settled on prices that old
        if (missed)
        {
            context.Events.Append(new FundingSettled { Rate = market.Rate.Raw, Mark = market.Mark, DueNanos = now, Instrument = market.Id.Value, IsMissed = 1 });
        }
        else
        {
            Pay(market, now, context);
        }
        market.RateBefore = market.Rate;
        market.Premiums = default;
        market.BeginCycle();
        market.NextFundingNanos = FundingRate.NextSettlementNanos(market.Terms.Funding!, now);
        Begin(market, context);
        CountCap(market, missed, context);
        PriceHandlers.AnnounceRate(market, 0, false, context);
        aftermath.Run(context, byLevel: true);
        if (missed) return;
        marks.Add(market);                                                  // P1 has a whole cycle before it again
        marks.Run(context, ofIndex: false);
    }

    // F-081: at the cap twice in a row, and the operator wants it so: half the interval, from the next settlement on.
    private static void CountCap(Market market, bool missed, Context context)
    {
        var funding = market.Terms.Funding!;
        var atCap = !missed && funding.RateLimit.Raw != 0 && long.Abs(market.Rate.Raw) == funding.RateLimit.Raw;
        market.CapHits = atCap ? market.CapHits + 1 : 0;
        var half = funding.IntervalSeconds / 2;
        if (market.CapHits < 2 || market.Options.DynamicFunding == 0 || half < 3600 || funding.OffsetSeconds >= half) return;
        market.CapHits = 0;
        market.Changes++;
        market.ConfiguredNanos = context.Stamp.TimeNanos;
        var listing = market.Listed.Terms;
        listing.FundingIntervalSeconds = half;
        market.Configure(new Contract(market.Terms with { Funding = funding with { IntervalSeconds = half } }), market.Listed with { Terms = listing }, market.Options);
        ConfigureHandlers.Announce(market, context);
    }

    private void Pay(Market market, long now, Context context)
    {
        var (residue, shortfall) = (Money.Zero, Money.Zero);
        foreach (var slot in LegsOf(state, market))
        {
            ref var position = ref state.Positions[slot];
            var payment = FundingPayment.Of(market.Contract, position.Size, market.Mark, market.Rate);
            if (payment.IsZero) continue;
            var fromFund = Pay(market, ref position, payment, context);
            residue += payment;
            shortfall += fromFund;
        }
        if (!(residue - shortfall).IsZero)
        {
            state.Ledger.Post(context, market.Fund, residue - shortfall, Money.Zero, Reason.Funding, 0, market.Id.Value);
            context.Events.Append(new InsuranceChanged
            {
                Change = residue - shortfall, Balance = state.Ledger[market.Fund].Total, Wallet = market.Wallet.Value, Instrument = market.Id.Value, Reason = Reason.Funding,
            });
            fund.Observe(market, context);
        }
        context.Events.Append(new FundingSettled
        {
            Residue = residue, Shortfall = shortfall, Rate = market.Rate.Raw, Mark = market.Mark, DueNanos = now, Instrument = market.Id.Value,
        });
    }

    // F-077: what its user can not pay of it, the fund does; the pool is the fund's account, which is posted once.
    private Money Pay(Market market, ref Position position, Money payment, Context context)
    {
        ref readonly var seat = ref state.Seats[position.Seat];
        ref var account = ref state.Accounts[seat.Account];
        var source = payment < Money.Zero || FuturesState.IsVenue(seat.User) ? new FundingSource(Money.Zero, payment, Money.Zero)
            : seat.IsCross ? FundingPayment.Cross(payment, sums.Of(ref account).Equity)
            : FundingPayment.Isolated(payment, position.Margin, sums.ExactOf(ref account).Transferable);
        position.PayFunding(payment);
        position.Margin -= source.FromMargin;
        account.IsolatedMargin -= source.FromMargin;
        var paid = source.FromMargin + source.FromAccount;
        state.Ledger.Post(context, account.Ledger, -paid, -source.FromMargin, Reason.Funding, market.Id.Value, market.Id.Value);
        state.Touched.Add(position.Seat);
        if (FuturesState.IsVenue(seat.User)) return source.FromFund;
        context.Events.Append(new FundingPaid
        {
            Payment = payment, FromFund = source.FromFund, Size = position.Size, Mark = market.Mark, Rate = market.Rate.Raw, User = seat.User, Instrument = market.Id.Value,
        });
        Legs.Announce(market, seat, position, new LegCause(PositionCause.Funding, market.Id.Value), context);
        return source.FromFund;
    }

    /// <summary>Slots of all legs with a size, ascending user, long before short; the venue's come first.</summary>
    public static int[] LegsOf(FuturesState state, Market market)
    {
        var slots = new List<int>();
        for (var at = 0; at < market.Longs.Count; at++) slots.Add(market.Longs[at]);
        for (var at = 0; at < market.Shorts.Count; at++) slots.Add(market.Shorts[at]);
        for (var venue = FuturesState.FundUser; venue <= FuturesState.HouseUser; venue++)
        {
            if (state.Seats.TryFind(venue, market.Number, out var seat) && state.Seats[seat].Net is >= 0 and var slot && state.Positions[slot].Size != 0) slots.Add(slot);
        }
        slots.Sort((a, b) => UserOf(a) != UserOf(b)
            ? UserOf(a).CompareTo(UserOf(b))
            : state.Positions[a].Leg != state.Positions[b].Leg ? state.Positions[a].Leg.CompareTo(state.Positions[b].Leg)
            : state.Seats[state.Positions[a].Seat].IsSplit.CompareTo(state.Seats[state.Positions[b].Seat].IsSplit));
        return [.. slots];

        int UserOf(int slot) => state.Seats[state.Positions[slot].Seat].User;
    }
}
