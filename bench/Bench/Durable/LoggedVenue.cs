using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>The production chain of sequencer, log and snapshots on a disk, without views and without a server.</summary>
internal sealed class LoggedVenue : ICommandSink, IDisposable
{
    private readonly FileLog log;
    private readonly Sequencer sequencer;

    public LoggedVenue(IDisk disk, int inFlight, SequencerOptions? options = null)
    {
        Window = new Window(inFlight);
        log = FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default);
        sequencer = new Sequencer(Venue.Machine, log, new SnapshotStore(disk), new RealClock(), [], () => long.MaxValue, options);
        sequencer.Start();
    }

    public VenueProducts Venue { get; } = new();

    public Window Window { get; }

    public long BytesWritten => log.BytesWritten;

    public void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        sequencer.Submit(actor, command, Window, Window.Enter(), tail);

    public ulong StateHash() => sequencer.AskAsync(machine => machine.StateHash()).GetAwaiter().GetResult();

    public void Dispose()
    {
        sequencer.Stop();
        log.Dispose();
    }
}
