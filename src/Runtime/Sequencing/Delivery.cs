using System.Collections.Concurrent;
using System.Diagnostics;
using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>From executed to answered: the writer makes batches durable, the bus shows them to the views and then answers. Nothing leaves before the
/// log has it (design.md, Acknowledge after durable). Each is a thread, or a step at a time when the sequencer is moved by hand. When both rest,
/// the core thread does their work itself: two wake-ups less for a command that comes alone.</summary>
internal sealed class Delivery
{
    /// <summary>Commands in flight are bounded by these, with their buffers.</summary>
    private const int BatchesMax = 128, BatchesMaxByHand = 8;

    private readonly ICommandLog log;
    private readonly IReadOnlyList<IEventConsumer> consumers;
    private readonly Action<VenueUnavailableException, Exception> failed;
    private readonly BatchPool pool;
    private readonly BatchQueue toWrite = new();
    private readonly BatchQueue toDeliver = new();
    private readonly ConcurrentDictionary<object, Action<string>> onFailure = [];
    private readonly bool byHand;
    private readonly int batchesMax;
    private readonly Thread writer;
    private readonly Thread bus;
    private readonly object writing = new();        // held by whoever writes, and then delivers, in this order
    private readonly object delivering = new();
    private readonly object room = new();
    private readonly object failing = new();
    private readonly List<Batch> backlog = [];
    private readonly Action idle;
    private int inFlight;
    private volatile int idleWanted;
    private long durableSequence;
    private volatile VenueUnavailableException? failure;
    private VenueUnavailableException? broken;

    public Delivery(ICommandLog log, IReadOnlyList<IEventConsumer> consumers, BatchPool pool, SequencerOptions options,
        Action<VenueUnavailableException, Exception> failed, Action idle)
    {
        this.log = log;
        this.consumers = consumers;
        this.pool = pool;
        this.failed = failed;
        this.idle = idle;
        byHand = options.ByHand;
        batchesMax = byHand ? BatchesMaxByHand : BatchesMax;
        durableSequence = log.DurableSequence;
        writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        bus = new Thread(DeliverAll) { Name = "bus", IsBackground = true };
    }

    public long DurableSequence => Volatile.Read(ref durableSequence);

    /// <summary>Stopwatch ticks the last flushes took, smoothed.</summary>
    public long FlushTicks { get; private set; }

    /// <summary>Nothing that was put here waits for the disk, the views or its answer.</summary>
    public bool IsIdle => Volatile.Read(ref inFlight) == 0;

    public void Start()
    {
        if (byHand) return;
        writer.Start();
        bus.Start();
    }

    /// <summary>By hand: makes durable what waits for the disk. False when nothing does.</summary>
    public bool StepWriter()
    {
        if (toWrite.IsEmpty) return false;
        WriteWaiting();
        return true;
    }

    /// <summary>By hand: delivers one batch. False when none waits.</summary>
    public bool StepBus()
    {
        if (!toDeliver.TryTake(out var batch)) return false;
        DeliverOrRefuse(batch);
        return true;
    }

    /// <summary>Takes an executed batch over. Waits while too many are in flight: the core runs ahead of the disk by a bounded amount.</summary>
    public void Put(Batch batch)
    {
        Interlocked.Increment(ref inFlight);
        toWrite.Add(batch);
        while (byHand && inFlight >= batchesMax)
        {
            StepWriter();
            StepBus();
        }
        if (Volatile.Read(ref inFlight) < batchesMax) return;
        lock (room)
        {
            while (inFlight >= batchesMax) Monitor.Wait(room);
        }
    }

    /// <summary>The same for all of them on the calling thread, answers included, if nothing else is in flight. False when something is; then nothing
    /// was done.</summary>
    public bool TryFinish(List<Batch> batches)
    {
        if (!IsIdle || !Monitor.TryEnter(writing)) return false;
        try
        {
            // Only the caller adds batches, so none can come in between; the two threads sleep, or are about to.
            Interlocked.Add(ref inFlight, batches.Count);
            backlog.Clear();
            backlog.AddRange(batches);
            if (!Write()) return true;
        }
        finally
        {
            Monitor.Exit(writing);
        }
        lock (delivering)
        {
            foreach (var batch in batches) DeliverOrRefuse(batch);
        }
        return true;
    }

    /// <summary>Calls back once when nothing is in flight, unless that is so already: false then.</summary>
    public bool TellWhenIdle()
    {
        idleWanted = 1;
        Interlocked.MemoryBarrier();
        return !IsIdle;
    }

    /// <summary>Someone to tell if the venue fails before <see cref="Forget"/>.</summary>
    public void OnFailure(object who, Action<string> tell)
    {
        onFailure[who] = tell;
        if (failure is { } reason) tell(reason.Message);
    }

