using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Core.Ledger;

/// <summary>Why an account moved. Numbers are stable; the gateway translates them to the dialect's words.</summary>
public enum Reason : ushort
{
    None = 0, Fund = 1, Deposit = 2, Reset = 3, TransferIn = 4, TransferOut = 5, SubTransferIn = 6, SubTransferOut = 7,
    OrderHold = 10, OrderRelease = 11, OrderFill = 12, Fee = 13, Rebate = 14, OrderAmend = 15, Residue = 16, FeeToken = 17, PointFee = 18,

    // Contracts (F-030).
    Profit = 20, Funding = 21, PositionMargin = 22, SettleFee = 23, LiquidationFee = 24, Insurance = 25, Deleverage = 26, CloseOut = 27, Dividend = 28,
}

/// <summary>A user's account changed: one leg of a double entry, or a hold. Legs of the venue's own accounts are not announced (their
/// balances are read from the state), but they are posted: every asset sums to zero at every sequence (S-013).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BalanceChanged : IEvent
{
    public static ushort Kind => 10;
    public Money Change;            // of the total
    public Money HeldChange;
    public Money Total;             // after; available = Total − Held (S-012)
    public Money Held;
    public long UpdateId;           // per account, +1 each change
    public long Reference;          // order, trade or transfer id, by reason
    public int User;
    public int Wallet;
    public int Asset;
    public int Instrument;          // 0 = none
    public Reason Reason;
    public byte Participant;        // 1: owned by a seeded participant
    public byte Reserved1;
    public int Reserved2;
    public long Reserved3;
}
