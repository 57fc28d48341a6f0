using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Events;

/// <summary>An order on a contract has an id (M-026). Tail: text, channel tag (two Bytes). Books announce themselves with BookDelta and BestChanged.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractOrderAccepted : IEvent
{
    public static ushort Kind => 402;
    public long OrderId;
    public long Price;                  // 0 = market
    public long Size;                   // signed
    public long Iceberg;
    public long MakerRate;              // frozen (F-040), 10^-12
    public long TakerRate;
    public long ValuePrice;             // the price its margin is valued at (F-104, F-105)
    public long SlippageRate;
    public long TriggerId;              // the trigger that fired it, 0 = none
    public int User;
    public int Instrument;
    public int StpGroup;
    public Leg Leg;                     // it opens or reduces
    public TimeInForce TimeInForce;
    public SelfTradeAction StpAction;
    public ContractOrderFlags Flags;
    public AutoSize AutoSize;
    public byte IsCross;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>One maker met one taker (M-033, F-161) at the maker's price; what is left of both is without sign.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractFilled : IEvent
{
    public static ushort Kind => 403;
    public Money Value;                 // |w|, in the settle currency
    public Money MakerFee;              // + the user pays
    public Money TakerFee;
    public long TradeId;                // consecutive per instrument
    public long Price;
    public long Size;                   // without sign
    public long MakerOrder;
    public long TakerOrder;
    public long MakerLeft;
    public long TakerLeft;
    public long MakerClosed;            // of Size, what reduced the maker's position (close_size)
    public long TakerClosed;
    public int MakerUser;
    public int TakerUser;
    public int Instrument;
    public Side TakerSide;
    public ContractFillFlags Flags;
    public Leg MakerLeg;
    public Leg TakerLeg;
    public long Reserved;
}

[Flags]
public enum ContractFillFlags : byte
{
    None = 0,
    HiddenMaker = 1,
    Auction = 2,
    MakerParticipant = 4,
    TakerParticipant = 8,
    Liquidation = 16,                   // the taker is the engine's order (F-185)
    FundDisposal = 32,
    MakerPoints = 64,                   // the maker's fee is an amount of points (F-045)
    TakerPoints = 128,
}

/// <summary>Price or size of a resting order changed: amended (M-090), or shrunk because a reduce-only order may not exceed its position (M-084).
/// Tail: amend text.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractOrderUpdated : IEvent
{
    public static ushort Kind => 404;
    public long OrderId;
    public long Price;
    public long Size;                   // signed
    public long Left;                   // without sign
    public long ValuePrice;
    public int User;
    public int Instrument;
    public UpdateReason Reason;
    public byte Participant;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>The open loss in a resting order's margin is measured from a mark (F-109); only where the contract asks for it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OpenLossMeasured : IEvent
{
    public static ushort Kind => 414;
    public long OrderId;
    public long Mark;                   // 0 = it has none any more
    public int User;
    public int Instrument;
    public byte Participant;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>The order is over (M-035). Exactly once per order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractOrderFinished : IEvent
{
    public static ushort Kind => 405;
    public long OrderId;
    public long Left;
    public int User;
    public int Instrument;
    public FinishReason Reason;
    public byte Participant;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>A leg after a change (F-031): all of it, so that a reader keeps it as it is. Realised amounts are since it was opened (F-028).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionChanged : IEvent
{
    public static ushort Kind => 406;
    public Money EntryValue;
    public Money Margin;                // isolated
    public Money TradeProfit;
    public Money FeesPaid;
    public Money FundingPaid;
    public Money HistoryProfit;
    public Money LastCloseProfit;
    public long Size;
    public long UpdateId;
    public long OpenedNanos;
    public long SizeMax;
    public long ClosedSize;
    public long Reference;              // order, trade or object the change comes from
    public int User;
    public int Instrument;
    public int Leverage;                // hundredths
    public Leg Leg;
    public byte IsCross;
    public byte Participant;
    public PositionCause Cause;
}

/// <summary>Why a position changed. Numbers are stable.</summary>
public enum PositionCause : byte
{
    Fill = 1,
    Funding = 2,
    Margin = 3,
    Leverage = 4,
    Liquidation = 5,
    TakeOver = 6,
    Deleveraging = 7,
    Netting = 8,
    Settlement = 9,
    Mode = 10,
    CloseOut = 11,
    Dividend = 12,
    Split = 13,
    AutoMargin = 14,
}

/// <summary>The record of a life that ended (F-028). Prices have the contract's tick decimals plus 6.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionClosed : IEvent
{
    public static ushort Kind => 407;
    public Int128 LongPrice;
    public Int128 ShortPrice;
    public Money Realised;
    public Money TradeProfit;
    public Money FeesPaid;
    public Money FundingPaid;
    public long SizeMax;
    public long ClosedSize;
    public long OpenedNanos;
    public int User;
    public int Instrument;
    public Leg Leg;
    public byte WasLong;
    public byte IsCross;
    public byte Participant;
    public PositionCause Cause;
    public byte Reserved1;
    public short Reserved2;
    public int Leverage;
    public int Reserved3;
}

/// <summary>How a user keeps the positions of a wallet (F-131).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionModeChanged : IEvent
{
    public static ushort Kind => 408;
    public int User;
    public int Wallet;
    public Margin.PositionMode Mode;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>A price condition with an order behind it was stored or changed. Tail: text of the order to place.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractTriggerCreated : IEvent
{
    public static ushort Kind => 409;
    public CreateContractTrigger Terms;
    public long TriggerId;
    public long ExpiresAtNanos;         // 0 = never
    public long ParentOrder;            // attached take-profit or stop-loss, else 0 (M-107)
    public int User;
    public TriggerStatus Status;
    public TriggerRole Role;
    public short Reserved;
}

/// <summary>An open trigger changed: amended, or alive with its parent's fills (M-107).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractTriggerUpdated : IEvent
{
    public static ushort Kind => 410;
    public CreateContractTrigger Terms;
    public long TriggerId;
    public int User;
    public TriggerStatus Status;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>A trigger is over: fired (with the order it became), refused when fired, cancelled, expired.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractTriggerFinished : IEvent
{
    public static ushort Kind => 411;
    public long TriggerId;
    public long OrderId;                // 0 = none
    public long ReferencePrice;
    public int User;
    public int Instrument;
    public ushort Refusal;
    public TriggerStatus Status;
    public byte Reserved1;
    public int Reserved2;
}

/// <summary>A countdown was set, replaced or cleared (M-051); at 0 it is cleared.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractCountdownSet : IEvent
{
    public static ushort Kind => 412;
    public long DueNanos;
    public int User;
    public int Instrument;
    public int Wallet;
    public int Reserved;
}

/// <summary>A user's own rates for contracts changed (F-041).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractFeesChanged : IEvent
{
    public static ushort Kind => 413;
    public SetContractFees Terms;
}
