using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Server.Api.Futures;

/// <summary>The wire's words of contracts and what they are called here.</summary>
public static class FuturesWords
{
    /// <summary>By <see cref="AutoSize"/>, which has "none" first.</summary>
    public static readonly string[] AutoSizes = ["", "close_long", "close_short"];

    /// <summary>By <see cref="TriggerOrderType"/>, which has "none" first.</summary>
    public static readonly string[] TriggerOrderTypes =
        ["", "close-long-order", "close-short-order", "close-long-position", "close-short-position", "plan-close-long-position", "plan-close-short-position"];

    /// <summary>By <see cref="PositionMode"/>.</summary>
    public static readonly string[] PositionModes = ["single", "dual", "dual_plus"];

    /// <summary>Isolated, cross.</summary>
    public static readonly string[] MarginModes = ["isolated", "cross"];

    /// <summary>Kinds of entries of the account book (F-030).</summary>
    public static readonly string[] BookTypes = ["dnw", "pnl", "fee", "refr", "fund", "point_dnw", "point_fee", "point_refr", "bonus_offset"];

    public static string Of(AutoSize size) => AutoSizes[(int)size];

    public static string Of(TriggerOrderType type) => TriggerOrderTypes[(int)type];

    public static string Of(PositionMode mode) => PositionModes[(int)mode];

    public static string MarginMode(bool isCross) => isCross ? "cross" : "isolated";

    public static string Of(Leg leg) => leg switch { Leg.Long => "dual_long", Leg.Short => "dual_short", _ => "single" };

    /// <summary>The futures vocabulary of M-151; null while the order is open. Ends that contracts do not have read as cancelled.</summary>
    public static string? Of(FinishReason finish) => finish switch
    {
        FinishReason.Open => null,
        FinishReason.Filled => "filled",
        FinishReason.ImmediateOrCancel or FinishReason.DepthNotEnough or FinishReason.PriceProtectCancelled => "ioc",
        FinishReason.SelfTrade => "stp",
        FinishReason.Liquidated or FinishReason.LiquidateCancelled => "liquidated",
        FinishReason.AutoDeleveraged => "auto_deleveraged",
        FinishReason.ReduceOnly => "reduce_only",
        FinishReason.PositionClosed => "position_closed",
        FinishReason.ReduceOut => "reduce_out",
        _ => "cancelled",
    };

    public static string Of(DeliveryCycle cycle) => cycle switch
    {
        DeliveryCycle.Weekly => "WEEKLY",
        DeliveryCycle.BiWeekly => "BI-WEEKLY",
        DeliveryCycle.Quarterly => "QUARTERLY",
        _ => "BI-QUARTERLY",
    };

    /// <summary>contract_type: empty for coins.</summary>
    public static string Of(Underlying underlying) => underlying switch
    {
        Underlying.Stocks => "stocks",
        Underlying.Metals => "metals",
        Underlying.Indices => "indices",
        Underlying.Forex => "forex",
        Underlying.Commodities => "commodities",
        _ => "",
    };

    public static string Of(MarketStatus status) => status switch
    {
        MarketStatus.Untradable => "prelaunch",
        MarketStatus.CircuitBreaker => "circuit_breaker",
        MarketStatus.Delisting => "delisting",
        MarketStatus.Delisted => "delisted",
        _ => "trading",
    };

    /// <summary>The dialect's kind of an entry; kinds of our own read as the one of the dialect they are a case of, since clients refuse unknown ones.</summary>
    public static string Of(Reason reason) => reason switch
    {
        Reason.Profit or Reason.Insurance or Reason.Deleverage or Reason.CloseOut => "pnl",
        Reason.Fee or Reason.SettleFee or Reason.LiquidationFee => "fee",
        Reason.Rebate => "refr",
        Reason.PointFee => "point_fee",
        Reason.Funding or Reason.Dividend => "fund",
        _ => "dnw",
    };

    /// <summary>What belongs to a kind of the account book; empty when nothing does.</summary>
    public static IReadOnlyList<Reason> ReasonsOf(string type) => [.. Enum.GetValues<Reason>().Where(reason => reason != Reason.None && Of(reason) == type)];

    public static string SettleOf(int wallet) => wallet == WalletId.FuturesBtc.Value ? "btc" : "usdt";
}
