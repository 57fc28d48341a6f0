using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Tests.Views;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.History;

public sealed class SqliteHistoryTests : IDisposable
{
    private static readonly Window Everything = new(0, long.MaxValue, 0, 1000);

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-history-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Database => Path.Combine(folder, "history.db");

    [Fact]
    public async Task What_is_settled_is_in_the_file_itself_even_when_the_write_ahead_log_is_lost()
    {
        using var history = new SqliteHistory(Database);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice");
        var order = rig.Place(users[0], Side.Sell, 1_000_000, 1_000, "t-1");
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        var settled = history.Settle();
        Assert.Equal(history.Sequence, settled);

        var copy = Path.Combine(folder, "after-power-loss.db");
        File.Copy(Database, copy);
        using var after = new SqliteHistory(copy);
        Assert.Equal(settled, after.Sequence);
        Assert.Equal("t-1", after.Order(order)!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_row_comes_back_as_it_was_told(bool inMemory)
    {
        using var history = new SqliteHistory(inMemory ? null : Database);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice", "bob");
        rig.Place(users[0], Side.Sell, 1_000_000, 1_000, "t-1");
        var amended = rig.Place(users[0], Side.Sell, 1_000_100, 5_000, "t-2");
        rig.Send(users[0], new AmendOrder { OrderId = amended, Price = 1_000_010, HasText = 1 }, "closer");
        rig.NowNanos += Nanos.PerSecond;
        rig.Place(users[1], Side.Buy, 1_000_010, 3_000, "t-3");
        rig.Send(users[1], CoreRig.Limit(Side.Buy, 990_000, 2_000) with { TakeProfitTrigger = 1_010_000, StopLossTrigger = 980_000 }, "t-4", "tag");
        rig.Send(users[0], new Transfer { FromUser = users[0], FromWallet = 1, ToUser = users[0], ToWallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = 2, Amount = Money.Units(5) }, "c-1");
        rig.Send(0, new Fund { User = users[0], Wallet = 1, Asset = 2, Amount = Money.Units(7), Deposit = 1 }, "TRX", "addr", "tx");
        foreach (var user in users) Assert.True(await history.CaughtUpAsync(user, TestContext.Current.CancellationToken));

        var orders = rig.Heard.Orders.GroupBy(told => told.Order.Id).Select(told => told.Last().Order).ToArray();
        Assert.All(orders, order => Assert.Equal(order, history.Order(order.Id)));
        Assert.Equal("closer", history.Order(amended)!.AmendText);
        Assert.All(users, user =>
        {
            var mine = orders.Where(order => order.User == user).OrderByDescending(order => order.Id).ToArray();
            Assert.Equal(mine.Where(order => order.IsOpen), history.Orders(new OrderQuery(user, Everything, Open: true)));
            Assert.Equal(mine.Where(order => !order.IsOpen), history.Orders(new OrderQuery(user, Everything, Open: false)));
            Assert.Equal(rig.Heard.Fills.Where(fill => fill.User == user).Reverse(), history.Fills(new FillQuery(user, Everything)));
            Assert.Equal(rig.Heard.Balances.Where(entry => entry.User == user).Reverse(), history.AccountBook(new BookQuery(user, Everything)).Select(entry => entry.Row));
            var triggers = rig.Heard.Triggers.Where(trigger => trigger.User == user).GroupBy(trigger => trigger.Id).Select(told => told.Last()).Reverse();
            Assert.Equal(triggers, history.Triggers(new TriggerQuery(user, Everything, Open: true)));
            Assert.Equal(rig.Heard.Deposits.Where(deposit => deposit.User == user).Reverse(), history.Deposits(new DepositQuery(user, Everything, DepositsOnly: false)));
        });
        Assert.Equal(rig.Heard.Trades.AsEnumerable().Reverse(), history.Trades(new TradeQuery(1, Everything)));
        Assert.Equal(rig.Heard.Transfers, history.Transfers(new TransferQuery(users, Everything)));
        Assert.Equal("tx", Assert.Single(history.Deposits(new DepositQuery(users[0], Everything))).TransactionId);
        Assert.True(history.SizeBytes > 0);
    }

    [Fact]
    public async Task Queries_filter_and_page()
    {
        using var history = new SqliteHistory(null);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice", "bob");
        rig.Send(0, new ListAsset { Scale = 12 }, "ETH", "Ether");
        rig.Send(0, CoreRig.Terms, "ETH_USDT", "ETH", "USDT");
        var begin = rig.NowNanos;
        for (var i = 0; i < 20; i++)
        {
            rig.NowNanos = begin + i * Nanos.PerSecond;
            rig.Place(users[0], Side.Sell, 1_000_000, 100);
            rig.Place(users[1], Side.Buy, 1_000_000, 100);
            rig.Send(users[1], CoreRig.Limit(Side.Buy, 900_000 + i, 100) with { Instrument = i % 2 + 1 });
        }
        rig.Send(users[0], new Transfer { FromUser = users[0], FromWallet = 1, ToUser = users[0], ToWallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = 2, Amount = Money.Units(5) }, "c-1");
        rig.Send(users[0], new Transfer { FromUser = users[0], FromWallet = 1, ToUser = users[0], ToWallet = WalletId.Margin(new InstrumentId(1)).Value, Asset = 1, Amount = Money.Units(1) }, "c-2");
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        Assert.True(await history.CaughtUpAsync(users[1], TestContext.Current.CancellationToken));
        var from5To10 = new Window(begin + 5 * Nanos.PerSecond, begin + 10 * Nanos.PerSecond, 0, 100);

        Assert.Equal(5, history.Fills(new FillQuery(users[0], from5To10)).Count);
        Assert.Equal([16L, 15L, 14L], history.Fills(new FillQuery(users[0], Everything with { Skip = 4, Limit = 3 })).Select(fill => fill.Trade.MarketId));
        var order = history.Fills(new FillQuery(users[0], Everything))[3].OrderId;
        Assert.Equal(order, Assert.Single(history.Fills(new FillQuery(users[0], Everything, OrderId: order))).OrderId);
        Assert.Empty(history.Fills(new FillQuery(users[0], Everything, Instrument: 2)));
        Assert.Empty(history.Fills(new FillQuery(users[0], Everything, Wallet: 2)));

        Assert.Equal(10, history.Orders(new OrderQuery(users[1], Everything, Open: true, Instrument: 2)).Count);
        Assert.Empty(history.Orders(new OrderQuery(users[1], Everything, Open: true, Side: Side.Sell)));
        Assert.Equal(5, history.Orders(new OrderQuery(users[1], from5To10, Open: false, Instrument: 1, Side: Side.Buy, Wallet: 1)).Count);

        Assert.Equal([10L, 9L, 8L, 7L, 6L], history.Trades(new TradeQuery(1, from5To10)).Select(trade => trade.MarketId));
        Assert.Equal([9L, 8L], history.Trades(new TradeQuery(1, from5To10 with { Skip = 1, Limit = 2 })).Select(trade => trade.MarketId));
        Assert.Equal([7L, 6L], history.Trades(new TradeQuery(1, Everything with { Limit = 2 }, LastId: 5)).Select(trade => trade.MarketId));
        Assert.Equal([4L, 3L], history.Trades(new TradeQuery(1, Everything with { Limit = 2 }, LastId: 5, Reverse: true)).Select(trade => trade.MarketId));
        Assert.Empty(history.Trades(new TradeQuery(2, from5To10)));

        var fees = history.AccountBook(new BookQuery(users[0], from5To10, Reasons: [Reason.Fee]));
        Assert.Equal(5, fees.Count);
        Assert.All(fees, entry => Assert.Equal(CoreRig.Usdt, entry.Row.Asset));
        Assert.True(fees[0].Id > fees[1].Id);
        Assert.Empty(history.AccountBook(new BookQuery(users[0], from5To10, Asset: CoreRig.Btc, Reasons: [Reason.Fee])));
        Assert.Equal(10, history.AccountBook(new BookQuery(users[0], from5To10, Reasons: [Reason.Fee, Reason.OrderHold])).Count);

        Assert.Equal("c-1", Assert.Single(history.Transfers(new TransferQuery([users[0]], Everything, Asset: 2))).ClientOrderId);
        Assert.Equal("c-2", Assert.Single(history.Transfers(new TransferQuery([users[1], users[0]], Everything, ClientOrderId: "c-2"))).ClientOrderId);
        Assert.Empty(history.Transfers(new TransferQuery([users[1]], Everything)));
        Assert.Empty(history.Transfers(new TransferQuery([users[0]], Everything, TransferRoute.MainToSub)));
        Assert.Empty(history.Deposits(new DepositQuery(users[0], Everything)));
        Assert.Equal(2, history.Deposits(new DepositQuery(users[0], Everything, DepositsOnly: false)).Count);
    }

    [Fact]
    public async Task A_write_followed_by_a_read_shows_it_ten_thousand_times_out_of_ten_thousand()
    {
        using var history = new SqliteHistory(Database);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice", "bob", "carol", "dave");
        var core = new Lock();
        async Task<int> Run(int user)
        {
            var missed = 0;
            for (var i = 0; i < 2_500; i++)
            {
                long id;
                lock (core)
                {
                    id = rig.Place(user, Side.Buy, 900_000, 100);
                    if (i % 2 == 0) rig.Send(user, new CancelOrder { OrderId = id });
                }
                var there = await history.CaughtUpAsync(user) && history.Order(id) is { } order && order.IsOpen == (i % 2 != 0);
                if (!there) missed++;
            }
            return missed;
        }
        var missed = await Task.WhenAll(users.Select(user => Task.Run(() => Run(user))));
        Assert.Equal([0, 0, 0, 0], missed);
    }

    [Fact]
    public async Task Old_trades_bars_and_ended_orders_go_and_the_last_ones_stay()
    {
        var retention = new Retention
        {
            TradesNanos = 3600 * Nanos.PerSecond, TradesLeast = 5, OrdersNanos = 7200 * Nanos.PerSecond, BarSeconds = new Dictionary<int, long> { [10] = 3600 },
        };
        using var history = new SqliteHistory(null, retention);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice", "bob");
        var old = rig.Place(users[0], Side.Buy, 900_000, 100);
        var open = rig.Place(users[0], Side.Buy, 900_000, 100);
        rig.Send(users[0], new CancelOrder { OrderId = old });
        for (var i = 0; i < 20; i++)
        {
            rig.Place(users[0], Side.Sell, 1_000_000, 100);
            rig.Place(users[1], Side.Buy, 1_000_000, 100);
            rig.NowNanos += 60 * Nanos.PerSecond;
        }
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        rig.NowNanos += 7200 * Nanos.PerSecond;
        rig.Place(users[0], Side.Sell, 1_000_000, 100);
        rig.Place(users[1], Side.Buy, 1_000_000, 100);
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        rig.Send(users[0], new CancelOrder { OrderId = open });                         // thinning runs behind a write: this one waits for it
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));

        Assert.Equal([21L, 20L, 19L, 18L, 17L], history.Trades(new TradeQuery(1, Everything)).Select(trade => trade.MarketId));
        Assert.Null(history.Order(old));
        Assert.NotNull(history.Order(open));
        var bars = (IStoredCandles)history;
        Assert.Single(bars.Read(1, 10, 0, long.MaxValue));
        Assert.Equal(21, bars.Read(1, 60, 0, long.MaxValue).Count);
        Assert.Equal(21, history.Fills(new FillQuery(users[0], Everything)).Count);
    }

