using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;

namespace Sluice.Server.Markets;

/// <summary>Where a pair's band (M-055) would not let quotes follow the index at once, the last price is walked to it, a trade at the band's edge at a time.</summary>
internal static class BandWalk
{
    /// <summary>At most so many trades toward the index in one step: a factor of a hundred at a band of 8 %.</summary>
    public const int Steps = 70;

    private const double WalkShare = 0.5;               // of the band: beyond it the last price is walked to the index
    private const double EdgeShare = 0.9;               // of the band, in one trade

    /// <summary>The price of the next trade on the way to the index, or 0 when the last price is near enough for quotes to follow.</summary>
    /// <param name="first">Where the taker's side has its best quote.</param>
    public static long Edge(Pair pair, Side takerSide, double target, long first)
    {
        var reference = (double)pair.Reference;
        if (reference == 0) return 0;
        if (takerSide == Side.Buy)
        {
            var rate = (double)pair.Terms.UpRate / Rate.One;
            if (rate == 0 || target <= reference * (1 + rate * WalkShare)) return 0;
            return (long)double.Min(Math.Floor(reference * (1 + rate * EdgeShare)), first) is var up && up > pair.Reference ? up : 0;
        }
        var down = (double)pair.Terms.DownRate / Rate.One;
        if (down == 0 || target >= reference * (1 - down * WalkShare)) return 0;
        return (long)double.Max(Math.Ceiling(reference * (1 - down * EdgeShare)), first) is var price && price < pair.Reference ? price : 0;
    }
}
