using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.Commands;

/// <summary>Lists a contract (F-010, F-014, F-305). Money in the settle currency, prices and sizes raw. Tail: symbol, code of the settle currency (a listed
/// asset), name of the index, underlying (a delivery contract's, else empty), number of tiers (Byte), then of each tier limit (high and low half, Int64),
/// maintenance rate and initial rate (Int64). Result id: the instrument.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ListContract : ICommand
{
    public static ushort Kind => 400;
    public Money FundingImpactValue;
    public Money BasisImpactValue;
    public long Multiplier;             // 10^-MultiplierDecimals base units
    public long Tick;
    public long MarkRound;
    public long SizeStep;
    public long OrderSizeMin;
    public long OrderSizeMax;
    public long MarketOrderSizeMax;
    public long OrderPriceDeviate;      // rates in 10^-12
    public long MarketOrderSlip;
    public long MakerFee;
    public long TakerFee;
    public long MarkMaxDeviation;
    public long FundingRateLimit;
    public long InterestPerDay;
    public long SettleFee;
    public long ExpiryNanos;            // 0 = perpetual
    public long ClosedFundingFactor;    // of the rate while the market sleeps, 10^-12, at most one (K-207)
    public long Reserved4;
    public int FundingIntervalSeconds;
    public int FundingOffsetSeconds;
    public int SettlePriceIntervalSeconds;
    public int SettlePriceDurationSeconds;
    public int LeverageMin;             // hundredths
    public int LeverageMax;
    public int PriceDecimals;
    public int SizeDecimals;
    public int MultiplierDecimals;
    public int OrdersLimit;             // open orders per user, 0 = no limit
    public int TriggersLimit;           // open trigger orders per user, 0 = no limit
    public int MarkWindow;              // seconds (F-056)
    public ContractKind ContractKind;
    public Underlying Underlying;
    public DeliveryCycle Cycle;
    public MarketStatus Status;
    public OffHoursPricing OffHours;
    public byte LinearWeights;          // F-071
    public byte EnableCredit;
    public byte EnableBonus;
    public byte IsPreMarket;
    public byte Reserved1;
    public short ReopenRampSeconds;     // from the internal index to the first outside price (F-243); 0 = at once
    public int ClosedLeverageMax;       // hundredths, for what is opened while the market sleeps; 0 = half of LeverageMax (K-205)
}

/// <summary>What takes the index's place while its market sleeps (F-241, K-203).</summary>
public enum OffHoursPricing : byte
{
    None = 0,
    Freeze = 1,
    InternalEma = 2,
    Ewma = 3,
}

/// <summary>Halts, resumes or ends a contract (M-140, F-230, F-231). Delisting: reduce-only until <see cref="EndNanos"/>, then all is settled.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetContractStatus : ICommand
{
    public static ushort Kind => 401;
    public long EndNanos;               // of a delisting, else 0
    public int Instrument;
    public MarketStatus Status;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Index prices of one instant, each for all contracts of that index (F-163); a price command (<see cref="CommandFlags.Price"/>). Tail: per entry
/// name of the index, price in 10^-12 of a unit (Int64 high and low half), sources (Int32), flags (Byte, <see cref="IndexFlags"/>).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetPrices : ICommand
{
    public static ushort Kind => 402;
    public static CommandFlags Flags => CommandFlags.Price;
    public int Count;
    public int Reserved;
}

/// <summary>Holds the mark of a contract where the operator wants it until it is released with 0 (control API, kind mark). Raw price.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PinMark : ICommand
{
    public static ushort Kind => 403;
    public long Mark;
    public int Instrument;
    public int Reserved;
}

/// <summary>A user's own rates for all contracts, 10^-12; long.MinValue = the contract's (F-041).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetContractFees : ICommand
{
    public static ushort Kind => 404;
    public long MakerFee;
    public long TakerFee;
    public int User;
    public int Reserved;
}

/// <summary>How far an index price can be trusted; set by the price service (F-052, K-201).</summary>
[Flags]
public enum IndexFlags : byte
{
    None = 0,

    /// <summary>One constituent is left: an alarm for the operator (F-052).</summary>
    Single = 1,

    /// <summary>No constituent is left, or a rate it is converted by: the price is the last one (F-052, F-302).</summary>
    Stale = 2,

    /// <summary>Its market is closed: the price is the last external one (K-201, F-240).</summary>
    Closed = 4,

    /// <summary>Its market is paused, or has been silent for 30 s in its hours (K-201).</summary>
    Halted = 8,

    /// <summary>The operator set it.</summary>
    Pinned = 16,
}
