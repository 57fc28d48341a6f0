using System.Text.Json;
using Sluice.Server.Gateway;
using Sluice.Server.Tests.Gateway;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Order entry over the socket: login, acknowledgement, header, errors. What an order does is the business of the order entry behind it.</summary>
public sealed class SocketOrderTests
{
    private const string Order = """{"currency_pair":"BTC_USDT","amount":"1"}""";

    private static string? Status(JsonElement answer) => answer.GetProperty("header").GetProperty("status").GetString();

    private static (string?, string?) Refusal(JsonElement answer) => (Status(answer), answer.GetProperty("data").GetProperty("errs").GetProperty("label").GetString());

    [Theory]
    [InlineData(null, "")]                                  // the official rule
    [InlineData("{}", "{}")]                                // ccxt
    [InlineData("null", "null")]                            // gatews Go
    [InlineData("""{"a": 1, "b": "x"}""", null)]            // gatews Python: blanks as sent
    [InlineData("{}", "")]                                  // signed as if absent
    public async Task Every_clients_way_to_sign_a_login_is_good(string? param, string? signed)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.CallAsync("spot.login", "authenticated", param, signedWith: "full", signedParam: signed);
        var answer = await socket.AnswerAsync("authenticated");
        Assert.Equal(["request_id", "header", "data"], answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"result":{"api_key":"full","uid":"1001"}}""", answer.GetProperty("data").GetRawText());
        var header = answer.GetProperty("header");
        Assert.Equal(["response_time", "status", "channel", "event", "client_id", "clientId", "x_in_time", "x_out_time", "conn_id", "conn_trace_id", "trace_id"],
            header.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("200", "spot.login", "api"), (header.GetProperty("status").GetString(), header.GetProperty("channel").GetString(), header.GetProperty("event").GetString()));
        Assert.StartsWith("127.0.0.1-", header.GetProperty("client_id").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, header.GetProperty("response_time").ValueKind);
        Assert.True(header.GetProperty("x_in_time").GetInt64() <= header.GetProperty("x_out_time").GetInt64());
    }

    [Theory]
    [InlineData("nobody", null, 0, "401", "INVALID_KEY")]
    [InlineData("full", "wrong", 0, "401", "INVALID_SIGNATURE")]
    [InlineData("elsewhere", null, 0, "401", "IP_FORBIDDEN")]
    [InlineData("locked", null, 0, "403", "ACCOUNT_LOCKED")]
    [InlineData("walletonly", null, 0, "403", "FORBIDDEN")]
    [InlineData("full", null, -61, "403", "REQUEST_EXPIRED")]
    public async Task A_login_that_fails_says_why_and_leaves_nobody_logged_in(string key, string? signed, int offset, string status, string label)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.CallAsync("spot.login", "1", signedWith: key, signedParam: signed, time: TestFeeds.Now + offset);
        Assert.Equal((status, label), Refusal(await socket.AnswerAsync("1")));
        await socket.CallAsync("spot.order_place", "2", Order);
        var refused = await socket.AnswerAsync("2");
        Assert.Equal(("401", "AUTHENTICATION_FAILED"), Refusal(refused));
        Assert.Equal("Not login", refused.GetProperty("data").GetProperty("errs").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_placement_is_acknowledged_then_answered()
    {
        await using var feeds = await TestFeeds.StartAsync(limits: true);
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync("spot.order_place", "7", Order, header: ""","req_header":{"X-Gate-Channel-Id":"ccxt","x-gate-exptime":"9000000000000"}""");
        var ack = await socket.ReadAsync();
        Assert.Equal(["request_id", "ack", "header", "data"], ack.EnumerateObject().Select(property => property.Name));
        Assert.True(ack.GetProperty("ack").GetBoolean());
        Assert.Equal($$$"""{"result":{"req_id":"7","req_header":{"X-Gate-Channel-Id":"ccxt","x-gate-exptime":"9000000000000"},"req_param":{{{Order}}},"api_key":"","timestamp":"","signature":""}}""",
            ack.GetProperty("data").GetRawText());
        var answer = await socket.ReadAsync();
        Assert.Equal(["request_id", "header", "data"], answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"result":{"did":"place","user":1001,"text":"apiv4-ws","tag":"ccxt","expires":9000000000000}}""", answer.GetProperty("data").GetRawText());
        var header = answer.GetProperty("header");
        Assert.Equal((9, 10), (header.GetProperty("x_gate_ratelimit_requests_remain").GetInt32(), header.GetProperty("x_gate_ratelimit_limit").GetInt32()));
        Assert.Equal(header.GetProperty("x_gat_ratelimit_reset_timestamp").GetInt64(), header.GetProperty("x_gate_ratelimit_reset_timestamp").GetInt64());
    }

    [Theory]
    [InlineData("spot.order_cancel", """{"order_id":"5","settle":"usdt"}""", "cancel 5")]
    [InlineData("spot.order_cancel", """{"order_id":12345678901}""", "cancel 12345678901")]
    [InlineData("spot.order_cancel_cp", """{"currency_pair":"BTC_USDT"}""", "cancel_cp")]
    [InlineData("spot.order_amend", """{"order_id":"t-x"}""", "amend t-x")]
    [InlineData("spot.order_status", """{"order_id":"5"}""", "status 5")]
    [InlineData("spot.order_list", """{"status":"open"}""", "list")]
    public async Task Each_channel_does_its_own_and_answers_once(string channel, string param, string did)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync(channel, "1", param, signedWith: "full");
        var answer = await socket.ReadAsync();
        Assert.Equal(("1", did), (answer.GetProperty("request_id").GetString(), answer.GetProperty("data").GetProperty("result").GetProperty("did").GetString()));
        await socket.SendAsync("""{"channel":"spot.ping"}""");
        Assert.Equal("spot.pong", (await socket.ReadAsync()).GetProperty("channel").GetString());
    }

    [Fact]
    public async Task Lists_go_to_the_operations_on_lists()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync("spot.order_place", "1", "[1,2]");
        await socket.AnswerAsync("1", ack: true);
        Assert.Equal("""["placed 1","placed 2"]""", (await socket.AnswerAsync("1")).GetProperty("data").GetProperty("result").GetRawText());
        await socket.CallAsync("spot.order_cancel_ids", "2", """[{"id":"3"}]""");
        Assert.Equal("cancelled {\"id\":\"3\"}", (await socket.AnswerAsync("2")).GetProperty("data").GetProperty("result")[0].GetString());
    }

    [Theory]
    [InlineData("spot.order_place", "\"text\"", "400", "INVALID_REQUEST")]
    [InlineData("spot.order_place", null, "400", "INVALID_REQUEST")]
    [InlineData("spot.order_cancel_ids", "{}", "400", "INVALID_REQUEST")]
    [InlineData("spot.order_cancel", "[]", "400", "INVALID_REQUEST")]
    [InlineData("spot.order_cancel", "{}", "400", "MISSING_REQUIRED_PARAM")]
    [InlineData("spot.order_cancel", """{"order_id":{}}""", "400", "INVALID_PARAM_VALUE")]
    [InlineData("spot.order_cancel", """{"order_id":"404"}""", "404", "ORDER_NOT_FOUND")]
    [InlineData("spot.order_list", """{"text":5}""", "400", "INVALID_PARAM_VALUE")]
    [InlineData("spot.order_list", """{"text":"stopped"}""", "503", "TOO_BUSY")]
    [InlineData("spot.order_list", """{"text":"broken"}""", "500", "SERVER_ERROR")]
    [InlineData("spot.order_fly", "{}", "400", "INVALID_REQUEST")]
    [InlineData("futures.order_place", "{}", "400", "INVALID_REQUEST")]
    public async Task A_refusal_carries_the_status_and_label_of_REST(string channel, string? param, string status, string label)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync(channel, "1", param);
        var answer = await socket.AnswerAsync("1");
        Assert.Equal((status, label), Refusal(answer));
        Assert.False(answer.GetProperty("data").TryGetProperty("result", out _));
    }

    [Theory]
    [InlineData("""{"channel":"spot.order_place","event":"api"}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":[]}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":{}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"\ud800"}}""")]
    public async Task A_payload_that_is_none_is_an_invalid_request(string message)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.SendAsync(message);
        Assert.Equal(("400", "INVALID_REQUEST"), Refusal(await socket.ReadAsync()));
    }

    [Theory]
    [InlineData(""","req_header":{"x-gate-exptime":"1000"}""", "403", "REQUEST_EXPIRED")]
    [InlineData(""","headers":{"X-GATE-EXPTIME":1000}""", "403", "REQUEST_EXPIRED")]
    [InlineData(""","header":{"x-gate-exptime":"soon"}""", "400", "INVALID_PARAM_VALUE")]
    [InlineData(""","req_header":{"x-gate-exptime":"-1"}""", "400", "INVALID_PARAM_VALUE")]
    [InlineData(""","req_header":{"X-Gate-Channel-Id":"0123456789012345678901234567890123456789012345678901234567890123456789"}""", "400", "INVALID_PARAM_VALUE")]
    public async Task Headers_of_a_request_are_checked_before_it_is_acknowledged(string header, string status, string label)
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync("spot.order_place", "1", Order, header: header);
        Assert.Equal((status, label), Refusal(await socket.ReadAsync()));
    }

    [Fact]
    public async Task Ten_placements_and_amendments_a_second_and_the_text_of_the_eleventh()
    {
        var clock = new StoppedClock();
        await using var feeds = await TestFeeds.StartAsync(limits: true, clock: clock);
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        for (var i = 0; i < 10; i++)
        {
            await socket.CallAsync(i % 2 == 0 ? "spot.order_place" : "spot.order_amend", $"{i}", """{"order_id":"5"}""");
            Assert.Equal("200", Status(await socket.AnswerAsync($"{i}")));
        }
        await socket.CallAsync("spot.order_place", "11", Order);
        var refused = await socket.AnswerAsync("11");
        Assert.Equal(("429", "TOO_MANY_REQUESTS"), Refusal(refused));
        Assert.Equal("Request Rate limit Exceeded (211)", refused.GetProperty("data").GetProperty("errs").GetProperty("message").GetString());
        Assert.False(refused.GetProperty("header").TryGetProperty("x_gate_ratelimit_requests_remain", out _));
        await socket.CallAsync("spot.order_cancel", "12", """{"order_id":"5"}""");
        Assert.Equal("200", Status(await socket.AnswerAsync("12")));
        clock.Advance(TimeSpan.FromSeconds(1));
        await socket.CallAsync("spot.order_place", "13", "[1,2,3]");
        Assert.Equal("200", Status(await socket.AnswerAsync("13")));
    }

    [Fact]
    public async Task A_slow_order_blocks_neither_pings_nor_placements_but_what_may_depend_on_it()
    {
        var entry = new EchoEntry();
        await using var feeds = await TestFeeds.StartAsync(entry: entry);
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        await socket.CallAsync("spot.order_place", "slow", """{"text":"slow"}""");
        await socket.CallAsync("spot.order_place", "quick", """{"text":"quick"}""");
        await socket.CallAsync("spot.order_list", "list", "{}");
        await socket.SendAsync("""{"channel":"spot.ping"}""");
        var seen = new List<string>();
        while (seen.Count < 4)
        {
            var message = await socket.ReadAsync();
            seen.Add(message.TryGetProperty("channel", out var channel) ? channel.GetString()!
                : message.GetProperty("request_id").GetString() + (message.TryGetProperty("ack", out _) ? " ack" : ""));
        }
        Assert.Equal(["quick", "quick ack", "slow ack", "spot.pong"], seen.Order());
        entry.Hold.SetResult();
        Assert.Equal("slow", (await socket.ReadAsync()).GetProperty("request_id").GetString());
        Assert.Equal("list", (await socket.ReadAsync()).GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task A_key_that_is_lost_or_narrowed_counts_from_the_next_request()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        var full = feeds.Keys["full"];
        lock (feeds.Keys) feeds.Keys["full"] = new KeyRecord { Key = "full", Secret = full.Secret, User = full.User, Main = full.Main, Scopes = default(KeyScopes).With(PermissionGroups.Spot, true) };
        await socket.CallAsync("spot.order_place", "1", Order);
        Assert.Equal(("403", "READ_ONLY"), Refusal(await socket.AnswerAsync("1")));
        await socket.CallAsync("spot.order_list", "2", "{}");
        Assert.Equal("200", Status(await socket.AnswerAsync("2")));
        lock (feeds.Keys) feeds.Keys["full"] = new KeyRecord { Key = "full", Secret = full.Secret, User = full.User, Main = full.Main, Locked = true };
        await socket.CallAsync("spot.order_list", "3", "{}");
        Assert.Equal(("403", "ACCOUNT_LOCKED"), Refusal(await socket.AnswerAsync("3")));
        lock (feeds.Keys) feeds.Keys.Remove("full");
        await socket.CallAsync("spot.order_list", "4", "{}");
        Assert.Equal(("401", "AUTHENTICATION_FAILED"), Refusal(await socket.AnswerAsync("4")));
        lock (feeds.Keys) feeds.Keys["full"] = full;        // a key of that name made anew is another login
        await socket.CallAsync("spot.order_list", "5", "{}");
        Assert.Equal(("401", "AUTHENTICATION_FAILED"), Refusal(await socket.AnswerAsync("5")));
    }

    [Fact]
    public async Task Login_opens_no_private_channel()
    {
        await using var feeds = await TestFeeds.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.LoginAsync();
        Assert.Equal(4, (await socket.SubscribeAsync("spot.orders", """["!all"]""")).GetProperty("error").GetProperty("code").GetInt32());
    }
}
