using Microsoft.Data.Sqlite;
using Sluice.Products.Futures.Positions;
using Sluice.Server.Views.Futures;
using static Sluice.Server.History.Futures.FuturesRows;

namespace Sluice.Server.History.Futures;

/// <summary>Which column holds what: funding, liquidations, deleveraging, settlements, the fund, bars of prices and statistics.</summary>
internal static class MarketRecordRows
{
    public const string FundingColumns = "instrument, due, time, rate, mark, is_missed";

    public const string LiquidationColumns = "sequence, time, liquidation, user_id, instrument, wallet, leg, is_cross, leverage, size, margin, entry_price, fill_price, "
        + "liquidation_price, bankruptcy_price, mark, order_id, order_size, size_left, is_participant";

    public const string DeleveragingColumns = "sequence, time, liquidation, user_id, instrument, wallet, leg, is_cross, leverage, entry_price, profit, order_id, price, size, "
        + "position_left";

    public const string SettlementColumns = "sequence, time, user_id, instrument, wallet, leg, leverage, size, margin, entry_price, price, profit, fee";

    public const string InsuranceColumns = "wallet, hour, sequence, time, change, balance";

    public const string InsuranceChanges = "ON CONFLICT (wallet, hour) DO UPDATE SET sequence = excluded.sequence, time = excluded.time, change = excluded.change, "
        + "balance = excluded.balance";

    public static readonly string BarColumns = $"instrument, seconds, start, {BarColumnsOf(PriceSeries.Mark)}, {BarColumnsOf(PriceSeries.Index)}, {BarColumnsOf(PriceSeries.Premium)}";

    public static readonly string BarChanges = $"ON CONFLICT (instrument, seconds, start) DO UPDATE SET {string.Join(", ", BarColumns.Split(", ").Skip(3).Select(c => $"{c} = excluded.{c}"))}";

    public static string BarColumnsOf(PriceSeries series)
    {
        var name = series switch { PriceSeries.Mark => "mark", PriceSeries.Index => "index", _ => "premium" };
        return $"{name}_open, {name}_high, {name}_low, {name}_close";
    }

    public const string StatColumns = "instrument, start, mark, open_interest, longs, shorts, long_taken, short_taken, long_liquidated, short_liquidated, "
        + "long_liquidated_value, short_liquidated_value, top_longs, top_shorts, top_long_size, top_short_size";

    public static readonly string StatChanges = $"ON CONFLICT (instrument, start) DO UPDATE SET {string.Join(", ", StatColumns.Split(", ").Skip(2).Select(c => $"{c} = excluded.{c}"))}";

    public static void Put(Insertion to, FundingRow row) =>
        to.Put(row.Instrument).Put(row.DueNanos).Put(row.TimeNanos).Put(row.Rate).Put(row.Mark).Put(row.IsMissed ? 1 : 0);

