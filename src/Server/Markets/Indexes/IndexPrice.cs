using Sluice.Products.Futures.Commands;
using Sluice.Server.Markets.Contracts;

namespace Sluice.Server.Markets.Indexes;

/// <summary>One index at one instant, as the command that sets prices carries it (F-054).</summary>
/// <param name="Index">Its number in the service, from 0 in the order they were added.</param>
/// <param name="Price">In units of the index's decimals, which are those of its contracts; 0 while there never was one.</param>
/// <param name="Sources">A bit for each constituent that was counted.</param>
public readonly record struct IndexPrice(int Index, long Price, ushort Sources, IndexFlags Flags);

/// <summary>What the service knows of an index.</summary>
/// <param name="Round">The step of prices, in units of 10^-<paramref name="Decimals"/>.</param>
/// <param name="IsStock">Of stock contracts: it halts, and a reopening is confirmed (K-201, K-206).</param>
public sealed record IndexTerms(string Name, string Source, string? Currency, string? Calendar, int Decimals, long Round, IReadOnlyList<double> Weights, bool IsStock)
{
    public static IndexTerms Of(MarketIndex index, ContractCatalogue catalogue, MarketFile file) => new(index.Name, index.SourceName, index.Currency, index.Calendar,
        catalogue.DecimalsOf(index.Name), catalogue.RoundOf(index), index.Weights, file.Contracts.Any(contract => contract.Index == index.Name && contract.ContractType == "stocks"));

    /// <summary>The index that says how much of a currency a dollar is.</summary>
    public static string RateOf(string currency) => "fx:USD" + currency;
}
