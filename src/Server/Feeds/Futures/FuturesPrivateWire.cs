using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Server.Api.Futures;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Entries of the private channels of contracts (websocket rules 8.2), without the list around them. Users are texts, money and prices numbers, as there.</summary>
internal static class FuturesPrivateWire
{
    private const string None = "-";

    public static void Order(Utf8JsonWriter json, ContractView contract, ContractOrderRow order, OrderChange change, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, order.Id);
        json.WriteIntegerText("user"u8, order.User);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteNumber("create_time"u8, order.CreatedNanos / Nanos.PerSecond);
        json.WriteNumber("create_time_ms"u8, order.CreatedNanos / Nanos.PerMillisecond);
        var finished = order.IsOpen ? 0 : order.UpdatedNanos;
        json.WriteNumber("finish_time"u8, finished / Nanos.PerSecond);
        json.WriteNumber("finish_time_ms"u8, finished / Nanos.PerMillisecond);
        json.WriteNumber("update_time"u8, order.UpdatedNanos / Nanos.PerMillisecond);
        json.WriteNumber("update_id"u8, order.Sequence);
        json.WriteSize("size"u8, order.Size, contract.SizeDecimals, form);
        json.WriteSize("left"u8, order.Size < 0 ? -order.Left : order.Left, contract.SizeDecimals, form);
        json.WriteSize("iceberg"u8, order.Iceberg, contract.SizeDecimals, form);
        json.WriteNumber("price"u8, order.Price, contract.PriceDecimals);
        json.WriteNumber("fill_price"u8, FuturesOrderJson.FillPrice(order, contract.Contract), contract.Contract.EntryPriceDecimals);
        json.WriteString("status"u8, order.IsOpen ? "open"u8 : "finished"u8);
        json.WriteString("finish_as"u8, change switch { OrderChange.Put => "_new", OrderChange.Update => "_update", _ => FuturesWords.Of(order.Finish) });
        json.WriteString("tif"u8, SpotWords.Of(order.TimeInForce));
        json.WriteBoolean("is_close"u8, order.IsClose);
        json.WriteBoolean("is_liq"u8, order.IsLiquidation);
        json.WriteBoolean("is_reduce_only"u8, order.IsReduceOnly);
        json.WriteNumber("mkfr"u8, order.MakerRate, Rate.Decimals);
        json.WriteNumber("tkfr"u8, order.TakerRate, Rate.Decimals);
        json.WriteNumber("refr"u8, 0);
        json.WriteNumber("refu"u8, 0);
        json.WriteString("text"u8, order.Text);
        json.WriteString("amend_text"u8, order.AmendText.Length == 0 ? None : order.AmendText);
        json.WriteString("biz_info"u8, order.ChannelTag.Length == 0 ? None : "ch:" + order.ChannelTag);
        json.WriteIntegerText("stp_id"u8, order.StpAction == SelfTradeAction.None ? 0 : order.StpGroup);
        json.WriteString("stp_act"u8, SpotWords.Of(order.StpAction));
        json.WriteString("stop_profit_price"u8, ""u8);
        json.WriteString("stop_loss_price"u8, ""u8);
        json.WriteEndObject();
    }

    public static void Fill(Utf8JsonWriter json, ContractView contract, ContractFillRow fill, SizeForm form)
    {
        var trade = fill.Trade;
        json.WriteStartObject();
        json.WriteIntegerText("id"u8, trade.MarketId);
        json.WriteIntegerText("order_id"u8, fill.OrderId);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteNumber("create_time"u8, trade.TimeNanos / Nanos.PerSecond);
        json.WriteNumber("create_time_ms"u8, trade.TimeNanos / Nanos.PerMillisecond);
        json.WriteSize("size"u8, fill.Side == Side.Buy ? trade.Size : -trade.Size, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, trade.Price, contract.PriceDecimals);
        json.WriteString("role"u8, fill.IsMaker ? "maker"u8 : "taker"u8);
        json.WriteString("text"u8, fill.Text);
        Money(json, "fee"u8, fill.CashFee);
        Money(json, "point_fee"u8, fill.PointFee);
        json.WriteSize("close_size"u8, fill.ClosedSize, contract.SizeDecimals, form);
        json.WriteEndObject();
    }

    public static void Position(Utf8JsonWriter json, ContractView contract, PositionRow row, PositionFigures figures, SizeForm form)
    {
        var terms = contract.Contract;
        var leverage = new Leverage(row.Leverage);
        var limits = terms.RiskLimits;
        json.WriteStartObject();
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteString("mode"u8, FuturesWords.Of(row.Leg));
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, form);
        json.WriteNumber("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteNumber("leverage_max"u8, limits[int.Max(0, limits.TierFor(leverage))].LeverageMax.Hundredths / 100);
        json.WriteNumber("cross_leverage_limit"u8, row.IsCross ? row.Leverage : 0, Leverage.Decimals);
        json.WriteNumber("entry_price"u8, terms.EntryPrice(row.Size, row.EntryValue), terms.EntryPriceDecimals);
        json.WriteNumber("liq_price"u8, figures.LiquidationPrice ?? 0, contract.PriceDecimals);
        json.WriteNumber("maintenance_rate"u8, figures.Required.RiskLimits[figures.Tier].MaintenanceRate.Raw, Rate.Decimals);
        Money(json, "margin"u8, row.Margin);
        Money(json, "history_pnl"u8, row.HistoryProfit);
        Money(json, "history_point"u8, -row.HistoryPoints);
        Money(json, "last_close_pnl"u8, row.LastCloseProfit);
        Money(json, "realised_pnl"u8, row.Realised);
        Money(json, "realised_point"u8, -row.PointsPaid);
        json.WriteNumber("risk_limit"u8, figures.RiskLimit.Raw / Core.Values.Money.Units(1).Raw, 0);
        json.WriteNumber("time"u8, row.UpdatedNanos / Nanos.PerSecond);
        json.WriteNumber("time_ms"u8, row.UpdatedNanos / Nanos.PerMillisecond);
        json.WriteNumber("update_id"u8, row.UpdateId);
        json.WriteIntegerText("user"u8, row.User);
        json.WriteEndObject();
    }

    public static void PositionClose(Utf8JsonWriter json, ContractView contract, PositionCloseRow row, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteString("contract"u8, contract.Symbol);
        Money(json, "pnl"u8, row.Realised);
        json.WriteString("side"u8, row.WasLong ? "long"u8 : "short"u8);
        json.WriteString("text"u8, TextOf(row.Cause));
        Times(json, row.TimeNanos, row.User);
        json.WriteEndObject();
    }

    public static void Liquidation(Utf8JsonWriter json, ContractView contract, LiquidationRow row, SizeForm form)
    {
        var (price, average) = (contract.PriceDecimals, contract.Contract.EntryPriceDecimals);
        json.WriteStartObject();
        json.WriteNumber("entry_price"u8, row.EntryPrice, average);
        json.WriteNumber("fill_price"u8, row.FillPrice, average);
        json.WriteNumber("leverage"u8, row.IsCross ? 0 : row.Leverage, Leverage.Decimals);
        json.WriteNumber("liq_price"u8, row.LiquidationPrice, price);
        Money(json, "margin"u8, row.Margin);
        json.WriteNumber("mark_price"u8, row.Mark, price);
        json.WriteNumber("order_id"u8, row.OrderId);
        json.WriteNumber("order_price"u8, row.BankruptcyPrice, price);
        json.WriteSize("order_size"u8, row.OrderSize, contract.SizeDecimals, form);
        json.WriteSize("left"u8, row.Left, contract.SizeDecimals, form);
        json.WriteSize("size"u8, row.Size, contract.SizeDecimals, form);
        json.WriteString("contract"u8, contract.Symbol);
        Times(json, row.TimeNanos, row.User);
        json.WriteEndObject();
    }

    public static void Deleveraging(Utf8JsonWriter json, ContractView contract, DeleveragingRow row, SizeForm form)
    {
        json.WriteStartObject();
        json.WriteNumber("entry_price"u8, row.EntryPrice, contract.Contract.EntryPriceDecimals);
        json.WriteNumber("fill_price"u8, row.Price, contract.PriceDecimals);
        json.WriteSize("position_size"u8, row.PositionLeft, contract.SizeDecimals, form);
        json.WriteSize("trade_size"u8, row.Size, contract.SizeDecimals, form);
        json.WriteString("contract"u8, contract.Symbol);
        Times(json, row.TimeNanos, row.User);
        json.WriteEndObject();
    }

    /// <param name="symbol">The contract it is about, or empty.</param>
    /// <param name="currency">The settle currency in small letters.</param>
    public static void Balance(Utf8JsonWriter json, BalanceRow row, string symbol, string currency)
    {
        json.WriteStartObject();
        Money(json, "balance"u8, row.Total);
        Money(json, "change"u8, row.Change);
        json.WriteString("text"u8, symbol.Length == 0 ? "" : $"{symbol}:{row.Reference}");
        json.WriteString("type"u8, FuturesWords.Of(row.Reason));
        json.WriteString("currency"u8, currency);
        Times(json, row.TimeNanos, row.User);
        json.WriteEndObject();
    }

    public static void Trigger(Utf8JsonWriter json, ContractView contract, ContractTriggerRow trigger, SizeForm form)
    {
        var price = contract.PriceDecimals;
        var isStop = trigger.Role != TriggerRole.Plain;
        var rule = trigger.Rule == TriggerRule.AtOrAbove ? 1 : 2;
        json.WriteStartObject();
        json.WriteNumber("user"u8, trigger.User);
        json.WriteNumber("id"u8, trigger.Id);
        json.WriteNumber("trade_id"u8, trigger.FiredOrder);
        json.WriteString("status"u8, StatusOf(trigger.Status));
        json.WriteString("reason"u8, ReasonOf(trigger.Status));
        json.WriteNumber("create_time"u8, trigger.CreatedNanos / Nanos.PerSecond);
        json.WriteString("name"u8, "price_autoorders"u8);
        json.WriteBoolean("is_stop_order"u8, isStop);
        json.WriteString("order_type"u8, FuturesWords.Of(trigger.OrderType));
        json.WriteIntegerText("me_order_id"u8, trigger.FiredOrder);

        json.WriteStartObject("trigger"u8);
        json.WriteNumber("strategy_type"u8, 0);
        json.WriteNumber("price_type"u8, (int)trigger.PriceType);
        json.WriteDecimal("price"u8, trigger.TriggerPrice, price);
        json.WriteNumber("rule"u8, rule);
        json.WriteNumber("expiration"u8, trigger.ExpirationSeconds);
        json.WriteEndObject();

        json.WriteStartObject("initial"u8);
        json.WriteString("contract"u8, contract.Symbol);
        json.WriteSize("size"u8, trigger.Size, contract.SizeDecimals, form);
        json.WriteDecimal("price"u8, trigger.Price, price);
        json.WriteString("tif"u8, SpotWords.Of(trigger.TimeInForce));
        json.WriteString("text"u8, trigger.Text);
        json.WriteNumber("iceberg"u8, 0);
        json.WriteBoolean("is_close"u8, (trigger.Flags & ContractOrderFlags.ClosePosition) != 0);
        json.WriteBoolean("is_reduce_only"u8, (trigger.Flags & ContractOrderFlags.ReduceOnly) != 0);
        json.WriteString("auto_size"u8, FuturesWords.Of(trigger.AutoSize));
        json.WriteEndObject();

        json.WriteStartObject("stop_trigger"u8);
        json.WriteNumber("rule"u8, isStop ? rule : 0);
        json.WriteDecimal("trigger_price"u8, isStop ? trigger.TriggerPrice : 0, price);
        json.WriteDecimal("order_price"u8, isStop ? trigger.Price : 0, price);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Money(Utf8JsonWriter json, ReadOnlySpan<byte> name, Money amount) => json.WriteNumber(name, amount.Raw, Core.Values.Money.Decimals);

    private static void Times(Utf8JsonWriter json, long nanos, int user)
    {
        json.WriteNumber("time"u8, nanos / Nanos.PerSecond);
        json.WriteNumber("time_ms"u8, nanos / Nanos.PerMillisecond);
        json.WriteIntegerText("user"u8, user);
    }

    private static string TextOf(PositionCause cause) => cause switch
    {
        PositionCause.Liquidation or PositionCause.TakeOver or PositionCause.Netting => "liquidated",
        PositionCause.Deleveraging => "auto_deleveraging",
        PositionCause.Settlement => "settled",
        _ => "",
    };

    private static string StatusOf(TriggerStatus status) => status switch
    {
        TriggerStatus.Open => "open",
        TriggerStatus.Inactive => "inactive",
        TriggerStatus.Invalid => "invalid",
        _ => "finished",
    };

    private static string ReasonOf(TriggerStatus status) => status switch
    {
        TriggerStatus.Succeeded => "succeeded",
        TriggerStatus.Failed => "failed",
        TriggerStatus.Cancelled => "cancelled",
        TriggerStatus.Expired => "expired",
        _ => "",
    };
}
