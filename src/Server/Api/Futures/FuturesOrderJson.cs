using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Which schema an order is written as.</summary>
internal enum ContractOrderForm
{
    /// <summary>FuturesOrder, or DeliveryOrder.</summary>
    Order,

    /// <summary>FuturesOrderTimerange: times of its end are texts.</summary>
    Timerange,
}

/// <summary>Writes orders on contracts the way REST and sockets answer them.</summary>
internal static class FuturesOrderJson
{
    public static void Write(Utf8JsonWriter json, ContractOrderRow row, ContractView contract, SizeForm form, ActionMode mode = ActionMode.Full,
        ContractOrderForm shape = ContractOrderForm.Order)
    {
        json.WriteStartObject();
        WriteFields(json, row, contract, form, mode, shape);
        json.WriteEndObject();
    }

    /// <summary>An order of a batch that went well.</summary>
    public static void WriteBatch(Utf8JsonWriter json, ContractOrderRow row, ContractView contract, SizeForm form, ActionMode mode)
    {
        json.WriteStartObject();
        json.WriteBoolean("succeeded"u8, true);
        WriteFields(json, row, contract, form, mode, ContractOrderForm.Order);
        json.WriteEndObject();
    }

    /// <summary>Average price of what is filled, with the decimals of the tick plus 6; 0 before the first fill.</summary>
    public static Int128 FillPrice(ContractOrderRow row, Contract contract) =>
        contract.EntryPrice(row.FilledSize, contract.IsInverse ? -row.FilledValue : row.FilledValue);

    /// <summary>The properties of an order, without the braces around them.</summary>
    public static void WriteFields(Utf8JsonWriter json, ContractOrderRow row, ContractView contract, SizeForm form, ActionMode mode, ContractOrderForm shape)
    {
        json.WriteNumber("id"u8, row.Id);
        json.WriteNumber("user"u8, row.User);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteString("text"u8, row.Text);
        json.WriteString("amend_text"u8, row.AmendText.Length == 0 ? "-" : row.AmendText);
        if (mode == ActionMode.Ack) return;

        WriteState(json, row, shape);
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, form);
        json.WriteSize("left"u8, row.Size < 0 ? -row.Left : row.Left, contract.SizeDecimals, form);
        json.WriteSize("iceberg"u8, row.Iceberg, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, row.Price, contract.PriceDecimals);
        json.WriteString("tif"u8, SpotWords.Of(row.TimeInForce));
        WriteFlags(json, row);
        if (mode == ActionMode.Full) WriteFees(json, row, contract);
        json.WriteNumber("stp_id"u8, row.StpAction == SelfTradeAction.None ? 0 : row.StpGroup);
        json.WriteString("stp_act"u8, SpotWords.Of(row.StpAction));
        if (contract.IsDelivery) return;
        json.WriteString("pos_margin_mode"u8, FuturesWords.MarginMode(row.IsCross));
        json.WriteDecimal("market_order_slip_ratio"u8, row.SlippageRate != 0 ? row.SlippageRate : contract.Terms.MarketOrderSlip.Raw, Rate.Decimals);
    }

    private static void WriteState(Utf8JsonWriter json, ContractOrderRow row, ContractOrderForm shape)
    {
        json.WriteSeconds("create_time"u8, row.CreatedNanos);
        if (shape == ContractOrderForm.Timerange)
        {
            json.WriteDecimal("update_time"u8, row.UpdatedNanos / 1_000_000, 3);
            json.WriteDecimal("finish_time"u8, row.IsOpen ? 0 : row.UpdatedNanos / 1_000_000, 3);
        }
        else
        {
            json.WriteSeconds("update_time"u8, row.UpdatedNanos);
            if (row.IsOpen) json.WriteNull("finish_time"u8);
            else json.WriteSeconds("finish_time"u8, row.UpdatedNanos);
        }
        json.WriteString("status"u8, row.IsOpen ? "open"u8 : "finished"u8);
        if (FuturesWords.Of(row.Finish) is { } end) json.WriteString("finish_as"u8, end);
        else json.WriteNull("finish_as"u8);
    }

    private static void WriteFlags(Utf8JsonWriter json, ContractOrderRow row)
    {
        json.WriteBoolean("close"u8, row.IsClose);
        json.WriteBoolean("is_close"u8, row.IsClose || row.AutoSize != AutoSize.None);
        json.WriteBoolean("reduce_only"u8, row.IsReduceOnly);
        json.WriteBoolean("is_reduce_only"u8, row.IsReduceOnly);
        json.WriteBoolean("is_liq"u8, row.IsLiquidation);
        if (row.AutoSize == AutoSize.None) json.WriteNull("auto_size"u8);           // clients refuse an empty word
        else json.WriteString("auto_size"u8, FuturesWords.Of(row.AutoSize));
    }

    private static void WriteFees(Utf8JsonWriter json, ContractOrderRow row, ContractView contract)
    {
        json.WriteDecimal("fill_price"u8, FillPrice(row, contract.Contract), contract.Contract.EntryPriceDecimals);
        json.WriteDecimal("tkfr"u8, row.TakerRate, Rate.Decimals);
        json.WriteDecimal("mkfr"u8, row.MakerRate, Rate.Decimals);
        json.WriteNumber("refu"u8, 0);
    }
}
