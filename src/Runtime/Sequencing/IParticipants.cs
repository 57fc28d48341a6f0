using Sluice.Core.Kernel;

namespace Sluice.Runtime.Sequencing;

/// <summary>Seeded participants act on the core thread between commands: what they do enters by the same stamps and the same log as anybody's
/// orders, and on replay it comes from the log. They may read the core's state while they act.</summary>
public interface IParticipants
{
    /// <summary>When they next want to act, venue time; long.MaxValue for never.</summary>
    long NextNanos { get; }

    /// <summary>They act as of now. <paramref name="door"/> executes at once and says how it ended.</summary>
    void Act(long nowNanos, ICoreDoor door);
}

/// <summary>The door as seen from the core thread.</summary>
public interface ICoreDoor
{
    CommandResult Execute<T>(UserId actor, in T command, ReadOnlySpan<byte> tail = default) where T : unmanaged, ICommand;
}

/// <summary>Where answers go. Called on the bus thread, when the command is durable and the views show it.</summary>
public interface ICompletion
{
    /// <param name="token">As given with the command.</param>
    /// <param name="events">The command's events when asked for, else empty; good during the call only.</param>
    void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events);

    /// <summary>The venue failed before the command was durable: whether it took effect is unknown until the venue is back.</summary>
    void Failed(long token, Exception reason);
}
