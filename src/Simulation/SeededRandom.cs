namespace Sluice.Simulation;

/// <summary>Chance from a seed: the same numbers on every machine and under every runtime, which no library promises of its own (SplitMix64).</summary>
public sealed class SeededRandom
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;
    private readonly ulong seed;
    private ulong state;

    public SeededRandom(ulong seed) => this.seed = state = seed;

    public ulong Next()
    {
        state = unchecked(state + Step);
        return Mix(state);
    }

    /// <summary>From 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)Math.BigMul(Next(), (ulong)count, out _);
    }

    /// <summary>From <paramref name="from"/> to one less than <paramref name="to"/>.</summary>
    public long Between(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        return unchecked(from + (long)Math.BigMul(Next(), (ulong)(to - from), out _));
    }

    public bool Chance(int perMille) => Below(1000) < perMille;

    /// <summary>Another sequence for one purpose. It depends on the seed and the label alone, not on what was drawn before.</summary>
    public SeededRandom Fork(ulong label) => new(Mix(unchecked(seed * Step + Mix(label))));

    public SeededRandom Fork(string label)
    {
        var hash = 0xCBF2_9CE4_8422_2325;       // FNV-1a
        foreach (var letter in label) hash = unchecked((hash ^ letter) * 0x0000_0100_0000_01B3);
        return Fork(hash);
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }
}
