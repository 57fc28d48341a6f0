namespace Sluice.Runtime.Log;

/// <summary>The durable order of commands. One writer thread calls it; the two sequences may be read from any thread.</summary>
public interface ICommandLog : IDisposable
{
    /// <summary>The last command appended, durable or not; 0 before the first.</summary>
    long LastSequence { get; }

    /// <summary>The last command that survives a power loss.</summary>
    long DurableSequence { get; }

    /// <summary>Bytes given to the disk since the log was opened, zeros that segments were filled with included.</summary>
    long BytesWritten { get; }

    /// <summary>Appends whole frames made by <see cref="Frame"/>, commands without a gap; fills in their checksums in place.
    /// They are durable after the next <see cref="Sync"/>. Throws <see cref="LogFailedException"/>; then the log takes nothing more.</summary>
    void Append(Span<byte> frames);

    /// <summary>Appends the state hash after <paramref name="sequence"/>, which must be the last one appended.</summary>
    void AppendMark(long sequence, long timeNanos, ulong hash, bool cleanStop);

    /// <summary>Everything appended is durable when it returns. Throws <see cref="LogFailedException"/>.</summary>
    void Sync();
}

/// <param name="SegmentBytes">Size of a segment file, which has its room before it is used; a larger batch gets a larger one.</param>
/// <param name="Ahead">Where the next segment is prepared while the current one fills; null prepares it when it is needed.</param>
/// <param name="ReservedFrom">Bytes: when flushes bring so much on average, the next segment is only reserved, not filled with zeros.</param>
public readonly record struct LogOptions(int SegmentBytes, TaskScheduler? Ahead = null, int ReservedFrom = 256 << 10)
{
    public static LogOptions Default => new(16 << 20, TaskScheduler.Default);
}

/// <summary>The disk refused a write or a flush. What was not durable before is in doubt, so nothing is retried: the venue must stop.</summary>
public sealed class LogFailedException(string message, Exception? cause) : Exception(message, cause);

/// <summary>The log holds something a crash cannot explain. Nothing is repaired by itself.</summary>
public sealed class LogDamagedException(string file, long offset, string reason)
    : Exception($"The log is damaged: {(file.Length == 0 ? "" : $"{file} at byte {offset}: ")}{reason}")
{
    /// <summary>The segment's name; empty when the damage is in the set of files.</summary>
    public string File { get; } = file;

    /// <summary>In bytes from the start of the file.</summary>
    public long Offset { get; } = offset;

    public string Reason { get; } = reason;
}

/// <summary>A later build wrote this.</summary>
public sealed class LogTooNewException(string file, uint format)
    : Exception($"{file} has format {format}, and this build reads format {SegmentHeader.Format}: use the build that wrote it, or a later one.");
