using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.State;

/// <summary>Active trailing orders of one side with the same extremum: what fires first is the smallest offset of each kind.</summary>
public sealed class TrailGroup
{
    public long Extremum { get; set; }          // as a key of its side
    public SortedSet<(long Offset, long Id)> Absolute { get; private set; } = [];
    public SortedSet<(long Offset, long Id)> Percent { get; private set; } = [];

    /// <summary>The first key that fires anything of this group or of one before it.</summary>
    public long Reached { get; set; }

    public int Count => Absolute.Count + Percent.Count;

    public SortedSet<(long Offset, long Id)> SetOf(TrailingOrder order) => order.Terms.IsPercent != 0 ? Percent : Absolute;

    /// <summary>Takes all of another group, moving the smaller sets.</summary>
    public void Take(TrailGroup other)
    {
        (Absolute, other.Absolute) = Larger(Absolute, other.Absolute);
        (Percent, other.Percent) = Larger(Percent, other.Percent);
        foreach (var one in other.Absolute) Absolute.Add(one);
        foreach (var one in other.Percent) Percent.Add(one);
    }

    private static (SortedSet<(long, long)>, SortedSet<(long, long)>) Larger(SortedSet<(long, long)> a, SortedSet<(long, long)> b) => a.Count < b.Count ? (b, a) : (a, b);
}

/// <summary>The active trailing orders of one contract, price and side. Keys grow toward their extremum: the price itself for sells, which follow a maximum, its negation
/// for buys. Groups stand in falling extremum, the one nearest to the price last; a price beyond it moves and joins groups from the end, so that a tick costs
/// what it changes and not how many orders there are.</summary>
public sealed class TrailSide(Side side)
{
    private readonly long sign = side == Side.Sell ? 1 : -1;
    private readonly List<TrailGroup> groups = [];

    public Side Side => side;
    public int Count { get; private set; }

    /// <summary>The price that has to be passed for the nearest extremum to move; only when there is any.</summary>
    public long Extremum => sign * groups[^1].Extremum;

    /// <summary>The price that fires one; only when there is any.</summary>
    public long Reached => sign * groups[^1].Reached;

    /// <summary>Where an order stands.</summary>
    public long ExtremumOf(TrailingOrder order) => sign * groups[At(order)].Extremum;

    /// <summary>Puts an order where its extremum belongs.</summary>
    public void Add(TrailingOrder order)
    {
        var key = sign * order.Started;
        var at = groups.Count;
        while (at > 0 && groups[at - 1].Extremum < key) at--;
        if (at == 0 || groups[at - 1].Extremum != key) groups.Insert(at++, new TrailGroup { Extremum = key });
        groups[at - 1].SetOf(order).Add((order.Terms.Offset, order.Id));
        Count++;
        Recount(at - 1);
    }

    public void Remove(TrailingOrder order) => Remove(At(order), order.Terms.Offset, order.Id, order.Terms.IsPercent != 0);

    /// <summary>Whether a price is beyond the nearest extremum; then whoever is behind it follows.</summary>
    public bool Raise(long price)
    {
        var key = sign * price;
        if (Count == 0 || groups[^1].Extremum >= key) return false;
        var last = groups[^1];
        groups.RemoveAt(groups.Count - 1);
        while (groups.Count > 0 && groups[^1].Extremum <= key)
        {
            last.Take(groups[^1]);
            groups.RemoveAt(groups.Count - 1);
        }
        last.Extremum = key;
        groups.Add(last);
        Recount(groups.Count - 1);
        return true;
    }

    /// <summary>Takes out what a price fires.</summary>
    public void Fire(long price, TrailTable orders, List<long> fired)
    {
        var key = sign * price;
        while (Count > 0 && groups[^1].Reached >= key)
        {
            var at = groups.Count - 1;
            while (at > 0 && groups[at - 1].Reached >= key) at--;
            Fire(at, key, orders, fired);
        }
    }

    private void Fire(int at, long key, TrailTable orders, List<long> fired)
    {
        var group = groups[at];
        while (group.Absolute.Count > 0 && LevelOf(group, group.Absolute.Min.Offset, false) >= key) FireOne(group, group.Absolute, orders, fired);
        while (group.Percent.Count > 0 && LevelOf(group, group.Percent.Min.Offset, true) >= key) FireOne(group, group.Percent, orders, fired);
        if (group.Count == 0) groups.RemoveAt(at);
        Recount(at);
    }

    private void FireOne(TrailGroup group, SortedSet<(long Offset, long Id)> set, TrailTable orders, List<long> fired)
    {
        var first = set.Min;
        set.Remove(first);
        Count--;
        var order = orders.All[first.Id];
        (order.Started, order.IsFollowing) = (sign * group.Extremum, false);
        fired.Add(first.Id);
    }

    private void Remove(int at, long offset, long id, bool percent)
    {
        var group = groups[at];
        (percent ? group.Percent : group.Absolute).Remove((offset, id));
        Count--;
        if (group.Count == 0) groups.RemoveAt(at);
        Recount(at);
    }

    // Groups that an order's start is behind of have taken it along; it is in the first that has it.
    private int At(TrailingOrder order)
    {
        var key = sign * order.Started;
        for (var at = groups.Count - 1; at >= 0; at--)
        {
            if (groups[at].Extremum >= key && groups[at].SetOf(order).Contains((order.Terms.Offset, order.Id))) return at;
        }
        throw new InvalidOperationException($"trailing order {order.Id} is in no group");
    }

    private void Recount(int from)
    {
        for (var at = from; at < groups.Count; at++)
        {
            var group = groups[at];
            var reached = at == 0 ? long.MinValue : groups[at - 1].Reached;
            if (group.Absolute.Count > 0) reached = long.Max(reached, LevelOf(group, group.Absolute.Min.Offset, false));
            if (group.Percent.Count > 0) reached = long.Max(reached, LevelOf(group, group.Percent.Min.Offset, true));
            group.Reached = reached;
        }
    }

    private long LevelOf(TrailGroup group, long offset, bool percent) => sign * Level(side, sign * group.Extremum, offset, percent);

    /// <summary>The price that fires an order: exact, because prices are whole; a part of one rounds toward where the price comes from (M-110).</summary>
    public static long Level(Side side, long extremum, long offset, bool percent)
    {
        if (!percent) return side == Side.Sell ? extremum - offset : extremum + offset;
        var level = side == Side.Sell
            ? Fixed.Divide((Int128)extremum * (Rate.One - offset), Rate.One, Rounding.Floor)
            : Fixed.Divide((Int128)extremum * (Rate.One + offset), Rate.One, Rounding.Ceiling);
        return checked((long)level);
    }
}
