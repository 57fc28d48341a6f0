using Sluice.Core.Matching;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>The makers' quotes of one instrument. Near ones roll: as the index moves, the order it comes too close to goes to the back of its side and the
/// last of the other side comes to the front, so that following costs two amendments a gap. Deep ones stand until they are far from
/// their place. After a leap, or when many levels are gone, a side is laid out anew.</summary>
/// <param name="tick">What prices are whole multiples of.</param>
internal sealed class DeskQuotes(DeskTerms terms, DeskOrders orders, long tick = 1)
{
    private const int GapsToRoll = 5;                   // farther off than this, a side is laid out anew
    private const int MissingToLayOut = 3;

    private readonly OwnSide nearBids = new(Side.Buy), nearAsks = new(Side.Sell), farBids = new(Side.Buy), farAsks = new(Side.Sell);
    private double fair;
    private long gap, slack, firstBid, firstAsk;
    private ulong bits;

    /// <summary>The index is above where the quotes stand.</summary>
    public bool IsAbove => nearAsks.Count > 0 && Behind(nearAsks) < 0;

    /// <summary>The index has leapt away from the quotes.</summary>
    public bool IsFarOff => IsOff(nearBids) || IsOff(nearAsks);

    public void Begin(double fairPrice, ulong chance)
    {
        (fair, bits) = (fairPrice, chance);
        var half = double.Max(fair * terms.HalfSpread, 0.5 * tick);
        firstBid = (long)Math.Floor((fair - half) / tick) * tick;
        firstAsk = (long)Math.Ceiling((fair + half) / tick) * tick;
        gap = long.Max((long)(fair * terms.Gap / tick), 1) * tick;
        slack = long.Min(gap, firstAsk - firstBid) / 2;          // so a quote may be too far forward, but never beyond the middle
        orders.Read(Role.NearMaker, nearBids, nearAsks);
        orders.Read(Role.FarMaker, farBids, farAsks);
    }

    /// <summary>Where the best quote of a side belongs.</summary>
    public long First(Side side) => side == Side.Buy ? firstBid : firstAsk;

    /// <summary>Brings one side to the index.</summary>
    public void Follow(Side side, ICoreDoor door)
    {
        var (near, far) = side == Side.Buy ? (nearBids, farBids) : (nearAsks, farAsks);
        var leapt = IsOff(near) || (far.Count > 0 && IsBeyond(far));
        if (leapt || terms.NearLevels - near.Count >= MissingToLayOut) LayOut(near, door);
        else Roll(near, door);
        if (leapt || far.Count < terms.FarLevels) LayOutFar(far, int.MaxValue, door);
        else if (((bits >> 40) & 1) == (ulong)side) LayOutFar(far, 1, door);
    }

    /// <summary>What a taker would meet up to a limit, at most <paramref name="most"/>.</summary>
    public long Standing(Side takerSide, long limit, long most)
    {
        var makers = orders.Book.Opposite(takerSide);
        long sum = 0;
        for (var n = 0; n < makers.Count && sum < most; n++)
        {
            ref readonly var level = ref orders.Book.Pool.Levels[makers.FromBest(n)];
            if (makers.Key(level.Price) < makers.Key(limit)) break;
            sum += orders.Book.Pool.TotalOf(level);
        }
        return long.Min(sum, most);
    }

    // How far a side's best quote stands behind its place; negative when it stands too far forward.
    private long Behind(OwnSide own)
    {
        var best = orders.Pool[own[0]].Price;
        return own.Side == Side.Buy ? firstBid - best : best - firstAsk;
    }

    private bool IsBeyond(OwnSide far) => Behind(far) < 0;

    private bool IsOff(OwnSide own) => own.Count > 0 && long.Abs(Behind(own)) > GapsToRoll * gap;

