using Sluice.Core.Kernel;
using Sluice.Core.Values;

namespace Sluice.Products.Futures.State;

/// <summary>The index of the last minute, kept only where a contract halts by itself when it moves too far in one (F-231).</summary>
public sealed class IndexMoves
{
    private const long WindowNanos = 60 * Nanos.PerSecond;

    private readonly LinkedList<(long Nanos, long Index)> samples = new();

    public IReadOnlyCollection<(long Nanos, long Index)> Samples => samples;

    /// <summary>A new index; whether it is further from that of a minute ago than this fraction, exactly. With less than a minute known, from the oldest.</summary>
    public bool Exceeds(long nowNanos, long index, long fractionE12)
    {
        samples.AddLast((nowNanos, index));
        while (samples.First!.Next is { } second && second.Value.Nanos <= nowNanos - WindowNanos) samples.RemoveFirst();
        var before = samples.First.Value.Index;
        return long.BigMul(long.Abs(index - before), Rate.One) > long.BigMul(before, fractionE12);
    }

    /// <summary>One of a snapshot, in their order.</summary>
    public void Restore(long nanos, long index) => samples.AddLast((nanos, index));

    public void Clear() => samples.Clear();
}
