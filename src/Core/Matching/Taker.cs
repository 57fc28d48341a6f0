using Sluice.Core.Values;

namespace Sluice.Core.Matching;

/// <summary>Why the matching loop stopped.</summary>
public enum MatchStop : byte
{
    /// <summary>Nothing is left of the taker.</summary>
    Filled,

    /// <summary>No opposite order is left.</summary>
    BookEmpty,

    /// <summary>The best opposite price is beyond the limit or the protection bound.</summary>
    Bound,

    /// <summary>The rest of the budget buys less than one lot at the next price (S-031).</summary>
    BudgetDust,

    /// <summary>Self-trade prevention killed the taker (M-071).</summary>
    SelfTrade,
}

/// <summary>The incoming order while it matches.</summary>
public struct Taker
{
    public long OrderId;
    public long Limit;              // worst price it may trade at; long.MaxValue or 0 when unbounded
    public long Left;               // size left, for all but market buys
    public Money Budget;            // quote left of a market buy
    public long MakerRate;
    public long TakerRate;
    public int Trader;
    public int StpGroup;            // 0 = in none
    public Side Side;
    public bool ByBudget;
    public SelfTradeAction StpAction;
    public OrderFlags Flags;
    public long Filled;             // base size traded so far
}

/// <summary>What the product does with a fill: money, events, its own bookkeeping. A struct, so that the loop is compiled for it.</summary>
public interface IFillSettlement
{
    /// <summary>Both sides trade <paramref name="size"/> at <paramref name="price"/>; Left and Budget of both are already reduced.
    /// <paramref name="hidden"/>: the maker's slice was not on display when the operation began (M-064).</summary>
    void Settle(ref Taker taker, ref Order maker, long price, long size, bool hidden);

    /// <summary>Two resting orders meet in a call auction (M-140); both pay the maker rate.</summary>
    void SettleAuction(ref Order buy, ref Order sell, long price, long size);

    /// <summary>A maker is gone: filled, or cancelled by self-trade prevention. It is out of the book; its slot is still readable.</summary>
    void MakerEnded(ref Order maker, FinishReason reason);

    /// <summary>Self-trade group of a resting order's owner.</summary>
    int GroupOf(in Order maker);
}
