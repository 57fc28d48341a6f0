using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Server.Views;

/// <summary>What the views ask of a trigger's row, of whatever product.</summary>
public interface ITriggerRow
{
    long Id { get; }
    int User { get; }
    bool IsOpen { get; }
}

/// <summary>Triggers that wait, and those that ended a short while ago. The bus thread changes it, anyone reads it.</summary>
internal sealed class TriggersView<TTrigger> where TTrigger : class, ITriggerRow
{
    private const int EndedMax = 50_000;

    private readonly ConcurrentDictionary<long, TTrigger> byId = new();
    private readonly ConcurrentDictionary<int, OfUser> byUser = new();
    private readonly Queue<long> ended = new();

    public bool TryGet(long id, [MaybeNullWhen(false)] out TTrigger trigger) => byId.TryGetValue(id, out trigger);

    public IReadOnlyList<TTrigger> OpenOf(int user) => byUser.TryGetValue(user, out var mine) ? mine.Open() : [];

    public void Put(TTrigger trigger)
    {
        byId[trigger.Id] = trigger;
        byUser.GetOrAdd(trigger.User, static _ => new OfUser()).Put(trigger);
        if (trigger.IsOpen) return;
        ended.Enqueue(trigger.Id);
        if (ended.Count > EndedMax) byId.TryRemove(ended.Dequeue(), out _);
    }

    private sealed class OfUser
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<long, TTrigger> open = new(Comparer<long>.Create(static (a, b) => b.CompareTo(a)));

        /// <summary>Newest first.</summary>
        public TTrigger[] Open()
        {
            lock (gate) return [.. open.Values];
        }

        public void Put(TTrigger trigger)
        {
            lock (gate)
            {
                if (trigger.IsOpen) open[trigger.Id] = trigger;
                else open.Remove(trigger.Id);
            }
        }
    }
}
