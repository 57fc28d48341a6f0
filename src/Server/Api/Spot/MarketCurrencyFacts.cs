using Sluice.Server.Markets;

namespace Sluice.Server.Api.Spot;

/// <summary>What the markets file says of currencies.</summary>
public sealed class MarketCurrencyFacts(MarketFile file) : ICurrencyFacts
{
    private readonly Dictionary<string, CurrencyFacts> facts = file.Assets.ToDictionary(asset => asset.Code, asset => new CurrencyFacts
    {
        Categories = asset.Category,
        Chains = [.. asset.Chains.Select(chain => new ChainFacts(chain.Chain, chain.Contract, !chain.Deposit, !chain.Withdraw))],
    }, StringComparer.Ordinal);

    public CurrencyFacts? Of(string code) => facts.GetValueOrDefault(code);
}
