using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Margin;
using Sluice.Core.Values;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Margin;

/// <summary>How a user's positions are kept, per settle currency (F-130, F-131).</summary>
public enum PositionMode : byte
{
    Single = 0,
    Dual = 1,
    DualPlus = 2,
}

/// <summary>The running sums of one user in one settle currency. Cross positions are in them at the mark they were last brought to; whoever changes
/// a position or an order replaces its part, so nothing is ever added up anew. Three cache lines, of which an order reads two.</summary>
[StructLayout(LayoutKind.Sequential, Size = 192)]
public struct MarginAccount
{
    public const int Lines = 3;
    public const int OrderLines = 2;

    /// <summary>Σ M: held inside the ledger account (F-090).</summary>
    public Money IsolatedMargin;

    /// <summary>Σ over cross contracts.</summary>
    public Exposure Cross;

    // Second line.

    /// <summary>OM_x + OM_i (F-092): both come out of the same cash, and nothing here asks for one of them.</summary>
    public Money OrderMargin;

    /// <summary>The liquidation of its cross scope that is not over; 0 = none.</summary>
    public long LiquidationId;

    /// <summary>Slot of the cash in the ledger.</summary>
    public int Ledger;

    /// <summary>Which moves of marks the cross sums have seen.</summary>
    public int MarkClock;

    /// <summary>Cross contracts of it that keep the requirements of former terms (F-169 step 4).</summary>
    public int KeptSeats;

    /// <summary>Seats of this account: all, and those with a position.</summary>
    public int FirstSeat;
    public int FirstOpen;

    public PositionMode Mode;

    /// <summary>It was at its requirement when it was looked at last: no trigger of its cross contracts says anything.</summary>
    public bool IsReached;

    /// <summary>Its cross scope waits for its liquidation.</summary>
    public bool IsQueued;

    // Third line.

    /// <summary>Σ of what each cross contract may contribute below nothing before the account is looked at; while the cash covers it, and no trigger is
    /// reached, the account is safe.</summary>
    public Money Cushions;

    /// <summary>When its cross scope was warned of last, if that was within the hour (F-187).</summary>
    public long CalledNanos;

    public int User;
    public int Wallet;

    /// <summary>In liquidation: no orders, transfers or changes (F-156).</summary>
    public readonly bool IsLocked => LiquidationId != 0;

    /// <summary>A contract's part of the cross sums changes.</summary>
    public void Replace(in Exposure before, in Exposure after)
    {
        Cross.Unrealised += after.Unrealised - before.Unrealised;
        Cross.InitialMargin += after.InitialMargin - before.InitialMargin;
        Cross.Requirement += after.Requirement - before.Requirement;
    }

    /// <summary>What a new order may use (F-093); of an isolated position's, profit not yet realised is no part (F-094).</summary>
    /// <param name="cash">T, the whole of the ledger account.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Money AvailableFor(bool isCross, Money cash)
    {
        var profit = Cross.Unrealised.OrZero(isCross | Cross.Unrealised.IsNegative);
        return cash - IsolatedMargin + profit - Cross.InitialMargin - OrderMargin;
    }

    /// <summary>Everything this account asks of its cash (F-090…F-094).</summary>
    /// <param name="cash">T, the whole of the ledger account.</param>
    public readonly Risk Risk(Money cash) =>
        new(cash - IsolatedMargin, Cross.Unrealised, Cross.InitialMargin, OrderMargin, Cross.Requirement);
}
