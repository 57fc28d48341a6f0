using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Markets.Contracts;
using Sluice.Server.Views;
using Sluice.Server.Views.Futures;

namespace Sluice.Server.Control;

/// <summary>Names of instruments and wallets as the operator writes them: product-qualified ("spot:BTC_USDT", "futures:usdt:BTC_USDT", design.md), or a bare
/// symbol for every instrument of that name.</summary>
internal static class InstrumentNames
{
    private const string Spot = "spot:";

    private static readonly string[] UnbuiltProducts = ["options", "cfd", "stock"];

    public static string Of(MarketView market) => market is ContractView contract ? ContractNames.Of(new WalletId(contract.Wallet), contract.Symbol) : Spot + market.Symbol;

    /// <summary>The name under which participants are told to leave: a pair's is its symbol.</summary>
    public static string LiquidityNameOf(MarketView market) => market is ContractView ? Of(market) : market.Symbol;

    /// <summary>The price from outside that moves an instrument.</summary>
    public static string IndexOf(MarketView market) => market is ContractView contract ? contract.Index : market.Symbol;

    /// <summary>Everything that can be traded, or could be again.</summary>
    public static IEnumerable<MarketView> All(VenueViews views) => [.. views.Pairs, .. views.Futures.Contracts.Where(contract => contract.Status != MarketStatus.Delisted)];

    /// <summary>The instruments of a name; what is wrong with it otherwise.</summary>
    public static IReadOnlyList<MarketView> Find(VenueViews views, string name, out ApiError? error)
    {
        error = null;
        var colon = name.LastIndexOf(':');
        var (product, symbol) = colon < 0 ? (null, name) : (name[..colon], name[(colon + 1)..]);
        var found = new List<MarketView>();
        if (product is null or "spot" && views.TryGetPair(symbol, out var pair)) found.Add(pair);
        var wallet = product is null ? null : ContractNames.WalletOf(product);
        if (product is null || wallet is not null) found.AddRange(views.Futures.Contracts.Where(contract => contract.Symbol == symbol && (wallet is null || wallet.Value.Value == contract.Wallet)));
        if (found.Count > 0) return found;
        var why = product is null or "spot" || wallet is not null ? ""
            : UnbuiltProducts.Contains(product.Split(':')[0]) ? $": {product.Split(':')[0]} are not built in this version"
            : $": instruments are named like {Spot}BTC_USDT, futures:usdt:BTC_USDT or delivery:usdt:BTC_USDT_20261225";
        error = new ApiError("NOT_FOUND", $"There is no instrument {ApiErrors.Shorten(name)}{why}");
        return [];
    }

    /// <summary>The instruments of a list of names, each once; the first thing wrong is noted.</summary>
    public static IReadOnlyList<MarketView> Find(VenueViews views, Parameters body, string parameter, int most)
    {
        var all = new List<MarketView>();
        foreach (var name in body.List(parameter, most))
        {
            all.AddRange(Find(views, name, out var error));
            if (error is not null) body.Refuse(error);
        }
        return [.. all.Distinct()];
    }

    /// <summary>A wallet by its control-API name (spec README §5).</summary>
    public static WalletId? Wallet(VenueViews views, string name, out ApiError? error)
    {
        error = null;
        if (name == "spot") return WalletId.Spot;
        if (ContractNames.WalletOf(name) is { } contracts) return contracts;
        const string margin = "margin:";
        if (name.StartsWith(margin, StringComparison.Ordinal))
        {
            if (views.TryGetPair(name[margin.Length..], out var pair)) return WalletId.Margin(new InstrumentId(pair.Id));
            error = ApiErrors.UnknownPair(name[margin.Length..]);
            return null;
        }
        var product = name.Split(':')[0];
        error = ApiErrors.InvalidParam("wallet", name, UnbuiltProducts.Contains(product) || product is "earn" or "alpha"
            ? $"{product} is not built in this version; spot, margin:PAIR, futures:usdt, futures:btc and delivery:usdt can be funded"
            : "spot, futures:usdt, futures:btc, delivery:usdt, or margin:PAIR such as margin:BTC_USDT, is expected");
        return null;
    }
}
