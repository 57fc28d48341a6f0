using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Core.Kernel;

/// <summary>The whole of what decides: a pure function of (state, stamped command) to (state, events). One thread owns it (M-003).</summary>
public sealed class StateMachine
{
    /// <summary>Raised whenever any rule changes what a command does; segments and snapshots carry it.</summary>
    public const int RulesVersion = 4;

    private readonly Registry registry = new();
    private readonly TimerQueue timers = new();
    private readonly RecentKeys recent = new();
    private readonly Context context;
    private readonly Registry.RawHandler?[] handlers;           // the registry's, by kind
    private readonly Registry.RawPrefetch?[] prefetches;

    public StateMachine(IEnumerable<IProduct> products)
    {
        context = new Context(timers);
        handlers = registry.Commands;
        prefetches = registry.Prefetches;
        registry.Handle<Tick>(static (in Tick _, ReadOnlySpan<byte> _, Context _) => KernelRefusal.None);
        foreach (var product in products) product.Register(registry);
        registry.Remember(timers);
        registry.Remember(recent);
    }

    /// <summary>Of the last command executed; 0 before the first.</summary>
    public long Sequence { get; private set; }

    /// <summary>Stamped on the last command. Time never goes back.</summary>
    public long TimeNanos { get; private set; }

    /// <summary>When the next timer is due; long.MaxValue when none is set.</summary>
    public long NextDueNanos => timers.NextAtNanos;

    public SortedDictionary<ushort, string> CommandNames => registry.CommandNames;

