using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Server.Views;

/// <summary>What the views ask of an order's row, of whatever product.</summary>
public interface IOrderRow
{
    long Id { get; }
    int User { get; }
    int Instrument { get; }
    string Text { get; }
    long CreatedNanos { get; }
    long UpdatedNanos { get; }
    bool IsOpen { get; }
}

/// <summary>How long the views keep what is over.</summary>
internal static class OrdersKept
{
    /// <summary>How long a text stands in for the id after creation (M-007), and an ended order stays in memory.</summary>
    public const long Nanos = 30 * 60 * Core.Kernel.Nanos.PerSecond;
}

/// <summary>Open orders of users, and those that ended a short while ago. The bus thread changes it, anyone reads it.</summary>
internal sealed class OrdersView<TOrder> where TOrder : class, IOrderRow
{
    private const long KeptNanos = OrdersKept.Nanos;
    private const int EndedMax = 200_000;

    private readonly ConcurrentDictionary<long, TOrder> byId = new();
    private readonly ConcurrentDictionary<int, OfUser> byUser = new();
    private readonly Queue<(long Id, long EndedNanos)> ended = new();

    public bool TryGet(long id, [MaybeNullWhen(false)] out TOrder order) => byId.TryGetValue(id, out order);

    public bool TryGet(int user, string text, int? instrument, long nowNanos, [MaybeNullWhen(false)] out TOrder order)
    {
        order = null;
        if (!byUser.TryGetValue(user, out var mine)) return false;
        foreach (var id in mine.WithText(text))
        {
            if (!byId.TryGetValue(id, out order)) continue;
            var matches = (instrument is null || order.Instrument == instrument) && (order.IsOpen || order.CreatedNanos >= nowNanos - KeptNanos);
            if (matches) return true;
        }
        order = null;
        return false;
    }

    public IReadOnlyList<TOrder> OpenOf(int user) => byUser.TryGetValue(user, out var mine) ? mine.Open() : [];

    public void Put(TOrder order)
    {
        byId[order.Id] = order;
        byUser.GetOrAdd(order.User, static _ => new OfUser()).Put(order);
        if (!order.IsOpen) ended.Enqueue((order.Id, order.UpdatedNanos));
    }

    public void Change(TOrder order)
    {
        byId[order.Id] = order;
        byUser[order.User].Change(order);
        if (!order.IsOpen) ended.Enqueue((order.Id, order.UpdatedNanos));
    }

    /// <summary>Lets go of what ended long ago; the history has it.</summary>
    public void Forget(long nowNanos)
    {
        while (ended.TryPeek(out var oldest) && (ended.Count > EndedMax || oldest.EndedNanos < nowNanos - KeptNanos))
        {
            ended.Dequeue();
            if (byId.TryRemove(oldest.Id, out var order)) byUser[order.User].Forget(order);
        }
    }

    private sealed class OfUser
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<long, TOrder> open = new(Comparer<long>.Create(static (a, b) => b.CompareTo(a)));
        private readonly Dictionary<string, List<long>> byText = [];

        /// <summary>Newest first.</summary>
        public TOrder[] Open()
        {
            lock (gate) return [.. open.Values];
        }

        /// <summary>Newest first.</summary>
        public long[] WithText(string text)
        {
            lock (gate)
            {
                if (!byText.TryGetValue(text, out var ids)) return [];
                long[] copy = [.. ids];
                Array.Reverse(copy);
                return copy;
            }
        }

        public void Put(TOrder order)
        {
            lock (gate)
            {
                if (order.IsOpen) open[order.Id] = order;
                if (!HasOwnText(order)) return;
                if (!byText.TryGetValue(order.Text, out var ids)) byText.Add(order.Text, ids = []);
                ids.Add(order.Id);
            }
        }

        public void Change(TOrder order)
        {
            lock (gate)
            {
                if (order.IsOpen) open[order.Id] = order;
                else open.Remove(order.Id);
            }
        }

        public void Forget(TOrder order)
        {
            if (!HasOwnText(order)) return;
            lock (gate)
            {
                if (!byText.TryGetValue(order.Text, out var ids)) return;
                ids.Remove(order.Id);
                if (ids.Count == 0) byText.Remove(order.Text);
            }
        }

        private static bool HasOwnText(TOrder order) => order.Text.StartsWith("t-", StringComparison.Ordinal);
    }
}
