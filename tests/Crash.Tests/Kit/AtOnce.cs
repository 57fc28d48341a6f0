namespace Sluice.Crash.Tests.Kit;

/// <summary>Runs a task when it is started, on the thread that starts it.</summary>
internal sealed class AtOnce : TaskScheduler
{
    protected override void QueueTask(Task task) => TryExecuteTask(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
