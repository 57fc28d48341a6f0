namespace Sluice.Server.Gateway;

/// <summary>The part of a list that a request asks for.</summary>
/// <param name="Skip">How many entries stand before it.</param>
/// <param name="Limit">How many it has at most.</param>
public readonly record struct PageRange(long Skip, int Limit)
{
    /// <summary>The entries of this part.</summary>
    public IEnumerable<T> Of<T>(IReadOnlyList<T> list)
    {
        var end = Math.Min(list.Count, Skip + Limit);
        for (var i = Skip; i < end; i++) yield return list[(int)i];
    }
}

/// <summary>Reads paging parameters. A limit above the maximum is refused, never clamped.</summary>
public static class Pages
{
    /// <summary>page (from 1) and limit.</summary>
    public static PageRange ByPage(Parameters parameters, int defaultLimit = 100, int maxLimit = 1000)
    {
        var limit = Limit(parameters, defaultLimit, maxLimit);
        var page = parameters.Integer("page", 1, int.MaxValue) ?? 1;
        return new((page - 1) * limit, limit);
    }

    /// <summary>offset (from 0) and limit.</summary>
    public static PageRange ByOffset(Parameters parameters, int defaultLimit = 100, int maxLimit = 1000) =>
        new(parameters.Integer("offset", 0, int.MaxValue) ?? 0, Limit(parameters, defaultLimit, maxLimit));

    /// <summary>limit alone, from 1.</summary>
    public static int Limit(Parameters parameters, int defaultLimit = 100, int maxLimit = 1000) =>
        (int)(parameters.Integer("limit", 1, maxLimit) ?? defaultLimit);

    /// <summary>from and to in whole seconds, each null when not given; from behind to is refused.</summary>
    public static (long? From, long? To) Span(Parameters parameters)
    {
        var from = parameters.Integer("from", 0, MaxSeconds);
        var to = parameters.Integer("to", 0, MaxSeconds);
        if (from > to) parameters.Refuse(ApiErrors.InvalidParam("from", from.Value.ToString(null, null), "it is later than `to`"));
        return (from, to);
    }

    // Nanoseconds of a later second do not fit 64 bits.
    private const long MaxSeconds = long.MaxValue / 1_000_000_000;
}
