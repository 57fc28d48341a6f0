using System.Collections.Concurrent;
using Sluice.Products.Futures.Positions;

namespace Sluice.Server.Views.Futures;

/// <summary>Which leg of which user: a wallet in split mode has up to four in a contract (F-130).</summary>
internal readonly record struct PositionKey(int User, int Instrument, Leg Leg, bool IsCross)
{
    // A one-way position keeps its row when it changes between isolated and cross.
    public static PositionKey Of(PositionRow row) => new(row.User, row.Instrument, row.Leg, row.Leg != Leg.Net && row.IsCross);
}

/// <summary>The legs of everybody, participants and the fund included: open interest and the order of deleveraging are of all. The bus thread changes
/// it, anyone reads it.</summary>
internal sealed class PositionsView
{
    private readonly ConcurrentDictionary<PositionKey, PositionRow> all = new();
    private readonly ConcurrentDictionary<int, ConcurrentDictionary<PositionKey, byte>> byUser = new();
    private readonly ConcurrentDictionary<int, ConcurrentDictionary<PositionKey, byte>> byContract = new();

    /// <summary>A user's rows, by instrument, then leg, isolated before cross.</summary>
    public IReadOnlyList<PositionRow> Of(int user) => byUser.TryGetValue(user, out var keys)
        ? [.. keys.Keys.Select(key => all[key]).OrderBy(row => row.Instrument).ThenBy(row => row.Leg).ThenBy(row => row.IsCross)] : [];

    public IReadOnlyList<PositionRow> Of(int user, int instrument)
    {
        var found = new List<PositionRow>(2);
        foreach (var leg in Legs)
        {
            foreach (var isCross in Kinds)
            {
                if (all.TryGetValue(new PositionKey(user, instrument, leg, isCross), out var row)) found.Add(row);
            }
        }
        return found;
    }

    /// <summary>What is known of the leg until now.</summary>
    public PositionRow? Find(PositionRow row) => all.GetValueOrDefault(PositionKey.Of(row));

    /// <summary>The legs of a contract that are not empty, in no order.</summary>
    public IEnumerable<PositionRow> HeldIn(int instrument) =>
        byContract.TryGetValue(instrument, out var keys) ? keys.Select(entry => all[entry.Key]).Where(row => row.Size != 0) : [];

    public void Put(PositionRow row, ContractView contract)
    {
        var key = PositionKey.Of(row);
        var before = all.TryGetValue(key, out var old) ? old.Size : 0;
        all[key] = row;
        byUser.GetOrAdd(row.User, static _ => new()).TryAdd(key, 0);
        byContract.GetOrAdd(row.Instrument, static _ => new()).TryAdd(key, 0);
        if (row.Size == before) return;
        var held = contract.Interest;
        contract.Change(new OpenInterest(held.LongSize + long.Max(row.Size, 0) - long.Max(before, 0),
            held.ShortSize + long.Max(-row.Size, 0) - long.Max(-before, 0), held.Longs + (row.Size > 0 ? 1 : 0) - (before > 0 ? 1 : 0), held.Shorts + (row.Size < 0 ? 1 : 0) - (before < 0 ? 1 : 0)));
    }

    private static readonly Leg[] Legs = [Leg.Net, Leg.Long, Leg.Short];
    private static readonly bool[] Kinds = [false, true];
}
