using Sluice.Core.Matching;
using Sluice.Products.Futures.State;

namespace Sluice.Server.Tests.Markets.Contracts;

/// <summary>What a contract of a venue with participants is at any time: tradable, priced, two-sided about its index, and traded.</summary>
internal static class Alive
{
    private const double FarMax = 0.006, BasisMax = 0.08;           // of mark and book from the index; of a delivery contract half a year ahead

    public static async Task Check(MarketVenue venue)
    {
        var wrong = await venue.Sequencer.AskAsync(_ => Faults(venue.Products.Futures.State.Markets).ToArray());
        Assert.True(wrong.Length == 0, $"{wrong.Length}: {string.Join("; ", wrong.Take(20))}");
    }

    public static IEnumerable<string> Faults(IEnumerable<Market> markets) => markets.Where(market => market.Status != MarketStatus.Delisted).Select(Fault).OfType<string>();

    private static string? Fault(Market market)
    {
        if (market.Status != MarketStatus.Tradable) return $"{market.Symbol} is {market.Status}";
        if (market.Book.BestPrice(Side.Buy) is not { } bid || market.Book.BestPrice(Side.Sell) is not { } ask) return $"{market.Symbol} is one-sided";
        if (market.Index == 0 || market.Mark == 0) return $"{market.Symbol} has no price";
        var far = market.IsDelivery ? BasisMax : FarMax;
        if (double.Abs((double)market.Mark / market.Index - 1) > far) return $"{market.Symbol}: mark {market.Mark}, index {market.Index}";
        if (double.Abs((bid + ask) / 2.0 / market.Index - 1) > far) return $"{market.Symbol}: {bid} {ask}, index {market.Index}";
        return market.Book.LastPrice == 0 ? $"{market.Symbol} has not traded" : null;
    }
}
