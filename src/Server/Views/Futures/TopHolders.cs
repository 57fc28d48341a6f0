namespace Sluice.Server.Views.Futures;

/// <summary>What the top holders of a contract hold: the fifth of its accounts, rounded up, with the largest positions. A position is the long and the short
/// size of an account added up; of two that are equal the lower user counts first. Sizes raw; whoever holds both sides counts on both.</summary>
public readonly record struct TopHolders(long LongSize, long ShortSize, int Longs, int Shorts)
{
    /// <summary>One of so many accounts is a top holder.</summary>
    public const int Share = 5;

    /// <summary>Of all legs of a contract that are not empty, in whatever order.</summary>
    internal static TopHolders Of(IEnumerable<PositionRow> legs)
    {
        var byUser = new Dictionary<int, Holder>();
        foreach (var leg in legs)
        {
            var held = byUser.GetValueOrDefault(leg.User);
            byUser[leg.User] = new Holder(leg.User, held.Long + long.Max(leg.Size, 0), held.Short + long.Max(-leg.Size, 0));
        }
        var holders = byUser.Values.ToArray();
        Array.Sort(holders);
        var top = default(TopHolders);
        foreach (ref readonly var holder in holders.AsSpan(0, (holders.Length + Share - 1) / Share))
        {
            top = new TopHolders(top.LongSize + holder.Long, top.ShortSize + holder.Short, top.Longs + (holder.Long > 0 ? 1 : 0), top.Shorts + (holder.Short > 0 ? 1 : 0));
        }
        return top;
    }

    private readonly record struct Holder(int User, long Long, long Short) : IComparable<Holder>
    {
        public int CompareTo(Holder other) => (other.Long + other.Short).CompareTo(Long + Short) is not 0 and var larger ? larger : User.CompareTo(other.User);
    }
}
