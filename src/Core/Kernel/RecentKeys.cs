namespace Sluice.Core.Kernel;

/// <summary>The idempotency keys of the last 60 minutes with what they did, so that a retry is answered, not executed (design.md, Retries).</summary>
internal sealed class RecentKeys : IStatePart
{
    public const long WindowNanos = 3600 * Nanos.PerSecond;

    private readonly Dictionary<(ulong, ulong), Entry> entries = [];
    private readonly Queue<(long AddedNanos, ulong High, ulong Low)> order = new();

    public string Name => "idempotency";

    public bool Hashed => true;

    /// <summary>True when the key was used: the first outcome, or KeyReused when the body differs.</summary>
    public bool TryAnswer(in IdempotencyKey key, out CommandResult result)
    {
        result = default;
        if (!entries.TryGetValue((key.High, key.Low), out var entry)) return false;
        result = entry.Body == key.Body
            ? new CommandResult(entry.Refusal, entry.ObjectId, Duplicate: true)
            : new CommandResult(KernelRefusal.KeyReused, 0);
        return true;
    }

    public void Add(in IdempotencyKey key, CommandResult result, long nowNanos)
    {
#if MUTANTS
        if (Mutant.Is(Mutation.ForgetKey)) return;
#endif
        entries.Add((key.High, key.Low), new Entry(key.Body, result.ObjectId, result.Refusal));
        order.Enqueue((nowNanos, key.High, key.Low));
    }

    public void Forget(long nowNanos)
    {
        while (order.TryPeek(out var first) && first.AddedNanos + WindowNanos <= nowNanos)
        {
            order.Dequeue();
            entries.Remove((first.High, first.Low));
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(order.Count);
        foreach (var (addedNanos, high, low) in order)          // in order of arrival
        {
            var entry = entries[(high, low)];
            writer.Int64(addedNanos);
            writer.Value(new IdempotencyKey(high, low, entry.Body));
            writer.Int64(entry.ObjectId);
            writer.Int32(entry.Refusal);
        }
    }

    public void Load(ref StateReader reader)
    {
        entries.Clear();
        order.Clear();
        for (var left = reader.Int32(); left > 0; left--)
        {
            var addedNanos = reader.Int64();
            var key = reader.Value<IdempotencyKey>();
            var objectId = reader.Int64();
            Add(key, new CommandResult((ushort)reader.Int32(), objectId), addedNanos);
        }
    }

    private readonly record struct Entry(ulong Body, long ObjectId, ushort Refusal);
}
