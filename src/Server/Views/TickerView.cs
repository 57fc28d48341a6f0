using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>What the last 24 hours were, raw units.</summary>
/// <param name="Open">Price 24 hours ago.</param>
/// <param name="OpenUtc0">First price of the day in UTC.</param>
/// <param name="OpenUtc8">First price of the day in UTC+8.</param>
public readonly record struct DayFigures(long Last, long Open, long High, long Low, long BaseVolume, Money QuoteVolume, long OpenUtc0, long OpenUtc8);

/// <summary>Last price and rolling 24 hours of one pair, by the minute. The bus thread changes it, anyone reads it.</summary>
public sealed class TickerView
{
    private const int Minutes = 24 * 60;
    private const long DaySeconds = 86_400;
    private const long Utc8Seconds = 8 * 3600;

    private readonly Lock gate = new();

    // A minute's bar at its number modulo the day's minutes, hour by hour as they are needed; one that is older than the day means nothing.
    private readonly Candle[]?[] hours = new Candle[]?[Minutes / 60];
    private long last;
    private long reference;

    /// <summary>0 before the first trade.</summary>
    public long Last => Volatile.Read(ref last);

    /// <summary>As of an instant of the venue clock.</summary>
    public DayFigures Day(long nowNanos)
    {
        var now = nowNanos / Nanos.PerSecond / 60;
        var dayStart = CandleIntervals.Down(nowNanos / Nanos.PerSecond, (int)DaySeconds);
        var day8Start = CandleIntervals.Down(nowNanos / Nanos.PerSecond + Utc8Seconds, (int)DaySeconds) - Utc8Seconds;
        lock (gate)
        {
            Candle? whole = null;
            long open0 = 0, open8 = 0;
            for (var minute = now - Minutes + 1; minute <= now; minute++)
            {
                if (hours[minute / 60 % hours.Length] is not { } hour) continue;
                ref readonly var bar = ref hour[minute % 60];
                if (bar.StartSeconds != minute * 60 || bar.Open == 0) continue;
                if (open0 == 0 && bar.StartSeconds >= dayStart) open0 = OpenOf(dayStart, bar, whole);
                if (open8 == 0 && bar.StartSeconds >= day8Start) open8 = OpenOf(day8Start, bar, whole);
                whole = whole is { } earlier ? earlier.Then(bar) : bar;
            }
            if (whole is not { } all) return new DayFigures(last, last, last, last, 0, Money.Zero, last, last);
            var price = last != 0 ? last : all.Close;
            return new DayFigures(last, all.Open, all.High, all.Low, all.BaseVolume, all.QuoteVolume, open0 != 0 ? open0 : price, open8 != 0 ? open8 : price);
        }
    }

    /// <summary>The past minutes a pair starts with, and its price before the first trade.</summary>
    internal void Begin(IEnumerable<Candle> past, long listingReference)
    {
        lock (gate)
        {
            reference = listingReference;
            foreach (var bar in past) Place(bar.StartSeconds / 60) = bar;
        }
    }

    /// <summary>A last price whose trade is counted already.</summary>
    internal void Priced(long price) => Volatile.Write(ref last, price);

    internal void Traded(TradeRow trade, long listedNanos)
    {
        lock (gate)
        {
            var start = CandleIntervals.Down(trade.TimeNanos / Nanos.PerSecond, 60);
            ref var bar = ref Place(start / 60);
            bar = bar.StartSeconds == start && bar.Open != 0 ? bar.With(trade) : Candle.Opened(start, trade, last != 0 ? last : reference, listedNanos);
            Volatile.Write(ref last, trade.Price);
        }
    }

    private ref Candle Place(long minute) => ref (hours[minute / 60 % hours.Length] ??= new Candle[60])[minute % 60];

    // A day opens at the price before it unless its first minute traded, like its bar.
    private static long OpenOf(long start, in Candle first, Candle? before) => first.StartSeconds > start && before is { } bar ? bar.Close : first.Open;
}
