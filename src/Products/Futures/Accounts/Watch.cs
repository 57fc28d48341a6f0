using System.Runtime.CompilerServices;
using Sluice.Core.Kernel;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Liquidation;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.State;

namespace Sluice.Products.Futures.Accounts;

/// <summary>Which accounts a mark may endanger, without asking all of them: each leg has the mark at which it is looked at. A mark that comes early costs a
/// look; the level decides (F-162, F-170).</summary>
public sealed class Watch(FuturesState state, Sums sums)
{
    private const int Alone = 8;                // the only contract of an account is given all it can spare but an eighth, for fees and small losses
    private const int OneOfMany = 4;            // one of several a quarter of its part: room for those yet to come, without a look at the others
    private const int Undivided = 2;            // of what an account can spare, a half is left for contracts yet to come when it is divided anew
    private const int Early = 2;                // a leg is looked at when the mark has come half the way to where it must be

    /// <summary>Level of an isolated leg, or of the cross scope, at the marks of now.</summary>
    public MarginLevel LevelOf(in Scope scope)
    {
        ref var account = ref state.Accounts[scope.Account];
        if (!scope.IsCross)
        {
            ref readonly var seat = ref state.Seats[scope.Seat];
            var market = state.Markets[seat.Market];
            ref readonly var position = ref state.Positions[seat.SlotOf(scope.Leg)];
            var contract = market.ContractOf(seat);
            return Requirements.IsolatedLevel(contract, contract.RiskLimits, position.Size, position.EntryValue, position.Margin, market.Mark);
        }
        sums.Refresh(ref account);
        return new MarginLevel(state.FreeCash(account) + account.Cross.Unrealised, account.Cross.Requirement);
    }

    /// <summary>A seat after a change: breached scopes go to <paramref name="breached"/>, the others get triggers.</summary>
    public void Look(int seatSlot, List<(MarginLevel Level, Scope Scope)> breached)
    {
        ref var seat = ref state.Seats[seatSlot];
        Look(seatSlot, ref seat, ref state.Accounts[seat.Account], breached);
    }

    /// <summary>The same for who has it at hand.</summary>
    public void Look(int seatSlot, ref Seat seat, ref MarginAccount account, List<(MarginLevel Level, Scope Scope)> breached)
    {
        if (FuturesState.IsVenue(seat.User)) return;                    // F-194: the fund has no margin rules
        if (seat.IsOpen && !seat.IsCross)
        {
            if (seat.Net >= 0) LookAtLeg(seatSlot, seat, seat.Net, breached);
            if (seat.Long >= 0) LookAtLeg(seatSlot, seat, seat.Long, breached);
            if (seat.Short >= 0) LookAtLeg(seatSlot, seat, seat.Short, breached);
        }
        if (account.FirstOpen == SeatTable.None || account.Cross.Requirement.IsZero) return;         // nothing that is cross
        LookAtCross(seat.Account, ref account, seat.IsCross ? seatSlot : SeatTable.None, breached);
    }

    /// <summary>Legs that are at the level where margin is added by themselves, since this was emptied last (F-124).</summary>
    public List<(MarginLevel Level, Scope Scope)> Low { get; } = [];

    /// <summary>The cross scope of an account, after its cash or one of its contracts changed.</summary>
    /// <param name="seatSlot">The contract; −1 when only the cash changed.</param>
    public void LookAtCross(int accountSlot, ref MarginAccount account, int seatSlot, List<(MarginLevel Level, Scope Scope)> breached)
    {
        if (account.FirstOpen == SeatTable.None || account.Cross.Requirement.IsZero) return;
        var cash = state.FreeCash(account);
        if (!account.IsReached && seatSlot != SeatTable.None)
        {
            if (account.Cushions <= cash && StaysSafe(seatSlot)) return;

            // What it can spare for sure, without a look at its other contracts. Its own needs are those of the mark of now.
            ref var seat = ref state.Seats[seatSlot];
            if (seat.IsCross && seat.MarkVersion != state.Markets[seat.Market].MarkVersion) sums.Recount(ref account, ref seat);
            if (state.Drift.TryLoss(account, state.MarkClock, out var loss)
                && cash + account.Cross.Contribution - loss is { IsNegative: false, IsZero: false } sure && Adjust(ref account, seatSlot, cash, sure)) return;
        }
        sums.Refresh(ref account);
        var excess = cash + account.Cross.Contribution;
        if (excess <= Money.Zero)
        {
            var scope = new Scope(accountSlot, SeatTable.None, Leg.Net);
            breached.Add((new MarginLevel(cash + account.Cross.Unrealised, account.Cross.Requirement), scope));
            account.IsReached = true;
            for (var slot = account.FirstOpen; slot != SeatTable.None; slot = state.Seats[slot].NextOpen)
            {
                ref readonly var seat = ref state.Seats[slot];
                if (!seat.IsCross) continue;
                Reach(state.Markets[seat.Market], seat.Net);
                Reach(state.Markets[seat.Market], seat.Long);
                Reach(state.Markets[seat.Market], seat.Short);
            }
            return;
        }
        if (account.IsReached)
        {
            account.IsReached = false;
            Share(ref account, excess);
            return;
        }
        if (seatSlot != SeatTable.None && Adjust(ref account, seatSlot, cash, excess)) return;
        if (seatSlot == SeatTable.None && account.Cushions <= cash) return;
        Share(ref account, excess);
    }

