using System.Runtime.InteropServices;

namespace Sluice.Core.Kernel;

/// <summary>An order given to the state machine: a fixed-size value that is logged as its bytes, followed by a tail of its own form
/// (texts, lists). Numbers are stable: a kind is never reused for another meaning.</summary>
public interface ICommand
{
    /// <summary>The number this command has in the log. Kernel 1-99, identity 100-199, wallet 200-299, spot 300-399, contracts 400-499.</summary>
    static abstract ushort Kind { get; }

    /// <summary>What the header of every such command says: that it is a price command, or nothing.</summary>
    static virtual CommandFlags Flags => CommandFlags.None;
}

/// <summary>What stands before every command in a log record.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CommandHeader
{
    public ushort Kind;
    public CommandFlags Flags;

    /// <summary>Who sent it; 0 for the operator and the venue itself.</summary>
    public int Actor;

    /// <summary>The command is refused when stamped later than this (M-011, x-gate-exptime); 0 = never.</summary>
    public long ExpiresAtNanos;
}

[Flags]
public enum CommandFlags : ushort
{
    None = 0,

    /// <summary>An <see cref="IdempotencyKey"/> stands between header and command.</summary>
    Idempotent = 1,

    /// <summary>A price command: only what is due before its stamp runs first, not what is due at it (spec README §4).</summary>
    Price = 2,
}

/// <summary>The caller's key of one write, hashed with the user, and a hash of what was asked (design.md, Retries).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IdempotencyKey(ulong High, ulong Low, ulong Body)
{
    public bool IsEmpty => High == 0 && Low == 0;
}

/// <summary>Moves time on when nothing else does, so that due timers run.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Tick : ICommand
{
    public static ushort Kind => 1;
    public long Reserved;
}

/// <summary>How a command ended. A refusal changed nothing.</summary>
[StructLayout(LayoutKind.Auto)]         // sixteen bytes, which come back in registers
public readonly record struct CommandResult(ushort Refusal, long ObjectId, bool Duplicate = false)
{
    public bool Accepted => Refusal == 0;
}

/// <summary>Refusals that any command can meet. Every product numbers its own from its range; 0 is acceptance everywhere.</summary>
public static class KernelRefusal
{
    public const ushort None = 0;

    /// <summary>Stamped later than the sender allowed (M-011).</summary>
    public const ushort Expired = 1;

    /// <summary>The idempotency key was used with another body.</summary>
    public const ushort KeyReused = 2;

    /// <summary>No handler knows this command, or not in this form: it ends early, or its tail is too long.</summary>
    public const ushort UnknownCommand = 3;
}
