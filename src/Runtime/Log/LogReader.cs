using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>Walks the frames of a log in order and never writes. <see cref="Read"/> until it is false, then see <see cref="End"/>.
/// Throws <see cref="LogDamagedException"/> at what no crash explains, <see cref="LogTooNewException"/> at what a later build wrote.</summary>
public sealed class LogReader : IDisposable
{
    private readonly IDisk disk;
    private readonly long from;
    private readonly List<long> segments = [];
    private byte[] buffer = [];
    private int size;
    private int next = -1;
    private int index = -1;
    private SegmentHeader header;
    private string file = "";
    private int payloadAt;
    private int payloadBytes;
    private bool ended;
    private bool first = true;

    /// <param name="from">Frames of this sequence and later; 0 = all there are. Asking for one past the last is fine; further is damage.</param>
    public LogReader(IDisk disk, long from = 0)
    {
        this.disk = disk;
        this.from = from;
        foreach (var name in disk.List())
            if (SegmentHeader.TryParseName(name, out var firstSequence)) segments.Add(firstSequence);
        DropAbsent();
        while (index + 2 < segments.Count && segments[index + 2] <= from) index++;
    }

    public FrameKind Kind { get; private set; }

    /// <summary>Of the frame just read; of a mark, the command it stands behind.</summary>
    public long Sequence { get; private set; }

    public long TimeNanos { get; private set; }

    /// <summary>Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Payload => buffer.AsSpan(payloadAt, payloadBytes);

    /// <summary>The rules of the segment the frame is in.</summary>
    public uint RulesVersion => header.RulesVersion;

    /// <summary>The file and byte of the frame just read.</summary>
    public (string File, long Offset) Position => (file, payloadAt - Frame.HeaderBytes);

    /// <summary>The last command seen so far; before the first, the one before it.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Whether the last frame so far is the mark of a stop in order.</summary>
    public bool CleanStop { get; private set; }

    /// <summary>How the log ends, once <see cref="Read"/> was false.</summary>
    public LogEnd End { get; private set; } = new(LogEndKind.Clean, "", 0, 0);

    /// <summary>A last segment whose header never became whole and which holds nothing: as good as not there.</summary>
    public string? AbsentSegment { get; private set; }

    internal uint Chain { get; private set; }
    internal SegmentHeader LastHeader => header;
    internal bool LastHasCommands { get; private set; }
    internal long LastLength => size;

    /// <summary>The frame just read, whole, with its padding. Valid until the next <see cref="Read"/>.</summary>
    internal ReadOnlySpan<byte> Bytes => buffer.AsSpan(payloadAt - Frame.HeaderBytes, Frame.PaddedBytes(payloadBytes));

    /// <summary>How far the frame just read was ahead of the durable sequence when it was written.</summary>
    internal int Distance => Frame.Distance(buffer.AsSpan(payloadAt - Frame.HeaderBytes));

    /// <summary>The last segment from this byte to its end, once <see cref="Read"/> was false.</summary>
    internal ReadOnlySpan<byte> Tail(long offset) => buffer.AsSpan((int)offset..(int)End.Offset);

    /// <summary>The next frame, or false at the end.</summary>
    public bool Read()
    {
        if (ended) return false;
        while (true)
        {
            if (next < 0 && !OpenNext()) return Finish();
            if (!Advance())
            {
                next = -1;
                continue;
            }
            if (Sequence >= from) return true;
        }
    }

    public void Dispose()
    {
        buffer = [];
        ended = true;
    }

    private bool Finish()
    {
        ended = true;
        payloadBytes = 0;
        if (LastSequence + 1 < from)
            throw new LogDamagedException(file, End.Offset,
                $"it ends at command {LastSequence}, and command {from} was expected: a segment is missing.");
        return false;
    }

