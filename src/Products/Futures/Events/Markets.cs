using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.Events;

/// <summary>A contract was listed. Tail: as of the command.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractListed : IEvent
{
    public static ushort Kind => 400;
    public ListContract Terms;
    public long ListedNanos;
    public int Instrument;
    public int SettleAsset;
}

/// <summary>A status change took effect (M-140).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractStatusChanged : IEvent
{
    public static ushort Kind => 401;
    public long EndNanos;               // of a delisting
    public int Instrument;
    public MarketStatus Old;
    public MarketStatus New;
    public short Reserved;
}

/// <summary>Index and mark of a contract after one of them changed (F-054, F-061), with the three prices the mark is the median of (F-055); of a delivery
/// contract <see cref="Basis"/> is the index with its basis and the others are 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractPriced : IEvent
{
    public static ushort Kind => 420;
    public long Index;
    public long Mark;
    public long Basis;                  // P1
    public long Average;                // P2
    public long Last;
    public int Instrument;
    public ushort Sources;
    public IndexFlags Flags;
    public byte IsMarkPinned;
}

/// <summary>A premium was sampled, or the running rate changed (F-063, F-074).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FundingRateChanged : IEvent
{
    public static ushort Kind => 421;
    public long Rate;                   // of the running cycle, 10^-12
    public long Premium;                // the sample, 10^-8
    public long AppliesNanos;           // the next settlement
    public int Instrument;
    public byte IsSampled;              // 0: the minute was skipped (F-064)
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>A contract's settlement of funding (F-164), or one that was skipped because the contract was halted or the venue was down (F-084).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FundingSettled : IEvent
{
    public static ushort Kind => 422;
    public Money Residue;               // to the fund (F-078)
    public Money Shortfall;             // from the fund (F-077)
    public long Rate;
    public long Mark;
    public long DueNanos;
    public int Instrument;
    public byte IsMissed;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>One leg's part of a settlement of funding: + pays (F-076).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FundingPaid : IEvent
{
    public static ushort Kind => 423;
    public Money Payment;
    public Money FromFund;              // what its user could not pay
    public long Size;
    public long Mark;
    public long Rate;
    public int User;
    public int Instrument;
}

/// <summary>An account or an isolated leg came to its requirement: its orders are cancelled and it is locked (F-165.1-3). Equity and requirement are those the
/// decision was made on.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LiquidationStarted : IEvent
{
    public static ushort Kind => 430;
    public Money Equity;
    public Money Requirement;
    public long Id;
    public int User;
    public int Wallet;
    public int Instrument;              // 0 = all cross positions of the wallet
    public Positions.Leg Leg;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>One round of a liquidation (F-165.5-12): the leg, what of it was sent, and where it went.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionLiquidated : IEvent
{
    public static ushort Kind => 431;
    public Int128 EntryPrice;           // tick decimals plus 6
    public Int128 FillPrice;            // average, the same; 0 = nothing was filled
    public Money Margin;                // isolated, before
    public Money Surplus;               // to the fund or the user (F-180)
    public Money Refund;                // of it, to the user (F-182)
    public Money MarginToFund;          // F-165.10
    public long Id;
    public long OrderId;
    public long Size;                   // signed, of the position before
    public long OrderSize;              // signed
    public long Left;                   // of the order, without sign: taken over or deleveraged
    public long BankruptcyPrice;
    public long LiquidationPrice;       // estimate before (F-115); 0 = none
    public long Mark;
    public int User;
    public int Instrument;
    public int Leverage;                // hundredths
    public Positions.Leg Leg;
    public byte IsCross;
    public byte Participant;
    public byte Reserved;
}

/// <summary>The scope of a liquidation is healthy again or empty (F-165.11).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LiquidationEnded : IEvent
{
    public static ushort Kind => 432;
    public long Id;
    public int User;
    public int Wallet;
    public int Instrument;
    public Positions.Leg Leg;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>The insurance fund took what a liquidation could not sell, at the bankruptcy price (F-183).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionTakenOver : IEvent
{
    public static ushort Kind => 433;
    public Money FeeReserve;
    public long Id;
    public long Size;                   // signed, as the user held it
    public long Price;
    public int User;
    public int Instrument;
}

/// <summary>A leg was reduced against a liquidated one at its bankruptcy price (F-166).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionDeleveraged : IEvent
{
    public static ushort Kind => 434;
    public Int128 EntryPrice;
    public Money Profit;
    public long Id;                     // of the liquidation
    public long OrderId;
    public long Price;
    public long Size;                   // signed trade of the counterparty
    public long PositionLeft;           // signed, after
    public int User;                    // 0 = the fund
    public int Instrument;
    public int Leverage;
    public Positions.Leg Leg;
    public byte IsCross;
    public byte Participant;
    public byte Reserved;
    public long Reserved2;
}

/// <summary>The insurance fund of a settle currency after a change (F-190…F-192).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InsuranceChanged : IEvent
{
    public static ushort Kind => 435;
    public Money Change;
    public Money Balance;
    public int Wallet;
    public int Instrument;
    public Core.Ledger.Reason Reason;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>How dear the fund's losses have become: take-overs stop at 30 % below its eight-hour high, a warning comes at 20 % (F-193, F-207).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DeleveragingRisk : IEvent
{
    public static ushort Kind => 436;
    public Money Equity;
    public Money Peak;
    public int Wallet;
    public byte Level;                  // 0 = none, 1 = warning, 2 = take-overs have stopped
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>One sample of a settlement average (F-211), or a new rate of the basis (F-059).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SettlementSampled : IEvent
{
    public static ushort Kind => 440;
    public Int128 Sum;
    public long BasisRate;              // per year, 10^-12
    public long FairPrice;              // raw, half-even; 0 = unchanged
    public int Samples;
    public int Instrument;
    public long Reserved;
}

/// <summary>A contract came to its end: every position was settled at this price (F-213, F-230).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractSettled : IEvent
{
    public static ushort Kind => 441;
    public long Price;
    public int Instrument;
    public int Reserved;
}

/// <summary>One leg's settlement (F-213).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionSettled : IEvent
{
    public static ushort Kind => 442;
    public Int128 EntryPrice;
    public Money Profit;
    public Money Fee;
    public Money Margin;
    public Money FromFund;
    public long Size;
    public long Price;
    public int User;
    public int Instrument;
    public int Leverage;
    public Positions.Leg Leg;
    public byte Participant;
    public short Reserved;
}
