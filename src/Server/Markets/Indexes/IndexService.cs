using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Server.Markets.Calendars;

namespace Sluice.Server.Markets.Indexes;

/// <summary>The price service: once a second it asks the simulated constituents of every index, keeps those that are fit to be counted, and says what
/// the index is and how far it can be trusted (F-050…F-054, K-200…K-206). Floating point ends here: what leaves are integers. What the book
/// makes of a sleeping index (F-241…F-243, K-203) is the core's. For one thread.</summary>
/// <param name="pins">The operator's prices, by name of an index or of a source.</param>
public sealed class IndexService(ulong seed, IReadOnlyDictionary<string, Money> pins)
{
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SessionCalendar> calendars = new(StringComparer.Ordinal);
    private IndexPrice[] prices = [];

    /// <summary>A step after a longer time than this looks back no farther.</summary>
    public const int LookBackSeconds = 60;

    public int Count => entries.Count;

    public IndexTerms TermsOf(int index) => entries[index].State.Terms;

    public int NumberOf(string name) => numbers.TryGetValue(name, out var number) ? number : -1;

    /// <summary>Adds an index; the rate it is converted by must have been added before.</summary>
    /// <param name="path">The source's true price at an instant, in units of its quote.</param>
    /// <returns>Its number.</returns>
    public int Add(IndexTerms terms, Func<long, double> path)
    {
        var key = Noise.Key(Noise.Key(seed, 31), terms.Source);
        SimulatedConstituent[] constituents = [.. terms.Weights.Select((weight, i) => new SimulatedConstituent(Noise.Key(key, i), weight))];
        var rate = terms.Currency is { } currency ? entries[numbers[IndexTerms.RateOf(currency)]].State : null;
        numbers.Add(terms.Name, entries.Count);
        entries.Add(new Entry(new IndexState(terms, terms.Calendar is { } calendar ? CalendarOf(calendar) : null, rate), path, constituents));
        prices = new IndexPrice[entries.Count];
        return entries.Count - 1;
    }

    /// <summary>After a restart: what was last published of an index. Without it the service begins as on the first day.</summary>
    public void Resume(int index, long price, IndexFlags flags, long nowNanos)
    {
        var state = entries[index].State;
        state.Resume((double)price / Fixed.PowerOfTen(state.Terms.Decimals), flags, nowNanos);
    }

    /// <summary>The underlying stops or goes on trading in its hours (K-201).</summary>
    public void Pause(int index, bool isPaused) => entries[index].State.IsPaused = isPaused;

    /// <summary>What the session of an index is at an instant.</summary>
    public SessionPhase PhaseOf(int index, long nanos) =>
        entries[index].State.Terms.Calendar is { } name ? CalendarOf(name).PhaseAt(nanos) : SessionPhase.Regular;

    /// <summary>Every index at a whole second, in the order of their numbers. The answer is overwritten by the next step.</summary>
    public ReadOnlySpan<IndexPrice> Step(long nowNanos)
    {
        for (var i = 0; i < entries.Count; i++) prices[i] = Step(i, nowNanos);
        return prices;
    }

    /// <summary>One index at a whole second; a rate before the indexes that are converted by it. Seconds may be left out: where they matter, in a market that
    /// opens or closes, is silent or was, the last minute is made up for.</summary>
    public IndexPrice Step(int index, long nowNanos)
    {
        var entry = entries[index];
        entry.Step(nowNanos, pins);
        var state = entry.State;
        return new IndexPrice(index, Rounded(state.Price, state.Terms), state.Sources, state.Flags);
    }

    /// <summary>The last price of an index is another one: a dividend was paid, or a stock was split.</summary>
    public void Scale(int index, double factor) => entries[index].State.Scale(factor);

    /// <summary>The true prices are others than they were, back to the listing: the operator moved them.</summary>
    public void Forget()
    {
        foreach (var entry in entries) entry.Forget();
    }

    /// <summary>In units of the index's decimals, half-even to its step (F-003). Fifteen digits count: a tie in decimals is one here, whatever the
    /// nearest binary number is.</summary>
    public static long Rounded(double price, IndexTerms terms)
    {
        if (!(price > 0 && price < 1e15)) return 0;
        var steps = decimal.Round((decimal)price * Fixed.PowerOfTen(terms.Decimals) / terms.Round, MidpointRounding.ToEven);
        return (long)(steps * terms.Round);
    }

    private SessionCalendar CalendarOf(string name)
    {
        if (!calendars.TryGetValue(name, out var calendar)) calendars.Add(name, calendar = CalendarFile.Open(name));
        return calendar;
    }

    private sealed class Entry(IndexState state, Func<long, double> path, SimulatedConstituent[] constituents)
    {
        private const int Kept = 16;                            // a power of two, above the age at which quotes are dropped

        private readonly double[] past = new double[Kept];
        private readonly long[] pastSeconds = new long[Kept];
        private readonly ConstituentQuote[] quotes = new ConstituentQuote[constituents.Length];
        private long steppedNanos = long.MaxValue;

        public IndexState State { get; } = state;

        public void Step(long nowNanos, IReadOnlyDictionary<string, Money> pins)
        {
            if (State.Price == 0 && !State.IsOpen(nowNanos)) Begin(nowNanos);
            if (pins.Count > 0 && pins.TryGetValue(State.Terms.Name, out var pin)) State.Pin(ToDouble(pin), nowNanos);
            else if (pins.Count > 0 && pins.TryGetValue(State.Terms.Source, out pin)) State.Step(new IndexMean(ToDouble(pin), 0, constituents.Length, nowNanos), nowNanos);
            else
            {
                var mean = At(nowNanos);
                if (nowNanos - steppedNanos > Nanos.PerSecond && State.IsLive != mean.Count > 0) MakeUp(nowNanos);
                State.Step(mean, nowNanos);
            }
            steppedNanos = nowNanos;
        }

        public void Forget() => Array.Clear(past);

        private void MakeUp(long nowNanos)
        {
            for (var at = long.Max(steppedNanos, nowNanos - LookBackSeconds * Nanos.PerSecond) + Nanos.PerSecond; at < nowNanos; at += Nanos.PerSecond)
            {
                State.Step(At(at), at);
            }
        }

        private IndexMean At(long nanos) => State.IsOpen(nanos) ? Ask(nanos) : default;

        // A venue that starts on a Sunday knows Friday's close.
        private void Begin(long nowNanos) => State.Begin(path(State.PreviousClose(nowNanos)));

        private IndexMean Ask(long nowNanos)
        {
            var second = nowNanos / Nanos.PerSecond;
            // Oldest first: a path goes on from where it was asked last.
            for (var late = SimulatedConstituent.DelayMax; late > 0; late--) PriceAt(second - late);
            for (var i = 0; i < constituents.Length; i++)
            {
                var quoted = constituents[i].QuotedSecond(second);
                quotes[i] = second - quoted < Kept ? constituents[i].Quote(quoted, PriceAt(quoted)) : default;
            }
            return IndexMean.Of(quotes, nowNanos);
        }

        // The path is asked once a second; constituents that are late look back.
        private double PriceAt(long second)
        {
            var place = (int)(second & (Kept - 1));
            if (pastSeconds[place] != second || past[place] == 0) (pastSeconds[place], past[place]) = (second, path(second * Nanos.PerSecond));
            return past[place];
        }

        private static double ToDouble(Money money) => (double)money.Raw / Fixed.PowerOfTen(Money.Decimals);
    }
}
