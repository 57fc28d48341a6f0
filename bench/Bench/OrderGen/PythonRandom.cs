namespace Sluice.Bench.OrderGen;

/// <summary>The stream of CPython's <c>random.Random(seed).random()</c>, which Python documents as reproducible: MT19937 seeded by array, two
/// draws a number. The workloads were defined with it.</summary>
internal sealed class PythonRandom
{
    private const int Length = 624;
    private const int Middle = 397;

    private readonly uint[] state = new uint[Length];
    private int next = Length;

    public PythonRandom(uint seed) => SeedByArray(seed);

    private PythonRandom()
    {
    }

    /// <summary>The same generator seeded by one word, as C++ names it <c>std::mt19937</c>.</summary>
    public static PythonRandom OfOneWord(uint seed)
    {
        var random = new PythonRandom();
        random.Fill(seed);
        return random;
    }

    /// <summary>In [0, 1), 53 bits.</summary>
    public double Next()
    {
        var high = Draw() >> 5;
        var low = Draw() >> 6;
        return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
    }

    /// <summary><c>int(random() * n)</c>.</summary>
    public int Below(int n) => (int)(Next() * n);

    private void SeedByArray(uint key)
    {
        unchecked
        {
            Fill(19650218);
            var at = 1;
            for (var left = Length; left > 0; left--)
            {
                state[at] = (state[at] ^ ((state[at - 1] ^ (state[at - 1] >> 30)) * 1664525)) + key;
                at = Following(at);
            }
            for (var left = Length - 1; left > 0; left--)
            {
                state[at] = (state[at] ^ ((state[at - 1] ^ (state[at - 1] >> 30)) * 1566083941)) - (uint)at;
                at = Following(at);
            }
            state[0] = 0x80000000;
        }
    }

    private void Fill(uint seed)
    {
        state[0] = seed;
        for (var i = 1; i < Length; i++) state[i] = unchecked(1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + (uint)i);
    }

    private int Following(int at)
    {
        if (++at < Length) return at;
        state[0] = state[Length - 1];
        return 1;
    }

    private uint Draw()
    {
        if (next == Length) Refill();
        var y = state[next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Refill()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (state[i] & 0x80000000) | (state[(i + 1) % Length] & 0x7FFFFFFF);
            state[i] = state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }
        next = 0;
    }
}
