using Sluice.Core.Kernel;
using Sluice.Server.Api.Wallet;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Control;

/// <summary>Names of instruments and wallets as the operator writes them: product-qualified ("spot:BTC_USDT", design.md), or a bare symbol for every
/// instrument of that name.</summary>
internal static class InstrumentNames
{
    private const string Spot = "spot:";

    private static readonly string[] UnbuiltProducts = ["futures", "delivery", "options", "cfd", "stock"];

    public static string Of(PairView pair) => Spot + pair.Symbol;

    /// <summary>The instruments of a name; what is wrong with it otherwise.</summary>
    public static IReadOnlyList<PairView> Find(VenueViews views, string name, out ApiError? error)
    {
        error = null;
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !name.StartsWith(Spot, StringComparison.Ordinal))
        {
            error = UnbuiltProducts.Contains(name[..colon])
                ? new ApiError("NOT_FOUND", $"There is no instrument {ApiErrors.Shorten(name)}: {name[..colon]} are not built in this version")
                : new ApiError("NOT_FOUND", $"There is no instrument {ApiErrors.Shorten(name)}: spot instruments are named like {Spot}BTC_USDT");
            return [];
        }
        if (views.TryGetPair(colon >= 0 ? name[(colon + 1)..] : name, out var pair)) return [pair];
        error = new ApiError("NOT_FOUND", $"There is no instrument {ApiErrors.Shorten(name)}");
        return [];
    }

    /// <summary>The symbols of a list of names; the first thing wrong is noted.</summary>
    public static IReadOnlyList<string> Symbols(VenueViews views, Parameters body, string parameter, int most)
    {
        var symbols = new List<string>();
        foreach (var name in body.List(parameter, most))
        {
            var found = Find(views, name, out var error);
            if (error is not null) body.Refuse(error);
            symbols.AddRange(found.Select(pair => pair.Symbol));
        }
        return [.. symbols.Distinct()];
    }

    /// <summary>A wallet by its control-API name (spec README §5).</summary>
    public static WalletId? Wallet(VenueViews views, string name, out ApiError? error)
    {
        error = null;
        if (name == "spot") return WalletId.Spot;
        const string margin = "margin:";
        if (name.StartsWith(margin, StringComparison.Ordinal))
        {
            if (views.TryGetPair(name[margin.Length..], out var pair)) return WalletId.Margin(new InstrumentId(pair.Id));
            error = ApiErrors.UnknownPair(name[margin.Length..]);
            return null;
        }
        var product = name.Split(':')[0];
        error = ApiErrors.InvalidParam("wallet", name, UnbuiltProducts.Contains(product) || product is "earn" or "alpha"
            ? $"{product} is not built in this version; spot and margin:PAIR can be funded"
            : "spot, or margin:PAIR such as margin:BTC_USDT, is expected");
        return null;
    }
}
