using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Commands;

/// <summary>What a settle currency is worth in points (F-045), for all contracts that settle in it. The asset of points is the same for all of them. Result id: the settle currency.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetPointValue : ICommand
{
    public static ushort Kind => 426;
    public Money Value;                 // points for one unit; 0 = its fees are paid in cash
    public int Asset;                   // the settle currency
    public int Points;                  // the asset of points
    public long Reserved;
}

/// <summary>Whether the acting user pays fees of contracts in points where it has them (F-045). Result id: the user.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetPointUse : ICommand
{
    public static ushort Kind => 427;
    public byte Enabled;                // 0, 1
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}
