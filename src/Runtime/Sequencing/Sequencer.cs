using System.Collections.Concurrent;
using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <param name="CommandsPerSnapshot">A snapshot and a hash in the log at least this often; at most 1,000,000 (design.md, replay).</param>
/// <param name="SnapshotEvery">And at least this often when there was anything to save.</param>
/// <param name="KeepLog">Segments behind the last two snapshots stay.</param>
/// <param name="Failed">Told once, with the sentence, when the venue has stopped for a reason of its own: a broken disk, a broken invariant.</param>
/// <param name="RulesVersion">Snapshots say it; the log must be opened with the same.</param>
/// <param name="Report">Told what the operator should know and the venue survives, such as a snapshot that could not be written; standard error when null.</param>
/// <param name="BatchBytes">What is reserved for the frames of a batch and for waiting commands; both grow.</param>
/// <param name="ByHand">No threads: whoever owns the sequencer moves it by <see cref="Sequencer.Step"/>, in any order, on one thread.</param>
public sealed record SequencerOptions(long CommandsPerSnapshot = 1_000_000, TimeSpan? SnapshotEvery = null, bool KeepLog = false, Action<string>? Failed = null,
    uint RulesVersion = StateMachine.RulesVersion, Action<string>? Report = null, int BatchBytes = 128 * 1024, bool ByHand = false);

/// <summary>The four stages a command passes or waits for, in this order.</summary>
public enum Stage { Core, Writer, Bus, Snapshots }

/// <summary>Gives order and time, once; executes; logs; answers when durable. Three threads in a row: core (stamps and executes, may run ahead of
/// the disk), writer (appends and syncs whole backlogs: group commit), bus (views first, then the answers). The simulation moves the same
/// stages without threads.</summary>
public sealed class Sequencer : ICommandDoor, ICoreDoor, IDisposable
{
    /// <summary>Small enough that a batch stays in a core's cache from the intake to the log. By hand a batch is a turn, whatever is in it.</summary>
    private const int CommandsPerBatch = 1024, CommandsPerBatchByHand = 8 * 1024;

    /// <summary>The core thread finishes this many itself when the writer and the bus rest.</summary>
    private const int FinishedAtOnceMax = 64;

    /// <summary>Events are written where they stay in the first cache, and moved into the batch when so many have come together.</summary>
    private const int EventBytesKeptAtOnce = 16 * 1024;

    private readonly EventBuffer events = new(2 * EventBytesKeptAtOnce);
    private readonly StateMachine machine;
    private readonly VenueClock clock;
    private readonly SequencerOptions options;
    private readonly Delivery delivery;
    private readonly Snapshotter snapshots;
    private readonly BatchPool pool;
    private readonly Intake intake;
    private readonly ConcurrentQueue<Action> jobs = new();
    private readonly Thread coreThread;
    private IPriceSource? prices;
    private IParticipants? participants;
    private readonly int batchMax;
    private readonly List<Batch> held = [];         // executed, and not yet given to the delivery
    private readonly Gathering gathering = new();
    private int heldCommands;
    private Batch batch;
    private long snapshotSequence;
    private long snapshotTimestamp;
    private volatile bool stopping;
    private volatile bool paused;
    private Exception? failure;
    private bool started;

    /// <param name="machine">Recovered; from now on only the core thread touches it.</param>
    /// <param name="projected">How far the slowest durable read model is; the newest snapshot it has reached stays.</param>
    public Sequencer(StateMachine machine, ICommandLog log, SnapshotStore store, VenueClock clock, IReadOnlyList<IEventConsumer> consumers,
        Func<long> projected, SequencerOptions? options = null)
    {
        this.machine = machine;
        this.clock = clock;
        this.options = options ?? new SequencerOptions();
        batchMax = this.options.ByHand ? CommandsPerBatchByHand : CommandsPerBatch;
        pool = new BatchPool(this.options.BatchBytes);
        intake = new Intake(pool, batchMax);
        delivery = new Delivery(log, consumers, pool, this.options, Fail, intake.Wake);
        snapshots = new Snapshotter(store, projected, this.options);
        batch = pool.TakeForCore();
        snapshotSequence = machine.Sequence;
        snapshotTimestamp = Environment.TickCount64;
        coreThread = new Thread(Run) { Name = "core", IsBackground = true };
    }

