using System.Runtime.InteropServices;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;

namespace Sluice.Products.Spot;

/// <summary>Places a percentage-of-volume order: a parent outside the book that takes a share of what others trade. Tail: text, ttl as written.
/// Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CreatePov : ICommand
{
    public static ushort Kind => 330;
    public long Size;                   // base, 10^-SizeDecimals
    public long LimitPrice;             // 0 = none
    public long TriggerPrice;           // 0 = starts at once
    public int Instrument;
    public int RatePercent;             // 1-100 of what others trade
    public int TtlSeconds;              // at least 1
    public Side Side;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>Ends one of the actor's running percentage-of-volume orders. Result id: the order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CancelPov : ICommand
{
    public static ushort Kind => 331;
    public long OrderId;
}

/// <summary>A percentage-of-volume order was placed or changed: the whole of it, so that one event is enough. Tail: text, ttl, why it was terminated.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PovChanged : IEvent
{
    public static ushort Kind => 330;
    public CreatePov Terms;
    public long OrderId;
    public long Filled;
    public long CreatedNanos;
    public long ExpiresNanos;
    public long StartedNanos;           // 0 = waits for its trigger
    public long EndedNanos;             // 0 = runs
    public long UpdatedNanos;
    public int User;
    public PovStatus Status;
    public byte Reserved1;
    public short Reserved2;
}

/// <summary>In the dialect's words; numbers are stable. Cancelling is a state of the wire that is over before anyone can read it here.</summary>
public enum PovStatus : byte { Created = 0, Running = 1, Completed = 2, Expired = 3, Terminated = 4 }

/// <summary>A percentage-of-volume order.</summary>
public sealed class PovOrder
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required Pair Pair { get; init; }
    public required CreatePov Terms { get; init; }
    public required string Text { get; init; }
    public required string Ttl { get; init; }
    public required long CreatedNanos { get; init; }
    public required bool TriggersAbove { get; init; }

    public PovStatus Status { get; set; }
    public string TerminatedAs { get; set; } = "";
    public long Filled { get; set; }
    public long StartedNanos { get; set; }
    public long EndedNanos { get; set; }
    public long UpdatedNanos { get; set; }

    /// <summary>The pair's traded volume up to which its share has been taken.</summary>
    public long VolumeSeen { get; set; }

    /// <summary>Its share of what others traded that was too small to place so far, in hundredths of a raw unit.</summary>
    public long Owed { get; set; }

    public long ExpiresNanos => CreatedNanos + Terms.TtlSeconds * Nanos.PerSecond;

    public bool IsOpen => Status is PovStatus.Created or PovStatus.Running;

    public PovChanged Describe() => new()
    {
        Terms = Terms, OrderId = Id, Filled = Filled, CreatedNanos = CreatedNanos, ExpiresNanos = ExpiresNanos, StartedNanos = StartedNanos,
        EndedNanos = EndedNanos, UpdatedNanos = UpdatedNanos, User = User, Status = Status,
    };

    /// <summary>Text, ttl, why it was terminated: the tail of <see cref="PovChanged"/>.</summary>
    public int DescribeTail(Span<byte> tail)
    {
        var writer = new TailWriter(tail);
        writer.Text(Text);
        writer.Text(Ttl);
        writer.Text(TerminatedAs);
        return writer.Length;
    }
}

/// <summary>All percentage-of-volume orders that are open, and those that ended within 30 days.</summary>
public sealed class PovTable(SpotState spot) : IStatePart
{
    public SortedDictionary<long, PovOrder> All { get; } = [];

    public string Name => "spot pov";

    public bool Hashed => true;

    public void Save(StateWriter writer)
    {
        writer.Int32(All.Count);
        foreach (var order in All.Values)
        {
            writer.Int64(order.Id);
            writer.Int32(order.User);
            writer.Value(order.Terms);
            writer.Text(order.Text);
            writer.Text(order.Ttl);
            writer.Int64(order.CreatedNanos);
            writer.Byte(order.TriggersAbove ? (byte)1 : (byte)0);
            writer.Byte((byte)order.Status);
            writer.Text(order.TerminatedAs);
            writer.Int64(order.Filled);
            writer.Int64(order.StartedNanos);
            writer.Int64(order.EndedNanos);
            writer.Int64(order.UpdatedNanos);
            writer.Int64(order.VolumeSeen);
            writer.Int64(order.Owed);
        }
    }

    public void Load(ref StateReader reader)
    {
        All.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var id = reader.Int64();
            var user = reader.Int32();
            var terms = reader.Value<CreatePov>();
            All.Add(id, new PovOrder
            {
                Id = id, User = user, Terms = terms, Pair = spot.PairOf(terms.Instrument)!, Text = reader.Text(), Ttl = reader.Text(),
                CreatedNanos = reader.Int64(), TriggersAbove = reader.Byte() != 0, Status = (PovStatus)reader.Byte(), TerminatedAs = reader.Text(),
                Filled = reader.Int64(), StartedNanos = reader.Int64(), EndedNanos = reader.Int64(), UpdatedNanos = reader.Int64(),
                VolumeSeen = reader.Int64(), Owed = reader.Int64(),
            });
        }
    }
}
