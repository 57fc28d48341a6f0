using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Products.Futures.Commands;

/// <summary>Places one order on a contract (F-160). The actor is the owner. Sizes are signed: bought above zero. Tail: text, channel tag (two Bytes).
/// Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlaceContractOrder : ICommand
{
    public static ushort Kind => 410;
    public long Price;                  // 0 = market
    public long Size;                   // signed; 0 with ClosePosition or AutoSize
    public long Iceberg;                // displayed size, without sign; 0 = ordinary (M-060)
    public long SlippageRate;           // of a market order, 10^-12; 0 = the contract's (M-054)
    public long TakeProfitTrigger;      // attached (M-107); 0 = none
    public long TakeProfitPrice;        // 0 = market
    public long StopLossTrigger;
    public long StopLossPrice;
    public int Instrument;
    public TimeInForce TimeInForce;
    public SelfTradeAction StpAction;
    public ContractOrderFlags Flags;
    public AutoSize AutoSize;           // hedge mode (M-086)
    public byte MarginMode;             // 0 = as the position, 1 = cross, 2 = isolated (F-130)
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

[Flags]
public enum ContractOrderFlags : byte
{
    None = 0,
    ReduceOnly = 1,                     // M-080
    ClosePosition = 2,                  // one-way, size 0 (M-085)
    Liquidation = 4,                    // the engine's (F-165)
    Participant = 8,                    // owned by a seeded participant
    FundDisposal = 16,                  // the insurance fund's (F-194)
    TakeProfitStopLoss = 32,            // fired by a trigger of a position
    Chase = 128,                        // the one order of a chase (M-111)
}

/// <summary>Closes one leg of a hedge position, whatever its size (M-086).</summary>
public enum AutoSize : byte
{
    None = 0,
    CloseLong = 1,
    CloseShort = 2,
}

/// <summary>Cancels one open order of the actor (M-049). Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelContractOrder : ICommand
{
    public static ushort Kind => 411;
    public long OrderId;
    public int Instrument;              // 0 = whichever of the wallet
    public int Wallet;                  // 0 = whichever
}

/// <summary>Cancels the actor's open orders in ascending id (M-050), of one contract or, with Instrument 0, of all of a wallet. Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelAllContractOrders : ICommand
{
    public static ushort Kind => 412;
    public int Instrument;
    public int Wallet;
    public Spot.SideFilter Side;
    public byte ExcludeReduceOnly;
    public short Reserved1;
    public int Reserved2;
}

/// <summary>Changes price and/or size of an open order (M-090…M-094); 0 = unchanged. The size is signed and counts what is filled. Tail: amend text.
/// Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AmendContractOrder : ICommand
{
    public static ushort Kind => 413;
    public long OrderId;
    public long Price;
    public long Size;
    public int Instrument;              // 0 = whichever of the wallet
    public int Wallet;                  // 0 = whichever
    public byte HasText;
    public byte Reserved1;
    public short Reserved2;
    public int Reserved3;
}

/// <summary>Cancels the actor's open orders when the time is over (M-051). 0 seconds clears; Instrument 0 = all of the wallet. Result id: the instant in ms.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetContractCountdown : ICommand
{
    public static ushort Kind => 414;
    public int Instrument;
    public int Wallet;
    public int TimeoutSeconds;
    public int Reserved;
}

/// <summary>Stores a price-triggered order (M-100…M-109). Tail: text. Result id: the trigger.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreateContractTrigger : ICommand
{
    public static ushort Kind => 415;
    public long TriggerPrice;
    public long Price;                  // of the order to place; 0 = market
    public long Size;                   // signed; 0 with ClosePosition or AutoSize
    public int Instrument;
    public int ExpirationSeconds;       // 0 = never
    public TriggerRule Rule;
    public TriggerPriceType PriceType;
    public TriggerOrderType OrderType;
    public TimeInForce TimeInForce;
    public ContractOrderFlags Flags;
    public AutoSize AutoSize;
    public byte MarginMode;
    public byte Reserved;
}

/// <summary>What a trigger watches; the dialect's numbers (M-102).</summary>
public enum TriggerPriceType : byte
{
    Last = 0,
    Mark = 1,
    Index = 2,
}

/// <summary>The dialect's order_type of a trigger: none, or a take-profit and stop-loss of an order or of a position (M-108). Close-long kinds end with the
/// position they guard.</summary>
public enum TriggerOrderType : byte
{
    None = 0,
    CloseLongOrder = 1,
    CloseShortOrder = 2,
    CloseLongPosition = 3,
    CloseShortPosition = 4,
    PlanCloseLongPosition = 5,
    PlanCloseShortPosition = 6,
}

[StructLayout(LayoutKind.Sequential)]
public struct CancelContractTrigger : ICommand
{
    public static ushort Kind => 416;
    public long TriggerId;
}

/// <summary>Cancels the actor's open trigger orders, of one contract or, with Instrument 0, of all of a wallet. Result id: how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelAllContractTriggers : ICommand
{
    public static ushort Kind => 417;
    public int Instrument;
    public int Wallet;
}

/// <summary>Changes an open trigger; 0 = unchanged. Result id: the trigger.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AmendContractTrigger : ICommand
{
    public static ushort Kind => 418;
    public long TriggerId;
    public long TriggerPrice;
    public long Price;
    public long Size;
    public TriggerPriceType PriceType;
    public byte HasPriceType;
    public byte IsMarket;               // price 0 means market here, not unchanged
    public byte Reserved1;
    public int Reserved2;
}

/// <summary>Sets the leverage of a position, isolated or cross (F-119, F-120). In plain hedge mode both legs share it (F-132).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetLeverage : ICommand
{
    public static ushort Kind => 420;
    public int Instrument;
    public int Leverage;                // hundredths; > 0
    public Leg Leg;                     // Net: the one of one-way mode, or both of hedge mode
    public byte IsCross;                // 1: the limit of a cross position; 0: an isolated one
    public short Reserved1;
    public int Reserved2;
}

/// <summary>Adds (above zero) or removes isolated margin (F-121).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ChangeMargin : ICommand
{
    public static ushort Kind => 421;
    public Money Change;
    public int Instrument;
    public Leg Leg;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>How much may be added to an open isolated position by itself before it is liquidated, in all while it is open (F-124). Counting begins anew with
/// every such command. Result id: the instrument.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetAutoMargin : ICommand
{
    public static ushort Kind => 425;
    public Money Most;                  // 0 = off
    public int Instrument;
    public Leg Leg;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}

/// <summary>One-way, hedge or split, for all contracts of a wallet (F-131).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetPositionMode : ICommand
{
    public static ushort Kind => 422;
    public int Wallet;
    public PositionMode Mode;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Isolated or cross, with the leverage as it stands (F-122).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetMarginMode : ICommand
{
    public static ushort Kind => 423;
    public int Instrument;
    public byte IsCross;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>The most a position may be worth: sets the highest leverage whose tier reaches the limit when the present one does not (F-113).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetRiskLimit : ICommand
{
    public static ushort Kind => 424;
    public Money Limit;
    public int Instrument;
    public Leg Leg;
    public byte Reserved1;
    public short Reserved2;
    public long Reserved3;
}