    public long NowNanos => clock.NowNanos;

    /// <summary>Null while the venue accepts; otherwise the sentence to tell.</summary>
    public string? Unavailable => Volatile.Read(ref failure)?.Message ?? (stopping ? "The venue is stopping." : null);

    public long DurableSequence => delivery.DurableSequence;

    public void Start(IParticipants? seeded = null, IPriceSource? priced = null)
    {
        (prices, participants) = (priced, seeded);
        started = true;
        delivery.Start();
        if (!options.ByHand) coreThread.Start();
    }

    /// <summary>By hand only: lets one stage do what it has to do now. False when that was nothing. What the disk throws that is no error of a
    /// disk comes out here.</summary>
    public bool Step(Stage stage)
    {
        if (!options.ByHand) throw new InvalidOperationException("This sequencer has its threads.");
        return stage switch
        {
            Stage.Core => !stopping && StepCore(),
            Stage.Writer => delivery.StepWriter(),
            Stage.Bus => delivery.StepBus(),
            _ => snapshots.Step(),
        };
    }

    /// <summary>By hand only: whether the core has something to do, now or at the next instant at which something falls due.</summary>
    public long NextNanos => intake.Waiting > 0 || !jobs.IsEmpty ? long.MinValue : NextDueNanos;

    public ValueTask<CommandOutcome> SubmitAsync<T>(UserId actor, T command, ReadOnlyMemory<byte> tail = default, CommandOptions options = default)
        where T : unmanaged, ICommand
    {
        var pending = Pending.Take();
        try
        {
            intake.Add(actor, command, tail.Span, options, pending, pending.Token);
        }
        catch
        {
            pending.Abandon();
            throw;
        }
        return pending.Task;
    }

    public void Together(Action submit) => intake.Together(submit);

    /// <summary>The form without a task, for callers with many commands in flight.</summary>
    public void Submit<T>(UserId actor, in T command, ICompletion completion, long token, ReadOnlySpan<byte> tail = default, CommandOptions options = default)
        where T : unmanaged, ICommand => intake.Add(actor, command, tail, options, completion, token);

    /// <summary>Runs a question on the core thread, between commands, and answers when everything executed before it is durable.</summary>
    public Task<TAnswer> AskAsync<TAnswer>(Func<StateMachine, TAnswer> question) => OnCore(_ => question(machine));

    /// <summary>Moves a manual clock, running everything that falls due in order, and answers when all of it is durable.</summary>
    public Task<long> AdvanceAsync(long nanos)
    {
        if (clock is not ManualClock manual) throw new InvalidOperationException("Only a manual clock can be advanced; start with --clock manual.");
        return OnCore(_ =>
        {
            Advance(manual, checked(manual.NowNanos + nanos));
            return machine.Sequence;
        });
    }

    /// <summary>Lets participants act on the core thread now, whatever the clock says: before ready.</summary>
    public Task<long> ActAsync(Action<ICoreDoor> action) => OnCore(door =>
    {
        action(door);
        return machine.Sequence;
    });

    /// <summary>Stops or resumes ticks and participants (design.md, pause).</summary>
    public Task<long> PauseAsync(bool pause)
    {
        paused = pause;
        return OnCore(_ => machine.Sequence);
    }

    CommandResult ICoreDoor.Execute<T>(UserId actor, in T command, ReadOnlySpan<byte> tail)
    {
        var length = Record.LengthOf<T>(default, tail);
        Record.Write(batch.Add(length, wantEvents: false, null, 0), actor, command, tail, default);
        var result = Execute(batch.Count - 1, clock.NowNanos);
        if (batch.Count >= batchMax) HandOver();
        return result;
    }

    /// <summary>Takes nothing more, finishes what waits, writes a snapshot and a clean mark, and returns when all is durable.</summary>
    public void Stop()
    {
        if (stopping) return;
        intake.Close(new VenueUnavailableException("The venue is stopping."));
        stopping = true;
        intake.Wake();
        if (options.ByHand) Guarded(Finish);
        else if (started) coreThread.Join();
        delivery.Stop();
        snapshots.Stop();
    }