    // Schema 2 had a row for each of a contract's mark, index and premium.
    [Fact]
    public void Bars_of_an_older_schema_are_taken_over_side_by_side()
    {
        new SqliteHistory(Database).Dispose();
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                DROP TABLE price_bars; DROP TABLE trails; DROP TABLE trail_changes; DROP TABLE chases;
                CREATE TABLE price_bars (instrument BIGINT NOT NULL, series BIGINT NOT NULL, seconds BIGINT NOT NULL, start BIGINT NOT NULL, open BIGINT NOT NULL,
                    high BIGINT NOT NULL, low BIGINT NOT NULL, close BIGINT NOT NULL, PRIMARY KEY (instrument, series, seconds, start)) WITHOUT ROWID;
                INSERT INTO price_bars VALUES (1000, 1, 60, 120, 10, 14, 9, 12), (1000, 2, 60, 120, 20, 24, 19, 22), (1000, 3, 60, 120, -3, -1, -5, -2),
                    (1000, 1, 60, 180, 12, 13, 11, 13), (1001, 2, 60, 120, 7, 7, 7, 7);
                UPDATE meta SET value = 2 WHERE name = 'version';
                """ + WithoutTops;
            command.ExecuteNonQuery();
        }
        for (var start = 1; start <= 2; start++)            // the second finds it done
        {
            using var history = new SqliteHistory(Database);
            Assert.Equal([new PriceBar(120, 10, 14, 9, 12), new PriceBar(180, 12, 13, 11, 13)], history.PriceBars(1000, PriceSeries.Mark, 60, 0, 1000));
            Assert.Equal(new PriceBar(120, 20, 24, 19, 22), history.PriceBars(1000, PriceSeries.Index, 60, 0, 180).Single());
            Assert.Equal(new PriceBar(120, -3, -1, -5, -2), history.PriceBars(1000, PriceSeries.Premium, 60, 0, 180).Single());
            Assert.True(history.LastPriceBars(1001, 60)!.Mark.IsNone);
            Assert.Equal(7, history.LastPriceBars(1001, 60)!.Index.Close);
        }
    }

    [Fact]
    public void Tables_of_an_older_schema_have_no_top_holders_and_no_points()
    {
        new SqliteHistory(Database).Dispose();
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = WithoutTops + "INSERT INTO contract_stats VALUES (1000, 300, 7, 40, 3, 2, 5, 6, 1, 0, '11', '0'); "
                + "INSERT INTO account_totals VALUES (10001, 2, '1', '2', '-3', '4', '5'); UPDATE meta SET value = 3 WHERE name = 'version';";
            command.ExecuteNonQuery();
        }
        var old = new ContractStatRow
        {
            Instrument = 1000, StartSeconds = 300, Mark = 7, OpenInterest = 40, Longs = 3, Shorts = 2, LongTaken = 5, ShortTaken = 6, LongLiquidated = 1,
            LongLiquidatedValue = new Money(11),
        };
        var added = old with { StartSeconds = 600, TopLongs = 1, TopShorts = 2, TopLongSize = 30, TopShortSize = 8 };
        for (var start = 1; start <= 2; start++)            // the second finds it done
        {
            using var history = new SqliteHistory(Database);
            history.Store(added);
            history.Store(added with { TopShortSize = 9 });         // what is told again is changed
            history.Delivered(start, 1);
        }
        using var migrated = new SqliteHistory(Database);
        Assert.Equal([old, added with { TopShortSize = 9 }], migrated.Stats(1000, 0, 1000));
        Assert.Equal(new AccountTotals(new Money(1), new Money(2), new Money(-3), new Money(4), new Money(5), Money.Zero), migrated.Totals(10001, 2));
    }

    // What schema 4 added is taken away.
    private const string WithoutTops = "ALTER TABLE contract_stats DROP COLUMN top_longs; ALTER TABLE contract_stats DROP COLUMN top_shorts; "
        + "ALTER TABLE contract_stats DROP COLUMN top_long_size; ALTER TABLE contract_stats DROP COLUMN top_short_size; "
        + "ALTER TABLE position_changes DROP COLUMN points_paid; ALTER TABLE position_changes DROP COLUMN history_points; ALTER TABLE account_totals DROP COLUMN points;";

    [Fact]
    public void A_database_of_a_newer_build_is_refused_with_a_sentence()
    {
        new SqliteHistory(Database).Dispose();
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE meta SET value = 99 WHERE name = 'version'";
            command.ExecuteNonQuery();
        }
        var refused = Assert.Throws<HistoryRefusedException>(() => new SqliteHistory(Database));
        Assert.Contains("schema 99", refused.Message, StringComparison.Ordinal);
        File.WriteAllText(Database, new string('x', 4096));
        Assert.Throws<HistoryRefusedException>(() => new SqliteHistory(Database));
    }

    [Fact]
    public async Task A_write_that_fails_stops_the_history_which_says_so_and_nobody_waits()
    {
        using var history = new SqliteHistory(Database);
        var rig = new CoreRig(history);
        var users = rig.SetUp("alice");
        Assert.True(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        var reached = history.Sequence;
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE book";
            command.ExecuteNonQuery();
        }
        for (var i = 0; i < 2_000; i++) rig.Execute(users[0], CoreRig.Limit(Side.Buy, 900_000, 100), "t-filler", "");
        rig.Deliver();
        Assert.False(await history.CaughtUpAsync(users[0], TestContext.Current.CancellationToken));
        Assert.Contains("no such table", history.Failure, StringComparison.Ordinal);
        Assert.Equal(reached, history.Sequence);
        rig.Place(users[0], Side.Buy, 900_000, 100);
        Assert.Equal(2_001, rig.Views.OpenOrdersOf(users[0]).Count);
    }
}
