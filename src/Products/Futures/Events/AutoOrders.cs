using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.Events;

/// <summary>A trailing order was stored, inactive or active (M-110). Tail: text.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrailCreated : IEvent
{
    public static ushort Kind => 460;
    public CreateTrailingOrder Terms;   // its rule decided
    public long OrderId;
    public long Extremum;               // 0 while inactive
    public int User;
    public TriggerStatus Status;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>A trailing order became active, or its owner changed it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrailUpdated : IEvent
{
    public static ushort Kind => 461;
    public CreateTrailingOrder Terms;
    public long OrderId;
    public long Extremum;
    public int User;
    public TriggerStatus Status;
    public byte IsAmended;              // by its owner; otherwise its activation was reached
    public short Reserved;
}

/// <summary>A price went beyond what it had been: every active trailing order of this contract, price and side whose extremum is behind it is there now.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrailsMoved : IEvent
{
    public static ushort Kind => 462;
    public long Extremum;
    public int Instrument;
    public TriggerPriceType PriceType;
    public Side Side;                   // of the orders: sells follow a maximum, buys a minimum
    public short Reserved;
}

/// <summary>A trailing order is over: fired (with the order it became), refused when fired, or ended for a reason.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrailFinished : IEvent
{
    public static ushort Kind => 463;
    public long OrderId;
    public long NewOrder;               // 0 = none
    public long ReferencePrice;         // that reached its level; 0 = none did
    public long Extremum;
    public int User;
    public int Instrument;
    public ushort Refusal;
    public TriggerStatus Status;
    public AutoReason Reason;
    public int Reserved;
}

/// <summary>Why an order that works by itself is over. Numbers are stable.</summary>
public enum AutoReason : byte
{
    None = 0,
    Fired = 1,
    Refused = 2,                        // when it fired
    Stopped = 3,                        // by its owner
    PositionClosed = 4,                 // what it guarded is gone
    Liquidated = 5,                     // F-165
    ContractEnded = 6,
    Reset = 7,
    Filled = 8,
    PriceLimit = 9,                     // the best price went beyond
    OffsetLimit = 10,
    ChildEnded = 11,                    // its order in the book was cancelled or used up by other rules
}

/// <summary>A chase order began, with its order in the book already accepted (M-111). Tail: text.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ChaseCreated : IEvent
{
    public static ushort Kind => 464;
    public CreateChaseOrder Terms;
    public long OrderId;
    public long Child;
    public long Price;                  // where the child is
    public long Bound;                  // no price beyond; 0 = none
    public int User;
    public int Reserved;
}

/// <summary>Its order was moved after the best price.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ChaseUpdated : IEvent
{
    public static ushort Kind => 465;
    public long OrderId;
    public long Price;
    public int User;
    public int Instrument;
}

/// <summary>A chase order is over, and its order with it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ChaseFinished : IEvent
{
    public static ushort Kind => 466;
    public long OrderId;
    public long Filled;                 // without sign
    public int User;
    public int Instrument;
    public TriggerStatus Status;
    public AutoReason Reason;
    public FinishReason ChildReason;
    public byte Reserved1;
    public int Reserved2;
}
