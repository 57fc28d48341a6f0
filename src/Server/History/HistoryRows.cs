using Microsoft.Data.Sqlite;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Wallet;
using Sluice.Server.Views;

namespace Sluice.Server.History;

/// <summary>Which column holds what: each kind of row, written and read in the same order.</summary>
internal static class HistoryRows
{
    public const string OrderColumns = "id, user_id, instrument, wallet, side, type, tif, price, size, budget, iceberg, maker_rate, taker_rate, slippage_rate, "
        + "stp_group, stp_action, flags, trigger_id, text, channel_tag, created, amend_text, size_left, budget_left, filled_size, filled_value, fee, fee_asset, "
        + "token_fee, finish, updated, sequence";

    public const string OrderChanges = "ON CONFLICT (id) DO UPDATE SET price = excluded.price, size = excluded.size, maker_rate = excluded.maker_rate, "
        + "taker_rate = excluded.taker_rate, amend_text = excluded.amend_text, size_left = excluded.size_left, budget_left = excluded.budget_left, "
        + "filled_size = excluded.filled_size, filled_value = excluded.filled_value, fee = excluded.fee, token_fee = excluded.token_fee, "
        + "finish = excluded.finish, updated = excluded.updated, sequence = excluded.sequence";

    public const string FillColumns = "user_id, instrument, market_id, time, taker_side, price, size, value, order_id, wallet, side, is_maker, fee, fee_asset, "
        + "fee_by_token, text, amend_text";

    public const string TradeColumns = "instrument, market_id, time, side, price, size, value";

    public const string BarColumns = "instrument, seconds, start, open, high, low, close, base_volume, quote_volume";

    public const string BarChanges = "ON CONFLICT (instrument, seconds, start) DO UPDATE SET high = excluded.high, low = excluded.low, close = excluded.close, "
        + "base_volume = excluded.base_volume, quote_volume = excluded.quote_volume";

    public const string BookColumns = "sequence, time, user_id, wallet, asset, change, held_change, total, held, reason, reference, instrument, update_id";

    public const string TriggerColumns = "id, user_id, instrument, wallet, trigger_price, rule, expires, side, type, tif, price, parent, role, text, created, "
        + "size, budget, status, finished, fired, refusal";

    public const string TriggerChanges = "ON CONFLICT (id) DO UPDATE SET size = excluded.size, budget = excluded.budget, status = excluded.status, "
        + "finished = excluded.finished, fired = excluded.fired, refusal = excluded.refusal";

    public const string TransferColumns = "id, sequence, time, actor, from_user, from_wallet, to_user, to_wallet, asset, amount, route, client_id";

    public const string DepositColumns = "id, sequence, time, user_id, wallet, asset, amount, is_deposit, chain, address, transaction_id";

