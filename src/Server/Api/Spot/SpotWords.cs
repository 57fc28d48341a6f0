using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>The wire's words of spot trading and what they are called here.</summary>
public static class SpotWords
{
    /// <summary>By <see cref="Side"/>.</summary>
    public static readonly string[] Sides = ["buy", "sell"];

    /// <summary>By <see cref="OrderType"/>.</summary>
    public static readonly string[] Types = ["limit", "market"];

    /// <summary>By <see cref="TimeInForce"/>.</summary>
    public static readonly string[] TimesInForce = ["gtc", "ioc", "fok", "poc"];

    /// <summary>By <see cref="SelfTradeAction"/>; the first is what an order shows that named none.</summary>
    public static readonly string[] SelfTradeActions = ["-", "cn", "co", "cb"];

    /// <summary>By <see cref="AccountKind"/>.</summary>
    public static readonly string[] Accounts = ["spot", "margin", "unified"];

    /// <summary>The same in price-triggered orders (S-010).</summary>
    public static readonly string[] TriggerAccounts = ["normal", "margin", "unified"];

    /// <summary>By <see cref="ActionMode"/>.</summary>
    public static readonly string[] ActionModes = ["FULL", "ACK", "RESULT"];

    public static string Of(Side side) => Sides[(int)side];

    public static string Of(OrderType type) => Types[(int)type];

    public static string Of(TimeInForce timeInForce) => TimesInForce[(int)timeInForce];

    public static string Of(SelfTradeAction action) => SelfTradeActions[(int)action];

    /// <summary>open, closed (fully filled), cancelled (any other end, M-035).</summary>
    public static string StatusOf(FinishReason finish) => finish switch
    {
        FinishReason.Open => "open",
        FinishReason.Filled => "closed",
        _ => "cancelled",
    };

    /// <summary>The spot vocabulary of M-151.</summary>
    public static string Of(FinishReason finish) => finish switch
    {
        FinishReason.Open => "open",
        FinishReason.Filled => "filled",
        FinishReason.Cancelled => "cancelled",
        FinishReason.LiquidateCancelled => "liquidate_cancelled",
        FinishReason.Small => "small",
        FinishReason.DepthNotEnough => "depth_not_enough",
        FinishReason.TraderNotEnough => "trader_not_enough",
        FinishReason.ImmediateOrCancel => "ioc",
        FinishReason.PostOnly => "poc",
        FinishReason.FillOrKill => "fok",
        FinishReason.SelfTrade => "stp",
        FinishReason.PriceProtectCancelled => "price_protect_cancelled",
        _ => "unknown",
    };

    public static string AccountOf(int wallet) => new WalletId(wallet).IsMargin ? "margin" : "spot";

    public static string TriggerAccountOf(int wallet) => new WalletId(wallet).IsMargin ? "margin" : "normal";

    /// <summary>A trading pair's <c>trade_status</c>; halts of every kind read as untradable.</summary>
    public static string Of(MarketStatus status) => status switch
    {
        MarketStatus.Tradable => "tradable",
        MarketStatus.Buyable => "buyable",
        MarketStatus.Sellable => "sellable",
        _ => "untradable",
    };

    /// <summary>open, finish, failed, cancelled, expired; an attached trigger whose order ended unfilled reads as cancelled (M-107).</summary>
    public static string Of(TriggerStatus status) => status switch
    {
        TriggerStatus.Inactive or TriggerStatus.Open => "open",
        TriggerStatus.Succeeded => "finish",
        TriggerStatus.Failed => "failed",
        TriggerStatus.Expired => "expired",
        _ => "cancelled",
    };

    public static string Of(TriggerRule rule) => rule == TriggerRule.AtOrAbove ? ">=" : "<=";

    /// <summary>Whether a text may stand on an order: "t-" and 1 to 28 of letters, digits, '_', '.', '-' (M-007).</summary>
    public static bool IsOrderText(string text) =>
        text.Length is > 2 and <= 30 && text.StartsWith("t-", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(TextCharacters);

    /// <summary>The same, of UTF-8.</summary>
    public static bool IsOrderText(ReadOnlySpan<byte> text) => text.Length is > 2 and <= 30 && text.StartsWith("t-"u8) && !text[2..].ContainsAnyExcept(TextBytes);

    private static readonly System.Buffers.SearchValues<char> TextCharacters =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-");

    private static readonly System.Buffers.SearchValues<byte> TextBytes =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-"u8);
}

/// <summary>Which kind of account an order uses (S-010).</summary>
public enum AccountKind { Spot, Margin, Unified }

/// <summary>How much of an order the answer tells (M-045).</summary>
public enum ActionMode { Full, Ack, Result }
