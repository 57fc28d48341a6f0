using Sluice.Core.Kernel;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Spot;

/// <summary>A plain request on its way: what to submit, and what its answer needs. Reused. One thread at a time has it: the reader of its connection, then the
/// bus, then whoever writes its answer.</summary>
/// <param name="finished">Told when it is durable and shown, or has failed. On the bus thread.</param>
internal sealed class PlainRequest(Action<PlainRequest> finished) : ICompletion
{
    public const int IdBytes = 64;
    public const int TraceBytes = 16;
    public const int TailBytes = 64;

    private readonly byte[] id = new byte[IdBytes];
    private readonly byte[] tail = new byte[TailBytes];
    private int idLength;
    private int tailLength;

    /// <summary>By <see cref="Cancels"/> one of these.</summary>
    public PlaceOrder Place;
    public CancelOrder Cancel;

    public bool Cancels { get; set; }

    /// <summary>Whose key it came with.</summary>
    public KeyRecord Key { get; set; } = null!;

    public PairView Pair { get; set; } = null!;

    public ActionMode Mode { get; set; }

    /// <summary>Whether a cancellation names the account it is about, the spot account.</summary>
    public bool NamesAccount { get; set; }

    /// <summary>Wall clock, microseconds since the Unix epoch.</summary>
    public long ReceivedMicros { get; set; }

    public RateVerdict? Verdict { get; set; }

    public CommandResult Result { get; private set; }

    /// <summary>Why the venue does not answer, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>As the client numbers it: ASCII.</summary>
    public ReadOnlySpan<byte> Id
    {
        get => id.AsSpan(0, idLength);
        set
        {
            value.CopyTo(id);
            idLength = value.Length;
        }
    }

    /// <summary>Unique, by chance.</summary>
    public byte[] Trace { get; } = new byte[TraceBytes];

    /// <summary>Of the command; short enough for <see cref="TailBytes"/>.</summary>
    public ReadOnlySpan<byte> Tail
    {
        get => tail.AsSpan(0, tailLength);
        set
        {
            value.CopyTo(tail);
            tailLength = value.Length;
        }
    }

    /// <summary>Ready for another request.</summary>
    public void Begin()
    {
        Random.Shared.NextBytes(Trace);
        (Result, Failure, Verdict, tailLength) = (default, null, null, 0);
    }

    public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events)
    {
        Result = result;
        finished(this);
    }

    public void Failed(long token, Exception reason)
    {
        Failure = reason;
        finished(this);
    }
}
