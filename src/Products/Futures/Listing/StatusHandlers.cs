using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Listing;

/// <summary>Halts, resumes and ends contracts (M-140, F-188, F-230, F-231).</summary>
public sealed class StatusHandlers(FuturesState state, OpenOrders orders, Legs legs, Aftermath aftermath)
{
    /// <summary>Announces the settlement of a delisting to whoever sets its timers.</summary>
    public Action<Market, Context>? Ending { get; set; }

    public ushort SetStatus(in SetContractStatus command, ReadOnlySpan<byte> tail, Context context)
    {
        if (state.MarketOf(command.Instrument) is not { } market || market.Status == MarketStatus.Delisted) return (ushort)FuturesRefusal.ContractNotFound;
        var now = context.Stamp.TimeNanos;
        switch (command.Status)
        {
            case MarketStatus.Untradable or MarketStatus.Tradable or MarketStatus.CircuitBreaker when command.EndNanos == 0:
                // What is announced to end stays so, whether halted meanwhile or not.
                if (market.EndNanos != 0 && command.Status == MarketStatus.Tradable) return (ushort)FuturesRefusal.InvalidTerms;
                break;
            case MarketStatus.Delisting when market.IsDelivery:
                return (ushort)FuturesRefusal.InvalidTerms;                     // it has its expiry
            case MarketStatus.Delisting when command.EndNanos > now || (command.EndNanos == 0 && market.EndNanos > now):
                break;
            default:
                return (ushort)FuturesRefusal.InvalidTerms;                     // delisted is what a settlement leaves
        }
        context.ObjectId = market.Id.Value;
        if (command.Status == MarketStatus.Delisting && command.EndNanos != 0) market.EndNanos = command.EndNanos;
        market.IsHaltedByAge = false;
        Change(market, command.Status, context);
        if (command.Status == MarketStatus.Delisting && command.EndNanos != 0) Ending?.Invoke(market, context);
        return 0;
    }

    /// <summary>F-052: prices older than fifteen minutes halt their contract.</summary>
    public void HaltForAge(Market market, Context context)
    {
        market.IsHaltedByAge = true;
        Change(market, MarketStatus.CircuitBreaker, context);
    }

    /// <summary>F-231: the index has moved too far in a minute. The operator opens the contract again, and the minute begins anew.</summary>
    public void HaltForMove(Market market, Context context)
    {
        market.Moves.Clear();
        if (market.Status == MarketStatus.Tradable) Change(market, MarketStatus.CircuitBreaker, context);
    }

    /// <summary>The first fresh price opens it again.</summary>
    public void ResumeFromAge(Market market, Context context)
    {
        market.IsHaltedByAge = false;
        if (market.Status == MarketStatus.CircuitBreaker) Change(market, MarketStatus.Tradable, context);
    }

    /// <summary>Changes it and says so; leaving a halt uncrosses the book and lets liquidations that waited go on.</summary>
    public void Change(Market market, MarketStatus status, Context context)
    {
        var old = market.Status;
        market.Status = status;
        var (was, halts) = (IsHalt(old), IsHalt(status));
        if (halts && !was) market.HaltedNanos = context.Stamp.TimeNanos;
        context.Events.Append(new ContractStatusChanged { Instrument = market.Id.Value, Old = old, New = status, EndNanos = market.EndNanos });
        if (!was || !market.IsTrading) return;
        Uncross(market, context);
        ResumeLiquidations(market, context);
    }

    private static bool IsHalt(MarketStatus status) => status is MarketStatus.CircuitBreaker or MarketStatus.Untradable;

    // M-140: post-only orders may have crossed while matching was off.
    private void Uncross(Market market, Context context)
    {
        market.Book.Begin();
        if (Auction.Price(market.Book, market.Mark) is { } price)
        {
            // Every price is a tick; between ticks nothing trades.
            price -= price % market.Terms.Tick;
            var settlement = new FillSettlement(state, legs, orders, market, context);
            Auction.Uncross(market.Book, price, ref settlement);
        }
        market.Announce(context);
        aftermath.Run(context);
    }

    /// <summary>F-188: in ascending user; which of them may go on the round decides.</summary>
    public void ResumeLiquidations(Market market, Context context)
    {
        var waiting = new List<(int User, Scope Scope)>();
        for (var slot = 0; slot < state.Seats.Count; slot++)
        {
            ref readonly var seat = ref state.Seats[slot];
            // A seat that never held a position may be one that a refused command asked for: a restored machine does not have it.
            if (seat.Market != market.Number || (seat.Net & seat.Long & seat.Short) == PositionTable.None) continue;
            if (seat.IsCross && state.Accounts[seat.Account].IsLocked) waiting.Add((seat.User, new Scope(seat.Account, SeatTable.None, Leg.Net)));
            if (seat.LongLiquidation != 0) waiting.Add((seat.User, new Scope(seat.Account, slot, state.Accounts[seat.Account].Mode == Margin.PositionMode.Single ? Leg.Net : Leg.Long)));
            if (seat.ShortLiquidation != 0) waiting.Add((seat.User, new Scope(seat.Account, slot, Leg.Short)));
        }
        waiting.Sort((a, b) => a.User != b.User ? a.User.CompareTo(b.User) : a.Scope.Leg.CompareTo(b.Scope.Leg));
        foreach (var (_, scope) in waiting) aftermath.Resume(scope, context);
    }
}
