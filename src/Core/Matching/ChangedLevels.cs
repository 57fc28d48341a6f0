using System.Runtime.CompilerServices;

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

    /// <summary>Nothing but one level that has another size: so ends nearly every order that rests, and every other cancel.</summary>
    public bool IsOne(out int slot)
    {
        slot = touched[0];
        return touchedCount == 1 && goneCount == 0;
    }

    /// <summary>A side has another best level, or its best level another size.</summary>
    public bool Best { get; set; }

    /// <summary>Slots of the levels that have another size now, each once.</summary>
    public ReadOnlySpan<int> Touched => touched.AsSpan(0, touchedCount);

    /// <summary>Where a level was and none is, to be announced with size 0.</summary>
    public ReadOnlySpan<(long Price, Side Side)> Gone => gone.AsSpan(0, goneCount);

    /// <summary>True once in two thousand million operations: whatever remembers an epoch must forget it.</summary>
    public bool Next()
    {
        Epoch = unchecked(Epoch + 1);
        if (Epoch > 0) return false;
        Epoch = 1;
        return true;
    }

    public void Touch(int slot, ref Level level)
    {
        if (level.TouchedEpoch == Epoch) return;
        level.TouchedEpoch = Epoch;
        var (list, count) = (touched, touchedCount);
        if ((uint)count >= (uint)list.Length) list = Lengthen();
        list[count] = slot;
        touchedCount = unchecked(count + 1);
    }

    /// <summary>A level is empty; its slot will be another one's.</summary>
    public void Vanish(int slot, in Level level)
    {
        if (level.TouchedEpoch == Epoch) Untouch(slot);
        if (goneCount == gone.Length) Array.Resize(ref gone, gone.Length * 2);
        gone[goneCount++] = (level.Price, level.Side);
    }

    /// <summary>There is a level again at a price; mostly none has been before.</summary>
    public void Appear(long price, Side side)
    {
        for (var at = 0; at < goneCount; at++)
        {
            if (gone[at].Price != price || gone[at].Side != side) continue;
            gone.AsSpan(at + 1, goneCount - at - 1).CopyTo(gone.AsSpan(at));
            goneCount--;
            return;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Lengthen()
    {
        Array.Resize(ref touched, touched.Length * 2);
        return touched;
    }

    public void Clear()
    {
        touchedCount = goneCount = 0;
        Best = false;
    }

    private void Untouch(int slot)
    {
        var at = Touched.LastIndexOf(slot);
        touched.AsSpan(at + 1, touchedCount - at - 1).CopyTo(touched.AsSpan(at));
        touchedCount--;
    }
}
