using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Server.Feeds;

namespace Sluice.Server.Tests.Feeds;

/// <summary>Requests in the ordinary form go a shorter way than others. Nobody can tell by the answers.</summary>
public sealed partial class PlainCallTests
{
    private const string Order = """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000"}""";

    [GeneratedRegex("""("id":"|"order_id":"|ID |Order )\d+|[0-9a-f]{16,}|\d{9,}|"time":\d+""")]
    private static partial Regex Passing { get; }

    [Theory]
    [InlineData(Order)]
    [InlineData("""{"currency_pair":"BTC_USDT","type":"limit","account":"spot","side":"sell","amount":"1.000000","price":"90000.0","time_in_force":"poc","text":"t-my.text_1-x"}""")]
    [InlineData("""{"text":"t-1","currency_pair":"BTC_USDT","side":"buy","amount":"1","price":"1000.5","time_in_force":"ioc","action_mode":"ACK"}""")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"1","price":"1000.5","time_in_force":"fok","action_mode":"RESULT"}""")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.3","price":"70000","stp_act":"cn","iceberg":"0","auto_borrow":false,"auto_repay":false}""")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"sell","amount":"0.1","type":"market"}""")]
    [InlineData("""{"currency_pair":"BTC_USDT","side":"sell","amount":"0.1","type":"market","time_in_force":"fok"}""")]
    [InlineData("""{ "currency_pair" : "BTC_USDT", "side":"sell",  "amount":"1000000", "price":"90000" }""")]       // more than there is
    [InlineData("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.000001","price":"1"}""")]                     // worth too little
    public async Task A_plain_placement_is_answered_like_any_other(string param)
    {
        Assert.True(IsPlain("spot.order_place", param));
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        var plain = await AskAsync(socket, "spot.order_place", param, answers: 2);
        if (Id(plain[1]) is { } id) await AskAsync(socket, "spot.order_cancel", $$"""{"currency_pair":"BTC_USDT","order_id":"{{id}}"}""", answers: 1);
        Assert.Equal(Masked(await AskAsync(socket, "spot.order_place", param, answers: 2, more: ""","spare":1""")), Masked(plain));
    }

    [Theory]
    [InlineData("""{"currency_pair":"BTC_USDT","order_id":"#"}""")]
    [InlineData("""{"order_id":#,"currency_pair":"BTC_USDT","account":"spot","action_mode":"RESULT"}""")]
    [InlineData("""{"currency_pair":"BTC_USDT","order_id":"#","action_mode":"ACK"}""")]
    public async Task A_plain_cancellation_is_answered_like_any_other(string param)
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        var answers = new List<string[]>();
        foreach (var more in (string[])["", ""","spare":1"""])
        {
            var id = Id((await AskAsync(socket, "spot.order_place", Order, answers: 2))[1])!;
            var named = param.Replace("#", id, StringComparison.Ordinal);
            Assert.True(IsPlain("spot.order_cancel", named));
            answers.Add([.. await AskAsync(socket, "spot.order_cancel", named, 1, more), .. await AskAsync(socket, "spot.order_cancel", named, 1, more),      // it is over
                .. await AskAsync(socket, "spot.order_cancel", param.Replace("#", "987654321", StringComparison.Ordinal), 1, more)]);
        }
        Assert.Contains("ORDER_CANCELLED", answers[0][1], StringComparison.Ordinal);
        Assert.Contains("ORDER_NOT_FOUND", answers[0][2], StringComparison.Ordinal);
        Assert.Equal(Masked(answers[1]), Masked(answers[0]));
    }

    [Theory]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":0.5,"price":"60000"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","side":"buy"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","slippage":"0.1"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"\u0062uy","amount":"0.5","price":"60000"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"hold","amount":"0.5","price":"60000"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","account":"margin"}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","auto_borrow":true}""")]
    [InlineData("spot.order_place", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":""}""")]
    [InlineData("spot.order_place", "[]")]
    [InlineData("spot.order_cancel", """{"currency_pair":"BTC_USDT","order_id":"t-x"}""")]
    [InlineData("spot.order_cancel", """{"currency_pair":"BTC_USDT","order_id":"007"}""")]
    [InlineData("spot.order_cancel", """{"currency_pair":"BTC_USDT","order_id":"1","id":"2"}""")]
    [InlineData("spot.order_amend", """{"currency_pair":"BTC_USDT","order_id":"1","price":"5"}""")]
    public void Other_forms_are_not_plain(string channel, string param) => Assert.False(IsPlain(channel, param));

    [Theory]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"1","req_param":{"side":"buy"}},"payload":{}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"1","req_param":{"side":"buy"}}} {}""")]
    [InlineData("""{"channel":"spot.order_place","event":"subscribe","payload":{"req_id":"1","req_param":{"side":"buy"}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"é","req_param":{"side":"buy"}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"a\nb","req_param":{"side":"buy"}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"1","req_header":{},"req_param":{"side":"buy"}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_id":"1","req_param":{"side":"buy"}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","time":"soon","payload":{"req_id":"1","req_param":{"side":"buy"}}}""")]
    [InlineData("""{"channel":"spot.order_place","event":"api","payload":{"req_param":{"side":"buy"}}}""")]
    public void Other_messages_are_not_plain(string message) => Assert.False(PlainCall.TryRead(Encoding.UTF8.GetBytes(message), out _));

    [Fact]
    public async Task What_depends_on_plain_requests_waits_for_them_and_they_for_it()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        for (var i = 0; i < 50; i++)
        {
            await socket.CallAsync("spot.order_place", $"place {i}", $$"""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","text":"t-{{i}}"}""");
            await socket.CallAsync("spot.order_cancel", $"cancel {i}", $$"""{"currency_pair":"BTC_USDT","order_id":"t-{{i}}"}""");       // by its text: not plain
        }
        await socket.CallAsync("spot.order_list", "list", """{"currency_pair":"BTC_USDT","status":"open"}""");
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("open", Status(await socket.AnswerAsync($"place {i}")));
            Assert.Equal("cancelled", Status(await socket.AnswerAsync($"cancel {i}")));
        }
        Assert.Equal(0, (await socket.AnswerAsync("list")).GetProperty("data").GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task Of_many_at_once_each_is_acknowledged_before_it_is_answered_and_none_is_lost()
    {
        const int Many = 1000;
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Many; i++) await socket.CallAsync("spot.order_place", $"{i}", """{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5","price":"60000","time_in_force":"ioc"}""");
        }, TestContext.Current.CancellationToken);
        var (acknowledged, answered) = (new HashSet<string>(), new HashSet<string>());
        while (answered.Count < Many)
        {
            var message = await socket.ReadAsync();
            var id = message.GetProperty("request_id").GetString()!;
            if (message.TryGetProperty("ack", out _))
            {
                Assert.Equal(acknowledged.Count, int.Parse(id));
                Assert.True(acknowledged.Add(id));
                continue;
            }
            Assert.Contains(id, acknowledged);
            Assert.True(answered.Add(id));
            Assert.Equal("ioc", message.GetProperty("data").GetProperty("result").GetProperty("finish_as").GetString());
        }
        await sending;
    }

    [Fact]
    public async Task A_form_that_looks_plain_and_lacks_something_is_refused_in_words()
    {
        await using var venue = await FeedVenue.StartAsync();
        await using var socket = await venue.ConnectAsync();
        await socket.LoginAsync("alice");
        foreach (var (param, label) in ((string, string)[])
        [
            ("""{"currency_pair":"BTC_USDT","amount":"0.5","price":"60000"}""", "MISSING_REQUIRED_PARAM"),
            ("""{"side":"buy","amount":"0.5","price":"60000"}""", "MISSING_REQUIRED_PARAM"),
            ("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5"}""", "MISSING_REQUIRED_PARAM"),
            ("""{"currency_pair":"NO_PAIR","side":"buy","amount":"0.5","price":"60000"}""", "INVALID_CURRENCY_PAIR"),
            ("""{"currency_pair":"BTC_USDT","side":"buy","amount":"0.5000001","price":"60000"}""", "INVALID_PRECISION"),
            ("""{"currency_pair":"BTC_USDT","side":"buy","amount":"-1","price":"60000"}""", "INVALID_PARAM_VALUE"),
            ("""{"currency_pair":"BTC_USDT","side":"buy","amount":"1","price":"60000","text":"mine"}""", "INVALID_PARAM_VALUE"),
            ("""{"currency_pair":"BTC_USDT","side":"buy","amount":"1","type":"market","time_in_force":"gtc"}""", "INVALID_PARAM_VALUE"),
        ])
        {
            Assert.True(IsPlain("spot.order_place", param));
            var answer = (await AskAsync(socket, "spot.order_place", param, answers: 2))[1];
            Assert.Contains(label, answer, StringComparison.Ordinal);
        }
    }

    private static bool IsPlain(string channel, string param) => PlainCall.TryRead(Encoding.UTF8.GetBytes(Message(channel, "1", param, "")), out _);

    private static string Message(string channel, string id, string param, string more) =>
        $$$"""{"time":{{{TestFeeds.Now}}},"channel":"{{{channel}}}","event":"api","payload":{"req_id":"{{{id}}}","req_param":{{{param}}}}{{{more}}}}""";

    private static async Task<string[]> AskAsync(TestSocket socket, string channel, string param, int answers, string more = "")
    {
        await socket.SendAsync(Message(channel, "7", param, more));
        var all = new string[answers];
        for (var i = 0; i < answers; i++) all[i] = (await socket.ReadAsync()).GetRawText();
        return all;
    }

    private static string Masked(string[] answers) => Passing.Replace(string.Join("\n", answers), "#");

    private static string? Id(string answer) =>
        JsonDocument.Parse(answer).RootElement.GetProperty("data") is var data && data.TryGetProperty("result", out var result) ? result.GetProperty("id").GetString() : null;

    private static string? Status(JsonElement answer) => answer.GetProperty("data").GetProperty("result").GetProperty("status").GetString();
}
