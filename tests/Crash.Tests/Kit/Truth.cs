using Sluice.Core.Kernel;
using Sluice.Runtime.Disk;
using Sluice.Runtime.Log;

namespace Sluice.Crash.Tests.Kit;

/// <summary>What was executed, by sequence, and the state it led to: recovery has to come out there and nowhere else.</summary>
internal sealed class Truth
{
    private readonly List<(ulong Record, ulong State)> commands = [];

    /// <param name="empty">The hash of a state nothing happened to.</param>
    public Truth(ulong empty) => commands.Add((0, empty));

    private Truth(List<(ulong Record, ulong State)> commands) => this.commands = [.. commands];

    public long Sequence => commands.Count - 1;

    public ulong StateAt(long sequence) => commands[(int)sequence].State;

    public void Add(Stamp stamp, ReadOnlySpan<byte> record, ulong state)
    {
        Assert.Equal(Sequence + 1, stamp.Sequence);
        commands.Add((Of(stamp.TimeNanos, record), state));
    }

    public Truth Copy() => new(commands);

    /// <summary>What came behind it never happened.</summary>
    public void End(long sequence) => commands.RemoveRange((int)sequence + 1, commands.Count - (int)sequence - 1);

    public bool Has(long sequence, long timeNanos, ReadOnlySpan<byte> record) => sequence <= Sequence && commands[(int)sequence].Record == Of(timeNanos, record);

    /// <summary>What was recovered is not earlier than it may be and is a state that was.</summary>
    public void Check(StateMachine machine, long least)
    {
        if (machine.Sequence < least) throw new InvalidOperationException($"Command {least} was durable, and recovery ends at {machine.Sequence}.");
        if (machine.Sequence > Sequence) throw new InvalidOperationException($"Recovery ends at {machine.Sequence}, and {Sequence} was the last command.");
        if (machine.StateHash() != StateAt(machine.Sequence)) throw new InvalidOperationException($"The state recovered at {machine.Sequence} is not the one that was.");
    }

    /// <summary>The first frame of the log that was never written so, or null.</summary>
    public string? Invented(IDisk disk)
    {
        using var reader = new LogReader(disk);
        while (reader.Read())
        {
            if (reader.Kind == FrameKind.Mark)
            {
                if (reader.Sequence > Sequence || StateMark.Parse(reader.Payload).Hash != StateAt(reader.Sequence)) return $"the mark behind {reader.Sequence}";
            }
            else if (!Has(reader.Sequence, reader.TimeNanos, reader.Payload)) return $"command {reader.Sequence}";
        }
        return null;
    }

    private static ulong Of(long timeNanos, ReadOnlySpan<byte> record) => Fold.Over(Fold.Start ^ (ulong)timeNanos, record);
}
