using System.Diagnostics;

namespace Sluice.Bench.Wire;

/// <summary>How long requests took, from sending to the whole answer; one instance a connection, merged at the end.</summary>
internal sealed class Latencies
{
    private readonly List<long> ticks = new(64 * 1024);

    public int Count => ticks.Count;

    public int Refused { get; private set; }

    /// <summary>The first answer that was not the one wanted.</summary>
    public string? FirstRefusal { get; private set; }

    public void Add(long since) => Add(since, Stopwatch.GetTimestamp());

    public void Add(long since, long now) => ticks.Add(now - since);

    public void Refuse(ReadOnlySpan<byte> answer)
    {
        Refused++;
        FirstRefusal ??= System.Text.Encoding.UTF8.GetString(answer);
    }

    public static Latencies Merge(IEnumerable<Latencies> all)
    {
        var merged = new Latencies();
        foreach (var one in all)
        {
            merged.ticks.AddRange(one.ticks);
            merged.Refused += one.Refused;
            merged.FirstRefusal ??= one.FirstRefusal;
        }
        merged.ticks.Sort();
        return merged;
    }

    /// <summary>Of merged ones.</summary>
    public double Micros(double quantile) => ticks.Count == 0 ? 0 : ticks[(int)(quantile * (ticks.Count - 1))] * (1e6 / Stopwatch.Frequency);
}
