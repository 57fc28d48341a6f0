using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Api.Spot;
using Sluice.Server.Gateway;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>What a user's contract is set to: trailing and chase orders are told with it.</summary>
internal readonly record struct AutoSettings(PositionMode Mode, bool IsCross, int Leverage)
{
    public static AutoSettings Of(FuturesViews views, ContractView contract, int user, Side side, bool reduces)
    {
        var mode = views.ModeOf(user, contract.Wallet);
        var leg = mode == PositionMode.Single ? Leg.Net : side == Side.Buy != reduces ? Leg.Long : Leg.Short;
        var row = views.PositionsIn(user, contract).FirstOrDefault(position => position.Leg == leg) ?? PositionDefaults.Of(user, contract, leg);
        return new AutoSettings(mode, row.IsCross, row.Leverage);
    }

    public void Write(Utf8JsonWriter json, byte marginMode)
    {
        json.WriteBoolean("is_dual_mode"u8, Mode != PositionMode.Single);
        json.WriteString("pos_margin_mode"u8, FuturesWords.MarginMode(marginMode == 0 ? IsCross : marginMode == 1));
        json.WriteString("position_mode"u8, FuturesWords.Of(Mode));
        json.WriteDecimal("leverage"u8, Leverage, Products.Futures.Contracts.Leverage.Decimals);
    }
}

