using Sluice.Core.Kernel;
using Sluice.Runtime.Log;

namespace Sluice.Crash.Tests.Kit;

/// <summary>Frames for the log, without their checksums.</summary>
internal static class Framed
{
    public static byte[] Command(Stamp stamp, ReadOnlySpan<byte> record)
    {
        var frame = new byte[Frame.PaddedBytes(record.Length)];
        Frame.Write(frame, FrameKind.Command, stamp.Sequence, stamp.TimeNanos, record);
        return frame;
    }

    public static byte[] Mark(StateMachine machine, bool cleanStop)
    {
        var frame = new byte[Frame.MarkFrameBytes];
        Frame.WriteMark(frame, machine.Sequence, machine.TimeNanos, new StateMark(machine.StateHash(), cleanStop));
        return frame;
    }
}
