using Microsoft.Data.Sqlite;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Which column holds what: orders, fills, triggers and positions of contracts, written and read in the same order.</summary>
internal static class FuturesRows
{
    public const string OrderColumns = "id, user_id, instrument, wallet, price, size, iceberg, maker_rate, taker_rate, value_price, slippage_rate, trigger_id, stp_group, "
        + "stp_action, leg, tif, flags, auto_size, is_cross, text, channel_tag, created, amend_text, size_left, filled_size, filled_value, fee, finish, updated, sequence";

    public const string OrderChanges = "ON CONFLICT (id) DO UPDATE SET price = excluded.price, size = excluded.size, maker_rate = excluded.maker_rate, "
        + "taker_rate = excluded.taker_rate, value_price = excluded.value_price, amend_text = excluded.amend_text, size_left = excluded.size_left, "
        + "filled_size = excluded.filled_size, filled_value = excluded.filled_value, fee = excluded.fee, finish = excluded.finish, updated = excluded.updated, "
        + "sequence = excluded.sequence";

    public const string FillColumns = "user_id, instrument, wallet, market_id, time, taker_side, price, size, value, order_id, side, is_maker, fee, closed_size, leg, flags, "
        + "text, amend_text";

    public const string TriggerColumns = "id, user_id, instrument, wallet, trigger_price, price, size, rule, price_type, order_type, tif, flags, auto_size, margin_mode, "
        + "expiration, role, parent, text, created, status, finished, fired, refusal, updated";

    public const string TriggerChanges = "ON CONFLICT (id) DO UPDATE SET trigger_price = excluded.trigger_price, price = excluded.price, size = excluded.size, "
        + "rule = excluded.rule, price_type = excluded.price_type, status = excluded.status, finished = excluded.finished, fired = excluded.fired, "
        + "refusal = excluded.refusal, updated = excluded.updated";

    public const string PositionColumns = "sequence, time, user_id, instrument, wallet, leg, is_cross, leverage, size, entry_value, margin, trade_profit, fees_paid, "
        + "funding_paid, history_profit, last_close_profit, update_id, opened, size_max, closed_size, reference, cause, points_paid, history_points";

    public const string CloseColumns = "sequence, time, user_id, instrument, wallet, leg, was_long, is_cross, leverage, realised, is_gain, trade_profit, fees_paid, "
        + "funding_paid, size_max, closed_size, opened, long_price, short_price, cause";

    public static void Put(Insertion to, ContractOrderRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put(row.Price).Put(row.Size).Put(row.Iceberg).Put(row.MakerRate).Put(row.TakerRate);
        to.Put(row.ValuePrice).Put(row.SlippageRate).Put(row.TriggerId).Put(row.StpGroup).Put((long)row.StpAction).Put((long)row.Leg).Put((long)row.TimeInForce);
        to.Put((long)row.Flags).Put((long)row.AutoSize).Put(row.IsCross ? 1 : 0).Put(row.Text).Put(row.ChannelTag).Put(row.CreatedNanos).Put(row.AmendText);
        to.Put(row.Left).Put(row.FilledSize).Put(row.FilledValue).Put(row.Fee).Put((long)row.Finish).Put(row.UpdatedNanos).Put(row.Sequence);
    }

