using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;

namespace Sluice.Server.Views.Futures;

/// <summary>An order on a contract as readers know it. Immutable; a change is a new row. Prices and sizes are raw, <see cref="Size"/> is signed.</summary>
public sealed record ContractOrderRow : IOrderRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required long Price { get; init; }               // 0 = market
    public required long Size { get; init; }
    public required long Iceberg { get; init; }
    public required long MakerRate { get; init; }
    public required long TakerRate { get; init; }
    public required long ValuePrice { get; init; }          // what its margin is valued at (F-104)
    public required long SlippageRate { get; init; }
    public required long TriggerId { get; init; }           // 0 = none
    public required int StpGroup { get; init; }
    public required SelfTradeAction StpAction { get; init; }
    public required Leg Leg { get; init; }
    public required TimeInForce TimeInForce { get; init; }
    public required ContractOrderFlags Flags { get; init; }
    public required AutoSize AutoSize { get; init; }
    public required bool IsCross { get; init; }
    public required string Text { get; init; }
    public required string ChannelTag { get; init; }
    public required long CreatedNanos { get; init; }

    public string AmendText { get; init; } = "";
    public long LossMark { get; init; }                     // what its open loss is measured from (F-109); 0 = it has none
    public long Left { get; init; }                         // without sign
    public long FilledSize { get; init; }                   // without sign
    public Money FilledValue { get; init; }                 // |w|, in the settle currency
    public Money Fee { get; init; }
    public FinishReason Finish { get; init; }
    public long UpdatedNanos { get; init; }
    public long Sequence { get; init; }                     // of the last change

    public bool IsOpen => Finish == FinishReason.Open;
    public bool IsReduceOnly => (Flags & ContractOrderFlags.ReduceOnly) != 0 || AutoSize != AutoSize.None || IsClose;
    public bool IsClose => (Flags & ContractOrderFlags.ClosePosition) != 0;
    public bool IsLiquidation => (Flags & ContractOrderFlags.Liquidation) != 0;
    public Side Side => Size < 0 ? Side.Sell : Side.Buy;
}

/// <summary>One side of one trade, as its owner sees it. The trade's side is the taker's.</summary>
/// <param name="ClosedSize">What of the size reduced the owner's position (close_size).</param>
public sealed record ContractFillRow(TradeRow Trade, int User, long OrderId, int Wallet, Side Side, bool IsMaker, Money Fee, long ClosedSize, Leg Leg,
    ContractFillFlags Flags, string Text, string AmendText)
{
    /// <summary>The fee is an amount of points (F-045), and nothing was paid in cash.</summary>
    public bool IsInPoints => (Flags & (IsMaker ? ContractFillFlags.MakerPoints : ContractFillFlags.TakerPoints)) != 0;

    public Money CashFee => IsInPoints ? Money.Zero : Fee;
    public Money PointFee => IsInPoints ? Fee : Money.Zero;
}

/// <summary>One leg of one user in one contract, as it is after its last change (F-020, F-031). The row stays when its size is 0.</summary>
public sealed record PositionRow
{
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required Leg Leg { get; init; }
    public required bool IsCross { get; init; }
    public required int Leverage { get; init; }             // hundredths
    public long Size { get; init; }                         // signed
    public Money EntryValue { get; init; }
    public Money Margin { get; init; }                      // isolated
    public Money TradeProfit { get; init; }                 // realised since it was opened (F-028)
    public Money FeesPaid { get; init; }
    public Money FundingPaid { get; init; }
    public Money HistoryProfit { get; init; }
    public Money LastCloseProfit { get; init; }
    public Money PointsPaid { get; init; }                  // fees in points since it was opened (F-045)
    public Money HistoryPoints { get; init; }               // of all lives that ended
    public long UpdateId { get; init; }
    public long OpenedNanos { get; init; }
    public long SizeMax { get; init; }
    public long ClosedSize { get; init; }
    public long Reference { get; init; }
    public PositionCause Cause { get; init; }
    public bool IsParticipant { get; init; }
    public long UpdatedNanos { get; init; }
    public long Sequence { get; init; }

    public Money Realised => TradeProfit - FeesPaid - FundingPaid;
}