    public void Dispose() => Stop();

    private Task<TAnswer> OnCore<TAnswer>(Func<ICoreDoor, TAnswer> work)
    {
        if (Unavailable is { } reason) throw new VenueUnavailableException(reason);
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        delivery.OnFailure(answer, reason => answer.TrySetException(new VenueUnavailableException(reason)));
        jobs.Enqueue(() =>
        {
            var value = work(this);
            batch.AfterDelivery.Add(() =>
            {
                delivery.Forget(answer);
                answer.TrySetResult(value);
            });
        });
        intake.Wake();
        return answer.Task;
    }

    private void Run() => Guarded(() =>
    {
        while (!stopping)
        {
            Gather();
            var worked = Turn();
            if (Volatile.Read(ref failure) is not null) return;
            PassOn();
            if (!worked) Sleep();
        }
        Finish();
    });

    private bool StepCore()
    {
        var worked = false;
        Guarded(() =>
        {
            worked = Turn() || !batch.IsEmpty;
            if (Volatile.Read(ref failure) is null) HandOver();
        });
        return worked;
    }

    private void Finish()
    {
        if (Volatile.Read(ref failure) is not null) return;
        Turn();
        if (Volatile.Read(ref failure) is not null) return;
        TakeSnapshot(cleanStop: true);
        HandOver();
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception broken)
        {
            Fail(new VenueUnavailableException($"The core stopped at sequence {machine.Sequence}: {broken.Message}"), broken);
        }
        finally
        {
            if (Volatile.Read(ref failure) is { } reason) Abandon(reason);
        }
    }

    // Whoever the core thread still holds is told. The intake is closed first: whoever came in behind the last look would wait for ever.
    private void Abandon(Exception reason)
    {
        intake.Close(reason);
        foreach (var one in held)
        {
            foreach (ref readonly var entry in one.Entries) entry.Completion?.Failed(entry.Token, reason);
        }
        held.Clear();
        do
        {
            foreach (ref readonly var entry in batch.Entries) entry.Completion?.Failed(entry.Token, reason);
            batch.Clear();
            batch = intake.Take(batch);
        }
        while (batch.Count > 0);
    }

    // One turn: what was handed in, what is due, what participants want, questions.
    private bool Turn()
    {
        var now = clock.NowNanos;
        batch = intake.Take(batch);
        var large = machine.IsLarge;
        for (var i = 0; i < batch.Count; i++)
        {
            if (large) machine.Prefetch(batch, i);
            batch.PrefetchBehind(i);
            Execute(i, now);
        }
        var worked = batch.Count > 0;
        if (batch.Count >= batchMax) HandOver();

        if (!paused && !clock.IsManual)
        {
            if (prices is not null && prices.NextNanos <= now) prices.Step(now, this);
            if (participants is not null && participants.NextNanos <= now) participants.Act(now, this);
            if (machine.NextDueNanos <= now) TickNow();
        }
        while (jobs.TryDequeue(out var job))
        {
            job();
            worked = true;
        }
        if (machine.Sequence - snapshotSequence >= options.CommandsPerSnapshot || SnapshotDue()) TakeSnapshot(cleanStop: false);
        return worked;
    }

    private bool SnapshotDue() => options.SnapshotEvery is { } every && machine.Sequence > snapshotSequence
        && Environment.TickCount64 - snapshotTimestamp >= every.TotalMilliseconds;

    private CommandResult Execute(int at, long now)
    {
        var stamp = new Stamp(machine.Sequence + 1, long.Max(now, machine.TimeNanos));
#if MUTANTS
        if (Mutant.Is(Mutation.LetTimeGoBack)) stamp = stamp with { TimeNanos = now };
#endif
        var from = batch.EventBytes + events.Length;
        var result = machine.Execute(stamp, batch.RecordAt(at), events);
        ref var outcome = ref batch.Seal(at, stamp);
        outcome.Result = result;
        outcome.EventsFrom = from;
        outcome.EventsTo = batch.EventBytes + events.Length;
        if (events.Length >= EventBytesKeptAtOnce) batch.Keep(events);
        return result;
    }

    private void TickNow() => ((ICoreDoor)this).Execute(UserId.Venue, new Tick());

    private void Advance(ManualClock manual, long target)
    {
        while (true)
        {
            var next = paused ? machine.NextDueNanos : NextDueNanos;
            if (next > target) break;
            manual.MoveTo(next);
            if (prices is not null && !paused && prices.NextNanos <= manual.NowNanos) prices.Step(manual.NowNanos, this);
            if (machine.NextDueNanos <= manual.NowNanos) TickNow();
            if (participants is not null && !paused && participants.NextNanos <= manual.NowNanos) participants.Act(manual.NowNanos, this);
            if (machine.Sequence - snapshotSequence >= options.CommandsPerSnapshot) TakeSnapshot(cleanStop: false);
        }
        manual.MoveTo(target);
        if (!paused) prices?.Step(target, this);
        TickNow();          // the state's own time reaches the target, so that two equal advances end in equal states
    }

    // The earliest of all that happens by itself.
    private long NextDueNanos =>
        long.Min(machine.NextDueNanos, long.Min(prices?.NextNanos ?? long.MaxValue, participants?.NextNanos ?? long.MaxValue));

    private void TakeSnapshot(bool cleanStop)
    {
        if (!cleanStop && machine.Sequence == snapshotSequence) return;
        var hash = machine.StateHash();
        var stamp = new Stamp(machine.Sequence, machine.TimeNanos);
        var saved = new StateWriter();
        machine.Save(saved);
        if (stamp.Sequence > 0) batch.Mark(stamp, new StateMark(hash, cleanStop));
        var meta = new SnapshotMeta(options.RulesVersion, stamp.Sequence, stamp.TimeNanos, hash);
#if MUTANTS
        if (Mutant.Is(Mutation.SnapshotAheadOfLog)) snapshots.Write(meta, saved.Written);
        else
#endif
        batch.AfterDelivery.Add(() => snapshots.Write(meta, saved.Written));
        snapshotSequence = stamp.Sequence;
        snapshotTimestamp = Environment.TickCount64;
    }

    private void HandOver()
    {
        batch.Keep(events);
        PutHeld();
        if (batch.IsEmpty) return;
        delivery.Put(batch);
        batch = pool.TakeForCore();
    }

    // Much goes to the writer. A little is finished here, once nothing else is in flight and nothing more waits to be executed: one flush for all.
    private void PassOn()
    {
        batch.Keep(events);
        if (!batch.IsEmpty)
        {
            held.Add(batch);
            heldCommands += batch.Count;
            batch = pool.TakeForCore();
        }
        if (held.Count == 0) return;
        if (heldCommands > FinishedAtOnceMax)
        {
            PutHeld();
            return;
        }
        if (intake.Waiting > 0 || !delivery.TryFinish(held)) return;
        gathering.Answered(heldCommands, intake.Waiting);
        held.Clear();
        heldCommands = 0;
    }

    private void PutHeld()
    {
        foreach (var one in held) delivery.Put(one);
        held.Clear();
        heldCommands = 0;
    }

    private void Gather()
    {
        if (intake.Waiting > 0) gathering.Wait(intake, delivery.FlushTicks);
    }

    private void Sleep()
    {
        if (gathering.Spin(intake)) return;
        if (held.Count > 0 && !delivery.TellWhenIdle()) return;
        var most = TimeSpan.FromSeconds(1);
        if (!clock.IsManual && !paused)
        {
            var nanos = NextDueNanos - clock.NowNanos;
            if (nanos < most.Ticks * 100) most = TimeSpan.FromTicks(long.Max(nanos / 100, 0) + 1);
        }
        if (jobs.IsEmpty) intake.Wait(most);
    }

    private void Fail(VenueUnavailableException reason, Exception cause)
    {
        var first = Interlocked.CompareExchange(ref failure, new VenueUnavailableException(reason.Message), null) is null;
        intake.Close(reason);           // and wakes the core thread, which ends
        if (first) options.Failed?.Invoke(reason.Message);
        delivery.Abort(reason, cause);
    }
}