    public static ContractOrderRow Order(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), Price = row.GetInt64(4), Size = row.GetInt64(5),
        Iceberg = row.GetInt64(6), MakerRate = row.GetInt64(7), TakerRate = row.GetInt64(8), ValuePrice = row.GetInt64(9), SlippageRate = row.GetInt64(10),
        TriggerId = row.GetInt64(11), StpGroup = row.GetInt32(12), StpAction = (SelfTradeAction)row.GetByte(13), Leg = (Leg)row.GetByte(14),
        TimeInForce = (TimeInForce)row.GetByte(15), Flags = (ContractOrderFlags)row.GetByte(16), AutoSize = (AutoSize)row.GetByte(17), IsCross = row.GetInt64(18) != 0,
        Text = row.GetString(19), ChannelTag = row.GetString(20), CreatedNanos = row.GetInt64(21), AmendText = row.GetString(22), Left = row.GetInt64(23),
        FilledSize = row.GetInt64(24), FilledValue = Amount(row, 25), Fee = Amount(row, 26), Finish = (FinishReason)row.GetByte(27), UpdatedNanos = row.GetInt64(28),
        Sequence = row.GetInt64(29),
    };

    public static void Put(Insertion to, ContractFillRow row)
    {
        var trade = row.Trade;
        to.Put(row.User).Put(trade.Instrument).Put(row.Wallet).Put(trade.MarketId).Put(trade.TimeNanos).Put((long)trade.Side).Put(trade.Price).Put(trade.Size);
        to.Put(trade.Value).Put(row.OrderId).Put((long)row.Side).Put(row.IsMaker ? 1 : 0).Put(row.Fee).Put(row.ClosedSize).Put((long)row.Leg).Put((long)row.Flags);
        to.Put(row.Text).Put(row.AmendText);
    }

    public static ContractFillRow Fill(SqliteDataReader row) => new(
        new TradeRow(row.GetInt32(1), row.GetInt64(3), row.GetInt64(4), (Side)row.GetByte(5), row.GetInt64(6), row.GetInt64(7), Amount(row, 8)),
        row.GetInt32(0), row.GetInt64(9), row.GetInt32(2), (Side)row.GetByte(10), row.GetInt64(11) != 0, Amount(row, 12), row.GetInt64(13), (Leg)row.GetByte(14),
        (ContractFillFlags)row.GetByte(15), row.GetString(16), row.GetString(17));

    public static void Put(Insertion to, ContractTriggerRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put(row.TriggerPrice).Put(row.Price).Put(row.Size).Put((long)row.Rule).Put((long)row.PriceType);
        to.Put((long)row.OrderType).Put((long)row.TimeInForce).Put((long)row.Flags).Put((long)row.AutoSize).Put(row.MarginMode).Put(row.ExpirationSeconds);
        to.Put((long)row.Role).Put(row.ParentOrder).Put(row.Text).Put(row.CreatedNanos).Put((long)row.Status).Put(row.FinishedNanos).Put(row.FiredOrder);
        to.Put(row.Refusal).Put(row.UpdatedNanos);
    }

    public static ContractTriggerRow Trigger(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), TriggerPrice = row.GetInt64(4), Price = row.GetInt64(5),
        Size = row.GetInt64(6), Rule = (TriggerRule)row.GetByte(7), PriceType = (TriggerPriceType)row.GetByte(8), OrderType = (TriggerOrderType)row.GetByte(9),
        TimeInForce = (TimeInForce)row.GetByte(10), Flags = (ContractOrderFlags)row.GetByte(11), AutoSize = (AutoSize)row.GetByte(12), MarginMode = row.GetByte(13),
        ExpirationSeconds = row.GetInt32(14), Role = (TriggerRole)row.GetByte(15), ParentOrder = row.GetInt64(16), Text = row.GetString(17),
        CreatedNanos = row.GetInt64(18), Status = (TriggerStatus)row.GetByte(19), FinishedNanos = row.GetInt64(20), FiredOrder = row.GetInt64(21),
        Refusal = (ushort)row.GetInt32(22), UpdatedNanos = row.GetInt64(23),
    };

    public static void Put(Insertion to, PositionRow row)
    {
        to.Put(row.Sequence).Put(row.UpdatedNanos).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Leg).Put(row.IsCross ? 1 : 0).Put(row.Leverage);
        to.Put(row.Size).Put(row.EntryValue).Put(row.Margin).Put(row.TradeProfit).Put(row.FeesPaid).Put(row.FundingPaid).Put(row.HistoryProfit);
        to.Put(row.LastCloseProfit).Put(row.UpdateId).Put(row.OpenedNanos).Put(row.SizeMax).Put(row.ClosedSize).Put(row.Reference).Put((long)row.Cause);
        to.Put(row.PointsPaid).Put(row.HistoryPoints);
    }

    public static PositionRow Position(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0), UpdatedNanos = row.GetInt64(1), User = row.GetInt32(2), Instrument = row.GetInt32(3), Wallet = row.GetInt32(4),
        Leg = (Leg)row.GetByte(5), IsCross = row.GetInt64(6) != 0, Leverage = row.GetInt32(7), Size = row.GetInt64(8), EntryValue = Amount(row, 9), Margin = Amount(row, 10),
        TradeProfit = Amount(row, 11), FeesPaid = Amount(row, 12), FundingPaid = Amount(row, 13), HistoryProfit = Amount(row, 14), LastCloseProfit = Amount(row, 15),
        UpdateId = row.GetInt64(16), OpenedNanos = row.GetInt64(17), SizeMax = row.GetInt64(18), ClosedSize = row.GetInt64(19), Reference = row.GetInt64(20),
        Cause = (PositionCause)row.GetByte(21), PointsPaid = Amount(row, 22), HistoryPoints = Amount(row, 23),
    };

    public static void Put(Insertion to, PositionCloseRow row)
    {
        to.Put(row.Sequence).Put(row.TimeNanos).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Leg).Put(row.WasLong ? 1 : 0).Put(row.IsCross ? 1 : 0);
        to.Put(row.Leverage).Put(row.Realised).Put(row.Realised.Raw.CompareTo(0)).Put(row.TradeProfit).Put(row.FeesPaid).Put(row.FundingPaid).Put(row.SizeMax);
        to.Put(row.ClosedSize).Put(row.OpenedNanos).Put(row.LongPrice).Put(row.ShortPrice).Put((long)row.Cause);
    }

    public static PositionCloseRow Close(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), (Leg)row.GetByte(5),
        row.GetInt64(6) != 0, row.GetInt64(7) != 0, row.GetInt32(8), Amount(row, 9), Amount(row, 11), Amount(row, 12), Amount(row, 13), row.GetInt64(14), row.GetInt64(15),
        row.GetInt64(16), Whole(row, 17), Whole(row, 18), (PositionCause)row.GetByte(19));

    public static Money Amount(SqliteDataReader row, int column) => new(Whole(row, column));

    public static Int128 Whole(SqliteDataReader row, int column) => Int128.Parse(row.GetString(column), null);
}
