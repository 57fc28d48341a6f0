using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Core.Kernel;

/// <summary>Handles one command: checks first, refuses without a change, then writes and emits. 0 is acceptance.</summary>
public delegate ushort CommandHandler<T>(in T command, ReadOnlySpan<byte> tail, Context context) where T : unmanaged, ICommand;

/// <summary>Asks the cache for what a command will read, so that commands that wait do not wait for memory one after the other. It changes nothing and
/// must not: the command may never run. Stage 0 comes first; each later one may read what those before it asked for, and finds what they noted.</summary>
public delegate void PrefetchHandler<T>(in T command, UserId actor, int stage, ref PrefetchNote note) where T : unmanaged, ICommand;

/// <summary>Numbers that the stages of one waiting command leave for each other, so that none looks up again what the one before has found; all 0 at first. Commands
/// run in between: it may be out of date.</summary>
public struct PrefetchNote
{
    public int A;
    public int B;
    public int C;
    public int D;
}

/// <summary>Runs what fell due or what was queued.</summary>
public delegate void DueHandler(in Due due, Context context);

public delegate void WorkHandler(in Work work, Context context);

/// <summary>Products plug in here: handlers by kind, and the state they remember. Core knows no product by name.</summary>
public sealed class Registry
{
    internal delegate ushort RawHandler(ReadOnlySpan<byte> bytes, Context context);

    internal delegate void RawPrefetch(ReadOnlySpan<byte> bytes, UserId actor, int stage, ref PrefetchNote note);

    private const int MaxKinds = 1024;

    // What an event can carry on (EventHeader.TailLength), with room to spare.
    private const int TailMax = 32 * 1024;

    internal RawHandler?[] Commands { get; } = new RawHandler?[MaxKinds];
    internal RawPrefetch?[] Prefetches { get; } = new RawPrefetch?[MaxKinds];
    internal DueHandler?[] Timers { get; } = new DueHandler?[MaxKinds];
    internal WorkHandler?[] Works { get; } = new WorkHandler?[MaxKinds];
    private readonly List<Func<bool>> sizes = [];

    internal List<IStatePart> Parts { get; } = [];
    internal List<IInvariant> Invariants { get; } = [];

    /// <summary>Names of the registered commands by kind, for the permission and documentation tests.</summary>
    public SortedDictionary<ushort, string> CommandNames { get; } = [];

    public void Handle<T>(CommandHandler<T> handler) where T : unmanaged, ICommand
    {
        if (Commands[T.Kind] is not null) throw new InvalidOperationException($"Command kind {T.Kind} has two handlers.");
        CommandNames.Add(T.Kind, typeof(T).Name);

        // A frame of its own, in which the handler finds room to be inlined; in that of the state machine, which of all handlers got it was a matter of chance.
        Commands[T.Kind] = [MethodImpl(MethodImplOptions.NoInlining)] (bytes, context) =>
        {
            var tailLength = unchecked(bytes.Length - Unsafe.SizeOf<T>());
            if (unchecked((uint)tailLength) > TailMax) return KernelRefusal.UnknownCommand;
            ref var first = ref MemoryMarshal.GetReference(bytes);
            var tail = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, Unsafe.SizeOf<T>()), tailLength);
            return handler(Unsafe.As<byte, T>(ref first), tail, context);
        };
    }

    /// <summary>A handler for commands of which many come at once, and of which each finds its way through more memory than caches hold.</summary>
    public void Prefetch<T>(PrefetchHandler<T> handler) where T : unmanaged, ICommand => Prefetches[T.Kind] = (bytes, actor, stage, ref note) =>
    {
        if (bytes.Length >= Unsafe.SizeOf<T>()) handler(in Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(bytes)), actor, stage, ref note);
    };

    /// <summary>Whether a product has grown beyond the caches; only then is anything prefetched.</summary>
    public void Size(Func<bool> isLarge) => sizes.Add(isLarge);

    internal bool IsLarge => sizes.Exists(isLarge => isLarge());

    public void OnDue(ushort kind, DueHandler handler) => Timers[kind] = handler;

    public void OnWork(ushort kind, WorkHandler handler) => Works[kind] = handler;

    public void Remember(IStatePart part) => Parts.Add(part);

    public void Watch(IInvariant invariant) => Invariants.Add(invariant);
}

/// <summary>What must hold at every sequence; checked by `verify`, by the live invariants call and by the simulations.</summary>
public interface IInvariant
{
    string Name { get; }

    /// <summary>Null when it holds, else a sentence that names the first place where it does not.</summary>
    string? Broken();
}

/// <summary>A product: one folder of rules that registers what it has.</summary>
public interface IProduct
{
    void Register(Registry registry);
}
