using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Marks;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.Rounds;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settling;

/// <summary>Dividends and splits of the stocks behind contracts, each one step (F-244, K-208, K-209): nothing trades between the prices and the positions.</summary>
public sealed class CorporateActionHandlers(FuturesState state, Sums sums, Legs legs, FundKeeper fund, SettlementHandlers settlement, MarkMaker marks, Aftermath aftermath)
{
    public const ushort ActionTimer = 471;

    private const byte ActionRow = 2;
    private const int SharesMax = 1000;

    public ushort Schedule(in ScheduleCorporateAction command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        var reference = new TailReader(tail).Text();
        if (!IsReference(reference)) return (ushort)FuturesRefusal.InvalidText;
        if (state.CorporateActions.Has(reference)) return (ushort)FuturesRefusal.RepeatedText;
        if (!IsSound(command, market)) return (ushort)FuturesRefusal.InvalidTerms;
        var now = context.Stamp.TimeNanos;
        if (command.AtNanos <= now && !IsPossible(command, market)) return (ushort)FuturesRefusal.ActionNotPossible;

        var action = new CorporateAction(context.NextId(), command, reference, CorporateActionStatus.Scheduled, now, 0);
        context.ObjectId = action.Id;
        Put(action, context);
        if (command.AtNanos <= now) Do(action, context);
        else context.Timers.Add(new Due(command.AtNanos, ActionRow, ActionTimer, command.Instrument, 0, action.Id));
        return 0;
    }

