using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;

namespace Sluice.Runtime.Sequencing;

/// <summary>Where many threads hand commands in and the core thread takes them out, a batch at a time. Too many of them make senders wait: that is the
/// venue's back-pressure.</summary>
/// <param name="batchMax">Commands in a batch; only what is submitted together may be more.</param>
internal sealed class Intake(BatchPool pool, int batchMax)
{
    private const int CommandsMax = 64 * 1024;

    private readonly Lock gate = new();
    private readonly object room = new();
    private readonly AutoResetEvent arrived = new(false);
    private readonly Queue<Batch> full = new();
    private Batch filling = pool.Take();
    private volatile Exception? closed;
    private volatile int waiting;
    private bool together;
    private bool sleeping;

    /// <summary>Commands handed in and not taken.</summary>
    public int Waiting => waiting;

    public void Add<T>(UserId actor, in T command, ReadOnlySpan<byte> tail, in CommandOptions options, ICompletion? completion, long token)
        where T : unmanaged, ICommand
    {
        var length = Record.LengthOf<T>(options.Idempotency, tail);
        while (true)
        {
            lock (gate)
            {
                if (closed is { } reason) throw reason;
                if (waiting < CommandsMax || together)
                {
                    if (filling.Count >= batchMax && !together)
                    {
                        full.Enqueue(filling);
                        filling = pool.Take();
                    }
                    Record.Write(filling.Add(length, options.WantEvents, completion, token), actor, command, tail, options);
                    waiting++;
                    if (!sleeping) return;
                    sleeping = false;
                    break;
                }
            }
            WaitForRoom();
        }
        arrived.Set();
    }

    /// <summary>Lets nobody else in while <paramref name="submit"/> hands its commands in; they stand in one batch, one behind the other.</summary>
    public void Together(Action submit)
    {
        WaitForRoom();
        lock (gate)
        {
            var before = together;
            together = true;
            try
            {
                submit();
            }
            finally
            {
                together = before;
            }
        }
    }

    /// <summary>Takes the oldest batch that waits in exchange for an empty one, whose buffer for events it gets; gives that back when nothing waits.</summary>
    public Batch Take(Batch empty)
    {
        if (waiting == 0) return empty;
        Batch taken;
        var events = empty.Events;
        empty.Events = null;
        lock (gate)
        {
            if (full.TryDequeue(out taken!))
            {
                pool.Return(empty);
            }
            else
            {
                taken = filling;
                filling = empty;
            }
            waiting -= taken.Count;
        }
        taken.Events = events;
        lock (room) Monitor.PulseAll(room);
        return taken;
    }

    /// <summary>Sleeps until something arrives, at most so long.</summary>
    public void Wait(TimeSpan most)
    {
        lock (gate)
        {
            if (waiting > 0) return;
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
        lock (gate) closed ??= reason;
        lock (room) Monitor.PulseAll(room);
        arrived.Set();
    }

    private void WaitForRoom()
    {
        if (waiting < CommandsMax) return;
        lock (room)
        {
            while (waiting >= CommandsMax && closed is null) Monitor.Wait(room);
        }
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
            Kind = T.Kind, Flags = keyed ? T.Flags | CommandFlags.Idempotent : T.Flags, Actor = actor.Value, ExpiresAtNanos = options.ExpiresAtNanos,
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
