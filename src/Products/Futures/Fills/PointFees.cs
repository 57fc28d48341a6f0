using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Fills;

/// <summary>Fees in points (F-045): the cash fee comes first, and all of it is replaced by its value in points, or none. Points are the spot wallet's.</summary>
public static class PointFees
{
    /// <summary>Which of the fees of a fill are paid in points: those become amounts of points. What the engine's own orders pay stays cash, and so does a rebate.</summary>
    public static ContractFillFlags Replace(FuturesState state, Market market, int makerUser, int takerUser, ContractFillFlags flags, ref Money makerFee, ref Money takerFee)
    {
        if (!state.Points.Values.TryGetValue(market.Asset, out var value)) return flags;
        var maker = Of(state, makerUser, makerFee, value, Money.Zero);
        if (!maker.IsZero) (makerFee, flags) = (maker, flags | ContractFillFlags.MakerPoints);
        if ((flags & (ContractFillFlags.Liquidation | ContractFillFlags.FundDisposal)) != 0) return flags;
        var taker = Of(state, takerUser, takerFee, value, makerUser == takerUser ? maker : Money.Zero);        // both fees come from one balance
        if (!taker.IsZero) (takerFee, flags) = (taker, flags | ContractFillFlags.TakerPoints);
        return flags;
    }

    /// <summary>Moves points from the user to the venue and adds them to those of the leg, before the fill changes it: like a cash fee they belong to the life that the fill
    /// ends or changes, and to a new one only where there was none.</summary>
    /// <param name="order">What the postings refer to.</param>
    public static void Pay(FuturesState state, Market market, int seatSlot, Leg leg, Money points, long order, Context context)
    {
        var (ledger, asset, user) = (state.Ledger, state.Points.Asset, state.Seats[seatSlot].User);
        ledger.TryFind(user, WalletId.Spot, asset, out var account);
        ledger.Post(context, account, -points, Money.Zero, Reason.PointFee, order, market.Id.Value);
        ledger.Post(context, ledger.Open(UserId.Venue.Value, WalletId.Fees, asset), points, Money.Zero, Reason.PointFee, order, market.Id.Value);
        var slot = state.PositionOf(seatSlot, leg);
        var before = state.Points.Legs.GetValueOrDefault(slot);
        Set(state, market, seatSlot, slot, before with { Paid = before.Paid + points }, context);
    }

    /// <summary>A leg's life is over: its points are of the past.</summary>
    public static void End(FuturesState state, Market market, int seatSlot, int slot, Context context)
    {
        if (state.Points.Legs.TryGetValue(slot, out var points) && !points.Paid.IsZero)
            Set(state, market, seatSlot, slot, new LegPoints(Money.Zero, points.History + points.Paid), context);
    }

    /// <summary>What a fee is in points, rounded up to their unit.</summary>
    /// <param name="value">Points for one unit of the fee's currency.</param>
    public static Money Worth(Money fee, Money value, long unit) =>
        new(Fixed.ToMultiple(Int256.MulDiv(fee.Raw, value.Raw, Money.Units(1).Raw, Rounding.Ceiling), unit, Rounding.Ceiling));

    // Zero where it is paid in cash.
    private static Money Of(FuturesState state, int user, Money fee, Money value, Money taken)
    {
        if (fee <= Money.Zero || !state.Points.Users.Contains(user)) return Money.Zero;
        if (state.Spot.AssetOf(state.Points.Asset) is not { } asset || !state.Ledger.TryFind(user, WalletId.Spot, asset.Id, out var account)) return Money.Zero;
        var available = state.Ledger[account].Available - taken;
        if (Int256.CompareProducts(fee.Raw, value.Raw, available.Raw, Money.Units(1).Raw) > 0) return Money.Zero;      // before anything that may be too large for an amount
        var points = Worth(fee, value, asset.Unit);
        return available < points ? Money.Zero : points;
    }

    private static void Set(FuturesState state, Market market, int seatSlot, int slot, in LegPoints points, Context context)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        state.Points.Legs[slot] = points;
        context.Events.Append(new PositionPointsChanged
        {
            Paid = points.Paid, History = points.History, User = seat.User, Instrument = market.Id.Value, Leg = state.Positions[slot].Leg,
            Participant = seat.Participant ? (byte)1 : (byte)0,
        });
    }
}
