using Sluice.Core.Kernel;

namespace Sluice.Server.Markets.Indexes;

/// <summary>What one constituent last quoted, and when.</summary>
/// <param name="Nanos">Of the quote, not of its arrival.</param>
public readonly record struct ConstituentQuote(double Bid, double Ask, double Weight, long Nanos)
{
    public double Middle => (Bid + Ask) / 2;
}

/// <summary>The mean of the constituents that are fit to be counted (F-050…F-052).</summary>
/// <param name="Price">Not rounded; of no meaning when nothing was used.</param>
/// <param name="Sources">A bit each, the first constituent's lowest.</param>
/// <param name="NewestNanos">Of the quotes that were used.</param>
public readonly record struct IndexMean(double Price, ushort Sources, int Count, long NewestNanos)
{
    /// <summary>A quote must be younger (F-051).</summary>
    public const long AgeMax = 10 * Nanos.PerSecond;

    /// <summary>A quote may be this far from the median, as a fraction of it (F-051).</summary>
    public const double DistanceMax = 0.03;

    private const int TwoSources = 2;

    /// <summary>Three or more: the weighted mean. Two: their plain mean. One: its price. None: <see cref="Count"/> is 0.</summary>
    public static IndexMean Of(ReadOnlySpan<ConstituentQuote> quotes, long nowNanos)
    {
        Span<double> sorted = stackalloc double[quotes.Length];
        var candidates = 0;
        foreach (var quote in quotes)
        {
            if (IsCandidate(quote, nowNanos)) sorted[candidates++] = quote.Middle;
        }
        if (candidates == 0) return default;
        sorted = sorted[..candidates];
        sorted.Sort();
        // Of two neither is known to be the wrong one: both count or none does.
        if (candidates == TwoSources && sorted[1] - sorted[0] > DistanceMax * sorted[0]) return default;
        var median = candidates % 2 == 1 ? sorted[candidates / 2] : (sorted[candidates / 2 - 1] + sorted[candidates / 2]) / 2;

        var (total, plain, weights) = (0.0, 0.0, 0.0);
        var (sources, count, newest) = (0, 0, 0L);
        for (var i = 0; i < quotes.Length; i++)
        {
            var quote = quotes[i];
            if (!IsCandidate(quote, nowNanos)) continue;
            if (candidates > TwoSources && double.Abs(quote.Middle - median) > DistanceMax * median) continue;
            total += quote.Weight * quote.Middle;
            weights += quote.Weight;
            plain += quote.Middle;
            sources |= 1 << i;
            count++;
            newest = long.Max(newest, quote.Nanos);
        }
        if (count == 0) return default;
        return new IndexMean(count > TwoSources ? total / weights : plain / count, (ushort)sources, count, newest);
    }

    private static bool IsCandidate(in ConstituentQuote quote, long nowNanos) =>
        nowNanos - quote.Nanos < AgeMax && quote.Bid > 0 && quote.Bid <= quote.Ask && double.IsFinite(quote.Ask);
}
