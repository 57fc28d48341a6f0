namespace Sluice.Server.Api.Spot;

/// <summary>What is told of a currency beside its trading. Data of the markets file, never constants of a handler.</summary>
public interface ICurrencyFacts
{
    /// <summary>Null when nothing is known of the code.</summary>
    CurrencyFacts? Of(string code);
}

public sealed record CurrencyFacts
{
    /// <summary>Networks; the first is the main one.</summary>
    public IReadOnlyList<ChainFacts> Chains { get; init; } = [];

    /// <summary>stocks, metals, indices, forex, commodities; none for an ordinary coin.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool TradeDisabled { get; init; }
    public bool Delisted { get; init; }

    /// <summary>A fixed fee rate of currencies that have one, else empty.</summary>
    public string FixedRate { get; init; } = "";
}

/// <param name="Name">Upper-case code such as "ETH".</param>
/// <param name="Address">Of the token's contract; empty for the chain's own coin.</param>
public sealed record ChainFacts(string Name, string Address = "", bool DepositDisabled = false, bool WithdrawDisabled = false, bool WithdrawDelayed = false);
