using System.Globalization;
using Sluice.Fuzz.Tests.Rest;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Views.Futures;
using Sluice.Fuzz.Tests.Wire;

namespace Sluice.Fuzz.Tests.Feeds;

/// <summary>What differs between the sockets: where they are, what a channel's payload is, and what order entry is asked. In a call "@" stands for a price near the mark
/// and "#" for the id of an order.</summary>
internal sealed record SocketDialect(string Path, string Prefix, string Market, IReadOnlyList<FeedChannel> Channels, IReadOnlyDictionary<string, string> Calls, decimal Middle, int PriceDecimals)
{
    public string Place => $"{Prefix}.order_place";

    public static SocketDialect Spot { get; } = new("/ws/v4", "spot", "BTC_USDT", SpotChannels.All, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["spot.order_place"] = """{"currency_pair":"BTC_USDT","side":"buy","type":"limit","account":"spot","amount":"0.001","price":"@","time_in_force":"gtc","text":"t-frame"}""",
        ["spot.order_cancel"] = """{"order_id":"#","currency_pair":"BTC_USDT"}""",
        ["spot.order_cancel_ids"] = """[{"id":"#","currency_pair":"BTC_USDT"}]""",
        ["spot.order_cancel_cp"] = """{"currency_pair":"BTC_USDT","side":"buy"}""",
        ["spot.order_amend"] = """{"order_id":"#","currency_pair":"BTC_USDT","price":"@"}""",
        ["spot.order_status"] = """{"order_id":"#","currency_pair":"BTC_USDT"}""",
        ["spot.order_list"] = """{"currency_pair":"BTC_USDT","status":"open","page":1,"limit":10}""",
    }, 83_000, 0);

    /// <summary>Of the first contract of a wallet that is listed.</summary>
    public static SocketDialect Of(FuzzVenue venue, bool delivery)
    {
        var contract = venue.Host.Views.Futures.Contracts.First(one => one.IsDelivery == delivery);
        var (name, size) = (contract.Symbol, contract.SizeText(long.Max(contract.Terms.OrderSizeMin, contract.Terms.SizeStep)));
        return new SocketDialect(delivery ? "/v4/ws/delivery/usdt" : "/v4/ws/usdt", "futures", name, delivery ? FuturesChannels.Delivery : FuturesChannels.Perpetual, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["futures.order_place"] = $$"""{"contract":"{{name}}","size":{{size}},"iceberg":0,"price":"@","tif":"gtc","text":"t-frame"}""",
            ["futures.order_batch_place"] = $$"""[{"contract":"{{name}}","size":-{{size}},"price":"@","tif":"gtc"}]""",
            ["futures.order_cancel"] = """{"order_id":"#"}""",
            ["futures.order_cancel_ids"] = """["#"]""",
            ["futures.order_cancel_cp"] = $$"""{"contract":"{{name}}","side":"bid"}""",
            ["futures.order_amend"] = """{"order_id":"#","price":"@"}""",
            ["futures.order_status"] = """{"order_id":"#"}""",
            ["futures.order_list"] = $$"""{"contract":"{{name}}","status":"open","limit":10,"offset":0}""",
        }, Mark(contract), contract.PriceDecimals);
    }

    public string Payload(FeedChannel channel, Signer user, ref Dice dice) => channel.Kind switch
    {
        ChannelKind.Candlesticks => $"""["1m","{Market}"]""",
        ChannelKind.OrderBookUpdate => $"""["{Market}","100ms"]""",
        ChannelKind.OrderBook => Prefix == "spot" ? $"""["{Market}","10","100ms"]""" : $"""["{Market}","10","0"]""",
        ChannelKind.Obu => $"""["ob.{Market}.50"]""",
        ChannelKind.ContractStats => $"""["{Market}","1h"]""",
        ChannelKind.Balances when Prefix != "spot" => $"""["{user.User}"]""",
        _ when Prefix != "spot" && channel.IsPrivate => $"""["{user.User}","{dice.Of(Market, "!all")}"]""",
        _ => $"""["{Market}"]""",
    };

    /// <summary>Within five percent of the middle, whole ticks.</summary>
    public string Price(ref Dice dice) =>
        decimal.Round(Middle * (9_500 + dice.Below(1000)) / 10_000m, int.Max(PriceDecimals - 1, 0)).ToString(CultureInfo.InvariantCulture);

    private static decimal Mark(ContractView contract) => decimal.Parse(contract.PriceText(contract.Prices.Mark), CultureInfo.InvariantCulture);
}
