using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Accounts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Checks;

/// <summary>Long and short are equal, and what was realised is what entry values say (F-251…F-254).</summary>
internal sealed class PositionsNetToZero(FuturesState state) : IInvariant
{
    public string Name => "positions net to zero, clearing equals entry values";

    public string? Broken()
    {
        var sums = new (Int128 Size, Int128 Longs, Money Entry)[state.Markets.Count];
        for (var slot = 0; slot < state.Positions.Count; slot++)
        {
            ref readonly var position = ref state.Positions[slot];
            ref readonly var seat = ref state.Seats[position.Seat];
            ref var sum = ref sums[seat.Market];
            sum.Size += position.Size;
            sum.Longs += long.Max(position.Size, 0);
            sum.Entry += position.EntryValue;
            if (position.Size == 0 && !(position.EntryValue.IsZero && position.Margin.IsZero)) return $"user {seat.User}: W {position.EntryValue}, M {position.Margin} without a position";
            if (position.Size != 0 && position.EntryValue.IsZero && !state.Markets[seat.Market].Contract.IsInverse) return $"user {seat.User}: a position without a value";
            if (position.Margin.IsNegative) return $"user {seat.User}: margin {position.Margin}";
            if (position.Leg == Leg.Net && seat.Held != position.Size) return $"user {seat.User}: holds {position.Size}, its seat says {seat.Held}";
        }
        foreach (var market in state.Markets)
        {
            var (size, longs, entry) = sums[market.Number];
            if (size != 0) return $"{market.Symbol}: sizes sum to {size}";
            if (longs != market.OpenInterest) return $"{market.Symbol}: open interest {market.OpenInterest}, longs {longs}";
            var clearing = state.Ledger[market.Clearing].Total;
            if (!(clearing + entry).IsZero) return $"{market.Symbol}: clearing {clearing}, entry values {entry}";
        }
        return null;
    }
}

/// <summary>The sums of accounts are what positions and orders say, and holds are isolated margins (F-257, F-258).</summary>
internal sealed class SumsEqualParts(FuturesState state, Sums sums) : IInvariant
{
    public string Name => "contract accounts equal their positions and orders";

