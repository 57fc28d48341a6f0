using System.Text.Json;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Events;
using Sluice.Server.Tests.Views.Futures;
using static Sluice.Server.Tests.Feeds.Futures.FuturesFeedRig;
using static Sluice.Server.Tests.Feeds.Futures.FuturesPublicChannelTests;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>Where the delivery socket differs from that of perpetuals (websocket rules 9).</summary>
public sealed class DeliveryChannelTests
{
    private const int Delivery = 100_003;
    private const string Symbol = "BTC_USDT_20261225";

    [Fact]
    public async Task The_legacy_book_is_told_whole_once_and_then_in_changes_with_a_sign()
    {
        await using var feeds = await StartAsync();
        feeds.Level(Side.Buy, 999_990, 10, Delivery);
        await using var socket = await feeds.ConnectAsync(DeliveryPath, sizesAsTexts: true);           // sizes are whole numbers in any case
        Succeeded(await socket.SubscribeAsync("futures.order_book", $"""["{Symbol}","5","0"]"""));
        Assert.Equal($$"""{"t":1767225600000,"id":1,"contract":"{{Symbol}}","asks":[],"bids":[{"p":"99999","s":10}],"l":"5"}""",
            Result(await socket.NextAsync(message => message.GetProperty("event").ValueEquals("all"))));
        feeds.Level(Side.Sell, 1_000_010, 3, Delivery);
        Assert.Equal($$"""[{"p":"100001","s":-3,"c":"{{Symbol}}","id":2}]""", Result(await socket.NextUpdateAsync("futures.order_book")));
        feeds.Level(Side.Buy, 999_990, 0, Delivery);
        Assert.Equal($$"""[{"p":"99999","s":0,"c":"{{Symbol}}","id":3}]""", Result(await socket.NextUpdateAsync("futures.order_book")));
    }

    [Fact]
    public async Task Changes_of_a_book_name_neither_level_nor_wholeness()
    {
        await using var feeds = await StartAsync();
        feeds.Level(Side.Buy, 999_990, 10, Delivery);
        await using var socket = await feeds.ConnectAsync(DeliveryPath);
        Succeeded(await socket.SubscribeAsync("futures.order_book_update", $"""["{Symbol}","100ms","5"]"""));
        feeds.Level(Side.Sell, 1_000_010, 3, Delivery);
        Assert.Equal($$"""{"t":1767225600000,"s":"{{Symbol}}","U":2,"u":2,"b":[],"a":[{"p":"100001","s":3}]}""", Result(await socket.NextUpdateAsync("futures.order_book_update")));
        var error = (await socket.SubscribeAsync("futures.order_book_update", $"""["{Symbol}","20ms","20"]""")).GetProperty("error");
        Assert.Equal("invalid argument: unknown frequency 20ms; 100ms or 1000ms is expected", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Bars_have_no_amount_and_private_channels_need_no_user()
    {
        await using var feeds = await StartAsync();
        feeds.Bar(new(1_767_225_600, 1_000_000, 1_000_010, 999_990, 1_000_005, 25, Money.Units(250)));
        await using var socket = await feeds.ConnectAsync(DeliveryPath);
        Succeeded(await socket.SubscribeAsync("futures.candlesticks", $"""["1m","{Symbol}"]"""));
        Assert.Equal($$"""[{"t":1767225600,"v":25,"c":"100000.5","h":"100001","l":"99999","o":"100000","n":"1m_{{Symbol}}"}]""", Result(await socket.NextUpdateAsync("futures.candlesticks")));

        Succeeded(await socket.SubscribeAsync("futures.orders", """["!all"]""", "alice"));
        Succeeded(await socket.SubscribeAsync("futures.usertrades", $"""["{Symbol}"]""", "alice"));
        feeds.Venue.Step(rig =>
        {
            rig.Tell(FuturesRig.Order(5, FuturesRig.Alice, 5, 1_000_000), "", "");                            // a perpetual's: for another socket
            rig.Tell(FuturesRig.Order(6, FuturesRig.Alice, 5, 1_000_000, Delivery), "", "");
            rig.Tell(FuturesRig.Fill(1, 1_000_000, 5, 1, FuturesRig.Maker, 6, FuturesRig.Alice, Money.Units(50)) with { Instrument = Delivery, Flags = ContractFillFlags.MakerParticipant });
        });
        Assert.Equal(6, (await socket.NextUpdateAsync("futures.orders")).GetProperty("result")[0].GetProperty("id").GetInt64());
        Assert.Equal(Symbol, (await socket.NextUpdateAsync("futures.usertrades")).GetProperty("result")[0].GetProperty("contract").GetString());
    }

    [Theory]
    [InlineData("futures.obu", "[\"ob.BTC_USDT_20261225.50\"]")]
    [InlineData("futures.public_liquidates", "[\"!all\"]")]
    [InlineData("futures.contract_stats", "[\"BTC_USDT_20261225\",\"1h\"]")]
    [InlineData("futures.position_adl_rank", "[\"!all\"]")]
    public async Task Channels_of_perpetuals_only_are_unknown(string channel, string payload)
    {
        await using var feeds = await StartAsync();
        await using var socket = await feeds.ConnectAsync(DeliveryPath);
        var error = (await socket.SubscribeAsync(channel, payload, "alice")).GetProperty("error");
        Assert.Equal($"invalid argument: unknown channel {channel}", error.GetProperty("message").GetString());
    }

    private static async Task<FuturesFeedRig> StartAsync()
    {
        var feeds = await FuturesFeedRig.StartAsync();
        feeds.Venue.Step(rig => rig.Tell(new ContractListed
        {
            Instrument = Delivery, SettleAsset = FuturesRig.Usdt, ListedNanos = rig.NowNanos,
            Terms = FuturesRig.Linear with
            {
                ContractKind = ContractKind.Delivery, Cycle = DeliveryCycle.Quarterly, ExpiryNanos = 1_798_185_600L * Nanos.PerSecond, FundingIntervalSeconds = 0,
                FundingImpactValue = Money.Zero, FundingRateLimit = 0, InterestPerDay = 0, BasisImpactValue = Money.Units(1000), SettleFee = 15 * Rate.One / 100_000,
                SettlePriceIntervalSeconds = 60, SettlePriceDurationSeconds = 1800,
            },
        }, FuturesRig.TailOf(Symbol, "USDT", "BTC_USDT", "BTC_USDT", FuturesRig.LinearTiers)));
        return feeds;
    }
}
