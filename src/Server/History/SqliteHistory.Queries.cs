using Sluice.Core.Ledger;
using Sluice.Server.Views;

namespace Sluice.Server.History;

public sealed partial class SqliteHistory
{
    private const int PartsMax = 100;
    private const string SelectOrdersText = $"SELECT {HistoryRows.OrderColumns} FROM orders";

    public OrderRow? Order(long id) => database.Read(SelectOrders().WhereIs("id", id), HistoryRows.Order).FirstOrDefault();

    public IReadOnlyList<OrderRow> Orders(OrderQuery query)
    {
        var window = query.Window;
        var (time, state) = query.Open ? ("created", "finish = 0") : ("updated", "finish <> 0");
        var select = OfParts(query.Open ? [query.Instrument] : Parts("orders", "instrument", query.Instrument, query.User, state), SelectOrdersText, (rows, instrument) =>
            rows.WhereIs("user_id", query.User).Where(state).WhereIs("instrument", instrument).WhereIs("side", (long?)query.Side).WhereIs("wallet", query.Wallet)
                .Where($"{time} >= ? AND {time} < ?", window.FromNanos, window.ToNanos));
        return database.Read(select.Then(query.Open ? "ORDER BY id DESC" : "ORDER BY updated DESC, id DESC").Page(window), HistoryRows.Order);
    }

    public IReadOnlyList<FillRow> Fills(FillQuery query)
    {
        var parts = query.OrderId is null ? Parts("fills", "instrument", query.Instrument, query.User) : [query.Instrument];
        var select = OfParts(parts, $"SELECT {HistoryRows.FillColumns}, id FROM fills", (rows, instrument) =>
            Within(rows.WhereIs("user_id", query.User).WhereIs("instrument", instrument).WhereIs("order_id", query.OrderId).WhereIs("wallet", query.Wallet), query.Window));
        return database.Read(Newest(select, query.Window), HistoryRows.Fill);
    }

    public IReadOnlyList<TradeRow> Trades(TradeQuery query)
    {
        var window = query.Window;
        var select = new Query($"SELECT {HistoryRows.TradeColumns} FROM trades").WhereIs("instrument", query.Instrument);
        if (query is { LastId: { } above, Reverse: false })
        {
            // The ones next above it, so that pages follow each other upwards.
            var rows = database.Read(select.Where("market_id > ?", above).Then("ORDER BY market_id").Page(window), HistoryRows.Trade);
            rows.Reverse();
            return rows;
        }
        if (query.LastId is { } below) select.Where("market_id < ?", below);
        else
        {
            if (window.FromNanos > 0) select.Where("market_id >= ?", FirstTradeAt(query.Instrument, window.FromNanos));
            if (window.ToNanos < long.MaxValue) select.Where("market_id < ?", FirstTradeAt(query.Instrument, window.ToNanos));
        }
        return database.Read(select.Then("ORDER BY market_id DESC").Page(window), HistoryRows.Trade);
    }

    public IReadOnlyList<BookEntry> AccountBook(BookQuery query)
    {
        var select = OfParts(Parts("book", "asset", query.Asset, query.User), $"SELECT {HistoryRows.BookColumns}, id FROM book", (rows, asset) =>
        {
            rows.WhereIs("user_id", query.User).WhereIs("asset", asset).WhereIs("wallet", query.Wallet).WhereIs("instrument", query.Instrument);
            if (query.Reasons is { Count: > 0 } reasons) OneOf(rows, "reason", reasons.Select(reason => (long)reason));
            Within(rows, query.Window);
        });
        return database.Read(Newest(select, query.Window), HistoryRows.Book);
    }

    public TriggerRow? Trigger(long id) => database.Read(SelectTriggers().WhereIs("id", id), HistoryRows.Trigger).FirstOrDefault();

    public IReadOnlyList<TriggerRow> Triggers(TriggerQuery query)
    {
        var window = query.Window;
        var time = query.Open ? "created" : "finished";
        var select = SelectTriggers().WhereIs("user_id", query.User).Where(query.Open ? "status <= 1" : "status > 1");
        select.WhereIs("instrument", query.Instrument).WhereIs("wallet", query.Wallet);
        select.Where($"{time} >= ? AND {time} < ?", window.FromNanos, window.ToNanos);
        return database.Read(select.Then(query.Open ? "ORDER BY id DESC" : "ORDER BY finished DESC, id DESC").Page(window), HistoryRows.Trigger);
    }

    public IReadOnlyList<TransferRow> Transfers(TransferQuery query)
    {
        var users = string.Join(", ", query.Users.Select(_ => "?"));
        object[] twice = [.. query.Users.Concat(query.Users).Select(user => (object)(long)user)];
        if (twice.Length == 0) return [];
        var select = new Query($"SELECT {HistoryRows.TransferColumns} FROM transfers").Where($"(from_user IN ({users}) OR to_user IN ({users}))", twice);
        select.WhereIs("route", (long?)query.Route).WhereIs("asset", query.Asset).WhereIs("id", query.Id);
        if (query.ClientOrderId is { } client) select.Where("client_id = ?", client);
        return database.Read(Newest(Within(select, query.Window), query.Window), HistoryRows.Transfer);
    }

