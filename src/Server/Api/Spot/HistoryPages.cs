using Sluice.Core.Kernel;
using Sluice.Server.Gateway;
using Sluice.Server.History;

namespace Sluice.Server.Api.Spot;

/// <summary>Times of the wire, in whole seconds with both ends included, as nanoseconds with the end excluded.</summary>
internal static class TimeWindow
{
    public static (long FromNanos, long ToNanos) Of(long? from, long? to) =>
        ((from ?? 0) * Nanos.PerSecond, to is { } end && end < (long.MaxValue / Nanos.PerSecond) ? (end + 1) * Nanos.PerSecond : long.MaxValue);
}

/// <summary>Pages of what a history query answers and a condition lets through that the query cannot ask for.</summary>
internal static class HistoryPages
{
    private const int BatchMin = 200;

    public static IEnumerable<T> Of<T>(Func<Window, IReadOnlyList<T>> read, Func<T, bool> keeps, (long FromNanos, long ToNanos) span, PageRange page)
    {
        var skip = page.Skip;
        var left = page.Limit;
        for (var window = new Window(span.FromNanos, span.ToNanos, 0, int.Max(BatchMin, 2 * page.Limit)); ; window = window with { Skip = window.Skip + window.Limit })
        {
            var batch = read(window);
            foreach (var row in batch)
            {
                if (!keeps(row) || skip-- > 0) continue;
                yield return row;
                if (--left == 0) yield break;
            }
            if (batch.Count < window.Limit) yield break;
        }
    }
}
