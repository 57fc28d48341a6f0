using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settings;

/// <summary>Leverage, isolated margin, margin mode, position mode, risk limit and own rates (F-113, F-119…F-122, F-124, F-131, F-041).</summary>
public sealed class SettingHandlers(FuturesState state, Sums sums, Aftermath aftermath, AutoMargins autoMargins)
{
    public ushort SetLeverage(in SetLeverage command, ReadOnlySpan<byte> tail, Context context)
    {
        var refusal = Find(command.Instrument, context, out var market, out var slot, command.IsCross == 0);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        if (command.Leg > Leg.Short || command.IsCross > 1) return (ushort)FuturesRefusal.InvalidCombination;
        ref readonly var seat = ref state.Seats[slot];
        if (command.Leg != Leg.Net && state.Accounts[seat.Account].Mode == PositionMode.Single) return (ushort)FuturesRefusal.LegMismatch;
        var cross = command.IsCross != 0;
        if (cross != seat.IsCross)
        {
            refusal = MayChangeMode(seat);                  // F-122: to another leverage of the other mode is a change of mode
            if (refusal != FuturesRefusal.None) return (ushort)refusal;
        }
        // F-132: both legs share one; only isolated ones of split mode have each its own.
        return (ushort)SetLeverage(market, slot, new Leverage(command.Leverage), cross, seat.IsSplit ? command.Leg : Leg.Net, context);
    }

    public ushort SetMarginMode(in SetMarginMode command, ReadOnlySpan<byte> tail, Context context)
    {
        var refusal = Find(command.Instrument, context, out var market, out var slot);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        if (command.IsCross > 1) return (ushort)FuturesRefusal.InvalidCombination;
        ref var seat = ref state.Seats[slot];
        if (state.Accounts[seat.Account].Mode == PositionMode.DualPlus) return (ushort)FuturesRefusal.MarginModeMismatch;      // it has both
        if (command.IsCross != 0 == seat.IsCross) return (ushort)FuturesRefusal.ModeUnchanged;
        refusal = MayChangeMode(seat);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        Apply(slot, seat.LeverageOf(Leg.Net), command.IsCross != 0);
        context.ObjectId = market.Id.Value;
        AnnounceAll(market, slot, PositionCause.Mode, context);
        return 0;
    }

    /// <summary>F-131: for all contracts of a wallet, without positions, orders and triggers anywhere in it.</summary>
    public ushort SetPositionMode(in SetPositionMode command, ReadOnlySpan<byte> tail, Context context)
    {
        if (command.Mode > PositionMode.DualPlus) return (ushort)FuturesRefusal.InvalidCombination;
        var wallet = new WalletId(command.Wallet);
        if (!wallet.IsContracts || AssetOf(wallet) is not { } asset) return (ushort)FuturesRefusal.ContractNotFound;
        if (state.Users.IsLocked(context.Actor.Value)) return (ushort)FuturesRefusal.UserLocked;
        if (FuturesState.IsVenue(context.Actor.Value)) return (ushort)FuturesRefusal.UserNotFound;
        var slot = state.AccountOf(context.Actor.Value, wallet, asset);
        if (slot < 0) return (ushort)FuturesRefusal.UserNotFound;
        ref var account = ref state.Accounts[slot];
        if (account.Mode == command.Mode) return (ushort)FuturesRefusal.ModeUnchanged;
        var refusal = FuturesRefusal.None;
        for (var at = account.FirstSeat; at != SeatTable.None && refusal != FuturesRefusal.PositionsOpen; at = state.Seats[at].NextOfAccount)
        {
            ref readonly var seat = ref state.Seats[at];
            var found = MayChangeMode(seat);
            if (found != FuturesRefusal.None) refusal = found;                  // a position comes before an order, whichever contract is asked first
        }
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        account.Mode = command.Mode;
        if (command.Mode == PositionMode.DualPlus) MakeCross(slot, context);
        context.ObjectId = context.Actor.Value;
        context.Events.Append(new PositionModeChanged { User = account.User, Wallet = wallet.Value, Mode = command.Mode });
        return 0;
    }

