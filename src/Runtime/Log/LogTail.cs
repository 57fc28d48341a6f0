namespace Sluice.Runtime.Log;

/// <summary>How a log ends.</summary>
public enum LogEndKind
{
    /// <summary>Behind the last frame there is nothing.</summary>
    Clean,

    /// <summary>Behind the last frame lies what an interrupted, never acknowledged write left. Opening the log cuts it.</summary>
    TornTail,
}

/// <summary>Where the log's last segment ends.</summary>
/// <param name="File">The last segment; empty when there is none.</param>
/// <param name="Offset">Behind its last whole frame, in bytes.</param>
/// <param name="DroppedBytes">From there to the last byte that is not zero; 0 when clean.</param>
public readonly record struct LogEnd(LogEndKind Kind, string File, long Offset, long DroppedBytes);

/// <summary>Tells a torn tail from damage, given the last segment from its first frame that is not right.</summary>
internal static class LogTail
{
    /// <summary>The unit a disk writes whole or not at all.</summary>
    private const int SectorBytes = 512;

    /// <summary>A candidate frame may be this far ahead: generous, and it keeps the search from summing up noise.</summary>
    private const long SequencesAhead = 1L << 32;

    /// <summary>Null when <paramref name="rest"/> can be what an interrupted write left; else why it cannot.</summary>
    /// <param name="rest">From the bad frame to the end of the file.</param>
    /// <param name="used">Bytes of it up to the last that is not zero; a frame may end in zeros beyond.</param>
    /// <param name="offset">Of the bad frame in its file.</param>
    /// <param name="last">The last good sequence.</param>
    public static string? Damage(ReadOnlySpan<byte> rest, int used, int offset, long last)
    {
        var found = FirstGoodFrame(rest, used, last, out var seed);
        if (found < 0) return null;

        // A frame tells how far the log was durable when it was written: what was durable by then is no torn tail.
        var durable = long.MinValue;
        for (var at = found; Frame.TryShape(rest[at..], out var frame) && Frame.Sum(frame, seed) == Frame.Crc(frame); at += frame.Length)
        {
            seed = Frame.Crc(frame);
            var distance = Frame.Distance(frame);
            if (distance < Frame.DistanceMax) durable = Math.Max(durable, Frame.Sequence(frame) - distance);
        }
        if (durable > last) return $"a bad frame, though the log was durable up to command {durable} when good frames behind it were written.";

        // A power loss may write a later sector and not an earlier one. The earlier one is then still all zero from the bad frame on.
        return HasUnwrittenSector(rest[..found], offset) ? null : "a bad frame, with good frames behind it and nothing missing between.";
    }

    /// <summary>The start of the first frame whose checksum follows from the one before it, or -1. The frame before it may be bad itself:
    /// its stored checksum, or the one its content has, still proves its successor.</summary>
    private static int FirstGoodFrame(ReadOnlySpan<byte> rest, int used, long last, out uint seed)
    {
        seed = 0;
        if (rest.Length < Frame.HeaderBytes) return -1;
        var stored = Frame.Crc(rest);
        for (var at = 8; at < used; at += 8)
        {
            if (!Plausible(rest[at..], last, out var frame)) continue;
            seed = stored;
            if (Frame.Sum(frame, seed) == Frame.Crc(frame)) return at;
        }
        for (var at = 0; at < used; at += 8)
        {
            // Here only the predecessor need look like a frame; the bad one itself counts whatever its sequence says.
            if (!(at == 0 ? Frame.TryShape(rest, out var before) : Plausible(rest[at..], last, out before))) continue;
            var next = at + before.Length;
            if (next >= used || !Plausible(rest[next..], last, out var frame)) continue;
            seed = Frame.Crc(before);
            if (Frame.Sum(frame, seed) == Frame.Crc(frame)) return next;
        }
        return -1;
    }

    /// <summary>When only the bad frame's checksum field is wrong, the checksum its content has proves the next frame.</summary>
    public static bool SuccessorProvesContent(ReadOnlySpan<byte> rest, uint seedOfBad)
    {
        if (!Frame.TryShape(rest, out var bad) || bad.Length >= rest.Length || !Frame.TryShape(rest[bad.Length..], out var next)) return false;
        return Frame.Sum(next, Frame.Sum(bad, seedOfBad)) == Frame.Crc(next);
    }

    private static bool Plausible(ReadOnlySpan<byte> bytes, long last, out ReadOnlySpan<byte> frame) =>
        Frame.TryShape(bytes, out frame) && Frame.Kind(frame) <= FrameKind.Mark
        && Frame.Sequence(frame) >= last && Frame.Sequence(frame) - last <= SequencesAhead;

    private static bool HasUnwrittenSector(ReadOnlySpan<byte> gap, int offset)
    {
        for (var at = 0; at < gap.Length;)
        {
            var end = at + SectorBytes - (offset + at) % SectorBytes;
            if (end > gap.Length) return false;
            if (gap[at..end].IndexOfAnyExcept((byte)0) < 0) return true;
            at = end;
        }
        return false;
    }
}