    private bool OpenNext()
    {
        if (index + 1 >= segments.Count) return false;
        index++;
        file = SegmentHeader.NameOf(segments[index]);
        Load(file);
        if (!SegmentHeader.TryRead(buffer.AsSpan(0, size), file, out header)) throw new LogDamagedException(file, 0, "its header is not whole.");
        if (header.FirstSequence != segments[index])
            throw new LogDamagedException(file, 0,
                $"its name does not fit its header, which says {header.FirstSequence}: files were copied or renamed.");
        if (first)
        {
            if (from > 0 && header.FirstSequence > from)
                throw new LogDamagedException(file, 0, $"the log starts here, and command {from} was expected: a segment is missing.");
            LastSequence = header.FirstSequence - 1;
            Chain = header.Seed;
            first = false;
        }
        else if (header.FirstSequence != LastSequence + 1)
            throw new LogDamagedException(file, 0,
                $"command {LastSequence + 1} was expected: the segment before it was cut or a segment is missing.");
        else if (header.Seed != Chain)
            throw new LogDamagedException(file, 0, "it does not continue the segment before it.");
        LastHasCommands = false;
        next = SegmentHeader.Bytes;
        return true;
    }

    private bool IsRight(ReadOnlySpan<byte> frame)
    {
#if MUTANTS
        if (Mutant.Is(Mutation.SkipChecksum)) return true;
#endif
        return Frame.Sum(frame, Chain) == Frame.Crc(frame);
    }

    private bool Advance()
    {
        var rest = buffer.AsSpan(next, size - next);
        if (!Frame.TryShape(rest, out var frame) || !IsRight(frame))
        {
            EndSegment(rest);
            return false;
        }
        Kind = Frame.Kind(frame);
        Sequence = Frame.Sequence(frame);
        TimeNanos = Frame.TimeNanos(frame);
        payloadAt = next + Frame.HeaderBytes;
        payloadBytes = (int)Frame.Length(frame) - Frame.HeaderBytes;
        if (Kind > FrameKind.Mark) throw new LogDamagedException(file, next, $"a frame of kind {(int)Kind}, which this build does not know.");
        var expected = Kind == FrameKind.Command ? LastSequence + 1 : LastSequence;
        if (Sequence != expected) throw new LogDamagedException(file, next, $"sequence {Sequence} where {expected} was expected.");
        if (Kind == FrameKind.Command)
        {
            LastSequence = Sequence;
            LastHasCommands = true;
            CleanStop = false;
        }
        else
        {
            if (payloadBytes != StateMark.Bytes) throw new LogDamagedException(file, next, "a state mark of a wrong size.");
            CleanStop = StateMark.Parse(Payload).CleanStop;
        }
        Chain = Frame.Crc(frame);
        next += frame.Length;
        return true;
    }

    /// <summary>No good frame starts here: the end, a torn tail, or damage.</summary>
    private void EndSegment(ReadOnlySpan<byte> rest)
    {
        var dropped = rest.LastIndexOfAnyExcept((byte)0) + 1;
        End = new LogEnd(dropped == 0 ? LogEndKind.Clean : LogEndKind.TornTail, file, next, dropped);
        if (dropped == 0) return;
        if (index + 1 < segments.Count) throw new LogDamagedException(file, next, "a bad frame, and a later segment exists.");
        CleanStop = false;
        if (LogTail.SuccessorProvesContent(rest, Chain))
            throw new LogDamagedException(file, next, "a frame with a wrong checksum field, proved by the frame behind it.");
        if (LogTail.Damage(rest, dropped, next, LastSequence) is { } reason) throw new LogDamagedException(file, next, reason);
    }

    /// <summary>A header torn at creation, with nothing behind it, in the last segment: nothing was ever acknowledged from it.</summary>
    private void DropAbsent()
    {
        if (segments.Count == 0) return;
        var name = SegmentHeader.NameOf(segments[^1]);
        Load(name);
        var behind = buffer.AsSpan(Math.Min(size, SegmentHeader.Bytes), Math.Max(0, size - SegmentHeader.Bytes));
        if (SegmentHeader.TryRead(buffer.AsSpan(0, size), name, out _) || behind.ContainsAnyExcept((byte)0)) return;
        AbsentSegment = name;
        segments.RemoveAt(segments.Count - 1);
    }

    private void Load(string name)
    {
        using var opened = disk.OpenRead(name);
        var length = opened.Length;
        if (length > Array.MaxLength) throw new LogDamagedException(name, 0, $"{length} bytes are more than a segment can have.");
        if (buffer.Length < length) buffer = GC.AllocateUninitializedArray<byte>((int)length);
        size = opened.Read(0, buffer.AsSpan(0, (int)length));
    }
}
