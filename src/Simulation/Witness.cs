using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Products;
using Sluice.Runtime.Log;

namespace Sluice.Simulation;

/// <summary>Stands beside the venue and remembers what it did: every record given to the log, every command acknowledged. After a crash it says
/// whether what came back is that, by re-executing its own copy in a machine of its own. It knows nothing of files and snapshots.</summary>
internal sealed class Witness
{
    private readonly VenueProducts shadow = new();
    private readonly EventBuffer events = new(64 * 1024);
    private readonly List<Seen> records = [];
    private readonly List<Acknowledged> acknowledged = [];
    private readonly Dictionary<(ulong, ulong), (long Sequence, long TimeNanos)> executed = [];
    private byte[] bytes = new byte[256 * 1024];
    private int length;

    /// <summary>The last command given to the log, durable or not.</summary>
    public long LastSequence => records.Count;

    /// <summary>The last command whose answer has left the venue.</summary>
    public long LastAcknowledged { get; private set; }

    /// <summary>Retries that were answered with the first outcome.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Before the log writes them.</summary>
    public void Append(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            if (!Frame.TryShape(frames, out var frame)) throw new SimulationException("the log was given what is no frame");
            frames = frames[frame.Length..];
            if (Frame.Kind(frame) != FrameKind.Command) continue;
            if (Frame.Sequence(frame) != records.Count + 1)
                throw new SimulationException($"the log was given command {Frame.Sequence(frame)} behind {records.Count}");
            var payload = frame[Frame.HeaderBytes..(int)Frame.Length(frame)];
            if (bytes.Length - length < payload.Length) Array.Resize(ref bytes, bytes.Length * 2);
            payload.CopyTo(bytes.AsSpan(length));
            records.Add(new Seen(length, payload.Length, Frame.TimeNanos(frame), default));
            length += payload.Length;
        }
    }

    /// <summary>When the venue lets an answer go.</summary>
    public void Acknowledge(in IdempotencyKey key, long sequence, CommandResult result)
    {
        if (sequence > records.Count) throw new SimulationException($"command {sequence} was acknowledged before the log had it");
        LastAcknowledged = long.Max(LastAcknowledged, sequence);
        acknowledged.Add(new Acknowledged(sequence, key, result));
    }

    /// <summary>A venue has come up with this machine: it must be what was there at some command, at or behind the last one acknowledged. What was
    /// behind that is forgotten.</summary>
    public void Recovered(StateMachine machine)
    {
        var sequence = machine.Sequence;
        if (sequence < LastAcknowledged) throw new SimulationException($"command {LastAcknowledged} was acknowledged, and the venue came back at {sequence}");
        if (sequence > records.Count) throw new SimulationException($"the venue came back at command {sequence}, and only {records.Count} were ever given to the log");
        Follow(sequence);
        if (machine.StateHash() != shadow.Machine.StateHash()) throw new SimulationException($"the venue came back at command {sequence} in another state than it had there");
        if (sequence == records.Count) return;
        length = records[(int)sequence].Offset;
        records.RemoveRange((int)sequence, records.Count - (int)sequence);
    }

    /// <summary>Recovery took up data in which a bit is another: the state must still be one that was, at or behind the last frame but one, which is
    /// as far as the format can tell a flip from a torn write.</summary>
    public void CheckFlipped(StateMachine machine, string what)
    {
        if (machine.Sequence < LastAcknowledged - 1) throw new SimulationException($"with {what} flipped the venue came back at {machine.Sequence}, and {LastAcknowledged} was acknowledged");
        if (machine.Sequence > records.Count) throw new SimulationException($"with {what} flipped the venue came back at {machine.Sequence}, and only {records.Count} were ever given to the log");
        if (machine.Sequence < shadow.Machine.Sequence) return;

        // Of what is not acknowledged less may come back later: the shadow itself must not go there yet.
        var saved = new StateWriter();
        shadow.Machine.Save(saved);
        var ahead = new VenueProducts().Machine;
        ahead.Load(saved.Written.Span);
        while (ahead.Sequence < machine.Sequence)
        {
            var (offset, count, nanos, _) = records[(int)ahead.Sequence];
            ahead.Execute(new Stamp(ahead.Sequence + 1, nanos), bytes.AsSpan(offset, count), events);
            events.Clear();
        }
        if (machine.StateHash() != ahead.StateHash()) throw new SimulationException($"with {what} flipped the venue came back at {machine.Sequence} in another state");
    }

    private void Follow(long sequence)
    {
        var all = CollectionsMarshal.AsSpan(records);
        while (shadow.Machine.Sequence < sequence)
        {
            ref var seen = ref all[(int)shadow.Machine.Sequence];
            var record = bytes.AsSpan(seen.Offset, seen.Length);
            seen.Result = shadow.Machine.Execute(new Stamp(shadow.Machine.Sequence + 1, seen.TimeNanos), record, events);
            events.Clear();
            CheckOnce(KeyOf(record), shadow.Machine.Sequence, seen);
        }
        foreach (var (acked, key, result) in acknowledged)
        {
            if (acked > sequence) continue;
            ref readonly var seen = ref all[(int)acked - 1];
            if (KeyOf(bytes.AsSpan(seen.Offset, seen.Length)) != key) throw new SimulationException($"command {acked} was acknowledged to another request than the log has there");
            if (seen.Result != result) throw new SimulationException($"command {acked} was acknowledged as {result}, and re-executed it ends as {seen.Result}");
        }
        acknowledged.RemoveAll(one => one.Sequence <= sequence);
    }

    // A key does something once in the time it is remembered (design.md, Retries).
    private void CheckOnce(in IdempotencyKey key, long sequence, in Seen seen)
    {
        if (key.IsEmpty) return;
        if (seen.Result.Duplicate)
        {
            Duplicates++;
            return;
        }
        if (seen.Result.Refusal == KernelRefusal.Expired) return;
        if (executed.TryGetValue((key.High, key.Low), out var first) && seen.TimeNanos - first.TimeNanos < 3600 * Nanos.PerSecond)
            throw new SimulationException($"command {sequence} did again what command {first.Sequence} of the same key had done");
        executed[(key.High, key.Low)] = (sequence, seen.TimeNanos);
    }

    private static IdempotencyKey KeyOf(ReadOnlySpan<byte> record)
    {
        var header = MemoryMarshal.Read<CommandHeader>(record);
        return (header.Flags & CommandFlags.Idempotent) == 0 ? default : MemoryMarshal.Read<IdempotencyKey>(record[Unsafe.SizeOf<CommandHeader>()..]);
    }

    private record struct Seen(int Offset, int Length, long TimeNanos, CommandResult Result);

    private readonly record struct Acknowledged(long Sequence, IdempotencyKey Key, CommandResult Result);
}

/// <summary>Shows the witness what goes into a log.</summary>
internal sealed class WitnessedLog(ICommandLog log, Witness witness) : ICommandLog
{
    public long LastSequence => log.LastSequence;
    public long DurableSequence => log.DurableSequence;
    public long BytesWritten => log.BytesWritten;

    public void Append(Span<byte> frames)
    {
        witness.Append(frames);
        log.Append(frames);
    }

    public void AppendMark(long sequence, long timeNanos, ulong hash, bool cleanStop) => log.AppendMark(sequence, timeNanos, hash, cleanStop);

    public void Sync() => log.Sync();

    public void Dispose() => log.Dispose();
}

/// <summary>Something is not as it must be.</summary>
public sealed class SimulationException(string what) : Exception(what);
