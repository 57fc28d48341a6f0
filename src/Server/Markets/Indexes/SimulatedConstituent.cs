using Sluice.Core.Kernel;

namespace Sluice.Server.Markets.Indexes;

/// <summary>A venue that quotes an index's source a little off, a little late, and now and then not at all or wrongly; all of it a function of
/// (seed, index, constituent, second), so that it is the same in every run.</summary>
internal sealed class SimulatedConstituent(ulong key, double weight)
{
    public const int DelayMax = 3;                              // seconds

    private const double OffsetDeviation = 0.0003;
    private const double NoiseDeviation = 0.00004;
    private const double HalfSpread = 0.0001;
    private const int OutageSlot = 1800, OutageLengthMin = 15, OutageLengthMax = 240;
    private const int FaultSlot = 3600, FaultLengthMin = 4, FaultLengthMax = 25;
    private const double OutageChance = 1 / 64.0, OutlierChance = 1 / 96.0, CrossedChance = 1 / 96.0;

    private readonly double offset = OffsetDeviation * Noise.Normal(key, 1);
    private readonly int delay = (int)(Noise.Bits(key, 2) % (DelayMax + 1));
    private readonly ulong noiseKey = Noise.Key(key, 3);
    private readonly Spell outage = new(Noise.Key(key, 4), OutageSlot, OutageChance, OutageLengthMin, OutageLengthMax);
    private readonly Spell outlier = new(Noise.Key(key, 5), FaultSlot, OutlierChance, FaultLengthMin, FaultLengthMax);
    private readonly Spell crossed = new(Noise.Key(key, 6), FaultSlot, CrossedChance, FaultLengthMin, FaultLengthMax);

    /// <summary>The second its quote at an instant is from.</summary>
    public long QuotedSecond(long second)
    {
        var quoted = second - delay;
        return outage.StartOf(quoted) is { } start ? start - 1 : quoted;
    }

    /// <param name="price">The source's price at the quoted second.</param>
    public ConstituentQuote Quote(long quotedSecond, double price)
    {
        var middle = price * (1 + offset + NoiseDeviation * Noise.Normal(noiseKey, quotedSecond));
        if (outlier.StartOf(quotedSecond) is { } start) middle *= 1 + Deviation(Noise.Bits(noiseKey, ~start));
        var half = middle * (crossed.StartOf(quotedSecond) is null ? HalfSpread : -HalfSpread);
        return new ConstituentQuote(middle - half, middle + half, weight, quotedSecond * Nanos.PerSecond);
    }

    // 4 to 12 % up or down.
    private static double Deviation(ulong bits) => (0.04 + 0.08 * Noise.Uniform(bits)) * ((bits & 1) == 0 ? 1 : -1);

    /// <summary>A state that at most once a slot begins, by chance, and lasts some seconds within the slot.</summary>
    private sealed class Spell(ulong key, int slotSeconds, double chance, int lengthMin, int lengthMax)
    {
        private long slot = long.MinValue, from, to;

        /// <summary>Since when, or null when it is not so.</summary>
        public long? StartOf(long second)
        {
            var wanted = second / slotSeconds;
            if (wanted != slot)
            {
                slot = wanted;
                var length = lengthMin + (int)(Noise.Bits(key, ~wanted) % (ulong)(lengthMax - lengthMin + 1));
                from = wanted * slotSeconds + (long)(Noise.Uniform(key, -wanted - 1_000_000_007) * (slotSeconds - length));
                to = Noise.Uniform(key, wanted) < chance ? from + length : from;
            }
            return second >= from && second < to ? from : null;
        }
    }
}
