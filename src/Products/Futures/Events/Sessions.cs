using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Products.Futures.Pricing;

namespace Sluice.Products.Futures.Events;

/// <summary>The market behind a contract closed, halted or opened, or the band of its prices was put elsewhere (F-242, F-243, K-201, K-202). Raw prices; a live
/// contract has no band.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ContractSessionChanged : IEvent
{
    public static ushort Kind => 470;
    public long Reference;              // S
    public long Low;
    public long High;
    public int Instrument;
    public MarketSession Old;
    public MarketSession New;
    public short Reserved;
}

/// <summary>A dividend or a split was announced, done, missed or taken back (F-244, K-208, K-209). Tail: the operator's reference.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CorporateActionChanged : IEvent
{
    public static ushort Kind => 471;
    public Commands.ScheduleCorporateAction Terms;
    public long Id;
    public long ChangedNanos;
    public long IndexBefore;            // raw, of what was done; else 0
    public Commands.CorporateActionStatus Status;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}
