using Sluice.Core.Kernel;
using Sluice.Runtime.Sequencing;

namespace Sluice.Runtime;

/// <summary>What a sender may ask for beside the command itself.</summary>
/// <param name="ExpiresAtNanos">Refuse when stamped later (M-011); 0 = never.</param>
/// <param name="Idempotency">The sender's key, or empty.</param>
/// <param name="WantEvents">Hand the command's own events back with the outcome (a copy).</param>
public readonly record struct CommandOptions(long ExpiresAtNanos = 0, IdempotencyKey Idempotency = default, bool WantEvents = false);

/// <summary>How a command ended; it is durable and every in-memory view has applied it.</summary>
/// <param name="Events">When asked for: the command's events, to walk with <see cref="EventReader"/>.</param>
public readonly record struct CommandOutcome(CommandResult Result, Stamp Stamp, byte[]? Events);

/// <summary>The only way into the core: orders and time are given here once, the command is logged, executed, and answered when durable.</summary>
public interface ICommandDoor
{
    /// <summary>Completes when the command is durable and the in-memory views show it. Throws <see cref="VenueUnavailableException"/> when the
    /// venue has stopped accepting (stopping, disk failure).</summary>
    ValueTask<CommandOutcome> SubmitAsync<T>(UserId actor, T command, ReadOnlyMemory<byte> tail = default, CommandOptions options = default)
        where T : unmanaged, ICommand;

    /// <summary>The form without a task, for senders with many commands in flight: <paramref name="completion"/> is told on the bus thread. Throws as the other.</summary>
    /// <param name="token">Handed back with the answer.</param>
    void Submit<T>(UserId actor, in T command, ICompletion completion, long token, ReadOnlySpan<byte> tail = default, CommandOptions options = default)
        where T : unmanaged, ICommand;

    /// <summary>What <paramref name="submit"/> submits gets consecutive sequences, nobody else's in between (M-048). It must not wait for an answer. A door
    /// without other senders just calls it.</summary>
    void Together(Action submit) => submit();

    /// <summary>The venue clock: real time, or the manual clock's instant. Nanoseconds since the Unix epoch.</summary>
    long NowNanos { get; }
}

/// <summary>The venue takes no commands: it is stopping, or its log has failed. The sentence says which.</summary>
public sealed class VenueUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Events of consecutive commands, durable, in order.</summary>
public readonly ref struct EventBatch(ReadOnlySpan<byte> events, long firstSequence, long lastSequence)
{
    public ReadOnlySpan<byte> Events { get; } = events;
    public long FirstSequence { get; } = firstSequence;
    public long LastSequence { get; } = lastSequence;

    public EventReader Read() => new(Events);
}

/// <summary>A view or projection. Called on the one bus thread, in sequence order, each event once, before the waiting request is answered;
/// it must be quick, and when it throws the venue stops: what views show would be wrong from then on.</summary>
public interface IEventConsumer
{
    void Consume(in EventBatch batch);
}
