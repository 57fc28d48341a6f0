using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Fills;
using Sluice.Products.Futures.Orders;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Rounds;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Settling;

/// <summary>A user is reset: orders and triggers end, and the house takes every leg at the mark, so that positions still net to zero.</summary>
public sealed class CloseOuts(FuturesState state, Legs legs, OpenOrders orders, FundKeeper fund, Aftermath aftermath)
{
    public void Close(int user, Context context)
    {
        foreach (var market in state.Markets)
        {
            foreach (var slot in state.SeatsIn(user, market)) Close(market, slot, context);
        }
        foreach (var key in state.Countdowns.Keys.Where(key => key.User == user).ToArray()) state.Countdowns.Remove(key);
    }

    private void Close(Market market, int slot, Context context)
    {
        if (state.Seats[slot].OpenCount > 0)
        {
            market.Book.Begin();
            orders.EndAll(market, state.Seats[slot], context, FinishReason.Cancelled);
            market.Announce(context);
        }
        if (state.Seats[slot].OpenTriggers > 0)
        {
            foreach (var trigger in state.Triggers.Of(slot)) state.Triggers.End(context, state, trigger, TriggerStatus.Cancelled);
        }
        AutoTriggers.EndAll(state, slot, AutoReason.Reset, context);
        foreach (var leg in new[] { Leg.Net, Leg.Long, Leg.Short }) Close(market, slot, leg, context);
        Unlock(slot, context);
    }

    /// <summary>After the balances are back: who else was touched is looked at.</summary>
    public void Settle(Context context) => aftermath.Run(context);

    private void Close(Market market, int slot, Leg leg, Context context)
    {
        var size = state.SizeOf(state.Seats[slot], leg);
        if (size == 0) return;
        var cause = new LegCause(PositionCause.CloseOut, market.Id.Value);
        legs.Apply(-market.Contract.Value(size, market.Mark), Money.Zero, market, slot, leg, -size, cause, context);
        fund.Take(market, FuturesState.HouseUser, size, market.Mark, PositionCause.CloseOut, market.Id.Value, context);
    }

    private void Unlock(int slot, Context context)
    {
        ref var seat = ref state.Seats[slot];
        ref var account = ref state.Accounts[seat.Account];
        var instrument = state.Markets[seat.Market].Id.Value;
        Ended(account.LiquidationId, account.User, account.Wallet, 0, Leg.Net, context);
        Ended(seat.LongLiquidation, account.User, account.Wallet, instrument, account.Mode == Margin.PositionMode.Single ? Leg.Net : Leg.Long, context);
        Ended(seat.ShortLiquidation, account.User, account.Wallet, instrument, Leg.Short, context);
        account.LiquidationId = seat.LongLiquidation = seat.ShortLiquidation = 0;
    }

    private void Ended(long id, int user, int wallet, int instrument, Leg leg, Context context)
    {
        if (id == 0) return;
        state.Cooling.Remove(id);
        context.Events.Append(new LiquidationEnded { Id = id, User = user, Wallet = wallet, Instrument = instrument, Leg = leg });
    }
}
