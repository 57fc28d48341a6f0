using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Margin;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Api.Futures;

/// <summary>Writes what has been of a user's contracts the way REST and sockets answer it.</summary>
internal static class RecordJson
{
    /// <summary>MyFuturesTrade, MyFuturesTradeTimeRange or DeliveryMyTrade; sizes have the sign of the owner's side.</summary>
    public static void WriteFill(Utf8JsonWriter json, ContractView contract, ContractFillRow fill, SizeForm form, bool isTimerange)
    {
        var (trade, sign) = (fill.Trade, fill.Side == Side.Sell ? -1 : 1);
        json.WriteStartObject();
        if (isTimerange) json.WriteIntegerText("trade_id"u8, trade.MarketId);
        else json.WriteNumber("id"u8, trade.MarketId);
        json.WriteSeconds("create_time"u8, trade.TimeNanos);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteIntegerText("order_id"u8, fill.OrderId);
        json.WriteSize("size"u8, sign * trade.Size, contract.SizeDecimals, form);
        json.WriteSize("close_size"u8, sign * fill.ClosedSize, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, trade.Price, contract.PriceDecimals);
        json.WriteString("role"u8, fill.IsMaker ? "maker"u8 : "taker"u8);
        json.WriteString("text"u8, fill.Text);
        json.WriteMoney("fee"u8, fill.CashFee);
        json.WriteMoney("point_fee"u8, fill.PointFee);
        if (!isTimerange && !contract.IsDelivery) json.WriteMoney("trade_value"u8, trade.Value);
        json.WriteEndObject();
    }

    /// <summary>PositionClose, or DeliveryPositionClose.</summary>
    public static void WriteClose(Utf8JsonWriter json, ContractView contract, PositionCloseRow row, SizeForm form)
    {
        var decimals = contract.Contract.EntryPriceDecimals;
        json.WriteStartObject();
        json.WriteSeconds("time"u8, row.TimeNanos);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteString("side"u8, row.WasLong ? "long"u8 : "short"u8);
        json.WriteMoney("pnl"u8, row.Realised);
        json.WriteMoney("pnl_pnl"u8, row.TradeProfit);
        json.WriteMoney("pnl_fund"u8, -row.FundingPaid);
        json.WriteMoney("pnl_fee"u8, -row.FeesPaid);
        json.WriteString("text"u8, TextOf(row.Cause));
        if (contract.IsDelivery)
        {
            json.WriteSize("max_size"u8, row.SizeMax, contract.SizeDecimals, form);
            json.WriteSize("accum_size"u8, row.ClosedSize, contract.SizeDecimals, form);
        }
        else
        {
            json.WriteDecimal("max_size"u8, row.SizeMax, contract.SizeDecimals);
            json.WriteDecimal("accum_size"u8, row.ClosedSize, contract.SizeDecimals);
        }
        json.WriteNumber("first_open_time"u8, row.OpenedNanos / Nanos.PerSecond);
        json.WriteDecimal("long_price"u8, row.LongPrice, decimals);
        json.WriteDecimal("short_price"u8, row.ShortPrice, decimals);
        json.WriteEndObject();
    }

    // The dialect's sources of the engine; "-" where an order of the user closed it.
    private static string TextOf(PositionCause cause) => cause switch
    {
        PositionCause.Liquidation or PositionCause.TakeOver => "liquidation",
        PositionCause.Deleveraging => "auto_deleveraging",
        PositionCause.Netting => "hedge-liq",
        PositionCause.Settlement or PositionCause.CloseOut => "clear",
        _ => "-",
    };

