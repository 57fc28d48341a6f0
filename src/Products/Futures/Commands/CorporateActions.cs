using System.Runtime.InteropServices;
using Sluice.Core.Kernel;

namespace Sluice.Products.Futures.Commands;

/// <summary>What a company does that moves its price by itself (F-244).</summary>
public enum CorporateActionType : byte
{
    /// <summary>So much a share is paid: from shorts to longs (K-208).</summary>
    Dividend = 1,

    /// <summary>Of every so many shares there are so many others (K-209).</summary>
    Split = 2,
}

/// <summary>Where an action stands.</summary>
public enum CorporateActionStatus : byte
{
    Scheduled = 1,
    Done = 2,
    Cancelled = 3,

    /// <summary>It fell due when it was not possible, and nothing was done.</summary>
    Missed = 4,
}

/// <summary>Announces a dividend or a split of the stock behind a contract. Tail: the operator's reference, 1 to 64 of letters, digits, '_' and '-', once for
/// ever: what was announced is not announced again. Result id: the action.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ScheduleCorporateAction : ICommand
{
    public static ushort Kind => 470;
    public long AtNanos;                // not after now: at once
    public long Dividend;               // a share, raw price, gross
    public int Instrument;
    public int NewShares;               // n of a split n for m
    public int OldShares;               // m
    public CorporateActionType Type;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Takes an action back that has not been done.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelCorporateAction : ICommand
{
    public static ushort Kind => 471;
    public long ActionId;
}
