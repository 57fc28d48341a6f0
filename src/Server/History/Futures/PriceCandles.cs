using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Bars of mark, index and premium: made of every price as it is told, stored when they are over, one row for all three. Ten-second bars are in memory
/// only. Hears the views behind the history; read from any thread.</summary>
/// <param name="nowNanos">The venue clock.</param>
public sealed class PriceCandles(SqliteHistory history, Func<long> nowNanos) : IViewListener
{
    private readonly ConcurrentDictionary<int, PriceBars> all = new();
    private readonly List<PriceBarRow> over = [];       // bus thread

    public void ContractPriced(ContractView contract)
    {
        var prices = contract.Prices;
        BarsOf(contract).AddPrices(prices.Mark, prices.Index, prices.TimeNanos / Nanos.PerSecond, over);
        Store();
    }

    public void FundingChanged(ContractView contract, bool isSampled, long timeNanos)
    {
        if (!isSampled) return;
        BarsOf(contract).AddPremium(contract.Funding.Premium, timeNanos / Nanos.PerSecond, over);
        Store();
    }

    /// <summary>Bars with start in [from, to), oldest first; a bar in which the price did not move stands at the one before.</summary>
    /// <param name="seconds">A multiple of ten seconds.</param>
    public IReadOnlyList<PriceBar> Read(ContractView contract, PriceSeries series, int seconds, long fromSeconds, long toSeconds)
    {
        var to = long.Min(toSeconds, CandleIntervals.Down(nowNanos() / Nanos.PerSecond, seconds) + seconds);
        var from = CandleIntervals.Down(long.Max(fromSeconds, 0) + seconds - 1, seconds);
        if (from >= to) return [];
        var finest = PriceBars.Kept.Last(kept => seconds % kept == 0);
        var parts = finest == PriceBars.Kept[0] ? [] : new SortedDictionary<long, PriceBar>(history.PriceBars(contract.Id, series, finest, from, to).ToDictionary(bar => bar.StartSeconds));
        foreach (var bar in BarsOf(contract).Copy(series, finest, from, to)) parts[bar.StartSeconds] = bar;
        return Joined(parts.Values, seconds, to);
    }

    private static List<PriceBar> Joined(IEnumerable<PriceBar> parts, int seconds, long to)
    {
        var joined = new List<PriceBar>();
        foreach (var part in parts)
        {
            var start = CandleIntervals.Down(part.StartSeconds, seconds);
            if (joined.Count > 0 && joined[^1].StartSeconds == start)
            {
                joined[^1] = joined[^1].Then(part);
                continue;
            }
            Fill(joined, start, seconds);
            joined.Add(part with { StartSeconds = start });
        }
        Fill(joined, to, seconds);
        return joined;
    }

    private static void Fill(List<PriceBar> joined, long until, int seconds)
    {
        while (joined.Count > 0 && joined[^1].StartSeconds + seconds < until) joined.Add(PriceBar.Begun(joined[^1].StartSeconds + seconds, joined[^1].Close));
    }

    private void Store()
    {
        foreach (var row in over) history.Store(row);
        over.Clear();
    }

    private PriceBars BarsOf(ContractView contract) => all.GetOrAdd(contract.Id, static (id, history) => new PriceBars(id, history), history);
}
