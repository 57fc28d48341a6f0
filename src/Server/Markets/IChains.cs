namespace Sluice.Server.Markets;

/// <summary>The simulated chains currencies arrive on: data of the market file, never constants of a handler.</summary>
public interface IChains
{
    /// <summary>At least one; the first is the main one.</summary>
    IReadOnlyList<AssetChain> Of(string code);
}

/// <summary>The chains of a market file. A currency it does not have, one that was added while the venue ran, is the coin of a chain of its own name.</summary>
public sealed class MarketChains(MarketFile file) : IChains
{
    private readonly Dictionary<string, IReadOnlyList<AssetChain>> byCode =
        file.Assets.Where(asset => asset.Chains.Count > 0).ToDictionary(asset => asset.Code, asset => asset.Chains, StringComparer.Ordinal);

    public IReadOnlyList<AssetChain> Of(string code) => byCode.TryGetValue(code, out var chains) ? chains
        : [new AssetChain { Chain = code, Name = code, NameEn = code, AddressFormat = "hex" }];
}
