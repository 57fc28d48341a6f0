using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>Keeps a cross pair in line with its two USDT legs: where a round over the three books pays, it is traded, a bounded piece at a time.
/// What a user does to one of the three books spreads to the others this way.</summary>
internal sealed class Arbitrage(PairOrders cross, PairOrders baseLeg, PairOrders quoteLeg, double valueMax)
{
    private const double Edge = 0.0002;             // of the price, below which a round is not worth it

    public void Step(ICoreDoor door)
    {
        if (!Best(cross, out var bid, out var ask) || !Best(baseLeg, out var baseBid, out var baseAsk) || !Best(quoteLeg, out var quoteBid, out var quoteAsk)) return;
        if (bid > baseAsk / quoteBid * (1 + Edge)) Round(Side.Sell, bid, baseAsk, quoteBid, door);
        else if (ask < baseBid / quoteAsk * (1 - Edge)) Round(Side.Buy, ask, baseBid, quoteAsk, door);
    }

    // Sells the cross, buys its base and sells its quote; or all the other way.
    private void Round(Side side, double price, double basePrice, double quotePrice, ICoreDoor door)
    {
        var other = side == Side.Sell ? Side.Buy : Side.Sell;
        var value = double.Min(valueMax, double.Min(Standing(cross, side), double.Min(Standing(baseLeg, other) / quotePrice, Standing(quoteLeg, side) / quotePrice)));
        Take(cross, side, value, door);
        Take(baseLeg, other, value / price * basePrice, door);
        Take(quoteLeg, side, value * quotePrice, door);
    }

    private static void Take(PairOrders orders, Side side, double value, ICoreDoor door)
    {
        if (orders.Pair.Book.BestPrice(side == Side.Buy ? Side.Sell : Side.Buy) is not { } price) return;
        orders.Place(Role.Arbitrageur, side, price, orders.SizeOf(value, price), TimeInForce.ImmediateOrCancel, door);
    }

    // Value of the best level that a taker of this side meets, in quote units.
    private static double Standing(PairOrders orders, Side takerSide)
    {
        var makers = orders.Pair.Book.Opposite(takerSide);
        if (makers.IsEmpty) return 0;
        ref readonly var level = ref orders.Pair.Book.Pool.Levels[makers.Best];
        return (double)orders.Pair.Book.Value(level.Price, level.Visible).Raw / Fixed.PowerOfTen(Money.Decimals);
    }

    private static bool Best(PairOrders orders, out double bid, out double ask)
    {
        (bid, ask) = (0, 0);
        var pair = orders.Pair;
        if (orders.Away || pair.Status != MarketStatus.Tradable || pair.Book.BestPrice(Side.Buy) is not { } rawBid || pair.Book.BestPrice(Side.Sell) is not { } rawAsk) return false;
        var unit = (double)Fixed.PowerOfTen(pair.Terms.PriceDecimals);
        (bid, ask) = (rawBid / unit, rawAsk / unit);
        return true;
    }
}
