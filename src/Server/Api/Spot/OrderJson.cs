using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>Which schema an order is written as: they share most properties.</summary>
internal enum OrderForm { Order, Batch, Cancel }

/// <summary>Writes orders the way the REST operations answer them.</summary>
internal static class OrderJson
{
    private const int Usual = 1536;         // bytes; nearly all orders have fewer

    /// <summary>A whole order.</summary>
    public static void Write(Utf8JsonWriter json, VenueViews views, OrderRow row, PairView pair, ActionMode mode, Attached attached)
    {
        var text = new JsonText(stackalloc byte[Usual]);
        Write(ref text, views, row, pair, mode, attached);
        json.WriteRawValue(text.Written, skipInputValidation: true);
        text.Dispose();
    }

    /// <summary>A whole order, where a value is due.</summary>
    public static void Write(ref JsonText json, VenueViews views, OrderRow row, PairView pair, ActionMode mode, Attached attached)
    {
        json.WriteStartObject();
        WriteFields(ref json, views, row, pair, mode, OrderForm.Order, attached);
        json.WriteEndObject();
    }

    /// <summary>An order of a batch that went well.</summary>
    public static void WriteBatch(Utf8JsonWriter json, VenueViews views, OrderRow row, PairView pair, ActionMode mode, Attached attached)
    {
        var text = new JsonText(stackalloc byte[Usual]);
        text.WriteStartObject();
        text.WriteIntegerText("order_id"u8, row.Id);
        WriteSucceeded(ref text);
        WriteFields(ref text, views, row, pair, mode, OrderForm.Batch, attached);
        text.WriteEndObject();
        json.WriteRawValue(text.Written, skipInputValidation: true);
        text.Dispose();
    }

    /// <summary>An order that was cancelled with others.</summary>
    public static void WriteCancelled(Utf8JsonWriter json, VenueViews views, OrderRow row, PairView pair, ActionMode mode)
    {
        var text = new JsonText(stackalloc byte[Usual]);
        text.WriteStartObject();
        WriteSucceeded(ref text);
        WriteFields(ref text, views, row, pair, mode, OrderForm.Cancel, default);
        text.WriteEndObject();
        json.WriteRawValue(text.Written, skipInputValidation: true);
        text.Dispose();
    }

    private static void WriteSucceeded(ref JsonText json)
    {
        json.WriteBoolean("succeeded"u8, true);
        json.WriteString("label"u8, ""u8);
        json.WriteString("message"u8, ""u8);
    }

    /// <summary>The properties of an order, without the braces around them.</summary>
    private static void WriteFields(ref JsonText json, VenueViews views, OrderRow row, PairView pair, ActionMode mode, OrderForm form, Attached attached)
    {
        json.WriteIntegerText("id"u8, row.Id);
        json.WriteString("text"u8, row.Text);
        json.WriteString("amend_text"u8, row.AmendText.Length == 0 ? "-" : row.AmendText);
        if (mode == ActionMode.Ack) return;

        json.WriteIntegerText("create_time"u8, row.CreatedNanos / 1_000_000_000);
        json.WriteIntegerText("update_time"u8, row.UpdatedNanos / 1_000_000_000);
        json.WriteNumber("create_time_ms"u8, row.CreatedNanos / 1_000_000);
        json.WriteNumber("update_time_ms"u8, row.UpdatedNanos / 1_000_000);
        json.WriteString("status"u8, SpotWords.StatusOf(row.Finish));
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteString("type"u8, SpotWords.Of(row.Type));
        json.WriteString("account"u8, SpotWords.AccountOf(row.Wallet));
        json.WriteString("side"u8, SpotWords.Of(row.Side));
        WriteAmounts(ref json, row, pair);
        json.WriteString("time_in_force"u8, SpotWords.Of(row.TimeInForce));
        json.WriteBoolean("auto_borrow"u8, (row.Flags & OrderFlags.AutoBorrow) != 0);
        json.WriteBoolean("auto_repay"u8, (row.Flags & OrderFlags.AutoRepay) != 0);
        if (mode == ActionMode.Full) WriteFees(ref json, views, row, pair, form);
        json.WriteNumber("stp_id"u8, row.StpAction == SelfTradeAction.None ? 0 : row.StpGroup);
        json.WriteString("stp_act"u8, SpotWords.Of(row.StpAction));
        json.WriteString("finish_as"u8, SpotWords.Of(row.Finish));
        if (form == OrderForm.Cancel) return;

        if (row.SlippageRate != 0) json.WriteDecimal("slippage"u8, row.SlippageRate, Rate.Decimals);
        WriteStop(ref json, "stop_profit"u8, attached.TakeProfit, pair);
        WriteStop(ref json, "stop_loss"u8, attached.StopLoss, pair);
    }

