using Sluice.Products.Futures.Events;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History;

// Contracts: what is told, and what is asked.
public sealed partial class SqliteHistory : IFuturesHistory
{
    private const string SelectContractOrders = $"SELECT {FuturesRows.OrderColumns} FROM contract_orders";
    private const string SelectContractTriggers = $"SELECT {FuturesRows.TriggerColumns} FROM contract_triggers";
    private const string SelectLiquidations = $"SELECT {MarketRecordRows.LiquidationColumns} FROM liquidations";

    public void ContractChanged(ContractView contract) => pairs[contract.Id] = contract;

    public void ContractTraded(ContractView contract, TradeRow trade, ContractFillFlags flags)
    {
        if (failure is not null) return;
        fresh.Add(trade);
        toldOfPair[contract.Id] = ++told;
    }

    public void ContractOrderChanged(ContractOrderRow order, OrderChange change) => Tell(order, order.User);

    public void ContractFilled(ContractFillRow fill) => Tell(fill, fill.User);

    public void ContractTriggerChanged(ContractTriggerRow trigger) => Tell(trigger, trigger.User);

    public void PositionChanged(PositionRow position) => Tell(position, position.User);

    public void PositionClosed(PositionCloseRow closed) => Tell(closed, closed.User);

    public void FundingSettled(FundingRow funding) => Tell(funding, 0);

    public void Liquidated(LiquidationRow liquidation) => Tell(liquidation, liquidation.User);

    public void Deleveraged(DeleveragingRow deleveraging) => Tell(deleveraging, deleveraging.User);

    public void PositionSettled(SettlementRow settlement) => Tell(settlement, settlement.User);

    public void InsuranceChanged(InsuranceRow insurance) => Tell(insurance, 0);

    /// <summary>A bar or a statistic that whoever computes it wants stored; bus thread, with the events it is of.</summary>
    internal void Store(object row) => Tell(row, 0);

    public ContractOrderRow? ContractOrder(long id) => database.Read(new Query(SelectContractOrders).WhereIs("id", id), FuturesRows.Order).FirstOrDefault();

    public IReadOnlyList<ContractOrderRow> ContractOrders(ContractOrderQuery query)
    {
        var select = OrdersOf(SelectContractOrders, query);
        return database.Read(select.Then(query.Open || query.BelowId is not null ? "ORDER BY id DESC" : "ORDER BY updated DESC, id DESC").Page(query.Window), FuturesRows.Order);
    }

    public long CountContractOrders(ContractOrderQuery query) => database.Read(OrdersOf("SELECT count(*) FROM contract_orders", query), static row => row.GetInt64(0))[0];

