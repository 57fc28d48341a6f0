using System.Collections.Concurrent;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>Writes snapshots beside the running venue. One that fails costs nothing but itself: the log still has every command.</summary>
internal sealed class Snapshotter
{
    private readonly SnapshotStore store;
    private readonly Func<long> projected;
    private readonly bool keepLog;
    private readonly BlockingCollection<(SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)> waiting = [];
    private readonly Thread thread;

    public Snapshotter(SnapshotStore store, Func<long> projected, bool keepLog)
    {
        this.store = store;
        this.projected = projected;
        this.keepLog = keepLog;
        thread = new Thread(Run) { Name = "snapshots", IsBackground = true };
        thread.Start();
    }

    public void Write(SnapshotMeta meta, ReadOnlyMemory<byte> payload) => waiting.Add((meta, payload));

    public void Stop()
    {
        waiting.CompleteAdding();
        thread.Join();
    }

    private void Run()
    {
        foreach (var (meta, payload) in waiting.GetConsumingEnumerable())
        {
            // Recovery starts from a snapshot the read models have reached; an earlier one would leave them nothing to catch up from.
            for (var tries = 0; projected() < meta.Sequence && tries < 1000; tries++) Thread.Sleep(10);
            try
            {
                store.Write(meta, payload);
                if (projected() >= meta.Sequence) store.Retain(keepSnapshots: 2, keepLog);
            }
            catch (IOException broken)
            {
                Console.Error.WriteLine($"The snapshot at sequence {meta.Sequence} could not be written: {broken.Message} The log has everything; the next one is tried in its turn.");
            }
        }
    }
}
