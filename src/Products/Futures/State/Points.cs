using Sluice.Core.Values;

namespace Sluice.Products.Futures.State;

/// <summary>Points that fees of one leg were paid in (F-045), both at least zero.</summary>
/// <param name="Paid">Since the leg was opened; zero while it is empty.</param>
/// <param name="History">Of all its lives that ended.</param>
public readonly record struct LegPoints(Money Paid, Money History);

/// <summary>Who pays fees in points, and what a settle currency is worth in them (F-045).</summary>
public sealed class PointTable
{
    /// <summary>The asset; 0 = there never was one.</summary>
    public int Asset { get; set; }

    /// <summary>Points for one unit of a settle currency, above zero.</summary>
    public SortedDictionary<int, Money> Values { get; } = [];

    public SortedSet<int> Users { get; } = [];

    /// <summary>By slots of legs; never walked.</summary>
    public Dictionary<int, LegPoints> Legs { get; } = [];

    public void Clear()
    {
        Asset = 0;
        Values.Clear();
        Users.Clear();
        Legs.Clear();
    }
}
