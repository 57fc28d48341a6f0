using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Rounds;

/// <summary>The insurance fund of each settle currency: what it may take, what it takes, and how it gets rid of it (F-190…F-196). The house's legs, taken from
/// users who were reset, go the same way.</summary>
public sealed class FundKeeper(FuturesState state, Legs legs, Placement placement, Aftermath aftermath)
{
    public const ushort DisposalTimer = 403;

    // F-194; the rules leave the figures to the operator.
    private const long DisposalNanos = 10 * Nanos.PerSecond;
    private const byte DisposalRow = 13;
    private static readonly Rate Fraction = new(Rate.One / 2);
    private static readonly Rate BookShare = new(Rate.One / 10);
    private static readonly Rate Range = new(Rate.One / 100);

    /// <summary>A position worth less is offered whole: 10,000 of a quote currency, a tenth of a coin.</summary>
    private static Money FullDisposalValue(Market market) => market.Contract.IsInverse ? new Money(Money.Units(1).Raw / 10) : Money.Units(10_000);

    /// <summary>Cash and positions at the mark (F-192).</summary>
    public Money EquityOf(Market market)
    {
        var equity = state.Ledger[market.Fund].Total;
        foreach (var other in state.Markets)
        {
            if (other.Fund != market.Fund || !state.Seats.TryFind(FuturesState.FundUser, other.Number, out var slot)) continue;
            if (state.Seats[slot].Net is not (>= 0 and var at)) continue;
            ref readonly var position = ref state.Positions[at];
            equity += other.Contract.Unrealised(position.Size, position.EntryValue, other.Mark);
        }
        return equity;
    }

    /// <summary>Whether the fund may take a leg at a price: afterwards it is not below its floor, and has kept seven tenths of its highest of eight hours (F-193).</summary>
    public bool MayTake(Market market, long size, long price, Money reserve, Context context)
    {
        var equity = EquityOf(market);
        var fund = state.Funds[market.Asset];
        fund.Observe(context.Stamp.TimeNanos, equity);
        var after = equity + reserve + market.Contract.Unrealised(size, market.Contract.Value(size, price), market.Mark);
        return InsuranceFund.MayTakeOver(after, Money.Zero, fund.Highest);
    }

    /// <summary>The venue's side of a leg that a user gives up at a price (F-183).</summary>
    /// <param name="venue">The fund, or the house.</param>
    public void Take(Market market, int venue, long size, long price, PositionCause cause, long reference, Context context)
    {
        var slot = state.SeatOf(venue, market);
        legs.Apply(market.Contract.Value(size, price), Money.Zero, market, slot, Leg.Net, size, new LegCause(cause, reference), context);
        var fund = state.Funds[market.Asset];
        if (fund.IsDisposing) return;
        fund.IsDisposing = true;
        context.Timers.Add(new Due(context.Stamp.TimeNanos + DisposalNanos, DisposalRow, DisposalTimer, market.Asset, 0, 0));
    }

    /// <summary>From a user to the fund; below zero the other way.</summary>
    public void Receive(Market market, int account, Money amount, Reason reason, long reference, Context context)
    {
        if (amount.IsZero) return;
        var instrument = market.Id.Value;
        state.Ledger.Post(context, account, -amount, Money.Zero, reason, reference, instrument);
        state.Ledger.Post(context, market.Fund, amount, Money.Zero, reason, reference, instrument);
        legs.AnnounceFund(market, amount, reason, context);
    }

    /// <summary>Remembers how high the fund is, and says how near deleveraging has come (F-193, F-207).</summary>
    public void Observe(Market market, Context context)
    {
        var fund = state.Funds[market.Asset];
        var equity = EquityOf(market);
        fund.Observe(context.Stamp.TimeNanos, equity);
        var level = !InsuranceFund.MayTakeOver(equity, Money.Zero, fund.Highest) ? (byte)2 : InsuranceFund.IsAtRisk(equity, fund.Highest) ? (byte)1 : (byte)0;
        if (level == fund.RiskLevel) return;
        fund.RiskLevel = level;
        context.Events.Append(new DeleveragingRisk { Equity = equity, Peak = fund.Highest, Wallet = market.Wallet.Value, Level = level });
    }

    /// <summary>Offers a part of every leg of the fund and the house (F-194), every ten seconds while there are any.</summary>
    public void Dispose(in Due due, Context context)
    {
        var fund = state.Funds[(int)due.A];
        var left = false;
        foreach (var market in state.Markets)
        {
            if (market.Asset != fund.Asset || market.Status == MarketStatus.Delisted) continue;
            for (var venue = FuturesState.FundUser; venue <= FuturesState.HouseUser; venue++)
            {
                if (!state.Seats.TryFind(venue, market.Number, out var slot)) continue;
                Offer(market, slot, context);
                left |= state.SizeOf(state.Seats[slot], Leg.Net) != 0;
            }
        }
        aftermath.Run(context);
        if (left) context.Timers.Add(due with { AtNanos = due.AtNanos + DisposalNanos });
        else fund.IsDisposing = false;
    }

    private void Offer(Market market, int slot, Context context)
    {
        var size = state.SizeOf(state.Seats[slot], Leg.Net);
        if (size == 0 || !market.IsTrading) return;
        var side = size > 0 ? Side.Sell : Side.Buy;
        var opposite = side == Side.Buy ? Side.Sell : Side.Buy;
        if (market.Book.BestPrice(opposite) is not { } best) return;
        var full = LiquidationStage.SizeWorth(market.Contract, FullDisposalValue(market), market.Mark);
        var chunk = InsuranceFund.DisposalSize(market.Contract, long.Abs(size), Fraction, full, Near(market, opposite), BookShare);
        if (chunk <= 0) return;
        var limit = Bounds.OfMarket(market, side, 0, best);
        placement.PlaceForEngine(market, slot, side == Side.Buy ? chunk : -chunk, limit, Rate.Zero, ContractOrderFlags.FundDisposal, "insurance"u8, context, out _, out _);
        Observe(market, context);
    }

    // Size of one side within the range of the middle, or of its best price where the other side is empty.
    private static long Near(Market market, Side side)
    {
        var levels = market.Book.SideOf(side);
        var (bid, ask) = (market.Book.BestPrice(Side.Buy), market.Book.BestPrice(Side.Sell));
        var middle = bid is { } b && ask is { } a ? (b + a) / 2 : bid ?? ask ?? 0;
        var away = (long)Fixed.MulDiv(middle, Range.Raw, Rate.One, Rounding.Floor);
        long near = 0;
        for (var n = 0; n < levels.Count; n++)
        {
            ref readonly var level = ref market.Book.Pool.Levels[levels.FromBest(n)];
            if (long.Abs(level.Price - middle) > away) break;
            near += market.Book.Pool.TotalOf(level);
        }
        return near;
    }
}
