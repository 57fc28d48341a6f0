using Sluice.Core.Kernel;
using Sluice.Products.Futures.Commands;

namespace Sluice.Products.Futures.State;

/// <summary>A dividend or split that was announced; kept for good, since prices from before it are others than those after (F-244).</summary>
/// <param name="Id">In the order of announcing.</param>
/// <param name="ChangedNanos">When it came to its status.</param>
/// <param name="IndexBefore">Raw, of what was done; else 0.</param>
public sealed record CorporateAction(long Id, ScheduleCorporateAction Terms, string Reference, CorporateActionStatus Status, long ChangedNanos, long IndexBefore);

/// <summary>All of them by id.</summary>
public sealed class CorporateActionTable
{
    private readonly SortedDictionary<long, CorporateAction> byId = [];
    private readonly HashSet<string> references = new(StringComparer.Ordinal);

    public IReadOnlyCollection<CorporateAction> All => byId.Values;

    /// <summary>Grows with every change in this process.</summary>
    public int Version { get; private set; }

    public bool Has(string reference) => references.Contains(reference);

    public CorporateAction? Find(long id) => byId.GetValueOrDefault(id);

    public void Put(CorporateAction action)
    {
        byId[action.Id] = action;
        references.Add(action.Reference);
        Version++;
    }

    public void Clear()
    {
        byId.Clear();
        references.Clear();
        Version++;
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(byId.Count);
        foreach (var action in byId.Values)
        {
            writer.Int64(action.Id);
            writer.Value(action.Terms);
            writer.Text(action.Reference);
            writer.Byte((byte)action.Status);
            writer.Int64(action.ChangedNanos);
            writer.Int64(action.IndexBefore);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var left = reader.Int32(); left > 0; left--)
        {
            Put(new CorporateAction(reader.Int64(), reader.Value<ScheduleCorporateAction>(), reader.Text(), (CorporateActionStatus)reader.Byte(), reader.Int64(), reader.Int64()));
        }
    }
}
