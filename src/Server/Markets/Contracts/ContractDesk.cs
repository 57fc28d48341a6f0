using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.State;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets.Contracts;

/// <summary>What participants do in one contract: keep both sides of the book about the index, take out whoever stands on the wrong side of it, trade now and
/// then so that what the maker holds goes back, look after the purses. It steps when the index has moved, not by the clock.</summary>
internal sealed class ContractDesk(Market market, DeskTerms terms, Purses purses, ContractOrders orders, DeskQuotes quotes, ulong key)
{
    private const int RefusalsMax = 12;                 // more in one step: something is in the way, so wait a while
    private const long WaitNanos = 20 * Nanos.PerSecond;
    private const int StepsPerPurseCheck = 64;
    private const long StrayNanos = 20 * Nanos.PerSecond;
    private const long PremiumNanos = 8L * 3600 * Nanos.PerSecond;
    private const double PremiumDeviation = 0.00025;    // of a perpetual contract over its index: it is what funding is paid for
    private const double GapsToLeap = 5;

    private static readonly Role[] Roles = [Role.NearMaker, Role.FarMaker, Role.Taker];

    private readonly DeskTrades trades = new(terms, orders, quotes, key);
    private readonly (ulong Stray, ulong Premium) keys = (Noise.Key(key, 2), Noise.Key(key, 5));
    private readonly DeliveryBasis? basis = market.IsDelivery ? DeliveryBasis.Of(key, market.Terms.Delivery!.ExpiryNanos) : null;
    private long indexSeen, tradesSeen = -1, notBeforeNanos;
    private int steps;

    public long DueNanos { get; private set; } = long.MinValue;

    /// <summary>Somebody else has traded here since the last step.</summary>
    public bool Disturbed => tradesSeen != market.Book.LastTradeId && IsTrading;

    private bool IsTrading => market.Status == MarketStatus.Tradable;

    /// <summary>Prices were told: a step is due soon where they moved, at once where they leapt.</summary>
    public void Look(long nowNanos)
    {
        if (market.Index == indexSeen) return;
        var leapt = indexSeen == 0 || double.Abs(market.Index - indexSeen) > GapsToLeap * terms.Gap * indexSeen;
        DueNanos = long.Min(DueNanos, leapt ? nowNanos : long.Max(nowNanos, notBeforeNanos));
    }

    /// <summary>The operator changed something: everything is looked at anew.</summary>
    public void Wake() => DueNanos = long.MinValue;

    /// <summary>Brings everything to <paramref name="nowNanos"/>.</summary>
    public void Step(long nowNanos, ICoreDoor door)
    {
        (indexSeen, notBeforeNanos, DueNanos) = (market.Index, nowNanos + terms.StepNanos, long.MaxValue);
        if (market.Status == MarketStatus.Delisting) Leave(door);        // nothing may be opened any more (F-230)
        if (!IsTrading || LeaveIfTold(door) || market.Index < 1)
        {
            tradesSeen = market.Book.LastTradeId;
            return;
        }
        var fair = FairAt(nowNanos);
        orders.Begin();
        quotes.Begin(fair, Noise.Bits(key, nowNanos));
        var far = quotes.IsFarOff;
        var first = quotes.IsAbove ? Side.Sell : Side.Buy;              // the side that would be run over gives way first
        var second = first == Side.Sell ? Side.Buy : Side.Sell;
        quotes.Follow(first, door);
        Clear(second, door);
        quotes.Follow(second, door);
        Clear(first, door);
        if (far || market.Book.LastPrice == 0 || nowNanos >= trades.NextNanos) trades.Trade(nowNanos, fair, Lean(fair), door);
        if (++steps % StepsPerPurseCheck == 0)
        {
            foreach (var role in Roles) purses.Level(role, market.Asset, door);
        }
        tradesSeen = market.Book.LastTradeId;
        DueNanos = Slice(orders.Refused > RefusalsMax ? nowNanos + WaitNanos : trades.NextNanos);
    }

    /// <summary>True when liquidity is off here: then nothing of theirs rests in the contract.</summary>
    public bool LeaveIfTold(ICoreDoor door)
    {
        if (!orders.Away) return false;
        Leave(door);
        return true;
    }

    private void Leave(ICoreDoor door)
    {
        orders.CancelAll(Role.NearMaker, door);
        orders.CancelAll(Role.FarMaker, door);
    }

    /// <summary>What each role needs to do its work here, at a leverage of one and with room for what it comes to hold.</summary>
    public void StateWants()
    {
        foreach (var (role, value) in new[]
        {
            (Role.NearMaker, terms.LevelValue * terms.NearLevels * 6), (Role.FarMaker, terms.LevelValue * terms.FarLevels * 8), (Role.Taker, terms.LevelValue * terms.NearLevels * 6),
        })
        {
            purses.Want(role, market.Asset, new Money((Int128)(value * Fixed.PowerOfTen(Money.Decimals))));
        }
    }

    public void Settle(ICoreDoor door)
    {
        foreach (var role in Roles) orders.Settle(role, door);
    }

    private double FairAt(long nowNanos)
    {
        double index = market.Index;
        if (market.Flags.HasFlag(IndexFlags.Pinned)) return index;
        var stray = terms.Stray * Between(keys.Stray, nowNanos, StrayNanos);
        var premium = basis?.At(nowNanos) ?? PremiumDeviation * Between(keys.Premium, nowNanos, PremiumNanos);
        return index * (1 + premium + stray);
    }

    private static double Between(ulong key, long nowNanos, long knotNanos)
    {
        var share = (double)(nowNanos % knotNanos) / knotNanos;
        return Noise.Normal(key, nowNanos / knotNanos) * (1 - share) + Noise.Normal(key, nowNanos / knotNanos + 1) * share;
    }

    private void Clear(Side takerSide, ICoreDoor door)
    {
        if (market.Book.Crosses(takerSide, quotes.First(takerSide))) trades.Take(takerSide, quotes.First(takerSide), door);
    }

    // The taker sells what the maker is short of, so that neither comes to hold much.
    private double Lean(double fair)
    {
        var level = (double)orders.SizeOf(terms.LevelValue * terms.NearLevels, (long)fair);
        return (orders.PositionOf(Role.NearMaker) - orders.PositionOf(Role.Taker)) / level * 0.2;
    }

    private static long Slice(long nanos) => nanos - nanos % Participants.SliceNanos + Participants.SliceNanos;
}
