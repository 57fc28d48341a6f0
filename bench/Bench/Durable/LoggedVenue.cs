using Sluice.Bench.Measure;
using Sluice.Bench.OrderGen;
using Sluice.Bench.Replay;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;
using Sluice.Runtime.Sequencing;

namespace Sluice.Bench.Durable;

/// <summary>The production chain of sequencer, log and snapshots, with a reader of every event in place of the views, and without a server.</summary>
internal sealed class LoggedVenue : ICommandSink, IDisposable
{
    private readonly ICommandLog log;
    private readonly Sequencer sequencer;
    private readonly Sink sink;
    private long idsBefore;

    public LoggedVenue(IDisk disk, ICommandLog log, Window window, SequencerOptions? options = null)
    {
        this.log = log;
        Window = window;
        sink = new Sink(() => idsBefore);
        sequencer = new Sequencer(Venue.Machine, log, new SnapshotStore(disk), new RealClock(), [sink], () => long.MaxValue, options);
        sequencer.Start();
    }

    public static LoggedVenue OnFiles(IDisk disk, Window window, SequencerOptions? options = null) =>
        new(disk, FileLog.Open(disk, StateMachine.RulesVersion, LogOptions.Default), window, options);

    public static LoggedVenue WithoutLog(Window window) => new(new MemoryDisk(), new NullLog(), window);

    public VenueProducts Venue { get; } = new();

    /// <summary>The one the next commands are answered to.</summary>
    public Window Window { get; set; }

    public long BytesWritten => log.BytesWritten;

    /// <summary>Of every event so far.</summary>
    public ulong EventFold => sink.Fold.Value;

    public void SetUp(OrderFlow flow)
    {
        idsBefore = FlowCommands.SetUp(flow, VenueTerms.Bare, this);
        Window.Finish();
    }

    /// <summary>Sends records [from, to) of the flow and waits for their answers.</summary>
    public void Run(OrderFlow flow, int from, int to)
    {
        foreach (ref readonly var record in flow.Records.AsSpan(from, to - from)) Send(record);
        Window.Finish();
    }

    public void Send(in FlowRecord record) => FlowCommands.Send(record, idsBefore, this);

    public void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand =>
        sequencer.Submit(actor, command, Window, Window.Enter(), tail);

    /// <summary>What the core thread has used so far, in seconds of CPU time: it alone touches book and ledger.</summary>
    public double CoreCpuSeconds() => sequencer.AskAsync(_ => ThreadClock.Nanos).GetAwaiter().GetResult() / 1e9;

    public ulong StateHash() => sequencer.AskAsync(machine => machine.StateHash()).GetAwaiter().GetResult();

    /// <summary>Whether the trades so far are those the flow must give.</summary>
    public bool Agrees(OrderFlow flow) => sink.Agrees(flow.Expected);

    public void Dispose()
    {
        sequencer.Stop();
        log.Dispose();
    }
}
