using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Trailing and chase orders on the channel of price-triggered orders, in its shape and under names of their own: the trigger is the price that fires a trailing
/// order now, or activates it; of a chase it is where its order is.</summary>
internal static class AutoWire
{
    public static void Trail(Utf8JsonWriter json, ContractView contract, TrailRow row, SizeForm form)
    {
        var active = row.Level != 0;
        var rule = active ? row.Side == Side.Sell ? TriggerRule.AtOrBelow : TriggerRule.AtOrAbove : row.Rule;
        Begin(json, row.User, row.Id, row.FiredOrder, "trail_autoorders"u8, row.CreatedNanos);
        json.WriteString("status"u8, row.Status == TriggerStatus.Inactive ? "inactive" : AutoWords.Status(row.Status));
        json.WriteString("reason"u8, row.IsOpen ? "" : AutoWords.Of(row.Reason) is { Length: > 0 } why ? why : AutoWords.Code(row.Status));
        Trigger(json, (int)row.PriceType, active ? row.Level : row.ActivationPrice, rule, contract);
        Initial(json, contract, row.Amount, 0, "ioc"u8, row.Text, row.ReduceOnly, form);
        json.WriteEndObject();
    }

    public static void Chase(Utf8JsonWriter json, ContractView contract, ChaseRow row, SizeForm form)
    {
        Begin(json, row.User, row.Id, row.Child, "chase_autoorders"u8, row.CreatedNanos);
        json.WriteString("status"u8, AutoWords.Status(row.Status));
        json.WriteString("reason"u8, row.IsOpen ? "" : AutoWords.Of(row.Reason) is { Length: > 0 } why ? why : AutoWords.Code(row.Status));
        Trigger(json, 0, row.Price, row.Side == Side.Buy ? TriggerRule.AtOrBelow : TriggerRule.AtOrAbove, contract);
        Initial(json, contract, row.Amount, row.Price, "poc"u8, row.Text, row.ReduceOnly, form);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, int user, long id, long order, ReadOnlySpan<byte> name, long created)
    {
        json.WriteStartObject();
        json.WriteNumber("user"u8, user);
        json.WriteNumber("id"u8, id);
        json.WriteNumber("trade_id"u8, order);
        json.WriteNumber("create_time"u8, created / Nanos.PerSecond);
        json.WriteString("name"u8, name);
        json.WriteBoolean("is_stop_order"u8, false);
        json.WriteString("order_type"u8, ""u8);
        json.WriteIntegerText("me_order_id"u8, order);
    }

    private static void Trigger(Utf8JsonWriter json, int priceType, long price, TriggerRule rule, ContractView contract)
    {
        json.WriteStartObject("trigger"u8);
        json.WriteNumber("strategy_type"u8, 0);
        json.WriteNumber("price_type"u8, priceType);
        json.WriteDecimal("price"u8, price, contract.PriceDecimals);
        json.WriteNumber("rule"u8, (int)rule);
        json.WriteNumber("expiration"u8, 0);
        json.WriteEndObject();
    }

    private static void Initial(Utf8JsonWriter json, ContractView contract, long amount, long price, ReadOnlySpan<byte> tif, string text, bool reduces, SizeForm form)
    {
        json.WriteStartObject("initial"u8);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, amount, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, price, contract.PriceDecimals);
        json.WriteString("tif"u8, tif);
        json.WriteString("text"u8, text);
        json.WriteNumber("iceberg"u8, 0);
        json.WriteBoolean("is_close"u8, false);
        json.WriteBoolean("is_reduce_only"u8, reduces);
        json.WriteString("auto_size"u8, ""u8);
        json.WriteEndObject();
        json.WriteStartObject("stop_trigger"u8);
        json.WriteNumber("rule"u8, 0);
        json.WriteDecimal("trigger_price"u8, 0, contract.PriceDecimals);
        json.WriteDecimal("order_price"u8, 0, contract.PriceDecimals);
        json.WriteEndObject();
    }
}
