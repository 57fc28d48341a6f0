using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Products.Spot;

namespace Sluice.Server.Views;

/// <summary>A percentage-of-volume order as readers know it. Immutable; a change is a new row.</summary>
public sealed record PovRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required Side Side { get; init; }
    public required long Size { get; init; }
    public required int RatePercent { get; init; }
    public required long LimitPrice { get; init; }              // 0 = none
    public required long TriggerPrice { get; init; }            // 0 = none
    public required long CreatedNanos { get; init; }
    public required long ExpiresNanos { get; init; }
    public required string Text { get; init; }
    public required string Ttl { get; init; }

    public PovStatus Status { get; init; }
    public string TerminatedAs { get; init; } = "";
    public long Filled { get; init; }
    public long StartedNanos { get; init; }
    public long EndedNanos { get; init; }
    public long UpdatedNanos { get; init; }

    public bool IsOpen => Status is PovStatus.Created or PovStatus.Running;

    internal static PovRow Of(in PovChanged changed, ReadOnlySpan<byte> tail)
    {
        var reader = new TailReader(tail);
        return new PovRow
        {
            Id = changed.OrderId, User = changed.User, Instrument = changed.Terms.Instrument, Side = changed.Terms.Side, Size = changed.Terms.Size,
            RatePercent = changed.Terms.RatePercent, LimitPrice = changed.Terms.LimitPrice, TriggerPrice = changed.Terms.TriggerPrice,
            CreatedNanos = changed.CreatedNanos, ExpiresNanos = changed.ExpiresNanos, Text = reader.Text(), Ttl = reader.Text(), TerminatedAs = reader.Text(),
            Status = changed.Status, Filled = changed.Filled, StartedNanos = changed.StartedNanos, EndedNanos = changed.EndedNanos, UpdatedNanos = changed.UpdatedNanos,
        };
    }
}

/// <summary>Percentage-of-volume orders, the ended ones as long as the core keeps them: 30 days. The bus thread changes it, anyone reads it.</summary>
public sealed class PovView
{
    private const long KeptNanos = 30 * 86_400 * Nanos.PerSecond;

    private readonly ConcurrentDictionary<long, PovRow> byId = new();
    private readonly ConcurrentDictionary<int, ConcurrentDictionary<long, PovRow>> byUser = new();
    private readonly Queue<(long Id, int User, long EndedNanos)> ended = new();

    public bool TryGet(long id, [MaybeNullWhen(false)] out PovRow order) => byId.TryGetValue(id, out order);

    /// <summary>A user's, newest first.</summary>
    public IReadOnlyList<PovRow> Of(int user, bool open) =>
        byUser.TryGetValue(user, out var mine) ? [.. mine.Values.Where(order => order.IsOpen == open).OrderByDescending(order => order.Id)] : [];

    internal void Put(PovRow order)
    {
        byId[order.Id] = order;
        byUser.GetOrAdd(order.User, static _ => new())[order.Id] = order;
        if (order.IsOpen) return;
        ended.Enqueue((order.Id, order.User, order.EndedNanos));
        while (ended.TryPeek(out var oldest) && oldest.EndedNanos + KeptNanos <= order.EndedNanos)
        {
            ended.Dequeue();
            byId.TryRemove(oldest.Id, out _);
            byUser[oldest.User].TryRemove(oldest.Id, out _);
        }
    }
}