    // In split mode the first seat has the cross legs, and the isolated ones get a second (F-130).
    private void MakeCross(int accountSlot, Context context)
    {
        var (user, wallet) = (state.Accounts[accountSlot].User, state.Accounts[accountSlot].Wallet);
        foreach (var market in state.Markets)
        {
            if (market.Wallet.Value != wallet || !state.Seats.TryFind(user, market.Number, out var at) || state.Seats[at].IsCross) continue;
            var leverage = state.Seats[at].Leverage;
            Apply(at, state.Seats[at].CrossLimit, true);
            var split = state.SeatOf(user, market, split: true);
            Apply(split, leverage, false);
            AnnounceAll(market, split, PositionCause.Mode, context);
            AnnounceAll(market, at, PositionCause.Mode, context);
        }
    }

    /// <summary>Adds or removes isolated margin (F-121).</summary>
    public ushort ChangeMargin(in ChangeMargin command, ReadOnlySpan<byte> tail, Context context)
    {
        var refusal = Find(command.Instrument, context, out var market, out var slot, isolated: true);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        ref var seat = ref state.Seats[slot];
        if (command.Leg > Leg.Short || seat.SlotOf(command.Leg) is not (>= 0 and var at)) return (ushort)FuturesRefusal.PositionEmpty;
        ref var position = ref state.Positions[at];
        if (position.Size == 0) return (ushort)FuturesRefusal.PositionEmpty;
        if (seat.IsCross) return (ushort)FuturesRefusal.PositionCrossMargin;
        if (command.Change.IsZero) return (ushort)FuturesRefusal.NoChange;
        if (command.Change > ChangeMax || command.Change < -ChangeMax) return (ushort)(command.Change.IsNegative ? FuturesRefusal.RemoveTooMuch : FuturesRefusal.InsufficientAvailable);
        ref var account = ref state.Accounts[seat.Account];
        var unrealised = market.Contract.Unrealised(position.Size, position.EntryValue, market.Mark);
        var verdict = command.Change > Money.Zero
            ? MarginChange.Add(command.Change, sums.ExactOf(ref account).Transferable)
            : MarginChange.Remove(market.Contract, position.EntryValue, position.Margin, unrealised, seat.LeverageOf(command.Leg), -command.Change);
        if (verdict != MarginVerdict.Allowed) return (ushort)RefusalOf(verdict);

        context.ObjectId = market.Id.Value;
        Hold(market, ref account, ref position, command.Change, context);
        Legs.Announce(market, seat, position, new LegCause(PositionCause.Margin, market.Id.Value), context);
        state.Touched.Add(slot);
        aftermath.Run(context);
        return 0;
    }

    /// <summary>How much may be added to an open isolated position by itself (F-124).</summary>
    public ushort SetAutoMargin(in SetAutoMargin command, ReadOnlySpan<byte> tail, Context context)
    {
        var refusal = Find(command.Instrument, context, out var market, out var slot, isolated: true);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        ref var seat = ref state.Seats[slot];
        if (command.Leg > Leg.Short || seat.SlotOf(command.Leg) is not (>= 0 and var at) || state.Positions[at].Size == 0) return (ushort)FuturesRefusal.PositionEmpty;
        if (seat.IsCross) return (ushort)FuturesRefusal.PositionCrossMargin;
        if (command.Most.IsNegative || command.Most > ChangeMax) return (ushort)FuturesRefusal.InvalidCombination;
        if (command.Most.IsZero && !state.AutoMargins.ContainsKey(at)) return (ushort)FuturesRefusal.NoChange;

        context.ObjectId = market.Id.Value;
        autoMargins.Choose(market, ref seat, at, command.Most, context);
        state.Touched.Add(slot);
        aftermath.Run(context);
        return 0;
    }