    private static Query OrdersOf(string columns, ContractOrderQuery query)
    {
        var window = query.Window;
        var time = query.Open ? "created" : "updated";
        var select = new Query(columns).WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet).Where(query.Open ? "finish = 0" : "finish <> 0")
            .WhereIs("instrument", query.Instrument).Where($"{time} >= ? AND {time} < ?", window.FromNanos, window.ToNanos);
        if (query.BelowId is { } below) select.Where("id < ?", below);
        return select;
    }

    public IReadOnlyList<ContractOrderRow> ContractOrdersOpenOrEndedSince(long nanos) =>
    [
        .. database.Read(new Query(SelectContractOrders).Where("finish = 0").Then("ORDER BY id"), FuturesRows.Order),
        .. database.Read(new Query(SelectContractOrders).Where("finish <> 0 AND updated >= ?", nanos).Then("ORDER BY updated, id"), FuturesRows.Order),
    ];

    public IReadOnlyList<ContractFillRow> ContractFills(ContractFillQuery query)
    {
        return database.Read(Newest(FillsOf($"SELECT {FuturesRows.FillColumns} FROM contract_fills", query), query.Window), FuturesRows.Fill);
    }

    public long CountContractFills(ContractFillQuery query) => database.Read(FillsOf("SELECT count(*) FROM contract_fills", query), static row => row.GetInt64(0))[0];

    private static Query FillsOf(string columns, ContractFillQuery query)
    {
        var select = new Query(columns).WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet)
            .WhereIs("instrument", query.Instrument).WhereIs("order_id", query.OrderId);
        if (query.IsMaker is { } maker) select.WhereIs("is_maker", maker ? 1 : 0);
        if (query.BelowId is { } below) select.Where("market_id < ?", below);
        return Within(select, query.Window);
    }

    public ContractTriggerRow? ContractTrigger(long id) => database.Read(new Query(SelectContractTriggers).WhereIs("id", id), FuturesRows.Trigger).FirstOrDefault();

    public IReadOnlyList<ContractTriggerRow> ContractTriggers(ContractQuery query)
    {
        var window = query.Window;
        var select = new Query(SelectContractTriggers).WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet).Where("status > 1")
            .WhereIs("instrument", query.Instrument).Where("finished >= ? AND finished < ?", window.FromNanos, window.ToNanos);
        return database.Read(select.Then("ORDER BY finished DESC, id DESC").Page(window), FuturesRows.Trigger);
    }

    public IReadOnlyList<ContractTriggerRow> OpenContractTriggers() =>
        database.Read(new Query(SelectContractTriggers).Where("status <= 1").Then("ORDER BY id"), FuturesRows.Trigger);

    public IReadOnlyList<PositionRow> Positions(ContractQuery query) =>
        database.Read(Of(query, $"SELECT {FuturesRows.PositionColumns} FROM position_changes"), FuturesRows.Position);

    public IReadOnlyList<PositionCloseRow> PositionCloses(PositionCloseQuery query)
    {
        var select = new Query($"SELECT {FuturesRows.CloseColumns} FROM position_closes").WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet)
            .WhereIs("instrument", query.Instrument);
        if (query.WasLong is { } wasLong) select.WhereIs("was_long", wasLong ? 1 : 0);
        if (query.Profit != 0) select.WhereIs("is_gain", query.Profit);
        return database.Read(Newest(Within(select, query.Window), query.Window), FuturesRows.Close);
    }

    public IReadOnlyList<FundingRow> Funding(int instrument, Window window)
    {
        var select = new Query($"SELECT {MarketRecordRows.FundingColumns} FROM funding").WhereIs("instrument", instrument).Where("is_missed = 0")
            .Where("due >= ? AND due < ?", window.FromNanos, window.ToNanos);
        return database.Read(select.Then("ORDER BY due DESC").Page(window), MarketRecordRows.Funding);
    }

    public IReadOnlyList<LiquidationRow> Liquidations(ContractQuery query) => database.Read(Of(query, SelectLiquidations), MarketRecordRows.Liquidation);

    public IReadOnlyList<LiquidationRow> Liquidations(PublicQuery query)
    {
        var select = new Query(SelectLiquidations).WhereIs("wallet", query.Wallet).WhereIs("instrument", query.Instrument);
        return database.Read(Newest(Within(select, query.Window), query.Window), MarketRecordRows.Liquidation);
    }

    public IReadOnlyList<DeleveragingRow> Deleveragings(ContractQuery query) =>
        database.Read(Of(query, $"SELECT {MarketRecordRows.DeleveragingColumns} FROM deleveragings"), MarketRecordRows.Deleveraging);

    public IReadOnlyList<SettlementRow> Settlements(ContractQuery query) =>
        database.Read(Of(query, $"SELECT {MarketRecordRows.SettlementColumns} FROM settlements"), MarketRecordRows.Settlement);

    public IReadOnlyList<InsuranceRow> Insurance(int wallet, int limit) =>
        database.Read(new Query($"SELECT {MarketRecordRows.InsuranceColumns} FROM insurance").WhereIs("wallet", wallet).Then("ORDER BY hour DESC LIMIT ?", (long)limit),
            MarketRecordRows.Insurance);

    public AccountTotals Totals(int user, int wallet) =>
        database.Read(new Query($"SELECT {FuturesWriter.TotalColumns} FROM account_totals").WhereIs("user_id", user).WhereIs("wallet", wallet), FuturesWriter.Totals)
            .FirstOrDefault();

    public IReadOnlyList<PriceBar> PriceBars(int instrument, PriceSeries series, int seconds, long fromSeconds, long toSeconds) =>
    [
        .. database.Read(SelectPriceBars($"start, {MarketRecordRows.BarColumnsOf(series)}", instrument, seconds).Where("start >= ? AND start < ?", fromSeconds, toSeconds).Then("ORDER BY start"),
            static row => MarketRecordRows.Bar(row, row.GetInt64(0), 1)).Where(bar => !bar.IsNone),
    ];

    public PriceBarRow? LastPriceBars(int instrument, int seconds) =>
        database.Read(SelectPriceBars(MarketRecordRows.BarColumns, instrument, seconds).Then("ORDER BY start DESC LIMIT 1"), MarketRecordRows.Bars).FirstOrDefault();

    public IReadOnlyList<ContractStatRow> Stats(int instrument, long fromSeconds, long toSeconds) =>
        database.Read(new Query($"SELECT {MarketRecordRows.StatColumns} FROM contract_stats").WhereIs("instrument", instrument)
            .Where("start >= ? AND start < ?", fromSeconds, toSeconds).Then("ORDER BY start"), MarketRecordRows.Stat);

    public (long Size, long LastId) TradedBefore(int instrument)
    {
        var sum = new Query("SELECT COALESCE(sum(base_volume), 0) FROM candles").WhereIs("instrument", instrument).WhereIs("seconds", DaySeconds);
        return (database.Read(sum, static row => row.GetInt64(0))[0], Edge(instrument, "ORDER BY market_id DESC"));
    }

    private const int DaySeconds = 86_400;

    private static Query Of(ContractQuery query, string select) =>
        Newest(Within(new Query(select).WhereIs("user_id", query.User).WhereIs("wallet", query.Wallet).WhereIs("instrument", query.Instrument), query.Window), query.Window);

    private static Query SelectPriceBars(string columns, int instrument, int seconds) =>
        new Query($"SELECT {columns} FROM price_bars").WhereIs("instrument", instrument).WhereIs("seconds", seconds);
}
