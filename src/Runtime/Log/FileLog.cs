using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;

namespace Sluice.Runtime.Log;

/// <summary>The log in one folder: append-only segments, checked and chained frames (README.md beside this file). A failed write or flush is
/// final. One writer thread; it allocates nothing per append once warm, except when it starts a segment.</summary>
public sealed class FileLog : ICommandLog
{
    /// <summary>The next segment is prepared when the current one is used to this part: late enough that a short run makes none.</summary>
    private const int PreparedFrom = 4;

    private readonly IDisk disk;
    private readonly uint rulesVersion;
    private readonly LogOptions options;
    private readonly NextSegment? next;
    private readonly byte[] mark = new byte[Frame.MarkFrameBytes];
    private readonly byte[] block = new byte[SegmentHeader.Bytes];
    private IDiskFile? file;
    private SegmentHeader header;
    private long offset;
    private long capacity;
    private uint chain;
    private bool hasCommands;
    private long lastSequence;
    private long durableSequence;
    private long bytesWritten;
    private bool unsynced;
    private long appended;              // to this segment, bytes
    private long flushes;               // of this segment, since it was started here
    private LogFailedException? failure;

    private FileLog(IDisk disk, uint rulesVersion, LogOptions options)
    {
        this.disk = disk;
        this.rulesVersion = rulesVersion;
        this.options = options;
        if (options.Ahead is { } beside) next = new NextSegment(disk, beside);
    }

    public long LastSequence => Volatile.Read(ref lastSequence);
    public long DurableSequence => Volatile.Read(ref durableSequence);
    public long BytesWritten => Volatile.Read(ref bytesWritten);

    /// <summary>What opening found: a torn tail it has cut, or a clean end.</summary>
    public LogEnd RecoveredEnd { get; private set; }

    /// <summary>Opens the log for appending: checks its last segment, cuts a torn tail, makes what is left durable, and starts a new segment
    /// unless the last one has no command and the same rules. Throws <see cref="LogDamagedException"/>, <see cref="LogTooNewException"/>,
    /// <see cref="LogFailedException"/>.</summary>
    /// <param name="firstSequence">The first command of a log that has no segment yet.</param>
    public static FileLog Open(IDisk disk, uint rulesVersion, LogOptions options, long firstSequence = 1)
    {
        var log = new FileLog(disk, rulesVersion, options);
        try
        {
            log.Recover(firstSequence);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Dispose();
            throw log.Fail(error);
        }
        return log;
    }

    public void Append(Span<byte> frames)
    {
        ThrowIfFailed();
        if (frames.IsEmpty) return;
        long last;
        bool commands;
        try
        {
            // Checked first then, so that no segment is started for frames that are refused.
            if (offset + frames.Length > capacity)
            {
                CheckShape(frames);
                StartSegment(frames.Length);
            }
            var sum = Seal(frames, out last, out commands);
            unsynced = true;
            file!.Write(offset, frames);
            chain = sum;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Fail(error);
        }
        offset += frames.Length;
        appended += frames.Length;
        if (offset >= capacity / PreparedFrom) next?.Prepare(options.SegmentBytes, FlushesAreLarge);
        hasCommands |= commands;
        Volatile.Write(ref bytesWritten, bytesWritten + frames.Length);
        Volatile.Write(ref lastSequence, last);
    }

    public void AppendMark(long sequence, long timeNanos, ulong hash, bool cleanStop)
    {
        Frame.WriteMark(mark, sequence, timeNanos, new StateMark(hash, cleanStop));
        Append(mark);
    }

