using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Wallet;

/// <summary>Virtual funds from the outside world to a user's wallet (negative: back to it). Shown to the user as a deposit when Deposit is 1.
/// Tail: chain, address, transaction id (deposits). Result id: the movement. User 0 with the insurance wallet: the insurance fund (F-191).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Fund : ICommand
{
    public static ushort Kind => 200;
    public Money Amount;
    public int User;
    public int Wallet;
    public int Asset;
    public byte Deposit;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Moves an amount between two wallets, of one owner or of a main account and its sub-accounts. Tail: client_order_id.
/// Result id: the transfer.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Transfer : ICommand
{
    public static ushort Kind => 201;
    public Money Amount;
    public int FromUser;
    public int FromWallet;
    public int ToUser;
    public int ToWallet;
    public int Asset;
    public TransferRoute Route;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>Which operation asked for it; decides the history it shows in.</summary>
public enum TransferRoute : byte { Wallets = 0, MainToSub = 1, SubToMain = 2, SubToSub = 3 }

/// <summary>Pins an index price, or releases it to the simulation. Tail: index name ("BTC_USDT").</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PinPrice : ICommand
{
    public static ushort Kind => 210;
    public Money Price;                 // quote per base at 10^-12; 0 with Pinned 0
    public byte Pinned;
    public byte Mark;                   // 1: the mark of an instrument instead of an index
    public short Reserved1;
    public int Reserved2;
    public long Reserved3;
}

/// <summary>Moves simulated prices at once by a fraction, from now on. Tail: index names; none = all.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ShockPrices : ICommand
{
    public static ushort Kind => 211;
    public long FractionE12;            // −0.1 = −10 %
}

/// <summary>Seeded participants of instruments leave or return. Tail: symbols; none = all.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetLiquidity : ICommand
{
    public static ushort Kind => 212;
    public byte On;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>Everything of a user back to nothing: orders and triggers cancelled, balances returned to the outside world. Funding follows as own commands.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ResetUser : ICommand
{
    public static ushort Kind => 213;
    public int User;
    public int Reserved;
}

/// <summary>Why wallet commands were refused. Numbers are stable.</summary>
public enum WalletRefusal : ushort
{
    None = 0,
    UserNotFound = 200,
    AssetNotFound = 201,
    WalletNotFound = 202,
    AmountNotPositive = 203,
    BalanceTooLow = 204,
    SameAccount = 205,
    NotRelated = 206,
    WalletNotSupported = 207,
    PriceNotPositive = 208,
    ClientOrderIdUsed = 209,
    UserLocked = 210,
    AmountTooMuch = 211,
    TransfersHeld = 212,                // F-158
}

/// <summary>Tail: chain, address, transaction id.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Funded : IEvent
{
    public static ushort Kind => 200;
    public Money Amount;
    public long MovementId;
    public int User;
    public int Wallet;
    public int Asset;
    public byte Deposit;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>Tail: client_order_id.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Transferred : IEvent
{
    public static ushort Kind => 201;
    public Transfer Transfer;
    public long TransferId;
    public int Actor;
    public int Reserved;
}

/// <summary>Tail: index name.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PricePinned : IEvent
{
    public static ushort Kind => 210;
    public PinPrice Command;
}

/// <summary>Tail: index names.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PricesShocked : IEvent
{
    public static ushort Kind => 211;
    public long FractionE12;
    public long TimeNanos;
}

/// <summary>Tail: symbols.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LiquidityChanged : IEvent
{
    public static ushort Kind => 212;
    public int On;
    public int Reserved;
}
