using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Core.Matching;

/// <summary>An order has an id, its funds are reserved (M-026). Tail: text, amend-free channel tag (two <see cref="TailWriter.Bytes"/>).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderAccepted : IEvent
{
    public static ushort Kind => 300;
    public Money Budget;            // quote units of a market buy (S-031), else zero
    public long OrderId;
    public long Price;              // 10^-PriceDecimals; 0 for a market order
    public long Size;               // 10^-SizeDecimals; 0 for a market buy
    public long Iceberg;            // displayed size, 0 = ordinary (M-060)
    public long MakerRate;          // frozen (M-008), 10^-12
    public long TakerRate;
    public long SlippageRate;       // the order's own bound, 0 = the pair's (M-056)
    public int User;
    public int Instrument;
    public int Wallet;
    public int StpGroup;            // 0 = in none (M-070)
    public Side Side;
    public OrderType Type;
    public TimeInForce TimeInForce;
    public SelfTradeAction StpAction;
    public OrderFlags Flags;
    public byte Reserved1;
    public short Reserved2;
    public long TriggerId;          // the trigger order that fired it, 0 = none
    public long Reserved3;
}

[Flags]
public enum OrderFlags : byte { None = 0, AutoBorrow = 1, AutoRepay = 2, FeeToken = 4, ParticipantOwned = 8 }

/// <summary>One maker met one taker (M-033), at the maker's price. It also says what is left of both, so a fill needs no second event per order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderFilled : IEvent
{
    public static ushort Kind => 301;
    public Money Value;             // price × size in the quote asset, exact (S-004)
    public Money MakerFee;          // + the user pays, − a rebate (F-005)
    public Money TakerFee;
    public Money TakerBudgetLeft;   // market buy only
    public long TradeId;            // consecutive per instrument (M-006)
    public long Price;
    public long Size;
    public long MakerOrder;
    public long TakerOrder;
    public long MakerLeft;          // after this fill, hidden part included
    public long TakerLeft;
    public int MakerUser;
    public int TakerUser;
    public int Instrument;
    public int MakerFeeAsset;
    public int TakerFeeAsset;
    public Side TakerSide;
    public FillFlags Flags;
    public short Reserved;
}

[Flags]
public enum FillFlags : byte { None = 0, HiddenMaker = 1, MakerFeeToken = 2, TakerFeeToken = 4, Auction = 8, MakerParticipant = 16, TakerParticipant = 32 }

/// <summary>Price or size of a resting order changed (M-090). Tail: amend text.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderUpdated : IEvent
{
    public static ushort Kind => 302;
    public long OrderId;
    public long Price;
    public long Size;
    public long Left;
    public int User;
    public int Instrument;
    public UpdateReason Reason;
    public byte Participant;        // 1: owned by a seeded participant
    public short Reserved1;
    public int Reserved2;
}

/// <summary>The order is over; what was reserved for the rest is free again. Exactly once per order (M-035).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderFinished : IEvent
{
    public static ushort Kind => 303;
    public Money BudgetLeft;
    public long OrderId;
    public long Left;
    public int User;
    public int Instrument;
    public FinishReason Reason;
    public byte Participant;        // 1: owned by a seeded participant
    public short Reserved1;
    public int Reserved2;
    public long Reserved3;
    public long Reserved4;
}

/// <summary>The visible size of a level after the command, 0 = the level is gone. The update id grows by one per delta (M-006, M-152).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BookDelta : IEvent
{
    public static ushort Kind => 304;
    public long UpdateId;
    public long Price;
    public long Size;
    public int Instrument;
    public Side Side;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Best price or its visible size changed. A size of 0: that side is empty.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BestChanged : IEvent
{
    public static ushort Kind => 305;
    public long UpdateId;
    public long BidPrice;
    public long BidSize;
    public long AskPrice;
    public long AskSize;
    public int Instrument;
    public int Reserved;
}

/// <summary>A status change took effect (M-140).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MarketStatusChanged : IEvent
{
    public static ushort Kind => 306;
    public int Instrument;
    public MarketStatus Old;
    public MarketStatus New;
    public short Reserved;
}

/// <summary>A price condition with an order behind it was stored; nothing is reserved (M-100, S-024). Tail: text of the order to place.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TriggerCreated : IEvent
{
    public static ushort Kind => 310;
    public Money Budget;            // market buy: quote to spend
    public long TriggerId;
    public long TriggerPrice;
    public long ExpiresAtNanos;     // 0 = never
    public long Price;              // of the order to place; 0 = market
    public long Size;
    public long ParentOrder;        // attached take-profit or stop-loss, else 0 (M-107)
    public int User;
    public int Instrument;
    public int Wallet;
    public Side Side;
    public OrderType Type;
    public TimeInForce TimeInForce;
    public TriggerRule Rule;
    public TriggerStatus Status;
    public TriggerRole Role;
    public OrderFlags Flags;
    public byte Reserved1;
    public int Reserved2;
    public long Reserved3;
}

public enum TriggerRule : byte { AtOrAbove = 1, AtOrBelow = 2 }

/// <summary>Inactive: attached to an order without a fill yet (M-107).</summary>
public enum TriggerStatus : byte { Inactive = 0, Open = 1, Succeeded = 2, Failed = 3, Cancelled = 4, Expired = 5, Invalid = 6 }

public enum TriggerRole : byte { Plain = 0, TakeProfit = 1, StopLoss = 2 }

/// <summary>An inactive trigger came alive or grew with its parent's fills (M-107).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TriggerUpdated : IEvent
{
    public static ushort Kind => 311;
    public Money Budget;            // market buy: quote to spend
    public long TriggerId;
    public long Size;
    public int User;
    public int Instrument;
    public TriggerStatus Status;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>A trigger order is over: fired (with the order it became), refused when fired, cancelled, expired.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TriggerFinished : IEvent
{
    public static ushort Kind => 312;
    public long TriggerId;
    public long OrderId;            // 0 = none
    public long ReferencePrice;
    public int User;
    public int Instrument;
    public ushort Refusal;          // why a fired order was refused
    public TriggerStatus Status;
    public byte Reserved1;
    public int Reserved2;
}
