namespace Sluice.Server.Markets;

/// <summary>Chance as a function: the same key and index give the same number on every machine, in any order of asking (SplitMix64's finalizer over
/// a Weyl step). All simulation draws from here; nothing keeps a generator's state.</summary>
internal static class Noise
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;
    private const ulong EvenLanes = 0x0000_FFFF_0000_FFFF;
    private const double NormalMean = 4 * 32767.5;
    private const double NormalDeviation = 37837.2273;          // of the sum of four 16-bit lanes: 65536·√(4/12)

    public static ulong Bits(ulong key, long index)
    {
        unchecked
        {
            var z = key + (ulong)index * Golden;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A key of its own for a part of what <paramref name="key"/> stands for.</summary>
    public static ulong Key(ulong key, long part) => Bits(key ^ 0xD1B5_4A32_D192_ED03, part + 1);

    /// <summary>As <see cref="Key(ulong, long)"/>, by name (FNV-1a over UTF-16 units).</summary>
    public static ulong Key(ulong key, string part)
    {
        unchecked
        {
            var hash = 0xCBF2_9CE4_8422_2325;
            foreach (var unit in part) hash = (hash ^ unit) * 0x0000_0100_0000_01B3;
            return Bits(key ^ hash, part.Length);
        }
    }

    /// <summary>From 0 up to, not including, 1.</summary>
    public static double Uniform(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    public static double Uniform(ulong key, long index) => Uniform(Bits(key, index));

    /// <summary>Mean 0, deviation 1, nearly normal: four uniform lanes of one draw. Its thin tails are made up for by regimes and jumps.</summary>
    public static double Normal(ulong bits)
    {
        unchecked
        {
            var pairs = (bits & EvenLanes) + ((bits >> 16) & EvenLanes);
            return ((int)((uint)pairs + (uint)(pairs >> 32)) - NormalMean) * (1 / NormalDeviation);
        }
    }

    public static double Normal(ulong key, long index) => Normal(Bits(key, index));
}
