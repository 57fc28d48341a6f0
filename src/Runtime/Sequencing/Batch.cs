using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>A command on its way from its sender to its answer; its bytes are a frame of the batch it is in. Written by the sender.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Entry
{
    public ICompletion? Completion;
    public long Token;

    /// <summary>Of its frame in the batch.</summary>
    public int Offset;

    public int PayloadBytes;
    public bool WantEvents;
}

/// <summary>What became of a command. Apart from its entry, so that the core writes no line that the sender's core has.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Outcome
{
    public CommandResult Result;
    public long TimeNanos;
    public int EventsFrom;
    public int EventsTo;
}

/// <summary>Commands that stay together from the intake to their answers: senders write their frames, the core stamps and executes them where they
/// stand, the log takes the same bytes, the bus answers. Reused.</summary>
/// <param name="bytes">Of frames at first; it grows, and so does the rest.</param>
internal sealed unsafe class Batch(int bytes) : IRecordBatch
{
    private const int BytesPerCommand = 256, CacheLine = 64;

    /// <summary>Four usual frames, and the entries after that.</summary>
    private const int BytesAhead = 512, EntriesAhead = 8;

    private byte[] frames = new byte[bytes];
    private Entry[] entries = new Entry[int.Max(bytes / BytesPerCommand, 1)];
    private Outcome[] outcomes = new Outcome[int.Max(bytes / BytesPerCommand, 1)];

    public int FrameBytes { get; private set; }

    /// <summary>Commands in it, executed or not.</summary>
    public int Count { get; private set; }

    public Span<Entry> Entries => entries.AsSpan(0, Count);

    /// <summary>Of its commands, as far as they are executed.</summary>
    public ReadOnlySpan<Outcome> Outcomes => outcomes.AsSpan(0, Count);

    /// <summary>The events of its commands; no room for them while it is in the intake.</summary>
    public byte[]? Events { get; set; }

    public int EventBytes { get; private set; }

    /// <summary>Run once the batch is durable and delivered: jobs that wait for that.</summary>
    public List<Action> AfterDelivery { get; } = [];

    public long FirstSequence { get; private set; }

    public long LastSequence { get; private set; }

    public Span<byte> Frames => frames.AsSpan(0, FrameBytes);

    public bool IsEmpty => FrameBytes == 0 && AfterDelivery.Count == 0;

