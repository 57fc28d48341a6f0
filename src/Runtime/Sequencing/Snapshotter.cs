using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>Writes snapshots beside the running venue. One that fails costs nothing but itself: the log still has every command. One that is still
/// waiting when the next comes is left out, so that a slow disk is never owed more than two.</summary>
internal sealed class Snapshotter
{
    private readonly SnapshotStore store;
    private readonly Func<long> projected;
    private readonly bool keepLog;
    private readonly Action<string> report;
    private readonly object gate = new();
    private readonly Thread? thread;
    private (SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)? waiting;
    private bool stopping;

    public Snapshotter(SnapshotStore store, Func<long> projected, SequencerOptions options)
    {
        this.store = store;
        this.projected = projected;
        keepLog = options.KeepLog;
        report = options.Report ?? Console.Error.WriteLine;
        if (options.ByHand) return;
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
        if (thread is null) Step();
        else thread.Join();
    }

    /// <summary>By hand: writes the one that waits. False when none does.</summary>
    public bool Step()
    {
        if (Next(wait: false) is not var (meta, payload)) return false;
        Save(meta, payload);
        return true;
    }

    private void Run()
    {
        while (Next(wait: true) is var (meta, payload)) Save(meta, payload);
    }

    private void Save(SnapshotMeta meta, ReadOnlyMemory<byte> payload)
    {
        try
        {
            store.Write(meta, payload);
            store.Retain(keepSnapshots: 2, keepLog, projected());
        }
        catch (IOException broken)
        {
            report($"The snapshot at sequence {meta.Sequence} could not be written: {broken.Message} The log has everything; the next one is tried in its turn.");
        }
    }

    private (SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)? Next(bool wait)
    {
        lock (gate)
        {
            while (wait && waiting is null && !stopping) Monitor.Wait(gate);
            var next = waiting;
            waiting = null;
            return next;
        }
    }
}