    /// <summary>The highest leverage whose tier reaches the limit, when the present one's does not (F-113).</summary>
    public ushort SetRiskLimit(in SetRiskLimit command, ReadOnlySpan<byte> tail, Context context)
    {
        var refusal = Find(command.Instrument, context, out var market, out var slot);
        if (refusal != FuturesRefusal.None) return (ushort)refusal;
        ref readonly var seat = ref state.Seats[slot];
        var tiers = market.Contract.RiskLimits;
        var tier = 0;
        while (tier < tiers.Count && tiers[tier].Limit < command.Limit) tier++;
        if (tier == tiers.Count) return (ushort)FuturesRefusal.RiskLimitTooHigh;
        if (command.Limit <= Money.Zero || ExposureOf(market, seat).Exceeds(tiers[tier].Limit)) return (ushort)FuturesRefusal.RiskLimitTooLow;
        context.ObjectId = market.Id.Value;
        if (RiskLimit.LimitFor(tiers, seat.LeverageOf(Leg.Net)) >= command.Limit)
        {
            AnnounceAll(market, slot, PositionCause.Leverage, context);
            return 0;
        }
        var highest = tiers[tier].LeverageMax;
        return (ushort)SetLeverage(market, slot, highest < market.Terms.LeverageMax ? highest : market.Terms.LeverageMax, seat.IsCross, Leg.Net, context);
    }

    public ushort SetFees(in SetContractFees command, ReadOnlySpan<byte> tail, Context context)
    {
        if (!state.Users.TryGet(command.User, out _)) return (ushort)FuturesRefusal.UserNotFound;
        if (!IsRate(command.MakerFee) || !IsRate(command.TakerFee)) return (ushort)FuturesRefusal.InvalidTerms;
        state.Fees[command.User] = command;
        context.ObjectId = command.User;
        context.Events.Append(new ContractFeesChanged { Terms = command });
        return 0;
    }

    // As much as an account can be funded with.
    private static readonly Money ChangeMax = Money.Units(Fixed.PowerOfTen(18));

    private static bool IsRate(long rate) => rate is long.MinValue or (>= -Rate.One and <= Rate.One);

    private FuturesRefusal Find(int instrument, Context context, out Market market, out int slot, bool isolated = false)
    {
        slot = SeatTable.None;
        market = null!;
        if (state.MarketOf(instrument) is not { } found || found.Status == MarketStatus.Delisted) return FuturesRefusal.ContractNotFound;
        market = found;
        if (FuturesState.IsVenue(context.Actor.Value)) return FuturesRefusal.UserNotFound;
        slot = state.SeatFor(context.Actor.Value, market, isolated ? (byte)2 : (byte)0);
        if (slot < 0) return FuturesRefusal.UserNotFound;
        if (state.Users.IsLocked(context.Actor.Value)) return FuturesRefusal.UserLocked;
        ref readonly var seat = ref state.Seats[slot];
        return Admission.IsLocked(state.Accounts[seat.Account], seat) ? FuturesRefusal.PositionInLiquidation : FuturesRefusal.None;
    }

    private FuturesRefusal MayChangeMode(in Seat seat)
    {
        if (seat.IsOpen) return FuturesRefusal.PositionsOpen;
        return seat.OpenCount > 0 || seat.OpenTriggers > 0 || seat.OpenAutos > 0 ? FuturesRefusal.OrdersOpen : FuturesRefusal.None;
    }

