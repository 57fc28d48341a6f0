using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes price-triggered orders on contracts the way REST and sockets answer them.</summary>
internal static class TriggerJson
{
    public static void Write(Utf8JsonWriter json, ContractTriggerRow row, ContractView contract)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row.Id);
        json.WriteIntegerText("id_string"u8, row.Id);
        json.WriteNumber("user"u8, row.User);
        json.WriteSeconds("create_time"u8, row.CreatedNanos);
        if (row.FinishedNanos == 0) json.WriteNull("finish_time"u8);
        else json.WriteSeconds("finish_time"u8, row.FinishedNanos);
        json.WriteNumber("trade_id"u8, row.FiredOrder);                 // the dialect's name of the order it became
        json.WriteString("status"u8, StatusOf(row.Status));
        if (EndOf(row.Status) is { } end) json.WriteString("finish_as"u8, end);
        else json.WriteNull("finish_as"u8);
        json.WriteString("reason"u8, row.Refusal == 0 ? "" : FuturesRefusals.Of(row.Refusal, new RefusedOnContract { Contract = contract, Price = row.Price, Size = row.Size }).ToString());
        json.WriteString("order_type"u8, FuturesWords.Of(row.OrderType));
        json.WriteNumber("me_order_id"u8, row.ParentOrder);
        if (row.MarginMode == 0) json.WriteNull("pos_margin_mode"u8);
        else json.WriteString("pos_margin_mode"u8, FuturesWords.MarginMode(row.MarginMode == 1));
        WriteInitial(json, row, contract);
        json.WriteStartObject("trigger"u8);
        json.WriteNumber("strategy_type"u8, 0);
        json.WriteNumber("price_type"u8, (int)row.PriceType);
        json.WriteDecimal("price"u8, row.TriggerPrice, contract.PriceDecimals);
        json.WriteNumber("rule"u8, (int)row.Rule);
        json.WriteNumber("expiration"u8, row.ExpirationSeconds);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInitial(Utf8JsonWriter json, ContractTriggerRow row, ContractView contract)
    {
        var isClose = (row.Flags & ContractOrderFlags.ClosePosition) != 0;
        var isReduceOnly = isClose || row.AutoSize != AutoSize.None || (row.Flags & ContractOrderFlags.ReduceOnly) != 0;
        json.WriteStartObject("initial"u8);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, SizeForm.Integer);
        json.WriteDecimal("amount"u8, row.Size, contract.SizeDecimals);
        json.WriteDecimal("price"u8, row.Price, contract.PriceDecimals);
        json.WriteString("tif"u8, row.TimeInForce == TimeInForce.ImmediateOrCancel ? "ioc"u8 : "gtc"u8);
        json.WriteString("text"u8, row.Text);
        json.WriteBoolean("close"u8, isClose);
        json.WriteBoolean("is_close"u8, isClose || row.AutoSize != AutoSize.None);
        json.WriteBoolean("reduce_only"u8, isReduceOnly);
        json.WriteBoolean("is_reduce_only"u8, isReduceOnly);
        json.WriteString("auto_size"u8, FuturesWords.Of(row.AutoSize));
        json.WriteEndObject();
    }

    private static string StatusOf(TriggerStatus status) => status switch
    {
        TriggerStatus.Open => "open",
        TriggerStatus.Inactive => "inactive",
        TriggerStatus.Invalid => "invalid",
        _ => "finished",
    };

    private static string? EndOf(TriggerStatus status) => status switch
    {
        TriggerStatus.Succeeded => "succeeded",
        TriggerStatus.Failed => "failed",
        TriggerStatus.Cancelled => "cancelled",
        TriggerStatus.Expired => "expired",
        _ => null,
    };
}