    /// <summary>Executes one logged record: header, optional key, command, tail. Events go to the end of <paramref name="events"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // once, compiled with room for all that it calls; inlined into a caller's loop, half of it became calls
    public CommandResult Execute(Stamp stamp, ReadOnlySpan<byte> record, EventBuffer events)
    {
        if (stamp.Sequence != unchecked(Sequence + 1) || stamp.TimeNanos < TimeNanos) OutOfOrder(stamp);

        ref readonly var header = ref Unsafe.As<byte, CommandHeader>(ref MemoryMarshal.GetReference(record));
        var body = record[Unsafe.SizeOf<CommandHeader>()..];
        var context = this.context;
        if (!ReferenceEquals(context.Events, events)) context.Events = events;
        Sequence = stamp.Sequence;

        // No timer is due, no key or time limit comes with it, it is no price, and it is known: nearly every command.
        if (timers.NextAtNanos > stamp.TimeNanos && header is { Flags: CommandFlags.None, ExpiresAtNanos: 0 } && HandlerOf(header.Kind) is { } handler)
        {
            TimeNanos = stamp.TimeNanos;
            Begin(context, stamp, 0, header.Actor, header.Kind);
            var refusal = handler(body, context);
            var result = End(context, events, header.Actor, refusal, false);
            if (context.HasWork) RunWork(stamp, 1);
            return result;
        }
        return ExecuteAny(stamp, header, body, events);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CommandResult ExecuteAny(Stamp stamp, in CommandHeader header, ReadOnlySpan<byte> body, EventBuffer events)
    {
        var price = (header.Flags & CommandFlags.Price) != 0;
        var step = RunDue(stamp, price ? stamp.TimeNanos - 1 : stamp.TimeNanos, 0);
        TimeNanos = stamp.TimeNanos;
        Begin(context, stamp, step, header.Actor, header.Kind);
        var duplicate = false;
        var refusal = (header.Flags & CommandFlags.Idempotent) != 0 || header.ExpiresAtNanos != 0 ? DecideOnce(header, body, stamp, out duplicate)
            : HandlerOf(header.Kind) is { } handler ? handler(body, context) : KernelRefusal.UnknownCommand;
        var result = End(context, events, header.Actor, refusal, duplicate);
        step = RunWork(stamp, step + 1);
        if (price) RunDue(stamp, stamp.TimeNanos, step);            // what a price makes due at its very instant
        return result;
    }

    [DoesNotReturn]
    private void OutOfOrder(Stamp stamp) => throw new InvalidOperationException(
        stamp.Sequence != Sequence + 1 ? $"Sequence {stamp.Sequence} follows {Sequence}." : $"Time of sequence {stamp.Sequence} goes back.");

    /// <summary>The state is larger than a processor's caches: <see cref="Prefetch"/> pays.</summary>
    public bool IsLarge => registry.IsLarge;

    private const int PrefetchStages = 5;
    private const int PrefetchDistance = 3;         // commands between two stages
    private const int Noted = 16;                   // no fewer than have begun their stages and not run
    private readonly PrefetchNote[] notes = new PrefetchNote[Noted];
    private int following;                          // the place whose notes go on from the last one's; −1 = none but a first

    /// <summary>Before the <paramref name="at"/>-th record of a batch executes: asks the cache for what the next dozen will read, each a stage further
    /// than the one behind it (see <see cref="PrefetchHandler{T}"/>). Before the first of a batch that dozen is brought so far. Changes nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]          // what its loop needs stays in registers; in a caller's frame it was fetched again at every stage
    public void Prefetch<TBatch>(in TBatch batch, int at) where TBatch : IRecordBatch
    {
        if (at != following) Array.Clear(notes);    // those of other records: a note names places that need not be where another command would look
        unchecked           // places of a batch
        {
            following = at + 1 < batch.Count ? at + 1 : -1;
            if (at == 0)
            {
                PrefetchFirst(batch);
                return;
            }
            var next = at + PrefetchDistance * PrefetchStages;
            for (var stage = 0; stage < PrefetchStages; stage++, next -= PrefetchDistance) PrefetchOne(batch, next, stage);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PrefetchFirst<TBatch>(in TBatch batch) where TBatch : IRecordBatch
    {
        for (var stage = 0; stage < PrefetchStages; stage++)
        {
            for (var first = 0; first <= PrefetchDistance * (PrefetchStages - stage); first++) PrefetchOne(batch, first, stage);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchOne<TBatch>(in TBatch batch, int at, int stage) where TBatch : IRecordBatch
    {
        if (at < batch.Count) Prefetch(batch.RecordAt(at), stage, ref notes[at & (Noted - 1)]);
    }

    private void Prefetch(ReadOnlySpan<byte> record, int stage, ref PrefetchNote note)
    {
        if (stage == 0) note = default;
        ref readonly var header = ref Unsafe.As<byte, CommandHeader>(ref MemoryMarshal.GetReference(record));
        var (all, kind) = (prefetches, (uint)header.Kind);
        if (kind >= (uint)all.Length || all[kind] is not { } handler) return;
        unchecked
        {
            var skipped = Unsafe.SizeOf<CommandHeader>();
            if ((header.Flags & CommandFlags.Idempotent) != 0) skipped += Unsafe.SizeOf<IdempotencyKey>();
            if ((uint)skipped < (uint)record.Length) handler(record[skipped..], new UserId(header.Actor), stage, ref note);
        }
    }

    /// <summary>A fold over everything hashed, equal for equal states (design.md). Costs a walk over the whole state.</summary>
    public ulong StateHash()
    {
        var writer = new StateWriter();
        writer.Int64(Sequence);
        writer.Int64(TimeNanos);
        writer.Int64(context.LastId);
        var hash = Fold.Over(Fold.Start, writer.Written.Span);
        foreach (var part in registry.Parts)
        {
            if (!part.Hashed) continue;
            writer.Clear();
            part.Save(writer);
            hash = Fold.Over(hash, writer.Written.Span);
        }
        return hash;
    }

    /// <summary>Writes everything, key material included, to be read by <see cref="Load"/>.</summary>
    public void Save(StateWriter writer)
    {
        writer.Int64(Sequence);
        writer.Int64(TimeNanos);
        writer.Int64(context.LastId);
        writer.Int32(registry.Parts.Count);
        var part = new StateWriter();
        foreach (var one in registry.Parts)
        {
            part.Clear();
            one.Save(part);
            writer.Text(one.Name);
            writer.Bytes(part.Written.Span);
        }
    }

    /// <summary>Takes over a saved state. A part this build does not know, or misses, is an error: the state would be another one.</summary>
    /// <param name="rules">Those of the build that saved it; older ones are understood (design.md, Commands only in the log).</param>
    public void Load(ReadOnlySpan<byte> saved, uint rules = RulesVersion)
    {
        var reader = new StateReader(saved);
        following = -1;
        Sequence = reader.Int64();
        TimeNanos = reader.Int64();
        context.LastId = reader.Int64();
        var loaded = new HashSet<string>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var name = reader.Text();
            var bytes = new StateReader(reader.Bytes(), rules);
            var part = registry.Parts.Find(p => p.Name == name) ?? throw new InvalidOperationException($"The snapshot has a part '{name}' that this build does not know.");
            part.Load(ref bytes);
            loaded.Add(name);
        }
        foreach (var part in registry.Parts)
        {
            if (!loaded.Contains(part.Name) && !part.MayBeMissing) throw new InvalidOperationException($"The snapshot lacks the part '{part.Name}'.");
        }
    }

    /// <summary>All invariants, each with what broke it or null.</summary>
    public IEnumerable<(string Name, string? Broken)> CheckInvariants() => registry.Invariants.Select(i => (i.Name, i.Broken()));

    // A frame of its own: its key would be zeroed for every command.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort DecideOnce(in CommandHeader header, ReadOnlySpan<byte> body, Stamp stamp, out bool duplicate)
    {
        duplicate = false;
        IdempotencyKey key = default;
        var once = (header.Flags & CommandFlags.Idempotent) != 0;
        if (once)
        {
            key = MemoryMarshal.Read<IdempotencyKey>(body);
            body = body[Unsafe.SizeOf<IdempotencyKey>()..];
            recent.Forget(stamp.TimeNanos);
            if (recent.TryAnswer(key, out var first))
            {
                (context.ObjectId, duplicate) = (first.ObjectId, first.Duplicate);
                return first.Refusal;
            }
        }
        if (header.ExpiresAtNanos != 0 && stamp.TimeNanos > header.ExpiresAtNanos) return KernelRefusal.Expired;
        if (HandlerOf(header.Kind) is not { } handler) return KernelRefusal.UnknownCommand;
        var refusal = handler(body, context);
        if (once) recent.Add(key, new CommandResult(refusal, context.ObjectId), stamp.TimeNanos);
        return refusal;
    }

    private Registry.RawHandler? HandlerOf(ushort kind)
    {
        var all = handlers;
        return kind < all.Length ? all[kind] : null;
    }

    // Both give back the number of the next step.
    private int RunDue(Stamp stamp, long untilNanos, int step)
    {
        while (timers.NextAtNanos <= untilNanos)
        {
            var due = timers.Take();
            TimeNanos = long.Max(TimeNanos, due.AtNanos);
            var at = new Stamp(stamp.Sequence, TimeNanos);
            Begin(context, at, step++, 0, 0);
            registry.Timers[due.Kind]!(due, context);
            step = RunWork(at, step);
        }
        return step;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RunWork(Stamp stamp, int step)
    {
        while (context.HasWork)
        {
            var work = context.Dequeue();
            Begin(context, stamp, step++, 0, 0);
            registry.Works[work.Kind]!(work, context);
        }
        return step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin(Context context, Stamp stamp, int step, int actor, ushort kind)
    {
        context.Stamp = stamp;
        context.Actor = new UserId(actor);
        context.ObjectId = 0;
        ref var started = ref context.Events.AppendUnwritten<StepStarted>();
        started.Sequence = stamp.Sequence;
        started.TimeNanos = stamp.TimeNanos;
        started.Step = step;
        started.Actor = actor;
        started.CommandKind = kind;
        started.Reserved = 0;
        started.Reserved2 = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CommandResult End(Context context, EventBuffer events, int actor, ushort refusal, bool duplicate)
    {
        ref var ended = ref events.AppendUnwritten<CommandEnded>();
        ended.ObjectId = context.ObjectId;
        ended.Refusal = refusal;
        ended.Duplicate = duplicate ? (byte)1 : (byte)0;
        ended.Reserved = 0;
        ended.Actor = actor;
        return new CommandResult(refusal, context.ObjectId, duplicate);
    }
}

/// <summary>Records that will execute one after the other.</summary>
public interface IRecordBatch
{
    int Count { get; }

    ReadOnlySpan<byte> RecordAt(int at);
}