/// <summary>The record of a life that ended (F-028); prices have the decimals of the tick plus 6.</summary>
public sealed record PositionCloseRow(long Sequence, long TimeNanos, int User, int Instrument, int Wallet, Leg Leg, bool WasLong, bool IsCross, int Leverage, Money Realised,
    Money TradeProfit, Money FeesPaid, Money FundingPaid, long SizeMax, long ClosedSize, long OpenedNanos, Int128 LongPrice, Int128 ShortPrice, PositionCause Cause);

/// <summary>A price-triggered order on a contract. Immutable; a change is a new row.</summary>
public sealed record ContractTriggerRow : ITriggerRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Wallet { get; init; }
    public required long TriggerPrice { get; init; }
    public required long Price { get; init; }               // 0 = market
    public required long Size { get; init; }                // signed; 0 with close or auto size
    public required int Instrument { get; init; }
    public required TriggerRule Rule { get; init; }
    public required TriggerPriceType PriceType { get; init; }
    public required TriggerOrderType OrderType { get; init; }
    public required TimeInForce TimeInForce { get; init; }
    public required ContractOrderFlags Flags { get; init; }
    public required AutoSize AutoSize { get; init; }
    public required byte MarginMode { get; init; }          // as of CreateContractTrigger
    public required int ExpirationSeconds { get; init; }    // 0 = never
    public required TriggerRole Role { get; init; }
    public required long ParentOrder { get; init; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }

    public TriggerStatus Status { get; init; }
    public long FinishedNanos { get; init; }
    public long FiredOrder { get; init; }
    public ushort Refusal { get; init; }
    public long UpdatedNanos { get; init; }

    public bool IsOpen => Status is TriggerStatus.Open or TriggerStatus.Inactive;
}

/// <summary>A settlement of funding of a contract (F-164).</summary>
/// <param name="Rate">10^-12.</param>
public sealed record FundingRow(int Instrument, long DueNanos, long TimeNanos, long Rate, long Mark, bool IsMissed);

/// <summary>One leg's part of a settlement of funding; + pays (F-076).</summary>
public sealed record FundingPaymentRow(long Sequence, long TimeNanos, int User, int Instrument, Money Payment, long Size, long Mark, long Rate);

/// <summary>One round of a liquidation (F-165). Prices with the decimals of the tick plus 6 where they are averages.</summary>
public sealed record LiquidationRow(long Sequence, long TimeNanos, long Id, int User, int Instrument, int Wallet, Leg Leg, bool IsCross, int Leverage, long Size, Money Margin,
    Int128 EntryPrice, Int128 FillPrice, long LiquidationPrice, long BankruptcyPrice, long Mark, long OrderId, long OrderSize, long Left, bool IsParticipant);

/// <summary>A leg that was reduced against a liquidated one (F-166).</summary>
/// <param name="Size">Signed trade of this user.</param>
/// <param name="PositionLeft">Signed, after.</param>
public sealed record DeleveragingRow(long Sequence, long TimeNanos, long Id, int User, int Instrument, int Wallet, Leg Leg, bool IsCross, int Leverage, Int128 EntryPrice,
    Money Profit, long OrderId, long Price, long Size, long PositionLeft);

/// <summary>One leg's settlement at the end of its contract (F-213).</summary>
public sealed record SettlementRow(long Sequence, long TimeNanos, int User, int Instrument, int Wallet, Leg Leg, int Leverage, long Size, Money Margin, Int128 EntryPrice,
    long Price, Money Profit, Money Fee);

/// <summary>The insurance fund of a wallet after a change (F-190).</summary>
public sealed record InsuranceRow(long Sequence, long TimeNanos, int Wallet, Money Change, Money Balance);

/// <summary>What is told of how dear the fund's losses have become (F-207).</summary>
/// <param name="Level">0 = none, 1 = warning, 2 = take-overs have stopped.</param>
public sealed record DeleveragingRiskRow(int Wallet, int Level, Money Equity, Money Peak, long TimeNanos);

/// <summary>How a user keeps the positions of a wallet (F-131).</summary>
public sealed record PositionModeRow(int User, int Wallet, Products.Futures.Margin.PositionMode Mode, long Sequence);
