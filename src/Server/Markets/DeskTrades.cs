using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>What the taker of one instrument does: takes out whoever stands on the wrong side of the middle, and trades a little now and then.</summary>
internal sealed class DeskTrades(DeskTerms terms, DeskOrders orders, DeskQuotes quotes, ulong key)
{
    private const double LeanMax = 0.4;

    private readonly ulong tradeKey = Noise.Key(key, 3);

    /// <summary>When the next trade is to be; 0 = at the next step.</summary>
    public long NextNanos { get; private set; }

    /// <summary>Takes everything that stands up to a price, within a bound of value a step.</summary>
    public bool Take(Side side, long limit, ICoreDoor door)
    {
        var size = quotes.Standing(side, limit, orders.SizeOf(terms.LevelValue * terms.NearLevels * 4, limit));
        return size > 0 && orders.Place(Role.Taker, side, limit, long.Max(size, orders.SizeOf(0, limit)), TimeInForce.ImmediateOrCancel, door);
    }

    /// <summary>One trade with the best quote of a side, and the time of the next.</summary>
    /// <param name="lean">Above 0 rather buys, below rather sells.</param>
    public void Trade(long nowNanos, double fair, double lean, ICoreDoor door)
    {
        var bits = Noise.Bits(tradeKey, nowNanos);
        var wait = terms.TradeSeconds * (0.4 + 1.2 * Noise.Uniform(bits));
        NextNanos = nowNanos + (long)(double.Min(wait, terms.TradeSecondsLongest) * Nanos.PerSecond);
        var side = (bits & 0xFFFF) / 65536.0 < 0.5 + double.Clamp(lean, -LeanMax, LeanMax) ? Side.Buy : Side.Sell;
        if (orders.Book.BestPrice(side == Side.Buy ? Side.Sell : Side.Buy) is not { } price) return;
        if (double.Abs(price - fair) > fair * terms.Gap * terms.NearLevels + 2) return;
        var value = terms.TradeValue * double.Min(-Math.Log(1 - Noise.Uniform(key, ~nowNanos)), 6);
        orders.Place(Role.Taker, side, price, orders.SizeOf(double.Min(value, terms.LevelValue * 0.8), price), TimeInForce.ImmediateOrCancel, door);
    }
}