    /// <summary>Every trigger anew: after loading. What is breached then has been looked at before, and nothing could be done (F-171, F-188).</summary>
    public void RestoreAll()
    {
        var breached = new List<(MarginLevel Level, Scope Scope)>();
        for (var slot = 0; slot < state.Seats.Count; slot++)
        {
            if (state.Seats[slot].IsOpen) Look(slot, breached);
        }
        Low.Clear();
    }

    private void LookAtLeg(int seatSlot, in Seat seat, int slot, List<(MarginLevel Level, Scope Scope)> breached)
    {
        ref readonly var position = ref state.Positions[slot];
        if (position.Size == 0) return;
        var market = state.Markets[seat.Market];
        if (!seat.AddsMargin && StaysSafe(market, market.ContractOf(seat), position, position.Margin)) return;
        LookAnew(seatSlot, seat, slot, breached);
    }

    // A leg that is not known to be safe, or to which margin is added by itself.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookAnew(int seatSlot, in Seat seat, int slot, List<(MarginLevel Level, Scope Scope)> breached)
    {
        ref readonly var position = ref state.Positions[slot];
        var market = state.Markets[seat.Market];
        var contract = market.ContractOf(seat);
        var adds = seat.AddsMargin && AddsMargin(slot);
        if (seat.AddsMargin && !adds && StaysSafe(market, contract, position, position.Margin)) return;
        var scope = new Scope(seat.Account, seatSlot, position.Leg);
        var level = LevelOf(scope);
        if (adds)
        {
            LookAtAdding(market, slot, scope, level, contract);
            return;
        }
        if (level.IsBreached)
        {
            breached.Add((level, scope));
            Reach(market, slot);
            return;
        }
        var band = LiquidationTrigger.Of(contract, contract.RiskLimits, position.Size, long.Abs(position.Size), position.EntryValue, position.Margin);
        Set(market, slot, band);
    }

    // At its level every mark asks again: whether anything can be added is a matter of cash, which no mark tells.
    private void LookAtAdding(Market market, int slot, in Scope scope, in MarginLevel level, Contracts.Contract contract)
    {
        ref readonly var position = ref state.Positions[slot];
        if (level.IsAtMost(MarginChange.AutoBound))
        {
            Low.Add((level, scope));
            Reach(market, slot);
            return;
        }
        Set(market, slot, LiquidationTrigger.Of(contract, contract.RiskLimits, position.Size, position.EntryValue, position.Margin, MarginChange.AutoBound));
    }

    /// <summary>F-124: something is left to be added to a leg by itself.</summary>
    public bool AddsMargin(int slot) => state.AutoMargins.TryGetValue(slot, out var auto) && auto.Left > Money.Zero;

    // What is safe at its old trigger may keep it: most fills change little, and nothing is divided.
    private bool StaysSafe(int seatSlot)
    {
        ref readonly var seat = ref state.Seats[seatSlot];
        if (!seat.IsOpen) return true;
        if ((seat.Long & seat.Short) != PositionTable.None || seat.Net < 0) return false;               // two legs have a band
        var market = state.Markets[seat.Market];
        return StaysSafe(market, market.ContractOf(seat), state.Positions[seat.Net], seat.Cushion);
    }

