using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Events;

/// <summary>A contract has other terms (F-169). Tail: as of <see cref="ListContract"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractConfigured : IEvent
{
    public static ushort Kind => 450;
    public ListContract Terms;
    public ContractOptions Options;
    public long ChangedNanos;
    public int Instrument;
    public int SettleAsset;
}

/// <summary>A scope has come near its requirement: more margin, or a smaller position, keeps it from being liquidated (F-187).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MarginCall : IEvent
{
    public static ushort Kind => 452;
    public Money Equity;
    public Money Requirement;
    public long TimeNanos;
    public int User;
    public int Wallet;
    public int Instrument;              // 0 = all cross positions of the wallet
    public Positions.Leg Leg;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>An isolated position's margin that is added by itself (F-124): it was chosen, added to, or is over with the position.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AutoMarginChanged : IEvent
{
    public static ushort Kind => 454;
    public Money Most;                  // 0 = off
    public Money Added;                 // of it until now
    public Money Amount;                // just now; 0 where none was
    public int User;
    public int Instrument;
    public Positions.Leg Leg;
    public byte Participant;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>Gains of a settlement were cut: until then nothing leaves the users' accounts that settle in the asset (F-158).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TransfersHeld : IEvent
{
    public static ushort Kind => 453;
    public long UntilNanos;
    public int Asset;
    public int Instrument;
}

/// <summary>A user's positions in a contract keep the requirements of the terms before its last change, until an instant; 0 = no longer (F-169 step 4).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RequirementsKept : IEvent
{
    public static ushort Kind => 451;
    public long UntilNanos;
    public int User;
    public int Instrument;
}
