using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Sluice.Core.Kernel;

namespace Sluice.Runtime.Sequencing;

/// <summary>A waiting request as a reusable task.</summary>
internal sealed class Pending : IValueTaskSource<CommandOutcome>, ICompletion
{
    private const int KeptMax = 4096;

    private static readonly ConcurrentBag<Pending> Free = [];

    private ManualResetValueTaskSourceCore<CommandOutcome> core = new() { RunContinuationsAsynchronously = true };

    public long Token => core.Version;

    public ValueTask<CommandOutcome> Task => new(this, core.Version);

    public static Pending Take() => Free.TryTake(out var pending) ? pending : new Pending();

    public void Abandon() => Return();

    public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events) =>
        core.SetResult(new CommandOutcome(result, stamp, events.IsEmpty ? null : events.ToArray()));

    public void Failed(long token, Exception reason) => core.SetException(reason);

    public CommandOutcome GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    private void Return()
    {
        core.Reset();
        if (Free.Count < KeptMax) Free.Add(this);
    }
}
