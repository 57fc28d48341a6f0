using System.Text.Json;

namespace Sluice.Server.Tests.Feeds.Futures;

/// <summary>Order entry over the sockets of contracts (websocket rules 14), up to the entry itself.</summary>
public sealed class FuturesSocketOrderTests
{
    [Theory]
    [InlineData("order_cancel", """{"order_id":"7"}""", "cancel 7")]
    [InlineData("order_cancel", """{"order_id":7}""", "cancel 7")]
    [InlineData("order_cancel_ids", """["7","t-8"]""", "cancel 7+t-8")]
    [InlineData("order_cancel_cp", """{"contract":"BTC_USDT"}""", "cancel all BTC_USDT True")]
    [InlineData("order_amend", """{"order_id":"7","price":"1"}""", "amend 7")]
    [InlineData("order_list", """{"status":"open"}""", "list open")]
    [InlineData("order_status", """{"order_id":"7"}""", "status 7")]
    public async Task Requests_have_one_answer(string verb, string param, string did)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await LoginAsync(socket, "alice");
        await socket.CallAsync($"futures.{verb}", "1", param);
        var answer = await socket.AnswerAsync("1");
        Assert.Equal($"{did} of 10001 in 2, Integer, apiv4-ws", answer.GetProperty("data").GetProperty("result").GetString());
        Assert.Equal("200", answer.GetProperty("header").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("order_place", """{"contract":"BTC_USD","size":1}""", "place BTC_USD")]
    [InlineData("order_batch_place", """[{"contract":"BTC_USD"},{}]""", "place 2")]
    public async Task Placements_are_acknowledged_and_then_answered(string verb, string param, string did)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync(FuturesFeedRig.CoinPath, sizesAsTexts: true);
        await LoginAsync(socket, "bob");
        await socket.CallAsync($"futures.{verb}", "9", param);
        var first = await socket.ReadAsync();
        Assert.True(first.GetProperty("ack").GetBoolean());
        Assert.Equal(param, first.GetProperty("data").GetProperty("result").GetProperty("req_param").GetRawText());
        var second = await socket.ReadAsync();
        Assert.False(second.GetProperty("ack").GetBoolean());
        Assert.Equal($"{did} of 10002 in 3, Text, apiv4-ws", second.GetProperty("data").GetProperty("result").GetString());
    }

    [Fact]
    public async Task Delivery_orders_go_to_their_wallet_with_whole_sizes()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync(FuturesFeedRig.DeliveryPath, sizesAsTexts: true);
        await LoginAsync(socket, "alice");
        await socket.CallAsync("futures.order_status", "1", """{"order_id":"t-x"}""");
        Assert.Equal("status t-x of 10001 in 4, Integer, apiv4-ws", (await socket.AnswerAsync("1")).GetProperty("data").GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("alice", "futures.order_cancel", """{"order_id":"404"}""", "404", "ORDER_NOT_FOUND")]
    [InlineData("alice", "futures.order_cancel", "{}", "400", "MISSING_REQUIRED_PARAM")]
    [InlineData("alice", "futures.order_cancel_ids", "{}", "400", "INVALID_REQUEST")]
    [InlineData("alice", "futures.order_place", "[]", "400", "INVALID_REQUEST")]                   // lists have a channel of their own
    [InlineData("alice", "spot.order_place", "{}", "400", "INVALID_REQUEST")]
    [InlineData(null, "futures.order_list", "{}", "401", "AUTHENTICATION_FAILED")]
    public async Task Errors_have_the_words_of_REST(string? key, string channel, string param, string status, string label)
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        if (key is not null) await LoginAsync(socket, key);
        await socket.CallAsync(channel, "1", param);
        var answer = await socket.AnswerAsync("1");
        Assert.Equal((status, label), (answer.GetProperty("header").GetProperty("status").GetString(), answer.GetProperty("data").GetProperty("errs").GetProperty("label").GetString()));
    }

    [Fact]
    public async Task A_key_for_spot_alone_cannot_log_in()
    {
        await using var feeds = await FuturesFeedRig.StartAsync();
        await using var socket = await feeds.ConnectAsync();
        await socket.CallAsync("futures.login", "login", signedWith: "spotonly");
        Assert.Equal("Request API key does not have futures permission", (await socket.AnswerAsync("login")).GetProperty("data").GetProperty("errs").GetProperty("message").GetString());
    }

    private static async Task LoginAsync(TestSocket socket, string key)
    {
        await socket.CallAsync("futures.login", "login", signedWith: key);
        var answer = await socket.AnswerAsync("login");
        Assert.Equal(("200", key), (answer.GetProperty("header").GetProperty("status").GetString(), answer.GetProperty("data").GetProperty("result").GetProperty("api_key").GetString()));
    }
}
