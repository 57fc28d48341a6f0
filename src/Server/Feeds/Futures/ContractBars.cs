using Sluice.Core.Values;
using Sluice.Server.History.Futures;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Bars of contracts, of whichever price.</summary>
internal sealed class ContractBars(ICandles traded, PriceCandles prices)
{
    /// <summary>What stands before a contract's name where bars of another price than the traded one are meant.</summary>
    public static string PrefixOf(BarPrice price) => price switch { BarPrice.Mark => "mark_", BarPrice.Index => "index_", _ => "" };

    /// <summary>Bars with start in a range of seconds, oldest first, to the one that is open now; those of a price nobody trades at have no volume.</summary>
    public IReadOnlyList<Candle> Read(ContractView contract, BarPrice price, int seconds, long fromSeconds, long toSeconds)
    {
        if (price == BarPrice.Traded) return traded.Read(contract, seconds, fromSeconds, toSeconds);
        var series = price == BarPrice.Mark ? PriceSeries.Mark : PriceSeries.Index;
        return [.. prices.Read(contract, series, seconds, fromSeconds, toSeconds).Select(bar => new Candle(bar.StartSeconds, bar.Open, bar.High, bar.Low, bar.Close, 0, Money.Zero))];
    }
}