    public void Sync()
    {
        ThrowIfFailed();
        if (!unsynced) return;
#if MUTANTS
        if (Mutant.Is(Mutation.AcknowledgeBeforeFlush))
        {
            Volatile.Write(ref durableSequence, lastSequence);
            return;
        }
#endif
        try
        {
            file!.Sync();
        }
#if MUTANTS
        catch (IOException) when (Mutant.Is(Mutation.RetryFailedFlush))
        {
            file!.Sync();
        }
#endif
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Fail(error);
        }
        unsynced = false;
        flushes++;
        Volatile.Write(ref durableSequence, lastSequence);
    }

    /// <summary>Closes the file. Does not flush: what was not synced was never promised.</summary>
    public void Dispose()
    {
        file?.Dispose();
        file = null;
        DropNext();
        failure ??= new LogFailedException("The log is closed.", null);
    }

    /// <summary>Whether the segment after this one is reserved rather than filled, by what a flush has brought on average, the flush counted that is still to come. It
    /// is not clocks that decide, so the same commands and flushes give the same files.</summary>
    private bool FlushesAreLarge => appended > 0 && appended >= options.ReservedFrom * (unsynced ? flushes + 1 : flushes);

    /// <summary>Refuses a batch that would break the log, before anything of it is written; fills in distances and checksums on the way. Returns the
    /// last checksum.</summary>
    private uint Seal(Span<byte> frames, out long last, out bool commands)
    {
        commands = false;
        last = lastSequence;
        var (sum, durable) = (chain, durableSequence);
        while (!frames.IsEmpty)
        {
            var frame = frames[..FirstOf(frames, ref last, ref commands)];
            sum = Frame.Seal(frame, sum, durable);
            frames = frames[frame.Length..];
        }
        return sum;
    }

    private void CheckShape(ReadOnlySpan<byte> frames)
    {
        var (last, commands) = (lastSequence, false);
        while (!frames.IsEmpty) frames = frames[FirstOf(frames, ref last, ref commands)..];
    }

    /// <summary>Checks the first frame and returns its length with its padding.</summary>
    private static int FirstOf(ReadOnlySpan<byte> frames, ref long last, ref bool commands)
    {
        if (!Frame.TryShape(frames, out var frame)) throw new ArgumentException("The batch does not consist of whole frames.", nameof(frames));
        var command = Frame.Kind(frame) == FrameKind.Command;
        if (Frame.Sequence(frame) != (command ? last + 1 : last))
            throw new ArgumentException($"Sequence {Frame.Sequence(frame)} follows {last} in the log.", nameof(frames));
        last = Frame.Sequence(frame);
        commands |= command;
        return frame.Length;
    }

    private void Recover(long firstSequence)
    {
        foreach (var name in disk.List())
            if (name.EndsWith(NextSegment.Unfinished, StringComparison.Ordinal)) disk.Delete(name);

        var newest = 0L;
        foreach (var name in disk.List())
            if (SegmentHeader.TryParseName(name, out var first)) newest = Math.Max(newest, first);

        // From the newest segment on is enough here: re-execution reads the ones before it.
        using var reader = new LogReader(disk, newest);
        var doubtful = ReadToEnd(reader);
        RecoveredEnd = reader.End;
        if (reader.AbsentSegment is { } absent)
        {
            disk.Delete(absent);
            disk.SyncDirectory();
        }
        if (reader.End.File.Length == 0)
        {
            lastSequence = durableSequence = (newest > 0 ? newest : firstSequence) - 1;
            StartSegment(0);
            return;
        }

        lastSequence = durableSequence = reader.LastSequence;
        chain = reader.Chain;
        header = reader.LastHeader;
        hasCommands = reader.LastHasCommands;
        file = disk.OpenWrite(reader.End.File);
        offset = reader.End.Offset;
        capacity = reader.LastLength;
#if MUTANTS
        if (!Mutant.Is(Mutation.KeepTornTail))
#endif
        if (reader.End.Kind == LogEndKind.TornTail) Cut(reader.End);

        // Also when nothing was cut: whole frames behind the last flush count from now on, so they must be durable. They are written again, because a
        // flush that failed has left them in the system's memory as if they were on the disk: another flush alone would not bring them there.
#if MUTANTS
        if (!Mutant.Is(Mutation.TrustCache))
#endif
        file.Write(doubtful, reader.Tail(doubtful));
        file.Sync();
        disk.SyncDirectory();
        if (hasCommands || header.RulesVersion != rulesVersion) StartSegment(0);
    }

    /// <summary>Returns from which byte of the last segment on its frames do not say of each other that they were flushed.</summary>
    private static long ReadToEnd(LogReader reader)
    {
        long doubtful = SegmentHeader.Bytes;
        var segment = "";
        var ahead = new Queue<(long Sequence, long Offset)>();
        while (reader.Read())
        {
            var (file, offset) = reader.Position;
            if (file != segment)
            {
                (segment, doubtful) = (file, SegmentHeader.Bytes);
                ahead.Clear();
            }
            ahead.Enqueue((reader.Sequence, offset));
            if (reader.Distance == Frame.DistanceMax) continue;
            while (ahead.Peek().Sequence < reader.Sequence - reader.Distance)
            {
                ahead.Dequeue();
                doubtful = ahead.Peek().Offset;
            }
        }
        return doubtful;
    }

    private void Cut(LogEnd end)
    {
        Span<byte> zeros = stackalloc byte[4096];
        zeros.Clear();
        for (long done = 0; done < end.DroppedBytes;)
        {
            var part = (int)Math.Min(zeros.Length, end.DroppedBytes - done);
            file!.Write(end.Offset + done, zeros[..part]);
            done += part;
        }
    }

    /// <summary>The segment appears under its name whole: filled or reserved, headed and flushed first. A current one without commands is replaced, since
    /// both would have the same name; the marks it may hold repeat what the snapshots know.</summary>
    private void StartSegment(int batchBytes)
    {
        var reserved = FlushesAreLarge;
        if (file is not null)
        {
            // A segment that is not the last is never torn: it is durable before its successor exists.
            if (unsynced) file.Sync();
            unsynced = false;
            Volatile.Write(ref durableSequence, lastSequence);
            file.Dispose();
            file = null;
        }
        var seed = hasCommands ? chain : header.Seed;
        header = new SegmentHeader(rulesVersion, lastSequence + 1, seed);
        capacity = Math.Max(options.SegmentBytes, SegmentHeader.Bytes + (long)batchBytes);
        var unfinished = NextSegment.Name;
        file = next?.Take(capacity);
        if (file is not null) reserved = next!.IsReserved;
        else
        {
            unfinished = "late" + NextSegment.Unfinished;
            file = disk.CreateAppended(unfinished);
            NextSegment.GiveRoom(file, capacity, reserved);
        }
        header.Write(block);
        file.Write(0, block);
        file.Sync();
        disk.Rename(unfinished, SegmentHeader.NameOf(header.FirstSequence));
#if MUTANTS
        if (!Mutant.Is(Mutation.SkipFolderFlush))
#endif
        disk.SyncDirectory();
        chain = seed;
        offset = SegmentHeader.Bytes;
        hasCommands = false;
        (appended, flushes) = (0, 0);
        Volatile.Write(ref bytesWritten, bytesWritten + (reserved ? SegmentHeader.Bytes : capacity));
    }

    private void DropNext()
    {
        try
        {
            next?.Drop(delete: failure is null);
        }
        catch (IOException) { }         // the next opening deletes it
    }

    private void ThrowIfFailed()
    {
        if (failure is not null) throw new LogFailedException(failure.Message, failure.InnerException);
    }

    private LogFailedException Fail(Exception error) => failure = error is DiskFullException
        ? new LogFailedException("The disk of the log is full. Nothing acknowledged is lost; make room on it and start the venue again.", error)
        : new LogFailedException(
            $"The log cannot be written: {error.Message} Nothing acknowledged is lost; check the disk, then start the venue again.", error);
}
