using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Api.Spot;
using Sluice.Server.Views;

namespace Sluice.Server.Feeds;

/// <summary>Results of the private channels (websocket rules 7.2), without the list around them.</summary>
internal static class PrivateWire
{
    private const string None = "-";

    public static void Order(Utf8JsonWriter json, IListings listings, OrderRow order, OrderChange change, bool brief)
    {
        var pair = listings.PairOf(order.Instrument);
        var (price, size) = (pair.Terms.PriceDecimals, pair.Terms.SizeDecimals);
        json.WriteStartObject();
        json.WriteIntegerText("id"u8, order.Id);
        json.WriteNumber("user"u8, order.User);
        json.WriteString("text"u8, order.Text);
        json.WriteIntegerText("create_time"u8, order.CreatedNanos / Nanos.PerSecond);
        json.WriteIntegerText("create_time_ms"u8, order.CreatedNanos / Nanos.PerMillisecond);
        var updated = order.UpdatedNanos == 0 ? order.CreatedNanos : order.UpdatedNanos;
        json.WriteIntegerText("update_time"u8, updated / Nanos.PerSecond);
        json.WriteIntegerText("update_time_ms"u8, updated / Nanos.PerMillisecond);
        json.WriteString("event"u8, change switch { OrderChange.Put => "put"u8, OrderChange.Update => "update"u8, _ => "finish"u8 });
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteString("type"u8, SpotWords.Of(order.Type));
        json.WriteString("account"u8, SpotWords.AccountOf(order.Wallet));
        json.WriteString("side"u8, SpotWords.Of(order.Side));
        if (order.ByBudget) json.WriteMoney("amount"u8, order.Budget);
        else json.WriteDecimal("amount"u8, order.Size, size);
        json.WriteDecimal("price"u8, order.Price, price);
        json.WriteString("time_in_force"u8, SpotWords.Of(order.TimeInForce));
        if (order.ByBudget) json.WriteMoney("left"u8, order.BudgetLeft);
        else json.WriteDecimal("left"u8, order.Left, size);
        json.WriteMoney("filled_total"u8, order.FilledValue);
        json.WriteDecimal("filled_amount"u8, order.FilledSize, size);
        json.WriteDecimal("avg_deal_price"u8, OrderJson.AveragePrice(order, pair), OrderJson.AverageDecimals(price));
        if (!brief) json.WriteMoney("fee"u8, order.Fee);
        json.WriteString("fee_currency"u8, listings.AssetCode(order.Side == Side.Buy ? pair.Base.Id : pair.Quote.Id));
        if (!brief)
        {
            json.WriteString("point_fee"u8, "0"u8);
            json.WriteMoney("gt_fee"u8, order.TokenFee);
            json.WriteString("rebated_fee"u8, "0"u8);
        }
        json.WriteString("rebated_fee_currency"u8, listings.AssetCode(order.Side == Side.Buy ? pair.Quote.Id : pair.Base.Id));
        json.WriteBoolean("gt_discount"u8, (order.Flags & OrderFlags.FeeToken) != 0);
        json.WriteBoolean("auto_repay"u8, (order.Flags & OrderFlags.AutoRepay) != 0);
        json.WriteBoolean("auto_borrow"u8, (order.Flags & OrderFlags.AutoBorrow) != 0);
        json.WriteNumber("stp_id"u8, order.StpAction == SelfTradeAction.None ? 0 : order.StpGroup);
        json.WriteString("stp_act"u8, SpotWords.Of(order.StpAction));
        json.WriteString("finish_as"u8, SpotWords.Of(order.Finish));
        json.WriteString("amend_text"u8, order.AmendText.Length == 0 ? None : order.AmendText);
        json.WriteString("biz_info"u8, order.ChannelTag.Length == 0 ? None : "ch:" + order.ChannelTag);
        json.WriteEndObject();
    }

    public static void Fill(Utf8JsonWriter json, IListings listings, FillRow fill, bool brief)
    {
        var trade = fill.Trade;
        var pair = listings.PairOf(trade.Instrument);
        json.WriteStartObject();
        json.WriteNumber("id"u8, trade.GlobalId);
        json.WriteNumber("id_market"u8, trade.MarketId);
        json.WriteNumber("user_id"u8, fill.User);
        json.WriteIntegerText("order_id"u8, fill.OrderId);
        json.WriteString("currency_pair"u8, pair.Symbol);
        json.WriteNumber("create_time"u8, trade.TimeNanos / Nanos.PerSecond);
        json.WriteDecimal("create_time_ms"u8, trade.TimeNanos, 6);
        json.WriteString("side"u8, SpotWords.Of(fill.Side));
        json.WriteDecimal("amount"u8, trade.Size, pair.Terms.SizeDecimals);
        json.WriteString("role"u8, fill.IsMaker ? "maker"u8 : "taker"u8);
        json.WriteDecimal("price"u8, trade.Price, pair.Terms.PriceDecimals);
        if (!brief)
        {
            json.WriteMoney("fee"u8, fill.FeeByToken ? Money.Zero : fill.Fee);
            json.WriteString("fee_currency"u8, listings.AssetCode(fill.Side == Side.Buy ? pair.Base.Id : pair.Quote.Id));
            json.WriteString("point_fee"u8, "0"u8);
            json.WriteMoney("gt_fee"u8, fill.FeeByToken ? fill.Fee : Money.Zero);
        }
        json.WriteString("text"u8, fill.Text);
        json.WriteEndObject();
    }