    public IReadOnlyList<DepositRow> Deposits(DepositQuery query)
    {
        var select = new Query($"SELECT {HistoryRows.DepositColumns} FROM deposits").WhereIs("user_id", query.User).WhereIs("asset", query.Asset);
        if (query.DepositsOnly) select.Where("is_deposit = 1");
        return database.Read(Newest(Within(select, query.Window), query.Window), HistoryRows.Deposit);
    }

    public IReadOnlyList<OrderRow> OrdersOpenOrEndedSince(long nanos) =>
    [
        .. database.Read(SelectOrders().Where("finish = 0").Then("ORDER BY id"), HistoryRows.Order),
        .. database.Read(SelectOrders().Where("finish <> 0 AND updated >= ?", nanos).Then("ORDER BY updated, id"), HistoryRows.Order),
    ];

    public IReadOnlyList<TriggerRow> OpenTriggers() => database.Read(SelectTriggers().Where("status <= 1").Then("ORDER BY id"), HistoryRows.Trigger);

    IReadOnlyList<Candle> IStoredCandles.Read(int instrument, int seconds, long fromSeconds, long toSeconds) =>
        database.Read(SelectBars(instrument, seconds).Where("start >= ? AND start < ?", fromSeconds, toSeconds).Then("ORDER BY start"), HistoryRows.Bar);

    Candle? IStoredCandles.LastBefore(int instrument, int seconds, long beforeSeconds)
    {
        var found = database.Read(SelectBars(instrument, seconds).Where("start < ?", beforeSeconds).Then("ORDER BY start DESC LIMIT 1"), HistoryRows.Bar);
        return found.Count > 0 ? found[0] : null;
    }

    private static Query SelectOrders() => new(SelectOrdersText);

    private static Query SelectTriggers() => new($"SELECT {HistoryRows.TriggerColumns} FROM triggers");

    private static Query SelectBars(int instrument, int seconds) =>
        new Query($"SELECT {HistoryRows.BarColumns} FROM candles").WhereIs("instrument", instrument).WhereIs("seconds", seconds);

    private static Query Within(Query select, in Window window) => select.Where("time >= ? AND time < ?", window.FromNanos, window.ToNanos);

    private static Query Newest(Query select, in Window window) => select.Then("ORDER BY time DESC, id DESC").Page(window);

    /// <summary>The pairs or assets a user's rows are of: each is ordered by time in the index, so that the database merges them. One that is asked for is the only
    /// part; nothing (all rows in one) when there are none, or so many that merging would not pay.</summary>
    private List<long?> Parts(string table, string column, long? wanted, int user, string only = "1 = 1")
    {
        if (wanted is not null) return [wanted];
        // Goes from one value to the next in the index, instead of through all rows.
        var least = $"SELECT min({column}) FROM {table} WHERE user_id = ? AND {only}";
        var query = new Query("WITH RECURSIVE part (value) AS (").Then($"{least} UNION ALL SELECT ({least} AND {column} > value) FROM part WHERE value IS NOT NULL) ", (long)user, (long)user);
        var parts = database.Read(query.Then("SELECT value FROM part WHERE value IS NOT NULL LIMIT ?", PartsMax + 1L), static row => (long?)row.GetInt64(0));
        return parts.Count is > 0 and <= PartsMax ? parts : [null];
    }

    private static Query OfParts(List<long?> parts, string select, Action<Query, long?> where)
    {
        var query = new Query(select);
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0) query.And(select);
            where(query, parts[i]);
        }
        return query;
    }

    private static void OneOf(Query select, string column, IEnumerable<long> values)
    {
        object[] all = [.. values.Select(value => (object)value)];
        select.Where($"{column} IN ({string.Join(", ", all.Select(_ => "?"))})", all);
    }

    // Ids and times of a pair's trades grow together: the first one at or after an instant is found by halving, without an index on time.
    private long FirstTradeAt(int instrument, long nanos)
    {
        var (low, high) = (Edge(instrument, "ORDER BY market_id"), Edge(instrument, "ORDER BY market_id DESC") + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var select = new Query("SELECT time FROM trades").WhereIs("instrument", instrument).Where("market_id >= ?", middle).Then("ORDER BY market_id LIMIT 1");
            var time = database.Read(select, static row => row.GetInt64(0));
            if (time.Count > 0 && time[0] < nanos) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private long Edge(int instrument, string order)
    {
        var id = database.Read(new Query("SELECT market_id FROM trades").WhereIs("instrument", instrument).Then(order + " LIMIT 1"), static row => row.GetInt64(0));
        return id.Count > 0 ? id[0] : 0;
    }
}
