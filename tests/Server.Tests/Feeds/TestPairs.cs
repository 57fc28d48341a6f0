using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Spot;
using Sluice.Server.Feeds;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Two pairs that nobody had to list.</summary>
internal sealed class TestPairs : IListings
{
    private readonly Dictionary<string, PairView> bySymbol;

    public TestPairs(params PairView[] pairs) => bySymbol = pairs.ToDictionary(pair => pair.Symbol);

    public static AssetView BtcAsset { get; } = new(1, "BTC", "Bitcoin", 8);
    public static AssetView UsdtAsset { get; } = new(2, "USDT", "Tether", 8);
    public static AssetView EthAsset { get; } = new(3, "ETH", "Ether", 8);

    public static PairView Btc() => new(1, "BTC_USDT", BtcAsset, UsdtAsset, Listed(1, 1, 6));

    public static PairView Eth() => new(2, "ETH_USDT", EthAsset, UsdtAsset, Listed(2, 2, 4));

    public bool TryGetPair(string symbol, [MaybeNullWhen(false)] out PairView pair) => bySymbol.TryGetValue(symbol, out pair);

    public PairView PairOf(int id) => bySymbol.Values.First(pair => pair.Id == id);

    public string AssetCode(int id) => id switch { 1 => "BTC", 2 => "USDT", _ => "ETH" };

    private static PairListed Listed(int id, int priceDecimals, int sizeDecimals) => new()
    {
        Instrument = id,
        Base = id == 1 ? 1 : 3,
        Quote = 2,
        Terms = new ListPair
        {
            PriceDecimals = priceDecimals, SizeDecimals = sizeDecimals, MinBase = 1, MinQuote = Money.Units(3), ReferencePrice = 840_000,
            Status = MarketStatus.Tradable,
        },
    };
}