    public string? Broken()
    {
        for (var slot = 0; slot < state.Seats.Count; slot++)
        {
            if (BrokenSeat(slot) is { } broken) return broken;
        }
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            if (BrokenAccount(slot) is { } broken) return broken;
        }
        foreach (var id in state.LossMarks.Keys)
        {
            if (!state.Pool.ById.TryGet(id, out _)) return $"the open loss of order {id} is measured, and it is over";
        }
        return state.Touched.Count != 0 || state.Liquidations.Count != 0 ? "work is left over" : null;
    }

    private string? BrokenSeat(int slot)
    {
        ref readonly var seat = ref state.Seats[slot];
        ref readonly var account = ref state.Accounts[seat.Account];
        var market = state.Markets[seat.Market];
        var who = $"user {seat.User} {market.Symbol}";
        var (buys, sells) = (default(OrderSums), default(OrderSums));
        var (buyValue, sellValue) = (Money.Zero, Money.Zero);
        var (count, reduces, reducingBuys, reducingSells) = (0, 0, 0L, 0L);
        for (var at = seat.First; at != OrderPool.None; at = state.Pool.Orders[at].TraderNext)
        {
            ref readonly var order = ref state.Pool.Orders[at];
            count++;
            if (OrderMarks.Reduces(order))
            {
                reduces++;
                if (order.Side == Side.Buy) reducingBuys += order.Left;
                else reducingSells += order.Left;
                continue;
            }
            var margin = sums.MarginOf(market, seat, order, order.Left);
            var value = Sums.ValueOf(market, order.Price, order.Left);
            if (order.Side == Side.Buy) buys.Add(order.Left, margin);
            else sells.Add(order.Left, margin);
            if (order.Side == Side.Buy) buyValue += value;
            else sellValue += value;
        }
        if (account.Mode == PositionMode.DualPlus ? seat.IsCross == seat.IsSplit : seat.IsSplit && (seat.IsOpen || seat.OpenCount > 0)) return $"{who}: cross {seat.IsCross}, split {seat.IsSplit} in mode {account.Mode}";
        if (count != seat.OpenCount || reduces != seat.ReduceCount) return $"{who}: {count} orders, {reduces} reduce-only; counted {seat.OpenCount}, {seat.ReduceCount}";
        if (buys.Size != seat.Buys.Size || buys.Margin != seat.Buys.Margin || sells.Size != seat.Sells.Size || sells.Margin != seat.Sells.Margin) return $"{who}: order sums differ";
        if (buyValue != seat.BuyValue || sellValue != seat.SellValue) return $"{who}: order values differ";
        var single = account.Mode == PositionMode.Single;
        var net = state.SizeOf(seat, Leg.Net);
        var bound = single ? OrderMargin.OneWayBound(net, buys, sells, out _) : OrderMargin.Hedge(buys, sells);
        if (bound != seat.OrderMargin) return $"{who}: orders ask {bound}, counted {seat.OrderMargin}";
        if (sums.Exact(seat, default, Side.Buy, 0) > bound && single) return $"{who}: the bound of order margin is below it";
        var longSize = single ? long.Max(net, 0) : state.SizeOf(seat, Leg.Long);
        var shortSize = single ? long.Max(-net, 0) : -state.SizeOf(seat, Leg.Short);
        if (reducingSells > longSize || reducingBuys > shortSize) return $"{who}: reduce-only {reducingBuys}/{reducingSells} of {shortSize}/{longSize}";
        if (single ? state.SizeOf(seat, Leg.Long) != 0 || state.SizeOf(seat, Leg.Short) != 0 : net != 0) return $"{who}: a leg of the other mode";
        if (longSize < 0 || shortSize < 0) return $"{who}: a hedge leg on the wrong side";
        if (seat.IsOpen != (longSize != 0 || shortSize != 0)) return $"{who}: open {seat.IsOpen} with {longSize}/{shortSize}";
        if (seat.IsCross && seat.MarkVersion == market.MarkVersion && seat.Counted != sums.ExposureOf(seat, market)) return $"{who}: counted exposure differs";
        if (seat.Kept != 0 && (!seat.IsOpen || market.FormerOf(seat.Kept) is null)) return $"{who}: keeps requirements of change {seat.Kept}, which are gone, or without a position";
        var adds = 0;
        foreach (var at in new[] { seat.Net, seat.Long, seat.Short })
        {
            if (state.Points.Legs.TryGetValue(at, out var points) && (points.Paid.IsNegative || points.History.IsNegative || (state.Positions[at].Size == 0 && !points.Paid.IsZero)))
                return $"{who}: {points} paid in points, size {state.Positions[at].Size}";
            if (!state.AutoMargins.TryGetValue(at, out var auto)) continue;
            adds++;
            if (seat.IsCross || state.Positions[at].Size == 0 || auto.Most <= Money.Zero || auto.Added.IsNegative || auto.Left.IsNegative) return $"{who}: {auto} added by itself, cross {seat.IsCross}, size {state.Positions[at].Size}";
        }
        if (adds > 0 != seat.AddsMargin) return $"{who}: margin added by itself to {adds} legs, marked {seat.AddsMargin}";
        return !seat.IsCross && seat.Counted != default ? $"{who}: isolated, and counted as cross" : null;
    }

    private string? BrokenAccount(int slot)
    {
        ref readonly var account = ref state.Accounts[slot];
        var (isolated, cross) = (Money.Zero, default(Exposure));
        var (orders, cushions, kept) = (Money.Zero, Money.Zero, 0);
        for (var at = account.FirstSeat; at != SeatTable.None; at = state.Seats[at].NextOfAccount)
        {
            ref readonly var seat = ref state.Seats[at];
            foreach (var leg in new[] { seat.Net, seat.Long, seat.Short })
            {
                if (leg >= 0) isolated += state.Positions[leg].Margin;
            }
            cross += seat.Counted;
            cushions += seat.Cushion;
            if (seat.IsCross && seat.Kept != 0) kept++;
            orders += seat.OrderMargin;
        }
        var who = $"user {account.User} wallet {account.Wallet}";
        if (isolated != account.IsolatedMargin) return $"{who}: isolated margins {isolated}, counted {account.IsolatedMargin}";
        if (cross != account.Cross) return $"{who}: cross sums differ";
        if (orders != account.OrderMargin) return $"{who}: order margins {orders}, counted {account.OrderMargin}";
        if (cushions != account.Cushions) return $"{who}: cushions {cushions}, counted {account.Cushions}";
        if (kept != account.KeptSeats) return $"{who}: {kept} contracts keep former requirements, counted {account.KeptSeats}";
        if (FuturesState.IsVenue(account.User)) return null;
        ref readonly var cash = ref state.Ledger[account.Ledger];
        if (cash.Held != isolated) return $"{who}: held {cash.Held}, isolated margins {isolated}";
        return account.Cross.Requirement.IsZero && state.FreeCash(account).IsNegative ? $"{who}: {state.FreeCash(account)} without a position" : null;
    }
}

