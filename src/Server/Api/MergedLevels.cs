using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Api;

/// <summary>Levels of a book as they are shown: as they are, or those of one step together.</summary>
internal static class MergedLevels
{
    /// <summary>Best first; with a step, those of one step are one level: asks at its upper edge, bids at its lower.</summary>
    /// <param name="step">0 = as they are.</param>
    public static IEnumerable<(Int128 Price, Int128 Size)> Of(BookLevel[] levels, int limit, long step, bool up)
    {
        var written = 0;
        for (var i = 0; i < levels.Length && written < limit; written++)
        {
            var price = EdgeOf(levels[i].Price, step, up);
            Int128 size = 0;
            do size += levels[i++].Size;
            while (step != 0 && i < levels.Length && EdgeOf(levels[i].Price, step, up) == price);
            yield return (price, size);
        }
    }

    private static Int128 EdgeOf(long price, long step, bool up) =>
        step == 0 ? price : Fixed.ToMultiple(price, step, up ? Rounding.Ceiling : Rounding.Floor);
}
