using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;

namespace Sluice.Runtime.Sequencing;

/// <summary>One command waiting for its stamp.</summary>
internal readonly record struct Waiting(int Offset, int Length, bool WantEvents, ICompletion? Completion, long Token);

/// <summary>Commands handed in and not yet taken, as bytes in one array.</summary>
/// <param name="bytes">At first; it grows.</param>
internal sealed class IntakePage(int bytes)
{
    public byte[] Bytes = new byte[bytes];
    public int Length;
    public readonly List<Waiting> Commands = new(bytes / 256);

    public void Clear()
    {
        Length = 0;
        Commands.Clear();
    }
}

/// <summary>Where many threads hand commands in and the core thread takes them out, a page at a time. Full pages make senders wait: that is the
/// venue's back-pressure.</summary>
/// <param name="pageBytes">Of a page at first.</param>
internal sealed class Intake(int pageBytes)
{
    private const int CommandsMax = 64 * 1024;

    private readonly object gate = new();
    private readonly AutoResetEvent arrived = new(false);
    private IntakePage filling = new(pageBytes);
    private Exception? closed;
    private bool sleeping;

    public void Add<T>(UserId actor, in T command, ReadOnlySpan<byte> tail, in CommandOptions options, ICompletion? completion, long token)
        where T : unmanaged, ICommand
    {
        var length = Record.LengthOf<T>(options.Idempotency, tail);
        bool wake;
        lock (gate)
        {
            while (filling.Commands.Count >= CommandsMax && closed is null) Monitor.Wait(gate);
            if (closed is not null) throw closed;
            if (filling.Bytes.Length - filling.Length < length) Array.Resize(ref filling.Bytes, int.Max(filling.Bytes.Length * 2, filling.Length + length));
            Record.Write(filling.Bytes.AsSpan(filling.Length, length), actor, command, tail, options);
            filling.Commands.Add(new Waiting(filling.Length, length, options.WantEvents, completion, token));
            filling.Length += length;
            wake = sleeping;
            sleeping = false;
        }
        if (wake) arrived.Set();
    }

    /// <summary>Lets nobody else in while <paramref name="submit"/> hands its commands in; they stand in one page, one behind the other. Only a page that is full
    /// in between lets others pass.</summary>
    public void Together(Action submit)
    {
        lock (gate) submit();
    }

    /// <summary>Takes everything that waits in exchange for an empty page.</summary>
    public IntakePage Take(IntakePage empty)
    {
        lock (gate)
        {
            var taken = filling;
            filling = empty;
            Monitor.PulseAll(gate);
            return taken;
        }
    }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get { lock (gate) return filling.Commands.Count == 0; }
    }

    /// <summary>Sleeps until something arrives, at most so long.</summary>
    public void Wait(TimeSpan most)
    {
        lock (gate)
        {
            if (filling.Commands.Count > 0) return;
            sleeping = true;
        }
        arrived.WaitOne(most);
        lock (gate) sleeping = false;
    }

    /// <summary>Wakes the core thread for something that is not a command.</summary>
    public void Wake() => arrived.Set();

    /// <summary>From now on nobody gets in; the reason is thrown at senders.</summary>
    public void Close(Exception reason)
    {
        lock (gate)
        {
            closed ??= reason;
            Monitor.PulseAll(gate);
        }
        arrived.Set();
    }
}

/// <summary>The bytes of a log record: header, optional key, command, tail.</summary>
public static class Record
{
    public static int LengthOf<T>(in IdempotencyKey key, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        Unsafe.SizeOf<CommandHeader>() + (key.IsEmpty ? 0 : Unsafe.SizeOf<IdempotencyKey>()) + Unsafe.SizeOf<T>() + tail.Length;

    public static void Write<T>(Span<byte> destination, UserId actor, in T command, ReadOnlySpan<byte> tail, in CommandOptions options)
        where T : unmanaged, ICommand
    {
        var keyed = !options.Idempotency.IsEmpty;
        MemoryMarshal.Write(destination, new CommandHeader
        {
            Kind = T.Kind, Flags = keyed ? CommandFlags.Idempotent : CommandFlags.None, Actor = actor.Value, ExpiresAtNanos = options.ExpiresAtNanos,
        });
        destination = destination[Unsafe.SizeOf<CommandHeader>()..];
        if (keyed)
        {
            MemoryMarshal.Write(destination, options.Idempotency);
            destination = destination[Unsafe.SizeOf<IdempotencyKey>()..];
        }
        MemoryMarshal.Write(destination, command);
        tail.CopyTo(destination[Unsafe.SizeOf<T>()..]);
    }
}
