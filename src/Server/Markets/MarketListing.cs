using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Spot;
using Sluice.Runtime.Sequencing;

namespace Sluice.Server.Markets;

/// <summary>Turns entries of a market file into listing commands. The entries are checked (<see cref="MarketRules"/>) before they come here.</summary>
public static class MarketListing
{
    /// <summary>Lists what the venue does not have yet, in the file's order; what it has keeps the terms and the status it was given since.</summary>
    public static void List(MarketFile file, VenueProducts venue, ICoreDoor door)
    {
        var spot = venue.Spot.State;
        foreach (var asset in file.Assets)
        {
            if (!spot.AssetsByCode.ContainsKey(asset.Code)) List(asset, door);
        }
        foreach (var pair in file.Pairs)
        {
            if (!spot.PairsBySymbol.ContainsKey(pair.Symbol)) List(pair, door);
        }
        if (file.FeeToken is { } token && spot.Config.FeeToken == 0) Configure(token, spot, door);
    }

    /// <summary>Result id: the asset.</summary>
    public static CommandResult List(MarketAsset asset, ICoreDoor door)
    {
        Span<byte> bytes = stackalloc byte[512];
        return door.Execute(UserId.Venue, new ListAsset { Scale = asset.Scale }, Tail(bytes, asset.Code, asset.Name));
    }

    /// <summary>Result id: the instrument.</summary>
    public static CommandResult List(MarketPair pair, ICoreDoor door)
    {
        Span<byte> bytes = stackalloc byte[512];
        return door.Execute(UserId.Venue, TermsOf(pair), Tail(bytes, pair.Symbol, pair.Base, pair.Quote));
    }

    /// <summary>For senders outside the core thread: the command and its tail.</summary>
    public static (ListAsset Command, byte[] Tail) CommandOf(MarketAsset asset) =>
        (new ListAsset { Scale = asset.Scale }, Tail(new byte[512], asset.Code, asset.Name).ToArray());

    /// <inheritdoc cref="CommandOf(MarketAsset)"/>
    public static (ListPair Command, byte[] Tail) CommandOf(MarketPair pair) =>
        (TermsOf(pair), Tail(new byte[512], pair.Symbol, pair.Base, pair.Quote).ToArray());

    public static ListPair TermsOf(MarketPair pair) => new()
    {
        MinQuote = MoneyOf(pair.MinQuote),
        MaxQuote = MoneyOf(pair.MaxQuote),
        MarketMaxQuote = MoneyOf(pair.MarketMaxQuote),
        MinBase = Raw(pair.MinBase, pair.SizeDecimals),
        MaxBase = Raw(pair.MaxBase, pair.SizeDecimals),
        MarketMaxBase = Raw(pair.MarketMaxBase, pair.SizeDecimals),
        ReferencePrice = Raw(pair.ReferencePrice, pair.PriceDecimals),
        UpRate = Raw(pair.UpRate, Rate.Decimals),
        DownRate = Raw(pair.DownRate, Rate.Decimals),
        SlippageRate = Raw(pair.Slippage, Rate.Decimals),
        MakerFee = Raw(pair.MakerFee, Rate.Decimals),
        TakerFee = Raw(pair.TakerFee, Rate.Decimals),
        PriceDecimals = pair.PriceDecimals,
        SizeDecimals = pair.SizeDecimals,
        OrdersLimit = pair.OrdersLimit,
        TriggersLimit = pair.TriggersLimit,
        Status = MarketRules.StatusOf(pair.Status) ?? throw new ArgumentException($"Status {pair.Status} of {pair.Symbol} was not checked."),
    };

    private static void Configure(FeeTokenTerms token, SpotState spot, ICoreDoor door)
    {
        if (!spot.AssetsByCode.TryGetValue(token.Asset, out var asset) || !spot.PairsBySymbol.TryGetValue(token.Pair, out var pair)) return;
        var config = spot.Config;
        config.FeeToken = asset.Id;
        config.FeeTokenPair = pair.Id.Value;
        config.FeeTokenFactor = Raw(token.Factor, Rate.Decimals);
        door.Execute(UserId.Venue, config);
    }

    private static ReadOnlySpan<byte> Tail(Span<byte> bytes, params ReadOnlySpan<string> texts)
    {
        var writer = new TailWriter(bytes);
        foreach (var text in texts) writer.Text(text);
        return bytes[..writer.Length];
    }

    private static long Raw(string text, int decimals) =>
        MarketRules.TryRaw(text, decimals, out var raw) ? raw : throw new ArgumentException($"'{text}' was not checked.");

    private static Money MoneyOf(string text) => MarketRules.TryMoney(text, out var money) ? money : throw new ArgumentException($"'{text}' was not checked.");
}
