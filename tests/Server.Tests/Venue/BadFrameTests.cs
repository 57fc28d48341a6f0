using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Sluice.Server.Feeds;
using Sluice.Server.Feeds.Futures;
using Sluice.Server.Tests.Feeds;
using Sluice.Server.Tests.Wire;

namespace Sluice.Server.Tests.Venue;

/// <summary>Bad input on the socket: every channel answers it, says what is wrong, changes nothing, and keeps the connection.</summary>
public sealed class BadFrameTests(QuietVenue venue) : IClassFixture<QuietVenue>
{
    private const int ValuesPerPlace = 10;

    private readonly Withstanding watch = new(venue);
    private int requests;

    // Good parameters of each request, to spoil one at a time; order 1 is nobody's of this test.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["spot.order_place"] = """{"currency_pair":"BTC_USDT","side":"buy","type":"limit","account":"spot","amount":"0.001","price":"80000","time_in_force":"gtc","text":"t-frame","iceberg":"0"}""",
        ["spot.order_cancel"] = """{"order_id":"1","currency_pair":"BTC_USDT"}""",
        ["spot.order_cancel_ids"] = """[{"id":"1","currency_pair":"BTC_USDT"}]""",
        ["spot.order_cancel_cp"] = """{"currency_pair":"BTC_USDT","side":"buy"}""",
        ["spot.order_amend"] = """{"order_id":"1","currency_pair":"BTC_USDT","price":"80001"}""",
        ["spot.order_status"] = """{"order_id":"1","currency_pair":"BTC_USDT"}""",
        ["spot.order_list"] = """{"currency_pair":"BTC_USDT","status":"open","page":1,"limit":10}""",
    };

    // The same of the sockets of contracts.
    private static readonly Dictionary<string, string> ContractParameters = new(StringComparer.Ordinal)
    {
        ["futures.order_place"] = """{"contract":"BTC_USDT","size":1,"iceberg":0,"price":"80000","tif":"gtc","text":"t-frame","reduce_only":false,"close":false,"auto_size":"","stp_act":"-"}""",
        ["futures.order_batch_place"] = """[{"contract":"BTC_USDT","size":1,"price":"80000","tif":"gtc"}]""",
        ["futures.order_cancel"] = """{"order_id":"1"}""",
        ["futures.order_cancel_ids"] = """["1"]""",
        ["futures.order_cancel_cp"] = """{"contract":"BTC_USDT","side":"bid"}""",
        ["futures.order_amend"] = """{"order_id":"1","price":"80001","size":2,"amend_text":"later"}""",
        ["futures.order_status"] = """{"order_id":"1"}""",
        ["futures.order_list"] = """{"contract":"BTC_USDT","status":"open","limit":10,"offset":0,"last_id":"1"}""",
    };

    [Fact]
    public Task Every_channel_withstands_what_nobody_should_send() => Withstands("/ws/v4", "spot", "BTC_USDT", SpotChannels.All, Parameters);

    [Fact]
    public Task Every_channel_of_perpetuals_does() => Withstands("/v4/ws/usdt", "futures", "BTC_USDT", FuturesChannels.Perpetual, ContractParameters);

    [Fact]
    public Task Every_channel_of_deliveries_does() =>
        Withstands("/v4/ws/delivery/usdt", "futures", venue.Host.Views.Futures.Contracts.First(contract => contract.IsDelivery).Symbol, FuturesChannels.Delivery, ContractParameters);

    private async Task Withstands(string path, string prefix, string market, IReadOnlyList<FeedChannel> channels, Dictionary<string, string> calls)
    {
        var user = await venue.NewUserAsync();
        await using var socket = await ConnectAsync(path);
        watch.Begin(1);
        foreach (var body in Hostile.Bodies.Where(body => body.Length > 0))
            foreach (var type in new[] { WebSocketMessageType.Text, WebSocketMessageType.Binary })
            {
                // A text frame that is no UTF-8 ends the connection by the rules of the protocol (RFC 6455, 8.1).
                if (type == WebSocketMessageType.Text && !Utf8.IsValid(body)) continue;
                await socket.SendAsync(body, type);
                Heard($"{type} {Encoding.Latin1.GetString(body)}", await socket.ReadAsync());
            }
        foreach (var channel in channels.Where(channel => channel.IsSubscription))
        {
            watch.Begin((ulong)channel.Name.Length);
            foreach (var payload in watch.Some(Hostile.Values, 2 * ValuesPerPlace).Append($"[\"{market}\",\"NO_PAIR\"]").Append($"[{string.Join(',', Enumerable.Repeat($"\"{market}\"", 5000))}]"))
                await SubscribeAsync(socket, user, channel, "subscribe", payload);
            foreach (var name in new[] { "\"update\"", "\"\"", "null", "1", "\"all\"", "\"\\ud800\"", "[]" }) await SubscribeAsync(socket, user, channel, name, $"[\"{market}\"]");
            foreach (var time in new[] { "0", "-1", "1e308", "\"now\"", "null", "99999999999999999999" }) await SubscribeAsync(socket, user, channel, "subscribe", $"[\"{market}\"]", time);
        }
        await LoginAsync(socket, user, prefix);
        foreach (var (channel, good) in calls)
        {
            watch.Begin((ulong)channel.Length);
            var parameters = JsonNode.Parse(good.Replace("BTC_USDT", market, StringComparison.Ordinal))!;
            foreach (var place in Hostile.PlacesIn(parameters))
            {
                foreach (var value in watch.Some(Hostile.Values, ValuesPerPlace)) await CallAsync(socket, channel, Hostile.Replace(parameters, place, value));
                await CallAsync(socket, channel, Hostile.Replace(parameters, place, null));
            }
            foreach (var whole in watch.Some(Hostile.Values, 2 * ValuesPerPlace)) await CallAsync(socket, channel, whole);
        }
        await socket.SendAsync($$"""{"time":1,"channel":"{{prefix}}.ping"}""");
        Assert.Equal($"{prefix}.pong", (await socket.NextAsync(message => Text(message, "channel") == $"{prefix}.pong")).GetProperty("channel").GetString());
        await watch.EndAsync(askedLeast: 800);
    }

    private async Task<TestSocket> ConnectAsync(string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(venue.Host.BaseUrl.Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
        return new TestSocket(socket);
    }

    private async Task LoginAsync(TestSocket socket, Signer user, string prefix)
    {
        var time = TestFeeds.Now;
        var signature = TestFeeds.Hmac($"api\n{prefix}.login\n\n{time}", user.Secret);
        await socket.SendAsync($$"""
            {"time":{{time}},"channel":"{{prefix}}.login","event":"api","payload":{"req_id":"login","api_key":"{{user.Key}}","timestamp":"{{time}}","signature":"{{signature}}"} }
            """);
        Assert.Equal("200", (await socket.AnswerAsync("login")).GetProperty("header").GetProperty("status").GetString());
    }

    private async Task SubscribeAsync(TestSocket socket, Signer user, FeedChannel channel, string name, string payload, string? time = null)
    {
        var (id, at, @event) = (++requests, time ?? TestFeeds.Now.ToString(CultureInfo.InvariantCulture), name is "subscribe" ? "\"subscribe\"" : name);
        var auth = $$"""{"method":"api_key","KEY":"{{user.Key}}","SIGN":"{{TestFeeds.Hmac($"channel={channel.Name}&event=subscribe&time={at}", user.Secret)}}"}""";
        await socket.SendAsync($$"""{"time":{{at}},"id":{{id}},"channel":"{{channel.Name}}","event":{{@event}},"payload":{{payload}},"auth":{{auth}} }""");
        Heard($"{channel.Name} {@event} {payload} at {at}", await socket.NextAsync(message =>
            (message.TryGetProperty("id", out var echoed) && echoed.ValueKind == JsonValueKind.Number && echoed.GetInt32() == id) || IsUnreadable(message)));
    }

    private async Task CallAsync(TestSocket socket, string channel, string parameters)
    {
        var id = $"r{++requests}";
        await socket.SendAsync($$"""{"time":{{TestFeeds.Now}},"channel":"{{channel}}","event":"api","payload":{"req_id":"{{id}}","req_param":{{parameters}} } }""");
        var answer = await socket.NextAsync(message => (Text(message, "request_id") == id && !(message.TryGetProperty("ack", out var ack) && ack.ValueKind == JsonValueKind.True)) || IsUnreadable(message));
        if (IsUnreadable(answer))
        {
            Heard($"{channel} {parameters}", answer);
            return;
        }
        var status = answer.GetProperty("header").GetProperty("status").GetString()!;
        var refused = status[0] != '2';
        string? complaint = null;
        if (refused)
        {
            var errors = answer.GetProperty("data").GetProperty("errs");
            if (status[0] == '5') complaint = $"is a failure, {status}";
            else if (string.IsNullOrEmpty(errors.GetProperty("label").GetString()) || string.IsNullOrEmpty(errors.GetProperty("message").GetString())) complaint = "has no label or message";
        }
        watch.Record($"{channel} {parameters}", refused, answer.GetRawText(), complaint);
    }

    // A reply of the subscription protocol: a status, or an error with a code and a sentence.
    private void Heard(string what, JsonElement reply)
    {
        var refused = reply.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
        var complaint = !refused ? null : error.GetProperty("code").GetInt32() == 0 || string.IsNullOrEmpty(error.GetProperty("message").GetString()) ? "has no code or message" : null;
        watch.Record(what, refused, reply.GetRawText(), complaint);
    }

    // What could not be read at all is answered without an id.
    private static bool IsUnreadable(JsonElement message) =>
        !message.TryGetProperty("id", out _) && message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object && Text(message, "event") is not "update";

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