    /// <summary>FuturesLiquidate, or DeliveryLiquidate.</summary>
    public static void WriteLiquidation(Utf8JsonWriter json, ContractView contract, LiquidationRow row, SizeForm form)
    {
        var (size, decimals) = (contract.SizeDecimals, contract.Contract.EntryPriceDecimals);
        json.WriteStartObject();
        json.WriteNumber("time"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteDecimal("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteSize("size"u8, row.Size, size, form);
        json.WriteMoney("margin"u8, row.Margin);
        json.WriteDecimal("entry_price"u8, row.EntryPrice, decimals);
        json.WriteDecimal("liq_price"u8, row.LiquidationPrice, contract.PriceDecimals);
        json.WriteDecimal("mark_price"u8, row.Mark, contract.PriceDecimals);
        json.WriteNumber("order_id"u8, row.OrderId);
        json.WriteDecimal("order_price"u8, row.BankruptcyPrice, contract.PriceDecimals);
        json.WriteDecimal("fill_price"u8, row.FillPrice, decimals);
        json.WriteSize("left"u8, row.Left, size, form);
        json.WriteEndObject();
    }

    /// <summary>FuturesAutoDeleverage.</summary>
    public static void WriteDeleveraging(Utf8JsonWriter json, ContractView contract, DeleveragingRow row, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("time"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteNumber("user"u8, row.User);
        json.WriteNumber("order_id"u8, row.OrderId);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteDecimal("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteDecimal("cross_leverage_limit"u8, row.IsCross ? row.Leverage : 0, Leverage.Decimals);
        json.WriteDecimal("entry_price"u8, row.EntryPrice, contract.Contract.EntryPriceDecimals);
        json.WriteDecimal("fill_price"u8, row.Price, contract.PriceDecimals);
        json.WriteSize("trade_size"u8, row.Size, contract.SizeDecimals, form);
        json.WriteSize("position_size"u8, row.PositionLeft, contract.SizeDecimals, form);
        json.WriteEndObject();
    }

    /// <summary>DeliverySettlement.</summary>
    public static void WriteSettlement(Utf8JsonWriter json, ContractView contract, SettlementRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("time"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteDecimal("leverage"u8, row.Leverage, Leverage.Decimals);
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, SizeForm.Integer);
        json.WriteMoney("margin"u8, row.Margin);
        json.WriteDecimal("entry_price"u8, row.EntryPrice, contract.Contract.EntryPriceDecimals);
        json.WriteDecimal("settle_price"u8, row.Price, contract.PriceDecimals);
        json.WriteMoney("profit"u8, row.Profit);
        json.WriteMoney("fee"u8, row.Fee);
        json.WriteEndObject();
    }

    /// <summary>PositionTimerange: a position as it was after a change.</summary>
    public static void WritePosition(Utf8JsonWriter json, ContractView contract, PositionRow row)
    {
        var (pure, tiers) = (contract.Contract, contract.Terms.RiskLimits);
        var limit = RiskLimit.LimitFor(tiers, new(row.Leverage));
        var tier = int.Max(tiers.TierFor(new(row.Leverage)), 0);
        json.WriteStartObject();
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteDecimal("size"u8, row.Size, contract.SizeDecimals);
        json.WriteDecimal("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteDecimal("cross_leverage_limit"u8, row.IsCross ? row.Leverage : 0, Leverage.Decimals);
        json.WriteMoney("risk_limit"u8, limit);
        json.WriteDecimal("leverage_max"u8, tiers[tier].LeverageMax.Hundredths, Leverage.Decimals);
        json.WriteDecimal("maintenance_rate"u8, tiers[tier].MaintenanceRate.Raw, Rate.Decimals);
        json.WriteMoney("margin"u8, row.Margin);
        json.WriteDecimal("liq_price"u8, row.IsCross ? 0 : Products.Futures.Liquidation.LiquidationPrice.Isolated(pure, tiers, row.Size, row.EntryValue, row.Margin) ?? 0,
            contract.PriceDecimals);
        json.WriteMoney("realised_pnl"u8, row.Realised);
        json.WriteMoney("history_pnl"u8, row.HistoryProfit);
        json.WriteMoney("last_close_pnl"u8, row.LastCloseProfit);
        json.WriteMoney("realised_point"u8, -row.PointsPaid);
        json.WriteMoney("history_point"u8, -row.HistoryPoints);
        json.WriteString("mode"u8, FuturesWords.Of(row.Leg));
        json.WriteDecimal("entry_price"u8, pure.EntryPrice(row.Size, row.EntryValue), pure.EntryPriceDecimals);
        json.WriteNumber("time"u8, row.UpdatedNanos / Nanos.PerSecond);
        json.WriteEndObject();
    }
}
