using Sluice.Runtime.Log;

namespace Sluice.Bench.Durable;

/// <summary>A log that keeps nothing and has everything at once: what the sequencer does when no byte has to go anywhere. It counts bytes, no commands.</summary>
internal sealed class NullLog : ICommandLog
{
    public long LastSequence => 0;

    public long DurableSequence => 0;

    public long BytesWritten { get; private set; }

    public void Append(Span<byte> frames) => BytesWritten += frames.Length;

    public void AppendMark(long sequence, long timeNanos, ulong hash, bool cleanStop) { }

    public void Sync() { }

    public void Dispose() { }
}
