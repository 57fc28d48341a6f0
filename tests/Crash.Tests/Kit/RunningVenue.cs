using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;
using Sluice.Simulation;

namespace Sluice.Crash.Tests.Kit;

/// <summary>A venue on a disk: recovered, checked against the truth, and moved on step by step as the sequencer moves it.</summary>
internal sealed class RunningVenue : IDisposable
{
    private readonly Truth truth;
    private readonly SmallVenue venue;
    private readonly SnapshotStore store;
    private readonly uint rules;
    private (SnapshotMeta Meta, ReadOnlyMemory<byte> Payload)? snapshot;

    /// <param name="least">What must have come back.</param>
    public RunningVenue(IDisk disk, Truth truth, long least, LogOptions options, uint rules = StateMachine.RulesVersion, Action<long>? recovered = null)
    {
        this.truth = truth;
        this.rules = rules;
        var products = new VenueProducts();
        venue = new SmallVenue(products);
        Recovered = Recovery.Run(disk, products.Machine, [], rules: rules);
        truth.Check(products.Machine, least);
        recovered?.Invoke(products.Machine.Sequence);
        Log = FileLog.Open(disk, rules, options, products.Machine.Sequence + 1);
        if (Log.LastSequence != products.Machine.Sequence || Log.DurableSequence != Log.LastSequence)
            throw new InvalidOperationException($"The log opens at {Log.LastSequence}, durable {Log.DurableSequence}; {products.Machine.Sequence} was recovered.");
        truth.End(products.Machine.Sequence);
        store = new SnapshotStore(disk);
    }

    public Recovered Recovered { get; }

    public FileLog Log { get; }

    public StateMachine Machine => venue.Machine;

    public SnapshotStore Store => store;

    /// <summary>Whether it was stopped in order.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Something of what a venue does: commands, a flush, a snapshot that is written now or later, and at times the stop.</summary>
    public void Step(SeededRandom random)
    {
        switch (random.Below(100))
        {
            case < 60:
                Append(random, 1 + random.Below(9));
                break;
            case < 85:
                Log.Sync();
                break;
            case < 93:
                TakeSnapshot();
                if (random.Chance(500)) WriteSnapshot();
                break;
            case < 98:
                WriteSnapshot();
                break;
            default:
                Stop();
                break;
        }
    }

    public void Append(SeededRandom random, int count)
    {
        var frames = new List<byte>();
        for (; count > 0; count--)
        {
            var (stamp, record) = venue.Next(random);
            truth.Add(stamp, record, Machine.StateHash());
            frames.AddRange(Framed.Command(stamp, record));
        }
        Log.Append(frames.ToArray());
    }

    /// <summary>A mark in the log, then its snapshot waits to be written: the log has everything before.</summary>
    public void TakeSnapshot(bool cleanStop = false)
    {
        if (Machine.Sequence == 0) return;
        var saved = new StateWriter();
        Machine.Save(saved);
        Log.Append(Framed.Mark(Machine, cleanStop));
        Log.Sync();
        snapshot = (new SnapshotMeta(rules, Machine.Sequence, Machine.TimeNanos, Machine.StateHash()), saved.Written);
    }

    public void WriteSnapshot()
    {
        if (snapshot is not var (meta, payload)) return;
        snapshot = null;
        store.Write(meta, payload);
        store.Retain();
    }

    public void Stop()
    {
        TakeSnapshot(cleanStop: true);
        WriteSnapshot();
        Log.Dispose();
        Stopped = true;
    }

    public void Dispose() => Log.Dispose();
}
