using System.Text;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Markets.Indexes;

namespace Sluice.Server.Markets;

/// <summary>What a market file must satisfy, each breach as a sentence that names the entry and says what to change.</summary>
public static class MarketRules
{
    private const int CodeLengthMax = 24;
    private const int ReferenceTicksMin = 100;      // fewer whole ticks than this leave no room for a ladder of bids

    private static readonly string[] StatusNames = ["untradable", "buyable", "sellable", "tradable", "circuit_breaker", "delisting", "delisted"];

    /// <summary>Empty when the file can be listed.</summary>
    public static IReadOnlyList<string> Errors(MarketFile file)
    {
        if (NullIn(file) is { } section) return [$"The market file has a null among its {section}."];
        var errors = new List<string>();
        var assets = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var asset in file.Assets)
        {
            AssetErrors(asset, errors);
            if (!assets.TryAdd(asset.Code, asset.Scale)) errors.Add($"Asset {asset.Code} is listed twice.");
        }
        var pairs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in file.Pairs)
        {
            errors.AddRange(Errors(pair, code => assets.TryGetValue(code, out var scale) ? scale : null));
            if (!pairs.Add(pair.Symbol)) errors.Add($"Pair {pair.Symbol} is listed twice.");
        }
        if (file.FeeToken is { } token)
        {
            if (!assets.ContainsKey(token.Asset)) errors.Add($"The fee token {token.Asset} is not among the assets.");
            if (!pairs.Contains(token.Pair)) errors.Add($"The fee token's pair {token.Pair} is not among the pairs.");
            if (!TryRate(token.Factor, out var factor) || factor.Raw > Rate.One) errors.Add($"The fee token's factor {token.Factor} is not a decimal from 0 to 1.");
        }
        foreach (var (asset, amount) in file.Insurance)
        {
            if (!assets.ContainsKey(asset)) errors.Add($"Insurance: the asset {asset} is not listed.");
            if (!TryMoney(amount, out _)) errors.Add($"Insurance: '{amount}' of {asset} is not a decimal of at least 0.");
        }
        IndexRules.Find(file, errors);
        ContractCatalogue.Find(file, errors);
        return errors;
    }

    // The reader refuses null for a field, but not for a member of a list.
    private static string? NullIn(MarketFile file)
    {
        if (HasNull(file.Assets) || file.Assets.Any(asset => HasNull(asset.Chains) || HasNull(asset.Category))) return "assets";
        if (HasNull(file.Pairs)) return "pairs";
        if (HasNull(file.Indexes)) return "indexes";
        if (file.Insurance.Values.Any(amount => amount is null)) return "insurance";
        if (HasNull(file.RiskTables) || file.RiskTables.Any(table => HasNull(table.Tiers))) return "risk_tables";
        return HasNull(file.Contracts) || file.Contracts.Any(contract => HasNull(contract.Cycles ?? [])) ? "contracts" : null;

        static bool HasNull<T>(IReadOnlyList<T> list) where T : class => list.Any(entry => entry is null);
    }

    /// <summary>One pair alone, as the control API adds them.</summary>
    /// <param name="scaleOf">Scale of a listed asset, null when it is not listed.</param>
    public static IReadOnlyList<string> Errors(MarketPair pair, Func<string, int?> scaleOf)
    {
        var errors = new List<string>();
        var name = $"Pair {pair.Symbol}";
        if (pair.Base.Length == 0 || pair.Quote.Length == 0) return [$"{name}: the symbol must be BASE_QUOTE."];
        if (pair.Base == pair.Quote) errors.Add($"{name}: base and quote are the same asset.");
        if (scaleOf(pair.Base) is null) errors.Add($"{name}: the base asset {pair.Base} is not listed.");
        if (scaleOf(pair.Quote) is not { } scale) errors.Add($"{name}: the quote asset {pair.Quote} is not listed.");
        else if (pair.PriceDecimals + pair.SizeDecimals > scale)
        {
            errors.Add($"{name}: {pair.PriceDecimals} price decimals and {pair.SizeDecimals} size decimals are more than the scale {scale} of {pair.Quote} (S-004).");
        }
        if (pair.PriceDecimals is < 0 or > Money.Decimals || pair.SizeDecimals is < 0 or > Money.Decimals) return [.. errors, $"{name}: decimals must be from 0 to 12."];
        if (!TryRaw(pair.ReferencePrice, pair.PriceDecimals, out var reference) || reference <= 0)
        {
            errors.Add($"{name}: the reference price '{pair.ReferencePrice}' is not a positive decimal with at most {pair.PriceDecimals} decimals.");
        }
        else if (reference < ReferenceTicksMin) errors.Add($"{name}: the reference price {pair.ReferencePrice} is below {ReferenceTicksMin} ticks; give it more price decimals.");
        Sizes(pair, name, errors);
        foreach (var (field, text) in new[] { ("up_rate", pair.UpRate), ("down_rate", pair.DownRate), ("slippage", pair.Slippage), ("taker_fee", pair.TakerFee) })
        {
            if (!TryRate(text, out _)) errors.Add($"{name}: {field} '{text}' is not a decimal of at least 0.");
        }
        if (!TryRaw(pair.MakerFee, Rate.Decimals, out var maker) || maker is < -Rate.One or > Rate.One) errors.Add($"{name}: maker_fee '{pair.MakerFee}' is not a decimal from -1 to 1.");
        if (TryRate(pair.DownRate, out var down) && down.Raw >= Rate.One) errors.Add($"{name}: down_rate must be below 1.");
        if (StatusOf(pair.Status) is null) errors.Add($"{name}: the status '{pair.Status}' is none of {string.Join(", ", StatusNames)}.");
        if (pair.OrdersLimit < 0 || pair.TriggersLimit < 0) errors.Add($"{name}: limits must not be negative.");
        if (pair.Liquidity is { } liquidity) LiquidityErrors(liquidity, name, errors);
        return errors;
    }

    public static MarketStatus? StatusOf(string name) => Array.IndexOf(StatusNames, name) is >= 0 and var status ? (MarketStatus)status : null;

    public static string StatusName(MarketStatus status) => StatusNames[(int)status];

    internal static bool TryRaw(string text, int decimals, out long raw) => DecimalText.TryParse(Encoding.UTF8.GetBytes(text), decimals, out raw) == DecimalParse.Ok;

    internal static bool TryMoney(string text, out Money money)
    {
        var ok = DecimalText.TryParse(Encoding.UTF8.GetBytes(text), Money.Decimals, out Int128 raw) == DecimalParse.Ok && raw >= 0;
        money = new Money(raw);
        return ok;
    }

    internal static bool TryRate(string text, out Rate rate)
    {
        var ok = TryRaw(text, Rate.Decimals, out var raw) && raw >= 0;
        rate = new Rate(raw);
        return ok;
    }

    private static void Sizes(MarketPair pair, string name, List<string> errors)
    {
        foreach (var (field, text) in new[] { ("min_base", pair.MinBase), ("max_base", pair.MaxBase), ("market_max_base", pair.MarketMaxBase) })
        {
            if (!TryRaw(text, pair.SizeDecimals, out var raw) || raw < 0) errors.Add($"{name}: {field} '{text}' is not a decimal of at least 0 with at most {pair.SizeDecimals} decimals.");
        }
        foreach (var (field, text) in new[] { ("min_quote", pair.MinQuote), ("max_quote", pair.MaxQuote), ("market_max_quote", pair.MarketMaxQuote) })
        {
            if (!TryMoney(text, out _)) errors.Add($"{name}: {field} '{text}' is not a decimal of at least 0.");
        }
    }

    private static void AssetErrors(MarketAsset asset, List<string> errors)
    {
        var name = $"Asset {asset.Code}";
        if (asset.Code.Length is 0 or > CodeLengthMax || asset.Code.Any(c => !char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c)))
        {
            errors.Add($"{name}: the code must be 1 to {CodeLengthMax} capital letters and digits.");
        }
        if (asset.Scale is < 0 or > Money.Decimals) errors.Add($"{name}: the scale must be from 0 to 12.");
        if (asset.Model is { } model) ModelErrors(model, name, errors);
        foreach (var chain in asset.Chains)
        {
            if (chain.Chain.Length == 0 || chain.AddressFormat.Length == 0) errors.Add($"{name}: a chain needs a name and an address format.");
            if (chain.Decimals is < 0 or > 36) errors.Add($"{name}: chain {chain.Chain} must have 0 to 36 decimals.");
            foreach (var text in new[] { chain.WithdrawFee, chain.MinWithdraw, chain.MinDeposit })
            {
                if (!TryMoney(text, out _)) errors.Add($"{name}: '{text}' of chain {chain.Chain} is not a decimal of at least 0.");
            }
        }
    }

    internal static void ModelErrors(AssetModel model, string name, List<string> errors)
    {
        if (!double.IsFinite(model.Beta) || double.Abs(model.Beta) > 10) errors.Add($"{name}: beta must be from -10 to 10.");
        if (!(model.Volatility is >= 0 and <= 5)) errors.Add($"{name}: volatility must be from 0 to 5 a year.");
        if (!(model.Reversion is >= 0 and <= 1)) errors.Add($"{name}: reversion must be from 0 to 1 a day.");
        if (!(model.Jumps is >= 0 and <= 1)) errors.Add($"{name}: jumps must be from 0 to 1 a day.");
    }

    internal static void LiquidityErrors(PairLiquidity liquidity, string name, List<string> errors)
    {
        if (!TryMoney(liquidity.Turnover, out var turnover) || turnover.IsZero) errors.Add($"{name}: turnover '{liquidity.Turnover}' is not a positive decimal.");
        if (!TryMoney(liquidity.Depth, out var depth) || depth.IsZero) errors.Add($"{name}: depth '{liquidity.Depth}' is not a positive decimal.");
        if (!(liquidity.Spread is > 0 and < 0.1)) errors.Add($"{name}: spread must be above 0 and below 0.1.");
        if (!(liquidity.TradeSeconds is >= 1 and <= 3600)) errors.Add($"{name}: trade_seconds must be from 1 to 3600.");
    }
}