    public static void Put(Insertion to, OrderRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Side).Put((long)row.Type).Put((long)row.TimeInForce);
        to.Put(row.Price).Put(row.Size).Put(row.Budget).Put(row.Iceberg).Put(row.MakerRate).Put(row.TakerRate).Put(row.SlippageRate);
        to.Put(row.StpGroup).Put((long)row.StpAction).Put((long)row.Flags).Put(row.TriggerId).Put(row.Text).Put(row.ChannelTag).Put(row.CreatedNanos);
        to.Put(row.AmendText).Put(row.Left).Put(row.BudgetLeft).Put(row.FilledSize).Put(row.FilledValue).Put(row.Fee).Put(row.FeeAsset);
        to.Put(row.TokenFee).Put((long)row.Finish).Put(row.UpdatedNanos).Put(row.Sequence);
    }

    public static OrderRow Order(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), Side = (Side)row.GetByte(4),
        Type = (OrderType)row.GetByte(5), TimeInForce = (TimeInForce)row.GetByte(6), Price = row.GetInt64(7), Size = row.GetInt64(8),
        Budget = Amount(row, 9), Iceberg = row.GetInt64(10), MakerRate = row.GetInt64(11), TakerRate = row.GetInt64(12), SlippageRate = row.GetInt64(13),
        StpGroup = row.GetInt32(14), StpAction = (SelfTradeAction)row.GetByte(15), Flags = (OrderFlags)row.GetByte(16), TriggerId = row.GetInt64(17),
        Text = row.GetString(18), ChannelTag = row.GetString(19), CreatedNanos = row.GetInt64(20), AmendText = row.GetString(21), Left = row.GetInt64(22),
        BudgetLeft = Amount(row, 23), FilledSize = row.GetInt64(24), FilledValue = Amount(row, 25), Fee = Amount(row, 26), FeeAsset = row.GetInt32(27),
        TokenFee = Amount(row, 28), Finish = (FinishReason)row.GetByte(29), UpdatedNanos = row.GetInt64(30), Sequence = row.GetInt64(31),
    };

    public static void Put(Insertion to, FillRow row)
    {
        var trade = row.Trade;
        to.Put(row.User).Put(trade.Instrument).Put(trade.MarketId).Put(trade.TimeNanos).Put((long)trade.Side).Put(trade.Price).Put(trade.Size).Put(trade.Value);
        to.Put(row.OrderId).Put(row.Wallet).Put((long)row.Side).Put(row.IsMaker ? 1 : 0).Put(row.Fee).Put(row.FeeAsset).Put(row.FeeByToken ? 1 : 0);
        to.Put(row.Text).Put(row.AmendText);
    }

    public static FillRow Fill(SqliteDataReader row) => new()
    {
        User = row.GetInt32(0),
        Trade = new TradeRow(row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), (Side)row.GetByte(4), row.GetInt64(5), row.GetInt64(6), Amount(row, 7)),
        OrderId = row.GetInt64(8), Wallet = row.GetInt32(9), Side = (Side)row.GetByte(10), IsMaker = row.GetInt64(11) != 0, Fee = Amount(row, 12),
        FeeAsset = row.GetInt32(13), FeeByToken = row.GetInt64(14) != 0, Text = row.GetString(15), AmendText = row.GetString(16),
    };

    public static void Put(Insertion to, TradeRow row) =>
        to.Put(row.Instrument).Put(row.MarketId).Put(row.TimeNanos).Put((long)row.Side).Put(row.Price).Put(row.Size).Put(row.Value);

    public static TradeRow Trade(SqliteDataReader row) =>
        new(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), (Side)row.GetByte(3), row.GetInt64(4), row.GetInt64(5), Amount(row, 6));

    public static void Put(Insertion to, int instrument, int seconds, in Candle bar)
    {
        to.Put(instrument).Put(seconds).Put(bar.StartSeconds).Put(bar.Open).Put(bar.High).Put(bar.Low).Put(bar.Close);
        to.Put(bar.BaseVolume).Put(bar.QuoteVolume);
    }

    public static Candle Bar(SqliteDataReader row) =>
        new(row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), Amount(row, 8));

    public static void Put(Insertion to, BalanceRow row)
    {
        to.Put(row.Sequence).Put(row.TimeNanos).Put(row.User).Put(row.Wallet).Put(row.Asset).Put(row.Change).Put(row.HeldChange).Put(row.Total).Put(row.Held);
        to.Put((long)row.Reason).Put(row.Reference).Put(row.Instrument).Put(row.UpdateId);
    }

    /// <summary>The id stands behind the columns.</summary>
    public static BookEntry Book(SqliteDataReader row) => new(row.GetInt64(13), new BalanceRow
    {
        Sequence = row.GetInt64(0), TimeNanos = row.GetInt64(1), User = row.GetInt32(2), Wallet = row.GetInt32(3), Asset = row.GetInt32(4),
        Change = Amount(row, 5), HeldChange = Amount(row, 6), Total = Amount(row, 7), Held = Amount(row, 8), Reason = (Reason)row.GetInt32(9),
        Reference = row.GetInt64(10), Instrument = row.GetInt32(11), UpdateId = row.GetInt64(12),
    });

    public static void Put(Insertion to, TriggerRow row)
    {
        to.Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put(row.TriggerPrice).Put((long)row.Rule).Put(row.ExpiresAtNanos).Put((long)row.Side);
        to.Put((long)row.Type).Put((long)row.TimeInForce).Put(row.Price).Put(row.ParentOrder).Put((long)row.Role).Put(row.Text).Put(row.CreatedNanos);
        to.Put(row.Size).Put(row.Budget).Put((long)row.Status).Put(row.FinishedNanos).Put(row.FiredOrder).Put(row.Refusal);
    }

    public static TriggerRow Trigger(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0), User = row.GetInt32(1), Instrument = row.GetInt32(2), Wallet = row.GetInt32(3), TriggerPrice = row.GetInt64(4),
        Rule = (TriggerRule)row.GetByte(5), ExpiresAtNanos = row.GetInt64(6), Side = (Side)row.GetByte(7), Type = (OrderType)row.GetByte(8),
        TimeInForce = (TimeInForce)row.GetByte(9), Price = row.GetInt64(10), ParentOrder = row.GetInt64(11), Role = (TriggerRole)row.GetByte(12),
        Text = row.GetString(13), CreatedNanos = row.GetInt64(14), Size = row.GetInt64(15), Budget = Amount(row, 16), Status = (TriggerStatus)row.GetByte(17),
        FinishedNanos = row.GetInt64(18), FiredOrder = row.GetInt64(19), Refusal = (ushort)row.GetInt32(20),
    };

    public static void Put(Insertion to, TransferRow row)
    {
        to.Put(row.Id).Put(row.Sequence).Put(row.TimeNanos).Put(row.Actor).Put(row.FromUser).Put(row.FromWallet).Put(row.ToUser).Put(row.ToWallet);
        to.Put(row.Asset).Put(row.Amount).Put((long)row.Route).Put(row.ClientOrderId);
    }

    public static TransferRow Transfer(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4),
        row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), Amount(row, 9), (TransferRoute)row.GetByte(10), row.GetString(11));

    public static void Put(Insertion to, DepositRow row)
    {
        to.Put(row.Id).Put(row.Sequence).Put(row.TimeNanos).Put(row.User).Put(row.Wallet).Put(row.Asset).Put(row.Amount).Put(row.IsDeposit ? 1 : 0);
        to.Put(row.Chain).Put(row.Address).Put(row.TransactionId);
    }

    public static DepositRow Deposit(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4),
        row.GetInt32(5), Amount(row, 6), row.GetInt64(7) != 0, row.GetString(8), row.GetString(9), row.GetString(10));

    private static Money Amount(SqliteDataReader row, int column) => new(Int128.Parse(row.GetString(column), null));
}
