using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Sluice.Core.Collections;
using Sluice.Core.Kernel;

namespace Sluice.Runtime.Log;

/// <summary>The frames of a log in order, for whoever executes them: as <see cref="LogReader"/> gives them, but read and checked on a thread of its own once
/// the log turns out to be long. What the reader throws comes out behind the last good frame.</summary>
public sealed class LogBlocks : IDisposable
{
    /// <summary>Small enough to be in a cache still when its frames are executed.</summary>
    private const int BlockBytes = 128 * 1024;

    /// <summary>Of the one that the calling thread fills itself: most logs that are read are short.</summary>
    private const int FirstBlockBytes = 8 * 1024;

    private const int BlocksAhead = 24;

    /// <summary>Four usual frames: so far ahead the cache is asked for what another core has written.</summary>
    private const int BytesAhead = 512, CacheLine = 64;

    private readonly LogReader reader;
    private readonly int aheadAfter;
    private readonly BlockingCollection<Block> free = [];
    private readonly BlockingCollection<Block> filled = [];
    private readonly CancellationTokenSource stop = new();
    private Block block = new(FirstBlockBytes);
    private int at;                     // of the frame just read
    private int payloadBytes;
    private int next;
    private int index;                  // of the frame just read, in its block
    private int made;
    private bool pending;               // the reader's frame belongs to the next block
    private bool over;
    private ExceptionDispatchInfo? failure;
    private Thread? thread;

    /// <param name="reader">From now on used by this one only, and disposed with it.</param>
    /// <param name="aheadAfter">Blocks read on the calling thread before another one reads.</param>
    public LogBlocks(LogReader reader, int aheadAfter = 256) => (this.reader, this.aheadAfter) = (reader, aheadAfter);

    public FrameKind Kind { get; private set; }

    /// <summary>Of the frame just read; of a mark, the command it stands behind.</summary>
    public long Sequence { get; private set; }

    public long TimeNanos { get; private set; }

    /// <summary>Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Payload => block.Bytes.AsSpan(at + Frame.HeaderBytes, payloadBytes);

    /// <summary>The rules of the segment the frame is in.</summary>
    public uint RulesVersion => block.RulesVersion;

    /// <summary>The file and byte of the frame just read.</summary>
    public (string File, long Offset) Position => (block.File, block.Offset + at);

    /// <summary>Whether the last frame so far is the mark of a stop in order.</summary>
    public bool CleanStop { get; private set; }

    /// <summary>How the log ends, once <see cref="Read"/> was false.</summary>
    public LogEnd End { get; private set; } = new(LogEndKind.Clean, "", 0, 0);

    /// <summary>The next frame, or false at the end.</summary>
    public bool Read()
    {
        if (next == block.Length && !NextBlock()) return false;
        at = next;
        index++;
        PrefetchBytes(next + BytesAhead);
        ReadOnlySpan<byte> rest = block.Bytes.AsSpan(at, block.Length - at);
        var length = (int)Frame.Length(rest);
        payloadBytes = length - Frame.HeaderBytes;
        next = at + Frame.Padded(length);
        Kind = Frame.Kind(rest);
        Sequence = Frame.Sequence(rest);
        TimeNanos = Frame.TimeNanos(rest);
        CleanStop = Kind == FrameKind.Mark && StateMark.Parse(Payload).CleanStop;
        return true;
    }

    /// <summary>Asks the cache for what the frames behind the one just read will touch, as far as they are in its block. For a large state.</summary>
    internal void Prefetch(StateMachine machine) => machine.Prefetch(block, index);

    /// <summary>Returns when nobody reads the disk any more.</summary>
    public void Dispose()
    {
        stop.Cancel();
        thread?.Join();
        reader.Dispose();
        stop.Dispose();
        free.Dispose();
        filled.Dispose();
    }

    private bool NextBlock()
    {
        while (!(over && thread is null))
        {
            if (made == aheadAfter && thread is null) StartThread();
            if (thread is null) Fill(block);
            else if (!filled.TryTake(out var ready, Timeout.Infinite)) break;
            else
            {
                free.Add(block);
                block = ready;
            }
            made++;
            next = 0;
            index = -1;
            if (block.Length > 0) return true;
        }
        next = block.Length;
        failure?.Throw();
        (End, CleanStop) = (reader.End, reader.CleanStop);
        return false;
    }

    // Any address is allowed.
    private unsafe void PrefetchBytes(int from)
    {
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(block.Bytes), from);
        Cache.Prefetch(Unsafe.AsPointer(ref first));
        Cache.Prefetch(Unsafe.AsPointer(ref Unsafe.Add(ref first, CacheLine)));
    }

    private void StartThread()
    {
        for (var i = 0; i < BlocksAhead; i++) free.Add(new Block(BlockBytes));
        thread = new Thread(FillAll) { Name = "log reader", IsBackground = true };
        thread.Start();
    }

    private void FillAll()
    {
        try
        {
            while (!over)
            {
                var empty = free.Take(stop.Token);
                Fill(empty);
                filled.Add(empty);
            }
        }
        catch (OperationCanceledException) { }          // enough was read
        filled.CompleteAdding();
    }

    // Frames of one segment, until there is no more room.
    private void Fill(Block into)
    {
        into.Clear();
        try
        {
            while (pending || reader.Read())
            {
                var frame = reader.Bytes;
                if (into.Length == 0) (into.File, into.Offset) = reader.Position;
                if (into.Length == 0) into.RulesVersion = reader.RulesVersion;
                pending = into.Length > 0 && (into.Bytes.Length - into.Length < frame.Length || !ReferenceEquals(into.File, reader.Position.File));
                if (pending) return;
                into.Add(frame, reader.Kind);
            }
        }
        catch (Exception broken)
        {
            failure = ExceptionDispatchInfo.Capture(broken);
        }
        over = true;
    }

    private sealed class Block(int bytes) : IRecordBatch
    {
        private const int BytesPerFrame = 96;

        // In place of a mark: a record of a kind that no command has.
        private static readonly byte[] NoCommand = new byte[Unsafe.SizeOf<CommandHeader>()];

        private int[] starts = new int[bytes / BytesPerFrame + 1];          // of frames; those of marks are negative

        public byte[] Bytes = GC.AllocateUninitializedArray<byte>(bytes);
        public int Length;
        public string File = "";
        public long Offset;
        public uint RulesVersion;

        public int Count { get; private set; }

        public ReadOnlySpan<byte> RecordAt(int at)
        {
            if (starts[at] < 0) return NoCommand;
            ReadOnlySpan<byte> frame = Bytes.AsSpan(starts[at]);
            return frame[Frame.HeaderBytes..(int)Frame.Length(frame)];
        }

        public void Clear() => Length = Count = 0;

        public void Add(ReadOnlySpan<byte> frame, FrameKind kind)
        {
            if (Bytes.Length < frame.Length) Bytes = GC.AllocateUninitializedArray<byte>(frame.Length);     // alone in it then
            frame.CopyTo(Bytes.AsSpan(Length));
            if (Count == starts.Length) Array.Resize(ref starts, 2 * Count);
            starts[Count++] = kind == FrameKind.Command ? Length : -1;
            Length += frame.Length;
        }
    }
}
