using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

/// <summary>Events one after the other in one growing array that is reused: nothing is allocated once it is large enough. The array does not move, so that the next
/// place is an address and an event costs one comparison with the end.</summary>
public sealed unsafe class EventBuffer
{
    private byte[] bytes;
    private byte* first;
    private byte* next;
    private byte* end;

    public EventBuffer(int capacity = 64 * 1024) => Take(capacity);

    public int Length => unchecked((int)(next - first));

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => next = first;

    /// <summary>Reserves a zeroed event and returns it to be filled in place; the reference is good until the next append.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Append<T>() where T : unmanaged, IEvent
    {
        ref var reserved = ref AppendUnwritten<T>();
        reserved = default;
        return ref reserved;
    }

    /// <summary>Reserves an event in which still stands what was there before: for whoever writes every byte of it, <c>Reserved</c> fields too, and is called so often that writing zeros first
    /// would show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T AppendUnwritten<T>() where T : unmanaged, IEvent
    {
        unchecked               // sizes of types, and addresses that were compared with the end
        {
            // No call in here: each would count against what a caller may have inlined, and then be made.
            var length = (sizeof(EventHeader) + sizeof(T) + 7) & ~7;
            var at = next;
            if (at + length > end) at = Grow(length);
            next = at + length;
            if (sizeof(T) % sizeof(long) != 0) *(long*)(at + length - sizeof(long)) = 0;        // the filling: equal events are equal bytes (M-003)
            *(ulong*)at = T.Kind | ((ulong)(uint)length << 32);                                  // an EventHeader, because one store is cheaper than three
            return ref *(T*)(at + sizeof(EventHeader));
        }
    }

    /// <summary>Whether the next event of this type fits, or the next few; when it does not, <see cref="Widen"/>. For whoever wants to keep nothing over a call that is hardly ever made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom<T>(int count = 1) where T : unmanaged, IEvent => unchecked(next + ((sizeof(EventHeader) + sizeof(T) + 7) & ~7) * count) <= end;

    /// <summary>As <see cref="AppendUnwritten"/>, once <see cref="HasRoom"/> has said yes, and for events of whole words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T AppendInRoom<T>() where T : unmanaged, IEvent
    {
        Debug.Assert(sizeof(T) % sizeof(long) == 0);
        unchecked
        {
            var at = next;
            next = at + sizeof(EventHeader) + sizeof(T);
            *(ulong*)at = T.Kind | ((ulong)(uint)(sizeof(EventHeader) + sizeof(T)) << 32);
            return ref *(T*)(at + sizeof(EventHeader));
        }
    }

    /// <summary>Room for one more event at least.</summary>
    public void Widen() => Grow(bytes.Length);

    /// <summary>The same with a tail; most have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Append<T>(ReadOnlySpan<byte> tail) where T : unmanaged, IEvent => ref tail.IsEmpty ? ref Append<T>() : ref AppendWithTail<T>(tail);

    public void Append<T>(in T value) where T : unmanaged, IEvent => AppendUnwritten<T>() = value;

    public void Append<T>(in T value, ReadOnlySpan<byte> tail) where T : unmanaged, IEvent => Append<T>(tail) = value;

    public EventReader Read(int from = 0) => new(bytes.AsSpan(from, Length - from));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref T AppendWithTail<T>(ReadOnlySpan<byte> tail) where T : unmanaged, IEvent
    {
        var tailAt = sizeof(EventHeader) + sizeof(T);
        var length = (tailAt + tail.Length + 7) & ~7;
        if (end - next < length) Grow(length);
        var whole = bytes.AsSpan(Length, length);
        whole[^sizeof(long)..].Clear();                     // the filling behind the tail
        Unsafe.WriteUnaligned(ref whole[0], EventHeader.Packed(T.Kind, checked((ushort)tail.Length), length));
        whole.Slice(sizeof(EventHeader), sizeof(T)).Clear();
        tail.CopyTo(whole[tailAt..]);
        next += length;
        return ref Unsafe.As<byte, T>(ref whole[sizeof(EventHeader)]);
    }

    // Where the next event stands then.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Grow(int needed)
    {
        var written = Length;
        var kept = bytes;
        Take(int.Max(checked(kept.Length * 2), checked(written + needed)));
        kept.AsSpan(0, written).CopyTo(bytes);
        return next = first + written;
    }

    [MemberNotNull(nameof(bytes))]
    private void Take(int capacity)
    {
        bytes = GC.AllocateArray<byte>(capacity, pinned: true);
        next = first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));
        end = first + capacity;
    }
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
