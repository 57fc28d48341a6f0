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

    public StateMachine(IEnumerable<IProduct> products)
    {
        context = new Context(timers);
        handlers = registry.Commands;
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
    public CommandResult Execute(Stamp stamp, ReadOnlySpan<byte> record, EventBuffer events)
    {
        if (stamp.Sequence != Sequence + 1 || stamp.TimeNanos < TimeNanos) OutOfOrder(stamp);

        ref readonly var header = ref Unsafe.As<byte, CommandHeader>(ref MemoryMarshal.GetReference(record));
        var body = record[Unsafe.SizeOf<CommandHeader>()..];
        if (!ReferenceEquals(context.Events, events)) context.Events = events;
        Sequence = stamp.Sequence;

        var price = (header.Flags & CommandFlags.Price) != 0;
        var step = 0;
        if (timers.NextAtNanos <= stamp.TimeNanos) RunDue(stamp, price ? stamp.TimeNanos - 1 : stamp.TimeNanos, ref step);

        TimeNanos = stamp.TimeNanos;
        Begin(stamp, step++, header.Actor, header.Kind);
        var result = Decide(header, body, stamp);
        ref var ended = ref events.Append<CommandEnded>();
        ended.ObjectId = result.ObjectId;
        ended.Refusal = result.Refusal;
        ended.Duplicate = result.Duplicate ? (byte)1 : (byte)0;
        ended.Actor = header.Actor;
        if (context.HasWork) RunWork(stamp, ref step);
        if (price && timers.NextAtNanos <= stamp.TimeNanos) RunDue(stamp, stamp.TimeNanos, ref step);
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

    /// <summary>Before the <paramref name="at"/>-th record of a batch executes: asks the cache for what the next dozen will read, each a stage further
    /// than the one behind it (see <see cref="PrefetchHandler{T}"/>). Before the first of a batch that dozen is brought so far. Changes nothing.</summary>
    public void Prefetch<TBatch>(in TBatch batch, int at) where TBatch : IRecordBatch
    {
        if (at == 0) PrefetchFirst(batch);
        else
        {
            for (var stage = 0; stage < PrefetchStages; stage++) PrefetchOne(batch, at + PrefetchDistance * (PrefetchStages - stage), stage);
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
        if (header.Kind >= registry.Prefetches.Length || registry.Prefetches[header.Kind] is not { } handler) return;
        var skipped = Unsafe.SizeOf<CommandHeader>() + ((header.Flags & CommandFlags.Idempotent) != 0 ? Unsafe.SizeOf<IdempotencyKey>() : 0);
        if (skipped < record.Length) handler(record[skipped..], new UserId(header.Actor), stage, ref note);
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

    private CommandResult Decide(in CommandHeader header, ReadOnlySpan<byte> body, Stamp stamp)
    {
        var once = (header.Flags & CommandFlags.Idempotent) != 0;
        if (once || header.ExpiresAtNanos != 0) return DecideOnce(header, body, stamp, once);
        return HandlerOf(header.Kind) is { } handler ? Handle(handler, body) : new CommandResult(KernelRefusal.UnknownCommand, 0);
    }

    // A frame of its own: its key would be zeroed for every command.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private CommandResult DecideOnce(in CommandHeader header, ReadOnlySpan<byte> body, Stamp stamp, bool once)
    {
        IdempotencyKey key = default;
        if (once)
        {
            key = MemoryMarshal.Read<IdempotencyKey>(body);
            body = body[Unsafe.SizeOf<IdempotencyKey>()..];
            recent.Forget(stamp.TimeNanos);
            if (recent.TryAnswer(key, out var first)) return first;
        }
        if (header.ExpiresAtNanos != 0 && stamp.TimeNanos > header.ExpiresAtNanos) return new CommandResult(KernelRefusal.Expired, 0);
        if (HandlerOf(header.Kind) is not { } handler) return new CommandResult(KernelRefusal.UnknownCommand, 0);
        var result = Handle(handler, body);
        if (once) recent.Add(key, result, stamp.TimeNanos);
        return result;
    }

    private Registry.RawHandler? HandlerOf(ushort kind)
    {
        var all = handlers;
        return kind < all.Length ? all[kind] : null;
    }

    private CommandResult Handle(Registry.RawHandler handler, ReadOnlySpan<byte> body)
    {
        var refusal = handler(body, context);
        return new CommandResult(refusal, context.ObjectId);
    }

    private void RunDue(Stamp stamp, long untilNanos, ref int step)
    {
        while (timers.NextAtNanos <= untilNanos)
        {
            var due = timers.Take();
            TimeNanos = long.Max(TimeNanos, due.AtNanos);
            var at = new Stamp(stamp.Sequence, TimeNanos);
            Begin(at, step++, 0, 0);
            registry.Timers[due.Kind]!(due, context);
            RunWork(at, ref step);
        }
    }

    private void RunWork(Stamp stamp, ref int step)
    {
        while (context.HasWork)
        {
            var work = context.Dequeue();
            Begin(stamp, step++, 0, 0);
            registry.Works[work.Kind]!(work, context);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(Stamp stamp, int step, int actor, ushort kind)
    {
        context.Stamp = stamp;
        context.Actor = new UserId(actor);
        context.ObjectId = 0;
        ref var started = ref context.Events.Append<StepStarted>();
        started.Sequence = stamp.Sequence;
        started.TimeNanos = stamp.TimeNanos;
        started.Step = step;
        started.Actor = actor;
        started.CommandKind = kind;
    }
}

/// <summary>Records that will execute one after the other.</summary>
public interface IRecordBatch
{
    int Count { get; }

    ReadOnlySpan<byte> RecordAt(int at);
}