    // Of one leg alone: between its trigger and the mark it is as safe as at its trigger.
    private static bool StaysSafe(Market market, Contracts.Contract contract, in Position position, in Money cushion)
    {
        var (size, trigger) = (position.Size, position.TriggerMark);
        var isBetween = size > 0 ? trigger > 0 && trigger < market.Mark : trigger > market.Mark && trigger >> 4 < market.Mark;     // not where it was never looked at
        return isBetween && LiquidationTrigger.IsSafe(contract, size, position.EntryValue, cushion, trigger);
    }

    // One contract takes its fair part of what the account can spare, if that much is not given to others.
    private bool Adjust(ref MarginAccount account, int seatSlot, Money cash, Money excess)
    {
        ref var seat = ref state.Seats[seatSlot];
        if (!seat.IsOpen) return account.Cushions <= cash;
        var needed = -seat.Counted.Contribution;
        var room = cash - (account.Cushions - seat.Cushion) - needed;
        var fair = new Money(Int256.MulDiv(excess.Raw, seat.Counted.Requirement.Raw, account.Cross.Requirement.Raw, Rounding.Floor));
        if (room + room < fair || room <= Money.Zero) return false;
        var part = Money.Min(room, fair).Raw;
        var isAlone = account.FirstOpen == seatSlot && seat.NextOpen == SeatTable.None;
        SetCushion(ref account, seatSlot, needed + new Money(isAlone ? part - part / Alone : part / OneOfMany));
        return true;
    }

    private void Share(ref MarginAccount account, Money excess)
    {
        for (var slot = account.FirstOpen; slot != SeatTable.None; slot = state.Seats[slot].NextOpen)
        {
            ref var seat = ref state.Seats[slot];
            if (!seat.IsCross) continue;
            var part = Int256.MulDiv(excess.Raw, seat.Counted.Requirement.Raw, account.Cross.Requirement.Raw, Undivided, Rounding.Floor);
            SetCushion(ref account, slot, new Money(part) - seat.Counted.Contribution);
        }
    }

    private void SetCushion(ref MarginAccount account, int seatSlot, Money cushion)
    {
        ref var seat = ref state.Seats[seatSlot];
        account.Cushions += cushion - seat.Cushion;
        seat.Cushion = cushion;
        var market = state.Markets[seat.Market];
        var (longSize, shortSize) = (0L, 0L);
        var entry = Money.Zero;
        Add(seat.Net, ref longSize, ref shortSize, ref entry);
        Add(seat.Long, ref longSize, ref shortSize, ref entry);
        Add(seat.Short, ref longSize, ref shortSize, ref entry);
        var contract = market.ContractOf(seat);
        var band = LiquidationTrigger.Of(contract, contract.RiskLimits, longSize + shortSize, long.Max(longSize, -shortSize), entry, cushion);
        Set(market, seat.Net, band);
        Set(market, seat.Long, band);
        Set(market, seat.Short, band);
    }

    private void Add(int slot, ref long longSize, ref long shortSize, ref Money entry)
    {
        if (slot < 0) return;
        ref readonly var position = ref state.Positions[slot];
        if (position.Size > 0) longSize += position.Size;
        else shortSize += position.Size;
        entry += position.EntryValue;
    }

    // Of a single leg only one end of the band exists; hedged legs have one each.
    private void Set(Market market, int slot, in PriceBand band)
    {
        if (slot < 0 || state.Positions[slot].Size is not (not 0 and var size)) return;
        var trigger = size > 0 ? band.Below : band.Above;
        if (size > 0 ? trigger < market.Mark : trigger > market.Mark && trigger < long.MaxValue) trigger += (market.Mark - trigger) / Early;
        Set(market, slot, trigger);
    }

    private void Set(Market market, int slot, long trigger)
    {
        ref var position = ref state.Positions[slot];
        if (position.TriggerMark == trigger) return;
        position.TriggerMark = trigger;
        market.HeapOf(position.Size).Moved(slot);
    }

    // Due at every mark: whoever looks at this contract next finds it, also when nothing could be done about it now (F-171).
    private void Reach(Market market, int slot)
    {
        if (slot >= 0 && state.Positions[slot].Size is not 0 and var size) Set(market, slot, size > 0 ? long.MaxValue : 0);
    }
}
