using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Core.Kernel;

/// <summary>A fact. Fixed size, written as its bytes, with an optional tail of variable length (texts, lists). Its fields fill it: no padding (M-003).</summary>
public interface IEvent
{
    /// <summary>Kernel 1-99, identity 100-199, wallet 200-299, matching and spot 300-399.</summary>
    static abstract ushort Kind { get; }
}

/// <summary>What stands before every event in a buffer.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventHeader
{
    public ushort Kind;

    /// <summary>Bytes of the tail.</summary>
    public ushort TailLength;

    /// <summary>Bytes of header, event and tail, rounded up to 8.</summary>
    public int Length;

    // All of it as one number, because one store is cheaper than three.
    internal static ulong Packed(ushort kind, ushort tailLength, int length) => kind | ((ulong)tailLength << 16) | ((ulong)unchecked((uint)length) << 32);
}

/// <summary>The first event of each command and of each piece of internal work that ran with it (timers due before it, fired triggers after
/// it): steps 0, 1, 2, … of one sequence in order of execution (M-003). The command's own step is the one with a CommandKind. All events up
/// to the next StepStarted belong to it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StepStarted : IEvent
{
    public static ushort Kind => 1;
    public long Sequence;
    public long TimeNanos;
    public int Step;

    /// <summary>Of the command; 0 for internal work.</summary>
    public int Actor;
    public ushort CommandKind;
    public ushort Reserved;
    public int Reserved2;
}

/// <summary>The last event of the command's own step: how it ended.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CommandEnded : IEvent
{
    public static ushort Kind => 2;
    public long ObjectId;
    public ushort Refusal;
    public byte Duplicate;
    public byte Reserved;
    public int Actor;
}

/// <summary>Events one after the other in one growing array that is reused: nothing is allocated once it is large enough.</summary>
public sealed class EventBuffer
{
    private byte[] bytes;

    public EventBuffer(int capacity = 64 * 1024) => bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Reserves a zeroed event and returns it to be filled in place; the reference is good until the next append.</summary>
    public ref T Append<T>() where T : unmanaged, IEvent
    {
        ref var reserved = ref Reserve<T>(0);
        reserved = default;
        return ref reserved;
    }

    /// <summary>The same with a tail.</summary>
    public ref T Append<T>(ReadOnlySpan<byte> tail) where T : unmanaged, IEvent
    {
        var at = Length + Unsafe.SizeOf<EventHeader>() + Unsafe.SizeOf<T>();
        ref var reserved = ref Reserve<T>(tail.Length);
        reserved = default;
        tail.CopyTo(bytes.AsSpan(at));
        return ref reserved;
    }

    public void Append<T>(in T value) where T : unmanaged, IEvent => Reserve<T>(0) = value;

    public void Append<T>(in T value, ReadOnlySpan<byte> tail) where T : unmanaged, IEvent => Append<T>(tail) = value;

    public EventReader Read(int from = 0) => new(bytes.AsSpan(from, Length - from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T Reserve<T>(int tailLength) where T : unmanaged, IEvent
    {
        var length = (Unsafe.SizeOf<EventHeader>() + Unsafe.SizeOf<T>() + tailLength + 7) & ~7;
        if (unchecked(bytes.Length - Length) < length) Grow(length);
        ref var start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bytes), Length);
        if (tailLength != 0 || Unsafe.SizeOf<T>() % sizeof(long) != 0)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, length - sizeof(long)), 0L);    // the filling behind a tail: equal events are equal bytes (M-003)
        }
        Unsafe.WriteUnaligned(ref start, EventHeader.Packed(T.Kind, checked((ushort)tailLength), length));
        Length = unchecked(Length + length);        // of an array that was just made long enough
        return ref Unsafe.As<byte, T>(ref Unsafe.Add(ref start, Unsafe.SizeOf<EventHeader>()));
    }

    private void Grow(int needed) => Array.Resize(ref bytes, int.Max(bytes.Length * 2, Length + needed));
}

/// <summary>Walks a buffer: <c>while (reader.Next()) switch (reader.Kind) { case BookDelta.Kind… reader.As&lt;BookDelta&gt;() }</c>.</summary>
public ref struct EventReader
{
    private ref byte current;
    private int left;               // from the current event on
    private int length;             // of the current event; 0 before the first

    public EventReader(ReadOnlySpan<byte> bytes)
    {
        current = ref MemoryMarshal.GetReference(bytes);
        left = bytes.Length;
    }

    public readonly EventHeader Header => Unsafe.ReadUnaligned<EventHeader>(ref current);

    public readonly ushort Kind => Header.Kind;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        current = ref Unsafe.Add(ref current, length);
        left -= length;
        if (left < Unsafe.SizeOf<EventHeader>()) return false;
        length = Header.Length;
        if (length < Unsafe.SizeOf<EventHeader>() || length > left) ThrowTorn();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref readonly T As<T>() where T : unmanaged, IEvent
    {
        if (Kind != T.Kind || length < Unsafe.SizeOf<EventHeader>() + Unsafe.SizeOf<T>()) ThrowOther();
        return ref Unsafe.As<byte, T>(ref Unsafe.Add(ref current, Unsafe.SizeOf<EventHeader>()));
    }

    private static void ThrowTorn() => throw new InvalidOperationException("The buffer does not hold whole events.");

    private static void ThrowOther() => throw new InvalidOperationException("The event is of another kind.");

    /// <summary>The variable part behind the event of type <typeparamref name="T"/>.</summary>
    public readonly ReadOnlySpan<byte> Tail<T>() where T : unmanaged, IEvent =>
        MemoryMarshal.CreateReadOnlySpan(ref current, length).Slice(Unsafe.SizeOf<EventHeader>() + Unsafe.SizeOf<T>(), Header.TailLength);
}