    /// <summary>Adds a command that has no stamp yet; the caller writes its payload into what is returned, all of it.</summary>
    public Span<byte> Add(int payloadBytes, bool wantEvents, ICompletion? completion, long token)
    {
        var frame = Reserve(payloadBytes);
        Frame.Open(frame, FrameKind.Command, payloadBytes);
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, Count * 2);
            Array.Resize(ref outcomes, Count * 2);
        }
        ref var entry = ref entries[Count++];
        entry.Completion = completion;
        entry.Token = token;
        entry.Offset = FrameBytes;
        entry.PayloadBytes = payloadBytes;
        entry.WantEvents = wantEvents;
        FrameBytes += frame.Length;
        return frame.Slice(Frame.HeaderBytes, payloadBytes);
    }

    public ReadOnlySpan<byte> RecordAt(int at) => PayloadOf(Entries[at]);

    public ReadOnlySpan<byte> PayloadOf(in Entry entry) => frames.AsSpan(entry.Offset + Frame.HeaderBytes, entry.PayloadBytes);

    /// <summary>Moves events here from where they were written. Some kilobytes at once: the processor copies those without fetching first what it overwrites, which
    /// another core has read last.</summary>
    public void Keep(EventBuffer written)
    {
        if (written.Length == 0) return;
        if (Events!.Length - EventBytes < written.Length)
        {
            var larger = new byte[int.Max(2 * Events.Length, EventBytes + written.Length)];
            Events.AsSpan(0, EventBytes).CopyTo(larger);
            Events = larger;
        }
        written.Written.CopyTo(Events.AsSpan(EventBytes));
        EventBytes += written.Length;
        written.Clear();
    }

    /// <summary>Asks the cache for what the core reads a few commands behind this one: the sender's core has it. Beyond the end nothing is read.</summary>
    public void PrefetchBehind(int at)
    {
        ref var entry = ref entries[at];
        ref var frame = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frames), entry.Offset + BytesAhead);
        Cache.Prefetch(Unsafe.AsPointer(ref frame));
        Cache.Prefetch(Unsafe.AsPointer(ref Unsafe.Add(ref frame, CacheLine)));
        Cache.Prefetch(Unsafe.AsPointer(ref Unsafe.Add(ref entry, EntriesAhead)));
    }

    /// <summary>The command at this place has run with this stamp. In order.</summary>
    public ref Outcome Seal(int at, Stamp stamp)
    {
        Frame.Stamp(frames.AsSpan(entries[at].Offset), stamp.Sequence, stamp.TimeNanos);
        ref var outcome = ref outcomes[at];
        outcome.TimeNanos = stamp.TimeNanos;
        if (FirstSequence == 0) FirstSequence = stamp.Sequence;
        LastSequence = stamp.Sequence;
        return ref outcome;
    }

    public void Mark(Stamp stamp, StateMark mark)
    {
        _ = Reserve(StateMark.Bytes);
        FrameBytes += Frame.WriteMark(frames.AsSpan(FrameBytes), stamp.Sequence, stamp.TimeNanos, mark);
    }

    public void Clear()
    {
        Entries.Clear();
        Count = FrameBytes = EventBytes = 0;
        AfterDelivery.Clear();
        FirstSequence = LastSequence = 0;
    }

    private Span<byte> Reserve(int payloadBytes)
    {
        var padded = Frame.PaddedBytes(payloadBytes);
        if (frames.Length - FrameBytes < padded) Array.Resize(ref frames, int.Max(frames.Length * 2, FrameBytes + padded));
        return frames.AsSpan(FrameBytes, padded);
    }
}

/// <summary>Batches that nobody uses now. What was returned last is taken first: it is the likeliest to be in a cache. Buffers of events are kept apart,
/// so that a few of them do for many batches that wait in the intake.</summary>
/// <param name="bytes">Of a new one's frames; it has twice as much room for events.</param>
internal sealed class BatchPool(int bytes)
{
    private readonly Lock gate = new();
    private readonly Stack<Batch> free = new();
    private readonly Stack<byte[]> buffers = new();

    /// <summary>For senders to fill.</summary>
    public Batch Take()
    {
        lock (gate)
        {
            if (free.TryPop(out var batch)) return batch;
        }
        return new Batch(bytes);
    }

    /// <summary>For the core thread, with a buffer for events.</summary>
    public Batch TakeForCore()
    {
        var batch = Take();
        lock (gate)
        {
            if (buffers.TryPop(out var events)) batch.Events = events;
        }
        batch.Events ??= new byte[2 * bytes];
        return batch;
    }

    public void Return(Batch batch)
    {
        batch.Clear();
        lock (gate)
        {
            if (batch.Events is { } events) buffers.Push(events);
            batch.Events = null;
            free.Push(batch);
        }
    }
}

/// <summary>Batches in a row before the next stage, put there by one thread and taken by one.</summary>
internal sealed class BatchQueue
{
    private readonly object gate = new();
    private readonly Queue<Batch> waiting = new();
    private bool completed;

    public bool IsEmpty
    {
        get { lock (gate) return waiting.Count == 0; }
    }

    public void Add(Batch batch)
    {
        lock (gate)
        {
            waiting.Enqueue(batch);
            if (waiting.Count == 1) Monitor.Pulse(gate);
        }
    }

    public bool TryTake(out Batch batch)
    {
        lock (gate) return waiting.TryDequeue(out batch!);
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Sleeps until there is one. False when none comes any more.</summary>
    public bool Wait()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !completed) Monitor.Wait(gate);
            return waiting.Count > 0;
        }
    }
}