    public static FundingRow Funding(SqliteDataReader row) =>
        new(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5) != 0);

    public static void Put(Insertion to, LiquidationRow row)
    {
        to.Put(row.Sequence).Put(row.TimeNanos).Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Leg).Put(row.IsCross ? 1 : 0).Put(row.Leverage);
        to.Put(row.Size).Put(row.Margin).Put(row.EntryPrice).Put(row.FillPrice).Put(row.LiquidationPrice).Put(row.BankruptcyPrice).Put(row.Mark).Put(row.OrderId);
        to.Put(row.OrderSize).Put(row.Left).Put(row.IsParticipant ? 1 : 0);
    }

    public static LiquidationRow Liquidation(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5),
        (Leg)row.GetByte(6), row.GetInt64(7) != 0, row.GetInt32(8), row.GetInt64(9), Amount(row, 10), Whole(row, 11), Whole(row, 12), row.GetInt64(13), row.GetInt64(14),
        row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), row.GetInt64(18), row.GetInt64(19) != 0);

    public static void Put(Insertion to, DeleveragingRow row)
    {
        to.Put(row.Sequence).Put(row.TimeNanos).Put(row.Id).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Leg).Put(row.IsCross ? 1 : 0).Put(row.Leverage);
        to.Put(row.EntryPrice).Put(row.Profit).Put(row.OrderId).Put(row.Price).Put(row.Size).Put(row.PositionLeft);
    }

    public static DeleveragingRow Deleveraging(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4),
        row.GetInt32(5), (Leg)row.GetByte(6), row.GetInt64(7) != 0, row.GetInt32(8), Whole(row, 9), Amount(row, 10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13),
        row.GetInt64(14));

    public static void Put(Insertion to, SettlementRow row)
    {
        to.Put(row.Sequence).Put(row.TimeNanos).Put(row.User).Put(row.Instrument).Put(row.Wallet).Put((long)row.Leg).Put(row.Leverage).Put(row.Size).Put(row.Margin);
        to.Put(row.EntryPrice).Put(row.Price).Put(row.Profit).Put(row.Fee);
    }

    public static SettlementRow Settlement(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4),
        (Leg)row.GetByte(5), row.GetInt32(6), row.GetInt64(7), Amount(row, 8), Whole(row, 9), row.GetInt64(10), Amount(row, 11), Amount(row, 12));

    public static void Put(Insertion to, InsuranceRow row) =>
        to.Put(row.Wallet).Put(row.TimeNanos / HourNanos).Put(row.Sequence).Put(row.TimeNanos).Put(row.Change).Put(row.Balance);

    public static InsuranceRow Insurance(SqliteDataReader row) => new(row.GetInt64(2), row.GetInt64(3), row.GetInt32(0), Amount(row, 4), Amount(row, 5));

    public static void Put(Insertion to, PriceBarRow row)
    {
        to.Put(row.Instrument).Put(row.Seconds).Put(row.StartSeconds);
        Put(to, row.Mark);
        Put(to, row.Index);
        Put(to, row.Premium);
    }

    public static PriceBarRow Bars(SqliteDataReader row)
    {
        var start = row.GetInt64(2);
        return new PriceBarRow(row.GetInt32(0), row.GetInt32(1), Bar(row, start, 3), Bar(row, start, 7), Bar(row, start, 11));
    }

    public static PriceBar Bar(SqliteDataReader row, long start, int at) => new(start, row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3));

    private static void Put(Insertion to, in PriceBar bar) => to.Put(bar.Open).Put(bar.High).Put(bar.Low).Put(bar.Close);

    public static void Put(Insertion to, ContractStatRow row)
    {
        to.Put(row.Instrument).Put(row.StartSeconds).Put(row.Mark).Put(row.OpenInterest).Put(row.Longs).Put(row.Shorts).Put(row.LongTaken).Put(row.ShortTaken);
        to.Put(row.LongLiquidated).Put(row.ShortLiquidated).Put(row.LongLiquidatedValue).Put(row.ShortLiquidatedValue);
        to.Put(row.TopLongs).Put(row.TopShorts).Put(row.TopLongSize).Put(row.TopShortSize);
    }

    public static ContractStatRow Stat(SqliteDataReader row) => new()
    {
        Instrument = row.GetInt32(0), StartSeconds = row.GetInt64(1), Mark = row.GetInt64(2), OpenInterest = row.GetInt64(3), Longs = row.GetInt64(4),
        Shorts = row.GetInt64(5), LongTaken = row.GetInt64(6), ShortTaken = row.GetInt64(7), LongLiquidated = row.GetInt64(8), ShortLiquidated = row.GetInt64(9),
        LongLiquidatedValue = Amount(row, 10), ShortLiquidatedValue = Amount(row, 11), TopLongs = row.GetInt64(12), TopShorts = row.GetInt64(13),
        TopLongSize = row.GetInt64(14), TopShortSize = row.GetInt64(15),
    };

    private const long HourNanos = 3600 * Core.Kernel.Nanos.PerSecond;
}