    public static void Balance(Utf8JsonWriter json, IListings listings, BalanceRow row, ReadOnlySpan<byte> changeType)
    {
        json.WriteStartObject();
        json.WriteIntegerText("timestamp"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteIntegerText("timestamp_ms"u8, row.TimeNanos / Nanos.PerMillisecond);
        json.WriteIntegerText("user"u8, row.User);
        json.WriteString("currency"u8, listings.AssetCode(row.Asset));
        json.WriteMoney("change"u8, row.Change);
        json.WriteMoney("total"u8, row.Total);
        json.WriteMoney("available"u8, row.Available);
        json.WriteMoney("freeze"u8, row.Held);
        json.WriteMoney("freeze_change"u8, row.HeldChange);
        json.WriteString("change_type"u8, changeType);
        json.WriteEndObject();
    }

    public static void MarginBalance(Utf8JsonWriter json, IListings listings, BalanceRow row)
    {
        json.WriteStartObject();
        json.WriteIntegerText("timestamp"u8, row.TimeNanos / Nanos.PerSecond);
        json.WriteIntegerText("timestamp_ms"u8, row.TimeNanos / Nanos.PerMillisecond);
        json.WriteIntegerText("user"u8, row.User);
        json.WriteString("currency_pair"u8, listings.PairOf(new WalletId(row.Wallet).MarginPair.Value).Symbol);
        json.WriteString("currency"u8, listings.AssetCode(row.Asset));
        json.WriteMoney("change"u8, row.Change);
        json.WriteMoney("available"u8, row.Available);
        json.WriteMoney("freeze"u8, row.Held);
        json.WriteString("borrowed"u8, "0"u8);
        json.WriteString("interest"u8, "0"u8);
        json.WriteEndObject();
    }

    /// <summary>The dialect's word for a reason; transfers are named by the wallet at the other end.</summary>
    /// <param name="otherWallet">0 when there is none.</param>
    public static ReadOnlySpan<byte> ChangeTypeOf(Reason reason, int otherWallet) => reason switch
    {
        Reason.Deposit or Reason.Fund => "deposit"u8,
        Reason.OrderHold => "order-create"u8,
        Reason.OrderFill => "order-match"u8,
        Reason.OrderAmend or Reason.OrderRelease => "order-update"u8,
        Reason.Fee or Reason.Rebate or Reason.FeeToken or Reason.PointFee => "trade-fee-deduct"u8,
        Reason.TransferIn or Reason.TransferOut when new WalletId(otherWallet).IsMargin => "margin-transfer"u8,
        Reason.TransferIn or Reason.TransferOut when otherWallet == WalletId.FuturesUsdt.Value || otherWallet == WalletId.FuturesBtc.Value => "future-transfer"u8,
        _ => "other"u8,
    };

    public static void Trigger(Utf8JsonWriter json, IListings listings, TriggerRow trigger)
    {
        var pair = listings.PairOf(trigger.Instrument);
        var (price, size) = (pair.Terms.PriceDecimals, pair.Terms.SizeDecimals);
        var isStop = trigger.Role != TriggerRole.Plain;
        json.WriteStartObject();
        json.WriteString("market"u8, pair.Symbol);
        json.WriteIntegerText("uid"u8, trigger.User);
        json.WriteIntegerText("id"u8, trigger.Id);
        json.WriteString("currency_type"u8, pair.Base.Code);
        json.WriteString("exchange_type"u8, pair.Quote.Code);
        json.WriteString("reason"u8, ReasonOf(trigger.Status));
        json.WriteString("err_msg"u8, trigger.Refusal == 0 ? "" : ((Products.Spot.SpotRefusal)trigger.Refusal).ToString());
        json.WriteNumber("fired_order_id"u8, trigger.FiredOrder);
        json.WriteBoolean("instant_cancel"u8, trigger.TimeInForce == TimeInForce.ImmediateOrCancel);
        json.WriteDecimal("trigger_price"u8, trigger.TriggerPrice, price);
        json.WriteString("trigger_rule"u8, SpotWords.Of(trigger.Rule));
        json.WriteNumber("trigger_expiration"u8, trigger.ExpiresAtNanos == 0 ? 0 : (trigger.ExpiresAtNanos - trigger.CreatedNanos) / Nanos.PerSecond);
        json.WriteDecimal("price"u8, trigger.Price, price);
        if (trigger.Type == OrderType.Market && trigger.Side == Side.Buy) json.WriteMoney("amount"u8, trigger.Budget);
        else json.WriteDecimal("amount"u8, trigger.Size, size);
        json.WriteString("source"u8, trigger.Text);
        json.WriteString("order_type"u8, SpotWords.Of(trigger.Type));
        json.WriteString("side"u8, SpotWords.Of(trigger.Side));
        json.WriteString("engine_type"u8, SpotWords.TriggerAccountOf(trigger.Wallet));
        json.WriteBoolean("is_stop_order"u8, isStop);
        json.WriteDecimal("stop_trigger_price"u8, isStop ? trigger.TriggerPrice : 0, price);
        json.WriteString("stop_trigger_rule"u8, isStop ? SpotWords.Of(trigger.Rule) : "");
        json.WriteDecimal("stop_price"u8, isStop ? trigger.Price : 0, price);
        json.WriteIntegerText("ctime"u8, trigger.CreatedNanos / Nanos.PerMillisecond);
        if (trigger.FinishedNanos == 0) json.WriteString("ftime"u8, "-62135596800000"u8);
        else json.WriteIntegerText("ftime"u8, trigger.FinishedNanos / Nanos.PerMillisecond);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> ReasonOf(TriggerStatus status) => status switch
    {
        TriggerStatus.Succeeded => "fired"u8,
        TriggerStatus.Failed => "failed"u8,
        TriggerStatus.Cancelled => "cancelled"u8,
        TriggerStatus.Expired => "expired"u8,
        TriggerStatus.Invalid => "invalid"u8,
        _ => ""u8,
    };
}
