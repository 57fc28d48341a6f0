namespace Sluice.Cli.Trading;

internal enum MarketKind { Spot, Futures, Delivery }

/// <summary>A market as it is typed: "BTC_USDT" is the spot pair, "futures:BTC_USDT" or "futures:btc:BTC_USD" the perpetual, "BTC_USDT_20261225" the delivery contract.</summary>
/// <param name="Settle">Settle currency of a contract, lower case; empty for a pair.</param>
internal sealed record Market(MarketKind Kind, string Settle, string Symbol)
{
    private const int DateLength = 9;           // "_20261225"

    public bool IsContract => Kind != MarketKind.Spot;

    /// <summary>What the API calls it where a market is named.</summary>
    public string Parameter => IsContract ? "contract" : "currency_pair";

    /// <summary>The group's place below /api/v4.</summary>
    public string Path => Kind switch
    {
        MarketKind.Spot => "/spot",
        MarketKind.Futures => $"/futures/{Settle}",
        _ => $"/delivery/{Settle}",
    };

    /// <summary>The instrument's name everywhere (design.md): "futures:usdt:BTC_USDT".</summary>
    public string Name => Kind switch
    {
        MarketKind.Spot => $"spot:{Symbol}",
        MarketKind.Futures => $"futures:{Settle}:{Symbol}",
        _ => $"delivery:{Settle}:{Symbol}",
    };

    /// <summary>The coin a size is in: the base of a pair; contracts count contracts.</summary>
    public string Unit => IsContract ? "contracts" : Symbol.Split('_')[0];

    public string Quote => Kind == MarketKind.Spot ? Symbol.Split('_')[^1] : Settle.ToUpperInvariant();

    /// <exception cref="UsageException">It is no market's name.</exception>
    public static Market Parse(string text)
    {
        var parts = text.Split(':');
        var symbol = parts[^1].ToUpperInvariant();
        if (symbol.Length == 0 || !symbol.Contains('_')) throw Wrong(text);
        return parts.Length switch
        {
            1 => IsDated(symbol) ? new Market(MarketKind.Delivery, SettleOf(symbol), symbol) : new Market(MarketKind.Spot, "", symbol),
            2 when parts[0] == "spot" => new Market(MarketKind.Spot, "", symbol),
            2 when parts[0] is "futures" or "perp" => new Market(IsDated(symbol) ? MarketKind.Delivery : MarketKind.Futures, SettleOf(symbol), symbol),
            2 when parts[0] == "delivery" => new Market(MarketKind.Delivery, SettleOf(symbol), symbol),
            3 when parts[0] is "futures" or "perp" => new Market(MarketKind.Futures, parts[1].ToLowerInvariant(), symbol),
            3 when parts[0] == "delivery" => new Market(MarketKind.Delivery, parts[1].ToLowerInvariant(), symbol),
            _ => throw Wrong(text),
        };
    }

    // BASE_USD settles in its base, BASE_USDT in tether (F-010).
    private static string SettleOf(string symbol) => symbol.EndsWith("_USD", StringComparison.Ordinal) ? symbol.Split('_')[0].ToLowerInvariant() : "usdt";

    private static bool IsDated(string symbol) => symbol.Length > DateLength && symbol[^DateLength] == '_' && symbol[^8..].All(char.IsAsciiDigit);

    private static UsageException Wrong(string text) =>
        new($"'{text}' is no market. BTC_USDT is the spot pair, futures:BTC_USDT the perpetual contract, BTC_USDT_20261225 a delivery contract; `sluice markets` lists them.");
}

/// <summary>The call cannot be meant as it stands; the sentence says what can.</summary>
internal sealed class UsageException(string sentence) : Exception(sentence);
