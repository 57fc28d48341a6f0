using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Futures.Events;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Counts, in steps of five minutes, what takers traded and what was liquidated in a contract, and what was held and at which mark at the end of each
/// step. Hears the views behind the history; read from any thread.</summary>
public sealed class ContractStatistics(SqliteHistory history) : IViewListener
{
    public const int StepSeconds = 300;

    private readonly ConcurrentDictionary<int, ContractStatRow> open = new();
    private readonly ConcurrentDictionary<int, ContractView> contracts = new();

    public void ContractChanged(ContractView contract) => contracts[contract.Id] = contract;

    public void ContractPriced(ContractView contract) => Step(contract, contract.Prices.TimeNanos, static row => row);

    public void ContractTraded(ContractView contract, TradeRow trade, ContractFillFlags flags) => Step(contract, trade.TimeNanos, row => trade.Side == Side.Buy
        ? row with { LongTaken = row.LongTaken + trade.Size }
        : row with { ShortTaken = row.ShortTaken + trade.Size });

    public void Liquidated(LiquidationRow liquidation)
    {
        if (open.TryGetValue(liquidation.Instrument, out var row))
        {
            var size = long.Abs(liquidation.OrderSize);
            var value = contracts.TryGetValue(liquidation.Instrument, out var contract) ? contract.ValueOf(size, liquidation.Mark) : default;
            open[liquidation.Instrument] = liquidation.Size > 0
                ? row with { LongLiquidated = row.LongLiquidated + size, LongLiquidatedValue = row.LongLiquidatedValue + value }
                : row with { ShortLiquidated = row.ShortLiquidated + size, ShortLiquidatedValue = row.ShortLiquidatedValue + value };
        }
    }

    /// <summary>Steps with start in [from, to), oldest first, the running one last.</summary>
    public IReadOnlyList<ContractStatRow> Read(ContractView contract, long fromSeconds, long toSeconds)
    {
        var rows = history.Stats(contract.Id, fromSeconds, toSeconds).ToList();
        if (!open.TryGetValue(contract.Id, out var running) || running.StartSeconds < fromSeconds || running.StartSeconds >= toSeconds) return rows;
        rows.RemoveAll(row => row.StartSeconds == running.StartSeconds);
        rows.Add(Held(running, contract));
        return rows;
    }

    private void Step(ContractView contract, long nanos, Func<ContractStatRow, ContractStatRow> change)
    {
        var start = CandleIntervals.Down(nanos / Nanos.PerSecond, StepSeconds);
        if (!open.TryGetValue(contract.Id, out var row)) row = history.Stats(contract.Id, start, start + 1).FirstOrDefault() ?? Begun(contract, start);
        else if (row.StartSeconds != start)
        {
            history.Store(Held(row, contract));
            row = Begun(contract, start);
        }
        open[contract.Id] = change(row);
    }

    private static ContractStatRow Begun(ContractView contract, long start) => new() { Instrument = contract.Id, StartSeconds = start };

    private static ContractStatRow Held(ContractStatRow row, ContractView contract)
    {
        var (interest, top) = (contract.Interest, contract.Top);
        return row with
        {
            Mark = contract.Prices.Mark, OpenInterest = interest.Size, Longs = interest.Longs, Shorts = interest.Shorts,
            TopLongs = top.Longs, TopShorts = top.Shorts, TopLongSize = top.LongSize, TopShortSize = top.ShortSize,
        };
    }
}
