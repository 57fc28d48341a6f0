using System.Runtime.CompilerServices;

namespace Sluice.Core.Matching;

/// <summary>Every pair of rates that an order was ever accepted with, once: many orders, few fee schedules. Orders name theirs by number.
/// The numbers are no part of the state.</summary>
public sealed class RateTable
{
    private readonly Dictionary<RatePair, int> numbers = [];
    private RatePair[] pairs = new RatePair[16];
    private int last;

    public RateTable() => Add(default);

    public ref readonly RatePair this[int number] => ref pairs[number];

    /// <summary>The number of a pair; mostly the one asked for before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NumberOf(long maker, long taker)
    {
        ref readonly var recent = ref pairs[last];
        return recent.Maker == maker && recent.Taker == taker ? last : Another(maker, taker);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Another(long maker, long taker)
    {
        var pair = new RatePair(maker, taker);
        return last = numbers.TryGetValue(pair, out var number) ? number : Add(pair);
    }

    private int Add(RatePair pair)
    {
        var number = numbers.Count;
        if (number == pairs.Length) Array.Resize(ref pairs, pairs.Length * 2);
        pairs[number] = pair;
        numbers.Add(pair, number);
        return number;
    }
}