    // F-119, F-120: checked against the exposure, then against what the account affords, then applied with the order margins as one.
    // Leg: the one it is of, or Net for all of the seat.
    private FuturesRefusal SetLeverage(Market market, int slot, Leverage leverage, bool cross, Leg leg, Context context)
    {
        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        switch (RiskLimit.Check(market.Contract, market.Contract.RiskLimits, leverage, ExposureOf(market, seat, leg)))
        {
            case LeverageVerdict.TooLow: return FuturesRefusal.LeverageTooLow;
            case LeverageVerdict.TooHigh: return FuturesRefusal.LeverageTooHigh;
        }
        if (leverage > seat.LeverageOf(leg) && Admission.IsTooHighAsleep(market, leverage)) return FuturesRefusal.LeverageTooHigh;
        var orders = OrderMarginAt(slot, leverage, leg);
        var counted = seat.IsInexact ? sums.Exact(seat, default, Side.Buy, 0) : seat.OrderMargin;
        var risk = sums.ExactOf(ref account);
        if (cross)
        {
            var initial = seat.Counted.InitialMargin;
            var before = seat.CrossLimit;
            seat.CrossLimit = leverage;
            var after = sums.ExposureOf(seat, market).InitialMargin;
            seat.CrossLimit = before;
            var available = risk.Available + initial - after + counted - orders;
            var same = after == initial && orders == counted;
            if (!same && MarginChange.SetCrossLeverage(initial + counted, after + orders, available) != MarginVerdict.Allowed) return FuturesRefusal.InsufficientAvailable;
        }
        else
        {
            var refusal = IsolatedChanges(market, seat, leverage, leg, risk, orders - counted, out _);
            if (refusal != FuturesRefusal.None) return refusal;
        }

        context.ObjectId = market.Id.Value;
        if (seat.IsOpen && !cross)
        {
            IsolatedChanges(market, seat, leverage, leg, risk, orders - counted, out var changes);
            Charge(market, ref account, seat.Net, changes.Net, context);
            Charge(market, ref account, seat.Long, changes.Long, context);
            Charge(market, ref account, seat.Short, changes.Short, context);
        }
        Apply(slot, leverage, cross, leg);
        state.Touched.Add(slot);
        AnnounceAll(market, slot, PositionCause.Leverage, context);
        aftermath.Run(context);
        return FuturesRefusal.None;
    }

    // F-119 for the isolated legs of a seat: what each margin changes by.
    private FuturesRefusal IsolatedChanges(Market market, in Seat seat, Leverage leverage, Leg only, in Core.Margin.Risk risk, Money orders,
        out (Money Net, Money Long, Money Short) changes)
    {
        changes = default;
        // More for orders must be there as well; less of it helps.
        var transferable = risk.Cash + Money.Min(Money.Zero, risk.Unrealised) - risk.InitialMargin - risk.OrderMargin - orders;
        if (orders > Money.Zero && transferable.IsNegative) return FuturesRefusal.InsufficientAvailable;
        foreach (var leg in (ReadOnlySpan<Leg>)[Leg.Net, Leg.Long, Leg.Short])
        {
            if (seat.SlotOf(leg) is not (>= 0 and var at) || state.Positions[at].Size == 0 || (only != Leg.Net && only != leg)) continue;
            ref readonly var position = ref state.Positions[at];
            var verdict = MarginChange.SetLeverage(market.Contract, position.Size, position.EntryValue, position.Margin, leverage, market.Mark,
                Money.Max(transferable, Money.Zero), out var margin);
            if (verdict != MarginVerdict.Allowed) return RefusalOf(verdict);
            var change = margin - position.Margin;
            transferable -= change;
            switch (leg)
            {
                case Leg.Long: changes.Long = change; break;
                case Leg.Short: changes.Short = change; break;
                default: changes.Net = change; break;
            }
        }
        return FuturesRefusal.None;
    }

    private void Charge(Market market, ref MarginAccount account, int at, Money change, Context context)
    {
        if (at >= 0 && !change.IsZero) Hold(market, ref account, ref state.Positions[at], change, context);
    }

    private void Hold(Market market, ref MarginAccount account, ref Position position, Money change, Context context)
    {
        position.Margin += change;
        position.UpdateId++;
        account.IsolatedMargin += change;
        state.Ledger.Hold(context, account.Ledger, change, Reason.PositionMargin, market.Id.Value, market.Id.Value);
    }

