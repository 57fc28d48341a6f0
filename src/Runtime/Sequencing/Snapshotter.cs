using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>Writes snapshots beside the running venue. One that fails costs nothing but itself: the log still has every command. One that is still
/// waiting when the next comes is left out, so that a slow disk is never owed more than two.</summary>
internal sealed class Snapshotter
{
    private readonly SnapshotStore store;
    private readonly Func<long> projected;
    private readonly bool keepLog;
    private readonly object gate = new();
    private readonly Thread thread;
    private (SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)? waiting;
    private bool stopping;

    public Snapshotter(SnapshotStore store, Func<long> projected, bool keepLog)
    {
        this.store = store;
        this.projected = projected;
        this.keepLog = keepLog;
        thread = new Thread(Run) { Name = "snapshots", IsBackground = true };
        thread.Start();
    }

    public void Write(SnapshotMeta meta, ReadOnlyMemory<byte> payload)
    {
        lock (gate)
        {
            waiting = (meta, payload);
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Returns when what waits is written.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        thread.Join();
    }

    private void Run()
    {
        while (Next() is var (meta, payload))
        {
            try
            {
                store.Write(meta, payload);
                store.Retain(keepSnapshots: 2, keepLog, projected());
            }
            catch (IOException broken)
            {
                Console.Error.WriteLine($"The snapshot at sequence {meta.Sequence} could not be written: {broken.Message} The log has everything; the next one is tried in its turn.");
            }
        }
    }

    private (SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)? Next()
    {
        lock (gate)
        {
            while (waiting is null && !stopping) Monitor.Wait(gate);
            var next = waiting;
            waiting = null;
            return next;
        }
    }
}
