using Sluice.Core.Kernel;
using Sluice.Runtime;
using Sluice.Runtime.Sequencing;

namespace Sluice.Simulation;

/// <summary>One command of a client on its way to the venue, sent again under the same key until it is answered.</summary>
internal abstract class Request(UserId actor, IdempotencyKey key)
{
    public UserId Actor => actor;

    public IdempotencyKey Key => key;

    public abstract string Name { get; }

    public int Sent { get; set; }

    /// <summary>How often the wall clock had been set when it was sent first.</summary>
    public int JumpsBefore { get; set; }

    /// <summary>The first answer that arrived.</summary>
    public CommandResult? Answer { get; set; }

    public abstract void Submit(Sequencer door, ICompletion completion, long token);
}

internal sealed class Request<T>(UserId actor, IdempotencyKey key, T command, byte[] tail) : Request(actor, key)
    where T : unmanaged, ICommand
{
    public override string Name => typeof(T).Name;

    public override void Submit(Sequencer door, ICompletion completion, long token) =>
        door.Submit(Actor, command, completion, token, tail, new CommandOptions(Idempotency: Key));
}
