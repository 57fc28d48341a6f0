using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>From executed to answered: the writer makes batches durable, the bus shows them to the views and then answers. Nothing leaves before the
/// log has it (design.md, Acknowledge after durable). Each is a thread, or a step at a time when the sequencer is moved by hand.</summary>
internal sealed class Delivery
{
    private readonly ICommandLog log;
    private readonly IReadOnlyList<IEventConsumer> consumers;
    private readonly Action<VenueUnavailableException, Exception> failed;
    private readonly BlockingCollection<Batch> free = [];
    private readonly BlockingCollection<Batch> toWrite = [];
    private readonly BlockingCollection<Batch> toDeliver = [];
    private readonly ConcurrentDictionary<object, Action<string>> onFailure = [];
    private readonly bool byHand;
    private readonly Thread writer;
    private readonly Thread bus;
    private readonly object failing = new();
    private readonly List<Batch> backlog = [];
    private long durableSequence;
    private volatile VenueUnavailableException? failure;
    private VenueUnavailableException? broken;

    public Delivery(ICommandLog log, IReadOnlyList<IEventConsumer> consumers, int batches, SequencerOptions options,
        Action<VenueUnavailableException, Exception> failed)
    {
        this.log = log;
        this.consumers = consumers;
        this.failed = failed;
        byHand = options.ByHand;
        durableSequence = log.DurableSequence;
        for (var i = 0; i < batches; i++) free.Add(new Batch(options.BatchBytes));
        writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        bus = new Thread(DeliverAll) { Name = "bus", IsBackground = true };
    }

    public long DurableSequence => Volatile.Read(ref durableSequence);

    public void Start()
    {
        if (byHand) return;
        writer.Start();
        bus.Start();
    }

    /// <summary>Waits for a free batch: the core runs ahead of the disk by a bounded amount.</summary>
    public Batch TakeFree()
    {
        while (byHand && free.Count == 0)
        {
            StepWriter();
            StepBus();
        }
        return free.Take();
    }

    /// <summary>By hand: makes durable what waits for the disk. False when nothing does.</summary>
    public bool StepWriter()
    {
        if (!toWrite.TryTake(out var first)) return false;
        Write(first);
        return true;
    }

    /// <summary>By hand: delivers one batch. False when none waits.</summary>
    public bool StepBus()
    {
        if (!toDeliver.TryTake(out var batch)) return false;
        DeliverOrRefuse(batch);
        return true;
    }

    public void Put(Batch batch) => toWrite.Add(batch);

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
        toWrite.CompleteAdding();
        if (writer.IsAlive) writer.Join();
        while (byHand && StepBus()) { }
        toDeliver.CompleteAdding();
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
        foreach (var first in toWrite.GetConsumingEnumerable()) Write(first);
    }

    // Whatever waits goes with it: one flush for all.
    private void Write(Batch first)
    {
        backlog.Clear();
        backlog.Add(first);
        while (toWrite.TryTake(out var next)) backlog.Add(next);
        if (failure is { } gone && gone.InnerException is LogFailedException)
        {
            Refuse(backlog, gone);
            return;
        }
        try
        {
            foreach (var batch in backlog)
            {
                if (batch.FrameBytes > 0) log.Append(batch.Frames);
            }
            log.Sync();
            Volatile.Write(ref durableSequence, log.DurableSequence);
            foreach (var batch in backlog) toDeliver.Add(batch);
        }
        catch (LogFailedException refused)
        {
            var reason = new VenueUnavailableException(refused.Message, refused);
            Abort(reason, refused);
            Refuse(backlog, reason);
            failed(reason, refused);
        }
    }

    private void Refuse(List<Batch> batches, VenueUnavailableException reason)
    {
        foreach (var batch in batches)
        {
            foreach (var executed in batch.Commands) executed.Completion?.Failed(executed.Token, reason);
            Release(batch);
        }
    }

    private void DeliverAll()
    {
        foreach (var batch in toDeliver.GetConsumingEnumerable()) DeliverOrRefuse(batch);
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
            foreach (var executed in CollectionsMarshal.AsSpan(batch.Commands)[answered..]) executed.Completion?.Failed(executed.Token, broken);
        }
        Release(batch);
    }

    private void Deliver(Batch batch, ref int answered)
    {
        var events = batch.Events.Written;
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
        foreach (ref readonly var executed in CollectionsMarshal.AsSpan(batch.Commands))
        {
            answered++;
            var own = executed.WantEvents ? events[executed.EventsFrom..executed.EventsTo] : default;
            executed.Completion?.Done(executed.Token, executed.Result, executed.Stamp, own);
        }
    }

    private void Release(Batch batch)
    {
        batch.Clear();
        free.Add(batch);
    }
}