    public ushort Cancel(in CancelCorporateAction command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.CorporateActions.Find(command.ActionId) is not { Status: CorporateActionStatus.Scheduled } action) return (ushort)FuturesRefusal.ActionNotFound;
        context.ObjectId = action.Id;
        Put(action with { Status = CorporateActionStatus.Cancelled, ChangedNanos = context.Stamp.TimeNanos }, context);
        return 0;
    }

    public void Fall(in Due due, Context context)
    {
        if (state.CorporateActions.Find(due.C) is { Status: CorporateActionStatus.Scheduled } action) Do(action, context);
    }

    private static bool IsSound(in ScheduleCorporateAction command, Market market)
    {
        if (!market.SleepRules.IsStock || !market.SleepRules.Sleeps) return false;
        return command.Type switch
        {
            CorporateActionType.Dividend => command.Dividend > 0 && command.Dividend % market.Terms.MarkRound == 0 && command.Dividend <= ContractCheck.PriceMax
                && (command.NewShares | command.OldShares) == 0,
            CorporateActionType.Split => command.Dividend == 0 && command.NewShares is > 0 and <= SharesMax && command.OldShares is > 0 and <= SharesMax
                && command.NewShares != command.OldShares,
            _ => false,
        };
    }

    // A dividend leaves a price above zero; a split needs a market that is closed, and a contract that does not end (K-209).
    private bool IsPossible(in ScheduleCorporateAction command, Market market)
    {
        if (market.Status == MarketStatus.Delisted || market.Index == 0) return false;
        if (command.Type == CorporateActionType.Dividend) return long.Min(market.Mark, market.IsAsleep ? market.Sleep.Band.Low : market.Index) - command.Dividend >= market.Terms.MarkRound;
        if (market.Sleep.Session != MarketSession.Closed || market.EndNanos != 0) return false;
        var (least, most) = (long.Min(market.Mark, market.Sleep.Band.Low), long.Max(market.Mark, market.Sleep.Band.High));
        if ((Int128)least * command.OldShares < (Int128)command.NewShares * long.Max(market.Terms.Tick, market.Terms.MarkRound) * 2) return false;
        if ((Int128)most * command.OldShares > (Int128)command.NewShares * ContractCheck.PriceMax) return false;
        foreach (var slot in FundingHandlers.LegsOf(state, market))
        {
            if ((Int128)long.Abs(state.Positions[slot].Size) * command.NewShares > (Int128)command.OldShares * ContractCheck.SizeMax) return false;
        }
        return true;
    }

    private void Do(CorporateAction action, Context context)
    {
        var market = state.MarketOf(action.Terms.Instrument)!;
        var (possible, index) = (IsPossible(action.Terms, market), market.Index);
        if (possible)
        {
            if (action.Terms.Type == CorporateActionType.Dividend) Pay(market, action, context);
            else Split(market, action, context);
        }
        Put(action with
        {
            Status = possible ? CorporateActionStatus.Done : CorporateActionStatus.Missed, ChangedNanos = context.Stamp.TimeNanos, IndexBefore = possible ? index : 0,
        }, context);
        if (!possible) return;
        if (market.IsAsleep) SleepHandlers.Announce(market, market.Sleep.Session, context.Events);
        SleepTimer.Stir(state, market, context);
        aftermath.Run(context, byLevel: true);
        market.HoldsMark = true;
        marks.Add(market);
        marks.Run(context, ofIndex: true);
    }

    // K-208: prices first, so that whoever pays has the fall of the price already.
    private void Pay(Market market, CorporateAction action, Context context)
    {
        var dividend = action.Terms.Dividend;
        market.Reprice(price => price - dividend, fine => fine - long.BigMul(dividend, SmoothedPrice.Finer));
        marks.Move(market, market.Mark - dividend);
        market.Average.Sum -= (Int128)dividend * market.Average.Count;
        foreach (var slot in FundingHandlers.LegsOf(state, market))
        {
            ref var position = ref state.Positions[slot];
            Pay(market, ref position, market.Contract.Value(position.Size, dividend), action.Id, context);
        }
        fund.Observe(market, context);
    }

    // An isolated leg receives into its margin and pays out of it, so that its level stays; what it lacks its account pays, then the fund (F-077).
    private void Pay(Market market, ref Position position, Money amount, long reference, Context context)
    {
        ref readonly var seat = ref state.Seats[position.Seat];
        ref var account = ref state.Accounts[seat.Account];
        var (ofMargin, paid) = (Money.Zero, amount);
        if (!seat.IsCross && !FuturesState.IsVenue(seat.User))
        {
            ofMargin = Money.Max(amount, -position.Margin);
            if (ofMargin != amount) paid = Money.Max(amount, ofMargin - Money.Max(Money.Zero, sums.ExactOf(ref account).Transferable));
        }
        position.PayFunding(-amount);
        position.Margin += ofMargin;
        account.IsolatedMargin += ofMargin;
        state.Ledger.Post(context, account.Ledger, paid, ofMargin, Reason.Dividend, reference, market.Id.Value);
        if (paid != amount)
        {
            state.Ledger.Post(context, market.Fund, amount - paid, Money.Zero, Reason.Dividend, reference, market.Id.Value);
            legs.AnnounceFund(market, amount - paid, Reason.Dividend, context);
        }
        state.Touched.Add(position.Seat);
        Legs.Announce(market, seat, position, new LegCause(PositionCause.Dividend, reference), context);
    }

    private void Split(Market market, CorporateAction action, Context context)
    {
        settlement.CancelEverything(market, context);
        var (n, m) = (action.Terms.NewShares, action.Terms.OldShares);
        var (round, tick) = (market.Terms.MarkRound, market.Terms.Tick);
        market.Reprice(price => AfterSplit(price, action.Terms, round), fine => Fixed.MulDiv(fine, m, n, Rounding.HalfEven));
        marks.Move(market, AfterSplit(market.Mark, action.Terms, round));
        if (market.Book.LastPrice != 0) market.Book.LastPrice = LastAfterSplit(market.Book.LastPrice, action.Terms, tick);
        market.ForgetMiddle();

        // What is no whole lot is settled at the mark, against the house.
        var (taken, value) = (0L, Money.Zero);
        foreach (var slot in FundingHandlers.LegsOf(state, market))
        {
            value += legs.Split(market, slot, n, m, new LegCause(PositionCause.Split, action.Id), context);
            taken -= state.Positions[slot].Size;
        }
        if (taken != 0)
        {
            fund.Take(market, FuturesState.HouseUser, taken, market.Mark, PositionCause.Split, action.Id, context);
            value -= market.Contract.Value(taken, market.Mark);
        }
        if (value.IsZero) return;
        state.Ledger.Post(context, market.Clearing, value, Money.Zero, Reason.Residue, action.Id, market.Id.Value);
        state.Ledger.Post(context, market.Fund, -value, Money.Zero, Reason.Residue, action.Id, market.Id.Value);
        legs.AnnounceFund(market, -value, Reason.Residue, context);
        fund.Observe(market, context);
    }

    /// <summary>A last price of before a split, on the scale of after it: to the tick, one at least (K-209).</summary>
    public static long LastAfterSplit(long price, in ScheduleCorporateAction split, long tick) => long.Max(tick, AfterSplit(price, split, tick));

    private static long AfterSplit(long price, in ScheduleCorporateAction split, long unit) =>
        checked((long)Fixed.Divide(long.BigMul(price, split.OldShares), long.BigMul(split.NewShares, unit), Rounding.HalfEven) * unit);

    private void Put(CorporateAction action, Context context)
    {
        state.CorporateActions.Put(action);
        Announce(action, context.Events);
    }

    public static void Announce(CorporateAction action, EventBuffer events)
    {
        Span<byte> bytes = stackalloc byte[80];
        var tail = new TailWriter(bytes);
        tail.Text(action.Reference);
        events.Append(new CorporateActionChanged
        {
            Terms = action.Terms, Id = action.Id, ChangedNanos = action.ChangedNanos, IndexBefore = action.IndexBefore, Status = action.Status,
        }, tail.Written);
    }

    private static bool IsReference(string text)
    {
        if (text.Length is 0 or > 64) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        }
        return true;
    }
}