/// <summary>Nobody is left below the requirement who could have been liquidated (F-259), and no mark comes too late for anybody.</summary>
internal sealed class NobodyInDanger(FuturesState state, Watch watch) : IInvariant
{
    public string Name => "no contract account is at or below its requirement";

    public string? Broken()
    {
        for (var slot = 0; slot < state.Accounts.Count; slot++)
        {
            ref readonly var account = ref state.Accounts[slot];
            if (FuturesState.IsVenue(account.User)) continue;
            var excused = account.IsLocked;
            for (var at = account.FirstOpen; at != SeatTable.None; at = state.Seats[at].NextOpen)
            {
                ref readonly var seat = ref state.Seats[at];
                var market = state.Markets[seat.Market];
                var waits = market.Status is MarketStatus.CircuitBreaker or MarketStatus.Untradable || market.IsStale(state.LookedNanos);
                if (seat.IsCross) excused |= waits;
                else if (!waits && BrokenLegs(at, seat) is { } broken) return broken;
            }
            if (excused) continue;
            var level = watch.LevelOf(new Scope(slot, SeatTable.None, Leg.Net));
            if (level.IsBreached) return $"user {account.User} wallet {account.Wallet}: equity {level.Equity}, required {level.Requirement}";
            if (level.IsDefined && account.Cushions > state.FreeCash(account)) return $"user {account.User} wallet {account.Wallet}: cushions {account.Cushions} above cash {state.FreeCash(account)}";
            for (var at = account.FirstOpen; at != SeatTable.None; at = state.Seats[at].NextOpen)
            {
                if (state.Seats[at].IsCross && Late(state.Seats[at]) is { } late) return late;
            }
        }
        return null;
    }

    private string? BrokenLegs(int slot, in Seat seat)
    {
        if (seat.LongLiquidation != 0 || seat.ShortLiquidation != 0) return null;
        foreach (var leg in new[] { Leg.Net, Leg.Long, Leg.Short })
        {
            if (state.SizeOf(seat, leg) == 0) continue;
            var level = watch.LevelOf(new Scope(seat.Account, slot, leg));
            if (level.IsBreached) return $"user {seat.User} {state.Markets[seat.Market].Symbol} {leg}: equity {level.Equity}, required {level.Requirement}";
        }
        return Late(seat);
    }

    // The mark of now is on the safe side of every trigger: whoever it had reached was looked at.
    private string? Late(in Seat seat)
    {
        var mark = state.Markets[seat.Market].Mark;
        foreach (var slot in new[] { seat.Net, seat.Long, seat.Short })
        {
            if (slot < 0) continue;
            ref readonly var position = ref state.Positions[slot];
            if (seat.AddsMargin && watch.AddsMargin(slot) && watch.LevelOf(new Scope(seat.Account, position.Seat, position.Leg)).IsAtMost(MarginChange.AutoBound)) continue;     // F-124: asked at every mark
            if (position.Size > 0 ? mark <= position.TriggerMark : position.Size < 0 && mark >= position.TriggerMark)
            {
                return $"user {seat.User} {state.Markets[seat.Market].Symbol}: the mark {mark} has reached {position.TriggerMark}";
            }
        }
        return null;
    }
}

/// <summary>Books of contracts are uncrossed while matching is on, and levels add up to their queues.</summary>
internal sealed class ContractBooksUncrossed(FuturesState state) : IInvariant
{
    public string Name => "contract books uncrossed, levels equal their queues";

    public string? Broken()
    {
        foreach (var market in state.Markets)
        {
            var book = market.Book;
            if (market.IsTrading && book.BestPrice(Side.Buy) is { } bid && book.BestPrice(Side.Sell) is { } ask && bid >= ask)
            {
                return $"{market.Symbol}: best bid {bid} ≥ best ask {ask}";
            }
            foreach (var side in new[] { book.Bids, book.Asks })
            {
                for (var n = 0; n < side.Count; n++)
                {
                    ref readonly var level = ref state.Pool.Levels[side.FromBest(n)];
                    long visible = 0, total = 0;
                    for (var slot = level.First; slot != OrderPool.None; slot = state.Pool.Orders[slot].Next)
                    {
                        ref readonly var order = ref state.Pool.Orders[slot];
                        if (order.Price != level.Price || order.Left <= 0 || state.Pool.VisibleOf(slot) <= 0) return $"{market.Symbol}: order {order.Id} is misplaced";
                        visible += state.Pool.VisibleOf(slot);
                        total += order.Left;
                    }
                    if (visible != level.Visible || total != state.Pool.TotalOf(level) || total == 0) return $"{market.Symbol}: level {level.Price} does not equal its queue";
                }
            }
        }
        return null;
    }
}
