using Sluice.Server.Markets;

namespace Sluice.Server.Api.Futures;

/// <summary>The indices of a market file: their constituents are simulated, and named so.</summary>
public sealed class MarketIndexFacts(MarketFile file) : IIndexFacts
{
    private readonly Dictionary<string, int> counts = file.Indexes.GroupBy(index => index.Name, StringComparer.Ordinal).ToDictionary(index => index.Key, index => index.First().Weights.Count, StringComparer.Ordinal);

    public IReadOnlyList<string>? ConstituentsOf(string index) =>
        counts.TryGetValue(index, out var count) ? [.. Enumerable.Range(1, count).Select(n => $"simulated-{n}")] : null;
}
