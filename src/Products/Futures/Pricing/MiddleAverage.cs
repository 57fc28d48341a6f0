using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.Pricing;

/// <summary>The moving average of the distance between the book's middle and the index, one sample a second (F-056). It is state: the next mark depends on it.</summary>
public sealed class MiddleAverage(int window)
{
    /// <summary>How long the average stays good when the book has no middle (F-057).</summary>
    public const long StaleNanos = 60 * Nanos.PerSecond;

    // Twice the distance, so that the half of bid + ask stays whole.
    private readonly long[] samples = new long[window];
    private int next;
    private Int128 sum;

    public int Count { get; private set; }
    public long SampledNanos { get; private set; }

    /// <summary>Twice the distance, oldest first: 0 = the oldest.</summary>
    public long this[int age] => samples[(next - Count + age + samples.Length) % samples.Length];

    /// <summary>A sample of a book with both sides.</summary>
    public void Add(long bid, long ask, long index, long nowNanos)
    {
        Add(checked(bid + ask - 2 * index));
        SampledNanos = nowNanos;
    }

    /// <summary>The newest samples of it in a window of another length.</summary>
    public MiddleAverage Within(int seconds)
    {
        var other = new MiddleAverage(seconds);
        for (var age = int.Max(Count - seconds, 0); age < Count; age++) other.Add(this[age]);
        other.SampledNanos = SampledNanos;
        return other;
    }

    private void Add(long twice)
    {
        if (Count == samples.Length) sum -= samples[next];
        else Count++;
        samples[next] = twice;
        sum += twice;
        next = (next + 1) % samples.Length;
    }

    /// <summary>P2 = index + average, rounded half-even to <paramref name="round"/>; false without samples or when they are too old.</summary>
    public bool TryPrice(long index, long nowNanos, long round, out long price)
    {
        price = 0;
        if (Count == 0 || nowNanos - SampledNanos > StaleNanos) return false;
        var under = 2 * Count;
        price = checked((long)Fixed.Divide(long.BigMul(index, under) + sum, long.BigMul(under, round), Rounding.HalfEven) * round);
        return true;
    }
}