    private void Roll(OwnSide near, ICoreDoor door)
    {
        var outward = near.Side == Side.Buy ? -gap : gap;
        var behind = Behind(near);
        var last = orders.Pool[near[near.Count - 1]].Price;
        var moved = 0;
        while (behind < -slack && moved < near.Count - 1)
        {
            last += outward;
            if (!orders.Move(Role.NearMaker, near[moved++], last, Fresh(last, moved), door)) return;
            var best = orders.Pool[near[moved]].Price;
            behind = near.Side == Side.Buy ? firstBid - best : best - firstAsk;
        }
        if (moved > 0) return;
        if (near.Count < terms.NearLevels)
        {
            var price = behind * 2 >= gap ? First(near.Side) : last + outward;
            orders.Place(Role.NearMaker, near.Side, price, Fresh(price, 0), TimeInForce.PostOnly, door);
        }
        else if (behind >= gap) orders.Move(Role.NearMaker, near[near.Count - 1], First(near.Side), Fresh(First(near.Side), 0), door);
        else
        {
            ref readonly var best = ref orders.Pool[near[0]];
            var fresh = Fresh(best.Price, 0);
            if (best.Left < fresh / 4) orders.Move(Role.NearMaker, near[0], best.Price, fresh, door);
        }
        for (var extra = near.Count - 1; extra >= terms.NearLevels; extra--) orders.Cancel(Role.NearMaker, orders.Pool[near[extra]].Id, door);
    }

    // What is left of a side takes its last places; what is missing is placed in front of it.
    private void LayOut(OwnSide near, ICoreDoor door)
    {
        var missing = int.Max(terms.NearLevels - near.Count, 0);
        var outward = near.Side == Side.Buy ? -gap : gap;
        var first = First(near.Side);
        for (var n = near.Count - 1; n >= 0; n--)
        {
            if (n >= terms.NearLevels)
            {
                orders.Cancel(Role.NearMaker, orders.Pool[near[n]].Id, door);
                continue;
            }
            var price = first + (missing + n) * outward;
            if (long.Abs(orders.Pool[near[n]].Price - price) * 2 > gap) orders.Move(Role.NearMaker, near[n], price, Fresh(price, n), door);
        }
        for (var n = missing - 1; n >= 0; n--)
        {
            var price = first + n * outward;
            orders.Place(Role.NearMaker, near.Side, price, Fresh(price, n), TimeInForce.PostOnly, door);
        }
    }

    private void LayOutFar(OwnSide far, int movesMax, ICoreDoor door)
    {
        var missing = int.Max(terms.FarLevels - far.Count, 0);
        for (var n = far.Count - 1; n >= 0 && movesMax > 0; n--)
        {
            if (n >= terms.FarLevels)
            {
                orders.Cancel(Role.FarMaker, orders.Pool[far[n]].Id, door);
                continue;
            }
            var place = missing + n;
            var price = FarPrice(far.Side, place);
            var room = long.Abs(FarPrice(far.Side, place + 1) - price);
            if (long.Abs(orders.Pool[far[n]].Price - price) * 2 <= room) continue;
            orders.Move(Role.FarMaker, far[n], price, Fresh(price, 40 + place), door);
            movesMax--;
        }
        for (var n = 0; n < missing; n++)
        {
            var price = FarPrice(far.Side, n);
            orders.Place(Role.FarMaker, far.Side, price, Fresh(price, 40 + n), TimeInForce.PostOnly, door);
        }
    }

    // Distances grow by a constant factor; where ticks are coarse, by a tick at least.
    private long FarPrice(Side side, int place)
    {
        var share = terms.FarFrom * Math.Pow(terms.FarTo / terms.FarFrom, place / (double)int.Max(terms.FarLevels - 1, 1));
        var distance = long.Max((long)(fair * share / tick) * tick, (terms.NearLevels + 3) * gap + place * tick);
        return side == Side.Buy ? firstBid - distance : firstAsk + distance;
    }

    private long Fresh(long price, int place)
    {
        var value = terms.LevelValue * (0.7 + 0.6 * Noise.Uniform(bits, place + 100)) * (place >= 40 ? 1.4 : 1);
        return orders.SizeOf(value, long.Max(price, 1));
    }
}
