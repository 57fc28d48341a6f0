namespace Sluice.Core.Matching;

/// <summary>The levels that the running operation has changed. One operation runs at a time, in one book, so all books share it and it stays in the
/// nearest cache.</summary>
internal sealed class ChangedLevels
{
    private int[] touched = new int[16];
    private (long Price, Side Side)[] gone = new (long, Side)[16];
    private int touchedCount;
    private int goneCount;

    /// <summary>The running operation; never part of the state.</summary>
    public int Epoch { get; private set; } = 1;

    public bool None => (touchedCount | goneCount) == 0;

    /// <summary>Slots of levels that have another size now, each once.</summary>
    public ReadOnlySpan<int> Touched => touched.AsSpan(0, touchedCount);

    /// <summary>Levels that vanished, to be announced with size 0.</summary>
    public ReadOnlySpan<(long Price, Side Side)> Gone => gone.AsSpan(0, goneCount);

    /// <summary>True once in two thousand million operations: whatever remembers an epoch must forget it.</summary>
    public bool Next()
    {
        var restarts = Epoch == int.MaxValue;
        Epoch = restarts ? 1 : Epoch + 1;
        return restarts;
    }

    public void Touch(int slot, ref Level level)
    {
        if (level.TouchedEpoch == Epoch) return;
        level.TouchedEpoch = Epoch;
        if (touchedCount == touched.Length) Array.Resize(ref touched, touched.Length * 2);
        touched[touchedCount++] = slot;
    }

    public void Vanish(in Level level)
    {
        if (goneCount == gone.Length) Array.Resize(ref gone, gone.Length * 2);
        gone[goneCount++] = (level.Price, level.Side);
    }

    public void Clear() => touchedCount = goneCount = 0;
}
