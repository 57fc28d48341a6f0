using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Futures.Commands;

/// <summary>Stores a trailing order (M-110): a market order that waits until a price has come back from its extremum by an offset. Tail: text. Result id: the
/// trailing order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateTrailingOrder : ICommand
{
    public static ushort Kind => 460;
    public long Amount;                 // signed: bought above zero
    public long ActivationPrice;        // 0 = at once
    public long Offset;                 // raw price, or 10^-12 of the extremum with IsPercent
    public int Instrument;
    public TriggerPriceType PriceType;
    public TriggerRule Rule;            // of the activation; 0 = toward the side on which its price is
    public byte IsPercent;
    public byte ReduceOnly;
    public byte PositionRelated;        // ends with the position it guards; needs ReduceOnly
    public byte MarginMode;             // 0 = as the position, 1 = cross, 2 = isolated (F-130)
    public short Reserved1;
    public int Reserved2;
}

/// <summary>Changes an open trailing order; what has no flag stays. Its activation only before it is active. Result id: the trailing order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UpdateTrailingOrder : ICommand
{
    public static ushort Kind => 461;
    public long OrderId;
    public long Amount;                 // 0 = unchanged
    public long ActivationPrice;
    public long Offset;                 // 0 = unchanged
    public TrailChanges Changes;
    public TriggerPriceType PriceType;
    public TriggerRule Rule;
    public byte IsPercent;              // of Offset
    public int Reserved;
}

[Flags]
public enum TrailChanges : byte
{
    None = 0,
    Activation = 1,
    Rule = 2,
    PriceType = 4,
}

/// <summary>Ends one trailing order of the actor. Result id: it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StopTrailingOrder : ICommand
{
    public static ushort Kind => 462;
    public long OrderId;
}

/// <summary>Ends the actor's trailing orders in ascending id, of one contract or, with Instrument 0, of all of a wallet. Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StopAllTrailingOrders : ICommand
{
    public static ushort Kind => 463;
    public int Instrument;
    public int Wallet;
    public GuardedSide Guards;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>Which position a trailing order is bound to; the dialect's numbers.</summary>
public enum GuardedSide : byte
{
    Any = 0,
    Long = 1,
    Short = 2,
}

/// <summary>Places a chase order (M-111): one post-only order that follows the best price of its side. Tail: text, also of that order. Result id: the chase order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateChaseOrder : ICommand
{
    public static ushort Kind => 464;
    public long Amount;                 // signed: bought above zero
    public long PriceLimit;             // it never goes beyond; 0 = none
    public long OffsetLimit;            // the same as a distance from the best price at the start; 0 = none
    public long Gap;                    // kept from the best price: raw price, or 10^-12 with IsPercent; 0 = at it
    public int Instrument;
    public int IntervalSeconds;         // between two moves; 0 = one second
    public byte IsPercent;
    public byte ReduceOnly;
    public byte MarginMode;             // 0 = as the position, 1 = cross, 2 = isolated (F-130)
    public byte Reserved1;
    public int Reserved2;
}

/// <summary>Ends one chase order of the actor, and the order it has in the book. Result id: it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StopChaseOrder : ICommand
{
    public static ushort Kind => 465;
    public long OrderId;
}

/// <summary>Ends the actor's chase orders in ascending id, of one contract or, with Instrument 0, of all of a wallet. Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StopAllChaseOrders : ICommand
{
    public static ushort Kind => 466;
    public int Instrument;
    public int Wallet;
    public byte MarginMode;             // 0 = either, 1 = of cross contracts, 2 = of isolated ones
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}
