using Sluice.Core.Values;
using Sluice.Products.Spot;

namespace Sluice.Server.Markets;

/// <summary>How participants trade one pair, worked out once from its liquidity and its volatility.</summary>
internal sealed record DeskTerms
{
    // Of a pair: together always more than the 20 levels promised.
    private const int PairNearLevels = 17, PairFarLevels = 10;

    private const double MajorTradeSeconds = 4;
    private const double TradeSecondsMax = 3.6;         // with a step and a slice more, a major still trades every 5 s

    /// <summary>Orders a side that follow the middle, and orders a side that stand deep.</summary>
    public required int NearLevels { get; init; }
    public required int FarLevels { get; init; }

    /// <summary>Of the price: from the middle to the best quote, and between near levels.</summary>
    public required double HalfSpread { get; init; }
    public required double Gap { get; init; }

    /// <summary>Of the price: the nearest and the farthest deep level.</summary>
    public required double FarFrom { get; init; }
    public required double FarTo { get; init; }

    /// <summary>Quote units in one near level, and in an ordinary trade.</summary>
    public required double LevelValue { get; init; }
    public required double TradeValue { get; init; }
    public required double TradeSeconds { get; init; }
    public required double TradeSecondsLongest { get; init; }
    public required long StepNanos { get; init; }

    /// <summary>How far quotes stray from the index, as a share of the price: gives arbitrageurs something to do.</summary>
    public required double Stray { get; init; }

    public static DeskTerms Of(Pair pair, PairLiquidity liquidity, double dailyDeviation)
    {
        var major = liquidity.TradeSeconds <= MajorTradeSeconds;
        var stepSeconds = major ? 0.6 : Math.Clamp(liquidity.TradeSeconds * 0.45, 2.4, 7);
        return Of(liquidity, PairNearLevels, PairFarLevels, stepSeconds, dailyDeviation) with
        {
            TradeSecondsLongest = major ? TradeSecondsMax : 3600,
            Stray = pair.Quote.Code == "USDT" ? liquidity.Spread * 0.3 : liquidity.Spread * 1.5,
        };
    }

    /// <summary>Of a contract: a book worth a glance on all of them, a deep one where most trade. Trades are the rarer the less goes on.</summary>
    /// <param name="activity">"high", "medium" or "low".</param>
    public static DeskTerms Of(string activity, PairLiquidity liquidity, double dailyDeviation)
    {
        var (near, far, stepSeconds, patience) = activity switch { "high" => (17, 10, 1.0, 1.5), "medium" => (10, 6, 4.0, 3.0), _ => (6, 6, 15.0, 10.0) };
        var terms = Of(liquidity with { TradeSeconds = liquidity.TradeSeconds * patience }, near, far, stepSeconds, dailyDeviation);
        return terms with { Stray = liquidity.Spread * 0.3 };
    }

    private static DeskTerms Of(PairLiquidity liquidity, int near, int far, double stepSeconds, double dailyDeviation)
    {
        var gap = Math.Max(liquidity.Spread, 1.6 * dailyDeviation * Math.Sqrt(stepSeconds / 86_400));
        gap = Math.Min(gap, 0.009 / near);              // near levels, which hold the promised depth, stay within 1 %
        var from = (near + 3) * gap;
        return new DeskTerms
        {
            NearLevels = near, FarLevels = far, HalfSpread = liquidity.Spread / 2, Gap = gap, FarFrom = from,
            FarTo = Math.Max(dailyDeviation < 0.002 ? 0.01 : 0.04, from * 2.2), LevelValue = Units(liquidity.Depth) * 1.15 / near,
            TradeValue = Units(liquidity.Turnover) / 86_400 * liquidity.TradeSeconds, TradeSeconds = liquidity.TradeSeconds,
            TradeSecondsLongest = 3600, StepNanos = (long)(stepSeconds * 1e9), Stray = 0,
        };
    }

    /// <summary>For a pair that no market file describes.</summary>
    public static PairLiquidity Default(Pair pair)
    {
        var least = pair.Terms.MinQuote.IsZero ? Money.Units(1) : pair.Terms.MinQuote;
        return new PairLiquidity { Depth = new Money(least.Raw * 2_000).ToString(), Turnover = new Money(least.Raw * 60_000).ToString() };
    }

    private static double Units(string text) => MarketRules.TryMoney(text, out var money) ? (double)money.Raw / Fixed.PowerOfTen(Money.Decimals) : 0;
}
