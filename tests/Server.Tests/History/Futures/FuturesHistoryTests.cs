using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Events;
using Sluice.Products.Futures.Positions;
using Sluice.Server.History;
using Sluice.Server.History.Futures;
using Sluice.Server.Tests.Views.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;
using static Sluice.Server.Tests.Views.Futures.FuturesRig;

namespace Sluice.Server.Tests.History.Futures;

public sealed class FuturesHistoryTests : IDisposable
{
    private static readonly Window Everything = new(0, long.MaxValue, 0, 1000);
    private static readonly int Wallet = WalletId.FuturesUsdt.Value;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-contracts-").FullName;
    private readonly SqliteHistory history;
    private readonly FuturesRig rig;

    public FuturesHistoryTests()
    {
        history = new SqliteHistory(null);
        rig = new FuturesRig(history);
    }

    public void Dispose()
    {
        history.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orders_fills_and_triggers_come_back_as_they_were_told()
    {
        var terms = new CreateContractTrigger { Instrument = Perpetual, TriggerPrice = 900_000, Price = 1, Size = -3, Rule = TriggerRule.AtOrBelow, PriceType = TriggerPriceType.Index };
        rig.Step(now => now.Tell(Order(1, Alice, -5, 1_000_000) with { Iceberg = 2, StpAction = SelfTradeAction.CancelBoth, Flags = ContractOrderFlags.ReduceOnly }, "t-a", "tag"));
        rig.Step(now => now.Tell(new ContractTriggerCreated { TriggerId = 9, User = Alice, Status = TriggerStatus.Open, Terms = terms }, "t-x"));
        rig.NowNanos += Nanos.PerSecond;
        rig.Step(now =>
        {
            now.Tell(Order(2, Bob, 3, 1_000_100), "apiv4", "");
            now.Tell(Fill(7, 1_000_000, 3, 1, Alice, 2, Bob, Money.Units(30)) with { MakerLeft = 2, MakerFee = -new Money(5), TakerFee = new Money(9), TakerClosed = 1 });
            now.Tell(new ContractOrderFinished { OrderId = 2, User = Bob, Instrument = Perpetual, Reason = FinishReason.Filled });
            now.Tell(new ContractTriggerFinished { TriggerId = 9, User = Alice, Instrument = Perpetual, Status = TriggerStatus.Failed, Refusal = 418 });
        });
        foreach (var user in new[] { Alice, Bob }) Assert.True(await history.CaughtUpAsync(user, Cancellation));

        Assert.True(rig.Futures.TryGetOrder(1, out var open));
        Assert.True(rig.Futures.TryGetOrder(2, out var ended));
        Assert.Equal(open, history.ContractOrder(1));
        Assert.Equal([open], history.ContractOrders(new ContractOrderQuery(Alice, Wallet, Everything, true)));
        Assert.Equal([ended], history.ContractOrders(new ContractOrderQuery(Bob, Wallet, Everything, false, Perpetual)));
        Assert.Empty(history.ContractOrders(new ContractOrderQuery(Bob, Wallet, Everything, false, Coin)));
        Assert.Equal([open, ended], history.ContractOrdersOpenOrEndedSince(0));
        Assert.True(rig.Futures.TryGetTrigger(9, out var trigger));
        Assert.Equal(trigger, history.ContractTrigger(9));
        Assert.Equal([trigger], history.ContractTriggers(new ContractQuery(Alice, Wallet, Everything)));
        Assert.Empty(history.OpenContractTriggers());

        var maker = Assert.Single(history.ContractFills(new ContractFillQuery(Alice, Wallet, Everything, OrderId: 1)));
        Assert.Equal((Side.Sell, true, -new Money(5), "t-a", 7L), (maker.Side, maker.IsMaker, maker.Fee, maker.Text, maker.Trade.MarketId));
        Assert.Empty(history.ContractFills(new ContractFillQuery(Alice, Wallet, Everything, IsMaker: false)));
        Assert.Equal(1, Assert.Single(history.ContractFills(new ContractFillQuery(Bob, Wallet, Everything, IsMaker: false))).ClosedSize);
        Assert.Equal(7, Assert.Single(history.Trades(new TradeQuery(Perpetual, Everything))).MarketId);
        Assert.Equal((3L, 7L), history.TradedBefore(Perpetual));
    }

    [Fact]
    public async Task M_110_M_111_trailing_and_chase_orders_come_back_as_they_were_told()
    {
        var terms = new CreateTrailingOrder { Instrument = Perpetual, Amount = -3, Offset = 5_000, PriceType = TriggerPriceType.Index, ActivationPrice = 900_000, Rule = TriggerRule.AtOrBelow };
        rig.Step(now => now.Tell(new TrailCreated { OrderId = 9, User = Alice, Status = TriggerStatus.Inactive, Terms = terms }, "t-x"));
        rig.NowNanos += Nanos.PerSecond;
        rig.Step(now => now.Tell(new TrailUpdated { OrderId = 9, User = Alice, Status = TriggerStatus.Open, Terms = terms with { Amount = -4 }, Extremum = 890_000, IsAmended = 1 }));
        Assert.True(await history.CaughtUpAsync(Alice, Cancellation));
        Assert.True(rig.Futures.TryGetTrail(9, out var open));
        Assert.Equal([open], history.OpenTrails());
        Assert.Equal([(-4L, false), (-3L, true)], history.TrailChanges(9, Everything).Select(change => (change.Amount, change.IsCreate)));

        rig.Step(now =>
        {
            now.Tell(new TrailsMoved { Instrument = Perpetual, PriceType = TriggerPriceType.Index, Side = Side.Sell, Extremum = 895_000 });
            now.Tell(new TrailsMoved { Instrument = Perpetual, PriceType = TriggerPriceType.Mark, Side = Side.Sell, Extremum = 999_000 });
            now.Tell(new ChaseCreated { OrderId = 11, Child = 10, Price = 5, Bound = 7, User = Alice, Terms = new CreateChaseOrder { Instrument = Perpetual, Amount = 2, Gap = 3, IsPercent = 1 } }, "t-c");
        });
        Assert.True(rig.Futures.TryGetTrail(9, out var moved));
        Assert.Equal((895_000L, 890_000L), (moved.Extremum, moved.Level));
        rig.Step(now =>
        {
            now.Tell(new ChaseUpdated { OrderId = 11, Price = 6, User = Alice, Instrument = Perpetual });
            now.Tell(new ChaseFinished { OrderId = 11, Filled = 1, User = Alice, Instrument = Perpetual, Status = TriggerStatus.Cancelled, Reason = AutoReason.ChildEnded, ChildReason = FinishReason.ReduceOut });
            now.Tell(new TrailFinished { OrderId = 9, User = Alice, Instrument = Perpetual, Status = TriggerStatus.Failed, Refusal = 420, Reason = AutoReason.Refused, Extremum = 895_000, ReferencePrice = 890_000 });
        });
        Assert.True(await history.CaughtUpAsync(Alice, Cancellation));
        Assert.True(rig.Futures.TryGetTrail(9, out var ended));
        Assert.True(rig.Futures.TryGetChase(11, out var chase));
        var query = new AutoQuery(Alice, Wallet, Everything);
        Assert.Equal([ended], history.Trails(query));
        Assert.Equal(ended, history.Trail(9));
        Assert.Equal([chase], history.Chases(query with { ByEnd = true, Side = 1, ReduceOnly = false }));
        Assert.Equal(chase, history.Chase(11));
        Assert.Empty(history.Trails(query with { Side = 1 }));
        Assert.Empty(history.Trails(query with { Related = 1 }));
        Assert.Empty(history.Trails(query with { Instrument = Coin }));
        Assert.Empty(history.Chases(query with { HideCancelled = true }));
        Assert.Empty(history.OpenChases());
    }

    [Fact]
    public async Task Records_of_positions_and_markets_come_back_as_they_were_told()
    {
        var liquidated = new PositionLiquidated
        {
            EntryPrice = Int128.MaxValue / 3, FillPrice = 12_345, Margin = Money.Units(3), Id = 4, OrderId = 5, Size = 6, OrderSize = -6, Left = 1, BankruptcyPrice = 8, LiquidationPrice = 9,
            Mark = 10, User = Alice, Instrument = Perpetual, Leverage = 1000, IsCross = 1,
        };
        rig.Step(now =>
        {
            now.Tell(Position(Alice, 7, Money.Units(70)) with { FundingPaid = new Money(-3) });
            now.Tell(new PositionClosed { User = Alice, Instrument = Perpetual, Realised = new Money(-7), LongPrice = Int128.MaxValue / 5, WasLong = 1, SizeMax = 7, Leverage = 1000 });
            now.Tell(new FundingSettled { Instrument = Perpetual, DueNanos = 11, Rate = -12, Mark = 13 });
            now.Tell(new FundingSettled { Instrument = Perpetual, DueNanos = 12, IsMissed = 1 });
            now.Tell(liquidated);
            now.Tell(liquidated with { User = Maker, Participant = 1 });
            now.Tell(new PositionDeleveraged { EntryPrice = 1, Profit = new Money(2), Id = 4, OrderId = 5, Price = 6, Size = 7, PositionLeft = 8, User = Bob, Instrument = Perpetual, Leverage = 9 });
            now.Tell(new PositionSettled { EntryPrice = 1, Profit = new Money(2), Fee = new Money(3), Size = 4, Price = 5, User = Bob, Instrument = Perpetual, Leverage = 6 });
            now.Tell(new InsuranceChanged { Change = new Money(1), Balance = new Money(50), Wallet = Wallet });
            now.Tell(new InsuranceChanged { Change = new Money(1), Balance = new Money(51), Wallet = Wallet });
        });
        foreach (var user in new[] { Alice, Bob, 0 }) Assert.True(await history.CaughtUpAsync(user, Cancellation));

        Assert.Equal(rig.Futures.PositionsOf(Alice, Wallet), history.Positions(new ContractQuery(Alice, Wallet, Everything, Perpetual)));
        var closed = Assert.Single(history.PositionCloses(new PositionCloseQuery(Alice, Wallet, Everything, Perpetual, true, -1)));
        Assert.Equal((new Money(-7), Int128.MaxValue / 5, 7L), (closed.Realised, closed.LongPrice, closed.SizeMax));
        Assert.Empty(history.PositionCloses(new PositionCloseQuery(Alice, Wallet, Everything, Profit: 1)));
        Assert.Equal((11L, -12L), Assert.Single(history.Funding(Perpetual, Everything)) is var paid ? (paid.DueNanos, paid.Rate) : default);
        var own = Assert.Single(history.Liquidations(new ContractQuery(Alice, Wallet, Everything)));
        Assert.Equal((Int128.MaxValue / 3, (Int128)12_345, -6L, false), (own.EntryPrice, own.FillPrice, own.OrderSize, own.IsParticipant));
        Assert.Equal(2, history.Liquidations(new PublicQuery(Wallet, Everything)).Count);
        Assert.Equal((8L, new Money(2)), Assert.Single(history.Deleveragings(new ContractQuery(Bob, Wallet, Everything))) is var adl ? (adl.PositionLeft, adl.Profit) : default);
        Assert.Equal(new Money(3), Assert.Single(history.Settlements(new ContractQuery(Bob, Wallet, Everything))).Fee);
        Assert.Equal(new Money(51), Assert.Single(history.Insurance(Wallet, 10)).Balance);
    }

    [Fact]
    public async Task F_030_totals_of_an_account_are_what_its_book_adds_up_to()
    {
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(100));
        Assert.True(await history.CaughtUpAsync(Alice, Cancellation));              // so that the sum goes on from what is stored
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(90), reason: Reason.Profit, change: Money.Units(-10));
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(89), reason: Reason.Fee, change: Money.Units(-1));
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(91), reason: Reason.Funding, change: Money.Units(2));
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(92), reason: Reason.Rebate, change: Money.Units(1));
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(92), Money.Units(40), Reason.PositionMargin, Money.Zero);
        rig.Cash(Alice, WalletId.Spot, Money.Units(7));
        Assert.True(await history.CaughtUpAsync(Alice, Cancellation));
        Assert.Equal(new AccountTotals(Money.Units(100), Money.Units(-10), Money.Units(-1), Money.Units(1), Money.Units(2)), history.Totals(Alice, Wallet));
    }

    // Fees in points are of the fill, the leg and the account in which it is; orders add up cash only.
    [Fact]
    public async Task F_045_points_come_back_with_fills_positions_and_totals()
    {
        rig.Cash(Alice, WalletId.FuturesUsdt, Money.Units(100));
        rig.Step(now => now.Tell(Order(1, Alice, -5, 1_000_000), "t-a", ""));
        rig.Step(now =>
        {
            now.Tell(Order(2, Bob, 3, 1_000_100), "apiv4", "");
            now.Tell(Fill(7, 1_000_000, 3, 1, Alice, 2, Bob, Money.Units(30)) with { MakerLeft = 2, MakerFee = new Money(50), TakerFee = new Money(9), Flags = ContractFillFlags.MakerPoints });
            now.Tell(new PositionPointsChanged { Paid = new Money(50), History = new Money(4), User = Alice, Instrument = Perpetual });
            now.Tell(Position(Alice, -3, -Money.Units(30)));
            now.Tell(Position(Bob, 3, Money.Units(30)));
        });
        rig.Step(now => now.Tell(Position(Alice, -3, -Money.Units(30)) with { UpdateId = 2, Cause = PositionCause.Funding }));
        foreach (var user in new[] { Alice, Bob }) Assert.True(await history.CaughtUpAsync(user, Cancellation));

        Assert.Equal((Money.Zero, new Money(50)), Assert.Single(history.ContractFills(new ContractFillQuery(Alice, Wallet, Everything))) is var made ? (made.CashFee, made.PointFee) : default);
        Assert.Equal((new Money(9), Money.Zero), Assert.Single(history.ContractFills(new ContractFillQuery(Bob, Wallet, Everything))) is var took ? (took.CashFee, took.PointFee) : default);
        Assert.True(rig.Futures.TryGetOrder(1, out var order));
        Assert.Equal(Money.Zero, order.Fee);
        Assert.Equal([(new Money(50), new Money(4)), (new Money(50), new Money(4))],
            history.Positions(new ContractQuery(Alice, Wallet, Everything, Perpetual)).Select(row => (row.PointsPaid, row.HistoryPoints)));
        Assert.Equal((Money.Zero, Money.Zero), history.Positions(new ContractQuery(Bob, Wallet, Everything, Perpetual)).Single() is var bob ? (bob.PointsPaid, bob.HistoryPoints) : default);
        Assert.Equal(new AccountTotals(Money.Units(100), default, default, default, default, new Money(-50)), history.Totals(Alice, Wallet));
    }

    [Fact]
    public async Task Bars_of_mark_index_and_premium_have_no_gaps_and_go_on_after_a_restart()
    {
        var file = Path.Combine(folder, "history.db");
        var start = CandleStart;
        using (var first = new SqliteHistory(file))
        {
            var bars = new PriceCandles(first, () => rig.NowNanos);
            var told = new FuturesRig(first, bars) { NowNanos = start * Nanos.PerSecond };
            told.Mark(100, index: 99);
            told.NowNanos += 30 * Nanos.PerSecond;
            told.Mark(105, index: 99);
            told.Step(now => now.Tell(new FundingRateChanged { Instrument = Perpetual, Premium = -7, IsSampled = 1 }));
            told.NowNanos += 150 * Nanos.PerSecond;         // nothing for two minutes
            told.Mark(90, index: 98);
            rig.NowNanos = told.NowNanos;
            var contract = told.Futures.Of(Perpetual);
            Assert.Equal([new(start, 100, 105, 100, 105), new(start + 60, 105, 105, 105, 105), new(start + 120, 105, 105, 105, 105), new(start + 180, 90, 90, 90, 90)],
                bars.Read(contract, PriceSeries.Mark, 60, start, start + 600));
            Assert.Equal(new PriceBar(start, 99, 99, 98, 98), Assert.Single(bars.Read(contract, PriceSeries.Index, 900, start, start + 600)));
            Assert.Equal(-7, bars.Read(contract, PriceSeries.Premium, 60, start, start + 60)[0].Close);
            Assert.True(await first.CaughtUpAsync(0, Cancellation));
        }
        using var second = new SqliteHistory(file);
        var after = new PriceCandles(second, () => rig.NowNanos);
        var again = new FuturesRig(second, after) { NowNanos = rig.NowNanos };
        again.Mark(95);
        Assert.Equal([new(start, 100, 105, 100, 105), new(start + 60, 105, 105, 105, 105), new(start + 120, 105, 105, 105, 105)],
            after.Read(again.Futures.Of(Perpetual), PriceSeries.Mark, 60, start, start + 180));
        var hour = CandleIntervals.Down(start, 3600);               // made of the minutes that were over; the running one is lost
        Assert.Equal(new PriceBar(hour, 100, 105, 95, 95), Assert.Single(after.Read(again.Futures.Of(Perpetual), PriceSeries.Mark, 3600, hour, hour + 3600)));
    }

    [Fact]
    public async Task Statistics_count_in_steps_of_five_minutes()
    {
        var statistics = new ContractStatistics(history);
        var told = new FuturesRig(history, statistics) { NowNanos = CandleStart * Nanos.PerSecond };
        told.Mark(1_000_000);
        told.Step(now => now.Tell(Fill(1, 1_000_000, 3, 1, Maker, 2, Maker, Money.Units(30)) with { Flags = ContractFillFlags.MakerParticipant | ContractFillFlags.TakerParticipant }));
        told.Step(now => now.Tell(new PositionLiquidated { User = Alice, Instrument = Perpetual, Size = 5, OrderSize = -5, Mark = 1_000_000 }));
        told.Step(now => now.Tell(Position(Bob, 5, Money.Units(50))));
        told.NowNanos += 300 * Nanos.PerSecond;
        told.Mark(1_100_000);
        Assert.True(await history.CaughtUpAsync(0, Cancellation));
        var rows = statistics.Read(told.Futures.Of(Perpetual), CandleStart, CandleStart + 600);
        Assert.Equal((3L, 0L, 5L, Money.Units(50), 5L, 1L), (rows[0].LongTaken, rows[0].ShortTaken, rows[0].LongLiquidated, rows[0].LongLiquidatedValue, rows[0].OpenInterest, rows[0].Longs));
        Assert.Equal((CandleStart + 300, 0L, 1_100_000L), (rows[1].StartSeconds, rows[1].LongTaken, rows[1].Mark));
    }

    // Eleven accounts: the fifth of them is three, rounded up.
    [Fact]
    public async Task Top_holders_are_a_fifth_of_the_accounts_as_at_the_end_of_a_step()
    {
        var statistics = new ContractStatistics(history);
        var told = new FuturesRig(history, statistics) { NowNanos = CandleStart * Nanos.PerSecond };
        told.Mark(1_000_000);
        var contract = told.Futures.Of(Perpetual);
        Assert.Equal(default, contract.Top);
        told.Step(now =>
        {
            now.Tell(Position(Bob, 50, Money.Units(500)));
            now.Tell(Position(Alice, 30, Money.Units(300)) with { Leg = Leg.Long });        // 30 and 25: the larger position, on both sides
            now.Tell(Position(Alice, -25, Money.Units(-250)) with { Leg = Leg.Short });
            for (var user = 1; user <= 9; user++) now.Tell(Position(20_000 + user, user < 3 ? -40 : -user, Money.Units(-10)));
        });
        Assert.Equal(new TopHolders(80, 65, 2, 2), contract.Top);       // of the two with 40 the first
        told.NowNanos += 300 * Nanos.PerSecond;
        told.Mark(1_100_000);
        told.Step(now => now.Tell(Position(Bob, -50, Money.Units(-500))));     // the sums of both sides change place
        Assert.True(await history.CaughtUpAsync(0, Cancellation));
        var rows = statistics.Read(contract, CandleStart, CandleStart + 600);
        Assert.Equal([(2L, 2L, 80L, 65L), (1L, 3L, 30L, 115L)], rows.Select(row => (row.TopLongs, row.TopShorts, row.TopLongSize, row.TopShortSize)));
        foreach (var user in new[] { Bob, 20_001, 20_002 }) told.Step(now => now.Tell(Position(user, 0, Money.Zero)));
        Assert.Equal((30L, 34L), (contract.Top.LongSize, contract.Top.ShortSize));      // eight are left: two, Alice and the one with 9
    }

    [Fact]
    public void A_database_of_schema_1_gets_the_tables_of_contracts()
    {
        var file = Path.Combine(folder, "old.db");
        new SqliteHistory(file).Dispose();
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var old = connection.CreateCommand();
            old.CommandText = "UPDATE meta SET value = 1 WHERE name = 'version'; UPDATE meta SET value = 77 WHERE name = 'sequence'; "
                + string.Concat(new[] { "contract_orders", "contract_fills", "contract_triggers", "position_changes", "position_closes", "funding", "liquidations", "deleveragings", "settlements",
                    "insurance", "account_totals", "price_bars", "contract_stats" }.Select(table => $"DROP TABLE {table}; "));
            old.ExecuteNonQuery();
        }
        using var migrated = new SqliteHistory(file);
        Assert.Equal(77, migrated.Sequence);
        Assert.Empty(migrated.ContractOrdersOpenOrEndedSince(0));
    }

    private const long CandleStart = 1_767_225_600;
}
