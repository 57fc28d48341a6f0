using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Results of the public channels, byte for byte: names, order, types and units.</summary>
public sealed class PublicChannelTests
{
    private static string Result(JsonElement push) => push.GetProperty("result").GetRawText();

    [Fact]
    public async Task Every_push_has_the_same_envelope_with_the_time_of_the_wall()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.tickers", """["BTC_USDT"]""");
        var before = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();
        var push = await socket.NextUpdateAsync("spot.tickers");
        Assert.Equal(["time", "time_ms", "channel", "event", "result"], push.EnumerateObject().Select(property => property.Name));
        Assert.True(push.GetProperty("time_ms").GetInt64() > before);
        Assert.Equal(push.GetProperty("time_ms").GetInt64() / 1000, push.GetProperty("time").GetInt64());
    }

    [Fact]
    public async Task Tickers()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.tickers", """["BTC_USDT"]""");
        Assert.Equal("""{"currency_pair":"BTC_USDT","last":"84000","lowest_ask":"","highest_bid":"","change_percentage":"0","base_volume":"0","quote_volume":"0","high_24h":"84000","low_24h":"84000"}""",
            Result(await socket.NextUpdateAsync("spot.tickers")));
        feeds.Level(feeds.Btc, Side.Buy, 839_995, 1_500_000);
        feeds.Level(feeds.Btc, Side.Sell, 840_005, 2);
        var next = (await socket.NextUpdateAsync("spot.tickers")).GetProperty("result");
        Assert.Equal(("84000.5", "83999.5"), (next.GetProperty("lowest_ask").GetString(), next.GetProperty("highest_bid").GetString()));
    }

    [Theory]
    [InlineData("spot.trades")]
    [InlineData("spot.trades_v2")]
    public async Task Trades(string channel)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync(channel, """["BTC_USDT"]""");
        feeds.Feeds.Traded(feeds.Btc, new TradeRow(1, 7, 1_606_292_218_213_457_800, Side.Sell, 839_905, 1_500_000, Money.Zero));
        Assert.Equal("""{"id":57345,"id_market":7,"create_time":1606292218,"create_time_ms":"1606292218213.4578","side":"sell","currency_pair":"BTC_USDT","amount":"1.5","price":"83990.5","range":"7-7"}""",
            Result(await socket.NextUpdateAsync(channel)));
    }

    [Fact]
    public async Task Candlesticks_of_every_interval_and_the_end_of_a_bar()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        const long minute = 1_700_000_000 / 60 * 60;
        feeds.VenueNanos = (minute + 30) * 1_000_000_000;
        var open = new Candle(minute, 840_000, 840_010, 839_990, 840_005, 2_500_000, Money.Units(210_000));
        feeds.Bar(open);
        await socket.SubscribeAsync("spot.candlesticks", """["1m","BTC_USDT"]""");
        const string first = """{"t":"1699999980","v":"210000","c":"84000.5","h":"84001","l":"83999","o":"84000","n":"1m_BTC_USDT","a":"2.5","w":false}""";
        Assert.Equal(first, Result(await socket.NextUpdateAsync("spot.candlesticks")));
        feeds.Bar(open with { Close = 840_010, BaseVolume = 3_000_000 });
        feeds.Bar(new Candle(minute + 60, 840_010, 840_010, 840_010, 840_010, 0, Money.Zero));
        feeds.VenueNanos = (minute + 61) * 1_000_000_000;
        var ended = (await socket.NextUpdateAsync("spot.candlesticks")).GetProperty("result");
        if (!ended.GetProperty("w").GetBoolean())           // the two-second turn fell between the bar's last change and the clock's: told open, then ended
        {
            Assert.Equal("1699999980", ended.GetProperty("t").GetString());
            ended = (await socket.NextUpdateAsync("spot.candlesticks")).GetProperty("result");
        }
        Assert.Equal(("1699999980", "84001", "3", true),
            (ended.GetProperty("t").GetString(), ended.GetProperty("c").GetString(), ended.GetProperty("a").GetString(), ended.GetProperty("w").GetBoolean()));
        Assert.Equal("""{"t":"1700000040","v":"0","c":"84001","h":"84001","l":"84001","o":"84001","n":"1m_BTC_USDT","a":"0","w":false}""",
            Result(await socket.NextUpdateAsync("spot.candlesticks")));
        foreach (var interval in (string[])["10s", "5m", "15m", "30m", "1h", "4h", "8h", "1d", "7d"])
            Assert.False((await socket.SubscribeAsync("spot.candlesticks", $"""["{interval}","BTC_USDT"]""")).TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Book_ticker_with_and_without_a_side()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        feeds.Level(feeds.Btc, Side.Buy, 839_995, 1_500_000);
        await socket.SubscribeAsync("spot.book_ticker", """["BTC_USDT"]""");
        Assert.Equal("""{"t":1700000000123,"u":1,"s":"BTC_USDT","b":"83999.5","B":"1.5","a":"","A":"0"}""", Result(await socket.NextUpdateAsync("spot.book_ticker")));
        feeds.Level(feeds.Btc, Side.Sell, 840_005, 2);
        Assert.Equal("""{"t":1700000000123,"u":2,"s":"BTC_USDT","b":"83999.5","B":"1.5","a":"84000.5","A":"0.000002"}""",
            Result(await socket.NextUpdateAsync("spot.book_ticker")));
    }

    [Theory]
    [InlineData("100ms", "100")]
    [InlineData("20ms", "20")]
    public async Task Order_book_update(string interval, string levels)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        feeds.Level(feeds.Btc, Side.Buy, 839_995, 1_500_000);
        await socket.SubscribeAsync("spot.order_book_update", $"""["BTC_USDT","{interval}"]""");
        feeds.Level(feeds.Btc, Side.Sell, 840_005, 2);
        var first = (await socket.NextUpdateAsync("spot.order_book_update")).GetProperty("result");
        Assert.Equal($$"""{"t":1700000000123,"l":"{{levels}}","e":"depthUpdate","E":1700000000,"s":"BTC_USDT","U":2,"u":2,"b":[],"a":[["84000.5","0.000002"]]}""", first.GetRawText());
        feeds.Level(feeds.Btc, Side.Buy, 839_995, 0);
        Assert.Equal($$"""{"t":1700000000123,"l":"{{levels}}","e":"depthUpdate","E":1700000000,"s":"BTC_USDT","U":3,"u":3,"b":[["83999.5","0"]],"a":[]}""",
            Result(await socket.NextUpdateAsync("spot.order_book_update")));
    }

    [Theory]
    [InlineData("5", "100ms", 5)]
    [InlineData("10", "100ms", 10)]
    [InlineData("20", "100ms", 12)]
    [InlineData("50", "1000ms", 12)]
    [InlineData("100", "1000ms", 12)]
    public async Task Order_book(string level, string interval, int shown)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        for (var i = 0; i < 12; i++)
        {
            feeds.Level(feeds.Btc, Side.Buy, 839_990 - i * 10, 1_000_000 + i);
            feeds.Level(feeds.Btc, Side.Sell, 840_010 + i * 10, 2_000_000);
        }
        await socket.SubscribeAsync("spot.order_book", $"""["BTC_USDT","{level}","{interval}"]""");
        for (var i = 0; i < 2; i++)                         // at once, and again at the interval although nothing changed
        {
            var result = (await socket.NextUpdateAsync("spot.order_book")).GetProperty("result");
            Assert.Equal(["t", "lastUpdateId", "s", "l", "bids", "asks"], result.EnumerateObject().Select(property => property.Name));
            Assert.Equal((24, "BTC_USDT", level), (result.GetProperty("lastUpdateId").GetInt64(), result.GetProperty("s").GetString(), result.GetProperty("l").GetString()));
            Assert.Equal((shown, shown), (result.GetProperty("bids").GetArrayLength(), result.GetProperty("asks").GetArrayLength()));
            Assert.Equal("""["83999","1"]""", result.GetProperty("bids")[0].GetRawText());
            Assert.Equal("""["83998","1.000001"]""", result.GetProperty("bids")[1].GetRawText());
            Assert.Equal("""["84002","2"]""", result.GetProperty("asks")[1].GetRawText());
        }
    }

    [Theory]
    [InlineData("50")]
    [InlineData("400")]
    public async Task Obu_begins_full(string level)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        feeds.Level(feeds.Btc, Side.Buy, 839_995, 1_500_000);
        await socket.SubscribeAsync("spot.obu", $"""["ob.BTC_USDT.{level}"]""");
        Assert.Equal($$"""{"t":1700000000123,"full":true,"s":"ob.BTC_USDT.{{level}}","u":1,"b":[["83999.5","1.5"]],"a":[]}""", Result(await socket.NextUpdateAsync("spot.obu")));
        feeds.Level(feeds.Btc, Side.Sell, 840_005, 2);
        Assert.Equal($$"""{"t":1700000000123,"s":"ob.BTC_USDT.{{level}}","U":2,"u":2,"b":[],"a":[["84000.5","0.000002"]]}""", Result(await socket.NextUpdateAsync("spot.obu")));
    }

    [Fact]
    public async Task Many_subscribers_get_the_same_bytes()
    {
        await using var feeds = await TestFeeds.StartAsync();
        var sockets = new List<TestSocket>();
        for (var i = 0; i < 40; i++)
        {
            var socket = await feeds.ConnectAsync();
            await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""");
            sockets.Add(socket);
        }
        for (var i = 1; i <= 50; i++) feeds.Feeds.Traded(feeds.Btc, new TradeRow(1, i, 1_606_292_218_213_457_800, Side.Buy, 839_905 + i, 1_500_000, Money.Zero));
        var first = new List<byte[]>();
        for (var i = 0; i < 50; i++) first.Add((await sockets[0].ReadBytesAsync())!);
        Assert.Equal(50, first.Select(bytes => JsonDocument.Parse(bytes).RootElement.GetProperty("result").GetProperty("id_market").GetInt64()).Distinct().Count());
        foreach (var socket in sockets.Skip(1))
        {
            foreach (var bytes in first) Assert.Equal(bytes, await socket.ReadBytesAsync());
        }
        foreach (var socket in sockets) await socket.DisposeAsync();
    }
}
