using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.Events;

/// <summary>A settle currency has another value in points (F-045).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PointValueChanged : IEvent
{
    public static ushort Kind => 455;
    public SetPointValue Terms;
}

/// <summary>A user pays in points from now on, or no longer (F-045).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PointUseChanged : IEvent
{
    public static ushort Kind => 456;
    public int User;
    public byte Enabled;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Points that fees of a leg were paid in (F-045). The next <see cref="PositionChanged"/> is of the same leg.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PositionPointsChanged : IEvent
{
    public static ushort Kind => 457;
    public Money Paid;                  // since the leg was opened
    public Money History;               // of all its lives that ended
    public int User;
    public int Instrument;
    public Positions.Leg Leg;
    public byte Participant;
    public short Reserved1;
    public int Reserved2;
}