    /// <summary>Value over size, half-even at four decimals more than the price has (S-032); 0 before the first fill. In 10^-(price decimals + 4).</summary>
    public static Int128 AveragePrice(OrderRow row, PairView pair)
    {
        if (row.FilledSize == 0) return 0;
        var terms = pair.Terms;
        var power = terms.SizeDecimals + AverageDecimals(terms.PriceDecimals) - Money.Decimals;
        return power >= 0
            ? Fixed.MulDiv(row.FilledValue.Raw, Fixed.PowerOfTen(power), row.FilledSize, Rounding.HalfEven)
            : Fixed.Divide(row.FilledValue.Raw, (Int128)row.FilledSize * Fixed.PowerOfTen(-power), Rounding.HalfEven);
    }

    public static int AverageDecimals(int priceDecimals) => priceDecimals + 4;

    private static void WriteAmounts(ref JsonText json, OrderRow row, PairView pair)
    {
        var terms = pair.Terms;
        if (row.ByBudget)
        {
            json.WriteMoney("amount"u8, row.Budget);
            json.WriteMoney("left"u8, row.BudgetLeft);
        }
        else
        {
            json.WriteDecimal("amount"u8, row.Size, terms.SizeDecimals);
            json.WriteDecimal("left"u8, row.Left, terms.SizeDecimals);
        }
        json.WriteDecimal("price"u8, row.Price, terms.PriceDecimals);
        json.WriteDecimal("iceberg"u8, row.Iceberg, terms.SizeDecimals);
        json.WriteDecimal("filled_amount"u8, row.FilledSize, terms.SizeDecimals);
        json.WriteMoney("fill_price"u8, row.FilledValue);           // the dialect's old name of filled_total
        json.WriteMoney("filled_total"u8, row.FilledValue);
        json.WriteDecimal("avg_deal_price"u8, AveragePrice(row, pair), AverageDecimals(terms.PriceDecimals));
    }

    private static void WriteFees(ref JsonText json, VenueViews views, OrderRow row, PairView pair, OrderForm form)
    {
        var received = row.Side == Side.Buy ? pair.Base : pair.Quote;
        var given = row.Side == Side.Buy ? pair.Quote : pair.Base;
        var byToken = (row.Flags & OrderFlags.FeeToken) != 0;
        json.WriteMoney("fee"u8, row.Fee);
        json.WriteString("fee_currency"u8, received.Code);          // S-050
        json.WriteString("point_fee"u8, "0"u8);
        json.WriteMoney("gt_fee"u8, row.TokenFee);
        if (form != OrderForm.Batch)
        {
            json.WriteDecimal("gt_maker_fee"u8, byToken ? views.Discounted(row.MakerRate) : 0, Rate.Decimals);
            json.WriteDecimal("gt_taker_fee"u8, byToken ? views.Discounted(row.TakerRate) : 0, Rate.Decimals);
        }
        json.WriteBoolean("gt_discount"u8, byToken);
        json.WriteString("rebated_fee"u8, "0"u8);
        json.WriteString("rebated_fee_currency"u8, given.Code);
    }

    private static void WriteStop(ref JsonText json, ReadOnlySpan<byte> name, TriggerRow? stop, PairView pair)
    {
        if (stop is null) return;
        json.WriteStartObject(name);
        json.WriteDecimal("trigger_price"u8, stop.TriggerPrice, pair.Terms.PriceDecimals);
        json.WriteDecimal("order_price"u8, stop.Price, pair.Terms.PriceDecimals);
        json.WriteEndObject();
    }
}

/// <summary>The take-profit and stop-loss that hang on an order (M-107).</summary>
internal readonly record struct Attached(TriggerRow? TakeProfit, TriggerRow? StopLoss)
{
    /// <summary>Among a user's triggers those of one order.</summary>
    public static Attached Of(long order, IReadOnlyList<TriggerRow> triggers)
    {
        var found = default(Attached);
        foreach (var trigger in triggers)
        {
            if (trigger.ParentOrder != order) continue;
            if (trigger.Role == TriggerRole.TakeProfit) found = found with { TakeProfit = trigger };
            else if (trigger.Role == TriggerRole.StopLoss) found = found with { StopLoss = trigger };
        }
        return found;
    }
}
