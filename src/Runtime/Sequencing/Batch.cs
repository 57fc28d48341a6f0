using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Runtime.Sequencing;

/// <summary>An executed command that waits for the disk.</summary>
internal readonly record struct Executed(CommandResult Result, Stamp Stamp, int EventsFrom, int EventsTo, bool WantEvents, ICompletion? Completion, long Token);

/// <summary>What the core thread made in one turn: frames for the log, events for the bus, answers that wait. Reused.</summary>
/// <param name="bytes">Of frames at first; it grows.</param>
internal sealed class Batch(int bytes)
{
    private const int BytesPerCommand = 256;

    private byte[] frames = new byte[bytes];

    public int FrameBytes { get; private set; }

    public EventBuffer Events { get; } = new(2 * bytes);

    public List<Executed> Commands { get; } = new(bytes / BytesPerCommand);

    /// <summary>Run on the bus thread once the batch is durable and delivered: jobs that wait for that.</summary>
    public List<Action> AfterDelivery { get; } = [];

    public long FirstSequence { get; set; }

    public long LastSequence { get; set; }

    public Span<byte> Frames => frames.AsSpan(0, FrameBytes);

    public bool IsEmpty => FrameBytes == 0 && AfterDelivery.Count == 0;

    /// <summary>Room for a frame; its payload is written by the caller, then <see cref="Seal"/> completes it.</summary>
    public Span<byte> Payload(int bytes)
    {
        var padded = Frame.PaddedBytes(bytes);
        if (frames.Length - FrameBytes < padded) Array.Resize(ref frames, int.Max(frames.Length * 2, FrameBytes + padded));
        return frames.AsSpan(FrameBytes + Frame.HeaderBytes, bytes);
    }

    public void Seal(Stamp stamp, int payloadBytes)
    {
        FrameBytes += Frame.WriteHeader(frames.AsSpan(FrameBytes), FrameKind.Command, stamp.Sequence, stamp.TimeNanos, payloadBytes);
        if (FirstSequence == 0) FirstSequence = stamp.Sequence;
        LastSequence = stamp.Sequence;
    }

    public void Mark(Stamp stamp, StateMark mark)
    {
        _ = Payload(StateMark.Bytes);
        FrameBytes += Frame.WriteMark(frames.AsSpan(FrameBytes), stamp.Sequence, stamp.TimeNanos, mark);
    }

    public void Clear()
    {
        FrameBytes = 0;
        Events.Clear();
        Commands.Clear();
        AfterDelivery.Clear();
        FirstSequence = LastSequence = 0;
    }
}
