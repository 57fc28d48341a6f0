using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Markets.Calendars;

namespace Sluice.Server.Markets.Indexes;

/// <summary>What an index does from second to second: live, closed with its market, halted, or stale. Prices are in units of quote, not rounded.</summary>
internal sealed class IndexState(IndexTerms terms, SessionCalendar? calendar, IndexState? rate)
{
    /// <summary>A stock index without a price for so long in its hours is halted (K-201).</summary>
    public const long HaltNanos = 30 * Nanos.PerSecond;

    private readonly Reopening reopening = new();
    private long lastValidNanos = long.MinValue;
    private long newestNanos = long.MinValue;
    private bool isShut;                                        // closed or halted, and not opened again by prices since

    public IndexTerms Terms { get; } = terms;

    /// <summary>The last external price; 0 before there was one.</summary>
    public double Price { get; private set; }
    public ushort Sources { get; private set; }
    public IndexFlags Flags { get; private set; } = IndexFlags.Stale;

    /// <summary>The operator or the market itself has stopped the underlying (K-201).</summary>
    public bool IsPaused { get; set; }

    /// <summary>Its price is one from outside, of now.</summary>
    public bool IsLive => (Flags & (IndexFlags.Stale | IndexFlags.Closed | IndexFlags.Halted)) == 0;

    /// <summary>Whether external prices count at an instant.</summary>
    public bool IsOpen(long nowNanos) => calendar is null || calendar.PhaseAt(nowNanos) != SessionPhase.Closed;

    /// <summary>Where prices stopped, for an index that begins while its market is closed.</summary>
    public long PreviousClose(long nowNanos) => calendar?.PreviousClose(nowNanos) ?? nowNanos;

    /// <summary>Takes up where the venue was: the price and flags it last published.</summary>
    public void Resume(double price, IndexFlags flags, long nowNanos)
    {
        Price = price;
        Flags = flags;
        isShut = (flags & (IndexFlags.Closed | IndexFlags.Halted)) != 0;
        lastValidNanos = nowNanos;
    }

    /// <summary>The price at which the market closed before there was a service; nothing until there is a rate to convert it.</summary>
    public void Begin(double price)
    {
        if (rate is null) Price = price;
        else if (rate.Price > 0) Price = price / rate.Price;
    }

    /// <summary>A dividend or a split: the last price is another one.</summary>
    public void Scale(double factor)
    {
        Price *= factor;
        reopening.Clear();
    }

    public void Pin(double price, long nowNanos)
    {
        Price = price;
        Sources = 0;
        Flags = IndexFlags.Pinned;
        (lastValidNanos, isShut) = (nowNanos, false);
        reopening.Clear();
    }

    /// <summary>One second: what the constituents say, converted by the rate where there is one.</summary>
    public void Step(IndexMean mean, long nowNanos)
    {
        if (lastValidNanos == long.MinValue) lastValidNanos = nowNanos;
        Sources = 0;
        if (!IsOpen(nowNanos))
        {
            Shut(IndexFlags.Closed);
            return;
        }
        if (IsPaused && Terms.IsStock)
        {
            Shut(IndexFlags.Halted);
            return;
        }
        // A stale or sleeping rate freezes the index, whatever the home price says (F-302).
        var isValid = mean.Count > 0 && rate is null or { IsLive: true };
        if (!isValid) Freeze(nowNanos);
        else Take(rate is null ? mean.Price : mean.Price / rate.Price, mean, nowNanos);
    }

    private void Take(double price, IndexMean mean, long nowNanos)
    {
        var isNew = mean.NewestNanos > newestNanos;
        newestNanos = long.Max(newestNanos, mean.NewestNanos);
        if (isShut && Terms.IsStock && Price > 0)
        {
            if (!(isNew ? reopening.Offer(price, nowNanos) : reopening.Wait(nowNanos))) return;
        }
        reopening.Clear();
        isShut = false;
        (Price, Sources, lastValidNanos) = (price, mean.Sources, nowNanos);
        Flags = mean.Count == 1 ? IndexFlags.Single : IndexFlags.None;
    }

    private void Freeze(long nowNanos)
    {
        if (isShut) return;
        if (Terms.IsStock && nowNanos - lastValidNanos >= HaltNanos) Shut(IndexFlags.Halted);
        else Flags = IndexFlags.Stale;
    }

    private void Shut(IndexFlags flag)
    {
        if (Flags != flag) reopening.Clear();
        Flags = flag;
        isShut = true;
    }
}