    public void Forget(object who) => onFailure.TryRemove(who, out _);

    public void Stop()
    {
        while (byHand && StepWriter()) { }
        toWrite.Complete();
        if (writer.IsAlive) writer.Join();
        while (byHand && StepBus()) { }
        toDeliver.Complete();
        if (bus.IsAlive) bus.Join();
    }

    /// <summary>The core, the log or a view has failed: whoever waits is told; what is already in the writer's hands may still become durable.</summary>
    public void Abort(VenueUnavailableException reason, Exception cause)
    {
        lock (failing)
        {
            if (failure is not null) return;
            failure = reason;
        }
        _ = cause;
        foreach (var tell in onFailure.Values) tell(reason.Message);
    }

    private void WriteAll()
    {
        while (toWrite.Wait())
        {
            lock (writing) WriteWaiting();
        }
    }

    // Whatever waits goes together: one flush for all.
    private void WriteWaiting()
    {
        backlog.Clear();
        while (toWrite.TryTake(out var next)) backlog.Add(next);
        if (!Write()) return;
        foreach (var batch in backlog) toDeliver.Add(batch);
    }

    // False when the log refused the backlog: its senders have been told.
    private bool Write()
    {
        if (failure is { } gone && gone.InnerException is LogFailedException)
        {
            Refuse(backlog, gone);
            return false;
        }
        try
        {
            foreach (var batch in backlog)
            {
                if (batch.FrameBytes > 0) log.Append(batch.Frames);
            }
            var started = Stopwatch.GetTimestamp();
            log.Sync();
            FlushTicks += (Stopwatch.GetTimestamp() - started - FlushTicks) / 8;
            Volatile.Write(ref durableSequence, log.DurableSequence);
            return true;
        }
        catch (LogFailedException refused)
        {
            var reason = new VenueUnavailableException(refused.Message, refused);
            Abort(reason, refused);
            Refuse(backlog, reason);
            failed(reason, refused);
            return false;
        }
    }

    private void Refuse(List<Batch> batches, VenueUnavailableException reason)
    {
        foreach (var batch in batches)
        {
            foreach (ref readonly var entry in batch.Entries) entry.Completion?.Failed(entry.Token, reason);
            Release(batch);
        }
    }

    private void DeliverAll()
    {
        while (toDeliver.Wait())
        {
            lock (delivering)
            {
                if (toDeliver.TryTake(out var batch)) DeliverOrRefuse(batch);
            }
        }
    }

    private void DeliverOrRefuse(Batch batch)
    {
        var answered = 0;
        try
        {
            if (broken is null) Deliver(batch, ref answered);
        }
        catch (Exception cause)
        {
            // Views that missed an event would show something else than the state from now on: nobody is told anything any more.
            broken = new VenueUnavailableException(
                $"What happened up to sequence {batch.LastSequence} could not be shown: {cause.Message} The log has it; start the venue again.", cause);
            Abort(broken, cause);
            failed(broken, cause);
        }
        if (broken is not null)
        {
            foreach (ref readonly var entry in batch.Entries[answered..]) entry.Completion?.Failed(entry.Token, broken);
        }
        Release(batch);
    }

    private void Deliver(Batch batch, ref int answered)
    {
        ReadOnlySpan<byte> events = batch.Events.AsSpan(0, batch.EventBytes);
#if MUTANTS
        if (Mutant.Is(Mutation.AnswerBeforeViews)) Answer(batch, events, ref answered);
#endif
        if (batch.LastSequence > 0)
        {
            var delivered = new EventBatch(events, batch.FirstSequence, batch.LastSequence);
            foreach (var consumer in consumers) consumer.Consume(delivered);
        }
        Answer(batch, events, ref answered);
        foreach (var action in batch.AfterDelivery) action();
    }

    private static void Answer(Batch batch, ReadOnlySpan<byte> events, ref int answered)
    {
        var sequence = batch.FirstSequence;         // its commands follow each other without a gap
        ReadOnlySpan<Entry> entries = batch.Entries;
        var outcomes = batch.Outcomes;
        for (var i = 0; i < entries.Length; i++)
        {
            answered++;
            ref readonly var entry = ref entries[i];
            ref readonly var outcome = ref outcomes[i];
            var own = entry.WantEvents ? events[outcome.EventsFrom..outcome.EventsTo] : default;
            entry.Completion?.Done(entry.Token, outcome.Result, new Stamp(sequence++, outcome.TimeNanos), own);
        }
    }

    private void Release(Batch batch)
    {
        pool.Return(batch);
        var left = Interlocked.Decrement(ref inFlight);
        if (left == 0 && idleWanted != 0 && Interlocked.Exchange(ref idleWanted, 0) != 0) idle();
        if (left != batchesMax - 1) return;
        lock (room) Monitor.PulseAll(room);
    }
}
