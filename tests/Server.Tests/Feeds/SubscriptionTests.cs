using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Sluice.Core.Matching;
using Sluice.Server.Feeds;
using Sluice.Server.Gateway;
using Sluice.Server.Views;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Replies to requests: what they repeat, and what is refused with which code.</summary>
public sealed class SubscriptionTests
{
    private static (string? Status, int Code, string? Message) Outcome(JsonElement reply) =>
        (reply.GetProperty("result").GetProperty("status").GetString(),
            reply.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : 0,
            reply.TryGetProperty("error", out error) ? error.GetProperty("message").GetString() : null);

    [Theory]
    [InlineData("/ws/v4")]
    [InlineData("/ws/v4/")]
    [InlineData("/v4/ws/spot")]
    [InlineData("/v4/ws/spot/")]
    public async Task Every_address_answers_a_ping(string path)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync(path);
        await socket.SendAsync("""{"time":123,"channel":"spot.ping"}""");
        var pong = await socket.ReadAsync();
        Assert.Equal(["time", "time_ms", "channel", "event", "result"], pong.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("spot.pong", "", JsonValueKind.Null), (pong.GetProperty("channel").GetString(), pong.GetProperty("event").GetString(), pong.GetProperty("result").ValueKind));
        Assert.Equal(pong.GetProperty("time").GetInt64(), pong.GetProperty("time_ms").GetInt64() / 1000);
    }

    [Theory]
    [InlineData("77")]
    [InlineData("\"authenticated\"")]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("{\"a\":[1]}")]
    public async Task A_ping_is_known_by_its_channel_and_its_id_comes_back(string id)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SendAsync($$$"""{"id":{{{id}}},"channel":"spot.ping","event":"subscribe","auth":{"method":"api_key","KEY":"","SIGN":""},"payload":null}""");
        Assert.Equal(id, (await socket.ReadAsync()).GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task A_reply_repeats_the_request()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SendAsync($$"""{"time":{{TestFeeds.Now}},"id":"x","channel":"spot.trades","event":"subscribe","payload":["BTC_USDT", "ETH_USDT"]}""");
        var reply = await socket.ReadAsync();
        Assert.Equal(["time", "time_ms", "id", "conn_id", "trace_id", "channel", "event", "payload", "result", "requestId"], reply.EnumerateObject().Select(property => property.Name));
        Assert.Equal("\"x\"", reply.GetProperty("id").GetRawText());
        Assert.Equal("""["BTC_USDT", "ETH_USDT"]""", reply.GetProperty("payload").GetRawText());
        Assert.Equal("""{"status":"success"}""", reply.GetProperty("result").GetRawText());
        Assert.Equal((16, 32), (reply.GetProperty("conn_id").GetString()!.Length, reply.GetProperty("trace_id").GetString()!.Length));
        Assert.Equal(reply.GetProperty("trace_id").GetString(), reply.GetProperty("requestId").GetString());
    }

    [Theory]
    [InlineData("spot.trades", """["NO_SUCH"]""", 2, "unknown currency pair: NO_SUCH")]
    [InlineData("spot.tickers", """["BTC_USDT","NO_SUCH"]""", 2, "unknown currency pair: NO_SUCH")]
    [InlineData("spot.trades", """[]""", 2, null)]
    [InlineData("spot.trades", """{}""", 1, null)]
    [InlineData("spot.trades", "\"BTC_USDT\"", 1, null)]
    [InlineData("spot.trades", """[["BTC_USDT"]]""", 1, null)]
    [InlineData("spot.trades", """[null]""", 1, null)]
    [InlineData("spot.trades", """["\ud800"]""", 1, null)]
    [InlineData("spot.trades", null, 1, null)]
    [InlineData("spot.nothing", """["BTC_USDT"]""", 2, null)]
    [InlineData("futures.trades", """["BTC_USDT"]""", 2, null)]
    [InlineData("spot.order_place", """["BTC_USDT"]""", 2, null)]
    [InlineData("spot.funding_balances", null, 2, null)]
    [InlineData("spot.cross_balances", null, 2, null)]
    [InlineData("spot.cross_loan", null, 2, null)]
    [InlineData("spot.candlesticks", """["BTC_USDT","1m"]""", 2, null)]
    [InlineData("spot.candlesticks", """["30d","BTC_USDT"]""", 2, null)]
    [InlineData("spot.candlesticks", """["1m"]""", 2, null)]
    [InlineData("spot.order_book_update", """["BTC_USDT","1000ms"]""", 2, null)]
    [InlineData("spot.order_book_update", """["BTC_USDT"]""", 2, null)]
    [InlineData("spot.order_book", """["BTC_USDT","7","100ms"]""", 2, null)]
    [InlineData("spot.order_book", """["BTC_USDT","5","20ms"]""", 2, null)]
    [InlineData("spot.order_book", """["BTC_USDT","5"]""", 2, null)]
    [InlineData("spot.obu", """["ob.BTC_USDT.100"]""", 2, null)]
    [InlineData("spot.obu", """["BTC_USDT"]""", 2, null)]
    [InlineData("spot.obu", """["ob.NO_SUCH.50"]""", 2, "unknown currency pair: NO_SUCH")]
    public async Task What_cannot_be_subscribed_is_refused(string channel, string? payload, int code, string? message)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        var reply = await socket.SubscribeAsync(channel, payload);
        var outcome = Outcome(reply);
        Assert.Equal(("fail", code), (outcome.Status, outcome.Code));
        Assert.Equal((channel, "subscribe"), (reply.GetProperty("channel").GetString(), reply.GetProperty("event").GetString()));
        if (payload is not null) Assert.Equal(payload, reply.GetProperty("payload").GetRawText());
        if (message is not null) Assert.Equal(message, outcome.Message);
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    public static TheoryData<string> Malformed => new(
        "", "this is not JSON", "[]", "1", "null", "{", """{"channel":1}""", """{"channel":"spot.trades","event":5}""", "{}", """{"channel":""}""",
        """{"channel":"spot.trades","channel":"spot.trades"}""", """{"channel":"\ud800"}""", """{"channel":"spot.trades","event":"subscribe","payload":["BTC_USDT"]}""",
        """{"channel":"spot.trades","event":"subscribe","time":"1700000000","payload":["BTC_USDT"]}""",
        """{"channel":"spot.trades","event":"subscribe","time":1e999,"payload":["BTC_USDT"]}""",
        """{"channel":"spot.trades","event":"subscribe","time":-5,"payload":["BTC_USDT"]}""",
        """{"channel":"spot.trades","event":"subscribe","time":1.5,"payload":["BTC_USDT"]}""",
        "{\"channel\":\"spot.trades\",\"payload\":" + new string('[', 100_000) + new string(']', 100_000) + "}");

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_is_error_1_and_the_connection_lives(string message)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SendAsync(message);
        var outcome = Outcome(await socket.ReadAsync());
        Assert.Equal(("fail", 1), (outcome.Status, outcome.Code));
        await AssertAlive(socket);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_error_1()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"channel":"spot.ping"}"""), WebSocketMessageType.Binary);
        Assert.Equal(1, Outcome(await socket.ReadAsync()).Code);
        await AssertAlive(socket);
    }

    [Fact]
    public async Task A_huge_message_ends_the_connection_with_its_reason()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SendAsync(new byte[FeedConnection.LongestRequest + 1], WebSocketMessageType.Text);
        Assert.Null(await socket.ReadBytesAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(62)]
    public async Task A_subscription_from_another_time_is_refused(int offset)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Assert.Equal(2, Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""", time: TestFeeds.Now + offset)).Code);
        var stale = Outcome(await socket.SubscribeAsync("spot.orders", """["!all"]""", key: "full", time: TestFeeds.Now + offset));
        Assert.Equal((4, "REQUEST_EXPIRED"), (stale.Code, JsonDocument.Parse(stale.Message!).RootElement.GetProperty("label").GetString()));
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""", time: TestFeeds.Now + Math.Sign(offset) * 50)).Status);
    }

    [Fact]
    public async Task A_bad_auth_does_not_matter_to_a_public_channel()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""", key: "", sign: "")).Status);
    }

    [Theory]
    [InlineData(null, null, "MISSING_REQUIRED_HEADER")]
    [InlineData("nobody", null, "INVALID_KEY")]
    [InlineData("full", "00", "INVALID_SIGNATURE")]
    [InlineData("elsewhere", null, "IP_FORBIDDEN")]
    [InlineData("locked", null, "ACCOUNT_LOCKED")]
    [InlineData("walletonly", null, "FORBIDDEN")]
    public async Task A_private_channel_without_a_good_key_is_error_4(string? key, string? sign, string label)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        foreach (var channel in SpotChannels.All.Where(channel => channel.IsPrivate))
        {
            var outcome = Outcome(await socket.SubscribeAsync(channel.Name, """["!all"]""", key, sign: sign));
            Assert.Equal(("fail", 4, label), (outcome.Status, outcome.Code, JsonDocument.Parse(outcome.Message!).RootElement.GetProperty("label").GetString()));
        }
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    [Fact]
    public async Task An_obu_stream_twice_is_error_2_other_repeats_succeed()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.obu", """["ob.BTC_USDT.400"]""")).Status);
        Assert.Equal(("fail", 2, "Alert sub ob.BTC_USDT.400"), Outcome(await socket.SubscribeAsync("spot.obu", """["ob.ETH_USDT.50","ob.BTC_USDT.400"]""")));
        Assert.Equal(1, feeds.Sockets.TopicCount);
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""")).Status);
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""")).Status);
        feeds.Feeds.Traded(feeds.Btc, new TradeRow(1, 5, 1, Side.Buy, 10, 10, default));
        await socket.NextUpdateAsync("spot.trades");
        await AssertAlive(socket);                      // the trade came once
    }

    [Fact]
    public async Task Unsubscribing_takes_away_just_what_it_names_and_needs_no_signature()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.trades", """["BTC_USDT","ETH_USDT"]""");
        await socket.SubscribeAsync("spot.orders", """["BTC_USDT","!all"]""", key: "full");
        Assert.Equal(4, feeds.Sockets.TopicCount);
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""", @event: "unsubscribe")).Status);
        Assert.Equal("success", Outcome(await socket.SubscribeAsync("spot.orders", """["!all"]""", @event: "unsubscribe")).Status);
        Assert.Equal(2, feeds.Sockets.TopicCount);
        feeds.Feeds.Traded(feeds.Btc, new TradeRow(1, 5, 1, Side.Buy, 10, 10, default));
        feeds.Feeds.Traded(feeds.Eth, new TradeRow(2, 6, 1, Side.Buy, 10, 10, default));
        Assert.Equal("ETH_USDT", (await socket.NextUpdateAsync("spot.trades")).GetProperty("result").GetProperty("currency_pair").GetString());
    }

    [Fact]
    public async Task A_client_that_leaves_leaves_nothing_behind()
    {
        await using var feeds = await TestFeeds.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            await using var socket = await feeds.ConnectAsync();
            await socket.SubscribeAsync("spot.obu", """["ob.BTC_USDT.50","ob.ETH_USDT.400"]""");
            await socket.SubscribeAsync("spot.orders", """["!all"]""", key: "full");
            await socket.CloseAsync();
        }
        await using var last = await feeds.ConnectAsync();
        await last.SubscribeAsync("spot.trades", """["BTC_USDT"]""");
        Assert.Equal((1, 1), (feeds.Sockets.TopicCount, feeds.Sockets.ConnectionCount));
    }

    [Fact]
    public async Task Ten_thousand_subscriptions_and_their_end_leave_nothing_behind()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        string[] payloads = ["""["ob.BTC_USDT.50"]""", """["BTC_USDT","20ms"]""", """["1m","ETH_USDT"]"""];
        string[] channels = ["spot.obu", "spot.order_book_update", "spot.candlesticks"];
        for (var i = 0; i < 10_000; i++)
        {
            var (channel, payload) = (channels[i % 3], payloads[i % 3]);
            await socket.SendAsync($$"""{"time":{{TestFeeds.Now}},"id":1,"channel":"{{channel}}","event":"subscribe","payload":{{payload}}}""");
            await socket.SendAsync($$"""{"time":{{TestFeeds.Now}},"id":2,"channel":"{{channel}}","event":"unsubscribe","payload":{{payload}}}""");
            var replies = 0;
            while (replies < 2)
            {
                var message = await socket.ReadAsync();
                if (!message.TryGetProperty("id", out _)) continue;         // a push in between
                Assert.Equal("success", Outcome(message).Status);
                replies++;
            }
        }
        Assert.Equal(0, feeds.Sockets.TopicCount);
    }

    [Fact]
    public async Task One_address_may_have_so_many_connections()
    {
        await using var feeds = await TestFeeds.StartAsync(limits: true, options: new FeedOptions { ConnectionsPerAddress = 3 });
        await using var first = await feeds.ConnectAsync();
        await using var second = await feeds.ConnectAsync();
        await using var third = await feeds.ConnectAsync();
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => feeds.ConnectAsync());
        Assert.Contains("429", refused.Message);
        await third.CloseAsync();
        while (feeds.Sockets.ConnectionCount > 2) await Task.Yield();
        await using var again = await feeds.ConnectAsync();
        await AssertAlive(again);
    }

    [Fact]
    public async Task What_is_no_socket_is_told_so()
    {
        await using var feeds = await TestFeeds.StartAsync();
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(feeds.BaseUrl + "/ws/v4"), TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("INVALID_PROTOCOL", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_venue_that_stops_closes_in_the_normal_way()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""");
        var stopping = feeds.StopAsync();
        Assert.Null(await socket.ReadBytesAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await socket.CloseAsync();
        await stopping;
    }

    [Fact]
    public async Task A_key_that_is_lost_ends_its_private_channels_and_no_others()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.SubscribeAsync("spot.orders", """["!all"]""", key: "full");
        await socket.SubscribeAsync("spot.balances", null, key: "other");
        await socket.SubscribeAsync("spot.trades", """["BTC_USDT"]""");
        feeds.Feeds.KeyDeleted("full");
        var notice = await socket.ReadAsync();
        Assert.Equal(("spot.orders", "unsubscribe", 4), (notice.GetProperty("channel").GetString(), notice.GetProperty("event").GetString(), Outcome(notice).Code));
        Assert.Equal(2, feeds.Sockets.TopicCount);

        var key = new KeyView("other", 1002, 1, "", [], "spot:rw", "", 0, 0);
        feeds.Feeds.KeyChanged(key);                                        // still good
        feeds.Feeds.KeyChanged(key with { Permissions = "wallet:rw" });
        Assert.Equal("spot.balances", (await socket.ReadAsync()).GetProperty("channel").GetString());
        await socket.SubscribeAsync("spot.balances", null, key: "other");
        feeds.Feeds.KeyChanged(key with { IpList = "10.1.2.3" });
        Assert.Equal("spot.balances", (await socket.ReadAsync()).GetProperty("channel").GetString());
        await socket.SubscribeAsync("spot.balances", null, key: "other");
        feeds.Feeds.UserChanged(new UserView(1002, 0, false, "", "", "", 0, Locked: true));
        Assert.Equal("spot.balances", (await socket.ReadAsync()).GetProperty("channel").GetString());
        Assert.Equal(1, feeds.Sockets.TopicCount);
    }

    [Fact]
    public async Task Compression_is_spoken_when_offered()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync(with: options => options.DangerousDeflateOptions = new WebSocketDeflateOptions());
        for (var i = 0; i < 300; i++) feeds.Level(feeds.Btc, Side.Buy, 1000 + i, 1 + i);
        await socket.SubscribeAsync("spot.obu", """["ob.BTC_USDT.400"]""");
        Assert.Equal(300, (await socket.NextUpdateAsync("spot.obu")).GetProperty("result").GetProperty("b").GetArrayLength());
    }

    private static async Task AssertAlive(TestSocket socket)
    {
        await socket.SendAsync("""{"channel":"spot.ping"}""");
        Assert.Equal("spot.pong", (await socket.ReadAsync()).GetProperty("channel").GetString());
    }
}
