using Microsoft.Data.Sqlite;
using Sluice.Core.Kernel;
using Sluice.Core.Ledger;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Writes the rows of contracts, within the writer's transaction. Writer thread only.</summary>
internal sealed class FuturesWriter : IDisposable
{
    private readonly Insertion orders, fills, triggers, positions, closes, funding, liquidations, deleveragings, settlements, insurance, bars, stats, totals;
    private readonly AutoWriter autos;
    private readonly Statement known;

    // Of what changes several times in a page only the last row counts.
    private readonly Dictionary<long, ContractOrderRow> lastOrders = [];
    private readonly Dictionary<long, ContractTriggerRow> lastTriggers = [];
    private readonly Dictionary<(int User, int Wallet), AccountTotals> lastTotals = [];

    public FuturesWriter(SqliteConnection connection)
    {
        orders = Insertion.Into(connection, "contract_orders", FuturesRows.OrderColumns, FuturesRows.OrderChanges);
        fills = Insertion.Into(connection, "contract_fills", FuturesRows.FillColumns);
        triggers = Insertion.Into(connection, "contract_triggers", FuturesRows.TriggerColumns, FuturesRows.TriggerChanges);
        positions = Insertion.Into(connection, "position_changes", FuturesRows.PositionColumns);
        closes = Insertion.Into(connection, "position_closes", FuturesRows.CloseColumns);
        funding = Insertion.Into(connection, "funding", MarketRecordRows.FundingColumns);
        liquidations = Insertion.Into(connection, "liquidations", MarketRecordRows.LiquidationColumns);
        deleveragings = Insertion.Into(connection, "deleveragings", MarketRecordRows.DeleveragingColumns);
        settlements = Insertion.Into(connection, "settlements", MarketRecordRows.SettlementColumns);
        insurance = Insertion.Into(connection, "insurance", MarketRecordRows.InsuranceColumns, MarketRecordRows.InsuranceChanges);
        bars = Insertion.Into(connection, "price_bars", MarketRecordRows.BarColumns, MarketRecordRows.BarChanges);
        stats = Insertion.Into(connection, "contract_stats", MarketRecordRows.StatColumns, MarketRecordRows.StatChanges);
        totals = Insertion.Into(connection, "account_totals", TotalColumns, "ON CONFLICT (user_id, wallet) DO UPDATE SET transferred = excluded.transferred, "
            + "profit = excluded.profit, fees = excluded.fees, rebates = excluded.rebates, funding = excluded.funding, points = excluded.points");
        autos = new AutoWriter(connection);
        known = new Statement(connection, $"SELECT {TotalColumns} FROM account_totals WHERE user_id = @1 AND wallet = @2", 2);
    }

    public const string TotalColumns = "user_id, wallet, transferred, profit, fees, rebates, funding, points";

    public static AccountTotals Totals(SqliteDataReader row) => new(FuturesRows.Amount(row, 2), FuturesRows.Amount(row, 3), FuturesRows.Amount(row, 4),
        FuturesRows.Amount(row, 5), FuturesRows.Amount(row, 6), FuturesRows.Amount(row, 7));

    /// <summary>False when the row is none of contracts.</summary>
    public bool TryAdd(object row)
    {
        switch (row)
        {
            case ContractOrderRow order: lastOrders[order.Id] = order; return true;
            case ContractTriggerRow trigger: lastTriggers[trigger.Id] = trigger; return true;
            case ContractFillRow fill: FuturesRows.Put(fills, fill); fills.Run(); return true;
            case PositionRow position: FuturesRows.Put(positions, position); positions.Run(); return true;
            case PositionCloseRow closed: FuturesRows.Put(closes, closed); closes.Run(); return true;
            case PriceBarRow bar: MarketRecordRows.Put(bars, bar); bars.Run(); return true;
            case ContractStatRow stat: MarketRecordRows.Put(stats, stat); stats.Run(); return true;
            case FundingRow settled: MarketRecordRows.Put(funding, settled); funding.Run(); return true;
            case LiquidationRow liquidation: MarketRecordRows.Put(liquidations, liquidation); liquidations.Run(); return true;
            case DeleveragingRow deleveraging: MarketRecordRows.Put(deleveragings, deleveraging); deleveragings.Run(); return true;
            case SettlementRow settlement: MarketRecordRows.Put(settlements, settlement); settlements.Run(); return true;
            case InsuranceRow fund: MarketRecordRows.Put(insurance, fund); insurance.Run(); return true;
            default: return autos.TryAdd(row);
        }
    }

    /// <summary>Adds an entry of the account book to what the account has seen in all.</summary>
    public void Count(BalanceRow entry, SqliteTransaction transaction)
    {
        if (entry.Change.IsZero || !IsFutures(entry.Wallet)) return;
        var sum = SumOf(entry.User, entry.Wallet, transaction);
        lastTotals[(entry.User, entry.Wallet)] = entry.Reason switch
        {
            Reason.Profit or Reason.Insurance or Reason.Deleverage or Reason.CloseOut => sum with { Profit = sum.Profit + entry.Change },
            Reason.Fee or Reason.SettleFee or Reason.LiquidationFee => sum with { Fees = sum.Fees + entry.Change },
            Reason.Rebate => sum with { Rebates = sum.Rebates + entry.Change },
            Reason.Funding or Reason.Dividend => sum with { Funding = sum.Funding + entry.Change },
            _ => sum with { Transferred = sum.Transferred + entry.Change },
        };
    }

    /// <summary>Adds a fee that was paid in points, which are in another wallet (F-045).</summary>
    public void Count(ContractFillRow fill, SqliteTransaction transaction)
    {
        if (!fill.IsInPoints) return;
        var sum = SumOf(fill.User, fill.Wallet, transaction);
        lastTotals[(fill.User, fill.Wallet)] = sum with { Points = sum.Points - fill.Fee };
    }

    private AccountTotals SumOf(int user, int wallet, SqliteTransaction transaction)
    {
        if (lastTotals.TryGetValue((user, wallet), out var sum)) return sum;
        var stored = known.Put(user).Put(wallet).Read(Totals, transaction);
        return stored.Count > 0 ? stored[0] : default;
    }

    public void Flush()
    {
        foreach (var order in lastOrders.Values)
        {
            FuturesRows.Put(orders, order);
            orders.Run();
        }
        foreach (var trigger in lastTriggers.Values)
        {
            FuturesRows.Put(triggers, trigger);
            triggers.Run();
        }
        foreach (var ((user, wallet), sum) in lastTotals)
        {
            totals.Put(user).Put(wallet).Put(sum.Transferred).Put(sum.Profit).Put(sum.Fees).Put(sum.Rebates).Put(sum.Funding).Put(sum.Points);
            totals.Run();
        }
        autos.Flush();
        lastOrders.Clear();
        lastTriggers.Clear();
        lastTotals.Clear();
    }

    public void Dispose()
    {
        foreach (var statement in new[] { orders, fills, triggers, positions, closes, funding, liquidations, deleveragings, settlements, insurance, bars, stats, totals })
        {
            statement.Dispose();
        }
        autos.Dispose();
        known.Dispose();
    }

    private static bool IsFutures(int wallet) =>
        wallet == WalletId.FuturesUsdt.Value || wallet == WalletId.FuturesBtc.Value || wallet == WalletId.DeliveryUsdt.Value;
}
