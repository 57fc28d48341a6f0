namespace Sluice.Bench.OrderGen;

/// <summary>The 64-bit fold the workloads compare engines by: over the trades in order, and over what rests at the end in order of id.</summary>
public struct Tape()
{
    private const ulong Prime = 0x100000001B3;

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public readonly string Text => Hash.ToString("x16");

    public void Trade(long maker, long taker, long price, long quantity)
    {
        unchecked
        {
            var hash = (Hash ^ (ulong)maker) * Prime;
            hash = (hash ^ (ulong)taker) * Prime;
            hash = (hash ^ (ulong)price) * Prime;
            Hash = (hash ^ (ulong)quantity) * Prime;
        }
    }

    public void Resting(long order, long price, long left)
    {
        unchecked
        {
            var hash = (Hash ^ (ulong)order) * Prime;
            hash = (hash ^ (ulong)price) * Prime;
            Hash = (hash ^ (ulong)left) * Prime;
        }
    }
}
