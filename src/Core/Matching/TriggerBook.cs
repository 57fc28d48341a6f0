namespace Sluice.Core.Matching;

/// <summary>The open triggers of one market on one of its prices, with the two nearest kept at hand so that a price asks with two comparisons (M-102).</summary>
public sealed class TriggerBook
{
    private readonly SortedSet<(long Price, long Id)> above = [];
    private readonly SortedSet<(long Price, long Id)> below = [];
    private long nearestAbove = long.MaxValue;
    private long nearestBelow = long.MinValue;

    public bool IsEmpty => above.Count + below.Count == 0;

    public bool MayFire(long price) => price >= nearestAbove || price <= nearestBelow;

    public void Add(long id, long price, TriggerRule rule)
    {
        SideOf(rule).Add((price, id));
        Refresh();
    }

    public void Remove(long id, long price, TriggerRule rule)
    {
        SideOf(rule).Remove((price, id));
        Refresh();
    }

    /// <summary>Ids whose condition holds at this price, ascending (M-102).</summary>
    public List<long> Due(long price)
    {
        var due = above.TakeWhile(t => t.Price <= price).Select(t => t.Id).ToList();
        due.AddRange(below.Reverse().TakeWhile(t => t.Price >= price).Select(t => t.Id));
        due.Sort();
        return due;
    }

    private SortedSet<(long Price, long Id)> SideOf(TriggerRule rule) => rule == TriggerRule.AtOrAbove ? above : below;

    private void Refresh()
    {
        nearestAbove = above.Count == 0 ? long.MaxValue : above.Min.Price;
        nearestBelow = below.Count == 0 ? long.MinValue : below.Max.Price;
    }
}