/// <summary>Writes trailing and chase orders the way REST answers them.</summary>
internal static class AutoJson
{
    public static void Write(Utf8JsonWriter json, TrailRow row, ContractView contract, in AutoSettings settings)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row.Id);
        json.WriteNumber("user_id"u8, row.User);
        json.WriteNumber("user"u8, row.User);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteString("settle"u8, FuturesWords.SettleOf(row.Wallet));
        json.WriteDecimal("amount"u8, row.Amount, contract.SizeDecimals);
        json.WriteBoolean("is_gte"u8, row.Rule == TriggerRule.AtOrAbove);
        json.WriteDecimal("activation_price"u8, row.ActivationPrice, contract.PriceDecimals);
        json.WriteNumber("price_type"u8, AutoWords.Of(row.PriceType));
        json.WriteString("price_offset"u8, AutoWords.Distance(row.Offset, row.IsPercent, contract));
        json.WriteString("text"u8, row.Text);
        json.WriteBoolean("reduce_only"u8, row.ReduceOnly);
        json.WriteBoolean("position_related"u8, row.PositionRelated);
        WriteTimes(json, row);
        var refusal = row.Refusal == 0 ? null : FuturesRefusals.Of(row.Refusal, new RefusedOnContract { Contract = contract, Size = row.Amount });
        json.WriteString("reason"u8, refusal?.ToString() ?? AutoWords.Of(row.Reason));
        json.WriteString("error_label"u8, refusal?.Label ?? "");
        json.WriteString("suborder_text"u8, row.FiredOrder == 0 ? "" : row.Text);
        json.WriteNumber("suborder_id"u8, row.FiredOrder);
        json.WriteDecimal("trigger_price"u8, row.Level, contract.PriceDecimals);
        json.WriteDecimal("extremum_price"u8, row.Extremum, contract.PriceDecimals);
        json.WriteString("side_label"u8, AutoWords.Of(row.Side));
        json.WriteString("position_side_output"u8, AutoWords.PositionOf(row.Side, row.ReduceOnly));
        json.WriteNumber("original_status"u8, (int)row.Status);
        json.WriteString("status"u8, AutoWords.Status(row.Status));
        json.WriteString("status_code"u8, AutoWords.Code(row.Status));
        json.WriteString("status_label"u8, AutoWords.Code(row.Status));
        settings.Write(json, row.MarginMode);
        json.WriteEndObject();
    }

    // The dialect has them twice, under an older and a newer name.
    private static void WriteTimes(Utf8JsonWriter json, TrailRow row)
    {
        json.WriteNumber("created_at"u8, row.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("create_time"u8, row.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("activated_at"u8, row.ActivatedNanos / Nanos.PerSecond);
        json.WriteNumber("active_time"u8, row.ActivatedNanos / Nanos.PerSecond);
        json.WriteNumber("finished_at"u8, row.FinishedNanos / Nanos.PerSecond);
        json.WriteNumber("finish_time"u8, row.FinishedNanos / Nanos.PerSecond);
        json.WriteNumber("updated_at"u8, row.UpdatedNanos / Nanos.PerSecond);
        Precise(json, "created_at_precise"u8, row.CreatedNanos);
        Precise(json, "activated_at_precise"u8, row.ActivatedNanos);
        Precise(json, "finished_at_precise"u8, row.FinishedNanos);
    }

    public static void Write(Utf8JsonWriter json, TrailChangeRow row, ContractView contract)
    {
        json.WriteStartObject();
        json.WriteNumber("updated_at"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteDecimal("amount"u8, row.Amount, contract.SizeDecimals);
        json.WriteBoolean("is_gte"u8, row.Rule == TriggerRule.AtOrAbove);
        json.WriteDecimal("activation_price"u8, row.ActivationPrice, contract.PriceDecimals);
        json.WriteNumber("price_type"u8, AutoWords.Of(row.PriceType));
        json.WriteString("price_offset"u8, AutoWords.Distance(row.Offset, row.IsPercent, contract));
        json.WriteBoolean("is_create"u8, row.IsCreate);
        json.WriteEndObject();
    }

    /// <param name="child">Its order in the book; null when it is not known any more.</param>
    public static void Write(Utf8JsonWriter json, ChaseRow row, ContractOrderRow? child, ContractView contract, in AutoSettings settings)
    {
        json.WriteStartObject();
        json.WriteIntegerText("id"u8, row.Id);
        json.WriteIntegerText("user"u8, row.User);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteString("settle"u8, FuturesWords.SettleOf(row.Wallet));
        json.WriteDecimal("amount"u8, row.Amount, contract.SizeDecimals);
        json.WriteDecimal("price_limit"u8, row.Bound, contract.PriceDecimals);
        json.WriteBoolean("reduce_only"u8, row.ReduceOnly);
        json.WriteString("text"u8, row.Text);
        json.WriteNumber("create_time"u8, row.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("finish_time"u8, row.FinishedNanos / Nanos.PerSecond);
        json.WriteNumber("updated_at"u8, row.UpdatedNanos / Nanos.PerSecond);
        Precise(json, "create_time_precise"u8, row.CreatedNanos);
        Precise(json, "finish_time_precise"u8, row.FinishedNanos);
        json.WriteNumber("original_status"u8, (int)row.Status);
        json.WriteString("status"u8, AutoWords.Status(row.Status));
        json.WriteString("status_code"u8, AutoWords.Code(row.Status));
        json.WriteString("reason"u8, AutoWords.Of(row.Reason));
        json.WriteString("error_label"u8, ""u8);
        json.WriteDecimal("fill_amount"u8, row.IsOpen ? child?.FilledSize ?? 0 : row.Filled, contract.SizeDecimals);
        json.WriteDecimal("average_fill_price"u8, child is null ? 0 : FuturesOrderJson.FillPrice(child, contract.Contract), contract.Contract.EntryPriceDecimals);
        json.WriteString("side_label"u8, AutoWords.Of(row.Side));
        json.WriteString("position_side_output"u8, AutoWords.PositionOf(row.Side, row.ReduceOnly));
        json.WriteDecimal("chase_price"u8, row.Price, contract.PriceDecimals);
        json.WriteNumber("interval_sec"u8, row.IntervalSeconds);
        json.WriteNumber("price_type"u8, row.Gap == 0 ? 1 : 2);
        json.WriteString("price_gap_type"u8, row.Gap == 0 ? ""u8 : row.IsPercent ? "2"u8 : "1"u8);
        json.WriteString("price_gap_value"u8, row.Gap == 0 ? "" : AutoWords.Distance(row.Gap, row.IsPercent, contract).TrimEnd('%'));
        json.WriteIntegerText("suborder_id"u8, row.Child);
        json.WriteDecimal("suborder_price"u8, row.Price, contract.PriceDecimals);
        json.WriteBoolean("suborder_ongoing"u8, row.IsOpen);
        json.WriteString("suborder_finish_as"u8, FuturesWords.Of(row.ChildFinish) ?? "");
        settings.Write(json, row.MarginMode);
        json.WriteEndObject();
    }

    private static void Precise(Utf8JsonWriter json, ReadOnlySpan<byte> name, long nanos) => json.WriteDecimal(name, nanos / 1_000, 6);
}
