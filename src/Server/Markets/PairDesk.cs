using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>What participants do in one pair, a step at a time: bring the quotes to the index, take out whoever stands on the wrong side of it,
/// trade, look after the purses.</summary>
internal sealed class PairDesk(Pair pair, PairIndex index, DeskTerms terms, Purses purses, PairOrders orders, DeskQuotes quotes,
    Arbitrage? arbitrage, ulong key)
{
    private const int RefusalsMax = 12;                 // more in one step: something is in the way, so wait a while
    private const long WaitNanos = 20 * Nanos.PerSecond;
    private const int StepsPerRound = 2;
    private const int StepsPerPurseCheck = 64;
    private const long StrayNanos = 20 * Nanos.PerSecond;
    private const double FairMax = 1e15;

    private readonly DeskTrades trades = new(terms, orders, quotes, key);
    private readonly ulong strayKey = Noise.Key(key, 2);
    private long tradesSeen = -1;
    private int steps;
    private bool wanted;

    public long DueNanos { get; set; }

    public Pair Pair => pair;

    /// <summary>Somebody else has traded here since the last step.</summary>
    public bool Disturbed => tradesSeen != pair.Book.LastTradeId && Trading;

    private bool Trading => pair.Status == MarketStatus.Tradable;

    /// <summary>Brings everything to <paramref name="nowNanos"/>.</summary>
    public void Step(long nowNanos, ICoreDoor door)
    {
        DueNanos = Slice(nowNanos + terms.StepNanos);
        if (LeaveIfTold(door))
        {
            DueNanos = nowNanos - nowNanos % Nanos.PerSecond + Nanos.PerSecond;      // all who are away look up at the same instants
            return;
        }
        var fair = FairAt(nowNanos);
        if (!Trading || fair < 1 || nowNanos < pair.Terms.BuyStartNanos || nowNanos < pair.Terms.SellStartNanos)
        {
            tradesSeen = pair.Book.LastTradeId;
            return;
        }
        orders.Begin();
        quotes.Begin(fair, Noise.Bits(key, nowNanos));
        var far = quotes.IsFarOff;
        if (quotes.IsAbove)                              // the index went up: asks give way first, then bids follow
        {
            quotes.Follow(Side.Sell, door);
            Clear(Side.Buy, fair, door);
            quotes.Follow(Side.Buy, door);
            Clear(Side.Sell, fair, door);
        }
        else
        {
            quotes.Follow(Side.Buy, door);
            Clear(Side.Sell, fair, door);
            quotes.Follow(Side.Sell, door);
            Clear(Side.Buy, fair, door);
        }
        if (far || pair.Book.LastPrice == 0 || nowNanos >= trades.NextNanos) Trade(nowNanos, fair, door);
        if (++steps % StepsPerRound == 0 && index is { Pin: 0, Shock: 1 }) arbitrage?.Step(door);
        if (steps % StepsPerPurseCheck == 0) LookAfterPurses(door);
        tradesSeen = pair.Book.LastTradeId;
        if (orders.Refused > RefusalsMax) DueNanos = Slice(nowNanos + WaitNanos);
    }

    /// <summary>True when liquidity is off here: then nothing of theirs rests in the pair.</summary>
    public bool LeaveIfTold(ICoreDoor door)
    {
        if (!orders.Away) return false;
        orders.CancelAll(Role.NearMaker, door);
        orders.CancelAll(Role.FarMaker, door);
        tradesSeen = pair.Book.LastTradeId;
        return true;
    }

    /// <summary>What each role needs to do its work here.</summary>
    public void StateWants()
    {
        if (wanted) return;
        wanted = true;
        var reference = index.At(pair.ListedNanos);
        if (reference < 1) return;
        foreach (var (role, value) in new[]
        {
            (Role.NearMaker, terms.LevelValue * terms.NearLevels), (Role.FarMaker, terms.LevelValue * terms.FarLevels * 2),
            (Role.Taker, double.Max(terms.TradeValue * 100, terms.LevelValue * terms.NearLevels)), (Role.Arbitrageur, terms.LevelValue * 20),
        })
        {
            var quote = new Money((Int128)(value * 4 * Fixed.PowerOfTen(Money.Decimals)));
            purses.Want(role, pair.Quote.Id, quote);
            purses.Want(role, pair.Base.Id, new Money((Int128)((double)quote.Raw / reference * Fixed.PowerOfTen(pair.Terms.PriceDecimals))));
        }
    }

    private double FairAt(long nowNanos)
    {
        var fair = index.At(nowNanos);
        if (index.Pin > 0) return double.Min(fair, FairMax);
        var knot = nowNanos / StrayNanos;
        var share = (double)(nowNanos % StrayNanos) / StrayNanos;
        var stray = Noise.Normal(strayKey, knot) * (1 - share) + Noise.Normal(strayKey, knot + 1) * share;
        return double.Min(fair * (1 + terms.Stray * stray), FairMax);
    }

    // Takes out orders of others that stand beyond the middle, and walks the last price to it where the band would not let quotes follow at
    // once (M-055): a maker shows a small order at the edge of the band and the taker trades down, or up, to it.
    private void Clear(Side takerSide, double fair, ICoreDoor door)
    {
        var first = quotes.First(takerSide);
        for (var n = 0; n < BandWalk.Steps; n++)
        {
            var edge = BandWalk.Edge(pair, takerSide, fair, quotes.First(takerSide));
            if (edge == 0) break;
            var small = orders.SizeOf(0, edge);
            orders.Place(Role.NearMaker, takerSide == Side.Buy ? Side.Sell : Side.Buy, edge, small, TimeInForce.GoodTillCancelled, door);
            if (!trades.Take(takerSide, edge, door) || pair.Reference != edge) return;
        }
        if (pair.Book.Crosses(takerSide, first)) trades.Take(takerSide, first, door);
    }

    private void Trade(long nowNanos, double fair, ICoreDoor door)
    {
        var last = pair.Book.LastPrice == 0 ? fair : pair.Book.LastPrice;
        trades.Trade(nowNanos, fair, (fair - last) / (fair * terms.Gap) * 0.2, door);
    }

    private void LookAfterPurses(ICoreDoor door)
    {
        for (var role = Role.NearMaker; role <= Role.Arbitrageur; role++)
        {
            purses.Level(role, pair.Base.Id, door);
            purses.Level(role, pair.Quote.Id, door);
        }
    }

    private static long Slice(long nanos) => nanos - nanos % Participants.SliceNanos + Participants.SliceNanos;
}
