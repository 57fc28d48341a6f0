using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Events;
using Sluice.Server.Tests.Views.Futures;
using static Sluice.Server.Tests.Feeds.Futures.FuturesFeedRig;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>What the public channels of contracts carry (websocket rules 8.1).</summary>
public sealed class FuturesPublicChannelTests
{
    private static readonly Money Value = Money.Units(50);

    [Fact]
    public async Task Trades_are_told_with_the_takers_sign_as_a_list()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await using var texts = await feeds.ConnectAsync(sizesAsTexts: true);
        foreach (var reader in new[] { socket, texts }) Succeeded(await reader.SubscribeAsync("futures.trades", """["BTC_USDT"]"""));
        feeds.Venue.Step(rig => rig.Tell(Trade(1, 1_000_000, 5, Side.Buy)));
        feeds.Venue.Step(rig => rig.Tell(Trade(2, 999_999, 7, Side.Sell)));
        Assert.Equal("""[{"size":5,"id":1,"create_time":1767225600,"create_time_ms":1767225600000,"price":"100000","contract":"BTC_USDT"}]""",
            Result(await socket.NextUpdateAsync("futures.trades")));
        Assert.Equal("""[{"size":-7,"id":2,"create_time":1767225600,"create_time_ms":1767225600000,"price":"99999.9","contract":"BTC_USDT"}]""",
            Result(await socket.NextUpdateAsync("futures.trades")));
        Assert.Equal("5", (await texts.NextUpdateAsync("futures.trades")).GetProperty("result")[0].GetProperty("size").GetString());
    }

    [Fact]
    public async Task Perpetual_sockets_hear_that_the_venue_stops_and_are_closed_in_order()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.trades", """["BTC_USDT"]"""));
        await feeds.Sockets.DisposeAsync();
        Assert.Equal("""{"type":"upgrade"}""", Result(await socket.NextUpdateAsync("futures.system")));
    }

    [Fact]
    public async Task A_book_ticker_tells_at_once_and_then_every_move()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Level(Side.Buy, 999_990, 10);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.book_ticker", """["BTC_USDT"]"""));
        Assert.Equal("""{"t":1767225600000,"u":1,"s":"BTC_USDT","b":"99999","B":10,"a":"","A":0}""", Result(await socket.NextUpdateAsync("futures.book_ticker")));
        feeds.Level(Side.Sell, 1_000_010, 3);
        Assert.Equal("""{"t":1767225600000,"u":2,"s":"BTC_USDT","b":"99999","B":10,"a":"100001","A":3}""", Result(await socket.NextUpdateAsync("futures.book_ticker")));
    }

    [Fact]
    public async Task Changes_of_a_book_follow_each_other_without_a_gap()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Level(Side.Buy, 999_990, 10);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.order_book_update", """["BTC_USDT","20ms","20"]"""));
        feeds.Level(Side.Sell, 1_000_010, 3);
        feeds.Level(Side.Buy, 999_990, 0);
        var covered = 1L;
        var asks = new Dictionary<string, long>();
        var bids = new Dictionary<string, long> { ["99999"] = 10 };
        while (covered < 3)
        {
            var change = (await socket.NextUpdateAsync("futures.order_book_update")).GetProperty("result");
            Assert.Equal(covered + 1, change.GetProperty("U").GetInt64());
            Assert.Equal(("BTC_USDT", "20"), (change.GetProperty("s").GetString(), change.GetProperty("l").GetString()));
            Assert.False(change.TryGetProperty("full", out _));
            covered = change.GetProperty("u").GetInt64();
            foreach (var level in change.GetProperty("a").EnumerateArray()) asks[level.GetProperty("p").GetString()!] = level.GetProperty("s").GetInt64();
            foreach (var level in change.GetProperty("b").EnumerateArray()) bids[level.GetProperty("p").GetString()!] = level.GetProperty("s").GetInt64();
        }
        Assert.Equal(3, asks["100001"]);
        Assert.Equal(0, bids["99999"]);
    }

    [Fact]
    public async Task An_obu_stream_begins_with_the_whole_book_and_cannot_be_had_twice()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Level(Side.Buy, 999_990, 10);
        feeds.Level(Side.Sell, 1_000_010, 3);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.obu", """["ob.BTC_USDT.50"]"""));
        Assert.Equal("""{"t":1767225600000,"full":true,"s":"ob.BTC_USDT.50","u":2,"b":[["99999","10"]],"a":[["100001","3"]]}""", Result(await socket.NextUpdateAsync("futures.obu")));
        feeds.Level(Side.Sell, 1_000_020, 4);
        Assert.Equal("""{"t":1767225600000,"s":"ob.BTC_USDT.50","U":3,"u":3,"b":[],"a":[["100002","4"]]}""", Result(await socket.NextUpdateAsync("futures.obu")));
        var again = await socket.SubscribeAsync("futures.obu", """["ob.BTC_USDT.50"]""");
        Assert.Equal("Alert sub ob.BTC_USDT.50", again.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_legacy_book_tells_the_whole_window_whenever_it_has_changed()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Level(Side.Buy, 999_990, 10);
        feeds.Level(Side.Buy, 999_980, 20);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.order_book", """["BTC_USDT","1","0"]"""));
        Assert.Equal("""{"t":1767225600000,"id":2,"contract":"BTC_USDT","asks":[],"bids":[{"p":"99999","s":10}],"l":"1"}""", Result(await NextAllAsync(socket)));
        feeds.Level(Side.Sell, 1_000_010, 3);
        Assert.Equal("""{"t":1767225600000,"id":3,"contract":"BTC_USDT","asks":[{"p":"100001","s":3}],"bids":[{"p":"99999","s":10}],"l":"1"}""", Result(await NextAllAsync(socket)));
    }

    [Fact]
    public async Task A_ticker_has_prices_funding_interest_and_the_day()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Venue.Mark(1_000_000, index: 1_000_100);
        feeds.Venue.Step(rig =>
        {
            rig.Tell(new FundingRateChanged { Instrument = FuturesRig.Perpetual, Rate = Rate.One / 10_000, AppliesNanos = 1_767_254_400_000_000_000 });
            rig.Tell(Trade(1, 1_000_000, 5, Side.Buy));
            rig.Tell(FuturesRig.Position(FuturesRig.Alice, 5, Value));
            rig.Tell(FuturesRig.Position(FuturesRig.Bob, -5, -Value));
        });
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.tickers", """["BTC_USDT"]"""));
        var ticker = (await socket.NextUpdateAsync("futures.tickers")).GetProperty("result")[0];
        foreach (var (name, expected) in new[]
        {
            ("contract", "BTC_USDT"), ("last", "100000"), ("change_percentage", "0"), ("mark_price", "100000"), ("index_price", "100010"), ("total_size", "5"), ("volume_24h", "5"),
            ("volume_24h_base", "0.0005"), ("volume_24h_quote", "50"), ("volume_24h_settle", "50"), ("low_24h", "100000"), ("high_24h", "100000"), ("funding_rate", "0.0001"),
            ("funding_rate_indicative", "0.0001"), ("quanto_base_rate", ""),
        })
        {
            Assert.Equal(expected, ticker.GetProperty(name).GetString());
        }
        feeds.Venue.Mark(1_000_500);
        await socket.NextAsync(message => message.GetProperty("result") is { ValueKind: JsonValueKind.Array } list && list[0].GetProperty("mark_price").ValueEquals("100050"));
    }

    [Fact]
    public async Task Bars_come_as_a_list_of_one_with_contracts_and_coins()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Bar(new(1_767_225_600, 1_000_000, 1_000_010, 999_990, 1_000_005, 25, Money.Units(250)));
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.candlesticks", """["1m","BTC_USDT"]"""));
        Assert.Equal("""[{"t":1767225600,"v":25,"c":"100000.5","h":"100001","l":"99999","o":"100000","n":"1m_BTC_USDT","a":"0.0025"}]""",
            Result(await socket.NextUpdateAsync("futures.candlesticks")));
    }

    [Fact]
    public async Task Bars_of_mark_and_index_have_names_of_their_own_and_no_volume()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Venue.Mark(1_000_000, index: 1_000_100);
        feeds.Venue.NowNanos += 3_000_000_000;
        feeds.Venue.Mark(1_000_020, index: 1_000_070);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.candlesticks", """["10s","mark_BTC_USDT"]"""));
        Assert.Equal("""[{"t":1767225600,"v":0,"c":"100002","h":"100002","l":"100000","o":"100000","n":"10s_mark_BTC_USDT","a":"0"}]""",
            Result(await socket.NextUpdateAsync("futures.candlesticks")));
        Succeeded(await socket.SubscribeAsync("futures.candlesticks", """["10s","index_BTC_USDT"]"""));
        var index = await socket.NextAsync(message => message.GetProperty("result") is { ValueKind: JsonValueKind.Array } list && list[0].GetProperty("n").ValueEquals("10s_index_BTC_USDT"));
        Assert.Equal(("100010", "100007"), (index.GetProperty("result")[0].GetProperty("o").GetString(), index.GetProperty("result")[0].GetProperty("c").GetString()));
    }

    [Fact]
    public async Task Liquidations_are_public_once_a_second_and_contract_also_those_of_participants()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var all = await feeds.ConnectAsync();
        await using var one = await feeds.ConnectAsync();
        await using var coin = await feeds.ConnectAsync(CoinPath);
        Succeeded(await all.SubscribeAsync("futures.public_liquidates", """["!all"]"""));
        Succeeded(await one.SubscribeAsync("futures.public_liquidates", """["BTC_USDT"]"""));
        Succeeded(await coin.SubscribeAsync("futures.public_liquidates", """["!all"]"""));
        feeds.Venue.Step(rig => rig.Tell(new PositionLiquidated
        {
            Instrument = FuturesRig.Perpetual, User = FuturesRig.Maker, Participant = 1, Size = 9, OrderSize = -9, BankruptcyPrice = 990_001, Id = 1, OrderId = 7,
        }));
        const string expected = """[{"price":99000.1,"size":-9,"time_ms":1767225600000,"contract":"BTC_USDT"}]""";
        Assert.Equal(expected, Result(await all.NextUpdateAsync("futures.public_liquidates")));
        Assert.Equal(expected, Result(await one.NextUpdateAsync("futures.public_liquidates")));

        feeds.Venue.Step(rig => rig.Tell(new PositionLiquidated { Instrument = FuturesRig.Coin, User = FuturesRig.Alice, Size = -3, OrderSize = 3, BankruptcyPrice = 1_000_000, Id = 2 }));
        var told = (await coin.NextUpdateAsync("futures.public_liquidates")).GetProperty("result")[0];          // and not the other wallet's before it
        Assert.Equal(("BTC_USD", 3), (told.GetProperty("contract").GetString(), told.GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task A_liquidation_that_nobody_followed_is_not_news_for_who_comes_later()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        foreach (var payload in new[] { """["BTC_USDT"]""", """["!all"]""" })
        {
            Succeeded(await socket.SubscribeAsync("futures.public_liquidates", payload));
            Succeeded(await socket.SubscribeAsync("futures.public_liquidates", payload, @event: "unsubscribe"));
        }
        feeds.Venue.Step(rig => rig.Tell(new PositionLiquidated { Instrument = FuturesRig.Perpetual, User = FuturesRig.Alice, Size = 1, OrderSize = -1, BankruptcyPrice = 1, Id = 1 }));
        Succeeded(await socket.SubscribeAsync("futures.public_liquidates", """["BTC_USDT"]"""));
        Succeeded(await socket.SubscribeAsync("futures.public_liquidates", """["!all"]"""));
        await Task.Delay(1100, TestContext.Current.CancellationToken);          // a turn of a second has passed
        feeds.Venue.Step(rig => rig.Tell(new PositionLiquidated { Instrument = FuturesRig.Perpetual, User = FuturesRig.Alice, Size = 2, OrderSize = -2, BankruptcyPrice = 1, Id = 2 }));
        Assert.Equal(-2, (await socket.NextUpdateAsync("futures.public_liquidates")).GetProperty("result")[0].GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task Statistics_are_told_of_the_running_step_when_it_changes_and_can_all_be_left_at_once()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        feeds.Venue.Mark(1_000_000);
        await using var socket = await feeds.ConnectAsync();
        Succeeded(await socket.SubscribeAsync("futures.contract_stats", """["BTC_USDT","5m"]"""));
        Succeeded(await socket.SubscribeAsync("futures.contract_stats", """["BTC_USDT","1h"]"""));
        var empty = (await socket.NextUpdateAsync("futures.contract_stats")).GetProperty("result");
        Assert.Equal((1_767_225_600, "BTC_USDT", 0, "100000"), (empty.GetProperty("time").GetInt64(), empty.GetProperty("contract").GetString(),
            empty.GetProperty("open_interest").GetInt64(), empty.GetProperty("mark_price").GetRawText()));
        feeds.Venue.Step(rig =>
        {
            rig.Tell(FuturesRig.Position(FuturesRig.Alice, 5, Value));
            rig.Tell(FuturesRig.Position(FuturesRig.Bob, -5, -Value));
        });
        await socket.NextAsync(message => message.GetProperty("result") is var told && told.TryGetProperty("open_interest", out var held) && held.GetInt64() == 5
            && told.GetProperty("top_long_size").GetString() == "5" && told.GetProperty("top_lsr_size").ValueKind == JsonValueKind.Number);
        Assert.Equal(2, feeds.Sockets.TopicCount);
        Succeeded(await socket.SubscribeAsync("futures.contract_stats", """["unsub_all"]""", @event: "unsubscribe"));
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    [Theory]
    [InlineData("futures.contract_stats", """["unsub_all"]""", "invalid argument: the payload is [contract, interval]")]
    [InlineData("futures.contract_stats", """["BTC_USDT","2m"]""", "invalid argument: unknown interval 2m; 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 3d, 7d is expected")]
    [InlineData("futures.trades", """["BTC_USDT_20991225"]""", "unknown contract BTC_USDT_20991225")]
    [InlineData("futures.trades", """["BTC_USDT","BTC_USD"]""", "unknown contract BTC_USD")]                 // of another wallet
    [InlineData("futures.order_book_update", """["BTC_USDT","20ms","50"]""", "invalid argument: unknown level 50; 20 is expected")]
    [InlineData("futures.order_book_update", """["BTC_USDT","1000ms","50"]""", "invalid argument: unknown frequency 1000ms; 20ms or 100ms is expected")]
    [InlineData("futures.order_book_update", """["BTC_USDT","100ms","10"]""", "invalid argument: unknown level 10; 100, 50 or 20 is expected")]
    [InlineData("futures.order_book", """["BTC_USDT","20","100ms"]""", "invalid argument: unknown interval 100ms; 0 is expected")]
    [InlineData("futures.candlesticks", """["2m","BTC_USDT"]""", "invalid argument: unknown interval 2m; 10s, 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d or 7d is expected")]
    [InlineData("futures.obu", """["ob.BTC_USDT.20"]""", "invalid argument: unknown stream ob.BTC_USDT.20; ob.<contract>.50 or .400 is expected")]
    [InlineData("spot.trades", """["BTC_USDT"]""", "invalid argument: unknown channel spot.trades")]
    [InlineData("futures.system", """["!all"]""", "invalid argument: unknown channel futures.system")]
    public async Task What_cannot_be_subscribed_is_refused(string channel, string payload, string message)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        var error = (await socket.SubscribeAsync(channel, payload)).GetProperty("error");
        Assert.Equal((2, message), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    [Theory]
    [InlineData("/v4/ws/usdt")]
    [InlineData("/v4/ws/usdt/")]
    [InlineData("/v4/ws/btc")]
    [InlineData("/v4/ws")]
    [InlineData("/v4/ws/futures/usdt")]
    [InlineData("/fx/v4/ws/btc/")]
    [InlineData("/v4/ws/delivery/usdt/")]
    [InlineData("/v4/ws/delivery/btc")]
    public async Task Every_address_answers(string path)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync(path);
        await socket.SendAsync("""{"time":1,"id":5,"channel":"futures.ping"}""");
        var pong = await socket.ReadAsync();
        Assert.Equal(("futures.pong", 5), (pong.GetProperty("channel").GetString(), pong.GetProperty("id").GetInt32()));
    }

    [Theory]
    [InlineData("/v4/ws/eth")]
    [InlineData("/v4/ws/delivery/eth")]
    [InlineData("/fx/v4/ws/eth/")]
    public async Task An_unknown_settle_currency_is_refused_in_words(string path)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        using var client = new HttpClient();
        var answer = await client.GetAsync(feeds.BaseUrl + path, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.StartsWith("""{"label":"INVALID_PARAM_VALUE","message":""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static ContractFilled Trade(long id, long price, long size, Side side) =>
        FuturesRig.Fill(id, price, size, 1, FuturesRig.Maker, 2, FuturesRig.Maker, Value, side) with { Flags = ContractFillFlags.MakerParticipant | ContractFillFlags.TakerParticipant };

    private static Task<JsonElement> NextAllAsync(TestSocket socket) =>
        socket.NextAsync(message => message.TryGetProperty("event", out var name) && name.ValueEquals("all"));

    internal static void Succeeded(JsonElement reply)
    {
        Assert.False(reply.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal("success", reply.GetProperty("result").GetProperty("status").GetString());
    }
}