    private Money OrderMarginAt(int slot, Leverage leverage, Leg leg)
    {
        ref var seat = ref state.Seats[slot];
        if (seat.OpenCount == 0) return Money.Zero;
        ref var account = ref state.Accounts[seat.Account];
        var (isolated, ofShort, cross) = (seat.Leverage, seat.ShortLeverage, seat.CrossLimit);
        if (leg != Leg.Short) seat.Leverage = leverage;
        if (leg != Leg.Long) seat.ShortLeverage = leverage;
        seat.CrossLimit = leverage;
        sums.RecountAllOrders(ref account, ref seat);
        var margin = seat.IsInexact ? sums.Exact(seat, default, Side.Buy, 0) : seat.OrderMargin;
        (seat.Leverage, seat.ShortLeverage, seat.CrossLimit) = (isolated, ofShort, cross);
        sums.RecountAllOrders(ref account, ref seat);               // as it was
        return margin;
    }

    private void Apply(int slot, Leverage leverage, bool cross, Leg leg = Leg.Net)
    {
        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        seat.IsCross = cross;
        if (cross) seat.CrossLimit = leverage;
        else if (!seat.IsSplit) seat.Leverage = leverage;
        else
        {
            if (leg != Leg.Short) seat.Leverage = leverage;
            if (leg != Leg.Long) seat.ShortLeverage = leverage;
        }
        foreach (var at in (ReadOnlySpan<int>)[seat.Net, seat.Long, seat.Short])
        {
            if (at < 0) continue;
            state.Positions[at].IsCross = cross;
            state.Positions[at].Leverage = seat.LeverageOf(state.Positions[at].Leg);
        }
        sums.Recount(ref account, ref seat);
        sums.RecountAllOrders(ref account, ref seat);
    }

    private void AnnounceAll(Market market, int slot, PositionCause cause, Context context)
    {
        ref readonly var account = ref state.Accounts[state.Seats[slot].Account];
        foreach (var leg in account.Mode == PositionMode.Single ? (ReadOnlySpan<Leg>)[Leg.Net] : [Leg.Long, Leg.Short])
        {
            var at = state.PositionOf(slot, leg);
            state.Positions[at].UpdateId++;
            Legs.Announce(market, state.Seats[slot], state.Positions[at], new LegCause(cause, market.Id.Value), context);
        }
    }

    // F-113: the larger direction of position at the mark and opening orders at their prices.
    private Notional ExposureOf(Market market, in Seat seat, Leg leg = Leg.Net)
    {
        var longSize = long.Max(state.SizeOf(seat, Leg.Net), 0) + state.SizeOf(seat, Leg.Long);
        var shortSize = long.Min(state.SizeOf(seat, Leg.Net), 0) + state.SizeOf(seat, Leg.Short);
        var buys = Sums.ValueOf(market, market.Mark, longSize) + seat.BuyValue;
        var sells = Sums.ValueOf(market, market.Mark, shortSize) + seat.SellValue;
        return Notional.Of(leg switch { Leg.Long => buys, Leg.Short => sells, _ => Money.Max(buys, sells) });
    }

    private int? AssetOf(WalletId wallet) =>
        state.Spot.AssetsByCode.TryGetValue(wallet == WalletId.FuturesBtc ? "BTC" : "USDT", out var asset) ? asset.Id : null;

    private static FuturesRefusal RefusalOf(MarginVerdict verdict) => verdict switch
    {
        MarginVerdict.Insufficient => FuturesRefusal.InsufficientAvailable,
        MarginVerdict.WouldLiquidate => FuturesRefusal.LiquidateImmediately,
        MarginVerdict.RemovesTooMuch => FuturesRefusal.RemoveTooMuch,
        _ => FuturesRefusal.None,
    };
}
