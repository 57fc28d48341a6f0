using Sluice.Core.Kernel;
using Sluice.Products;

namespace Sluice.Bench.Replay;

/// <summary>Gives a venue what stands before the measured commands. Executes at once; a refusal is an error.</summary>
internal sealed class DirectSink(VenueProducts venue, long timeNanos) : ICommandSink
{
    private readonly EventBuffer events = new();
    private byte[] bytes = new byte[1024];

    /// <summary>What the last command was about.</summary>
    public long ObjectId { get; private set; }

    public void Take<T>(UserId actor, in T command, ReadOnlySpan<byte> tail) where T : unmanaged, ICommand
    {
        var length = Runtime.Sequencing.Record.LengthOf<T>(default, tail);
        if (length > bytes.Length) bytes = new byte[length];
        Runtime.Sequencing.Record.Write(bytes.AsSpan(0, length), actor, command, tail, default);
        var result = venue.Machine.Execute(new Stamp(venue.Machine.Sequence + 1, timeNanos), bytes.AsSpan(0, length), events);
        events.Clear();
        if (!result.Accepted) throw new InvalidOperationException($"The set-up was refused: {typeof(T).Name} {result.Refusal}.");
        ObjectId = result.ObjectId;
    }
}
