using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Server.Api.Futures;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Api.Wallet;

/// <summary>The wire's words for wallets (spec README §5) and what they are called here.</summary>
internal static class WalletWords
{
    /// <summary>Words of wallets whose products are not built.</summary>
    private static readonly string[] Unbuilt = ["options"];

    /// <summary>A wallet a transfer names; what is wrong with it is noted in <paramref name="parameters"/>.</summary>
    /// <param name="parameter">Which parameter holds the word.</param>
    /// <param name="word">As sent; empty counts as spot where the dialect has that default.</param>
    public static WalletId Read(Parameters parameters, string parameter, string word, AssetView asset, VenueViews views)
    {
        if (word is "spot") return WalletId.Spot;
        if (word is "margin") return Margin(parameters, asset, views);
        if (word is "futures" or "delivery") return Contracts(parameters, word, asset);
        parameters.Refuse(word is "cross_margin"
            ? ApiErrors.InvalidParam(parameter, word, "there are no cross margin accounts; use spot or margin")
            : Unbuilt.Contains(word) ? new ApiError("ACCOUNT_EXCEPTION", $"You have no {word} account: {word} are not built in this version; use spot, margin, futures or delivery")
            : ApiErrors.InvalidParam(parameter, word, "one of spot, margin, futures, delivery, options is expected"));
        return default;
    }

    /// <summary>The word of a wallet in a transfer's record.</summary>
    public static string Of(int wallet)
    {
        var id = new WalletId(wallet);
        return id == WalletId.Spot ? "spot" : id.IsMargin ? "margin" : id == WalletId.FuturesUsdt || id == WalletId.FuturesBtc ? "futures"
            : id == WalletId.DeliveryUsdt ? "delivery" : id == WalletId.Options ? "options" : "unknown";
    }

    /// <summary>The settle currency of the one wallet that has one; empty when neither has.</summary>
    public static string SettleOf(int from, int to) =>
        new WalletId(from).IsContracts ? FuturesWords.SettleOf(from) : new WalletId(to).IsContracts ? FuturesWords.SettleOf(to) : "";

    /// <summary>An amount in the asset's own decimals, above 0.</summary>
    public static Money Amount(Parameters parameters, AssetView asset)
    {
        var raw = parameters.RequiredScaled("amount", Money.Decimals);
        if (parameters.Error is null && raw <= 0) parameters.Refuse(ApiErrors.InvalidParam("amount", new Money(raw).ToString(), "it must be above 0"));
        if (raw % Fixed.PowerOfTen(Money.Decimals - asset.Scale) != 0)
            parameters.Refuse(new ApiError("INVALID_PRECISION", $"Amounts of {asset.Code} have at most {asset.Scale} decimals"));
        return new Money(raw);
    }

    /// <summary>The currency a parameter names.</summary>
    public static AssetView? Currency(Parameters parameters, VenueViews views, string name = "currency")
    {
        var code = parameters.RequiredText(name, 64);
        if (parameters.Error is not null) return null;
        if (!views.TryGetAsset(code, out var asset)) parameters.Refuse(WalletRefusals.UnknownCurrency(code));
        return asset;
    }

    // Without a settle currency the account is the one that holds the currency.
    private static WalletId Contracts(Parameters parameters, string word, AssetView asset)
    {
        var settle = parameters.Text("settle") is { Length: > 0 } named ? named.ToLowerInvariant() : asset.Code.ToLowerInvariant();
        var wallet = FuturesScope.WalletOf(settle, word is "delivery");
        if (wallet == 0) parameters.Refuse(FuturesScope.UnknownSettle(settle, word is "delivery"));
        else if (!string.Equals(settle, asset.Code, StringComparison.OrdinalIgnoreCase))
            parameters.Refuse(ApiErrors.InvalidParam("currency", asset.Code, $"the {word} account of {settle} holds {settle.ToUpperInvariant()}"));
        return new WalletId(wallet);
    }

    private static WalletId Margin(Parameters parameters, AssetView asset, VenueViews views)
    {
        var symbol = parameters.RequiredText("currency_pair", 64);
        if (symbol.Length == 0) return default;
        if (!views.TryGetPair(symbol, out var pair)) parameters.Refuse(ApiErrors.UnknownPair(symbol));
        else if (pair.Base.Id != asset.Id && pair.Quote.Id != asset.Id)
            parameters.Refuse(ApiErrors.InvalidParam("currency", asset.Code, $"the margin account of {pair.Symbol} holds {pair.Base.Code} and {pair.Quote.Code}"));
        else return WalletId.Margin(new InstrumentId(pair.Id));
        return default;
    }
}
