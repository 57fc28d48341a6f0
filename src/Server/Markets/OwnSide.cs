using Sluice.Core.Collections;
using Sluice.Core.Matching;

namespace Sluice.Server.Markets;

/// <summary>One maker's resting orders on one side, best first, as slots of the order pool.</summary>
internal sealed class OwnSide(Side side)
{
    private const int Max = 128;

    private readonly int[] slots = new int[Max];

    public Side Side { get; } = side;
    public int Count { get; private set; }
    public int this[int n] => slots[n];

    public void Clear() => Count = 0;

    /// <summary>Keeps the best; orders of a side are few and nearly sorted.</summary>
    public void Add(int slot, Slab<Order> orders)
    {
        if (Count == Max) return;
        var at = Count++;
        var key = Key(orders[slot].Price);
        while (at > 0 && Key(orders[slots[at - 1]].Price) < key)
        {
            slots[at] = slots[at - 1];
            at--;
        }
        slots[at] = slot;
    }

    private long Key(long price) => Side == Side.Buy ? price : -price;
}
