using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Spot;

/// <summary>Lists an asset (S-005). Tail: code, name. Result id: the asset.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ListAsset : ICommand
{
    public static ushort Kind => 300;

    /// <summary>Decimals its spot amounts and fees are rounded to, 0-12.</summary>
    public int Scale;
    public int Reserved;
}

/// <summary>Lists a pair, or changes the terms of one that is listed (same symbol). 0 in a maximum or minimum: no limit (S-002).
/// Tail: symbol "BTC_USDT", base code, quote code (both listed). Result id: the instrument.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ListPair : ICommand
{
    public static ushort Kind => 301;
    public Money MinQuote;              // M-130
    public Money MaxQuote;
    public Money MarketMaxQuote;        // market_order_max_money
    public long MinBase;                // 10^-SizeDecimals
    public long MaxBase;
    public long MarketMaxBase;          // market_order_max_stock
    public long ReferencePrice;         // before the first trade (M-055)
    public long UpRate;                 // 10^-12; 0 = no band
    public long DownRate;
    public long SlippageRate;           // of market orders (M-056); 0 = unbounded
    public long MakerFee;               // default rates of this pair, 10^-12
    public long TakerFee;
    public long BuyStartNanos;          // M-141; 0 = open
    public long SellStartNanos;
    public int PriceDecimals;
    public int SizeDecimals;
    public int OrdersLimit;             // open orders per user and pair, 0 = no limit (S-061)
    public int TriggersLimit;           // open trigger orders per user and pair, 0 = no limit (M-109)
    public MarketStatus Status;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

[StructLayout(LayoutKind.Sequential)]
public struct SetMarketStatus : ICommand
{
    public static ushort Kind => 302;
    public int Instrument;
    public MarketStatus Status;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Rules of the whole venue that a rule file leaves to configuration.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ConfigureSpot : ICommand
{
    public static ushort Kind => 303;

    /// <summary>1: a main account and its sub-accounts form a self-trade group (M-073, default); 0: no groups.</summary>
    public byte StpByMainAccount;
    public byte Reserved1;
    public short Reserved2;

    /// <summary>Asset of the fee-token deduction (S-053), 0 = none; its pair for the conversion is FeeTokenPair.</summary>
    public int FeeToken;
    public int FeeTokenPair;
    public int Reserved3;

    /// <summary>What is left of a fee paid in the fee token, 10^-12 of the ordinary fee (0.9 = 10 % off).</summary>
    public long FeeTokenFactor;
}

/// <summary>Places one order (M-010…M-026). The actor is the owner. Tail: text, channel tag (two Bytes). Result id: the order, also when the
/// refusal is PostOnlyWouldTake or FillOrKillWouldNotFill, which leave a finished record (M-027).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlaceOrder : ICommand
{
    public static ushort Kind => 310;
    public Money Budget;                // market buy: quote to spend (S-031)
    public long Price;                  // limit orders
    public long Size;                   // all but market buys
    public long Iceberg;
    public long SlippageRate;           // market orders, 0 = the pair's
    public int Instrument;
    public int Wallet;
    public Side Side;
    public OrderType Type;
    public TimeInForce TimeInForce;
    public SelfTradeAction StpAction;
    public OrderFlags Flags;            // AutoBorrow, AutoRepay
    public byte Reserved1;
    public short Reserved2;

    // Attached take-profit and stop-loss (M-107); trigger price 0 = none. Order price 0 = market.
    public long TakeProfitTrigger;
    public long TakeProfitPrice;
    public long StopLossTrigger;
    public long StopLossPrice;

    /// <summary>A limit order that may rest, with the default self-trade action and no flags: the fields from <see cref="Side"/> to <see cref="Reserved2"/> as one number.</summary>
    internal readonly bool IsPlain => (Kinds & ~SideBit) is 0 or PostOnlyBits;

    /// <summary>The same for any time in force.</summary>
    internal readonly bool IsLimit => (Kinds & ~(SideBit | PostOnlyBits)) == 0;

    /// <summary>Whether it has any of what a plain limit order has not.</summary>
    internal readonly bool HasExtras =>
        unchecked((long)(Budget.Raw >> 64) | (long)Budget.Raw | Iceberg | SlippageRate | TakeProfitTrigger | TakeProfitPrice | StopLossTrigger | StopLossPrice) != 0;

    private readonly ulong Kinds => Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<Side, byte>(ref Unsafe.AsRef(in Side)));

    private const ulong SideBit = 1;
    private const ulong PostOnlyBits = (ulong)TimeInForce.PostOnly << 16;       // both bits that any time in force has
}

/// <summary>Cancels one open order of the actor (M-049). Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelOrder : ICommand
{
    public static ushort Kind => 311;
    public long OrderId;
    public int Instrument;              // 0 = whichever
    public int Wallet;                  // 0 = whichever
}

/// <summary>Cancels the actor's open orders in ascending id (M-050), of one market or, with Instrument 0, of all markets in ascending id.
/// Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelAllOrders : ICommand
{
    public static ushort Kind => 312;
    public int Instrument;
    public int Wallet;                  // 0 = any
    public SideFilter Side;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

public enum SideFilter : byte { Both = 0, Buy = 1, Sell = 2 }

/// <summary>Changes price and/or size of an open order (M-090…M-094); 0 = unchanged. Tail: amend text. Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AmendOrder : ICommand
{
    public static ushort Kind => 313;
    public long OrderId;
    public long Price;
    public long Size;                   // new total, filled part included
    public int Instrument;
    public int Wallet;                  // 0 = whichever
    public byte HasText;                // an empty tail is then a text too
    public byte OnlyIfUnfilled;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>Cancels the actor's open orders when the time is over (M-051). 0 seconds clears; Instrument 0 = all markets. Result id: the instant in ms.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetCountdown : ICommand
{
    public static ushort Kind => 314;
    public int Instrument;
    public int TimeoutSeconds;
}

/// <summary>Stores a price-triggered order (M-100, S-100). Tail: text. Result id: the trigger.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateTrigger : ICommand
{
    public static ushort Kind => 315;
    public Money Budget;
    public long TriggerPrice;
    public long Price;
    public long Size;
    public int Instrument;
    public int Wallet;
    public int ExpirationSeconds;
    public TriggerRule Rule;
    public Side Side;
    public OrderType Type;
    public TimeInForce TimeInForce;
    public OrderFlags Flags;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

[StructLayout(LayoutKind.Sequential)]
public struct CancelTrigger : ICommand
{
    public static ushort Kind => 316;
    public long TriggerId;
}

/// <summary>Cancels the actor's open trigger orders, of one market or all, of one wallet or all. Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelAllTriggers : ICommand
{
    public static ushort Kind => 317;
    public int Instrument;
    public int Wallet;
}

/// <summary>Per-user trading settings: fee rates (−1 = the pair's), unique text (M-007), fee-token deduction (S-053). Sent by the venue for a user.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetTraderSettings : ICommand
{
    public static ushort Kind => 318;
    public long MakerFee;
    public long TakerFee;
    public int User;
    public sbyte UniqueText;            // −1 = unchanged, 0, 1
    public sbyte FeeToken;              // −1 = unchanged, 0, 1
    public short Reserved;
}
