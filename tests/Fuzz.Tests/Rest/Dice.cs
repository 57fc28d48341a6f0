namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Chance of one request, from the seed, the lane and its number alone: what a request is does not hang on what came before it, only the
/// live ids in it do. SplitMix64.</summary>
internal struct Dice
{
    private ulong state;

    public Dice(long seed, int lane, int number)
    {
        unchecked
        {
            state = (ulong)seed * 0x9E3779B97F4A7C15 ^ ((ulong)(uint)lane << 40) ^ (uint)number;
        }
        Next();
    }

    public ulong Next()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>From 0 to one below.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (uint)count) >> 32);

    public bool Percent(int chance) => Below(100) < chance;

    public T Among<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    public T Of<T>(params ReadOnlySpan<T> all) => all[Below(all.Length)];
}
