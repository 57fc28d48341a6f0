using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Core.Kernel;

/// <summary>Handles one command: checks first, refuses without a change, then writes and emits. 0 is acceptance.</summary>
public delegate ushort CommandHandler<T>(in T command, ReadOnlySpan<byte> tail, Context context) where T : unmanaged, ICommand;

/// <summary>Runs what fell due or what was queued.</summary>
public delegate void DueHandler(in Due due, Context context);

public delegate void WorkHandler(in Work work, Context context);

/// <summary>Products plug in here: handlers by kind, and the state they remember. Core knows no product by name.</summary>
public sealed class Registry
{
    internal delegate ushort RawHandler(ReadOnlySpan<byte> bytes, Context context);

    private const int MaxKinds = 1024;

    // What an event can carry on (EventHeader.TailLength), with room to spare.
    private const int TailMax = 32 * 1024;

    internal RawHandler?[] Commands { get; } = new RawHandler?[MaxKinds];
    internal DueHandler?[] Timers { get; } = new DueHandler?[MaxKinds];
    internal WorkHandler?[] Works { get; } = new WorkHandler?[MaxKinds];
    internal List<IStatePart> Parts { get; } = [];
    internal List<IInvariant> Invariants { get; } = [];

    /// <summary>Names of the registered commands by kind, for the permission and documentation tests.</summary>
    public SortedDictionary<ushort, string> CommandNames { get; } = [];

    public void Handle<T>(CommandHandler<T> handler) where T : unmanaged, ICommand
    {
        if (Commands[T.Kind] is not null) throw new InvalidOperationException($"Command kind {T.Kind} has two handlers.");
        CommandNames.Add(T.Kind, typeof(T).Name);
        Commands[T.Kind] = (bytes, context) =>
        {
            if (bytes.Length < Unsafe.SizeOf<T>() || bytes.Length - Unsafe.SizeOf<T>() > TailMax) return KernelRefusal.UnknownCommand;
            ref readonly var command = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(bytes));
            return handler(command, bytes[Unsafe.SizeOf<T>()..], context);
        };
    }

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
