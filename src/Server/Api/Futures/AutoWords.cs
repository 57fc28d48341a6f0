using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>The wire's words of trailing and chase orders.</summary>
internal static class AutoWords
{
    private const int PercentDecimals = Rate.Decimals - 2;

    /// <summary>1 last, 2 index, 3 mark; price-triggered orders count otherwise.</summary>
    public static int Of(TriggerPriceType type) => type switch { TriggerPriceType.Mark => 3, TriggerPriceType.Index => 2, _ => 1 };

    public static TriggerPriceType PriceTypeOf(long number) => number switch { 3 => TriggerPriceType.Mark, 2 => TriggerPriceType.Index, _ => TriggerPriceType.Last };

    public static string Status(TriggerStatus status) => status is TriggerStatus.Open or TriggerStatus.Inactive ? "open" : "finished";

    /// <summary>In more words than open and finished.</summary>
    public static string Code(TriggerStatus status) => status switch
    {
        TriggerStatus.Inactive => "inactive",
        TriggerStatus.Open => "active",
        TriggerStatus.Succeeded => "succeeded",
        TriggerStatus.Failed => "failed",
        TriggerStatus.Cancelled => "cancelled",
        _ => "invalid",
    };

    /// <summary>Why it is over; empty while it is open, and when it did what it was for.</summary>
    public static string Of(AutoReason reason) => reason switch
    {
        AutoReason.None or AutoReason.Fired or AutoReason.Filled => "",
        AutoReason.Stopped => "cancelled",
        AutoReason.PositionClosed => "position_closed",
        AutoReason.Liquidated => "liquidated",
        AutoReason.ContractEnded => "contract_ended",
        AutoReason.Reset => "account_reset",
        AutoReason.PriceLimit => "price_limit_reached",
        AutoReason.OffsetLimit => "offset_limit_reached",
        AutoReason.ChildEnded => "suborder_cancelled",
        _ => "refused",
    };

    public static string Of(Side side) => side == Side.Buy ? "buy" : "sell";

    /// <summary>The position an order opens or reduces.</summary>
    public static string PositionOf(Side side, bool reduces) => side == Side.Buy != reduces ? "long" : "short";

    /// <summary>A distance in price, or with % of the extremum.</summary>
    public static string Distance(long distance, bool isPercent, ContractView contract) =>
        isPercent ? DecimalText.Format(distance, PercentDecimals) + "%" : contract.PriceText(distance);

    /// <summary>"5" in price, "0.1%" as a part of it; above zero, 0 when not given.</summary>
    public static long ReadDistance(Parameters body, string name, ContractView contract, bool required, out bool isPercent)
    {
        isPercent = false;
        var text = body.Identifier(name);
        if (string.IsNullOrEmpty(text))
        {
            if (required) body.Refuse(ApiErrors.MissingParam(name));
            return 0;
        }
        isPercent = text.EndsWith('%');
        return Read(body, name, text, isPercent, contract);
    }

    /// <summary>A number of percent.</summary>
    public static long ReadPercent(Parameters body, string name, ContractView contract)
    {
        var text = body.Identifier(name) ?? "";
        return Read(body, name, text.EndsWith('%') ? text : text + "%", true, contract);
    }

    private static long Read(Parameters body, string name, string text, bool isPercent, ContractView contract)
    {
        var decimals = isPercent ? PercentDecimals : contract.PriceDecimals;
        var number = isPercent ? text[..^1] : text;
        if (!Spot.JsonDecimals.TryRead(number, decimals, out var value)) body.Refuse(ApiErrors.InvalidParam(name, text, $"a decimal such as 5, or a part such as 0.1%, with at most {decimals} decimals"));
        else if (value <= 0 || value > Spot.OrderValue.Largest || (isPercent && value >= Rate.One)) body.Refuse(ApiErrors.InvalidParam(name, text, "more than 0, and less than 100%"));
        else return (long)value;
        return 0;
    }
}
