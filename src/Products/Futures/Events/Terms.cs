using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
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

/// <summary>A user's positions in a contract keep the requirements of the terms before its last change, until an instant; 0 = no longer (F-169 step 4).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RequirementsKept : IEvent
{
    public static ushort Kind => 451;
    public long UntilNanos;
    public int User;
    public int Instrument;
}
